/* SPDX-License-Identifier: Apache-2.0
 *
 * Versions, migrations and indexes of a SQLite database, and copies of it.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "keneyapp/model/fold.h"
#include "keneyapp/store/migrations.h"
#include "keneyapp/store/sqlite_private.h"

enum {
    FOLD_CHUNK_BYTES = 1024,
};

static enum store_result has_table(struct sqlite_session *s, const char *name, bool *ret_has)
{
    int64_t tables = 0;
    sqlite3_stmt *statement =
        sqlite_statement(s, SPAN("SELECT count(*) FROM sqlite_schema WHERE name = ?1"));
    sqlite_bind_cstr(statement, 1, name);
    enum store_result result = sqlite_number(s, statement, &tables);
    *ret_has = tables > 0;
    return result;
}

/* 0 for a database without tables. */
static enum store_result read_version(struct sqlite_session *s, int64_t *ret_version)
{
    bool has_versions, has_patients;
    *ret_version = 0;
    enum store_result result = has_table(s, "schema_version", &has_versions);
    if (result == STORE_OK && has_versions)
        return sqlite_number(
            s, sqlite_statement(s, SPAN("SELECT coalesce(max(number), 0) FROM schema_version")),
            ret_version);
    if (result == STORE_OK)
        result = has_table(s, "patients", &has_patients);
    if (result != STORE_OK || !has_patients)
        return result;
    snprintf(s->session.problem, sizeof(s->session.problem),
             "%s is from before databases had versions", s->store->path);
    return STORE_FAILED;
}

static int cannot(struct sqlite_session *s, const char *what, struct error *err)
{
    return error_set(err, EXIT_INVALID_CONFIG,
                     "cannot %s: %s; check the disk and stop other programs that use the database, "
                     "or choose another folder with --data",
                     what, session_problem(&s->session));
}

int sqlite_version(struct store *store, int *ret_version, struct error *err)
{
    AUTO(session_free) struct session *session = session_new(store, err);
    int64_t version;
    if (!session)
        return -1;
    if (read_version(sqlite_of(session), &version) != STORE_OK)
        return cannot(sqlite_of(session), "read the database's version", err);
    *ret_version = (int)version;
    return 0;
}

static enum store_result run_script(struct sqlite_session *s, const struct strbuf *script)
{
    if (sqlite3_exec(s->db, strbuf_cstr(script), NULL, NULL, NULL) == SQLITE_OK)
        return STORE_OK;
    return sqlite_failed(s);
}

/* fold_text(X) in SQL. */
static void fold_in_sql(sqlite3_context *context, int count, sqlite3_value **values)
{
    AUTO(arena_done) struct arena arena;
    const char *text = (const char *)sqlite3_value_text(values[0]);
    arena_init(&arena, FOLD_CHUNK_BYTES);
    if (!text)
        return;
    struct span folded = fold_text(&arena, span_of(text, (size_t)sqlite3_value_bytes(values[0])));
    sqlite3_result_text64(context, folded.ptr, folded.len, SQLITE_TRANSIENT, SQLITE_UTF8);
}

/* `form` for each searched field, with `before` before it. */
static void add_keys(struct strbuf *out, const struct entity *entity, const char *before,
                     const char *form)
{
    for (size_t i = 0; i < entity->field_count; i++) {
        const char *name = entity->fields[i].name;
        if (entity->fields[i].flags & FIELD_SEARCHED)
            strbuf_addf(out, "%s%s_key %s fold_text(%s)", before, name, form, name);
    }
}

/* What is searched, folded anew by the same function that folds it in new rows. */
static enum store_result fold_keys(struct sqlite_session *s)
{
    AUTO(strbuf_done) struct strbuf script = STRBUF_INIT(MIGRATION_MAX_BYTES);
    if (sqlite3_create_function(s->db, "fold_text", 1, SQLITE_UTF8 | SQLITE_DETERMINISTIC, NULL,
                                fold_in_sql, NULL, NULL) != SQLITE_OK)
        return sqlite_failed(s);
    for (int id = 0; id < ENTITY_COUNT; id++) {
        const struct entity *entity = entity_get((enum entity_id)id);
        if (!sql_has_keys(entity))
            continue;
        strbuf_addf(&script, "UPDATE %s SET id = id", entity->table);
        add_keys(&script, entity, ", ", "=");
        strbuf_adds(&script, " WHERE false");
        add_keys(&script, entity, " OR ", "IS NOT");
        strbuf_adds(&script, ";\n");
    }
    return run_script(s, &script);
}

static enum store_result apply(struct sqlite_session *s, const struct migration *migration)
{
    AUTO(strbuf_done) struct strbuf script = STRBUF_INIT(MIGRATION_MAX_BYTES);
    migrations_write_table(&script, &DIALECT_SQLITE);
    migration->write(&script, &DIALECT_SQLITE);
    strbuf_addf(&script,
                "INSERT INTO schema_version VALUES (%d, '%s',"
                " strftime('%%Y-%%m-%%dT%%H:%%M:%%SZ'));\n",
                migration->number, migration->name);
    enum store_result result = migration->folds_keys ? fold_keys(s) : STORE_OK;
    return result == STORE_OK ? run_script(s, &script) : result;
}

