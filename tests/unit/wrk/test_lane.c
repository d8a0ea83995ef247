/* SPDX-License-Identifier: Apache-2.0
 *
 * Lanes without an engine: messages as lanes get them, answers as the parser reads them.
 */
#include "client/client.h"
#include "http/http1_parser.h"
#include "load/repeater.h"
#include "rig.h"
#include "script/wrk/wrk_lane.h"
#include "support/test.h"

static void start(struct rig *rig, const char *lua)
{
    rig_init(rig, lua);
    struct wrk_script_config config = rig_config(rig);
    config.is_strict = true;
    rig_start(rig, &config);
    if (rig->error.code)
        fail_msg("line %d: %s", rig->error.line, rig->error.message);
}

static void finish(struct rig *rig)
{
    static const struct wrk_summary SUMMARY;
    static const struct wrk_stats NOTHING;
    if (wrk_script_done(rig->script, &SUMMARY, &NOTHING, &NOTHING, &rig->error) < 0)
        fail_msg("line %d: %s", rig->error.line, rig->error.message);
    rig_done(rig);
}

static void test_messages(void **state)
{
    struct rig rig;
    struct lane lanes[3] = {{.index = 0}, {.index = 1}, {.index = 2}};
    start(&rig,
          "n = 0 function request() n = n + 1 local m = 'GET /' .. n .. ' HTTP/1.1\\r\\n\\r\\n'\n"
          "  return m .. m end");
    struct wrk_thread *thread = wrk_script_thread(rig.script, 1);
    for (size_t i = 0; i < COUNT_OF(lanes); i++)
        wrk_lane_next(thread, &lanes[i]);
    assert_true(span_starts_with(lanes[0].repeat.message, SPAN("GET /1 ")));
    assert_true(span_starts_with(lanes[2].repeat.message, SPAN("GET /3 ")));
    assert_int_equal(lanes[1].repeat.answers, 2);
    assert_null(wrk_lane_events(rig.script));
    finish(&rig);
}

static void test_static(void **state)
{
    struct rig rig;
    struct lane lane = {.index = 7};
    start(&rig, "function delay() return 5 end");
    struct wrk_thread *thread = wrk_script_thread(rig.script, 1);
    wrk_lane_next(thread, &lane);
    assert_ptr_equal(lane.repeat.message.ptr, wrk_thread_message(thread).ptr);
    assert_int_equal(lane.repeat.answers, 1);
    assert_int_equal(wrk_lane_pause(thread, &lane), 5 * NSEC_PER_MSEC);
    finish(&rig);
}

/* Feeds one answer, `step` bytes at a time. */
static void feed(struct http1_parser *parser, const char *text, size_t step)
{
    struct span left = span_cstr(text);
    enum step result = STEP_MORE;
    http1_parser_reset(parser, false);
    while (left.len) {
        size_t used;
        struct span piece = span_head(left, step);
        result = http1_parser_feed(parser, piece, &used);
        assert_int_equal(used, piece.len);
        left = span_from(left, used);
    }
    assert_int_equal(result, STEP_DONE);
}

static void test_answers(void **state)
{
    static const char *const ANSWERS[] = {
        "HTTP/1.1 100 Continue\r\nX-Interim: 1\r\n\r\n"
        "HTTP/1.1 404 Not Found\r\nx-Two: 1\r\nx-Two: 2\r\nContent-Length: 5\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nEmpty:\r\n\r\n"
        "3\r\nabc\r\n2\r\nde\r\n0\r\nDigest: none\r\n\r\n",
    };
    for (size_t step = 1; step < 60; step += 7) {
        struct rig rig;
        struct lane lane = {.index = 0};
        struct http1_parser parser;
        struct http1_limits limits = http1_limits_defaults();
        struct repeat_answer answer = {.outcome = OUTCOME_HTTP_4XX};
        start(&rig,
              "function setup(t) thread = t end seen = {}\n"
              "function response(status, headers, body)\n"
              "  headers.status, headers.body = status, body seen[#seen + 1] = headers end\n"
              "function done() local first, second = unpack(thread:get('seen'))\n"
              "  assert(first.status == 404 and first['x-Two'] == '2' and first.body == 'hello')\n"
              "  assert(first['X-Two'] == nil and first['X-Interim'] == nil)\n"
              "  assert(second.status == 200 and second.Empty == '' and second.body == 'abcde')\n"
              "  assert(second.Digest == 'none' and second['x-Two'] == nil)\n"
              "  assert(#thread:get('seen') == 2)\n"
              "end");
        struct wrk_thread *thread = wrk_script_thread(rig.script, 1);
        wrk_lane_next(thread, &lane);
        http1_parser_init(&parser, &limits, wrk_lane_events(rig.script), &lane);
        for (size_t i = 0; i < COUNT_OF(ANSWERS); i++) {
            feed(&parser, ANSWERS[i], step);
            assert_true(wrk_lane_answer(thread, &lane, &answer));
            answer.outcome = OUTCOME_OK;
        }
        answer.outcome = OUTCOME_RESET;
        assert_true(wrk_lane_answer(thread, &lane, &answer));
        http1_parser_done(&parser);
        finish(&rig);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_messages),
        cmocka_unit_test(test_static),
        cmocka_unit_test(test_answers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
