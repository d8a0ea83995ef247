/* SPDX-License-Identifier: Apache-2.0
 *
 * A table of acts over nghttp2's server session. A stream's answer is a count of bytes still to be
 * sent, made by the data callback.
 */
#include "support/h2_server.h"

#include <assert.h>
#include <nghttp2/nghttp2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/list.h"
#include "base/mem.h"

struct stream {
    struct list link;
    struct h2_server *server;
    int32_t id;
    char method[16], path[256];
    struct strbuf line;
    size_t got_bytes;
    size_t left_bytes; /* of the answer's body */
    char fill;
    uint32_t reset_code; /* after the last byte; UINT32_MAX: a plain end */
    bool has_trailers, hangs, is_answered;
};

struct h2_server {
    nghttp2_session *session;
    struct list streams;
    struct strbuf log;
    size_t request_count;
    int32_t last_id; /* later streams are ignored, as after GOAWAY */
    bool is_garbage;
};

#define MAX_FIELDS 1000
#define PLAIN_END  UINT32_MAX
#define NV(name, value)                                                                            \
    {                                                                                              \
        (uint8_t *)(name), (uint8_t *)(value), strlen(name), strlen(value), 0                      \
    }

static void finish_data(struct stream *stream, uint32_t *flags)
{
    const nghttp2_nv trailer = NV("x-t", "1");
    nghttp2_session *session = stream->server->session;
    *flags |= NGHTTP2_DATA_FLAG_EOF;
    if (stream->has_trailers) {
        *flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM;
        nghttp2_submit_trailer(session, stream->id, &trailer, 1);
    } else if (stream->reset_code != PLAIN_END) {
        *flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM;
        nghttp2_submit_rst_stream(session, 0, stream->id, stream->reset_code);
    }
}

static ssize_t give(nghttp2_session *session, int32_t id, uint8_t *out, size_t room,
                    uint32_t *flags, nghttp2_data_source *source, void *arg)
{
    struct stream *stream = source->ptr;
    size_t len = MIN_OF(room, stream->left_bytes);
    if (len == 0 && stream->hangs)
        return NGHTTP2_ERR_DEFERRED;
    if (stream->fill)
        memset(out, stream->fill, len);
    else
        memcpy(out, stream->hangs || stream->reset_code != PLAIN_END ? "half" : "hello", len);
    stream->left_bytes -= len;
    if (stream->left_bytes == 0 && !stream->hangs)
        finish_data(stream, flags);
    return (ssize_t)len;
}

static void respond(struct stream *stream, const char *status, const nghttp2_nv *more, size_t count,
                    size_t body_bytes)
{
    const nghttp2_data_provider provider = {.source.ptr = stream, .read_callback = give};
    nghttp2_nv fields[MAX_FIELDS + 1] = {NV(":status", status)};
    for (size_t i = 0; i < count; i++)
        fields[i + 1] = more[i];
    stream->left_bytes = body_bytes;
    stream->is_answered = true;
    nghttp2_submit_response(stream->server->session, stream->id, fields, count + 1,
                            body_bytes || stream->hangs ? &provider : NULL);
}

static void hello(struct stream *stream)
{
    const nghttp2_nv fields[] = {NV("content-type", "text/plain"), NV("content-length", "5")};
    respond(stream, "200", fields, COUNT_OF(fields), 5);
}

static void act_bytes(struct stream *stream, const char *rest)
{
    const nghttp2_nv length = NV("content-length", rest);
    stream->fill = 'b';
    respond(stream, "200", &length, 1, strtoul(rest, NULL, 10));
}

static void act_status(struct stream *stream, const char *rest)
{
    respond(stream, rest, NULL, 0, 0);
}

static void act_trailers(struct stream *stream, const char *rest)
{
    stream->has_trailers = true;
    respond(stream, "200", NULL, 0, 5);
}

static void act_interim(struct stream *stream, const char *rest)
{
    const nghttp2_nv fields[] = {NV(":status", "103"), NV("link", "</a>")};
    for (int i = 0; i < atoi(rest); i++)
        nghttp2_submit_headers(stream->server->session, 0, stream->id, NULL, fields, 2, NULL);
    hello(stream);
}

static void act_echo(struct stream *stream, const char *rest)
{
    char got[24];
    snprintf(got, sizeof(got), "%zu", stream->got_bytes);
    const nghttp2_nv field = NV("x-got", got);
    respond(stream, "200", &field, 1, 0);
}

static void act_reset(struct stream *stream, const char *rest)
{
    nghttp2_submit_rst_stream(stream->server->session, 0, stream->id, (uint32_t)atoi(rest));
}

