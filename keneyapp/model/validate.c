/* SPDX-License-Identifier: Apache-2.0
 *
 * From JSON to rows, by field table. What is wrong with a text is model/check.c's to say.
 */
#include "keneyapp/model/validate.h"

#include <jansson.h>
#include <stdlib.h>

#include "keneyapp/model/check.h"

static void complain(const struct validation *v, const char *field, const char *type,
                     const char *message)
{
    complaints_add(v->complaints, "body", field, type, message);
}

int validate_text(const struct validation *v, const char *where, const struct field *field,
                  struct span text, struct value *ret)
{
    struct fault fault;
    if (check_text(field, text, v->now, v->arena, ret, &fault) == 0)
        return 0;
    complaints_add(v->complaints, where, field->name, fault.type, fault.message);
    return -1;
}

static int read_number(const struct field *field, const json_t *given, struct value *ret,
                       struct fault *fault)
{
    if (json_is_real(given))
        return fault_set(fault, "int_from_float",
                         "Input should be a valid integer, got a number with a fractional part");
    if (!json_is_integer(given))
        return fault_set(fault, "int_type", "Input should be a valid integer");
    return check_number(field, json_integer_value(given), ret, fault);
}

static int refuse_type(const struct field *field, struct fault *fault)
{
    switch (field->type) {
    case FIELD_DATE:
        return fault_set(fault, "date_type", "Input should be a valid date");
    case FIELD_DATETIME:
        return fault_set(fault, "datetime_type", "Input should be a valid datetime");
    default:
        return fault_set(fault, "string_type", "Input should be a valid string");
    }
}

static int read_bool(const json_t *given, struct value *ret, struct fault *fault)
{
    if (!json_is_boolean(given))
        return fault_set(fault, "bool_type", "Input should be a valid boolean");
    *ret = value_int(json_is_true(given));
    return 0;
}

/* One member that is there. */
static void read_member(const struct validation *v, const struct field *field, const json_t *given,
                        struct value *ret)
{
    struct fault fault;
    int rc;
    if (field->type == FIELD_INT)
        rc = read_number(field, given, ret, &fault);
    else if (field->type == FIELD_BOOL)
        rc = read_bool(given, ret, &fault);
    else if (!json_is_string(given))
        rc = refuse_type(field, &fault);
    else
        rc = check_text(field, span_of(json_string_value(given), json_string_length(given)), v->now,
                        v->arena, ret, &fault);
    if (rc != 0)
        complain(v, field->name, fault.type, fault.message);
}

static void read_new_field(const struct validation *v, const struct field *field,
                           const json_t *object, struct value *ret)
{
    bool ours = field->flags & (FIELD_SERVER | FIELD_LATER);
    const json_t *given = ours ? NULL : json_object_get(object, field->name);
    *ret = entity_initial(field, v->now);
    if (given && (!json_is_null(given) || field->flags & FIELD_REQUIRED))
        read_member(v, field, given, ret);
    else if (field->flags & FIELD_REQUIRED)
        complain(v, field->name, "missing", "Field required");
}

static void read_new_row(const struct validation *v, const struct entity *entity,
                         const json_t *object, struct value *row)
{
    for (size_t i = 0; i < entity->field_count; i++)
        read_new_field(v, &entity->fields[i], object, &row[i]);
}

/* A field may be emptied unless a new row has to bring it, or would get something in its place. */
static bool may_be_empty(const struct field *field)
{
    return !(field->flags & FIELD_REQUIRED) && !field->fallback;
}

static void read_changes(const struct validation *v, const struct entity *entity,
                         const json_t *object, struct value *row, uint64_t *ret_mask)
{
    *ret_mask = 0;
    for (size_t i = 0; i < entity->field_count; i++) {
        const struct field *field = &entity->fields[i];
        const json_t *given = json_object_get(object, field->name);
        row[i] = (struct value){0};
        if (!given || field->flags & FIELD_SERVER)
            continue;
        *ret_mask |= UINT64_C(1) << i;
        if (!json_is_null(given) || !may_be_empty(field))
            read_member(v, field, given, &row[i]);
    }
}

/* The body as JSON, or NULL with a complaint. */
static json_t *parse(const struct validation *v, struct span body)
{
    json_error_t error;
    json_t *value = json_loadb(body.ptr ? body.ptr : "", body.len, JSON_REJECT_DUPLICATES, &error);
    if (value)
        return value;
    v->complaints->index = error.position; /* FastAPI's place for it: ["body", position] */
    complaints_addf(v->complaints, "body", NULL, "json_invalid", "JSON decode error: %s",
                    error.text);
    v->complaints->index = -1;
    return NULL;
}

static bool expect_object(const struct validation *v, const json_t *value)
{
    if (value && !json_is_object(value))
        complain(v, NULL, "model_attributes_type",
                 "Input should be a valid dictionary or object to extract fields from");
    return json_is_object(value);
}

static int verdict(const struct validation *v)
{
    return v->complaints->count ? -1 : 0;
}

int validate_new_row(const struct validation *v, const struct entity *entity, struct span body,
                     struct value *row)
{
    json_t *object = parse(v, body);
    if (expect_object(v, object))
        read_new_row(v, entity, object, row);
    json_decref(object);
    return verdict(v);
}

int validate_changes(const struct validation *v, const struct entity *entity, struct span body,
                     struct value *row, uint64_t *ret_mask)
{
    json_t *object = parse(v, body);
    if (expect_object(v, object))
        read_changes(v, entity, object, row, ret_mask);
    json_decref(object);
    return verdict(v);
}

