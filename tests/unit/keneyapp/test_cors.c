/* SPDX-License-Identifier: Apache-2.0 */
#include "base/strbuf.h"
#include "keneyapp/http/cors.h"
#include "keneyapp/http/security_headers.h"
#include "support/test.h"

#define ORIGINS " https://desk.example,http://localhost:3000 , http://[::1]:8080"

static struct cors read_origins(const char *origins)
{
    struct cors cors;
    struct error err = {0};
    assert_int_equal(cors_read(&cors, origins, &err), 0);
    return cors;
}

static const char *value_of(const struct cors_header *headers, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(headers[i].name, name) == 0)
            return headers[i].value;
    return NULL;
}

static const struct origin_case {
    const char *origin;
    bool allowed;
} CASES[] = {
    {"https://desk.example", true},
    {"http://localhost:3000", true},
    {"http://[::1]:8080", true},
    {"", false},
    {"null", false},
    {"*", false},
    {"http://desk.example", false},
    {"https://desk.example:443", false},
    {"https://desk.example/", false},
    {"https://desk.example.evil.example", false},
    {"https://evil.example?https://desk.example", false},
    {"https://DESK.example", false},
    {"https://desk.exampl", false},
    {"https://desk.example\r\nX-Injected: 1", false},
};

static void test_exact_origins(void **state)
{
    struct cors cors = read_origins(ORIGINS);
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        struct cors_header headers[CORS_HEADERS_MAX];
        struct span origin = span_cstr(CASES[i].origin);
        print_message("%s\n", CASES[i].origin);
        size_t count = cors_headers(&cors, origin, headers);
        const char *allowed = value_of(headers, count, "Access-Control-Allow-Origin");
        assert_string_equal(value_of(headers, count, "Vary"), "Origin");
        assert_int_equal(allowed != NULL, CASES[i].allowed);
        assert_int_equal(cors_is_preflight(&cors, origin, SPAN("POST")), CASES[i].allowed);
        if (allowed) {
            assert_string_equal(allowed, CASES[i].origin);
            assert_true(allowed != CASES[i].origin); /* never the client's own bytes */
        }
    }
}

static void test_off(void **state)
{
    static const char *const NONE[] = {NULL, "", " , "};
    struct cors_header headers[CORS_HEADERS_MAX];
    for (size_t i = 0; i < COUNT_OF(NONE); i++) {
        struct cors cors = read_origins(NONE[i]);
        assert_int_equal(cors_headers(&cors, SPAN("https://desk.example"), headers), 0);
        assert_false(cors_is_preflight(&cors, SPAN("https://desk.example"), SPAN("GET")));
        assert_false(cors_is_preflight(&cors, SPAN(""), SPAN("GET")));
    }
}

static void test_preflight(void **state)
{
    struct cors cors = read_origins(ORIGINS);
    struct cors_header headers[CORS_HEADERS_MAX];
    struct span origin = SPAN("https://desk.example");
    assert_false(cors_is_preflight(&cors, origin, SPAN_EMPTY)); /* plain OPTIONS */
    size_t count = cors_preflight_headers(&cors, origin, "GET, HEAD, POST", headers);
    assert_string_equal(value_of(headers, count, "Access-Control-Allow-Origin"),
                        "https://desk.example");
    assert_string_equal(value_of(headers, count, "Access-Control-Allow-Methods"),
                        "GET, HEAD, POST");
    assert_non_null(
        strstr(value_of(headers, count, "Access-Control-Allow-Headers"), "Authorization"));
    assert_non_null(
        strstr(value_of(headers, count, "Access-Control-Allow-Headers"), "X-Server-Timing"));
    assert_null(value_of(headers, count, "Access-Control-Allow-Credentials"));
}

static void test_bad_origins(void **state)
{
    static const char *const BAD[] = {
        "*",
        "null",
        "desk.example",
        "https://",
        "https://desk.example/",
        "https://*.example",
        "https://Desk.example",
        "ftp://desk.example",
        "https://desk.example\r\nX: 1",
        "https://desk.example https://other.example",
        "https://user@desk.example",
        "a,b",
    };
    for (size_t i = 0; i < COUNT_OF(BAD); i++) {
        struct cors cors;
        struct error err = {0};
        print_message("%s\n", BAD[i]);
        assert_int_equal(cors_read(&cors, BAD[i], &err), -1);
        assert_int_equal(err.code, EXIT_USAGE);
        assert_non_null(strstr(err.message, "--cors-origin"));
    }
}

static void test_limits(void **state)
{
    AUTO(strbuf_done) struct strbuf many = STRBUF_INIT(4096);
    AUTO(strbuf_done) struct strbuf wide = STRBUF_INIT(4096);
    struct cors cors;
    struct error err = {0};
    for (int i = 0; i <= CORS_ORIGINS_MAX; i++)
        strbuf_addf(&many, "http://h%d,", i);
    assert_int_equal(cors_read(&cors, strbuf_cstr(&many), &err), -1);
    strbuf_addf(&wide, "http://%0300d", 0);
    assert_int_equal(cors_read(&cors, strbuf_cstr(&wide), &err), -1);
}

/* What every answer has, and what only pages have; each value is one line. */
static void test_security_headers(void **state)
{
    size_t data, page;
    const struct fixed_header *headers = security_headers(false, &data);
    assert_ptr_equal(security_headers(true, &page), headers);
    assert_true(data < page);
    bool policy = false;
    for (size_t i = 0; i < page; i++) {
        assert_null(strpbrk(headers[i].value, "\r\n"));
        policy |= i < data && strcmp(headers[i].name, "Content-Security-Policy") == 0;
        assert_null(strstr(headers[i].value, "unsafe"));
    }
    assert_true(policy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exact_origins), cmocka_unit_test(test_off),
        cmocka_unit_test(test_preflight),     cmocka_unit_test(test_bad_origins),
        cmocka_unit_test(test_limits),        cmocka_unit_test(test_security_headers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
