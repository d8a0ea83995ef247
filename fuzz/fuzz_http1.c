/* SPDX-License-Identifier: Apache-2.0
 *
 * The response parser: any bytes, whole, cut at random, and again on the same parser (where a
 * remembered head answers) must give the same events and the same end.
 */
#include "base/rng.h"
#include "base/strbuf.h"
#include "fuzz/fuzz.h"
#include "http/http1_parser.h"

static const struct http1_limits LIMITS = {
    .head_bytes = 2048, .fields = 20, .interim = 3, .body_bytes = 4096};

/* A loose reading takes what comes in one piece with a body for the body, so nothing is cut. */
static const struct http1_limits LOOSE_LIMITS = {.reading = HTTP1_READING_LOOSE_KEEP_ALIVE,
                                                 .head_bytes = 2048};

/* Body bytes apart, since their pieces depend on the cuts. */
struct transcript {
    struct strbuf events, body;
};

static void transcript_done(struct transcript *transcript)
{
    strbuf_done(&transcript->events);
    strbuf_done(&transcript->body);
}

static void on_status(void *arg, unsigned minor, unsigned code, struct span reason)
{
    struct transcript *transcript = arg;
    FUZZ_CHECK(minor <= 1 && code >= 200 && code <= 999);
    strbuf_addf(&transcript->events, "%u %u %.*s\n", minor, code, SPAN_ARG(reason));
}

static void on_header(void *arg, struct span name, struct span value)
{
    struct transcript *transcript = arg;
    FUZZ_CHECK(name.len > 0 && span_find(value, '\n') < 0);
    strbuf_addf(&transcript->events, "%.*s: %.*s\n", SPAN_ARG(name), SPAN_ARG(value));
}

static void on_headers_done(void *arg)
{
    struct transcript *transcript = arg;
    strbuf_adds(&transcript->events, "end\n");
}

static void on_body(void *arg, struct span bytes)
{
    struct transcript *transcript = arg;
    FUZZ_CHECK(bytes.len > 0);
    strbuf_add_span(&transcript->body, bytes);
}

static const struct http1_events EVENTS = {
    .on_status = on_status,
    .on_header = on_header,
    .on_headers_done = on_headers_done,
    .on_body = on_body,
    .on_trailer = on_header,
};

/* `rng` NULL: in one piece. */
static enum step feed(struct http1_parser *parser, struct span wire, struct rng *rng,
                      size_t *ret_used)
{
    enum step step = STEP_MORE;
    size_t at = 0;
    while (step == STEP_MORE && at < wire.len) {
        size_t left = wire.len - at, used;
        size_t len = rng ? 1 + rng_below(rng, MIN_OF(left, (size_t)40)) : left;
        step = http1_parser_feed(parser, span_of(wire.ptr + at, len), &used);
        FUZZ_CHECK(used <= len && (step != STEP_MORE || used == len));
        at += used;
    }
    *ret_used = at;
    return step;
}

static void run(struct http1_parser *parser, struct span wire, bool head_request, struct rng *rng)
{
    struct transcript *transcript = parser->arg;
    size_t used;
    http1_parser_reset(parser, head_request);
    enum step step = feed(parser, wire, rng, &used);
    if (step == STEP_MORE)
        step = http1_parser_eof(parser);
    FUZZ_CHECK(step != STEP_MORE);
    FUZZ_CHECK(http1_parser_body_bytes(parser) == transcript->body.len);
    FUZZ_CHECK((step == STEP_DONE) == (http1_parser_problem(parser) == HTTP1_PROBLEM_NONE));
    strbuf_addf(&transcript->events, "%d %s", step,
                http1_problem_text(http1_parser_problem(parser)));
    if (step == STEP_DONE)
        strbuf_addf(&transcript->events, " %d %lld %zu", http1_parser_keep_alive(parser),
                    (long long)http1_parser_content_length(parser), used);
}

static void compare(struct span wire, bool head_request)
{
    struct rng rng;
    AUTO(transcript_done) struct transcript first = {STRBUF_INIT(65536), STRBUF_INIT(65536)};
    AUTO(http1_parser_done) struct http1_parser parser;
    http1_parser_init(&parser, &LIMITS, &EVENTS, &first);
    run(&parser, wire, head_request, NULL);
    rng_seed(&rng, span_hash(wire));
    for (int i = 0; i < 3; i++) {
        AUTO(transcript_done) struct transcript again = {STRBUF_INIT(65536), STRBUF_INIT(65536)};
        parser.arg = &again;
        run(&parser, wire, head_request, i == 1 ? &rng : NULL);
        FUZZ_CHECK(span_equal(strbuf_span(&first.events), strbuf_span(&again.events)));
        FUZZ_CHECK(span_equal(strbuf_span(&first.body), strbuf_span(&again.body)));
    }
}

static void read_loosely(struct span wire)
{
    AUTO(http1_parser_done) struct http1_parser parser;
    AUTO(transcript_done) struct transcript transcript = {STRBUF_INIT(65536), STRBUF_INIT(65536)};
    const struct http1_events events = {.on_body = on_body};
    struct rng rng;
    rng_seed(&rng, span_hash(wire));
    http1_parser_init(&parser, &LOOSE_LIMITS, &events, &transcript);
    for (int i = 0; i < 2; i++) {
        size_t used;
        http1_parser_reset(&parser, i == 1);
        strbuf_reset(&transcript.body);
        enum step step = feed(&parser, wire, &rng, &used);
        if (step == STEP_MORE)
            step = http1_parser_eof(&parser);
        FUZZ_CHECK(step == STEP_FAILED || http1_parser_body_bytes(&parser) <= used);
        FUZZ_CHECK(http1_parser_body_bytes(&parser) == transcript.body.len);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span wire = span_of((const char *)data, size);
    if (size <= 65536)
        read_loosely(wire);
    compare(wire, false);
    compare(wire, true);
    return 0;
}
