/* SPDX-License-Identifier: Apache-2.0
 *
 * The dashboard's figures and the queue of jobs.
 */
#include "keneyapp/store/postgres_private.h"
#include "keneyapp/store/postgres_rows.h"

enum {
    STATS_SQL_MAX_BYTES = 8192,
    STATS_PARAMS = 6
};

/* Columns of dashboard_stats: the tenant, the figures, the time. */
static void read_stats(const PGresult *row, struct clinic_stats *ret)
{
    int64_t *const figures[] = {
        &ret->patients,        &ret->appointments,        &ret->prescriptions,
        &ret->doctors,         &ret->new_patients,        &ret->appointments_today,
        &ret->scheduled,       &ret->completed,           &ret->cancelled,
        &ret->recent_patients, &ret->recent_appointments, &ret->recent_prescriptions,
    };
    for (size_t i = 0; i < COUNT_OF(figures); i++)
        *figures[i] = postgres_rows_int(row, 0, (int)i + 1);
    postgres_rows_text(row, 0, (int)COUNT_OF(figures) + 1, ret->refreshed_at,
                       sizeof(ret->refreshed_at));
}

static enum store_result count_stats(struct postgres_session *s, const struct stats_times *times,
                                     struct clinic_stats *ret_stats)
{
    static const char *const BOUNDS[] = {"$1::timestamptz", "$2::timestamptz", "$3::timestamptz",
                                         "$4::timestamptz", "$5::timestamptz"};
    const struct value params[STATS_PARAMS] = {
        value_text(span_cstr(times->now)),       value_text(span_cstr(times->day_start)),
        value_text(span_cstr(times->day_end)),   value_text(span_cstr(times->week_ago)),
        value_text(span_cstr(times->month_ago)), value_int(s->session.tenant_id),
    };
    AUTO(strbuf_done) struct strbuf sql = STRBUF_INIT(STATS_SQL_MAX_BYTES);
    sql_add_stats(&sql, BOUNDS);
    strbuf_adds(&sql, " WHERE t.id = $6");
    size_t index = postgres_queue_text(s, strbuf_cstr(&sql), params, STATS_PARAMS);
    enum store_result result = postgres_run(s);
    if (result != STORE_OK)
        return result;
    if (!PQntuples(postgres_result(s, index)))
        return STORE_NOT_FOUND;
    read_stats(postgres_result(s, index), ret_stats);
    return STORE_OK;
}

enum store_result postgres_stats(struct session *session, const struct stats_times *times,
                                 struct clinic_stats *ret_stats)
{
    struct postgres_session *s = postgres_of(session);
    if (session->store->options.without_matview)
        return count_stats(s, times, ret_stats);
    const struct value tenant = value_int(session->tenant_id);
    size_t index = postgres_queue_fixed(s, SQL_STATS, &tenant, 1);
    enum store_result result = postgres_run(s);
    if (result != STORE_OK)
        return result;
    if (!PQntuples(postgres_result(s, index)))
        return count_stats(s, times, ret_stats);
    read_stats(postgres_result(s, index), ret_stats);
    return STORE_OK;
}

/* One process at a time: the others wait for the lock, not for each other's half-made view. */
enum store_result postgres_refresh_stats(struct session *session, const struct stats_times *times)
{
    struct postgres_session *s = postgres_of(session);
    const struct value bounds[] = {
        value_text(span_cstr(times->now)),       value_text(span_cstr(times->day_start)),
        value_text(span_cstr(times->day_end)),   value_text(span_cstr(times->week_ago)),
        value_text(span_cstr(times->month_ago)),
    };
    enum store_result result = postgres_begin(session);
    if (result != STORE_OK)
        return result;
    postgres_queue_text(s, "SET LOCAL statement_timeout = 0", NULL, 0);
    postgres_queue_text(s, "SELECT pg_advisory_xact_lock(hashtextextended('keneyapp.stats', 0))",
                        NULL, 0);
    postgres_queue_text(s,
                        "UPDATE stats_bounds SET refreshed_at = $1, day_start = $2, day_end = $3,"
                        " week_ago = $4, month_ago = $5",
                        bounds, COUNT_OF(bounds));
    postgres_queue_text(s, "REFRESH MATERIALIZED VIEW CONCURRENTLY dashboard_stats", NULL, 0);
    postgres_queue_text(s, "COMMIT", NULL, 0);
    result = postgres_run_for(s, POSTGRES_LONG_REPLY_NS);
    postgres_rollback(session); /* nothing is open after the COMMIT */
    return result;
}

