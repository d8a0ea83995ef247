/* SPDX-License-Identifier: Apache-2.0
 *
 * Files of the data folder. What is missing is made in memory, and written by home_keep(); what was
 * made before that (folders, the lock's file) goes again with a home that is not kept.
 */
#include "keneyapp/home.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "keneyapp/auth/vault.h"

enum {
    FILE_MAX_BYTES = 64 * 1024,
    PATH_MAX_BYTES = 4096,
};

static char *path_in(const char *dir, const char *name)
{
    AUTO(strbuf_done) struct strbuf path = STRBUF_INIT(PATH_MAX_BYTES);
    strbuf_addf(&path, "%s/%s", dir, name);
    return strbuf_take(&path);
}

static int make_dirs(struct home *home, struct error *err)
{
    AUTO(mem_free) char *path = mem_strdup(home->dir);
    for (char *at = path + 1;; at++) {
        char was = *at;
        if (was != '/' && was != '\0')
            continue;
        *at = '\0';
        bool made = mkdir(path, 0700) == 0;
        if (!made && errno != EEXIST)
            return error_set(err, EXIT_INVALID_CONFIG,
                             "cannot make the folder %s: %s; choose another with --data", path,
                             strerror(errno));
        if (made && !home->made_from)
            home->made_from = (size_t)(at - path);
        *at = was;
        if (was == '\0')
            return 0;
    }
}

/* Those of make_dirs(), unless there is something in them. */
static void remove_dirs(const struct home *home)
{
    AUTO(mem_free) char *path = mem_strdup(home->dir);
    for (size_t at = strlen(path); home->made_from && at >= home->made_from; at--)
        if (path[at] == '/' || path[at] == '\0') {
            path[at] = '\0';
            rmdir(path);
        }
}

/* 1 when read, 0 when there is none, -1 with a sentence. */
static int read_file(const char *path, struct strbuf *out, struct error *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT)
        return 0;
    char bytes[4096];
    ssize_t n = -1;
    while (fd >= 0 && !out->overflow && (n = read(fd, bytes, sizeof(bytes))) > 0)
        strbuf_add(out, bytes, (size_t)n);
    int problem = errno;
    if (fd >= 0)
        close(fd);
    sodium_memzero(bytes, sizeof(bytes));
    if (n == 0 && !out->overflow)
        return 1;
    return error_set(err, EXIT_INVALID_CONFIG, "cannot read %s: %s; check its permissions", path,
                     out->overflow ? "it is too large" : strerror(problem));
}

/* `what_for` ends the sentence: what whoever reads the file can do. */
static void check_privacy(struct home *home, const char *path, const char *what_for)
{
    struct stat status;
    AUTO(strbuf_done) struct strbuf text = STRBUF_INIT(4 * PATH_MAX_BYTES);
    if (stat(path, &status) != 0 || (status.st_mode & 077) == 0)
        return;
    if (home->warning)
        strbuf_addf(&text, "%s; ", home->warning);
    strbuf_addf(&text,
                "%s is open to other users of this machine (mode %03o), who could %s: chmod "
                "600 %s",
                path, (unsigned)status.st_mode & 0777, what_for, path);
    free(home->warning);
    home->warning = strbuf_take(&text);
}

static void wipe(struct strbuf *secret)
{
    if (secret->ptr)
        sodium_memzero(secret->ptr, secret->cap);
}

static void secret_done(struct strbuf *secret)
{
    wipe(secret);
    strbuf_done(secret);
}

/* The lines of a key's file, with a first one made when there is no file. */
static int open_key(struct home *home, const char *path, const char *what_for, struct strbuf *out,
                    struct error *err)
{
    int found = read_file(path, out, err);
    if (found > 0)
        check_privacy(home, path, what_for);
    if (found != 0)
        return found < 0 ? -1 : 0;
    token_keys_new_line(out);
    new_files_add(&home->new_files, path, strbuf_span(out), 0600, false);
    return 0;
}

