/* SPDX-License-Identifier: Apache-2.0
 *
 * See fixture.h.
 */
#include "fixture.h"

#include "base/error.h"
#include "loop/loop.h"
#include "metrics/recorder.h"
#include "metrics/snapshot.h"
#include "metrics/tags.h"
#include "support/test.h"
#include "support/test_poller.h"

#define PATIENCE_NS (10 * NSEC_PER_SEC)

void fixture_init(struct fixture *f, const struct client_config *config, const char *selector)
{
    const struct client_config usual = client_config_defaults();
    struct error err = {0};

    *f = (struct fixture){0};
    f->loop = test_loop_new(clock_monotonic());
    f->registry = registry_new();
    if (selector)
        assert_non_null(registry_add_selector(f->registry, span_cstr(selector), &err));
    f->recorder = recorder_new(f->registry, 0);
    f->tags = tag_table_new(f->registry);
    f->client = client_new(f->loop, f->recorder, f->tags, config ? config : &usual, &err);
    if (!f->client)
        fail_msg("%s", err.message);
    f->session = session_new(f->client);
    arena_init(&f->arena, 16384);
}

void fixture_done(struct fixture *f)
{
    const struct client_counts *counts;

    session_free(&f->session);
    loop_turn(f->loop, 0);
    counts = client_counts(f->client);
    assert_int_equal(counts->attempts, counts->reported + counts->retried + counts->cut);
    assert_int_equal(client_live_objects(f->client), 0);
    client_free(&f->client);
    tag_table_free(&f->tags);
    recorder_free(&f->recorder);
    registry_free(&f->registry);
    loop_free(&f->loop);
    arena_done(&f->arena);
}

static void on_done(struct request *request)
{
    struct fixture *f = request->arg;

    f->is_done = true;
}

struct request *fixture_request(struct fixture *f, const char *url, uint16_t port)
{
    struct request *request = ARENA_NEW(&f->arena, struct request);
    char *text = arena_printf(&f->arena, "http://127.0.0.1:%u%s", port, url);

    if (url[0] != '/') {
        struct span rest = SPAN_EMPTY, head = span_cut(span_cstr(url), '#', &rest);

        text = arena_printf(&f->arena, "%.*s%u%.*s", SPAN_ARG(head), port, SPAN_ARG(rest));
    }
    *request = (struct request){
        .arena = &f->arena,
        .method = SPAN("GET"),
        .url = span_cstr(text),
        .max_redirects = 10,
        .keep_headers = true,
        .jar = session_jar(f->session),
        .on_done = on_done,
        .arg = f,
    };
    return request;
}

void fixture_idle(struct fixture *f, nsec_t for_ns)
{
    nsec_t until_ns = clock_now(clock_monotonic()) + for_ns;

    do {
        loop_turn(f->loop, NSEC_PER_MSEC);
    } while (clock_now(clock_monotonic()) < until_ns);
}

struct response *fixture_fetch(struct fixture *f, struct request *request)
{
    nsec_t until_ns = clock_now(clock_monotonic()) + PATIENCE_NS;

    f->is_done = false;
    request_start(f->session, request);
    assert_false(f->is_done);
    while (!f->is_done) {
        loop_turn(f->loop, 100 * NSEC_PER_MSEC);
        assert_true(clock_now(clock_monotonic()) < until_ns);
    }
    return &request->response;
}

struct response *fixture_get(struct fixture *f, const char *url, uint16_t port)
{
    return fixture_fetch(f, fixture_request(f, url, port));
}

void fixture_cut(struct fixture *f, struct fixture_sums ret_sums[static METRIC_BUILTIN_COUNT])
{
    struct snapshot *snapshot = recorder_cut(f->recorder, clock_now(clock_monotonic()));

    for (uint32_t i = 0; i < METRIC_BUILTIN_COUNT; i++) {
        const struct metric *metric = registry_metric(f->registry, i);
        const struct sink *sink = snapshot_sink(snapshot, metric->series_id);

        ret_sums[i] = (struct fixture_sums){0};
        if (sink && metric->type == METRIC_TREND)
            ret_sums[i] = (struct fixture_sums){sink->trend.count, sink->trend.sum};
        else if (sink)
            ret_sums[i] = (struct fixture_sums){sink->count, sink->sum};
    }
    recorder_recycle(f->recorder, snapshot);
}
