/* SPDX-License-Identifier: Apache-2.0
 *
 * Bodies of new patients, appointments and prescriptions. A refused body has complaints that are
 * JSON; an accepted one is a row that can be written as JSON and keeps every bound of its table.
 */
#include <jansson.h>

#include "fuzz/fuzz.h"
#include "keneyapp/model/json.h"
#include "keneyapp/model/validate.h"

static void check_json(const struct strbuf *text)
{
    json_t *value = json_loadb(strbuf_cstr(text), text->len, JSON_DECODE_ANY, NULL);
    FUZZ_CHECK(value != NULL);
    json_decref(value);
}

static void check_row(const struct entity *entity, const struct value *row)
{
    AUTO(strbuf_done) struct strbuf out = STRBUF_INIT(16 << 20);
    for (size_t i = 0; i < entity->field_count; i++) {
        const struct field *field = &entity->fields[i];
        FUZZ_CHECK(!(field->flags & FIELD_REQUIRED) || row[i].kind != VALUE_NULL);
        if (field->type == FIELD_TEXT && field->max && row[i].kind == VALUE_TEXT)
            FUZZ_CHECK((int64_t)row[i].text.len <= field->max);
        if (field->type == FIELD_INT && field->max && row[i].kind == VALUE_INT)
            FUZZ_CHECK(row[i].number >= field->min && row[i].number <= field->max);
    }
    json_add_row(&out, entity, row);
    check_json(&out);
}

static void check_entity(enum entity_id id, struct span body)
{
    AUTO(complaints_done) struct complaints complaints;
    AUTO(strbuf_done) struct strbuf list = STRBUF_INIT(1 << 20);
    AUTO(arena_done) struct arena arena;
    struct value row[ENTITY_FIELDS_MAX];
    complaints_init(&complaints);
    arena_init(&arena, 1024);
    if (validate_new_row(entity_get(id), body, SPAN("2026-01-01T00:00:00Z"), &arena, row,
                         &complaints) == 0) {
        check_row(entity_get(id), row);
        return;
    }
    strbuf_addf(&list, "[%s]", strbuf_cstr(&complaints.items));
    check_json(&list);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span body = span_of((const char *)data, size);
    check_entity(ENTITY_PATIENTS, body);
    check_entity(ENTITY_APPOINTMENTS, body);
    check_entity(ENTITY_PRESCRIPTIONS, body);
    return 0;
}
