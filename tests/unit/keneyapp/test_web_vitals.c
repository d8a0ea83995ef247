/* SPDX-License-Identifier: Apache-2.0
 *
 * Reports of browsers: what is believed, and how it is counted.
 */
#include "keneyapp/app.h"
#include "keneyapp/routes/routes.h"
#include "keneyapp/telemetry/web_vitals.h"
#include "support/test.h"

static const char *const PAGES[] = {"/", "/patients/{id}", NULL};

static const struct report_case {
    const char *type, *body;
    unsigned status;
    const char *says; /* in the answer, or in the metrics of a 204 */
} REPORTS[] = {
    {"application/json", "{\"page\":\"/\",\"lcp\":812.5}", 204,
     "web_vitals_lcp_seconds_bucket{page=\"/\",le=\"0.8\"} 0\n"
     "web_vitals_lcp_seconds_bucket{page=\"/\",le=\"1\"} 1\n"},
    {"application/json; charset=utf-8", "{\"page\":\"/patients/{id}\",\"cls\":0.05,\"inp\":16}",
     204, "web_vitals_cls_sum{page=\"/patients/{id}\"} 0.050000\n"},
    {"application/json", "{\"page\":\"/\",\"lcp\":null,\"ttfb\":0,\"more\":1}", 204,
     "web_vitals_ttfb_seconds_count{page=\"/\"} 1\n"},
    {"application/json", "{\"page\":\"/\",\"fcp\":600000,\"cls\":1000}", 204,
     "web_vitals_fcp_seconds_bucket{page=\"/\",le=\"+Inf\"} 1\n"},
    {"application/json", "{\"page\":\"/\"}", 204, ""},
    {"application/json", "{\"page\":\"/nope\"}", 422, "\"loc\":[\"body\",\"page\"]"},
    {"application/json", "{\"page\":7}", 422, "\"page\""},
    {"application/json", "{\"lcp\":1}", 422, "Field required"},
    {"application/json", "{\"page\":\"/\",\"lcp\":-1}", 422, "\"loc\":[\"body\",\"lcp\"]"},
    {"application/json", "{\"page\":\"/\",\"lcp\":600001}", 422, "too large"},
    {"application/json", "{\"page\":\"/\",\"lcp\":1e999}", 422, "json_invalid"},
    {"application/json", "{\"page\":\"/\",\"cls\":\"1\"}", 422, "float_type"},
    {"application/json", "{\"page\":\"/\",\"page\":\"/\"}", 422, "json_invalid"},
    {"application/json", "[]", 422, "json_invalid"},
    {"application/json", "", 422, "json_invalid"},
    {"text/plain", "{\"page\":\"/\"}", 415, "application/json"},
    {"", "{\"page\":\"/\"}", 415, "application/json"},
};

static unsigned report(struct web_vitals *vitals, const char *type, struct span body,
                       struct strbuf *out)
{
    struct app app = {.vitals = vitals};
    struct call call = {.app = &app};
    struct request request = {.content_type = span_cstr(type)};
    struct response response = {.status = 200};
    strbuf_init(&request.body, REQUEST_BODY_MAX_BYTES);
    strbuf_init(&response.body, RESPONSE_BODY_MAX_BYTES);
    strbuf_add_span(&request.body, body);
    assert_int_equal(route_vitals(&request, &response, &call), HANDLED);
    strbuf_reset(out);
    strbuf_add_span(out, strbuf_span(&response.body));
    strbuf_done(&request.body);
    strbuf_done(&response.body);
    return response.status;
}

static void test_reports(void **state)
{
    AUTO(strbuf_done) struct strbuf out = STRBUF_INIT(65536);
    for (size_t i = 0; i < COUNT_OF(REPORTS); i++) {
        const struct report_case *row = &REPORTS[i];
        AUTO(web_vitals_free) struct web_vitals *vitals = web_vitals_new(PAGES);
        print_message("%s\n", row->body);
        assert_int_equal(report(vitals, row->type, span_cstr(row->body), &out), row->status);
        if (row->status == 204) {
            assert_int_equal(out.len, 0);
            web_vitals_render(vitals, &out);
        }
        assert_non_null(strstr(strbuf_cstr(&out), row->says));
    }
}

static void test_long_report(void **state)
{
    AUTO(strbuf_done) struct strbuf out = STRBUF_INIT(65536);
    AUTO(strbuf_done) struct strbuf body = STRBUF_INIT(65536);
    AUTO(web_vitals_free) struct web_vitals *vitals = web_vitals_new(PAGES);
    for (int i = 0; i < 2049; i++)
        strbuf_addc(&body, ' ');
    assert_int_equal(report(vitals, "application/json", strbuf_span(&body), &out), 413);
}

/* Nothing recorded, nothing rendered; two reports add up. */
static void test_render(void **state)
{
    AUTO(strbuf_done) struct strbuf out = STRBUF_INIT(65536);
    AUTO(web_vitals_free) struct web_vitals *vitals = web_vitals_new(PAGES);
    web_vitals_render(vitals, &out);
    assert_int_equal(out.len, 0);
    web_vitals_record(vitals, 0, VITAL_INP, 200);
    web_vitals_record(vitals, 0, VITAL_INP, 201);
    web_vitals_render(vitals, &out);
    assert_non_null(strstr(strbuf_cstr(&out), "# TYPE web_vitals_inp_seconds histogram\n"));
    assert_non_null(strstr(strbuf_cstr(&out), "inp_seconds_bucket{page=\"/\",le=\"0.2\"} 1\n"));
    assert_non_null(strstr(strbuf_cstr(&out), "inp_seconds_bucket{page=\"/\",le=\"0.3\"} 2\n"));
    assert_non_null(strstr(strbuf_cstr(&out), "inp_seconds_sum{page=\"/\"} 0.401000\n"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reports),
        cmocka_unit_test(test_long_report),
        cmocka_unit_test(test_render),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
