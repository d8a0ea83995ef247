/* SPDX-License-Identifier: Apache-2.0 */
#include "keneyapp/store/postgres_rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    TIME_BYTES = 48
};

/* Object ids of built-in types never change (src/include/catalog/pg_type.dat). */
enum {
    OID_BOOL = 16,
    OID_INT8 = 20,
    OID_INT2 = 21,
    OID_INT4 = 23,
    OID_TIMESTAMPTZ = 1184,
};

/* PostgreSQL's "2026-01-31 12:00:00.5+00" as "2026-01-31T12:00:00.5Z"; `buf` holds TIME_BYTES. What
 * does not end in the offset of UTC ("infinity") stays as it is. */
static struct span time_of(struct span text, char *buf)
{
    static const struct span UTC = {"+00", 3};
    if (!span_ends_with(text, UTC) || text.len >= TIME_BYTES)
        return text;
    size_t len = text.len - UTC.len;
    memcpy(buf, text.ptr, len);
    char *space = memchr(buf, ' ', len);
    if (space)
        *space = 'T';
    buf[len] = 'Z';
    return span_of(buf, len + 1);
}

static struct span text_at(const PGresult *result, int row, int column)
{
    return span_of(PQgetvalue(result, row, column), (size_t)PQgetlength(result, row, column));
}

static struct value value_at(const PGresult *result, int row, int column, char *time)
{
    if (PQgetisnull(result, row, column))
        return (struct value){0};
    struct span text = text_at(result, row, column);
    switch (PQftype(result, column)) {
    case OID_BOOL:
        return value_int(text.ptr[0] == 't');
    case OID_INT2:
    case OID_INT4:
    case OID_INT8:
        return value_int(strtoll(text.ptr, NULL, 10));
    case OID_TIMESTAMPTZ:
        return value_text(time_of(text, time));
    default:
        return value_text(text);
    }
}

void postgres_rows_deliver(const PGresult *result, enum entity_id id, on_row_fn *on_row,
                           void *context)
{
    const struct entity *entity = entity_get(id);
    struct value row[ENTITY_FIELDS_MAX];
    char times[ENTITY_FIELDS_MAX][TIME_BYTES];
    for (int i = 0; i < PQntuples(result); i++) {
        for (size_t j = 0; j < entity->field_count; j++)
            row[j] = value_at(result, i, (int)j, times[j]);
        on_row(context, entity, row);
    }
}

int64_t postgres_rows_int(const PGresult *result, int row, int column)
{
    return value_at(result, row, column, NULL).number;
}

void postgres_rows_text(const PGresult *result, int row, int column, char *buf, size_t size)
{
    char time[TIME_BYTES];
    struct value value = value_at(result, row, column, time);
    snprintf(buf, size, "%.*s", SPAN_ARG(value.text));
}

void postgres_rows_add_copied(struct strbuf *out, const struct value *value)
{
    static const char SPECIAL[] = "\b\t\n\v\f\r\\", LETTERS[] = "btnvfr\\";
    if (value->kind == VALUE_NULL)
        strbuf_adds(out, "\\N");
    else if (value->kind == VALUE_INT)
        strbuf_addf(out, "%lld", (long long)value->number);
    for (size_t i = 0; value->kind == VALUE_TEXT && i < value->text.len; i++) {
        char c = value->text.ptr[i];
        const char *special = c ? strchr(SPECIAL, c) : NULL;
        if (special)
            strbuf_addc(out, '\\');
        strbuf_addc(out, special ? LETTERS[special - SPECIAL] : c);
    }
}
