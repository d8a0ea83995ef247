/* SPDX-License-Identifier: Apache-2.0
 *
 * What the builders of SQL share.
 */
#ifndef KENEYAPP_STORE_SQL_PRIVATE_H
#define KENEYAPP_STORE_SQL_PRIVATE_H

#include "keneyapp/store/sql.h"

/* Empties text, parameters and memory. */
void sql_reset(struct sql *sql);

/* Appends a value without a mark in the text. */
void sql_push(struct sql *sql, struct value value);

/* Appends a value and its mark. */
void sql_param(struct sql *sql, struct value value);

/* Appends the mark of a parameter that is there already; numbers begin at 1. */
void sql_mark(struct sql *sql, size_t number);

/* " IN (...)" of ids as one parameter. */
void sql_in(struct sql *sql, const int64_t *ids, size_t count);

/* " WHERE tenant_id = ..."; `indexed`: by an index that begins with it. */
void sql_scope(struct sql *sql, enum entity_id id, int64_t tenant, bool indexed);

void sql_add_columns(struct strbuf *out, const struct entity *entity);

#endif
