/* SPDX-License-Identifier: Apache-2.0
 *
 * The store in a PostgreSQL database, 15 or newer. Use it through store/store.h.
 */
#ifndef KENEYAPP_STORE_POSTGRES_H
#define KENEYAPP_STORE_POSTGRES_H

#include "keneyapp/store/store.h"

/* postgres://... or postgresql://... */
bool postgres_store_is_url(const char *url);

/* Connects once; `ret_store->options` is the caller's to fill. Returns 0, or -1 with a sentence. */
MUST_CHECK int postgres_store_open(const char *url, struct store **ret_store, struct error *err);

#endif