int validate_shape(const struct validation *v, const struct shape *shape, struct span body,
                   struct value *values)
{
    json_t *object = parse(v, body);
    if (expect_object(v, object))
        for (size_t i = 0; i < shape->field_count; i++)
            read_new_field(v, &shape->fields[i], object, &values[i]);
    json_decref(object);
    return verdict(v);
}

/* An array of 1 to `max`; more is for the caller to refuse, who sees it in *ret_count. */
static bool expect_array(const struct validation *v, const char *field, const json_t *value,
                         size_t max, size_t *ret_count)
{
    *ret_count = json_array_size(value);
    if (value && !json_is_array(value))
        complain(v, field, "list_type", "Input should be a valid list");
    else if (value && !*ret_count)
        complain(v, field, "too_short", "List should have at least 1 item after validation, not 0");
    return *ret_count > 0 && *ret_count <= max;
}

static void allot(const struct validation *v, const struct entity *entity,
                  struct validated_rows *rows)
{
    rows->rows = ARENA_NEW_ARRAY(v->arena, struct value, rows->count * entity->field_count);
    rows->masks = ARENA_NEW_ARRAY(v->arena, uint64_t, rows->count);
    rows->ids = ARENA_NEW_ARRAY(v->arena, int64_t, rows->count);
}

/* The `at`-th object of a body with many. */
typedef void read_item_fn(const struct validation *v, const struct entity *entity,
                          const json_t *object, struct validated_rows *rows, size_t at);

/* Whether there were rows to look at; what is wrong with them is in the complaints. */
static bool read_items(const struct validation *v, const struct entity *entity, struct span body,
                       size_t max, read_item_fn *read, struct validated_rows *ret)
{
    json_t *array = parse(v, body);
    *ret = (struct validated_rows){0};
    bool good = expect_array(v, NULL, array, max, &ret->count);
    if (good)
        allot(v, entity, ret);
    for (size_t i = 0; good && i < ret->count; i++) {
        const json_t *object = json_array_get(array, i);
        v->complaints->index = (int64_t)i;
        if (expect_object(v, object))
            read(v, entity, object, ret, i);
    }
    v->complaints->index = -1;
    json_decref(array);
    return good;
}

static void read_new_item(const struct validation *v, const struct entity *entity,
                          const json_t *object, struct validated_rows *rows, size_t at)
{
    read_new_row(v, entity, object, rows->rows + at * entity->field_count);
}

int validate_new_rows(const struct validation *v, const struct entity *entity, struct span body,
                      size_t max, struct validated_rows *ret)
{
    return read_items(v, entity, body, max, read_new_item, ret) ? verdict(v) : -1;
}

static const struct field ID_FIELD = {
    .name = "id", .type = FIELD_INT, .flags = FIELD_REQUIRED, .min = 1, .max = INT64_MAX};

static int64_t read_id(const struct validation *v, const json_t *object)
{
    struct value id = {0};
    read_new_field(v, &ID_FIELD, object, &id);
    return id.number;
}

static int compare_ids(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
    return (left > right) - (left < right);
}

/* The same row twice has no order to be changed in. */
static void refuse_twins(const struct validation *v, const struct validated_rows *rows)
{
    int64_t *sorted = ARENA_NEW_ARRAY(v->arena, int64_t, rows->count);
    memcpy(sorted, rows->ids, rows->count * sizeof(*sorted));
    qsort(sorted, rows->count, sizeof(*sorted), compare_ids);
    for (size_t i = 1; i < rows->count; i++)
        if (sorted[i] == sorted[i - 1])
            complaints_addf(v->complaints, "body", NULL, "value_error",
                            "Value error, the id %lld comes more than once", (long long)sorted[i]);
}

static void read_changed_item(const struct validation *v, const struct entity *entity,
                              const json_t *object, struct validated_rows *rows, size_t at)
{
    rows->ids[at] = read_id(v, object);
    read_changes(v, entity, object, rows->rows + at * entity->field_count, &rows->masks[at]);
}

int validate_many_changes(const struct validation *v, const struct entity *entity, struct span body,
                          size_t max, struct validated_rows *ret)
{
    if (!read_items(v, entity, body, max, read_changed_item, ret))
        return -1;
    if (verdict(v) == 0)
        refuse_twins(v, ret);
    return verdict(v);
}

int validate_ids(const struct validation *v, const char *name, struct span body, size_t max,
                 int64_t **ret_ids, size_t *ret_count)
{
    json_t *object = parse(v, body);
    const json_t *array = expect_object(v, object) ? json_object_get(object, name) : NULL;
    if (json_is_object(object) && !array)
        complain(v, name, "missing", "Field required");
    bool good = expect_array(v, name, array, max, ret_count);
    *ret_ids = ARENA_NEW_ARRAY(v->arena, int64_t, good ? *ret_count : 1);
    for (size_t i = 0; good && i < *ret_count; i++) {
        struct fault fault;
        struct value id = {0};
        if (read_number(&ID_FIELD, json_array_get(array, i), &id, &fault) != 0)
            complaints_addf(v->complaints, "body", name, fault.type, "Item %zu: %s", i,
                            fault.message);
        (*ret_ids)[i] = id.number;
    }
    json_decref(object);
    return good ? verdict(v) : -1;
}
