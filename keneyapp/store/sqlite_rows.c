/* SPDX-License-Identifier: Apache-2.0
 *
 * Rows of the entities: lists, single rows, inserts, updates, removals.
 */
#include "keneyapp/store/sqlite_private.h"

/* Delivers every row of a bound statement; STORE_NOT_FOUND when there is none. */
static enum store_result deliver(struct sqlite_session *s, sqlite3_stmt *statement,
                                 enum entity_id id, on_row_fn *on_row, void *context)
{
    const struct entity *entity = entity_get(id);
    struct value row[ENTITY_FIELDS_MAX];
    enum store_result result = STORE_NOT_FOUND;
    int step;
    if (!statement)
        return STORE_FAILED;
    while ((step = sqlite3_step(statement)) == SQLITE_ROW) {
        for (size_t i = 0; i < entity->field_count; i++)
            row[i] = sqlite_column(statement, (int)i);
        on_row(context, entity, row);
        result = STORE_OK;
    }
    if (step != SQLITE_DONE)
        result = sqlite_failed(s);
    sqlite_end(statement);
    return result;
}

enum store_result sqlite_count(struct session *session, enum entity_id id, int64_t *ret_count)
{
    struct sqlite_session *s = sqlite_of(session);
    if (id == ENTITY_TENANTS) {
        *ret_count = 1;
        return STORE_OK;
    }
    sqlite3_stmt *statement = sqlite_fixed(s, SQL_ROW_COUNT);
    sqlite_bind_int(statement, 1, session->tenant_id);
    sqlite_bind_cstr(statement, 2, entity_get(id)->table);
    enum store_result result = sqlite_number(s, statement, ret_count);
    if (result != STORE_NOT_FOUND)
        return result;
    *ret_count = 0; /* no such tenant: nothing of it */
    return STORE_OK;
}

static enum store_result count_matching(struct sqlite_session *s, enum entity_id id,
                                        const struct list_query *query, int64_t *ret_total)
{
    if (sql_counts_all(query))
        return sqlite_count(&s->session, id, ret_total);
    sql_count(&s->sql, id, s->session.tenant_id, query);
    return sqlite_number(s, sqlite_built(s), ret_total);
}

static enum store_result count_and_deliver(struct sqlite_session *s, enum entity_id id,
                                           const struct list_query *query, on_row_fn *on_row,
                                           void *context, int64_t *ret_total)
{
    bool filtered = !sql_counts_all(query);
    int64_t matching = 0, rows = 0;
    enum store_result result = STORE_OK;
    if (ret_total || filtered)
        result = count_matching(s, id, query, &matching);
    if (result == STORE_OK && filtered)
        result = sqlite_count(&s->session, id, &rows);
    if (result != STORE_OK)
        return result;
    sql_list(&s->sql, id, s->session.tenant_id, query,
             sql_walk_in_order(id, query, matching, rows));
    result = deliver(s, sqlite_built(s), id, on_row, context);
    if (result != STORE_OK && result != STORE_NOT_FOUND)
        return result;
    if (ret_total)
        *ret_total = matching;
    return STORE_OK;
}

/* A statement sees what was committed before it began: for a total that belongs to the rows, both
 * are read in one transaction, which in WAL mode waits for nobody and keeps nobody waiting. */
enum store_result sqlite_list(struct session *session, enum entity_id id,
                              const struct list_query *query, on_row_fn *on_row, void *context,
                              int64_t *ret_total)
{
    struct sqlite_session *s = sqlite_of(session);
    if (!ret_total || s->in_transaction)
        return count_and_deliver(s, id, query, on_row, context, ret_total);
    enum store_result result = sqlite_run(s, sqlite_statement(s, SPAN("BEGIN")));
    if (result != STORE_OK)
        return result;
    result = count_and_deliver(s, id, query, on_row, context, ret_total);
    enum store_result ended = sqlite_run(s, sqlite_statement(s, SPAN("COMMIT")));
    return result == STORE_OK ? ended : result;
}

enum store_result sqlite_get(struct session *session, enum entity_id id, int64_t row_id,
                             on_row_fn *on_row, void *context)
{
    struct sqlite_session *s = sqlite_of(session);
    sql_get(&s->sql, id, session->tenant_id, row_id);
    return deliver(s, sqlite_built(s), id, on_row, context);
}

