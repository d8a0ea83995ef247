/* SPDX-License-Identifier: Apache-2.0
 *
 * The dashboard's figures: counted, or read from the table that a background job fills. Counting
 * for the table happens before the turn to write is taken, so it holds nobody up.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "keneyapp/store/sqlite_private.h"

enum {
    FIGURES = 12,
    COLUMNS = FIGURES + 2, /* tenant_id, refreshed_at */
};

/* "?1" is now, then the bounds. */
static sqlite3_stmt *counting(struct sqlite_session *s, const struct stats_times *times,
                              bool one_tenant)
{
    static const char *const MARKS[] = {"?1", "?2", "?3", "?4", "?5"};
    strbuf_reset(&s->sql.text);
    sql_add_stats(&s->sql.text, MARKS);
    strbuf_adds(&s->sql.text, one_tenant ? " WHERE t.id = ?6" : "");
    sqlite3_stmt *statement = sqlite_statement(s, strbuf_span(&s->sql.text));
    sqlite_bind_cstr(statement, 1, times->now);
    sqlite_bind_cstr(statement, 2, times->day_start);
    sqlite_bind_cstr(statement, 3, times->day_end);
    sqlite_bind_cstr(statement, 4, times->week_ago);
    sqlite_bind_cstr(statement, 5, times->month_ago);
    return statement;
}

static enum store_result read_figures(struct sqlite_session *s, sqlite3_stmt *statement,
                                      struct clinic_stats *ret)
{
    int64_t *const figures[FIGURES] = {
        &ret->patients,        &ret->appointments,        &ret->prescriptions,
        &ret->doctors,         &ret->new_patients,        &ret->appointments_today,
        &ret->scheduled,       &ret->completed,           &ret->cancelled,
        &ret->recent_patients, &ret->recent_appointments, &ret->recent_prescriptions,
    };
    enum store_result result = sqlite_first(s, statement);
    for (int i = 0; result == STORE_OK && i < FIGURES; i++)
        *figures[i] = sqlite3_column_int64(statement, i + 1);
    if (result == STORE_OK)
        sqlite_copy_column(statement, FIGURES + 1, ret->refreshed_at, sizeof(ret->refreshed_at));
    if (statement)
        sqlite_end(statement);
    return result;
}

enum store_result sqlite_stats(struct session *session, const struct stats_times *times,
                               struct clinic_stats *ret_stats)
{
    struct sqlite_session *s = sqlite_of(session);
    enum store_result result = STORE_NOT_FOUND;
    if (!session->store->options.without_matview) {
        sqlite3_stmt *statement = sqlite_fixed(s, SQL_STATS);
        sqlite_bind_int(statement, 1, session->tenant_id);
        result = read_figures(s, statement, ret_stats);
    }
    if (result != STORE_NOT_FOUND)
        return result;
    sqlite3_stmt *statement = counting(s, times, true);
    sqlite_bind_int(statement, 6, session->tenant_id);
    return read_figures(s, statement, ret_stats);
}

/* One row of dashboard_stats; figures[0] is the tenant. */
struct figures {
    int64_t numbers[FIGURES + 1];
};

static enum store_result count_tenants(struct sqlite_session *s, const struct stats_times *times,
                                       struct figures **ret_rows, size_t *ret_count)
{
    sqlite3_stmt *statement = counting(s, times, false);
    struct figures *rows = NULL;
    size_t count = 0;
    enum store_result result;
    while ((result = sqlite_first(s, statement)) == STORE_OK) {
        rows = GROW_ARRAY(rows, count + 1);
        for (int i = 0; i <= FIGURES; i++)
            rows[count].numbers[i] = sqlite3_column_int64(statement, i);
        count++;
    }
    if (statement)
        sqlite_end(statement);
    *ret_rows = rows;
    *ret_count = count;
    return result == STORE_NOT_FOUND ? STORE_OK : result;
}

static enum store_result keep_tenant(struct sqlite_session *s, const struct figures *row,
                                     const char *now)
{
    sqlite3_stmt *statement =
        sqlite_statement(s, SPAN("INSERT OR REPLACE INTO dashboard_stats"
                                 " VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14)"));
    for (int i = 0; i <= FIGURES; i++)
        sqlite_bind_int(statement, i + 1, row->numbers[i]);
    sqlite_bind_cstr(statement, COLUMNS, now);
    return sqlite_run(s, statement);
}

enum store_result sqlite_refresh_stats(struct session *session, const struct stats_times *times)
{
    struct sqlite_session *s = sqlite_of(session);
    AUTO(mem_free) struct figures *rows = NULL;
    size_t count;
    bool entered = false;
    enum store_result result = count_tenants(s, times, &rows, &count);
    if (result == STORE_OK)
        result = sqlite_enter(s, &entered);
    for (size_t i = 0; i < count && result == STORE_OK; i++)
        result = keep_tenant(s, &rows[i], times->now);
    return sqlite_leave(s, entered, result);
}
