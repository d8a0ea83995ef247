/* SPDX-License-Identifier: Apache-2.0
 *
 * The database that the configuration names, with the vault for its health data: what `serve` and
 * the other commands open in the same way.
 */
#ifndef KENEYAPP_DATABASE_H
#define KENEYAPP_DATABASE_H

#include "keneyapp/config.h"
#include "keneyapp/home.h"
#include "keneyapp/store/store.h"

struct database {
    struct vault *vault;
    struct store *store;
};

/* Told of each query, as in struct store_options; `observe` may be NULL. */
struct database_observer {
    void (*observe)(void *context, enum query_class class, nsec_t duration_ns);
    void *context;
};

/* Reached, but not migrated. After -1 database_close() is due too. */
MUST_CHECK int database_open(struct database *database, const struct config *config,
                             struct home *home, const struct database_observer *observer,
                             struct error *err);

/* Migrates it, and tries the key on the first patients: a database that another key sealed is
 * refused, before anything is written with the wrong one. */
MUST_CHECK int database_prepare(struct database *database, struct error *err);

void database_close(struct database *database);

#endif