static int open_token_keys(struct home *home, struct error *err)
{
    AUTO(secret_done) struct strbuf lines = STRBUF_INIT(FILE_MAX_BYTES);
    AUTO(mem_free) char *path = path_in(home->dir, "token.key");
    if (open_key(home, path, "sign in as anybody with it", &lines, err) != 0)
        return -1;
    if (token_keys_read(&home->token_keys, strbuf_span(&lines), err) != 0)
        return error_at(err, path, 0, 0);
    return 0;
}

int home_rotate_token_key(struct home *home, struct error *err)
{
    AUTO(secret_done) struct strbuf old = STRBUF_INIT(FILE_MAX_BYTES);
    AUTO(secret_done) struct strbuf lines = STRBUF_INIT(FILE_MAX_BYTES);
    AUTO(mem_free) char *path = path_in(home->dir, "token.key");
    if (read_file(path, &old, err) < 0)
        return -1;
    struct span rest;
    token_keys_new_line(&lines);
    strbuf_add_span(&lines, span_cut(strbuf_span(&old), '\n', &rest));
    strbuf_addc(&lines, '\n');
    if (token_keys_read(&home->token_keys, strbuf_span(&lines), err) != 0)
        return -1;
    new_files_add(&home->new_files, path, strbuf_span(&lines), 0600, true);
    return new_files_write(&home->new_files, err);
}

static int read_key_file(struct home *home, const char *path, struct strbuf *out, struct error *err)
{
    int found = read_file(path, out, err);
    if (found == 0)
        return error_set(err, EXIT_INVALID_CONFIG,
                         "--key-file: there is no file %s; without the option the data folder's "
                         "data.key is used",
                         path);
    check_privacy(home, path, "read health data in the database with it");
    return found < 0 ? -1 : 0;
}

/* The keys out of a file, whose name a complaint begins with. */
static struct vault *vault_of_file(struct home *home, const char *key_file, struct strbuf *keys,
                                   struct error *err)
{
    AUTO(mem_free) char *own = path_in(home->dir, "data.key");
    const char *path = key_file ? key_file : own;
    int rc = key_file ? read_key_file(home, path, keys, err)
                      : open_key(home, path, "read health data in the database with it", keys, err);
    if (rc != 0)
        return NULL;
    struct vault *vault = vault_new(strbuf_span(keys), err);
    if (!vault)
        error_at(err, path, 0, 0);
    return vault;
}

struct vault *home_vault(struct home *home, const char *key_file, const char *given,
                         struct error *err)
{
    AUTO(secret_done) struct strbuf keys = STRBUF_INIT(FILE_MAX_BYTES);
    if (!given || !given[0])
        return vault_of_file(home, key_file, &keys, err);
    struct vault *vault = vault_new(span_cstr(given), err);
    if (!vault)
        error_at(err, "KENEYAPP_DATA_KEY", 0, 0);
    return vault;
}

/* Certificate and key of one pair: 1 when both are there, 0 when not, -1 with a sentence. */
static int read_pair(const char *pem_path, const char *key_path, struct strbuf *pem,
                     struct strbuf *key, struct error *err)
{
    int has_pem = read_file(pem_path, pem, err);
    int has_key = has_pem < 0 ? -1 : read_file(key_path, key, err);
    if (has_pem < 0 || has_key < 0)
        return -1;
    if (has_pem && has_key)
        return 1;
    strbuf_reset(pem);
    strbuf_reset(key);
    return 0;
}

static void add_pair(struct home *home, const char *pem_path, const char *key_path,
                     const struct strbuf *pem, const struct strbuf *key)
{
    new_files_add(&home->new_files, key_path, strbuf_span(key), 0600, true);
    new_files_add(&home->new_files, pem_path, strbuf_span(pem), 0644, true);
}