static void act_half(struct stream *stream, const char *rest)
{
    stream->reset_code = (uint32_t)atoi(rest);
    respond(stream, "200", NULL, 0, 4);
}

static void go_away(struct h2_server *server, int32_t last_id, const char *code)
{
    server->last_id = last_id;
    nghttp2_submit_goaway(server->session, 0, last_id, (uint32_t)atoi(code), NULL, 0);
}

static void act_goaway(struct stream *stream, const char *rest)
{
    go_away(stream->server, MAX_OF(stream->id - 2, 0), rest);
}

static void act_last(struct stream *stream, const char *rest)
{
    go_away(stream->server, stream->id, rest);
    hello(stream);
}

static void act_ping(struct stream *stream, const char *rest)
{
    nghttp2_submit_ping(stream->server->session, 0, NULL);
    hello(stream);
}

static void act_silent(struct stream *stream, const char *rest)
{
    stream->is_answered = true;
}

static void act_hang(struct stream *stream, const char *rest)
{
    stream->hangs = true;
    respond(stream, "200", NULL, 0, 4);
}

static void act_fields(struct stream *stream, const char *rest)
{
    nghttp2_nv fields[MAX_FIELDS];
    size_t count = MIN_OF((size_t)atoi(rest), (size_t)MAX_FIELDS);
    for (size_t i = 0; i < count; i++)
        fields[i] = (nghttp2_nv)NV("x-field", "value");
    respond(stream, "200", fields, count, 0);
}

static void act_liar(struct stream *stream, const char *rest)
{
    const nghttp2_nv field = NV("content-length", "10");
    respond(stream, "200", &field, 1, 5);
}

static void act_bad_field(struct stream *stream, const char *rest)
{
    nghttp2_nv field = NV("X-Bad", "1");
    field.flags = NGHTTP2_NV_FLAG_NO_COPY_NAME;
    respond(stream, "200", &field, 1, 0);
}

static void act_window(struct stream *stream, const char *rest)
{
    char room[16];
    snprintf(room, sizeof(room), "%d",
             nghttp2_session_get_stream_remote_window_size(stream->server->session, stream->id));
    const nghttp2_nv field = NV("x-window", room);
    stream->fill = 'w';
    respond(stream, "200", &field, 1, 100000);
}

static void act_garbage(struct stream *stream, const char *rest)
{
    stream->server->is_garbage = true;
}

static void act_hello(struct stream *stream, const char *rest)
{
    hello(stream);
}

static const struct act {
    const char *prefix;
    void (*run)(struct stream *stream, const char *rest);
    bool at_head; /* without waiting for the body */
} ACTS[] = {
    {"/bytes/", act_bytes, false},
    {"/status/", act_status, false},
    {"/trailers", act_trailers, false},
    {"/interim/", act_interim, false},
    {"/echo", act_echo, false},
    {"/early", act_hello, true},
    {"/reset/", act_reset, true},
    {"/half/", act_half, false},
    {"/goaway/", act_goaway, false},
    {"/last/", act_last, false},
    {"/ping", act_ping, false},
    {"/silent", act_silent, false},
    {"/hang", act_hang, false},
    {"/fields/", act_fields, false},
    {"/liar", act_liar, false},
    {"/bad-field", act_bad_field, false},
    {"/window", act_window, false},
    {"/garbage", act_garbage, false},
    {"/", act_hello, false},
};

static void run(struct stream *stream, bool at_head)
{
    const struct act *act = ACTS;
    while (strncmp(stream->path, act->prefix, strlen(act->prefix)) != 0)
        act++;
    bool is_ignored = stream->is_answered || stream->id > stream->server->last_id;
    if (!is_ignored && (!at_head || act->at_head))
        act->run(stream, stream->path + strlen(act->prefix));
}

static struct stream *stream_of(nghttp2_session *session, int32_t id)
{
    return nghttp2_session_get_stream_user_data(session, id);
}

static int on_begin_headers(nghttp2_session *session, const nghttp2_frame *frame, void *arg)
{
    struct h2_server *server = arg;
    if (frame->headers.cat != NGHTTP2_HCAT_REQUEST)
        return 0;
    struct stream *stream = NEW(struct stream);
    *stream = (struct stream){
        .server = server,
        .id = frame->hd.stream_id,
        .line = STRBUF_INIT(65536),
        .reset_code = PLAIN_END,
    };
    list_push_back(&server->streams, &stream->link);
    nghttp2_session_set_stream_user_data(session, stream->id, stream);
    return 0;
}

