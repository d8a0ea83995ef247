/* SPDX-License-Identifier: Apache-2.0
 *
 * Which tags samples carry: those that a selector names, and all of them when an output wants raw
 * points.
 */
#include <stdio.h>
#include <string.h>

#include "fixture.h"
#include "metrics/recorder.h"
#include "metrics/snapshot.h"
#include "metrics/tags.h"
#include "peer.h"
#include "support/test.h"

#define HELLO "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
#define BUSY  "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"

static void test_selectors(void **state)
{
    static const struct {
        const char *selector;
        uint64_t matches; /* of the three requests below */
    } cases[] = {
        {"http_reqs{status:200}", 2},
        {"http_reqs{status:503}", 1},
        {"http_reqs{expected_response:true}", 2},
        {"http_reqs{expected_response:false}", 1},
        {"http_reqs{error_code:1503}", 1},
        {"http_reqs{method:GET,status:200}", 2},
        {"http_reqs{method:POST}", 0},
        {"http_reqs{name:named}", 1},
        {"http_reqs{url:named}", 1},
        {"http_reqs{proto:HTTP/1.1}", 3},
        {"http_reqs{scenario:mine}", 1},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct fixture f;
        struct peer *peer = peer_new(
            PEER_SCRIPTS(PEER_SCRIPT({PEER_READ, NULL}, {PEER_SEND, HELLO}, {PEER_READ, NULL},
                                     {PEER_SEND, BUSY}, {PEER_READ, NULL}, {PEER_SEND, HELLO},
                                     {PEER_HOLD, NULL})),
            NULL);

        fixture_init(&f, NULL, cases[i].selector);
        fixture_get(&f, "/1", peer_port(peer));
        fixture_get(&f, "/2", peer_port(peer));

        struct request *request = fixture_request(&f, "/3", peer_port(peer));

        request->name = SPAN("named");
        request->tags =
            tag_set_with1(f.tags, tag_set_empty(f.tags), SPAN("scenario"), SPAN("mine"));
        fixture_fetch(&f, request);

        struct snapshot *snapshot = recorder_cut(f.recorder, 0);
        size_t last = registry_series_count(f.registry) - 1;
        const struct sink *sink = snapshot_sink(snapshot, (uint32_t)last);

        assert_string_equal(registry_series(f.registry, (uint32_t)last)->name, cases[i].selector);
        assert_int_equal(sink ? sink->sum : 0, cases[i].matches);
        recorder_recycle(f.recorder, snapshot);
        fixture_done(&f);
        peer_free(&peer);
    }
}

static void test_expected_statuses(void **state)
{
    static const struct status_range busy = {503, 503};

    static const struct {
        struct expected_statuses expected;
        uint64_t count, failed;
    } cases[] = {
        {{&busy, 1, false}, 1, 0},
        {{NULL, 0, false}, 1, 1},
        {{NULL, 0, true}, 0, 0},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct fixture f;
        struct fixture_sums sums[METRIC_BUILTIN_COUNT];
        struct peer *peer = peer_new(PEER_SCRIPTS(PEER_ANSWERS(BUSY)), NULL);

        fixture_init(&f, NULL, NULL);

        struct request *request = fixture_request(&f, "/", peer_port(peer));

        request->expected = &cases[i].expected;
        fixture_fetch(&f, request);
        fixture_cut(&f, sums);
        assert_int_equal(sums[METRIC_HTTP_REQ_FAILED].count, cases[i].count);
        assert_int_equal(sums[METRIC_HTTP_REQ_FAILED].sum, cases[i].failed);
        fixture_done(&f);
        peer_free(&peer);
    }
}

/* Memory must not grow with the number of different URLs. */
static void test_sets_are_few(void **state)
{
    struct fixture f;
    struct peer *peer = peer_new(PEER_SCRIPTS(PEER_ANSWERS(HELLO)), NULL);
    size_t count;

    fixture_init(&f, NULL, NULL);
    fixture_get(&f, "/", peer_port(peer));
    count = tag_table_count(f.tags);
    for (int i = 0; i < 20; i++)
        fixture_get(&f, arena_printf(&f.arena, "/%d", i), peer_port(peer));
    assert_int_equal(tag_table_count(f.tags), count);
    fixture_done(&f);
    peer_free(&peer);
}

static void keep_tags(void *arg, uint32_t metric_id, const struct tag_set *tags, nsec_t wall_ns,
                      double value)
{
    const struct tag_set **last = arg;

    *last = tags;
}

static void test_all_tags(void **state)
{
    struct fixture f;
    struct client_config config = client_config_defaults();
    struct peer *peer = peer_new(PEER_SCRIPTS(PEER_ANSWERS(BUSY)), NULL);
    const struct tag_set *tags = NULL;
    char url[64];

    snprintf(url, sizeof(url), "http://127.0.0.1:%u/x", peer_port(peer));
    config.keep_all_tags = true;
    fixture_init(&f, &config, NULL);
    recorder_tap(f.recorder, keep_tags, &tags);
    fixture_get(&f, "http://user:secret@127.0.0.1:#/x", peer_port(peer));
    assert_non_null(tags);
    assert_string_equal(tag_set_get(tags, SPAN("url")).ptr, url);
    assert_string_equal(tag_set_get(tags, SPAN("name")).ptr, url);
    assert_string_equal(tag_set_get(tags, SPAN("method")).ptr, "GET");
    assert_string_equal(tag_set_get(tags, SPAN("status")).ptr, "503");
    assert_string_equal(tag_set_get(tags, SPAN("error_code")).ptr, "1503");
    assert_string_equal(tag_set_get(tags, SPAN("proto")).ptr, "HTTP/1.1");
    assert_string_equal(tag_set_get(tags, SPAN("expected_response")).ptr, "false");
    assert_null(tag_set_get(tags, SPAN("error")).ptr);
    assert_null(tag_set_get(tags, SPAN("ip")).ptr);
    fixture_done(&f);
    peer_free(&peer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_selectors),
        cmocka_unit_test(test_expected_statuses),
        cmocka_unit_test(test_sets_are_few),
        cmocka_unit_test(test_all_tags),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
