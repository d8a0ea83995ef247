/* SPDX-License-Identifier: Apache-2.0
 *
 * SQL from field tables. The number of rows per table is kept by triggers in `row_counts`, inside
 * the writer's transaction: exact for every process, and one key look-up instead of a scan.
 */
#include "keneyapp/store/sqlite_schema.h"

#include "base/util.h"

static const char AUDIT_TABLE[] =
    "CREATE TABLE audit_logs (id INTEGER PRIMARY KEY, timestamp TEXT NOT NULL, user_id INTEGER,"
    " username TEXT, action TEXT NOT NULL, resource_type TEXT NOT NULL, resource_id INTEGER,"
    " ip_address TEXT, user_agent TEXT, details TEXT, status TEXT NOT NULL);\n"
    "CREATE INDEX idx_audit_logs_timestamp ON audit_logs(timestamp DESC);\n"
    "CREATE INDEX idx_audit_logs_action ON audit_logs(action);\n"
    "CREATE INDEX idx_audit_logs_resource_type ON audit_logs(resource_type);\n";

static const char COUNTS_TABLE[] = "CREATE TABLE row_counts (table_name TEXT PRIMARY KEY,"
                                   " row_count INTEGER NOT NULL) WITHOUT ROWID;\n";

static void add_column(struct strbuf *out, const struct field *field)
{
    bool number = field->type == FIELD_INT || field->type == FIELD_BOOL;
    bool filled = field->flags & (FIELD_REQUIRED | FIELD_STAMP) || field->fallback;
    strbuf_addf(out, ", %s %s%s", field->name, number ? "INTEGER" : "TEXT",
                filled ? " NOT NULL" : "");
    if (field->fallback)
        strbuf_addf(out, " DEFAULT '%s'", field->fallback);
    if (field->references)
        strbuf_addf(out, " REFERENCES %s(id)", field->references);
}

static void add_table(struct strbuf *out, const struct entity *entity)
{
    strbuf_addf(out, "CREATE TABLE %s (id INTEGER PRIMARY KEY", entity->table);
    for (size_t i = 1; i < entity->field_count; i++)
        add_column(out, &entity->fields[i]);
    strbuf_adds(out, ");\n");
    for (size_t i = 0; i < entity->index_count; i++) {
        const struct index_def *index = &entity->indexes[i];
        strbuf_addf(out, "CREATE %sINDEX %s ON %s(%s)%s%s;\n", index->unique ? "UNIQUE " : "",
                    index->name, entity->table, index->columns, index->where ? " WHERE " : "",
                    index->where ? index->where : "");
    }
}

static void add_counter(struct strbuf *out, const char *table, const char *event, char sign)
{
    strbuf_addf(out,
                "CREATE TRIGGER count_%s_%s AFTER %s ON %s BEGIN UPDATE row_counts SET"
                " row_count = row_count %c 1 WHERE table_name = '%s'; END;\n",
                table, event, event, table, sign, table);
}

void sqlite_schema_script(struct strbuf *out)
{
    strbuf_adds(out, COUNTS_TABLE);
    for (int id = 0; id < ENTITY_COUNT; id++) {
        const struct entity *entity = entity_get((enum entity_id)id);
        add_table(out, entity);
        strbuf_addf(out, "INSERT INTO row_counts VALUES ('%s', 0);\n", entity->table);
        add_counter(out, entity->table, "INSERT", '+');
        add_counter(out, entity->table, "DELETE", '-');
    }
    strbuf_adds(out, AUDIT_TABLE);
    strbuf_addf(out, "PRAGMA user_version = %d;\n", SCHEMA_VERSION);
}

static void add_columns(struct strbuf *out, const struct entity *entity)
{
    for (size_t i = 0; i < entity->field_count; i++)
        strbuf_addf(out, "%s%s", i ? ", " : "", entity->fields[i].name);
}

void sqlite_schema_list(struct strbuf *out, const struct entity *entity)
{
    strbuf_adds(out, "SELECT ");
    add_columns(out, entity);
    strbuf_addf(out, " FROM %s ORDER BY id LIMIT ?1 OFFSET ?2", entity->table);
}

void sqlite_schema_get(struct strbuf *out, const struct entity *entity)
{
    strbuf_adds(out, "SELECT ");
    add_columns(out, entity);
    strbuf_addf(out, " FROM %s WHERE id = ?1", entity->table);
}

void sqlite_schema_insert(struct strbuf *out, const struct entity *entity)
{
    strbuf_addf(out, "INSERT INTO %s (", entity->table);
    add_columns(out, entity);
    strbuf_adds(out, ") VALUES (");
    for (size_t i = 0; i < entity->field_count; i++)
        strbuf_adds(out, i ? ", ?" : "?");
    strbuf_adds(out, ")");
}