static int on_header(nghttp2_session *session, const nghttp2_frame *frame, const uint8_t *name,
                     size_t name_len, const uint8_t *value, size_t value_len, uint8_t flags,
                     void *arg)
{
    struct stream *stream = stream_of(session, frame->hd.stream_id);
    const char *key = (const char *)name;
    if (!stream)
        return 0;
    if (strcmp(key, ":path") == 0)
        snprintf(stream->path, sizeof(stream->path), "%s", (const char *)value);
    strbuf_addf(&stream->line, stream->line.len ? "|%s=%s" : "%s=%s", key, (const char *)value);
    return 0;
}

static int on_frame_recv(nghttp2_session *session, const nghttp2_frame *frame, void *arg)
{
    struct h2_server *server = arg;
    struct stream *stream = stream_of(session, frame->hd.stream_id);
    bool is_message = frame->hd.type == NGHTTP2_HEADERS || frame->hd.type == NGHTTP2_DATA;
    if (frame->hd.type == NGHTTP2_RST_STREAM)
        strbuf_addf(&server->log, "reset %u\n", frame->rst_stream.error_code);
    if (frame->hd.type == NGHTTP2_PING && frame->hd.flags & NGHTTP2_FLAG_ACK)
        strbuf_adds(&server->log, "pong\n");
    if (!is_message || !stream)
        return 0;
    if (frame->hd.type == NGHTTP2_HEADERS) {
        server->request_count++;
        strbuf_addf(&server->log, "%s\n", strbuf_cstr(&stream->line));
        run(stream, true);
    }
    if (frame->hd.flags & NGHTTP2_FLAG_END_STREAM)
        run(stream, false);
    return 0;
}

static int on_data(nghttp2_session *session, uint8_t flags, int32_t id, const uint8_t *bytes,
                   size_t len, void *arg)
{
    struct stream *stream = stream_of(session, id);
    nghttp2_session_consume_connection(session, len);
    if (!stream)
        return 0;
    stream->got_bytes += len;
    if (strcmp(stream->path, "/early") != 0)
        nghttp2_session_consume_stream(session, id, len);
    return 0;
}

static void stream_free(struct stream *stream)
{
    list_remove(&stream->link);
    strbuf_done(&stream->line);
    free(stream);
}

static int on_close(nghttp2_session *session, int32_t id, uint32_t error_code, void *arg)
{
    struct stream *stream = stream_of(session, id);
    if (stream)
        stream_free(stream);
    return 0;
}

struct h2_server *h2_server_new(uint32_t max_streams)
{
    const nghttp2_settings_entry limit = {NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, max_streams};
    struct h2_server *server = NEW(struct h2_server);
    nghttp2_session_callbacks *callbacks;
    nghttp2_option *option;
    server->log = STRBUF_INIT(1 << 20);
    server->last_id = INT32_MAX;
    list_init(&server->streams);
    nghttp2_session_callbacks_new(&callbacks);
    nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, on_begin_headers);
    nghttp2_session_callbacks_set_on_header_callback(callbacks, on_header);
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, on_frame_recv);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, on_data);
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, on_close);
    nghttp2_option_new(&option);
    nghttp2_option_set_no_auto_window_update(option, 1);
    nghttp2_option_set_no_http_messaging(option, 1);
    nghttp2_session_server_new2(&server->session, callbacks, server, option);
    nghttp2_option_del(option);
    nghttp2_session_callbacks_del(callbacks);
    nghttp2_submit_settings(server->session, 0, &limit, max_streams ? 1 : 0);
    return server;
}

void h2_server_free(struct h2_server **ptr)
{
    struct h2_server *server = *ptr;
    nghttp2_session_del(server->session);
    while (!list_empty(&server->streams))
        stream_free(CONTAINER_OF(server->streams.next, struct stream, link));
    strbuf_done(&server->log);
    free(server);
    *ptr = NULL;
}

int h2_server_feed(struct h2_server *server, const void *bytes, size_t len)
{
    return nghttp2_session_mem_recv(server->session, bytes, len) < 0 ? -1 : 0;
}

void h2_server_pull(struct h2_server *server, struct strbuf *out)
{
    const uint8_t *bytes;
    ssize_t len;
    if (server->is_garbage)
        strbuf_adds(out, "this is no frame at all, and a long one");
    while (!server->is_garbage && (len = nghttp2_session_mem_send(server->session, &bytes)) > 0)
        strbuf_add(out, bytes, (size_t)len);
}

const char *h2_server_log(const struct h2_server *server)
{
    return strbuf_cstr(&server->log);
}

size_t h2_server_request_count(const struct h2_server *server)
{
    return server->request_count;
}