enum store_result postgres_job_add(struct session *session, const struct job_row *job,
                                   int64_t *ret_id)
{
    struct postgres_session *s = postgres_of(session);
    const struct value params[] = {
        value_int(session->tenant_id),      value_int(job->user_id),
        value_text(span_cstr(job->kind)),   value_int(job->subject_id),
        value_text(span_cstr(job->format)), value_text(span_cstr(job->created_at)),
    };
    size_t index = postgres_queue_fixed(s, SQL_JOB_ADD, params, COUNT_OF(params));
    enum store_result result = postgres_run(s);
    if (result == STORE_OK)
        *ret_id = postgres_rows_int(postgres_result(s, index), 0, 0);
    return result;
}

static void read_job(const PGresult *row, struct job_row *ret)
{
    ret->id = postgres_rows_int(row, 0, 0);
    ret->tenant_id = postgres_rows_int(row, 0, 1);
    ret->user_id = postgres_rows_int(row, 0, 2);
    postgres_rows_text(row, 0, 3, ret->kind, sizeof(ret->kind));
    ret->subject_id = postgres_rows_int(row, 0, 4);
    postgres_rows_text(row, 0, 5, ret->format, sizeof(ret->format));
    postgres_rows_text(row, 0, 6, ret->state, sizeof(ret->state));
    ret->attempts = (int)postgres_rows_int(row, 0, 7);
    postgres_rows_text(row, 0, 8, ret->created_at, sizeof(ret->created_at));
    postgres_rows_text(row, 0, 9, ret->finished_at, sizeof(ret->finished_at));
}

/* A job that another process is taking at this moment is passed over (SKIP LOCKED). */
enum store_result postgres_job_take(struct session *session, struct span now,
                                    struct span lease_until, struct job_row *ret_job)
{
    struct postgres_session *s = postgres_of(session);
    const struct value params[] = {value_text(now), value_text(lease_until)};
    size_t index = postgres_queue_fixed(s, SQL_JOB_TAKE, params, COUNT_OF(params));
    enum store_result result = postgres_run(s);
    if (result != STORE_OK)
        return result;
    if (!PQntuples(postgres_result(s, index)))
        return STORE_NOT_FOUND;
    read_job(postgres_result(s, index), ret_job);
    return STORE_OK;
}

enum store_result postgres_job_finish(struct session *session, const struct job_row *job, bool good,
                                      struct span now, struct span text)
{
    const struct value params[] = {value_int(job->id), value_int(job->attempts),
                                   value_text(good ? SPAN("done") : SPAN("failed")),
                                   value_text(now), value_text(text)};
    return postgres_change(postgres_of(session), SQL_JOB_FINISH, params, COUNT_OF(params));
}

enum store_result postgres_job_retry(struct session *session, const struct job_row *job,
                                     struct span due)
{
    const struct value params[] = {value_int(job->id), value_int(job->attempts), value_text(due)};
    return postgres_change(postgres_of(session), SQL_JOB_RETRY, params, COUNT_OF(params));
}

enum store_result postgres_job_get(struct session *session, int64_t job_id, struct job_row *ret_job,
                                   struct strbuf *result)
{
    struct postgres_session *s = postgres_of(session);
    const struct value params[] = {value_int(job_id), value_int(session->tenant_id)};
    size_t index = postgres_queue_fixed(s, SQL_JOB_GET, params, COUNT_OF(params));
    enum store_result got = postgres_run(s);
    if (got != STORE_OK)
        return got;
    const PGresult *row = postgres_result(s, index);
    if (!PQntuples(row))
        return STORE_NOT_FOUND;
    read_job(row, ret_job);
    if (result)
        strbuf_add(result, PQgetvalue(row, 0, 10), (size_t)PQgetlength(row, 0, 10));
    return STORE_OK;
}
