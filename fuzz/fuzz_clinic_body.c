/* SPDX-License-Identifier: Apache-2.0
 *
 * Bodies of patients, appointments and prescriptions: new, changed, many of them; users and forms.
 * A refused body has complaints that are JSON; an accepted one is rows that can be written as JSON
 * and keep every bound of their table.
 */
#include <jansson.h>

#include "fuzz/fuzz.h"
#include "keneyapp/http/query.h"
#include "keneyapp/model/json.h"
#include "keneyapp/model/validate.h"
#include "keneyapp/routes/openapi.h"

static void check_json(const struct strbuf *text)
{
    json_t *value = json_loadb(strbuf_cstr(text), text->len, JSON_DECODE_ANY, NULL);
    FUZZ_CHECK(value != NULL);
    json_decref(value);
}

static void check_value(const struct field *field, const struct value *value)
{
    if (field->type == FIELD_TEXT && field->max && value->kind == VALUE_TEXT)
        FUZZ_CHECK((int64_t)value->text.len <= field->max * 4); /* bytes of a character */
    if (field->type == FIELD_INT && field->max && value->kind == VALUE_INT)
        FUZZ_CHECK(value->number >= field->min && value->number <= field->max);
    if (value->kind == VALUE_TEXT)
        FUZZ_CHECK(!memchr(value->text.ptr, '\0', value->text.len));
}

/* `mask`: the fields that the body brought; 0: a new row, which has to have all that it needs. */
static void check_row(const struct entity *entity, const struct value *row, uint64_t mask)
{
    AUTO(strbuf_done) struct strbuf out = STRBUF_INIT(16 << 20);
    for (size_t i = 0; i < entity->field_count; i++) {
        const struct field *field = &entity->fields[i];
        bool there = mask ? mask >> i & 1 : true;
        FUZZ_CHECK(!there || !(field->flags & FIELD_REQUIRED) || row[i].kind != VALUE_NULL);
        check_value(field, &row[i]);
    }
    json_add_row(&out, entity, row);
    check_json(&out);
}

enum {
    ROWS_MAX = 5,
};

struct body_case {
    struct complaints complaints;
    struct arena arena;
    struct validation validation;
};

static void begin(struct body_case *c)
{
    complaints_init(&c->complaints);
    arena_init(&c->arena, 1024);
    c->validation = (struct validation){
        .now = SPAN("2026-01-01T00:00:00Z"), .arena = &c->arena, .complaints = &c->complaints};
}

static void end(struct body_case *c, bool refused_for_count)
{
    AUTO(strbuf_done) struct strbuf list = STRBUF_INIT(8 << 20);
    FUZZ_CHECK(!refused_for_count || !c->complaints.count);
    strbuf_addf(&list, "[%s]", strbuf_cstr(&c->complaints.items));
    check_json(&list);
    complaints_done(&c->complaints);
    arena_done(&c->arena);
}

static void check_one(const struct entity *entity, struct span body)
{
    struct body_case c;
    struct value row[ENTITY_FIELDS_MAX];
    uint64_t mask = 0;
    begin(&c);
    if (validate_new_row(&c.validation, entity, body, row) == 0)
        check_row(entity, row, 0);
    end(&c, false);
    begin(&c);
    if (validate_changes(&c.validation, entity, body, row, &mask) == 0 && mask)
        check_row(entity, row, mask);
    end(&c, false);
}

static void check_many(const struct entity *entity, struct span body)
{
    struct body_case c;
    struct validated_rows rows;
    begin(&c);
    if (validate_new_rows(&c.validation, entity, body, ROWS_MAX, &rows) == 0)
        for (size_t i = 0; i < rows.count; i++)
            check_row(entity, rows.rows + i * entity->field_count, 0);
    end(&c, rows.count > ROWS_MAX);
    begin(&c);
    if (validate_many_changes(&c.validation, entity, body, ROWS_MAX, &rows) == 0)
        for (size_t i = 0; i < rows.count; i++)
            FUZZ_CHECK(rows.ids[i] > 0);
    end(&c, rows.count > ROWS_MAX);
}

static void check_ids(struct span body)
{
    struct body_case c;
    int64_t *ids;
    size_t count;
    begin(&c);
    if (validate_ids(&c.validation, "patient_ids", body, ROWS_MAX, &ids, &count) == 0)
        for (size_t i = 0; i < count; i++)
            FUZZ_CHECK(ids[i] > 0);
    end(&c, count > ROWS_MAX);
}

/* The form of a sign-in; what is accepted has no NUL and keeps its bounds. */
static void check_form(struct span body)
{
    const struct shape *shape = body_shape("Login");
    struct body_case c;
    begin(&c);
    for (size_t i = 0; i < shape->field_count; i++) {
        struct value value;
        struct span text = query_value(body, span_cstr(shape->fields[i].name), &c.arena);
        if (text.ptr && validate_text(&c.validation, "body", &shape->fields[i], text, &value) == 0)
            check_value(&shape->fields[i], &value);
    }
    end(&c, false);
}

/* The bodies that are no rows. */
static void check_shape(struct span body)
{
    const struct shape *shape = body_shape("NewUser");
    struct body_case c;
    struct value values[ENTITY_FIELDS_MAX];
    begin(&c);
    if (validate_shape(&c.validation, shape, body, values) == 0)
        for (size_t i = 0; i < shape->field_count; i++)
            check_value(&shape->fields[i], &values[i]);
    end(&c, false);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const enum entity_id ENTITIES[] = {ENTITY_PATIENTS, ENTITY_APPOINTMENTS,
                                              ENTITY_PRESCRIPTIONS};
    struct span body = span_of((const char *)data, size);
    for (size_t i = 0; i < COUNT_OF(ENTITIES); i++) {
        check_one(entity_get(ENTITIES[i]), body);
        check_many(entity_get(ENTITIES[i]), body);
    }
    check_ids(body);
    check_form(body);
    check_shape(body);
    return 0;
}
