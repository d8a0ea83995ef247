/* SPDX-License-Identifier: Apache-2.0
 *
 * Statements that are the same for both databases but for the mark of a parameter, which is "?"
 * here.
 */
#include "keneyapp/store/sql.h"

#define USER_COLUMNS                                                                               \
    "SELECT u.id, u.tenant_id, u.username, u.hashed_password, u.role,"                             \
    " (u.is_active AND t.is_active), u.is_locked, u.locked_until, u.failed_login_attempts"         \
    " FROM users u JOIN tenants t ON t.id = u.tenant_id WHERE "
#define JOB_COLUMNS                                                                                \
    "id, tenant_id, user_id, kind, subject_id, format, state, attempts, created_at, finished_at"
#define JOB_IS_OPEN "state IN ('queued', 'running')"
#define JOB_IS_DUE  "(" JOB_IS_OPEN " AND (lease_until IS NULL OR lease_until <= ?1))"
#define JOB_IS_MINE "id = ?1 AND attempts = ?2 AND " JOB_IS_OPEN

static const char *const STATEMENTS[SQL_FIXED_COUNT] = {
    [SQL_ROW_COUNT] = "SELECT CAST(coalesce(sum(row_count), 0) AS BIGINT) FROM row_counts"
                      " WHERE tenant_id = ?1 AND table_name = ?2",
    [SQL_USER_BY_NAME] = USER_COLUMNS "lower(u.username) = ?1",
    [SQL_USER_BY_ID] = USER_COLUMNS "u.id = ?1",
    [SQL_SET_PASSWORD] = "UPDATE users SET hashed_password = ?2, password_changed_at = ?3,"
                         " updated_at = ?3, is_locked = false, locked_until = NULL,"
                         " failed_login_attempts = 0 WHERE id = ?1"
                         " AND (?4 = '' OR hashed_password = ?4)",
    /* A lock that is over is none, and left no count behind. The second case gives the first its
     * type. */
    [SQL_SIGN_IN_FAILED] =
        "UPDATE users SET is_locked = (failed_login_attempts + 1 >= ?2),"
        " locked_until = CASE WHEN failed_login_attempts + 1 >= ?2 THEN ?3"
        " WHEN NOT is_locked THEN locked_until END,"
        " failed_login_attempts = CASE WHEN failed_login_attempts + 1 >= ?2 THEN 0"
        " ELSE failed_login_attempts + 1 END"
        " WHERE id = ?1 AND (NOT is_locked OR locked_until <= ?4) RETURNING is_locked",
    [SQL_SIGN_IN_RESET] =
        "UPDATE users SET failed_login_attempts = 0,"
        " is_locked = (is_locked AND (locked_until IS NULL OR locked_until > ?2)),"
        " locked_until = CASE WHEN is_locked AND locked_until > ?2 THEN locked_until END"
        " WHERE id = ?1",
    [SQL_SIGNED_IN] = "UPDATE users SET last_login = ?2 WHERE id = ?1",
    [SQL_TENANT_ADD] = "INSERT INTO tenants (name, slug, is_active, created_at, updated_at)"
                       " VALUES (?1, ?2, true, ?3, ?3) RETURNING id",
    [SQL_TENANT_BY_SLUG] = "SELECT id FROM tenants WHERE slug = ?1",
    [SQL_STATS] = "SELECT * FROM dashboard_stats WHERE tenant_id = ?1",
    [SQL_JOB_ADD] = "INSERT INTO jobs (tenant_id, user_id, kind, subject_id, format, state,"
                    " attempts, created_at) VALUES (?1, ?2, ?3, ?4, ?5, 'queued', 0, ?6)"
                    " RETURNING id",
    [SQL_JOB_WAITING] = "SELECT id FROM jobs WHERE " JOB_IS_DUE " ORDER BY id LIMIT 1",
    [SQL_JOB_TAKE] = "UPDATE jobs SET state = 'running', attempts = attempts + 1, lease_until = ?2"
                     " WHERE id = (SELECT id FROM jobs WHERE " JOB_IS_DUE
                     " ORDER BY id LIMIT 1~) RETURNING " JOB_COLUMNS,
    [SQL_JOB_FINISH] = "UPDATE jobs SET state = ?3, finished_at = ?4, result = ?5,"
                       " lease_until = NULL WHERE " JOB_IS_MINE,
    [SQL_JOB_RETRY] = "UPDATE jobs SET state = 'queued', lease_until = ?3 WHERE " JOB_IS_MINE,
    [SQL_JOB_GET] = "SELECT " JOB_COLUMNS ", result FROM jobs WHERE id = ?1 AND tenant_id = ?2",
};

void sql_add_fixed(struct strbuf *out, const struct dialect *dialect, enum sql_fixed which)
{
    for (const char *c = STATEMENTS[which]; *c; c++) {
        if (*c == '?')
            strbuf_addc(out, dialect->mark);
        else if (*c == '~')
            strbuf_adds(out, dialect->skip_locked);
        else
            strbuf_addc(out, *c);
    }
}

enum bound {
    NOW,
    DAY_START,
    DAY_END,
    WEEK_AGO,
    MONTH_AGO,
};

static void add_counter(struct strbuf *out, const char *table)
{
    strbuf_addf(out,
                "(SELECT CAST(coalesce(sum(r.row_count), 0) AS BIGINT) FROM row_counts r"
                " WHERE r.tenant_id = t.id AND r.table_name = '%s') AS total_%s, ",
                table, table);
}

static void add_since(struct strbuf *out, const char *table, const char *bound, const char *name)
{
    strbuf_addf(out,
                "(SELECT count(*) FROM %s x WHERE x.tenant_id = t.id AND x.created_at > %s)"
                " AS %s_%s, ",
                table, bound, name, table);
}

static void add_status(struct strbuf *out, const char *status)
{
    strbuf_addf(out,
                "(SELECT count(*) FROM appointments x WHERE x.tenant_id = t.id"
                " AND x.status = '%s') AS %s_appointments, ",
                status, status);
}

void sql_add_stats(struct strbuf *out, const char *const bounds[5])
{
    strbuf_adds(out, "SELECT t.id AS tenant_id, ");
    add_counter(out, "patients");
    add_counter(out, "appointments");
    add_counter(out, "prescriptions");
    strbuf_adds(out, "(SELECT count(*) FROM users x WHERE x.tenant_id = t.id"
                     " AND x.role = 'doctor') AS total_doctors, ");
    add_since(out, "patients", bounds[MONTH_AGO], "new");
    strbuf_addf(out,
                "(SELECT count(*) FROM appointments x WHERE x.tenant_id = t.id"
                " AND x.appointment_date >= %s AND x.appointment_date < %s)"
                " AS today_appointments, ",
                bounds[DAY_START], bounds[DAY_END]);
    add_status(out, "scheduled");
    add_status(out, "completed");
    add_status(out, "cancelled");
    add_since(out, "patients", bounds[WEEK_AGO], "recent");
    add_since(out, "appointments", bounds[WEEK_AGO], "recent");
    add_since(out, "prescriptions", bounds[WEEK_AGO], "recent");
    strbuf_addf(out, "%s AS refreshed_at FROM tenants t", bounds[NOW]);
}
