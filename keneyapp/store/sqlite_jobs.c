/* SPDX-License-Identifier: Apache-2.0
 *
 * The queue of jobs. SQLite has one writer, so no two processes can take the same job.
 */
#include "keneyapp/store/sqlite_private.h"

static void read_job(sqlite3_stmt *statement, struct job_row *ret)
{
    ret->id = sqlite3_column_int64(statement, 0);
    ret->tenant_id = sqlite3_column_int64(statement, 1);
    ret->user_id = sqlite3_column_int64(statement, 2);
    sqlite_copy_column(statement, 3, ret->kind, sizeof(ret->kind));
    ret->subject_id = sqlite3_column_int64(statement, 4);
    sqlite_copy_column(statement, 5, ret->format, sizeof(ret->format));
    sqlite_copy_column(statement, 6, ret->state, sizeof(ret->state));
    ret->attempts = sqlite3_column_int(statement, 7);
    sqlite_copy_column(statement, 8, ret->created_at, sizeof(ret->created_at));
    sqlite_copy_column(statement, 9, ret->finished_at, sizeof(ret->finished_at));
}

static enum store_result add_job(struct sqlite_session *s, const struct job_row *job,
                                 int64_t *ret_id)
{
    sqlite3_stmt *statement = sqlite_fixed(s, SQL_JOB_ADD);
    sqlite_bind_int(statement, 1, s->session.tenant_id);
    sqlite_bind_int(statement, 2, job->user_id);
    sqlite_bind_cstr(statement, 3, job->kind);
    sqlite_bind_int(statement, 4, job->subject_id);
    sqlite_bind_cstr(statement, 5, job->format);
    sqlite_bind_cstr(statement, 6, job->created_at);
    return sqlite_number(s, statement, ret_id);
}

enum store_result sqlite_job_add(struct session *session, const struct job_row *job,
                                 int64_t *ret_id)
{
    struct sqlite_session *s = sqlite_of(session);
    bool entered;
    enum store_result result = sqlite_enter(s, &entered);
    if (result == STORE_OK)
        result = add_job(s, job, ret_id);
    return sqlite_leave(s, entered, result);
}

static enum store_result take_job(struct sqlite_session *s, struct span now,
                                  struct span lease_until, struct job_row *ret_job)
{
    sqlite3_stmt *statement = sqlite_fixed(s, SQL_JOB_TAKE);
    sqlite_bind_span(statement, 1, now);
    sqlite_bind_span(statement, 2, lease_until);
    enum store_result result = sqlite_first(s, statement);
    if (result == STORE_OK)
        read_job(statement, ret_job);
    if (statement)
        sqlite_end(statement);
    return result;
}

/* Looks before it takes the turn to write: most of the time nothing is waiting. */
enum store_result sqlite_job_take(struct session *session, struct span now, struct span lease_until,
                                  struct job_row *ret_job)
{
    struct sqlite_session *s = sqlite_of(session);
    int64_t waiting;
    bool entered = false;
    sqlite3_stmt *statement = sqlite_fixed(s, SQL_JOB_WAITING);
    sqlite_bind_span(statement, 1, now);
    enum store_result result = sqlite_number(s, statement, &waiting);
    if (result == STORE_OK)
        result = sqlite_enter(s, &entered);
    if (result == STORE_OK)
        result = take_job(s, now, lease_until, ret_job);
    return sqlite_leave(s, entered, result);
}

static enum store_result run_on_own(struct sqlite_session *s, sqlite3_stmt *statement,
                                    const struct job_row *job)
{
    sqlite_bind_int(statement, 1, job->id);
    sqlite_bind_int(statement, 2, job->attempts);
    enum store_result result = sqlite_run(s, statement);
    return result == STORE_OK && !sqlite3_changes(s->db) ? STORE_NOT_FOUND : result;
}

static enum store_result finish_job(struct sqlite_session *s, const struct job_row *job, bool good,
                                    struct span now, struct span text)
{
    sqlite3_stmt *statement = sqlite_fixed(s, SQL_JOB_FINISH);
    sqlite_bind_cstr(statement, 3, good ? "done" : "failed");
    sqlite_bind_span(statement, 4, now);
    sqlite_bind_span(statement, 5, text);
    return run_on_own(s, statement, job);
}

enum store_result sqlite_job_finish(struct session *session, const struct job_row *job, bool good,
                                    struct span now, struct span text)
{
    struct sqlite_session *s = sqlite_of(session);
    bool entered;
    enum store_result result = sqlite_enter(s, &entered);
    if (result == STORE_OK)
        result = finish_job(s, job, good, now, text);
    return sqlite_leave(s, entered, result);
}

enum store_result sqlite_job_retry(struct session *session, const struct job_row *job,
                                   struct span due)
{
    struct sqlite_session *s = sqlite_of(session);
    bool entered;
    enum store_result result = sqlite_enter(s, &entered);
    if (result == STORE_OK) {
        sqlite3_stmt *statement = sqlite_fixed(s, SQL_JOB_RETRY);
        sqlite_bind_span(statement, 3, due);
        result = run_on_own(s, statement, job);
    }
    return sqlite_leave(s, entered, result);
}

enum store_result sqlite_job_get(struct session *session, int64_t job_id, struct job_row *ret_job,
                                 struct strbuf *ret_text)
{
    struct sqlite_session *s = sqlite_of(session);
    sqlite3_stmt *statement = sqlite_fixed(s, SQL_JOB_GET);
    sqlite_bind_int(statement, 1, job_id);
    sqlite_bind_int(statement, 2, session->tenant_id);
    enum store_result result = sqlite_first(s, statement);
    if (result == STORE_OK) {
        read_job(statement, ret_job);
        struct value text = sqlite_column(statement, 10);
        if (ret_text && text.kind == VALUE_TEXT)
            strbuf_add_span(ret_text, text.text);
    }
    if (statement)
        sqlite_end(statement);
    return result;
}