/* STORE_CONFLICT when one of these appointments overlaps with another. */
static enum store_result check_overlaps(struct sqlite_session *s, const int64_t *ids, size_t count)
{
    int64_t overlapping;
    sql_overlaps(&s->sql, s->session.tenant_id, ids, count);
    enum store_result result = sqlite_number(s, sqlite_built(s), &overlapping);
    if (result == STORE_NOT_FOUND)
        return STORE_OK;
    return result == STORE_OK ? STORE_CONFLICT : result;
}

static enum store_result insert_rows(struct sqlite_session *s, enum entity_id id,
                                     const struct value *rows, size_t count, int64_t *ret_ids)
{
    enum store_result result = STORE_OK;
    size_t width = entity_get(id)->field_count;
    sql_insert_text(&s->sql, id, 1);
    sqlite3_stmt *statement = sqlite_statement(s, strbuf_span(&s->sql.text));
    for (size_t i = 0; i < count && result == STORE_OK; i++) {
        sql_insert_values(&s->sql, id, s->session.tenant_id, rows + i * width, 1);
        sqlite_bind_params(s, statement);
        result = sqlite_run(s, statement);
        ret_ids[i] = sqlite3_last_insert_rowid(s->db);
    }
    if (result == STORE_OK && id == ENTITY_APPOINTMENTS)
        result = check_overlaps(s, ret_ids, count);
    return result;
}

static enum store_result insert_together(struct sqlite_session *s, enum entity_id id,
                                         const struct value *rows, size_t count, int64_t *ret_ids)
{
    bool entered;
    enum store_result result = sqlite_enter(s, &entered);
    if (result == STORE_OK)
        result = sqlite_leave(s, entered, insert_rows(s, id, rows, count, ret_ids));
    return result;
}

enum store_result sqlite_insert(struct session *session, enum entity_id id,
                                const struct value *rows, size_t count, int64_t *ret_ids)
{
    struct sqlite_session *s = sqlite_of(session);
    size_t width = entity_get(id)->field_count;
    enum store_result result = STORE_OK;
    if (!session->store->options.without_batch)
        return insert_together(s, id, rows, count, ret_ids);
    for (size_t i = 0; i < count && result == STORE_OK; i++)
        result = insert_together(s, id, rows + i * width, 1, &ret_ids[i]);
    return result;
}

static enum store_result update_row(struct sqlite_session *s, enum entity_id id, int64_t row_id,
                                    const struct value *row, uint64_t mask)
{
    sql_update(&s->sql, id, s->session.tenant_id, row_id, row, mask);
    enum store_result result = sqlite_run(s, sqlite_built(s));
    if (result == STORE_OK && sqlite3_changes(s->db) == 0)
        return STORE_NOT_FOUND;
    if (result == STORE_OK && sql_moves_appointment(id, mask))
        return check_overlaps(s, &row_id, 1);
    return result;
}

enum store_result sqlite_update(struct session *session, enum entity_id id, const int64_t *ids,
                                const struct value *rows, const uint64_t *masks, size_t count)
{
    struct sqlite_session *s = sqlite_of(session);
    size_t width = entity_get(id)->field_count;
    bool one_by_one = session->store->options.without_batch, entered = false;
    enum store_result result = one_by_one ? STORE_OK : sqlite_enter(s, &entered);
    for (size_t i = 0; i < count && result == STORE_OK; i++) {
        bool entered_here = false;
        if (one_by_one)
            result = sqlite_enter(s, &entered_here);
        if (result == STORE_OK)
            result = sqlite_leave(s, entered_here,
                                  update_row(s, id, ids[i], rows + i * width, masks[i]));
    }
    return sqlite_leave(s, entered, result);
}

static enum store_result remove_rows(struct sqlite_session *s, enum entity_id id,
                                     const int64_t *ids, size_t count, size_t *ret_removed)
{
    bool entered;
    enum store_result result = sqlite_enter(s, &entered);
    if (result != STORE_OK)
        return result;
    sql_remove(&s->sql, id, s->session.tenant_id, ids, count);
    result = sqlite_run(s, sqlite_built(s));
    *ret_removed += result == STORE_OK ? (size_t)sqlite3_changes(s->db) : 0;
    return sqlite_leave(s, entered, result);
}

enum store_result sqlite_remove(struct session *session, enum entity_id id, const int64_t *ids,
                                size_t count, size_t *ret_removed)
{
    struct sqlite_session *s = sqlite_of(session);
    enum store_result result = STORE_OK;
    if (!session->store->options.without_batch)
        return remove_rows(s, id, ids, count, ret_removed);
    for (size_t i = 0; i < count && result == STORE_OK; i++)
        result = remove_rows(s, id, &ids[i], 1, ret_removed);
    return result;
}
