/* SPDX-License-Identifier: Apache-2.0
 *
 * Each case is a wire text and the transcript it must give: whole, byte by byte, cut at random,
 * and once more on the same parser (where the remembered head answers).
 */
#include <stdlib.h>

#include "base/rng.h"
#include "http/http1_parser.h"
#include "support/test.h"

#define OK "HTTP/1.1 200 OK\r\n"
#define HUNDRED_A                                                                                  \
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"         \
    "aaaaaaaaaaaaaaaa"
#define MAX_SPLITS 20

enum ending {
    STAYS_OPEN,
    CLOSES
};

static const struct parser_case {
    const char *name;
    const char *wire;
    const char *transcript;
    enum ending ending;
    bool head_request;
} CASES[] = {
    {"content length", OK "Content-Length: 5\r\nX-A:  b c \t\r\n\r\nhello",
     "1.1 200 OK|Content-Length=5|X-A=b c|end|[hello]|done keep length=5", STAYS_OPEN, false},
    {"empty body", OK "content-length:0\r\n\r\n",
     "1.1 200 OK|content-length=0|end|[]|done keep "
     "length=0",
     STAYS_OPEN, false},
    {"bare line feeds", "HTTP/1.1 200 OK\nContent-Length: 2\n\nhi",
     "1.1 200 OK|Content-Length=2|end|[hi]|done keep length=2", STAYS_OPEN, false},
    {"empty value", OK "A:\r\nB: \r\nContent-Length: 0\r\n\r\n",
     "1.1 200 OK|A=|B=|Content-Length=0|end|[]|done keep length=0", STAYS_OPEN, false},
    {"no reason", "HTTP/1.1 404\r\nContent-Length: 0\r\n\r\n",
     "1.1 404 |Content-Length=0|end|[]|done keep length=0", STAYS_OPEN, false},
    {"empty reason", "HTTP/1.1 500 \r\nContent-Length: 0\r\n\r\n",
     "1.1 500 |Content-Length=0|end|[]|done keep length=0", STAYS_OPEN, false},
    {"newer minor version", "HTTP/1.7 200 OK\r\nContent-Length: 0\r\n\r\n",
     "1.1 200 OK|Content-Length=0|end|[]|done keep length=0", STAYS_OPEN, false},
    {"reason outside ascii", "HTTP/1.1 200 \xc3\xa9\r\nContent-Length: 0\r\n\r\n",
     "1.1 200 \xc3\xa9|Content-Length=0|end|[]|done keep length=0", STAYS_OPEN, false},
    {"equal lengths", OK "Content-Length: 2\r\nContent-Length: 2\r\n\r\nhi",
     "1.1 200 OK|Content-Length=2|Content-Length=2|end|[hi]|done keep length=2", STAYS_OPEN, false},
    {"equal lengths in a list", OK "Content-Length: 2, 2\r\n\r\nhi",
     "1.1 200 OK|Content-Length=2, 2|end|[hi]|done keep length=2", STAYS_OPEN, false},
    {"leftovers", OK "Content-Length: 2\r\n\r\nhiHTTP/1.1 200",
     "1.1 200 OK|Content-Length=2|end|[hi]|done keep length=2 left=12", STAYS_OPEN, false},
    {"said to close", OK "Connection: close\r\nContent-Length: 2\r\n\r\nhi",
     "1.1 200 OK|Connection=close|Content-Length=2|end|[hi]|done close length=2", STAYS_OPEN,
     false},
    {"close in a list", OK "Connection: foo , Close\r\nContent-Length: 0\r\n\r\n",
     "1.1 200 OK|Connection=foo , Close|Content-Length=0|end|[]|done close length=0", STAYS_OPEN,
     false},
    {"1.0", "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nhi",
     "1.0 200 OK|Content-Length=2|end|[hi]|done close length=2", STAYS_OPEN, false},
    {"1.0 keep-alive", "HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 2\r\n\r\nhi",
     "1.0 200 OK|Connection=Keep-Alive|Content-Length=2|end|[hi]|done keep length=2", STAYS_OPEN,
     false},
    {"until close", OK "A: b\r\n\r\nto the end", "1.1 200 OK|A=b|end|[to the end]|done close",
     CLOSES, false},
    {"until close, empty", OK "\r\n", "1.1 200 OK|end|[]|done close", CLOSES, false},
    {"until close, keep-alive said in vain", OK "Connection: keep-alive\r\n\r\nx",
     "1.1 200 OK|Connection=keep-alive|end|[x]|done close", CLOSES, false},

    {"head", OK "Content-Length: 5\r\n\r\n",
     "1.1 200 OK|Content-Length=5|end|[]|done keep length=5", STAYS_OPEN, true},
    {"head of chunked", OK "Transfer-Encoding: chunked\r\n\r\n",
     "1.1 200 OK|Transfer-Encoding=chunked|end|[]|done keep", STAYS_OPEN, true},
    {"head without length", OK "\r\n", "1.1 200 OK|end|[]|done keep", STAYS_OPEN, true},
    {"204", "HTTP/1.1 204 No Content\r\n\r\n", "1.1 204 No Content|end|[]|done keep", STAYS_OPEN,
     false},
    {"304 with length", "HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n",
     "1.1 304 Not Modified|Content-Length=9|end|[]|done keep length=9", STAYS_OPEN, false},

    {"interim responses",
     "HTTP/1.1 100 Continue\r\nContent-Length: 7\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: "
     "x\r\n\r\n" OK "Content-Length: 2\r\n\r\nhi",
     "1.1 200 OK|Content-Length=2|end|[hi]|done keep length=2", STAYS_OPEN, false},
    {"too many interim responses",
     "HTTP/1.1 100 A\r\n\r\nHTTP/1.1 100 A\r\n\r\nHTTP/1.1 100 A\r\n\r\nHTTP/1.1 100 A\r\n\r\n",
     "[]|too many interim (1xx) responses", STAYS_OPEN, false},
    {"switching protocols", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n",
     "[]|101 Switching Protocols although no upgrade was asked for", STAYS_OPEN, false},

    {"chunked", OK "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n",
     "1.1 200 OK|Transfer-Encoding=chunked|end|[hello world]|done keep", STAYS_OPEN, false},
    {"chunked, capitals, zeros, line feeds",
     "HTTP/1.1 200 OK\nTransfer-Encoding: Chunked\n\n00A\n0123456789\n000\n\n",
     "1.1 200 OK|Transfer-Encoding=Chunked|end|[0123456789]|done keep", STAYS_OPEN, false},
    {"chunk extensions and trailers",
     OK "Transfer-Encoding: chunked\r\n\r\n2;a=b\r\nhi\r\n0 ; x=\"y\"\r\nT: u\r\nV:w\r\n\r\n",
     "1.1 200 OK|Transfer-Encoding=chunked|end|T:u|V:w|[hi]|done keep", STAYS_OPEN, false},
    {"chunked, leftovers", OK "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nX",
     "1.1 200 OK|Transfer-Encoding=chunked|end|[]|done keep left=1", STAYS_OPEN, false},
    {"chunked wins over length, connection ends",
     OK "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
     "1.1 200 OK|Content-Length=3|Transfer-Encoding=chunked|end|[hi]|done close", STAYS_OPEN,
     false},
    {"chunked in 1.0",
     "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
     "1.0 200 OK|Connection=keep-alive|Transfer-Encoding=chunked|end|[]|done close", STAYS_OPEN,
     false},

    {"other protocol", "SSH-2.0-OpenSSH", "[]|malformed status line", STAYS_OPEN, false},
    {"tls alert", "\x15\x03\x01\x00\x02\x02", "[]|malformed status line", STAYS_OPEN, false},
    {"empty line first", "\r\n" OK "\r\n", "[]|malformed status line", STAYS_OPEN, false},
    {"http 2", "HTTP/2 200\r\n\r\n", "[]|malformed status line", STAYS_OPEN, false},
    {"lower case", "http/1.1 200 OK\r\n\r\n", "[]|malformed status line", STAYS_OPEN, false},
    {"code too short", "HTTP/1.1 20\r\n\r\n", "[]|malformed status line", STAYS_OPEN, false},
    {"code too long", "HTTP/1.1 2000 OK\r\n\r\n", "[]|malformed status line", STAYS_OPEN, false},
    {"code below 100", "HTTP/1.1 099 OK\r\n\r\n", "[]|malformed status line", STAYS_OPEN, false},
    {"code not a number", "HTTP/1.1 2x0 OK\r\n\r\n", "[]|malformed status line", STAYS_OPEN, false},
    {"two spaces", "HTTP/1.1  200 OK\r\n\r\n", "[]|malformed status line", STAYS_OPEN, false},
    {"carriage return in reason", "HTTP/1.1 200 O\rK\r\n\r\n", "[]|malformed status line",
     STAYS_OPEN, false},

    {"no colon", OK "abc\r\n\r\n", "1.1 200 OK|[]|malformed response header", STAYS_OPEN, false},
    {"no name", OK ": x\r\n\r\n", "1.1 200 OK|[]|malformed response header", STAYS_OPEN, false},
    {"space before colon", OK "A : b\r\n\r\n", "1.1 200 OK|[]|malformed response header",
     STAYS_OPEN, false},
    {"carriage return in value", OK "A: b\rc\r\n\r\n", "1.1 200 OK|[]|malformed response header",
     STAYS_OPEN, false},
    {"control character in value", OK "A: b\x01\r\n\r\n", "1.1 200 OK|[]|malformed response header",
     STAYS_OPEN, false},
    {"folded", OK "A: b\r\n c\r\n\r\n",
     "1.1 200 OK|A=b|[]|folded response header (obsolete, refused)", STAYS_OPEN, false},
    {"folded first", OK "\tA: b\r\n\r\n",
     "1.1 200 OK|[]|folded response header (obsolete, refused)", STAYS_OPEN, false},
    {"endless status line", "HTTP/1.1 200 " HUNDRED_A HUNDRED_A HUNDRED_A,
     "[]|response head or trailers too long", STAYS_OPEN, false},
    {"endless header", OK "A: " HUNDRED_A HUNDRED_A HUNDRED_A,
     "1.1 200 OK|[]|response head or trailers too long", STAYS_OPEN, false},
    {"long headers", OK "A: " HUNDRED_A "\r\nB: " HUNDRED_A "\r\nC: " HUNDRED_A "\r\n\r\n",
     "1.1 200 OK|A=" HUNDRED_A "|B=" HUNDRED_A "|[]|response head or trailers too long", STAYS_OPEN,
     false},
    {"many headers", OK "A:\r\nB:\r\nC:\r\nD:\r\nE:\r\nF:\r\nG:\r\n\r\n",
     "1.1 200 OK|A=|B=|C=|D=|E=|F=|[]|too many response headers", STAYS_OPEN, false},

    {"length not a number", OK "Content-Length: +5\r\n\r\n",
     "1.1 200 OK|[]|malformed Content-Length", STAYS_OPEN, false},
    {"length empty", OK "Content-Length:\r\n\r\n", "1.1 200 OK|[]|malformed Content-Length",
     STAYS_OPEN, false},
    {"length list with a hole", OK "Content-Length: 5,\r\n\r\n",
     "1.1 200 OK|[]|malformed Content-Length", STAYS_OPEN, false},
    {"length too large", OK "Content-Length: 9223372036854775808\r\n\r\n",
     "1.1 200 OK|[]|malformed Content-Length", STAYS_OPEN, false},
    {"lengths that conflict", OK "Content-Length: 5\r\nContent-Length: 6\r\n\r\n",
     "1.1 200 OK|Content-Length=5|[]|conflicting Content-Length headers", STAYS_OPEN, false},
    {"unknown coding", OK "Transfer-Encoding: gzip, chunked\r\n\r\n",
     "1.1 200 OK|[]|unsupported Transfer-Encoding", STAYS_OPEN, false},
    {"chunked twice", OK "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
     "1.1 200 OK|Transfer-Encoding=chunked|[]|unsupported Transfer-Encoding", STAYS_OPEN, false},
    {"body over the limit", OK "Content-Length: 1001\r\n\r\nhi",
     "1.1 200 OK|Content-Length=1001|end|[]|response body over the limit", STAYS_OPEN, false},

    {"chunk size empty", OK "Transfer-Encoding: chunked\r\n\r\n\r\n",
     "1.1 200 OK|Transfer-Encoding=chunked|end|[]|malformed chunk", STAYS_OPEN, false},
    {"chunk size not hexadecimal", OK "Transfer-Encoding: chunked\r\n\r\nxyz\r\n",
     "1.1 200 OK|Transfer-Encoding=chunked|end|[]|malformed chunk", STAYS_OPEN, false},
    {"chunk size signed", OK "Transfer-Encoding: chunked\r\n\r\n-1\r\n",
     "1.1 200 OK|Transfer-Encoding=chunked|end|[]|malformed chunk", STAYS_OPEN, false},
    {"chunk size overflow", OK "Transfer-Encoding: chunked\r\n\r\n10000000000000002\r\nhi",
     "1.1 200 OK|Transfer-Encoding=chunked|end|[]|chunk size overflow", STAYS_OPEN, false},
    {"chunk over the limit", OK "Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n3e7\r\n",
     "1.1 200 OK|Transfer-Encoding=chunked|end|[hi]|response body over the limit", STAYS_OPEN,
     false},
    {"chunk without end", OK "Transfer-Encoding: chunked\r\n\r\n2\r\nhi!\r\n",
     "1.1 200 OK|Transfer-Encoding=chunked|end|[hi]|malformed chunk", STAYS_OPEN, false},
    {"folded trailer", OK "Transfer-Encoding: chunked\r\n\r\n0\r\nT: a\r\n b\r\n\r\n",
     "1.1 200 OK|Transfer-Encoding=chunked|end|T:a|[]|folded response header (obsolete, refused)",
     STAYS_OPEN, false},

    {"nothing", "", "[]|connection closed before the first byte of the response", CLOSES, false},
    {"cut in the status line", "HTTP/1.1 2", "[]|connection closed in the middle of the response",
     CLOSES, false},
    {"cut in the head", OK "A: b\r\n",
     "1.1 200 OK|A=b|[]|connection closed in the middle of the response", CLOSES, false},
    {"cut in the body", OK "Content-Length: 5\r\n\r\nhi",
     "1.1 200 OK|Content-Length=5|end|[hi]|connection closed in the middle of the response", CLOSES,
     false},
    {"cut in a chunk", OK "Transfer-Encoding: chunked\r\n\r\n5\r\nhi",
     "1.1 200 OK|Transfer-Encoding=chunked|end|[hi]|connection closed in the middle of the "
     "response",
     CLOSES, false},
    {"cut before the last chunk", OK "Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n",
     "1.1 200 OK|Transfer-Encoding=chunked|end|[hi]|connection closed in the middle of the "
     "response",
     CLOSES, false},
    {"cut in the trailers", OK "Transfer-Encoding: chunked\r\n\r\n0\r\n",
     "1.1 200 OK|Transfer-Encoding=chunked|end|[]|connection closed in the middle of the response",
     CLOSES, false},
};

