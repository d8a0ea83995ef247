/* SPDX-License-Identifier: Apache-2.0
 *
 * The store in one SQLite file. Use it through store/store.h.
 */
#ifndef KENEYAPP_STORE_SQLITE_H
#define KENEYAPP_STORE_SQLITE_H

#include "keneyapp/store/store.h"

/* Opens or makes the file; `ret_store->options` is the caller's to fill. Returns 0, or -1 with a
 * sentence. */
MUST_CHECK int sqlite_store_open(const char *path, struct store **ret_store, struct error *err);

/* No more than `pages` pages, or as many as there are, may the file have as far as this session
 * goes: SQLite says then what it says when the disk is full. For tests. Returns 0, or -1. */
MUST_CHECK int sqlite_limit_pages(struct session *session, int pages);

#endif
