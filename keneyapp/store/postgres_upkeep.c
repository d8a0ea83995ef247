/* SPDX-License-Identifier: Apache-2.0
 *
 * What concerns the database as a whole: versions and migrations, how many sessions it has room
 * for. Each works on a connection of its own.
 */
#include <stdio.h>
#include <string.h>

#include "keneyapp/store/migrations.h"
#include "keneyapp/store/postgres_private.h"
#include "keneyapp/store/postgres_rows.h"

static int refuse(struct error *err, const char *what, const struct session *session)
{
    return error_set(err, EXIT_INVALID_CONFIG,
                     "%s: %s; check that the user of --database owns the database", what,
                     session->problem);
}

/* The whole transaction of a session as one script. */
static enum store_result script(struct postgres_session *s, const char *text)
{
    return postgres_link_script(&s->link, text, POSTGRES_LONG_REPLY_NS);
}

static enum store_result one_number(struct postgres_session *s, const char *sql, int64_t *ret)
{
    size_t index = postgres_queue_text(s, sql, NULL, 0);
    enum store_result result = postgres_run_for(s, POSTGRES_LONG_REPLY_NS);
    if (result == STORE_OK)
        *ret = postgres_rows_int(postgres_result(s, index), 0, 0);
    return result;
}

/* 0 when there is no table of versions yet. */
static enum store_result read_version(struct postgres_session *s, int64_t *ret_version)
{
    enum store_result result = one_number(
        s, "SELECT count(*) FROM pg_class WHERE oid = to_regclass('schema_version')", ret_version);
    if (result != STORE_OK || *ret_version == 0)
        return result;
    return one_number(s, "SELECT coalesce(max(number), 0) FROM schema_version", ret_version);
}

static int check_version(int64_t version, struct error *err)
{
    if (version <= migrations_newest())
        return 0;
    return error_set(err, EXIT_INVALID_CONFIG,
                     "the PostgreSQL database has schema version %lld, this program knows %d; use "
                     "the newer keneyapp",
                     (long long)version, migrations_newest());
}

int postgres_version(struct store *store, int *ret_version, struct error *err)
{
    AUTO(session_free) struct session *session = session_new(store, err);
    int64_t version = 0;
    if (!session)
        return -1;
    if (read_version(postgres_of(session), &version) != STORE_OK)
        return refuse(err, "cannot read the version of the PostgreSQL database", session);
    *ret_version = (int)version;
    return 0;
}

static enum store_result apply(struct postgres_session *s, const struct migration *migration)
{
    AUTO(strbuf_done) struct strbuf text = STRBUF_INIT(MIGRATION_MAX_BYTES);
    migration->write(&text, &DIALECT_POSTGRES);
    strbuf_addf(&text, "INSERT INTO schema_version VALUES (%d, '%s', now());\nCOMMIT;\n",
                migration->number, migration->name);
    if (text.overflow) {
        snprintf(s->session.problem, sizeof(s->session.problem), "migration %d is too long",
                 migration->number);
        return STORE_FAILED;
    }
    enum store_result result = script(s, "BEGIN");
    if (result == STORE_OK && migration->folds_keys)
        result = postgres_fold_keys(s);
    if (result == STORE_OK)
        result = script(s, strbuf_cstr(&text));
    postgres_link_rollback(&s->link);
    return result;
}

/* What is in the way of a migration. */
static int judge(struct postgres_session *s, const struct migration *migration, struct error *err)
{
    AUTO(strbuf_done) struct strbuf found = STRBUF_INIT(MIGRATION_MAX_BYTES);
    if (!migration->obstacles)
        return 0;
    size_t index = postgres_queue_text(s, migration->obstacles, NULL, 0);
    if (postgres_run_for(s, POSTGRES_LONG_REPLY_NS) != STORE_OK)
        return refuse(err, "cannot look for what is in the way of a newer version", &s->session);
    const PGresult *rows = postgres_result(s, index);
    for (int i = 0; i < MIN_OF(PQntuples(rows), (int)MIGRATION_OBSTACLES_MAX); i++)
        strbuf_addf(&found, "%s%s", i ? ", " : "", PQgetvalue(rows, i, 0));
    return migrations_judge(migration, strbuf_span(&found), err);
}