/* Transcripts */

struct recording {
    struct strbuf text, body;
};

static void recording_done(struct recording *recording)
{
    strbuf_done(&recording->text);
    strbuf_done(&recording->body);
}

static void on_status(void *arg, unsigned minor, unsigned code, struct span reason)
{
    struct recording *recording = arg;
    strbuf_addf(&recording->text, "1.%u %u %.*s|", minor, code, SPAN_ARG(reason));
}

static void on_header(void *arg, struct span name, struct span value)
{
    struct recording *recording = arg;
    strbuf_addf(&recording->text, "%.*s=%.*s|", SPAN_ARG(name), SPAN_ARG(value));
}

static void on_headers_done(void *arg)
{
    struct recording *recording = arg;
    strbuf_adds(&recording->text, "end|");
}

static void on_body(void *arg, struct span bytes)
{
    struct recording *recording = arg;
    assert_true(bytes.len > 0);
    strbuf_add_span(&recording->body, bytes);
}

static void on_trailer(void *arg, struct span name, struct span value)
{
    struct recording *recording = arg;
    strbuf_addf(&recording->text, "%.*s:%.*s|", SPAN_ARG(name), SPAN_ARG(value));
}

static const struct http1_events EVENTS = {
    .on_status = on_status,
    .on_header = on_header,
    .on_headers_done = on_headers_done,
    .on_body = on_body,
    .on_trailer = on_trailer,
};

