/* SPDX-License-Identifier: Apache-2.0
 *
 * The HTTP/2 codec against a hostile server. The first byte of the input is the size of the pieces
 * in which the rest arrives. Three streams are under way (a GET, a POST, a HEAD); one of them is
 * cancelled and started anew in between. Every stream must end at most once, with its own counts.
 */
#include "base/arena.h"
#include "fuzz/fuzz.h"
#include "http/http1_parser.h"
#include "http/http2.h"
#include "http/http2_head.h"

enum {
    STREAMS = 3,
};

static const struct http1_limits LIMITS = {
    .head_bytes = 2048, .fields = 20, .interim = 3, .body_bytes = 4096};

struct load {
    struct http2_stream stream;
    bool is_under_way, has_status, has_head;
    size_t body_bytes;
};

static void on_status(void *arg, unsigned minor, unsigned code, struct span reason)
{
    struct load *load = arg;
    FUZZ_CHECK(!load->has_status && code >= 200 && code <= 999 && reason.len == 0);
    load->has_status = true;
}

static void on_header(void *arg, struct span name, struct span value)
{
    struct load *load = arg;
    FUZZ_CHECK(load->has_status && !load->has_head);
    FUZZ_CHECK(name.len > 0 && span_find(value, '\n') < 0);
}

static void on_headers_done(void *arg)
{
    struct load *load = arg;
    FUZZ_CHECK(load->has_status && !load->has_head);
    load->has_head = true;
}

static void on_body(void *arg, struct span bytes)
{
    struct load *load = arg;
    FUZZ_CHECK(load->has_head && bytes.len > 0);
    load->body_bytes += bytes.len;
    FUZZ_CHECK(load->body_bytes <= LIMITS.body_bytes);
}

static void on_trailer(void *arg, struct span name, struct span value)
{
    struct load *load = arg;
    FUZZ_CHECK(load->has_head && name.len > 0);
}

static const struct http1_events EVENTS = {
    .on_status = on_status,
    .on_header = on_header,
    .on_headers_done = on_headers_done,
    .on_body = on_body,
    .on_trailer = on_trailer,
};

static void start(struct http2 *http2, struct load *load, struct arena *arena, const char *method)
{
    const char *problem;
    const struct http2_request request = {
        .method = span_cstr(method),
        .scheme = SPAN("http"),
        .authority = SPAN("h"),
        .target = SPAN("/"),
        .body_bytes = method[0] == 'P' ? 10 : 0,
    };
    if (!http2_is_open(http2))
        return;
    *load = (struct load){.is_under_way = true};
    http2_start(http2, &load->stream, http2_head_new(arena, &request, &problem),
                span_head(SPAN("0123456789"), request.body_bytes), &EVENTS, load);
}

static void take_news(struct http2 *http2)
{
    struct http2_stream *stream;
    while (http2_next_sent(http2))
        ;
    while ((stream = http2_next(http2))) {
        struct load *load = CONTAINER_OF(stream, struct load, stream);
        FUZZ_CHECK(load->is_under_way);
        FUZZ_CHECK(http2_stream_body_bytes(stream) == load->body_bytes);
        load->is_under_way = stream->end == HTTP2_END_NONE;
        FUZZ_CHECK(stream->end != HTTP2_END_WHOLE || load->has_head);
    }
}

/* False when the connection is over. */
static bool pull(struct http2 *http2)
{
    AUTO(strbuf_done) struct strbuf out = STRBUF_INIT((size_t)1 << 20);
    int result = http2_pull(http2, &out, (size_t)1 << 16);
    take_news(http2);
    FUZZ_CHECK((result < 0) == (http2_failure(http2).text != NULL));
    return result == 0;
}

static void check_active(const struct http2 *http2, const struct load *loads)
{
    uint32_t active = 0;
    for (int i = 0; i < STREAMS; i++)
        active += loads[i].is_under_way;
    FUZZ_CHECK(active == http2_active(http2));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const methods[STREAMS] = {"GET", "POST", "HEAD"};
    struct load loads[STREAMS] = {0};
    AUTO(arena_done) struct arena arena;
    AUTO(http2_free) struct http2 *http2 = http2_new(&LIMITS, HTTP2_LARGE_WINDOW);
    arena_init(&arena, 1024);
    if (size == 0)
        return 0;
    struct span rest = span_of((const char *)data + 1, size - 1);
    for (int i = 0; i < STREAMS; i++)
        start(http2, &loads[i], &arena, methods[i]);
    FUZZ_CHECK(pull(http2));
    for (bool goes_on = true; goes_on && rest.len > 0;) {
        struct span piece = span_head(rest, (size_t)data[0] + 1);
        rest = span_from(rest, piece.len);
        goes_on = http2_feed(http2, piece) == 0;
        take_news(http2);
        goes_on = pull(http2) && goes_on;
        check_active(http2, loads);
    }
    http2_cancel(http2, &loads[0].stream);
    start(http2, &loads[0], &arena, methods[0]);
    pull(http2);
    return 0;
}
