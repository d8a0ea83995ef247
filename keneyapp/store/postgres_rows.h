/* SPDX-License-Identifier: Apache-2.0
 *
 * What PostgreSQL answers, as the store's values. Numbers and booleans become integers, times get
 * the one form that the store has ("2026-01-31T12:00:00Z"), everything else is text. The session's
 * TimeZone is UTC and its DateStyle ISO (postgres_link.c sees to it).
 */
#ifndef KENEYAPP_STORE_POSTGRES_ROWS_H
#define KENEYAPP_STORE_POSTGRES_ROWS_H

#include <libpq-fe.h>

#include "keneyapp/store/store.h"

/* Calls `on_row` for every row of a SELECT of `id`'s fields in their order. */
void postgres_rows_deliver(const PGresult *result, enum entity_id id, on_row_fn *on_row,
                           void *context);

/* One column; 0 and "" for NULL. Texts are cut to fit. */
int64_t postgres_rows_int(const PGresult *result, int row, int column);
void postgres_rows_text(const PGresult *result, int row, int column, char *buf, size_t size);

/* Appends a field of a row in the text format of COPY (manual, COPY, File Formats), without its
 * separator. */
void postgres_rows_add_copied(struct strbuf *out, const struct value *value);

#endif