static const struct http1_limits LIMITS = {
    .head_bytes = 300, .fields = 6, .interim = 3, .body_bytes = 1000};

/* Feeds `wire` in pieces that end at `cuts` (ascending, the last is the length). Each piece is
 * copied to its own block, so that a span that outlives its input shows under a sanitizer. */
static enum step feed_pieces(struct http1_parser *parser, struct span wire, const size_t *cuts,
                             size_t *ret_used)
{
    enum step step = STEP_MORE;
    size_t at = 0;
    for (size_t i = 0; step == STEP_MORE && at < wire.len; i++) {
        size_t used;
        char *piece = test_malloc(cuts[i] - at + 1);
        memcpy(piece, wire.ptr + at, cuts[i] - at);
        step = http1_parser_feed(parser, span_of(piece, cuts[i] - at), &used);
        assert_true(step != STEP_MORE || used == cuts[i] - at);
        test_free(piece);
        at += used;
    }
    *ret_used = at;
    return step;
}

static void describe_done(struct http1_parser *parser, size_t left, struct strbuf *out)
{
    strbuf_addf(out, "done %s", http1_parser_keep_alive(parser) ? "keep" : "close");
    if (http1_parser_content_length(parser) >= 0)
        strbuf_addf(out, " length=%d", (int)http1_parser_content_length(parser));
    if (left)
        strbuf_addf(out, " left=%zu", left);
}

