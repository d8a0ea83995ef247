/* SPDX-License-Identifier: Apache-2.0 */
#include "keneyapp/routes/routes.h"
#include "support/test.h"

static const struct match_case {
    enum http_method method;
    const char *path;
    const char *pattern; /* NULL: none */
    const char *id, *allowed;
} MATCHES[] = {
    {HTTP_GET, "/", "/", "", ""},
    {HTTP_GET, "/health", "/health", "", ""},
    {HTTP_GET, "/health/", "/health", "", ""},
    {HTTP_HEAD, "/health", "/health", "", ""},
    {HTTP_GET, "/api/v1/patients", "/api/v1/patients", "", ""},
    {HTTP_GET, "/api/v1/patients/", "/api/v1/patients", "", ""},
    {HTTP_GET, "/api/v1/patients/17", "/api/v1/patients/{id}", "17", ""},
    {HTTP_GET, "/api/v1/patients/17/", "/api/v1/patients/{id}", "17", ""},
    {HTTP_GET, "/api/v1/patients/abc", "/api/v1/patients/{id}", "abc", ""},
    {HTTP_POST, "/api/v1/patients", "/api/v1/patients", "", ""},
    {HTTP_DELETE, "/api/v1/patients", NULL, "", "GET, HEAD, POST"},
    {HTTP_POST, "/api/v1/patients/17", NULL, "", "GET, HEAD, PUT, PATCH, DELETE"},
    {HTTP_GET, "/api/v1/prescriptions/patient/4", "/api/v1/prescriptions/patient/{id}", "4", ""},
    {HTTP_PATCH, "/api/v1/patients/17", "/api/v1/patients/{id}", "17", ""},
    {HTTP_GET, "/api/v1/auth/login", NULL, "", "POST"},
    {HTTP_HEAD, "/api/v1/auth/login", NULL, "", "POST"},
    {HTTP_OTHER, "/health", NULL, "", "GET, HEAD"},
    {HTTP_GET, "", NULL, "", ""},
    {HTTP_GET, "/healthy", NULL, "", ""},
    {HTTP_GET, "/Health", NULL, "", ""},
    {HTTP_GET, "/api/v1/patients/17/x", NULL, "", ""},
    {HTTP_GET, "/api/v1", NULL, "", ""},
    {HTTP_GET, "/api/v1/patients%2f17", NULL, "", ""},
};

static void test_matches(void **state)
{
    size_t count;
    const struct route *routes = routes_table(&count);
    for (size_t i = 0; i < COUNT_OF(MATCHES); i++) {
        const struct match_case *c = &MATCHES[i];
        struct route_match match;
        print_message("%s %s\n", http_method_name(c->method), c->path);
        router_match(routes, count, c->method, span_cstr(c->path), &match);
        assert_int_equal(match.route != NULL, c->pattern != NULL);
        if (c->pattern)
            assert_string_equal(match.route->pattern, c->pattern);
        assert_true(span_equal(match.id, span_cstr(c->id)));
        assert_string_equal(match.allowed, c->allowed);
    }
}

/* What the middleware and the metrics rely on. */
static void test_table(void **state)
{
    size_t count;
    const struct route *routes = routes_table(&count);
    for (size_t i = 0; i < count; i++) {
        const struct route *route = &routes[i];
        print_message("%s %s\n", http_method_name(route->method), route->pattern);
        assert_non_null(route->handle);
        assert_false(route->inlined && route->roles);
        assert_false(route->inlined && route->action);
        assert_true(!route->action == !route->resource);
        assert_true(!strstr(route->pattern, "{id}") == !route->id_name);
    }
}

static void test_roles(void **state)
{
    assert_int_equal(role_of("doctor"), ROLE_DOCTOR);
    for (size_t i = 0; ROLE_NAMES[i]; i++)
        assert_int_equal(role_of(ROLE_NAMES[i]), 1 << i);
    assert_string_equal(ROLE_SENTENCE, "admin, doctor, nurse, receptionist or super_admin");
    assert_int_equal(role_of("super_admin"), ROLE_SUPER_ADMIN);
    assert_int_equal(role_of(""), 0);
    assert_int_equal(role_of("Doctor"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_matches),
        cmocka_unit_test(test_table),
        cmocka_unit_test(test_roles),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
