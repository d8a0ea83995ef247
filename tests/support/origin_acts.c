/* SPDX-License-Identifier: Apache-2.0
 *
 * What the scripted origin does for each path: the table at the end is the list. Good answers
 * first, bad peers behind them.
 */
#include <brotli/encode.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zlib.h>

#include "base/mem.h"
#include "base/strbuf.h"
#include "support/origin.h"

enum {
    BODY_MAX_BYTES = 128 << 20,
    PLAIN_BYTES = 10000, /* of a body before it is encoded */
    PIECE_BYTES = 100,
    SLOW_STEP_MS = 100,
};

static void fill_body(struct strbuf *body, uint64_t bytes)
{
    static const char LINE[] = "The quick brown fox jumps over the lazy dog, again and again..\n";
    while (body->len < bytes && !body->overflow)
        strbuf_add(body, LINE, (size_t)MIN_OF(bytes - body->len, sizeof(LINE) - 1));
}

/* The whole text as it stands, followed by more of the connection or not. */
static bool send_text(struct origin_conn *conn, const char *text)
{
    if (!origin_conn_send(conn, text, strlen(text)))
        return false;
    atomic_fetch_add(&conn->origin->responses_written, 1);
    return true;
}

/* ?bytes=64&status=200 */
static bool act_fixed(struct origin_conn *conn)
{
    AUTO(strbuf_done) struct strbuf body = STRBUF_INIT(BODY_MAX_BYTES);
    fill_body(&body, origin_conn_param(conn, "bytes", 64));
    return origin_conn_respond(conn, (int)origin_conn_param(conn, "status", 200), "",
                               strbuf_span(&body));
}

static bool act_delay(struct origin_conn *conn)
{
    origin_delay(conn);
    return act_fixed(conn);
}

static bool act_no_content(struct origin_conn *conn)
{
    return origin_conn_respond(conn, 204, "", SPAN_EMPTY);
}

static bool act_not_modified(struct origin_conn *conn)
{
    return origin_conn_respond(conn, 304, "ETag: \"1\"\r\n", SPAN("not sent"));
}

static bool act_interim(struct origin_conn *conn)
{
    static const char INTERIM[] = "HTTP/1.1 100 Continue\r\n\r\n"
                                  "HTTP/1.1 103 Early Hints\r\nLink: </style.css>\r\n\r\n";
    return origin_conn_send(conn, INTERIM, sizeof(INTERIM) - 1) && act_fixed(conn);
}

/* Three chunks, each in a write of its own, and trailers. */
static bool act_chunked(struct origin_conn *conn)
{
    static const char *const PIECES[] = {
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: Digest\r\n\r\n5\r\nhello\r\n",
        "7;note=extension\r\n, world\r\n1",
        "\r\n!\r\n0\r\nDigest: none\r\n\r",
    };
    for (size_t i = 0; i < COUNT_OF(PIECES); i++) {
        if (!origin_conn_send(conn, PIECES[i], strlen(PIECES[i])))
            return false;
        origin_sleep_until(clock_now(clock_monotonic()) + NSEC_PER_MSEC);
    }
    return send_text(conn, "\n");
}

static bool act_until_close(struct origin_conn *conn)
{
    send_text(conn, "HTTP/1.1 200 OK\r\n\r\nthe end of this body is the end of the connection");
    return false;
}

static bool respond_encoded(struct origin_conn *conn, const char *coding, const void *bytes,
                            size_t len)
{
    char header[64];
    snprintf(header, sizeof(header), "Content-Encoding: %s\r\n", coding);
    return origin_conn_respond(conn, 200, header, span_of(bytes, len));
}