static void check_response(struct http1_parser *parser, const struct parser_case *c,
                           const size_t *cuts)
{
    struct recording *recording = parser->arg;
    size_t used;
    struct span wire = span_cstr(c->wire);
    strbuf_reset(&recording->text);
    strbuf_reset(&recording->body);
    http1_parser_reset(parser, c->head_request);
    enum step step = feed_pieces(parser, wire, cuts, &used);
    if (step == STEP_MORE && c->ending == CLOSES)
        step = http1_parser_eof(parser);
    assert_int_equal(http1_parser_body_bytes(parser), recording->body.len);
    strbuf_addf(&recording->text, "[%s]|", strbuf_cstr(&recording->body));
    if (step == STEP_DONE)
        describe_done(parser, wire.len - used, &recording->text);
    else if (step == STEP_FAILED)
        strbuf_adds(&recording->text, http1_problem_text(http1_parser_problem(parser)));
    else
        strbuf_adds(&recording->text, "more");
    assert_string_equal(strbuf_cstr(&recording->text), c->transcript);
}

static int compare_sizes(const void *a, const void *b)
{
    size_t x = *(const size_t *)a, y = *(const size_t *)b;
    return x < y ? -1 : x > y;
}

static void random_cuts(struct rng *rng, size_t len, size_t cuts[MAX_SPLITS + 1])
{
    size_t count = rng_below(rng, MAX_SPLITS);
    for (size_t i = 0; i < count; i++)
        cuts[i] = rng_below(rng, len + 1);
    qsort(cuts, count, sizeof(cuts[0]), compare_sizes);
    cuts[count] = len;
}

