/* SPDX-License-Identifier: Apache-2.0 */
#include <jansson.h>

#include "base/log.h"
#include "base/strbuf.h"
#include "keneyapp/telemetry/request_log.h"
#include "support/test.h"

static void keep(void *context, struct span line)
{
    strbuf_add_span(context, line);
}

static const struct want_case {
    enum log_level level;
    unsigned status;
    nsec_t duration_ns;
    bool wanted;
} WANTS[] = {
    {LOG_INFO, 200, NSEC_PER_MSEC, false},     {LOG_INFO, 404, NSEC_PER_MSEC, false},
    {LOG_INFO, 200, NSEC_PER_SEC, false},      {LOG_INFO, 200, NSEC_PER_SEC + 1, true},
    {LOG_INFO, 500, NSEC_PER_MSEC, true},      {LOG_INFO, 503, NSEC_PER_MSEC, true},
    {LOG_DEBUG, 200, NSEC_PER_MSEC, true},     {LOG_WARNING, 200, 2 * NSEC_PER_SEC, true},
    {LOG_ERROR, 200, 2 * NSEC_PER_SEC, false}, {LOG_ERROR, 500, 0, true},
};

static void test_wants(void **state)
{
    for (size_t i = 0; i < COUNT_OF(WANTS); i++) {
        struct log log = {.level = WANTS[i].level};
        assert_int_equal(request_log_wants(&log, WANTS[i].status, WANTS[i].duration_ns),
                         WANTS[i].wanted);
    }
}

static const struct request_line LINE = {
    .method = "GET",
    .endpoint = "/api/v1/patients/{id}",
    .path = {"/api/v1/patients/7\"\\\n\x01\xff", 23},
    .status = 500,
    .duration_ns = 1234567,
    .bytes = 42,
    .user_id = 3,
    .tenant_id = 1,
    .remote = "127.0.0.1",
    .correlation_id = "abc-1",
};

static void test_json(void **state)
{
    AUTO(strbuf_done) struct strbuf text = STRBUF_INIT(4096);
    struct log log = {
        .level = LOG_INFO, .format = LOG_FORMAT_JSON, .write = keep, .write_context = &text};
    const char *string;
    json_int_t bytes, status, user, tenant;
    double ms;
    request_log_write(&log, &LINE);
    request_log_write(&log, &LINE);
    json_t *object = json_loads(strbuf_cstr(&text), JSON_DISABLE_EOF_CHECK, NULL);
    assert_non_null(object);
    assert_int_equal(json_unpack(object, "{s:I,s:I,s:I,s:I,s:F,s:s}", "bytes", &bytes, "status",
                                 &status, "user_id", &user, "tenant_id", &tenant, "duration_ms",
                                 &ms, "path", &string),
                     0);
    assert_string_equal(string, "/api/v1/patients/7\"\\???");
    assert_true(bytes == 42 && status == 500 && user == 3 && tenant == 1 && ms == 1.235);
    static const char *const TEXTS[][2] = {
        {"level", "error"},      {"msg", "request failed"},   {"method", "GET"},
        {"remote", "127.0.0.1"}, {"correlation_id", "abc-1"}, {"endpoint", "/api/v1/patients/{id}"},
    };
    for (size_t i = 0; i < COUNT_OF(TEXTS); i++)
        assert_string_equal(json_string_value(json_object_get(object, TEXTS[i][0])), TEXTS[i][1]);
    assert_int_equal(json_object_size(object), 13); /* and the time */
    json_decref(object);
    const char *second = strchr(strbuf_cstr(&text), '\n');
    assert_non_null(second);
    assert_int_equal(second[1], '{');
}

static void test_text(void **state)
{
    AUTO(strbuf_done) struct strbuf text = STRBUF_INIT(4096);
    struct log log = {
        .level = LOG_INFO, .format = LOG_FORMAT_TEXT, .write = keep, .write_context = &text};
    request_log_write(&log, &LINE);
    assert_non_null(strstr(strbuf_cstr(&text), " level=error msg=\"request failed\" bytes=42 "));
    assert_non_null(strstr(strbuf_cstr(&text), " path=\"/api/v1/patients/7\\\"\\\\???\" "));
    assert_ptr_equal(strchr(strbuf_cstr(&text), '\n'), text.ptr + text.len - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wants),
        cmocka_unit_test(test_json),
        cmocka_unit_test(test_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