static bool respond_zlib(struct origin_conn *conn, const char *coding, int window_bits)
{
    AUTO(strbuf_done) struct strbuf body = STRBUF_INIT(BODY_MAX_BYTES);
    unsigned char out[PLAIN_BYTES];
    z_stream z = {.next_out = out, .avail_out = sizeof(out)};
    fill_body(&body, PLAIN_BYTES);
    if (deflateInit2(&z, 6, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        return false;
    z.next_in = (unsigned char *)body.ptr;
    z.avail_in = (unsigned)body.len;
    deflate(&z, Z_FINISH);
    deflateEnd(&z);
    return respond_encoded(conn, coding, out, z.total_out);
}

static bool act_gzip(struct origin_conn *conn)
{
    return respond_zlib(conn, "gzip", 15 + 16);
}

static bool act_deflate(struct origin_conn *conn)
{
    return respond_zlib(conn, "deflate", 15);
}

static bool act_brotli(struct origin_conn *conn)
{
    AUTO(strbuf_done) struct strbuf body = STRBUF_INIT(BODY_MAX_BYTES);
    uint8_t out[PLAIN_BYTES];
    size_t len = sizeof(out);
    fill_body(&body, PLAIN_BYTES);
    if (!BrotliEncoderCompress(5, BROTLI_DEFAULT_WINDOW, BROTLI_MODE_TEXT, body.len,
                               (uint8_t *)body.ptr, &len, out))
        return false;
    return respond_encoded(conn, "br", out, len);
}

/* ?hops=3&status=302: to itself with one hop less, at last to /fixed */
static bool act_redirect(struct origin_conn *conn)
{
    uint64_t hops = origin_conn_param(conn, "hops", 1);
    char header[96];
    int status = (int)origin_conn_param(conn, "status", 302);
    if (hops > 1)
        snprintf(header, sizeof(header), "Location: /redirect?hops=%llu&status=%d\r\n",
                 (unsigned long long)hops - 1, status);
    else
        snprintf(header, sizeof(header), "Location: /fixed\r\n");
    return origin_conn_respond(conn, status, header, SPAN("elsewhere\n"));
}

/* 401 and a cookie for who comes without it, 200 for who brings it. */
static bool act_cookie(struct origin_conn *conn)
{
    struct span cookie = origin_conn_header(conn, SPAN("Cookie"));
    if (memmem(cookie.ptr, cookie.len, "visit=1", 7))
        return origin_conn_respond(conn, 200, "", SPAN("welcome back\n"));
    return origin_conn_respond(conn, 401, "Set-Cookie: visit=1; Path=/\r\n", SPAN("who?\n"));
}

/* Bad peers. */

static bool send_part(struct origin_conn *conn)
{
    AUTO(strbuf_done) struct strbuf out = STRBUF_INIT(BODY_MAX_BYTES);
    strbuf_adds(&out, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
    fill_body(&out, 500);
    return origin_conn_send(conn, out.ptr, out.len);
}

static bool act_short(struct origin_conn *conn)
{
    send_part(conn);
    return false;
}

static bool act_reset(struct origin_conn *conn)
{
    send_part(conn);
    origin_conn_reset(conn);
    return false;
}

static bool act_half_close(struct origin_conn *conn)
{
    send_part(conn);
    shutdown(conn->fd, SHUT_WR);
    origin_conn_wait_for_end(conn);
    return false;
}

static bool act_malformed(struct origin_conn *conn)
{
    send_text(conn, "HTTP/1.1 two hundred\r\nContent-Length: 0\r\n\r\n");
    return false;
}

static bool act_endless_headers(struct origin_conn *conn)
{
    AUTO(strbuf_done) struct strbuf out = STRBUF_INIT(1 << 20);
    for (int i = 0; i < 1000; i++)
        strbuf_adds(&out, "X-More: and this is not the last one of them either\r\n");
    for (bool open = send_text(conn, "HTTP/1.1 200 OK\r\n"); open;)
        open = origin_conn_send(conn, out.ptr, out.len);
    return false;
}

static bool act_chunk_overflow(struct origin_conn *conn)
{
    return send_text(conn, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                           "10000000000000005\r\nhello\r\n0\r\n\r\n");
}

static bool act_bad_chunk(struct origin_conn *conn)
{
    return send_text(conn, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                           "5\r\nhelloXX0\r\n\r\n");
}

/* A byte every 100 ms, for as long as the peer stays. */
static bool act_slow(struct origin_conn *conn)
{
    static const char HEAD[] = "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n";
    for (size_t i = 0;; i++) {
        if (!origin_conn_send(conn, i < sizeof(HEAD) - 1 ? &HEAD[i] : "x", 1))
            return false;
        origin_sleep_until(clock_now(clock_monotonic()) + SLOW_STEP_MS * NSEC_PER_MSEC);
    }
}

static bool act_garbage(struct origin_conn *conn)
{
    uint64_t noise[512];
    for (size_t i = 0; i < COUNT_OF(noise); i++)
        noise[i] = rng_next(&conn->rng);
    origin_conn_send(conn, noise, sizeof(noise));
    return false;
}

/* Under TLS, bytes that are no record of it. */
static bool act_noise(struct origin_conn *conn)
{
    static const char NOISE[] = "these bytes have never been near a cipher";
    if (write(conn->fd, NOISE, sizeof(NOISE) - 1) > 0)
        origin_conn_wait_for_end(conn);
    return false;
}

static bool act_close(struct origin_conn *conn)
{
    return false;
}

static bool act_silent(struct origin_conn *conn)
{
    origin_conn_wait_for_end(conn);
    return false;
}

/* A whole answer, and in the same write more that nobody asked for. */
static bool act_leftovers(struct origin_conn *conn)
{
    return send_text(conn, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nasked"
                           "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nmore");
}

static const struct origin_act ACTS[] = {
    {.path = "/fixed", .run = act_fixed},
    {.path = "/delay", .run = act_delay},
    {.path = "/no-content", .run = act_no_content},
    {.path = "/not-modified", .run = act_not_modified},
    {.path = "/interim", .run = act_interim},
    {.path = "/chunked", .run = act_chunked},
    {.path = "/until-close", .run = act_until_close},
    {.path = "/gzip", .run = act_gzip},
    {.path = "/deflate", .run = act_deflate},
    {.path = "/brotli", .run = act_brotli},
    {.path = "/redirect", .run = act_redirect},
    {.path = "/cookie", .run = act_cookie},
    {.path = "/short", .run = act_short},
    {.path = "/reset", .run = act_reset},
    {.path = "/half-close", .run = act_half_close},
    {.path = "/malformed", .run = act_malformed},
    {.path = "/endless-headers", .run = act_endless_headers},
    {.path = "/chunk-overflow", .run = act_chunk_overflow},
    {.path = "/bad-chunk", .run = act_bad_chunk},
    {.path = "/slow", .run = act_slow},
    {.path = "/garbage", .run = act_garbage},
    {.path = "/noise", .run = act_noise},
    {.path = "/close", .run = act_close},
    {.path = "/silent", .run = act_silent},
    {.path = "/never-reads", .run = act_silent, .before_body = true},
    {.path = "/leftovers", .run = act_leftovers},
};

const struct origin_act *origin_act_find(struct span path)
{
    for (size_t i = 0; i < COUNT_OF(ACTS); i++) {
        if (span_equal(path, span_cstr(ACTS[i].path)))
            return &ACTS[i];
    }
    return NULL;
}