static int open_certificates(struct home *home, nsec_t wall_ns, struct error *err)
{
    struct certificate_set *set = &home->certificates;
    AUTO(mem_free) char *ca_key = path_in(home->dir, "ca-key.pem");
    AUTO(mem_free) char *server = path_in(home->dir, "server.pem");
    AUTO(mem_free) char *server_key = path_in(home->dir, "server-key.pem");
    int has_ca = read_pair(home->ca, ca_key, &set->ca, &set->ca_key, err);
    if (has_ca < 0)
        return -1;
    if (!has_ca) {
        if (certificate_make_ca(set, wall_ns, err) != 0)
            return -1;
        add_pair(home, home->ca, ca_key, &set->ca, &set->ca_key);
    }
    int has_server = read_pair(server, server_key, &set->server, &set->server_key, err);
    if (has_server < 0)
        return -1;
    if (has_ca && has_server && certificate_is_fresh(strbuf_span(&set->server), wall_ns))
        return 0;
    if (certificate_make_server(set, wall_ns, err) != 0)
        return -1;
    add_pair(home, server, server_key, &set->server, &set->server_key);
    return 0;
}

int home_open(struct home *home, const char *dir, nsec_t wall_ns, struct error *err)
{
    *home = (struct home){.dir = mem_strdup(dir),
                          .database = path_in(dir, "keneyapp.db"),
                          .ca = path_in(dir, "ca.pem"),
                          .lock = path_in(dir, "keneyapp.lock")};
    certificate_set_init(&home->certificates);
    if (make_dirs(home, err) != 0 || open_token_keys(home, err) != 0)
        return -1;
    return open_certificates(home, wall_ns, err);
}

int home_keep(struct home *home, struct error *err)
{
    home->is_kept = new_files_write(&home->new_files, err) == 0;
    return home->is_kept ? 0 : -1;
}

/* The lock's file, locked, or -1 with errno. One that a start that was refused removes between
 * these two steps would be nobody's lock: then there is another try. */
static int open_lock(struct home *home)
{
    for (;;) {
        struct stat status;
        bool made = true;
        int fd = open(home->lock, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        if (fd < 0 && errno == EEXIST) {
            made = false;
            fd = open(home->lock, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        }
        if (fd < 0)
            return -1;
        if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
            int problem = errno;
            close(fd);
            errno = problem;
            return -1;
        }
        if (fstat(fd, &status) == 0 && status.st_nlink) {
            home->made_lock = made;
            return fd;
        }
        close(fd);
    }
}

/* So that others can ask the system whose the file is: who holds an flock() it does not tell. Of no
 * consequence for the lock itself. */
static void sign_lock(int fd)
{
    fcntl(fd, F_SETLK, &(struct flock){.l_type = F_WRLCK, .l_whence = SEEK_SET});
}

int home_lock(struct home *home, struct error *err)
{
    int fd = open_lock(home);
    if (fd >= 0 && ftruncate(fd, 0) == 0 && dprintf(fd, "%ld\n", (long)getpid()) > 0) {
        sign_lock(fd);
        return fd;
    }
    int problem = errno;
    if (fd >= 0)
        close(fd);
    if (problem == EWOULDBLOCK)
        return error_set(err, EXIT_INVALID_CONFIG,
                         "another keneyapp serves the folder %s: stop it, or choose another folder "
                         "with --data DIR",
                         home->dir);
    return error_set(err, EXIT_INVALID_CONFIG,
                     "cannot lock %s: %s; check the folder, or choose another with --data DIR",
                     home->lock, strerror(problem));
}

/* The number in the file is for people: it stays when its process ends, and then is another's. */
void home_tell(const struct home *home)
{
    struct flock signature = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    int fd = open(home->lock, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (fd >= 0 && fcntl(fd, F_GETLK, &signature) == 0 && signature.l_type != F_UNLCK &&
        signature.l_pid > 0)
        kill(signature.l_pid, HOME_NEWS_SIGNAL);
    if (fd >= 0)
        close(fd);
}

static void remove_made(const struct home *home)
{
    if (home->made_lock)
        unlink(home->lock);
    remove_dirs(home);
}

void home_done(struct home *home)
{
    if (home->dir && !home->is_kept)
        remove_made(home);
    new_files_done(&home->new_files);
    wipe(&home->certificates.ca_key);
    wipe(&home->certificates.server_key);
    token_keys_done(&home->token_keys);
    certificate_set_done(&home->certificates);
    free(home->dir);
    free(home->database);
    free(home->ca);
    free(home->lock);
    free(home->warning);
    *home = (struct home){0};
}
