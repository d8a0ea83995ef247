/* SPDX-License-Identifier: Apache-2.0
 *
 * Writing rows. One statement that fails takes all that was queued with it along, so a few rows are
 * one round trip without BEGIN and COMMIT. Many rows go by COPY, for which their ids are taken from
 * the sequence first.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "keneyapp/store/postgres_private.h"
#include "keneyapp/store/postgres_rows.h"

enum {
    COPY_MIN_ROWS = 50,
    INSERT_MAX_ROWS = 32, /* per statement, a power of two */
    COPY_STEP_ROWS = 256, /* whose parameters are in memory at a time */
    COPY_MAX_BYTES = 1024 * 1024 * 1024,
    COPY_SQL_MAX_BYTES = 2048,
};

static const struct value *row_at(enum entity_id id, const struct value *rows, size_t at)
{
    return rows + at * entity_get(id)->field_count;
}

/* The largest power of two that is not above `count`: few different statements are enough. */
static size_t rows_per_statement(size_t count)
{
    size_t rows = INSERT_MAX_ROWS;
    while (rows > count)
        rows /= 2;
    return rows;
}

static void queue_insert(struct postgres_session *s, enum entity_id id, int64_t tenant,
                         const struct value *rows, size_t count)
{
    sql_insert_text(&s->sql, id, count);
    sql_insert_values(&s->sql, id, tenant, rows, count);
    postgres_queue(s);
}

/* Ids come back in the order of VALUES, statement after statement, behind a BEGIN if there was
 * one. */
static void read_ids(struct postgres_session *s, size_t count, int64_t *ret_ids)
{
    size_t at = 0;
    for (size_t i = 0; i < s->link.item_count; i++) {
        const PGresult *result = postgres_result(s, i);
        for (int row = 0; row < PQntuples(result) && at < count; row++)
            ret_ids[at++] = postgres_rows_int(result, row, 0);
    }
}

static enum store_result insert_rows(struct postgres_session *s, enum entity_id id,
                                     const struct value *rows, size_t count, int64_t *ret_ids)
{
    for (size_t i = 0, step; i < count; i += step) {
        step = rows_per_statement(count - i);
        queue_insert(s, id, s->session.tenant_id, row_at(id, rows, i), step);
    }
    enum store_result result = postgres_run(s);
    if (result == STORE_OK)
        read_ids(s, count, ret_ids);
    return result;
}

/* One line per row: its id, unless the database is to give it, then the columns of an insert. */
static void add_lines(struct strbuf *out, const struct sql *sql, size_t width, const int64_t *ids)
{
    for (size_t i = 0; i < sql->param_count; i++) {
        if (i % width == 0 && ids)
            strbuf_addf(out, "%lld\t", (long long)ids[i / width]);
        postgres_rows_add_copied(out, &sql->params[i]);
        strbuf_addc(out, i % width == width - 1 ? '\n' : '\t');
    }
}

static enum store_result copy_lines(struct postgres_session *s, enum entity_id id, bool with_ids,
                                    const struct strbuf *lines)
{
    AUTO(strbuf_done) struct strbuf sql = STRBUF_INIT(COPY_SQL_MAX_BYTES);
    strbuf_addf(&sql, "COPY %s (%s", entity_get(id)->table, with_ids ? "id, " : "");
    sql_insert_columns(&sql, id);
    strbuf_adds(&sql, ") FROM STDIN");
    if (postgres_blocked(s))
        return STORE_FAILED;
    if (lines->overflow) {
        snprintf(s->session.problem, sizeof(s->session.problem),
                 "more than 1 GiB of rows at once; write fewer at a time");
        return STORE_FAILED;
    }
    enum store_result result = postgres_link_copy(&s->link, strbuf_cstr(&sql), strbuf_span(lines));
    s->failed = result != STORE_OK;
    s->session.broken = s->link.broken;
    return result;
}

static enum store_result reserve_ids(struct postgres_session *s, enum entity_id id, size_t count,
                                     int64_t *ret_ids)
{
    const struct value params[] = {value_text(span_cstr(entity_get(id)->table)),
                                   value_int((int64_t)count)};
    postgres_queue_text(s,
                        "SELECT nextval(pg_get_serial_sequence($1, 'id'))"
                        " FROM generate_series(1, $2::bigint)",
                        params, COUNT_OF(params));
    enum store_result result = postgres_run(s);
    if (result == STORE_OK)
        read_ids(s, count, ret_ids);
    return result;
}

