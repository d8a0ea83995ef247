/* SPDX-License-Identifier: Apache-2.0
 *
 * Files of the data folder that were made in memory, until it is certain that they are wanted: a
 * start that is refused leaves none behind. Each is written under another name first, so that a
 * program that is cut off leaves no half key.
 */
#ifndef KENEYAPP_NEW_FILES_H
#define KENEYAPP_NEW_FILES_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/error.h"
#include "base/span.h"

enum {
    NEW_FILES_MAX = 8,
};

struct new_file {
    char *path;
    char *bytes;
    size_t len;
    mode_t mode;
    bool replaces; /* what is there; else another process' file of that name is an error */
};

struct new_files {
    struct new_file files[NEW_FILES_MAX];
    size_t count;
};

/* Copies path and bytes. NEW_FILES_MAX at most between two writes. */
void new_files_add(struct new_files *files, const char *path, struct span bytes, mode_t mode,
                   bool replaces);

/* Writes all, in order and to the disk, and forgets them; the first that fails ends it. Of
 * processes that write into one folder at once, each waits for the one before. */
MUST_CHECK int new_files_write(struct new_files *files, struct error *err);

/* Forgets all, and wipes them from memory. */
void new_files_done(struct new_files *files);

#endif
