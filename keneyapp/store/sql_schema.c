/* SPDX-License-Identifier: Apache-2.0
 *
 * Tables and indexes of the entities. References between the rows of a tenant take the tenant
 * along: the database itself refuses a row that refers to another clinic's.
 */
#include "keneyapp/store/sql_private.h"

static const char *column_type(const struct dialect *dialect, const struct field *field)
{
    switch (field->type) {
    case FIELD_INT:
        return dialect->integer;
    case FIELD_BOOL:
        return dialect->boolean;
    case FIELD_DATE:
        return dialect->date;
    case FIELD_DATETIME:
        return dialect->time;
    default:
        return dialect->text;
    }
}

static void add_column(struct strbuf *out, const struct dialect *dialect, const struct field *field)
{
    bool filled = field->flags & (FIELD_REQUIRED | FIELD_STAMP) || field->fallback;
    strbuf_addf(out, ", %s %s%s", field->name, column_type(dialect, field),
                filled ? " NOT NULL" : "");
    if (field->fallback)
        strbuf_addf(out, " DEFAULT '%s'", field->fallback);
    if (field->flags & FIELD_SEARCHED)
        strbuf_addf(out, ", %s_key %s", field->name, dialect->text);
}

static void add_reference(struct strbuf *out, const struct field *field)
{
    if (strcmp(field->name, "tenant_id") == 0)
        strbuf_addf(out, ", FOREIGN KEY (tenant_id) REFERENCES %s (id)", field->references);
    else
        strbuf_addf(out, ", FOREIGN KEY (tenant_id, %s) REFERENCES %s (tenant_id, id)%s",
                    field->name, field->references,
                    field->flags & FIELD_OWNED ? " ON DELETE CASCADE" : "");
}

void sql_add_table(struct strbuf *out, const struct dialect *dialect, enum entity_id id)
{
    const struct entity *entity = entity_get(id);
    strbuf_addf(out, "CREATE TABLE %s (id %s", entity->table, dialect->id_column);
    for (size_t i = 1; i < entity->field_count; i++)
        add_column(out, dialect, &entity->fields[i]);
    if (id == ENTITY_APPOINTMENTS)
        strbuf_addf(out, ", ends_at %s", dialect->ends_at);
    for (size_t i = 1; i < entity->field_count; i++)
        if (entity->fields[i].references)
            add_reference(out, &entity->fields[i]);
    strbuf_adds(out, ");\n");
}

static void add_index(struct strbuf *out, const struct entity *entity,
                      const struct index_def *index)
{
    strbuf_addf(out, "CREATE %sINDEX IF NOT EXISTS %s ON %s (%s)%s%s;\n",
                index->unique ? "UNIQUE " : "", index->name, entity->table, index->columns,
                index->where ? " WHERE " : "", index->where ? index->where : "");
}

void sql_add_indexes(struct strbuf *out, enum entity_id id, bool unique)
{
    const struct entity *entity = entity_get(id);
    for (size_t i = 0; i < entity->index_count; i++)
        if (unique == (entity->indexes[i].unique != 0))
            add_index(out, entity, &entity->indexes[i]);
}

void sql_add_overlap_index(struct strbuf *out)
{
    const struct entity *entity = entity_get(ENTITY_APPOINTMENTS);
    for (size_t i = 0; i < entity->index_count; i++)
        if (strcmp(entity->indexes[i].name, "idx_appointments_doctor") == 0)
            add_index(out, entity, &entity->indexes[i]);
}

void sql_drop_indexes(struct strbuf *out, enum entity_id id)
{
    const struct entity *entity = entity_get(id);
    for (size_t i = 0; i < entity->index_count; i++)
        if (!entity->indexes[i].unique)
            strbuf_addf(out, "DROP INDEX IF EXISTS %s;\n", entity->indexes[i].name);
}