/* Looks again inside the transaction: another process may have been here. */
static enum store_result migrate_to(struct sqlite_session *s, const struct migration *migration)
{
    int64_t version;
    enum store_result result = sqlite_begin(&s->session);
    if (result != STORE_OK)
        return result;
    result = read_version(s, &version);
    if (result == STORE_OK && version < migration->number)
        result = apply(s, migration);
    return sqlite_leave(s, true, result);
}

/* The texts of a statement's rows, with commas between them. */
static enum store_result join_rows(struct sqlite_session *s, sqlite3_stmt *statement,
                                   struct strbuf *out)
{
    enum store_result result = STORE_OK;
    for (int i = 0; result == STORE_OK && i < MIGRATION_OBSTACLES_MAX; i++) {
        result = sqlite_first(s, statement);
        if (result == STORE_OK)
            strbuf_addf(out, "%s%s", i ? ", " : "",
                        (const char *)sqlite3_column_text(statement, 0));
    }
    if (statement)
        sqlite_end(statement);
    return result == STORE_NOT_FOUND ? STORE_OK : result;
}

/* What is in the way of a migration that is still to come. */
static int judge(struct sqlite_session *s, const struct migration *migration, struct error *err)
{
    AUTO(strbuf_done) struct strbuf found = STRBUF_INIT(MIGRATION_MAX_BYTES);
    int64_t version = 0;
    if (!migration->obstacles)
        return 0;
    enum store_result result = read_version(s, &version);
    if (result == STORE_OK && version < migration->number)
        result = join_rows(s, sqlite_statement(s, span_cstr(migration->obstacles)), &found);
    if (result != STORE_OK)
        return cannot(s, "look for what is in the way of a newer version", err);
    return migrations_judge(migration, strbuf_span(&found), err);
}

static enum store_result set_indexes(struct sqlite_session *s)
{
    AUTO(strbuf_done) struct strbuf script = STRBUF_INIT(MIGRATION_MAX_BYTES);
    migrations_write_indexes(&script, s->session.store->options.without_indexes);
    enum store_result result = sqlite_begin(&s->session);
    if (result != STORE_OK)
        return result;
    return sqlite_leave(s, true, run_script(s, &script));
}

/* An index made of all rows at once is sorted, not filled here and there: for a million patients
 * that is most of the time. */
enum store_result sqlite_bulk(struct session *session, bool begins)
{
    struct sqlite_session *s = sqlite_of(session);
    AUTO(strbuf_done) struct strbuf script = STRBUF_INIT(MIGRATION_MAX_BYTES);
    if (begins) {
        migrations_write_indexes(&script, true);
        sql_add_overlap_index(&script);
    } else {
        migrations_write_indexes(&script, session->store->options.without_indexes);
    }
    return run_script(s, &script);
}

int sqlite_migrate(struct store *store, struct error *err)
{
    AUTO(session_free) struct session *session = session_new(store, err);
    size_t count;
    const struct migration *all = migrations(&count);
    if (!session)
        return -1;
    struct sqlite_session *s = sqlite_of(session);
    for (size_t i = 0; i < count; i++) {
        if (judge(s, &all[i], err) != 0)
            return -1;
        if (migrate_to(s, &all[i]) != STORE_OK)
            return cannot(s, "make the tables", err);
    }
    return set_indexes(s) == STORE_OK ? 0 : cannot(s, "make the indexes", err);
}

/* Names are not sealed: the copy is its owner's alone. */
static int make_file(const char *path, struct error *err)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return error_set(err, EXIT_INVALID_CONFIG,
                         "cannot copy the database to %s: %s; name a new file in a folder that is "
                         "writable",
                         path, strerror(errno));
    close(fd);
    return 0;
}

/* A few pages at a time would begin anew with every write in between; all at once is one read
 * transaction, which in WAL mode stops nobody. */
static int copy_into(struct sqlite_session *s, sqlite3 *copy)
{
    sqlite3_backup *backup = sqlite3_backup_init(copy, "main", s->db, "main");
    if (!backup)
        return sqlite3_errcode(copy);
    sqlite3_backup_step(backup, -1);
    return sqlite3_backup_finish(backup);
}

int sqlite_backup(struct store *store, const char *path, struct error *err)
{
    AUTO(session_free) struct session *session = session_new(store, err);
    sqlite3 *copy = NULL;
    if (!session || make_file(path, err) != 0)
        return -1;
    int rc = sqlite3_open_v2(path, &copy, SQLITE_OPEN_READWRITE, NULL);
    if (rc == SQLITE_OK)
        rc = copy_into(sqlite_of(session), copy);
    sqlite3_close(copy);
    if (rc == SQLITE_OK)
        return 0;
    unlink(path);
    return error_set(err, EXIT_INVALID_CONFIG,
                     "cannot copy the database to %s: %s; check that the disk has room", path,
                     sqlite3_errstr(rc));
}
