/* SPDX-License-Identifier: Apache-2.0
 *
 * Write, sync, give the name, sync the folder: what is sealed with a key may reach the disk only
 * after the key.
 */
#include "keneyapp/new_files.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/strbuf.h"

enum {
    PATH_MAX_BYTES = 4096,
};

void new_files_add(struct new_files *files, const char *path, struct span bytes, mode_t mode,
                   bool replaces)
{
    assert(files->count < NEW_FILES_MAX);
    struct new_file *file = &files->files[files->count++];
    *file = (struct new_file){.path = mem_strdup(path),
                              .bytes = NEW_ARRAY(char, bytes.len),
                              .len = bytes.len,
                              .mode = mode,
                              .replaces = replaces};
    memcpy(file->bytes, bytes.ptr, bytes.len);
}

/* That of the file; a descriptor, or -1. */
static int open_folder(const char *path)
{
    AUTO(mem_free) char *folder = mem_strdup(path);
    char *slash = strrchr(folder, '/');
    if (slash)
        slash[slash == folder] = '\0';
    return open(slash ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* The folder knows the new name, or so the disk says. Some file systems (of networks and of user
 * space) know nothing of it, and say EINVAL. */
static bool sync_folder(const char *path)
{
    int fd = open_folder(path);
    bool good = fd >= 0 && (fsync(fd) == 0 || errno == EINVAL);
    if (fd >= 0)
        close(fd);
    return good;
}

static bool write_all(int fd, const char *bytes, size_t len)
{
    while (len) {
        ssize_t written = write(fd, bytes, len);
        if (written < 0)
            return false;
        bytes += written;
        len -= (size_t)written;
    }
    return true;
}

/* 0, or an errno. */
static int write_bytes(const struct new_file *file, const char *temporary)
{
    unlink(temporary);
    int fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    bool written = fd >= 0 && fchmod(fd, file->mode) == 0 &&
                   write_all(fd, file->bytes, file->len) && fsync(fd) == 0;
    int problem = errno;
    if (fd >= 0)
        close(fd);
    return written ? 0 : problem;
}

/* Unless there is one already, which not every file system can do in one step, or say for certain.
 */
static int give_new_name(const char *temporary, const char *path)
{
    int rc = renameat2(AT_FDCWD, temporary, AT_FDCWD, path, RENAME_NOREPLACE);
    if (rc != 0 && errno != EEXIST)
        rc = link(temporary, path);
    return rc != 0 && errno != EEXIST ? rename(temporary, path) : rc;
}

/* 0, or an errno. */
static int give_name(const struct new_file *file, const char *temporary)
{
    int rc = file->replaces ? rename(temporary, file->path) : give_new_name(temporary, file->path);
    return rc == 0 && sync_folder(file->path) ? 0 : errno;
}

static int write_file(const struct new_file *file, struct error *err)
{
    AUTO(strbuf_done) struct strbuf temporary = STRBUF_INIT(PATH_MAX_BYTES);
    strbuf_addf(&temporary, "%s.new", file->path);
    int problem = write_bytes(file, strbuf_cstr(&temporary));
    if (!problem)
        problem = give_name(file, strbuf_cstr(&temporary));
    unlink(strbuf_cstr(&temporary));
    if (!problem)
        return 0;
    if (problem == EEXIST)
        return error_set(err, EXIT_INVALID_CONFIG,
                         "another keneyapp made %s meanwhile: start this one again", file->path);
    return error_set(err, EXIT_INVALID_CONFIG,
                     "cannot write %s: %s; check the folder, or choose another with --data",
                     file->path, strerror(problem));
}

/* One process at a time: another one's bytes could get the name, for until then they are in a file
 * that both call the same. Where folders cannot be locked it is as good as it was. */
static int take_turn(const struct new_files *files)
{
    int fd = files->count ? open_folder(files->files[0].path) : -1;
    if (fd >= 0)
        flock(fd, LOCK_EX);
    return fd;
}

int new_files_write(struct new_files *files, struct error *err)
{
    int turn = take_turn(files), rc = 0;
    for (size_t i = 0; i < files->count && rc == 0; i++)
        rc = write_file(&files->files[i], err);
    if (turn >= 0)
        close(turn);
    if (rc == 0)
        new_files_done(files);
    return rc;
}

void new_files_done(struct new_files *files)
{
    for (size_t i = 0; i < files->count; i++) {
        sodium_memzero(files->files[i].bytes, files->files[i].len);
        free(files->files[i].bytes);
        free(files->files[i].path);
    }
    files->count = 0;
}