static enum store_result copy_rows(struct postgres_session *s, enum entity_id id,
                                   const struct value *rows, size_t count, int64_t *ret_ids)
{
    AUTO(strbuf_done) struct strbuf lines = STRBUF_INIT(COPY_MAX_BYTES);
    enum store_result result = reserve_ids(s, id, count, ret_ids);
    if (result != STORE_OK)
        return result;
    for (size_t i = 0; i < count; i += COPY_STEP_ROWS) {
        size_t step = MIN_OF((size_t)COPY_STEP_ROWS, count - i);
        sql_insert_values(&s->sql, id, s->session.tenant_id, row_at(id, rows, i), step);
        add_lines(&lines, &s->sql, sql_insert_width(id), &ret_ids[i]);
    }
    return copy_lines(s, id, true, &lines);
}

enum store_result postgres_insert(struct session *session, enum entity_id id,
                                  const struct value *rows, size_t count, int64_t *ret_ids)
{
    struct postgres_session *s = postgres_of(session);
    enum store_result result = STORE_OK;
    if (session->store->options.without_batch) {
        for (size_t i = 0; i < count && result == STORE_OK; i++)
            result = insert_rows(s, id, row_at(id, rows, i), 1, &ret_ids[i]);
        return result;
    }
    if (count >= COPY_MIN_ROWS)
        return copy_rows(s, id, rows, count, ret_ids);
    return count ? insert_rows(s, id, rows, count, ret_ids) : STORE_OK;
}

/* Whether each of the last `count` statements of the run found its row. */
static bool all_found(const struct postgres_session *s, size_t first, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (postgres_link_affected(&s->link, first + i) == 0)
            return false;
    return true;
}

/* A single statement that finds nothing changes nothing: no transaction is needed around it. */
static enum store_result update_one(struct postgres_session *s, enum entity_id id, int64_t row_id,
                                    const struct value *row, uint64_t mask)
{
    sql_update(&s->sql, id, s->session.tenant_id, row_id, row, mask);
    size_t index = postgres_queue(s);
    enum store_result result = postgres_run(s);
    return result == STORE_OK && !all_found(s, index, 1) ? STORE_NOT_FOUND : result;
}

static enum store_result update_all(struct postgres_session *s, enum entity_id id,
                                    const int64_t *ids, const struct value *rows,
                                    const uint64_t *masks, size_t count)
{
    size_t last = 0;
    for (size_t i = 0; i < count; i++) {
        sql_update(&s->sql, id, s->session.tenant_id, ids[i], row_at(id, rows, i), masks[i]);
        last = postgres_queue(s);
    }
    enum store_result result = postgres_run(s);
    return result == STORE_OK && !all_found(s, last + 1 - count, count) ? STORE_NOT_FOUND : result;
}

static enum store_result update_one_by_one(struct postgres_session *s, enum entity_id id,
                                           const int64_t *ids, const struct value *rows,
                                           const uint64_t *masks, size_t count)
{
    enum store_result result = STORE_OK;
    for (size_t i = 0; i < count && result == STORE_OK; i++)
        result = update_one(s, id, ids[i], row_at(id, rows, i), masks[i]);
    return result;
}

enum store_result postgres_update(struct session *session, enum entity_id id, const int64_t *ids,
                                  const struct value *rows, const uint64_t *masks, size_t count)
{
    struct postgres_session *s = postgres_of(session);
    bool single = count <= 1 || session->store->options.without_batch;
    if (single)
        return update_one_by_one(s, id, ids, rows, masks, count);
    if (s->in_transaction)
        return update_all(s, id, ids, rows, masks, count);
    enum store_result result = postgres_begin(session);
    if (result == STORE_OK)
        result = update_all(s, id, ids, rows, masks, count);
    if (result == STORE_OK)
        return postgres_commit(session);
    postgres_rollback(session);
    return result;
}

enum store_result postgres_remove(struct session *session, enum entity_id id, const int64_t *ids,
                                  size_t count, size_t *ret_removed)
{
    struct postgres_session *s = postgres_of(session);
    size_t step = session->store->options.without_batch ? 1 : count;
    size_t removed = 0;
    for (size_t i = 0; i < count; i += step) {
        sql_remove(&s->sql, id, session->tenant_id, ids + i, step);
        size_t index = postgres_queue(s);
        enum store_result result = postgres_run(s);
        if (result != STORE_OK)
            return result;
        removed += postgres_link_affected(&s->link, index);
    }
    if (ret_removed)
        *ret_removed = removed;
    return STORE_OK;
}

