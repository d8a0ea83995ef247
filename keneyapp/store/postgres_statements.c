/* SPDX-License-Identifier: Apache-2.0
 *
 * A table of slots, searched from its begin: a session knows a few dozen statements.
 */
#include "keneyapp/store/postgres_statements.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"

void postgres_statement_name(const struct postgres_statement *statement, char *name)
{
    snprintf(name, POSTGRES_STATEMENT_NAME_BYTES, "k%u", statement->number);
}

struct postgres_statement *postgres_statements_find(struct postgres_statements *statements,
                                                    struct span sql, uint64_t hash)
{
    for (size_t i = 0; i < POSTGRES_STATEMENTS_MAX; i++) {
        struct postgres_statement *statement = &statements->slots[i];
        if (!statement->sql || statement->hash != hash ||
            !span_equal(span_cstr(statement->sql), sql))
            continue;
        statement->last_used = ++statements->turn;
        return statement;
    }
    return NULL;
}

struct postgres_statement *postgres_statements_oldest(struct postgres_statements *statements)
{
    struct postgres_statement *oldest = statements->slots;
    for (size_t i = 0; i < POSTGRES_STATEMENTS_MAX && oldest->sql; i++)
        if (!statements->slots[i].sql || statements->slots[i].last_used < oldest->last_used)
            oldest = &statements->slots[i];
    return oldest;
}

void postgres_statements_put(struct postgres_statements *statements,
                             struct postgres_statement *statement, struct span sql, uint64_t hash)
{
    statement->sql = mem_dup(sql.ptr, sql.len);
    statement->hash = hash;
    statement->number = ++statements->names;
    statement->last_used = ++statements->turn;
}

void postgres_statement_forget(struct postgres_statement *statement)
{
    free(statement->sql);
    *statement = (struct postgres_statement){0};
}

void postgres_statements_forget_unprepared(struct postgres_statements *statements)
{
    for (size_t i = 0; i < POSTGRES_STATEMENTS_MAX; i++)
        if (statements->slots[i].sql && !statements->slots[i].prepared)
            postgres_statement_forget(&statements->slots[i]);
}

void postgres_statements_forget_all(struct postgres_statements *statements)
{
    for (size_t i = 0; i < POSTGRES_STATEMENTS_MAX; i++)
        postgres_statement_forget(&statements->slots[i]);
}
