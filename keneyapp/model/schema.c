/* SPDX-License-Identifier: Apache-2.0
 *
 * From field tables to JSON Schema.
 */
#include "keneyapp/model/schema.h"

#include <stdlib.h>

static const char *type_name(enum field_type type)
{
    return type == FIELD_INT ? "integer" : type == FIELD_BOOL ? "boolean" : "string";
}

static void set_text(json_t *object, const char *name, const char *text)
{
    if (text)
        json_object_set_new(object, name, json_string(text));
}

static void set_bounds(json_t *schema, const struct field *field)
{
    bool number = field->type == FIELD_INT;
    if (field->type == FIELD_CHOICE || field->type == FIELD_BOOL)
        return;
    /* A field of the server has no bounds; whole numbers up to 2^63 - 1 need no telling. */
    if (field->min)
        json_object_set_new(schema, number ? "minimum" : "minLength", json_integer(field->min));
    else if (number && field->max)
        json_object_set_new(schema, "minimum", json_integer(0));
    if (field->max && field->max != INT64_MAX)
        json_object_set_new(schema, number ? "maximum" : "maxLength", json_integer(field->max));
}

static json_t *choices(const char *const *names)
{
    json_t *list = json_array();
    for (; *names; names++)
        json_array_append_new(list, json_string(*names));
    return list;
}

static void set_form(json_t *schema, const struct field *field)
{
    switch (field->type) {
    case FIELD_EMAIL:
        set_text(schema, "format", "email");
        break;
    case FIELD_DIGITS15:
        set_text(schema, "pattern", FIELD_DIGITS15_PATTERN);
        break;
    case FIELD_INS_NUMBER:
        set_text(schema, "pattern", FIELD_INS_NUMBER_PATTERN);
        break;
    case FIELD_DATE:
        set_text(schema, "format", "date");
        break;
    case FIELD_DATETIME:
        /* Parameters and bodies may come without seconds or zone, which the format forbids. */
        set_text(schema, "format", field->flags & FIELD_SERVER ? "date-time" : NULL);
        break;
    case FIELD_CHOICE:
        if (field->choices && !(field->flags & FIELD_SEVERAL))
            json_object_set_new(schema, "enum", choices(field->choices));
        break;
    default:
        break;
    }
}

/* A text as the JSON value of the field's type. */
static json_t *typed(const struct field *field, const char *text)
{
    if (field->type == FIELD_INT)
        return json_integer(strtoll(text, NULL, 10));
    if (field->type == FIELD_BOOL)
        return json_boolean(text[0] == '1');
    return json_string(text);
}

static const char *example_of(const struct field *field)
{
    if (field->example)
        return field->example;
    switch (field->type) {
    case FIELD_INT:
        return field->fallback ? field->fallback : "1";
    case FIELD_BOOL:
        return "1";
    case FIELD_EMAIL:
        return "someone@clinic.example";
    case FIELD_DIGITS15:
    case FIELD_INS_NUMBER:
        return "199019900000001";
    case FIELD_DATE:
        return "1980-02-29";
    case FIELD_DATETIME:
        return "2026-01-31T09:00:00Z";
    case FIELD_CHOICE:
        return field->choices && !field->fallback ? field->choices[0] : field->fallback;
    case FIELD_TEXT:
        break;
    }
    return NULL;
}

json_t *schema_field(const struct field *field)
{
    json_t *schema = json_object();
    const char *example = example_of(field);
    set_text(schema, "type", type_name(field->type));
    set_bounds(schema, field);
    set_form(schema, field);
    set_text(schema, "description", field->about);
    if (example)
        json_object_set_new(schema, "examples", json_pack("[o]", typed(field, example)));
    return schema;
}

/* Whether a row may have nothing in this field. */
static bool may_be_null(const struct field *field)
{
    bool always_there = field->flags & (FIELD_REQUIRED | FIELD_STAMP) || field->fallback;
    return !always_there && strcmp(field->name, "id") != 0;
}

static void allow_null(json_t *schema)
{
    json_t *types = json_pack("[O, s]", json_object_get(schema, "type"), "null");
    json_object_set_new(schema, "type", types);
}

static json_t *object_schema(json_t *properties, json_t *required)
{
    json_t *schema = json_pack("{s:s, s:o}", "type", "object", "properties", properties);
    if (json_array_size(required))
        json_object_set(schema, "required", required);
    json_decref(required);
    return schema;
}

json_t *schema_row(const struct entity *entity)
{
    json_t *properties = json_object(), *required = json_array();
    for (size_t i = 0; i < entity->field_count; i++) {
        struct field field = entity->fields[i];
        if (field.flags & FIELD_HIDDEN)
            continue;
        field.flags |= FIELD_SERVER; /* what is kept has the strict form */
        json_t *schema = schema_field(&field);
        if (may_be_null(&field))
            allow_null(schema);
        json_object_set_new(properties, field.name, schema);
        json_array_append_new(required, json_string(field.name));
    }
    json_t *schema = object_schema(properties, required);
    json_object_set_new(schema, "additionalProperties", json_false());
    return schema;
}

static json_t *member_to_send(const struct field *field, bool with_default)
{
    json_t *schema = schema_field(field);
    if (!(field->flags & FIELD_REQUIRED) && (with_default || !field->fallback))
        allow_null(schema);
    if (with_default && field->fallback)
        json_object_set_new(schema, "default", typed(field, field->fallback));
    return schema;
}

static json_t *sent_object(const struct field *fields, size_t count, unsigned skipped)
{
    json_t *properties = json_object(), *required = json_array();
    for (size_t i = 0; i < count; i++) {
        if (fields[i].flags & skipped)
            continue;
        json_object_set_new(properties, fields[i].name, member_to_send(&fields[i], true));
        if (fields[i].flags & FIELD_REQUIRED)
            json_array_append_new(required, json_string(fields[i].name));
    }
    return object_schema(properties, required);
}

json_t *schema_new_row(const struct entity *entity)
{
    return sent_object(entity->fields, entity->field_count, FIELD_SERVER | FIELD_LATER);
}

json_t *schema_shape(const struct shape *shape)
{
    return sent_object(shape->fields, shape->field_count, 0);
}

json_t *schema_changes(const struct entity *entity, bool with_id)
{
    json_t *properties = json_object(), *required = json_array();
    if (with_id) {
        json_object_set_new(properties, "id",
                            json_pack("{s:s, s:i}", "type", "integer", "minimum", 1));
        json_array_append_new(required, json_string("id"));
    }
    for (size_t i = 0; i < entity->field_count; i++)
        if (!(entity->fields[i].flags & (FIELD_SERVER | FIELD_FIXED)))
            json_object_set_new(properties, entity->fields[i].name,
                                member_to_send(&entity->fields[i], false));
    return object_schema(properties, required);
}
