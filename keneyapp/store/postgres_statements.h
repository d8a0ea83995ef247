/* SPDX-License-Identifier: Apache-2.0
 *
 * The statements that one connection to PostgreSQL has prepared, each under a name of its own. All
 * zero: none. This is only the client's account: who changes it tells the server.
 */
#ifndef KENEYAPP_STORE_POSTGRES_STATEMENTS_H
#define KENEYAPP_STORE_POSTGRES_STATEMENTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"

enum {
    POSTGRES_STATEMENTS_MAX = 96, /* prepared at a time; the least recently used one makes room */
    POSTGRES_STATEMENT_NAME_BYTES = 16,
};

struct postgres_statement {
    char *sql; /* NULL: the slot is free */
    uint64_t hash, last_used;
    unsigned number; /* of its name */
    bool prepared;   /* the server has said so */
};

struct postgres_statements {
    struct postgres_statement slots[POSTGRES_STATEMENTS_MAX];
    uint64_t turn;
    unsigned names;
};

/* Of POSTGRES_STATEMENT_NAME_BYTES. */
void postgres_statement_name(const struct postgres_statement *statement, char *ret_name);

/* It is used now. `hash` is span_hash() of `sql`. NULL: there is none. */
struct postgres_statement *postgres_statements_find(struct postgres_statements *statements,
                                                    struct span sql, uint64_t hash);

/* A free slot, or the one that was not used for longest. */
struct postgres_statement *postgres_statements_oldest(struct postgres_statements *statements);

/* Takes a free slot, under a new name; it is used now. */
void postgres_statements_put(struct postgres_statements *statements,
                             struct postgres_statement *statement, struct span sql, uint64_t hash);

/* Frees the slot. */
void postgres_statement_forget(struct postgres_statement *statement);

/* Those that a failed run left unprepared: the server does not know them. */
void postgres_statements_forget_unprepared(struct postgres_statements *statements);
void postgres_statements_forget_all(struct postgres_statements *statements);

#endif
