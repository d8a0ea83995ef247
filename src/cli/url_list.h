/* SPDX-License-Identifier: Apache-2.0
 *
 * The file of `bench --urls`: a line is `[weight] [METHOD] URL`, separated by spaces or tabs; empty
 * lines and those that begin with '#' say nothing. Strict: what cannot be understood is refused
 * with its line.
 */
#ifndef CLI_URL_LIST_H
#define CLI_URL_LIST_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/span.h"

struct error;

struct url_entry {
    const char *url;    /* absolute, http or https */
    const char *method; /* upper case; NULL: none was written */
    double weight;      /* how often, relative to the others; 1 when none was written */
};

/* Texts in `arena`. */
struct url_list {
    struct arena arena;
    struct url_entry *entries;
    size_t count;
};

enum {
    URL_LIST_MAX = 100000,
};

void url_list_init(struct url_list *list);
void url_list_done(struct url_list *list);

/* One URL of a command line. -1 and `err` (255). */
MUST_CHECK int url_list_add(struct url_list *list, const char *url, struct error *err);

/* All lines of `text`, at least one URL; `file` is its name in messages. 0, or -1 and `err` (255)
 * with file and line. */
MUST_CHECK int url_list_parse(struct url_list *list, struct span text, const char *file,
                              struct error *err);

/* Whether `method` is one: capital letters, with '-' inside. */
bool url_list_is_method(struct span method);

#endif
