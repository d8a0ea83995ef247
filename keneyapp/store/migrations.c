/* SPDX-License-Identifier: Apache-2.0
 *
 * The migrations. Counters of rows are kept by triggers, inside the transaction that writes: exact
 * for every process, and a few keys to look up instead of a scan. SQLite's run once per row, so the
 * audit log's counter is the store's there; PostgreSQL's are in store/postgres_schema.c.
 */
#include "keneyapp/store/migrations.h"

#include "keneyapp/store/postgres_schema.h"

static const enum entity_id TABLES[] = {
    ENTITY_TENANTS,      ENTITY_USERS,         ENTITY_PATIENTS,
    ENTITY_APPOINTMENTS, ENTITY_PRESCRIPTIONS, ENTITY_AUDIT,
};

static bool is_postgres(const struct dialect *dialect)
{
    return dialect == &DIALECT_POSTGRES;
}

/* A new tenant begins with a counter of 0 for every table. */
static void add_counters(struct strbuf *out)
{
    strbuf_adds(out,
                "CREATE TABLE row_counts (tenant_id INTEGER NOT NULL, table_name TEXT NOT NULL,"
                " row_count INTEGER NOT NULL, PRIMARY KEY (tenant_id, table_name));\n"
                "CREATE TRIGGER begin_row_counts AFTER INSERT ON tenants BEGIN ");
    for (size_t i = 1; i < COUNT_OF(TABLES); i++)
        strbuf_addf(out, "INSERT INTO row_counts VALUES (NEW.id, '%s', 0); ",
                    entity_get(TABLES[i])->table);
    strbuf_adds(out, "END;\n");
}

static void add_counting(struct strbuf *out, const char *table, const char *event)
{
    bool insert = strcmp(event, "INSERT") == 0;
    strbuf_addf(out,
                "CREATE TRIGGER count_%s_%s AFTER %s ON %s"
                " BEGIN UPDATE row_counts SET row_count = row_count %c 1"
                " WHERE tenant_id = %s.tenant_id AND table_name = '%s'; END;\n",
                table, event, event, table, insert ? '+' : '-', insert ? "NEW" : "OLD", table);
}

static void add_sqlite_counters(struct strbuf *out)
{
    add_counters(out);
    for (size_t i = 1; i < COUNT_OF(TABLES); i++) {
        if (TABLES[i] == ENTITY_AUDIT)
            continue;
        add_counting(out, entity_get(TABLES[i])->table, "INSERT");
        add_counting(out, entity_get(TABLES[i])->table, "DELETE");
    }
}

static void write_clinic(struct strbuf *out, const struct dialect *dialect)
{
    for (size_t i = 0; i < COUNT_OF(TABLES); i++) {
        sql_add_table(out, dialect, TABLES[i]);
        sql_add_indexes(out, TABLES[i], true);
    }
    if (is_postgres(dialect))
        postgres_schema_rules(out);
    else
        add_sqlite_counters(out);
    strbuf_adds(out, "INSERT INTO tenants (name, slug, is_active, created_at, updated_at) VALUES"
                     " ('Default clinic', 'default', true, '2024-01-01T00:00:00Z',"
                     " '2024-01-01T00:00:00Z');\n");
}

static void write_jobs(struct strbuf *out, const struct dialect *dialect)
{
    const char *integer = dialect->integer, *text = dialect->text, *time = dialect->time;
    strbuf_addf(out,
                "CREATE TABLE jobs (id %s, tenant_id %s NOT NULL REFERENCES tenants (id),"
                " user_id %s NOT NULL, kind %s NOT NULL, subject_id %s NOT NULL,"
                " format %s NOT NULL, state %s NOT NULL, attempts %s NOT NULL, ",
                dialect->id_column, integer, integer, text, integer, text, text, integer);
    strbuf_addf(out, "created_at %s NOT NULL, finished_at %s, lease_until %s, result %s);\n", time,
                time, time, text);
    strbuf_adds(out, "CREATE INDEX idx_jobs_tenant ON jobs (tenant_id, id);\n"
                     "CREATE INDEX idx_jobs_open ON jobs (id)"
                     " WHERE state IN ('queued', 'running');\n");
}

/* A materialized view, refreshed at an interval; SQLite has none, so a table that the same job
 * fills. The unique index lets PostgreSQL refresh it while others read. */
