/* SPDX-License-Identifier: Apache-2.0
 *
 * How an empty database becomes the newest one: numbered steps in order, for each dialect. A
 * database remembers in `schema_version` which it has had. A migration that was released is never
 * changed; what comes later is a new one, and fields that are added to a field table are added to
 * older databases by it.
 */
#ifndef KENEYAPP_STORE_MIGRATIONS_H
#define KENEYAPP_STORE_MIGRATIONS_H

#include "base/strbuf.h"
#include "keneyapp/store/sql.h"

enum {
    MIGRATION_MAX_BYTES = 128 * 1024,
};

struct migration {
    int number; /* 1, 2, 3, ... */
    const char *name;
    void (*write)(struct strbuf *out, const struct dialect *dialect); /* a script */
    bool folds_keys; /* what is searched is folded anew (model/fold.h) before the script */
    /* NULL, or a SELECT of sentences about rows that the script cannot work with, and what to do
     * about them. */
    const char *obstacles, *remedy;
};

const struct migration *migrations(size_t *ret_count);
int migrations_newest(void);

enum {
    MIGRATION_OBSTACLES_MAX = 10, /* that are told; whoever removes them hears of the next */
};

/* -1 with the remedy and the obstacles (commas between), 0 when there is none. */
MUST_CHECK int migrations_judge(const struct migration *migration, struct span obstacles,
                                struct error *err);

/* Makes `schema_version` (number, name, applied_at) when it is missing. */
void migrations_write_table(struct strbuf *out, const struct dialect *dialect);

/* After the migrations: the indexes that are no rules are made or, without them, dropped. A script;
 * what is there already stays. */
void migrations_write_indexes(struct strbuf *out, bool without);

#endif