static void check_case(const struct parser_case *c)
{
    size_t len = strlen(c->wire);
    size_t bytewise[1024], cuts[MAX_SPLITS + 1];
    struct rng rng;
    AUTO(recording_done) struct recording recording = {STRBUF_INIT(8192), STRBUF_INIT(8192)};
    AUTO(http1_parser_done) struct http1_parser parser;
    assert_true(len < COUNT_OF(bytewise));
    for (size_t i = 0; i < len; i++)
        bytewise[i] = i + 1;
    rng_seed(&rng, 1);

    http1_parser_init(&parser, &LIMITS, &EVENTS, &recording);
    check_response(&parser, c, &len);
    check_response(&parser, c, &len);
    check_response(&parser, c, bytewise);
    for (int i = 0; i < 50; i++) {
        random_cuts(&rng, len, cuts);
        check_response(&parser, c, cuts);
        if (i % 4 == 0)
            check_response(&parser, c, &len);
    }
}

static void test_cases(void **state)
{
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        print_message("%s\n", CASES[i].name);
        check_case(&CASES[i]);
    }
}

/* The remembered head of one response must never answer for a different one. */
static void test_alternating_heads(void **state)
{
    static const struct parser_case SEQUENCE[] = {
        {"first", OK "Content-Length: 2\r\n\r\nhi",
         "1.1 200 OK|Content-Length=2|end|[hi]|done keep length=2", STAYS_OPEN, false},
        {"other body", OK "Content-Length: 2\r\n\r\nho",
         "1.1 200 OK|Content-Length=2|end|[ho]|done keep length=2", STAYS_OPEN, false},
        {"as head", OK "Content-Length: 2\r\n\r\n",
         "1.1 200 OK|Content-Length=2|end|[]|done keep length=2", STAYS_OPEN, true},
        {"other length", OK "Content-Length: 3\r\n\r\nhey",
         "1.1 200 OK|Content-Length=3|end|[hey]|done keep length=3", STAYS_OPEN, false},
        {"longer head", OK "Content-Length: 3\r\nA: b\r\n\r\nhey",
         "1.1 200 OK|Content-Length=3|A=b|end|[hey]|done keep length=3", STAYS_OPEN, false},
        {"shorter head", OK "Content-Length: 3\r\n\r\nhey",
         "1.1 200 OK|Content-Length=3|end|[hey]|done keep length=3", STAYS_OPEN, false},
        {"broken", OK "Content-Length: x\r\n\r\n", "1.1 200 OK|[]|malformed Content-Length",
         STAYS_OPEN, false},
        {"and good again", OK "Content-Length: 3\r\n\r\nhey",
         "1.1 200 OK|Content-Length=3|end|[hey]|done keep length=3", STAYS_OPEN, false},
    };
    AUTO(recording_done) struct recording recording = {STRBUF_INIT(4096), STRBUF_INIT(4096)};
    AUTO(http1_parser_done) struct http1_parser parser;
    http1_parser_init(&parser, &LIMITS, &EVENTS, &recording);
    for (size_t i = 0; i < 3 * COUNT_OF(SEQUENCE); i++) {
        const struct parser_case *c = &SEQUENCE[i % COUNT_OF(SEQUENCE)];
        size_t len = strlen(c->wire);
        check_response(&parser, c, &len);
        if (i % 3 == 0)
            check_response(&parser, c, &len);
    }
}