static void write_dashboard(struct strbuf *out, const struct dialect *dialect)
{
    static const char *const FIGURES[] = {
        "total_patients",         "total_appointments",     "total_prescriptions",
        "total_doctors",          "new_patients",           "today_appointments",
        "scheduled_appointments", "completed_appointments", "cancelled_appointments",
        "recent_patients",        "recent_appointments",    "recent_prescriptions",
    };
    if (is_postgres(dialect)) {
        postgres_schema_dashboard(out);
        return;
    }
    strbuf_adds(out, "CREATE TABLE dashboard_stats (tenant_id INTEGER PRIMARY KEY");
    for (size_t i = 0; i < COUNT_OF(FIGURES); i++)
        strbuf_addf(out, ", %s INTEGER NOT NULL", FIGURES[i]);
    strbuf_adds(out, ", refreshed_at TEXT NOT NULL);\n");
}

/* SQLite counts the rows of one value in its index, which takes no longer than a page of them. */
static void write_value_counts(struct strbuf *out, const struct dialect *dialect)
{
    if (dialect->keeps_value_counts)
        postgres_schema_value_counts(out);
}

/* The field tables have these indexes as they are now: without regard to case. */
static void write_letters(struct strbuf *out, const struct dialect *dialect)
{
    strbuf_adds(out, "DROP INDEX IF EXISTS idx_users_username;\n"
                     "DROP INDEX IF EXISTS idx_users_email;\n"
                     "DROP INDEX IF EXISTS idx_patients_tenant_email;\n");
    sql_add_indexes(out, ENTITY_USERS, true);
    sql_add_indexes(out, ENTITY_PATIENTS, true);
}

/* Ids of patients only: who reads this need not know their addresses. */
static const char TWINS[] =
    "SELECT 'users ' || min(username) || ' and ' || max(username) || ' have one name'"
    " FROM users GROUP BY lower(username) HAVING count(*) > 1"
    " UNION ALL"
    " SELECT 'users ' || min(username) || ' and ' || max(username) || ' have one e-mail address'"
    " FROM users GROUP BY lower(email) HAVING count(*) > 1"
    " UNION ALL"
    " SELECT 'patients ' || min(id) || ' and ' || max(id) || ' have one e-mail address'"
    " FROM patients WHERE email IS NOT NULL GROUP BY tenant_id, lower(email) HAVING count(*) > 1";

static const struct migration MIGRATIONS[] = {
    {.number = 1, .name = "clinic", .write = write_clinic},
    {.number = 2, .name = "jobs", .write = write_jobs},
    {.number = 3, .name = "dashboard", .write = write_dashboard},
    {.number = 4, .name = "value counts", .write = write_value_counts},
    {.number = 5,
     .name = "letters",
     .write = write_letters,
     .folds_keys = true,
     .obstacles = TWINS,
     .remedy = "names and addresses that differ in case only are the same now; change one of each "
               "in the database (UPDATE users SET username = 'NEW', email = 'NEW' WHERE username = "
               "'OLD'; UPDATE patients SET email = NULL WHERE id = ID), then start again"},
};

const struct migration *migrations(size_t *ret_count)
{
    *ret_count = COUNT_OF(MIGRATIONS);
    return MIGRATIONS;
}

int migrations_newest(void)
{
    return MIGRATIONS[COUNT_OF(MIGRATIONS) - 1].number;
}

int migrations_judge(const struct migration *migration, struct span obstacles, struct error *err)
{
    if (!obstacles.len)
        return 0;
    return error_set(err, EXIT_INVALID_CONFIG,
                     "the database cannot become version %d yet: %s: %.*s", migration->number,
                     migration->remedy, SPAN_ARG(obstacles)); /* the long part last */
}

void migrations_write_table(struct strbuf *out, const struct dialect *dialect)
{
    strbuf_addf(out,
                "CREATE TABLE IF NOT EXISTS schema_version (number %s PRIMARY KEY,"
                " name %s NOT NULL, applied_at %s NOT NULL);\n",
                dialect->integer, dialect->text, dialect->time);
}

void migrations_write_indexes(struct strbuf *out, bool without)
{
    for (size_t i = 0; i < COUNT_OF(TABLES); i++) {
        if (without)
            sql_drop_indexes(out, TABLES[i]);
        else
            sql_add_indexes(out, TABLES[i], false);
    }
}
