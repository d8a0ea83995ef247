/* SPDX-License-Identifier: Apache-2.0 */
#include <jansson.h>
#include <stdlib.h>

#include "keneyapp/routes/openapi.h"
#include "keneyapp/routes/routes.h"
#include "support/test.h"

static json_t *at(json_t *document, const char *const *path)
{
    for (; *path && document; path++)
        document = json_object_get(document, *path);
    return document;
}

#define AT(document, ...) at(document, (const char *const[]){__VA_ARGS__, NULL})

static json_t *document_of(const struct route *routes, size_t count)
{
    char *text = openapi_document(routes, count);
    json_t *document = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    free(text);
    assert_non_null(document);
    return document;
}

static void check_references(json_t *schemas, json_t *value)
{
    const char *key;
    json_t *inner;
    size_t index;
    json_object_foreach(value, key, inner)
    {
        if (strcmp(key, "$ref") == 0) {
            const char *name = strrchr(json_string_value(inner), '/') + 1;
            print_message("%s\n", name);
            assert_non_null(json_object_get(schemas, name));
        }
        check_references(schemas, inner);
    }
    json_array_foreach(value, index, inner) check_references(schemas, inner);
}

/* Every schema that a route or a schema names is there. */
static void test_references(void **state)
{
    size_t count;
    const struct route *routes = routes_table(&count);
    json_t *document = document_of(routes, count);
    check_references(AT(document, "components", "schemas"), document);
    json_decref(document);
}

/* Every route of the table is there, has a sentence, and an id of its own. */
static void test_routes(void **state)
{
    size_t count, described = 0;
    const struct route *routes = routes_table(&count);
    json_t *document = document_of(routes, count);
    json_t *ids = json_object();
    const char *path, *method;
    json_t *item, *operation;
    json_object_foreach(AT(document, "paths"), path, item)
    {
        json_object_foreach(item, method, operation)
        {
            const char *id = json_string_value(json_object_get(operation, "operationId"));
            print_message("%s\n", id);
            assert_null(json_object_get(ids, id));
            assert_string_not_equal(json_string_value(json_object_get(operation, "summary")), id);
            json_object_set_new(ids, id, json_true());
            described++;
        }
    }
    assert_int_equal(described, count);
    json_decref(ids);
    json_decref(document);
}

static const struct field SMALL_FIELDS[] = {
    {.name = "n", .type = FIELD_INT, .min = 1, .max = 9, .fallback = "4", .about = "A number."},
    {.name = "sort_by", .type = FIELD_CHOICE},
};
static const struct shape SMALL = SHAPE(NULL, SMALL_FIELDS);

static void test_one_route(void **state)
{
    const struct route route = {.method = HTTP_PUT,
                                .pattern = "/api/v1/patients/{id}",
                                .roles = ROLE_ADMIN,
                                .entity = ENTITY_PATIENTS,
                                .id_name = "patient_id",
                                .rate_per_minute = 7,
                                .summary = "Change it",
                                .query = &SMALL,
                                .body = "PatientUpdate",
                                .answer = "Patient[]",
                                .success = 201,
                                .refusals = {409}};
    static const char *const STATUSES[] = {"201", "401", "403", "404", "409", "413",
                                           "422", "429", "500", "503", "507"};
    json_t *document = document_of(&route, 1);
    json_t *put = AT(document, "paths", "/api/v1/patients/{patient_id}", "put");
    json_t *responses = json_object_get(put, "responses");
    assert_string_equal(json_string_value(json_object_get(put, "operationId")),
                        "put_patients__patient_id_");
    assert_string_equal(json_string_value(json_object_get(put, "description")),
                        "For admin, super_admin. Where limits are on: 7 requests a minute and "
                        "address.");
    assert_int_equal(json_array_size(json_object_get(put, "parameters")), 3);
    assert_int_equal(json_object_size(responses), COUNT_OF(STATUSES));
    for (size_t i = 0; i < COUNT_OF(STATUSES); i++)
        assert_non_null(json_object_get(responses, STATUSES[i]));
    assert_string_equal(
        json_string_value(AT(responses, "201", "content", "application/json", "schema", "type")),
        "array");
    json_decref(document);
}

/* What a body needs, what it may leave out, and what an answer always has. */
static void test_schemas(void **state)
{
    const struct route route = {.method = HTTP_POST,
                                .pattern = "/x",
                                .body = "AppointmentCreate",
                                .answer = "AppointmentPage"};
    json_t *document = document_of(&route, 1);
    json_t *schemas = AT(document, "components", "schemas");
    json_t *new_row = json_object_get(schemas, "AppointmentCreate");
    json_t *row = json_object_get(schemas, "Appointment");
    assert_int_equal(json_array_size(json_object_get(new_row, "required")), 4);
    assert_null(AT(new_row, "properties", "status"));
    assert_null(AT(new_row, "properties", "id"));
    assert_int_equal(json_integer_value(AT(new_row, "properties", "duration_minutes", "default")),
                     30);
    assert_true(json_is_array(AT(new_row, "properties", "notes", "type")));
    assert_true(json_is_string(AT(row, "properties", "status", "type")));
    assert_int_equal(json_array_size(AT(row, "properties", "status", "enum")), 6);
    assert_int_equal(json_array_size(json_object_get(row, "required")), 11);
    assert_true(json_is_false(json_object_get(row, "additionalProperties")));
    json_decref(document);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_references),
        cmocka_unit_test(test_routes),
        cmocka_unit_test(test_one_route),
        cmocka_unit_test(test_schemas),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
