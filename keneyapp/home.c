/* SPDX-License-Identifier: Apache-2.0
 *
 * Files of the data folder. New ones are written under another name and renamed, so that a program
 * that is cut off leaves no half key behind.
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

static int make_dirs(const char *dir, struct error *err)
{
    AUTO(mem_free) char *path = mem_strdup(dir);
    for (char *at = path + 1;; at++) {
        char was = *at;
        if (was != '/' && was != '\0')
            continue;
        *at = '\0';
        if (mkdir(path, 0700) != 0 && errno != EEXIST)
            return error_set(err, EXIT_INVALID_CONFIG,
                             "cannot make the folder %s: %s; choose another with --data", path,
                             strerror(errno));
        *at = was;
        if (was == '\0')
            return 0;
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
    while (fd >= 0 && (n = read(fd, bytes, sizeof(bytes))) > 0)
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

static int write_file(const char *path, struct span bytes, mode_t mode, struct error *err)
{
    AUTO(strbuf_done) struct strbuf temporary = STRBUF_INIT(PATH_MAX_BYTES);
    strbuf_addf(&temporary, "%s.new", path);
    unlink(strbuf_cstr(&temporary));
    int fd = open(strbuf_cstr(&temporary), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    bool written = fd >= 0 && fchmod(fd, mode) == 0 &&
                   write(fd, bytes.ptr, bytes.len) == (ssize_t)bytes.len && fsync(fd) == 0 &&
                   rename(strbuf_cstr(&temporary), path) == 0;
    int problem = errno;
    if (fd >= 0)
        close(fd);
    if (written)
        return 0;
    return error_set(err, EXIT_INVALID_CONFIG,
                     "cannot write %s: %s; check the folder, or choose another with --data", path,
                     strerror(problem));
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

/* The lines of a key's file, with a first one made when there is none. */
static int open_key(struct home *home, const char *name, const char *what_for, struct strbuf *out,
                    struct error *err)
{
    AUTO(mem_free) char *path = path_in(home->dir, name);
    int found = read_file(path, out, err);
    if (found < 0)
        return -1;
    if (found && span_trim(strbuf_span(out)).len) {
        check_privacy(home, path, what_for);
        return 0;
    }
    strbuf_reset(out);
    token_keys_new_line(out);
    return write_file(path, strbuf_span(out), 0600, err);
}

static int open_token_keys(struct home *home, struct error *err)
{
    AUTO(secret_done) struct strbuf lines = STRBUF_INIT(FILE_MAX_BYTES);
    if (open_key(home, "token.key", "sign in as anybody with it", &lines, err) != 0)
        return -1;
    return token_keys_read(&home->token_keys, strbuf_span(&lines), err);
}

int home_rotate_token_key(struct home *home, struct error *err)
{
    AUTO(secret_done) struct strbuf old = STRBUF_INIT(FILE_MAX_BYTES);
    AUTO(secret_done) struct strbuf lines = STRBUF_INIT(FILE_MAX_BYTES);
    AUTO(mem_free) char *path = path_in(home->dir, "token.key");
    if (open_key(home, "token.key", "sign in as anybody with it", &old, err) != 0)
        return -1;
    struct span rest;
    token_keys_new_line(&lines);
    strbuf_add_span(&lines, span_cut(strbuf_span(&old), '\n', &rest));
    strbuf_addc(&lines, '\n');
    if (token_keys_read(&home->token_keys, strbuf_span(&lines), err) != 0)
        return -1;
    return write_file(path, strbuf_span(&lines), 0600, err);
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

struct vault *home_vault(struct home *home, const char *key_file, const char *given,
                         struct error *err)
{
    AUTO(secret_done) struct strbuf keys = STRBUF_INIT(FILE_MAX_BYTES);
    int rc = 0;
    if (given && given[0])
        strbuf_adds(&keys, given);
    else if (key_file)
        rc = read_key_file(home, key_file, &keys, err);
    else
        rc = open_key(home, "data.key", "read health data in the database with it", &keys, err);
    return rc == 0 ? vault_new(strbuf_span(&keys), err) : NULL;
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

static int write_pair(const char *pem_path, const char *key_path, const struct strbuf *pem,
                      const struct strbuf *key, struct error *err)
{
    if (write_file(key_path, strbuf_span(key), 0600, err) != 0)
        return -1;
    return write_file(pem_path, strbuf_span(pem), 0644, err);
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
    if (!has_ca && (certificate_make_ca(set, wall_ns, err) != 0 ||
                    write_pair(home->ca, ca_key, &set->ca, &set->ca_key, err) != 0))
        return -1;
    int has_server = read_pair(server, server_key, &set->server, &set->server_key, err);
    if (has_server < 0)
        return -1;
    if (has_ca && has_server && certificate_is_fresh(strbuf_span(&set->server), wall_ns))
        return 0;
    if (certificate_make_server(set, wall_ns, err) != 0)
        return -1;
    return write_pair(server, server_key, &set->server, &set->server_key, err);
}

int home_open(struct home *home, const char *dir, nsec_t wall_ns, struct error *err)
{
    *home = (struct home){.dir = mem_strdup(dir),
                          .database = path_in(dir, "keneyapp.db"),
                          .ca = path_in(dir, "ca.pem")};
    certificate_set_init(&home->certificates);
    if (make_dirs(dir, err) != 0 || open_token_keys(home, err) != 0)
        return -1;
    return open_certificates(home, wall_ns, err);
}

int home_lock(const struct home *home, struct error *err)
{
    AUTO(mem_free) char *path = path_in(home->dir, "keneyapp.lock");
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0)
        return fd;
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
                     path, strerror(problem));
}

void home_done(struct home *home)
{
    wipe(&home->certificates.ca_key);
    wipe(&home->certificates.server_key);
    token_keys_done(&home->token_keys);
    certificate_set_done(&home->certificates);
    free(home->dir);
    free(home->database);
    free(home->ca);
    free(home->warning);
    *home = (struct home){0};
}
