/* SPDX-License-Identifier: Apache-2.0 */
#include <jansson.h>

#include "keneyapp/routes/family.h"
#include "support/test.h"

enum {
    PATIENTS = 5,
};

/* A store that counts what it is asked: patient p has p appointments (none for the first) and no
 * prescriptions; children come in the order of their ids, not of their patients. */
static struct session_double {
    struct session session;
    unsigned lists;
} session;

static void deliver(enum entity_id id, int64_t row_id, int64_t patient, on_row_fn *on_row,
                    void *context)
{
    const struct entity *entity = entity_get(id);
    struct value row[ENTITY_FIELDS_MAX] = {0};
    row[0] = value_int(row_id);
    row[entity_field(entity, SPAN("patient_id"))] = value_int(patient);
    on_row(context, entity, row);
}

static bool asked_for(const struct filter *filter, int64_t patient)
{
    if (filter->kind == FILTER_EQUAL)
        return filter->value.number == patient;
    for (size_t i = 0; i < filter->id_count; i++)
        if (filter->ids[i] == patient)
            return true;
    return false;
}

static enum store_result list(struct session *s, enum entity_id id, const struct list_query *query,
                              on_row_fn *on_row, void *context, int64_t *ret_total)
{
    session.lists++;
    for (int64_t n = 0; n < PATIENTS && id == ENTITY_APPOINTMENTS; n++)
        for (int64_t patient = 0; patient < PATIENTS; patient++)
            if (n < patient && asked_for(&query->filters[0], patient))
                deliver(id, 10 * patient + n, patient, on_row, context);
    return STORE_OK;
}

static const struct store_ops OPS = {.list = list};
static struct store store = {.ops = &OPS};

static void add_patients(struct family *family)
{
    for (int64_t patient = PATIENTS - 1; patient >= 0; patient--) {
        struct value row[ENTITY_FIELDS_MAX] = {0};
        row[0] = value_int(patient);
        family_add(family, entity_get(ENTITY_PATIENTS), row);
    }
}

static json_t *family_of(unsigned members, bool row_by_row)
{
    AUTO(family_free) struct family *family = family_new();
    AUTO(strbuf_done) struct strbuf out = STRBUF_INIT(1 << 20);
    session = (struct session_double){.session = {.store = &store}};
    add_patients(family);
    assert_int_equal(family_read(family, &session.session, members, row_by_row), STORE_OK);
    strbuf_addc(&out, '[');
    family_write(family, &out);
    strbuf_addc(&out, ']');
    json_t *list_of_patients = json_loads(strbuf_cstr(&out), 0, NULL);
    assert_non_null(list_of_patients);
    return list_of_patients;
}

static void check_children(json_t *patients)
{
    for (size_t i = 0; i < PATIENTS; i++) {
        json_t *patient = json_array_get(patients, i);
        json_int_t id = json_integer_value(json_object_get(patient, "id"));
        json_t *children = json_object_get(patient, "appointments");
        assert_int_equal(id, PATIENTS - 1 - i);
        assert_int_equal(json_array_size(children), id);
        for (size_t n = 0; n < json_array_size(children); n++) {
            json_t *child = json_array_get(children, n);
            assert_int_equal(json_integer_value(json_object_get(child, "patient_id")), id);
            assert_int_equal(json_integer_value(json_object_get(child, "id")), 10 * id + (int)n);
        }
    }
}

/* However many patients: one query per kind. */
static void test_one_query_per_kind(void **state)
{
    json_t *patients = family_of(FAMILY_APPOINTMENTS | FAMILY_PRESCRIPTIONS, false);
    assert_int_equal(session.lists, 2);
    check_children(patients);
    assert_int_equal(json_array_size(json_object_get(json_array_get(patients, 0), "prescriptions")),
                     0);
    json_decref(patients);
}

static void test_row_by_row(void **state)
{
    json_t *patients = family_of(FAMILY_APPOINTMENTS, true);
    assert_int_equal(session.lists, PATIENTS);
    check_children(patients);
    assert_null(json_object_get(json_array_get(patients, 0), "prescriptions"));
    json_decref(patients);
}

static void test_nobody(void **state)
{
    AUTO(family_free) struct family *family = family_new();
    AUTO(strbuf_done) struct strbuf out = STRBUF_INIT(1024);
    session = (struct session_double){.session = {.store = &store}};
    assert_int_equal(family_read(family, &session.session, FAMILY_APPOINTMENTS, false), STORE_OK);
    family_write(family, &out);
    assert_int_equal(session.lists, 0);
    assert_int_equal(out.len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_query_per_kind),
        cmocka_unit_test(test_row_by_row),
        cmocka_unit_test(test_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
