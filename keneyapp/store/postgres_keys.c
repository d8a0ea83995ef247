/* SPDX-License-Identifier: Apache-2.0
 *
 * The folded texts of rows that are there already (store/sql.h), made anew by the same function
 * that makes those of new rows: in pages, within the transaction of a migration.
 */
#include "keneyapp/model/fold.h"
#include "keneyapp/store/postgres_private.h"
#include "keneyapp/store/postgres_rows.h"

enum {
    PAGE_ROWS = 500,
    KEYS_SQL_MAX_BYTES = 2048,
    KEYS_CHUNK_BYTES = 64 * 1024,
};

static void add_names(struct strbuf *out, const struct entity *entity)
{
    for (size_t i = 0; i < entity->field_count; i++)
        if (entity->fields[i].flags & FIELD_SEARCHED)
            strbuf_addf(out, ", %s", entity->fields[i].name);
}

/* Who changed a text by hand, perhaps because a migration asked for it, left its key behind. */
static void add_stale_keys(struct strbuf *out, const struct entity *entity)
{
    for (size_t i = 0; i < entity->field_count; i++) {
        const char *name = entity->fields[i].name;
        if (entity->fields[i].flags & FIELD_SEARCHED)
            strbuf_addf(out, " OR %s_key IS DISTINCT FROM lower(%s)", name, name);
    }
}

/* Rows whose texts are ASCII have the right keys when those are their small letters, which is most
 * of a clinic: they need not come here. */
static void write_page(struct strbuf *out, const struct entity *entity)
{
    strbuf_adds(out, "SELECT id");
    add_names(out, entity);
    strbuf_addf(out, " FROM %s WHERE id > $1 AND (concat(''", entity->table);
    add_names(out, entity);
    strbuf_adds(out, ") COLLATE \"C\" ~ '[^ -~]'");
    add_stale_keys(out, entity);
    strbuf_addf(out, ") ORDER BY id LIMIT %d", PAGE_ROWS);
}

/* Parameter 1 is the id. */
static void write_change(struct strbuf *out, const struct entity *entity)
{
    const char *before = " SET ";
    int number = 1;
    strbuf_addf(out, "UPDATE %s", entity->table);
    for (size_t i = 0; i < entity->field_count; i++) {
        if (!(entity->fields[i].flags & FIELD_SEARCHED))
            continue;
        strbuf_addf(out, "%s%s_key = $%d", before, entity->fields[i].name, ++number);
        before = ", ";
    }
    strbuf_adds(out, " WHERE id = $1");
}

static struct value folded(const PGresult *page, int row, int column, struct arena *arena)
{
    if (PQgetisnull(page, row, column))
        return (struct value){0};
    struct span text =
        span_of(PQgetvalue(page, row, column), (size_t)PQgetlength(page, row, column));
    return value_text(fold_text(arena, text));
}

/* The parameters of a page's changes, row by row; the page itself ends when they are queued. */
static struct value *fold_page(const PGresult *page, struct arena *arena)
{
    int rows = PQntuples(page), columns = PQnfields(page);
    struct value *values = ARENA_NEW_ARRAY(arena, struct value, (size_t)rows * (size_t)columns + 1);
    struct value *value = values;
    for (int row = 0; row < rows; row++) {
        *value++ = value_int(postgres_rows_int(page, row, 0));
        for (int column = 1; column < columns; column++)
            *value++ = folded(page, row, column, arena);
    }
    return values;
}

/* The next rows after `*last`, which moves on; how many there were goes into `*ret_rows`. */
static enum store_result change_page(struct postgres_session *s, const char *page_sql,
                                     const char *change_sql, int64_t *last, size_t *ret_rows)
{
    AUTO(arena_done) struct arena arena;
    const struct value from = value_int(*last);
    arena_init(&arena, KEYS_CHUNK_BYTES);
    size_t index = postgres_queue_text(s, page_sql, &from, 1);
    enum store_result result = postgres_run_for(s, POSTGRES_LONG_REPLY_NS);
    if (result != STORE_OK)
        return result;
    const PGresult *page = postgres_result(s, index);
    const struct value *values = fold_page(page, &arena);
    size_t columns = (size_t)PQnfields(page);
    *ret_rows = (size_t)PQntuples(page);
    for (size_t row = 0; row < *ret_rows; row++) {
        postgres_queue_text(s, change_sql, values + row * columns, columns);
        *last = values[row * columns].number;
    }
    return *ret_rows ? postgres_run_for(s, POSTGRES_LONG_REPLY_NS) : STORE_OK;
}

static enum store_result change_table(struct postgres_session *s, const struct entity *entity)
{
    AUTO(strbuf_done) struct strbuf page = STRBUF_INIT(KEYS_SQL_MAX_BYTES);
    AUTO(strbuf_done) struct strbuf change = STRBUF_INIT(KEYS_SQL_MAX_BYTES);
    enum store_result result = STORE_OK;
    int64_t last = 0;
    size_t rows = PAGE_ROWS;
    write_page(&page, entity);
    write_change(&change, entity);
    while (result == STORE_OK && rows == PAGE_ROWS)
        result = change_page(s, strbuf_cstr(&page), strbuf_cstr(&change), &last, &rows);
    return result;
}

enum store_result postgres_fold_keys(struct postgres_session *s)
{
    enum store_result result = STORE_OK;
    for (int id = 0; id < ENTITY_COUNT && result == STORE_OK; id++)
        if (sql_has_keys(entity_get((enum entity_id)id)))
            result = change_table(s, entity_get((enum entity_id)id));
    return result;
}