/* Heads beyond what is remembered, in bytes and in fields. */
static void test_large_heads(void **state)
{
    const struct http1_limits limits = http1_limits_defaults();
    for (unsigned fields = 0; fields < 120; fields += 3) {
        AUTO(http1_parser_done) struct http1_parser parser;
        AUTO(strbuf_done) struct strbuf wire = STRBUF_INIT(65536);
        AUTO(recording_done) struct recording recording = {STRBUF_INIT(65536), STRBUF_INIT(16)};
        strbuf_adds(&wire, OK);
        for (unsigned i = 0; i < fields; i++)
            strbuf_addf(&wire, "A%u: b\r\n", i);
        strbuf_adds(&wire, "Content-Length: 1\r\n\r\nx");
        http1_parser_init(&parser, &limits, &EVENTS, &recording);
        for (int round = 0; round < 3; round++) {
            size_t used, before = recording.text.len;
            http1_parser_reset(&parser, false);
            assert_int_equal(http1_parser_feed(&parser, strbuf_span(&wire), &used), STEP_DONE);
            assert_int_equal(used, wire.len);
            if (round > 0)
                assert_memory_equal(recording.text.ptr, recording.text.ptr + before,
                                    recording.text.len - before);
        }
    }
}

static void test_body_limit_until_close(void **state)
{
    const struct http1_limits limits = {.head_bytes = 300, .fields = 6, .body_bytes = 4};
    AUTO(http1_parser_done) struct http1_parser parser;
    size_t used;
    http1_parser_init(&parser, &limits, NULL, NULL);
    http1_parser_reset(&parser, false);
    assert_int_equal(http1_parser_feed(&parser, SPAN(OK "\r\n1234"), &used), STEP_MORE);
    assert_int_equal(http1_parser_framing(&parser), HTTP1_BODY_UNTIL_CLOSE);
    assert_int_equal(http1_parser_status(&parser), 200);
    assert_int_equal(http1_parser_feed(&parser, SPAN("5"), &used), STEP_FAILED);
    assert_int_equal(http1_parser_problem(&parser), HTTP1_PROBLEM_BODY_TOO_LONG);
    assert_int_equal(http1_parser_feed(&parser, SPAN("5"), &used), STEP_FAILED);
    assert_int_equal(http1_parser_eof(&parser), STEP_FAILED);
}

static void test_endless_chunk_line(void **state)
{
    const struct http1_limits limits = http1_limits_defaults();
    AUTO(http1_parser_done) struct http1_parser parser;
    size_t used;
    http1_parser_init(&parser, &limits, NULL, NULL);
    enum step step =
        http1_parser_feed(&parser, SPAN(OK "Transfer-Encoding: chunked\r\n\r\n5;"), &used);
    for (int i = 0; step == STEP_MORE && i < 5000; i++)
        step = http1_parser_feed(&parser, SPAN("x"), &used);
    assert_int_equal(step, STEP_FAILED);
    assert_int_equal(http1_parser_problem(&parser), HTTP1_PROBLEM_CHUNK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),
        cmocka_unit_test(test_alternating_heads),
        cmocka_unit_test(test_large_heads),
        cmocka_unit_test(test_body_limit_until_close),
        cmocka_unit_test(test_endless_chunk_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