static int64_t tenant_of(const struct audit_row *row)
{
    return row->tenant_id ? row->tenant_id : TENANT_DEFAULT;
}

static int compare_users(const void *a, const void *b)
{
    const struct audit_row *const *one = a, *const *two = b;
    if ((*one)->user_id != (*two)->user_id)
        return (*one)->user_id < (*two)->user_id ? -1 : 1;
    return *one < *two ? -1 : *one > *two;
}

/* Each user's last sign-in, in the order of users: two writers cannot lock each other out. */
static void queue_sign_ins(struct postgres_session *s, const struct audit_row *rows, size_t count)
{
    AUTO(mem_free) const struct audit_row **signed_in = NEW_ARRAY(const struct audit_row *, count);
    size_t found = 0;
    for (size_t i = 0; i < count; i++)
        if (rows[i].signed_in)
            signed_in[found++] = &rows[i];
    qsort(signed_in, found, sizeof(signed_in[0]), compare_users);
    for (size_t i = 0; i < found; i++) {
        if (i + 1 < found && signed_in[i + 1]->user_id == signed_in[i]->user_id)
            continue;
        const struct value params[] = {value_int(signed_in[i]->user_id),
                                       value_text(span_cstr(signed_in[i]->timestamp))};
        postgres_queue_fixed(s, SQL_SIGNED_IN, params, COUNT_OF(params));
    }
}

static enum store_result copy_audit(struct postgres_session *s, const struct audit_row *rows,
                                    size_t count)
{
    AUTO(strbuf_done) struct strbuf lines = STRBUF_INIT(COPY_MAX_BYTES);
    struct value row[ENTITY_FIELDS_MAX];
    for (size_t i = 0; i < count; i++) {
        sql_audit_row(&rows[i], row);
        sql_insert_values(&s->sql, ENTITY_AUDIT, tenant_of(&rows[i]), row, 1);
        add_lines(&lines, &s->sql, sql_insert_width(ENTITY_AUDIT), NULL);
    }
    return copy_lines(s, ENTITY_AUDIT, false, &lines);
}

static enum store_result insert_audit(struct postgres_session *s, const struct audit_row *rows,
                                      size_t count)
{
    struct value row[ENTITY_FIELDS_MAX];
    for (size_t i = 0; i < count; i++) {
        sql_audit_row(&rows[i], row);
        queue_insert(s, ENTITY_AUDIT, tenant_of(&rows[i]), row, 1);
    }
    queue_sign_ins(s, rows, count);
    return postgres_run(s);
}

static enum store_result copy_audit_and_sign_ins(struct postgres_session *s,
                                                 const struct audit_row *rows, size_t count)
{
    queue_sign_ins(s, rows, count);
    enum store_result result = postgres_run(s);
    return result == STORE_OK ? copy_audit(s, rows, count) : result;
}

enum store_result postgres_audit(struct session *session, const struct audit_row *rows,
                                 size_t count)
{
    struct postgres_session *s = postgres_of(session);
    if (count < COPY_MIN_ROWS)
        return insert_audit(s, rows, count);
    enum store_result result = postgres_begin(session);
    if (result == STORE_OK)
        result = copy_audit_and_sign_ins(s, rows, count);
    if (result == STORE_OK)
        return postgres_commit(session);
    postgres_rollback(session);
    return result;
}

/* The planner knows nothing of new rows, and counting looks at each of them, until autovacuum comes
 * by a minute later. VACUUM has to be alone between two synchronisations. */
enum store_result postgres_tidy(struct session *session)
{
    static const char *const STEPS[] = {
        "SET statement_timeout = 0",
        "VACUUM (ANALYZE) users, patients, appointments, prescriptions",
        "SET statement_timeout = '30s'",
    };

    struct postgres_session *s = postgres_of(session);
    enum store_result result = postgres_blocked(s) ? STORE_FAILED : STORE_OK;
    for (size_t i = 0; result == STORE_OK && i < COUNT_OF(STEPS); i++) {
        postgres_queue_text(s, STEPS[i], NULL, 0);
        result = postgres_run_for(s, POSTGRES_LONG_REPLY_NS);
    }
    return result;
}