static int cannot_migrate(const struct session *session, struct error *err)
{
    return refuse(err, "cannot bring the PostgreSQL database to the newest version", session);
}

static int apply_missing(struct postgres_session *s, int64_t version, struct error *err)
{
    size_t count;
    const struct migration *list = migrations(&count);
    for (size_t i = 0; i < count; i++) {
        if (list[i].number <= version)
            continue;
        if (judge(s, &list[i], err) != 0)
            return -1;
        if (apply(s, &list[i]) != STORE_OK)
            return cannot_migrate(&s->session, err);
    }
    return 0;
}

static enum store_result set_indexes(struct postgres_session *s, bool without)
{
    AUTO(strbuf_done) struct strbuf text = STRBUF_INIT(MIGRATION_MAX_BYTES);
    migrations_write_indexes(&text, without);
    return script(s, strbuf_cstr(&text));
}

/* The lock is the session's, over all transactions: whoever comes second finds nothing to do. */
static enum store_result lock_and_prepare(struct postgres_session *s)
{
    AUTO(strbuf_done) struct strbuf text = STRBUF_INIT(MIGRATION_MAX_BYTES);
    strbuf_adds(&text, "SET statement_timeout = 0; SET lock_timeout = 0;\n"
                       "SELECT pg_advisory_lock(hashtextextended('keneyapp.migrations', 0));\n");
    migrations_write_table(&text, &DIALECT_POSTGRES);
    return script(s, strbuf_cstr(&text));
}

int postgres_migrate(struct store *store, struct error *err)
{
    AUTO(session_free) struct session *session = session_new(store, err);
    int64_t version = 0;
    if (!session)
        return -1;
    struct postgres_session *s = postgres_of(session);
    enum store_result result = lock_and_prepare(s);
    if (result == STORE_OK)
        result = read_version(s, &version);
    if (result == STORE_OK && check_version(version, err) != 0)
        return -1;
    if (result == STORE_OK && apply_missing(s, version, err) != 0)
        return -1;
    if (result == STORE_OK)
        result = set_indexes(s, store->options.without_indexes);
    if (result != STORE_OK)
        return cannot_migrate(session, err);
    return 0;
}

/* How many sessions the server has room for. Connections that are there already are somebody
 * else's, but for the one that asks; 0 would mean "any number". */
int postgres_count_free(struct store *store, unsigned *ret_sessions, struct error *err)
{
    AUTO(session_free) struct session *session = session_new(store, err);
    int64_t left = 0;
    if (!session)
        return -1;
    enum store_result result =
        one_number(postgres_of(session),
                   "SELECT greatest(1, least("
                   " current_setting('max_connections')::bigint"
                   " - current_setting('superuser_reserved_connections')::bigint"
                   " - (SELECT count(*) FROM pg_stat_activity WHERE datid IS NOT NULL"
                   "    AND pid <> pg_backend_pid()),"
                   " (SELECT CASE WHEN datconnlimit < 0 THEN 1000000 ELSE datconnlimit END"
                   "  FROM pg_database WHERE datname = current_database()),"
                   " (SELECT CASE WHEN rolconnlimit < 0 THEN 1000000 ELSE rolconnlimit END"
                   "  FROM pg_roles WHERE rolname = current_user)))",
                   &left);
    if (result != STORE_OK)
        return refuse(err, "cannot ask PostgreSQL how many connections it has left", session);
    *ret_sessions = (unsigned)left;
    return 0;
}

int postgres_backup(struct store *store, const char *path, struct error *err)
{
    (void)store;
    return error_set(err, EXIT_INVALID_CONFIG,
                     "a PostgreSQL database is backed up by its own tool: pg_dump --format=custom "
                     "--file=%s DATABASE (keneyapp(8), BACKUP)",
                     path);
}
