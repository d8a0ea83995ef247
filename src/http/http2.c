/* SPDX-License-Identifier: Apache-2.0
 *
 * nghttp2's callbacks turned into marks on streams and two lists, news and sent. nghttp2 knows a
 * stream of ours by its user data, which is taken away the moment the stream ends here: whatever
 * nghttp2 has to say about it later reaches nobody.
 */
#include "http/http2.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "http/http1_parser.h"
#include "http/http2_memory.h"
#include "http/http2_private.h"

/* nghttp2 would refuse to send heads over 64 KiB; URLs and cookies may be longer. */
#define MAX_SENT_HEAD_BYTES ((size_t)64 << 20)

/* Of a frame (RFC 9113 §4.1). */
#define FRAME_HEAD_BYTES 9

/* What a field costs beside its text (RFC 9113 §6.5.2). */
#define FIELD_OVERHEAD_BYTES 32

struct http2 {
    nghttp2_session *session;
    struct http2_memory memory; /* the session's */
    const struct http1_limits *limits;
    struct list news, sent;
    struct http2_stream *reading; /* whose header block comes in */
    struct http2_failure failure;
    uint32_t active;
    bool is_spoken, is_settled; /* anything came; SETTINGS came */
    bool is_going;              /* GOAWAY came */
    uint32_t going_code;
};

static const struct http1_events NO_EVENTS = {0};

const char *http2_end_text(enum http2_end end)
{
    static const char *const texts[] = {
#define X(symbol, text) text,
        HTTP2_ENDS(X)
#undef X
    };
    return texts[end];
}

const char *http2_code_name(uint32_t error_code)
{
    return nghttp2_http2_strerror(error_code);
}

static struct http2_stream *stream_of(nghttp2_session *session, int32_t id)
{
    return nghttp2_session_get_stream_user_data(session, id);
}

static int fail(struct http2 *http2, const char *text, uint32_t error_code)
{
    if (!http2->failure.text)
        http2->failure = (struct http2_failure){text, error_code};
    return -1;
}

/* What came breaks the protocol. A server that does not begin with SETTINGS (RFC 9113 §3.4) was
 * asked without being sure that it speaks HTTP/2. */
static int fail_protocol(struct http2 *http2, const char *text, uint32_t error_code)
{
    return fail(
        http2,
        http2->is_settled ? text : "what the server says is not HTTP/2; do not ask for HTTP/2 here",
        error_code);
}

/* Streams */

static void note(struct http2 *http2, struct http2_stream *stream)
{
    if (!list_linked(&stream->news))
        list_push_back(&http2->news, &stream->news);
}

/* nghttp2 forgets it; the caller has to hear of it. */
static void detach(struct http2 *http2, struct http2_stream *stream)
{
    nghttp2_session_set_stream_user_data(http2->session, stream->id, NULL);
    if (http2->reading == stream)
        http2->reading = NULL;
    list_remove(&stream->sent);
    stream->id = 0;
    http2->active--;
}

static void end(struct http2 *http2, struct http2_stream *stream, enum http2_end how,
                uint32_t error_code)
{
    detach(http2, stream);
    stream->end = how;
    stream->error_code = error_code;
    note(http2, stream);
}

/* Ours to end: the peer hears why. */
static void stop(struct http2 *http2, struct http2_stream *stream, enum http2_end how,
                 uint32_t error_code)
{
    nghttp2_submit_rst_stream(http2->session, NGHTTP2_FLAG_NONE, stream->id, error_code);
    end(http2, stream, how, error_code);
}

/* Responses */

static int on_begin_headers(nghttp2_session *session, const nghttp2_frame *frame, void *arg)
{
    struct http2 *http2 = arg;
    struct http2_stream *stream = stream_of(session, frame->hd.stream_id);
    http2->reading = NULL;
    /* Pushed before our SETTINGS arrived: refused. */
    if (frame->hd.type != NGHTTP2_HEADERS)
        return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    if (!stream)
        return 0;
    http2->reading = stream;
    stream->is_heard = true;
    stream->wire_bytes += FRAME_HEAD_BYTES + frame->hd.length;
    stream->head_bytes = 0;
    stream->field_count = 0;
    note(http2, stream);
    return 0;
}

static unsigned parse_status(const uint8_t *digits)
{
    return (unsigned)(digits[0] - '0') * 100 + (unsigned)(digits[1] - '0') * 10 +
           (unsigned)(digits[2] - '0');
}

/* nghttp2 has checked that it is one number below 2^63. */
static int64_t parse_length(struct span value)
{
    int64_t length = 0;
    for (size_t i = 0; i < value.len; i++)
        length = length * 10 + (value.ptr[i] - '0');
    return length;
}

/* nghttp2 has checked that there is one, of three digits, before all else. */
static void take_status(struct http2 *http2, struct http2_stream *stream, const uint8_t *digits)
{
    stream->status = (uint16_t)parse_status(digits);
    if (stream->status < 100)
        stop(http2, stream, HTTP2_END_MALFORMED, NGHTTP2_PROTOCOL_ERROR);
    else if (stream->status >= 200 && stream->events->on_status)
        stream->events->on_status(stream->arg, 0, stream->status, SPAN(""));
}

static void take_field(struct http2_stream *stream, struct span name, struct span value)
{
    const struct http1_events *events = stream->events;
    if (stream->is_final) {
        if (events->on_trailer)
            events->on_trailer(stream->arg, name, value);
        return;
    }
    if (stream->status < 200)
        return;
    if (name.len == 14 && span_equal(name, SPAN("content-length")))
        stream->content_length = parse_length(value);
    if (events->on_header)
        events->on_header(stream->arg, name, value);
}

static enum http2_end check_limits(const struct http2 *http2, struct http2_stream *stream,
                                   size_t field_bytes)
{
    if (stream->field_count++ >= http2->limits->fields)
        return HTTP2_END_TOO_MANY_FIELDS;
    stream->head_bytes += field_bytes + FIELD_OVERHEAD_BYTES;
    if (stream->head_bytes > http2->limits->head_bytes)
        return HTTP2_END_HEAD_TOO_LONG;
    return HTTP2_END_NONE;
}

static int on_header(nghttp2_session *session, const nghttp2_frame *frame, const uint8_t *name,
                     size_t name_len, const uint8_t *value, size_t value_len, uint8_t flags,
                     void *arg)
{
    struct http2 *http2 = arg;
    struct http2_stream *stream = http2->reading;
    if (!stream)
        return 0;
    if (name[0] == ':') {
        take_status(http2, stream, value);
        return 0;
    }
    enum http2_end too_much = check_limits(http2, stream, name_len + value_len);
    if (UNLIKELY(too_much != HTTP2_END_NONE)) {
        stop(http2, stream, too_much, NGHTTP2_CANCEL);
        return 0;
    }
    take_field(stream, span_of((const char *)name, name_len),
               span_of((const char *)value, value_len));
    return 0;
}

/* nghttp2 would leave out fields that it does not like; an answer that has one is refused. */
static int on_invalid_header(nghttp2_session *session, const nghttp2_frame *frame,
                             const uint8_t *name, size_t name_len, const uint8_t *value,
                             size_t value_len, uint8_t flags, void *arg)
{
    struct http2 *http2 = arg;
    if (http2->reading)
        stop(http2, http2->reading, HTTP2_END_MALFORMED, NGHTTP2_PROTOCOL_ERROR);
    return 0;
}

/* What is left of the request is not wanted any more (RFC 9113 §8.1). */
static void complete(struct http2 *http2, struct http2_stream *stream)
{
    if (stream->is_sent)
        end(http2, stream, HTTP2_END_WHOLE, 0);
    else
        stop(http2, stream, HTTP2_END_WHOLE, NGHTTP2_CANCEL);
}

static void finish_head(struct http2 *http2, struct http2_stream *stream)
{
    if (stream->status < 200) {
        if (stream->interim_count++ >= http2->limits->interim)
            stop(http2, stream, HTTP2_END_TOO_MANY_INTERIM, NGHTTP2_CANCEL);
        return;
    }
    stream->is_final = true;
    if (stream->events->on_headers_done)
        stream->events->on_headers_done(stream->arg);
    if (stream->content_length > 0 && http2_stream_has_body(stream) &&
        (uint64_t)stream->content_length > http2->limits->body_bytes)
        stop(http2, stream, HTTP2_END_BODY_TOO_LONG, NGHTTP2_CANCEL);
}

static void finish_headers(struct http2 *http2, const nghttp2_frame *frame)
{
    struct http2_stream *stream = http2->reading;
    if (stream && !stream->is_final)
        finish_head(http2, stream);
    stream = http2->reading;
    if (stream && (frame->hd.flags & NGHTTP2_FLAG_END_STREAM))
        complete(http2, stream);
    http2->reading = NULL;
}

static int on_data(nghttp2_session *session, uint8_t flags, int32_t id, const uint8_t *bytes,
                   size_t len, void *arg)
{
    struct http2 *http2 = arg;
    struct http2_stream *stream = stream_of(session, id);
    nghttp2_session_consume_connection(session, len);
    if (!stream)
        return 0;
    uint64_t room = http2->limits->body_bytes - stream->body_bytes;
    size_t taken = (size_t)MIN_OF((uint64_t)len, room);
    stream->body_bytes += taken;
    note(http2, stream);
    if (taken > 0 && stream->events->on_body)
        stream->events->on_body(stream->arg, span_of((const char *)bytes, taken));
    if (taken < len) {
        stop(http2, stream, HTTP2_END_BODY_TOO_LONG, NGHTTP2_CANCEL);
        return 0;
    }
    if (UNLIKELY(stream->is_paused))
        stream->unconsumed_bytes += len;
    else
        nghttp2_session_consume_stream(session, id, len);
    return 0;
}

static void finish_data(struct http2 *http2, struct http2_stream *stream,
                        const nghttp2_frame *frame)
{
    stream->wire_bytes += FRAME_HEAD_BYTES + frame->hd.length;
    if (frame->hd.flags & NGHTTP2_FLAG_END_STREAM)
        complete(http2, stream);
}

static void take_goaway(struct http2 *http2, const nghttp2_goaway *goaway)
{
    http2->is_going = true;
    http2->going_code = goaway->error_code;
}

static int on_frame_recv(nghttp2_session *session, const nghttp2_frame *frame, void *arg)
{
    struct http2 *http2 = arg;
    struct http2_stream *stream;
    switch (frame->hd.type) {
    case NGHTTP2_HEADERS:
        finish_headers(http2, frame);
        break;
    case NGHTTP2_DATA:
        stream = stream_of(session, frame->hd.stream_id);
        if (stream)
            finish_data(http2, stream, frame);
        break;
    case NGHTTP2_RST_STREAM:
        stream = stream_of(session, frame->hd.stream_id);
        if (stream)
            end(http2, stream,
                frame->rst_stream.error_code == NGHTTP2_REFUSED_STREAM ? HTTP2_END_REFUSED
                                                                       : HTTP2_END_RESET,
                frame->rst_stream.error_code);
        break;
    case NGHTTP2_SETTINGS:
        http2->is_settled = true;
        break;
    case NGHTTP2_GOAWAY:
        take_goaway(http2, &frame->goaway);
        break;
    default:
        break;
    }
    return 0;
}

/* Only what did not end here before: streams above the last one of a GOAWAY or still unsent when it
 * came, and those that nghttp2 resets because the response breaks HTTP's own rules. */
static int on_stream_close(nghttp2_session *session, int32_t id, uint32_t error_code, void *arg)
{
    struct http2_stream *stream = stream_of(session, id);
    if (!stream)
        return 0;
    bool is_refused = error_code == NGHTTP2_REFUSED_STREAM || !stream->is_begun;
    end(arg, stream, is_refused ? HTTP2_END_REFUSED : HTTP2_END_MALFORMED,
        is_refused ? NGHTTP2_REFUSED_STREAM : error_code);
    return 0;
}

/* Requests */

static ssize_t read_body(nghttp2_session *session, int32_t id, uint8_t *out, size_t room,
                         uint32_t *flags, nghttp2_data_source *source, void *arg)
{
    struct http2_stream *stream = stream_of(session, id);
    if (!stream)
        return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    struct span piece = span_head(stream->body, room);
    memcpy(out, piece.ptr, piece.len);
    stream->body = span_from(stream->body, piece.len);
    if (stream->body.len == 0)
        *flags |= NGHTTP2_DATA_FLAG_EOF;
    return (ssize_t)piece.len;
}

static void note_sent(struct http2 *http2, const nghttp2_frame *frame)
{
    struct http2_stream *stream = stream_of(http2->session, frame->hd.stream_id);
    if (!stream)
        return;
    stream->is_begun = true;
    if (!(frame->hd.flags & NGHTTP2_FLAG_END_STREAM))
        return;
    stream->is_sent = true;
    list_push_back(&http2->sent, &stream->sent);
}

/* A GOAWAY of ours with an error ends the connection: nghttp2 found something that it must not
 * forgive. */
static int on_frame_send(nghttp2_session *session, const nghttp2_frame *frame, void *arg)
{
    struct http2 *http2 = arg;
    uint32_t error_code;
    switch (frame->hd.type) {
    case NGHTTP2_HEADERS:
    case NGHTTP2_DATA:
        note_sent(http2, frame);
        break;
    case NGHTTP2_GOAWAY:
        error_code = frame->goaway.error_code;
        if (error_code)
            fail_protocol(http2, http2_code_name(error_code), error_code);
        break;
    default:
        break;
    }
    return 0;
}

static void require(int result)
{
    if (result != 0)
        mem_exhausted(1, sizeof(struct http2));
}

static nghttp2_session_callbacks *make_callbacks(void)
{
    nghttp2_session_callbacks *callbacks;
    require(nghttp2_session_callbacks_new(&callbacks));
    nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, on_begin_headers);
    nghttp2_session_callbacks_set_on_header_callback(callbacks, on_header);
    nghttp2_session_callbacks_set_on_invalid_header_callback(callbacks, on_invalid_header);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, on_data);
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, on_frame_recv);
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, on_stream_close);
    nghttp2_session_callbacks_set_on_frame_send_callback(callbacks, on_frame_send);
    return callbacks;
}

static void make_session(struct http2 *http2)
{
    nghttp2_mem calls = http2_memory_calls(&http2->memory);
    nghttp2_option *option;
    nghttp2_session_callbacks *callbacks = make_callbacks();
    require(nghttp2_option_new(&option));
    nghttp2_option_set_no_auto_window_update(option, 1);
    nghttp2_option_set_max_send_header_block_length(option, MAX_SENT_HEAD_BYTES);
    require(nghttp2_session_client_new3(&http2->session, callbacks, http2, option, &calls));
    nghttp2_option_del(option);
    nghttp2_session_callbacks_del(callbacks);
}

struct http2 *http2_new(const struct http1_limits *limits, int32_t stream_window)
{
    const nghttp2_settings_entry settings[] = {
        {NGHTTP2_SETTINGS_ENABLE_PUSH, 0},
        {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, (uint32_t)stream_window},
        {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE,
         (uint32_t)MIN_OF(limits->head_bytes, (size_t)UINT32_MAX)},
    };
    struct http2 *http2 = NEW(struct http2);
    http2->limits = limits;
    list_init(&http2->news);
    list_init(&http2->sent);
    make_session(http2);
    nghttp2_submit_settings(http2->session, NGHTTP2_FLAG_NONE, settings, COUNT_OF(settings));
    nghttp2_session_set_local_window_size(http2->session, NGHTTP2_FLAG_NONE, 0, HTTP2_LARGE_WINDOW);
    return http2;
}

void http2_free(struct http2 **ptr)
{
    struct http2 *http2 = *ptr;
    if (!http2)
        return;
    nghttp2_session_del(http2->session);
    http2_memory_done(&http2->memory);
    free(http2);
    *ptr = NULL;
}

bool http2_is_open(const struct http2 *http2)
{
    return !http2->is_going && !http2->failure.text &&
           nghttp2_session_check_request_allowed(http2->session);
}

uint32_t http2_active(const struct http2 *http2)
{
    return http2->active;
}

uint32_t http2_max_active(const struct http2 *http2)
{
    return nghttp2_session_get_remote_settings(http2->session,
                                               NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS);
}

void http2_start(struct http2 *http2, struct http2_stream *stream, const struct http2_head *head,
                 struct span body, const struct http1_events *events, void *arg)
{
    const nghttp2_data_provider provider = {.read_callback = read_body};
    *stream = (struct http2_stream){
        .is_head_request = head->is_head,
        .body = body,
        .events = events ? events : &NO_EVENTS,
        .arg = arg,
        .content_length = -1,
    };
    stream->id = nghttp2_submit_request(http2->session, NULL, head->fields, head->count,
                                        body.len ? &provider : NULL, stream);
    assert(stream->id > 0);
    http2->active++;
}

void http2_cancel(struct http2 *http2, struct http2_stream *stream)
{
    if (stream->id) {
        nghttp2_submit_rst_stream(http2->session, NGHTTP2_FLAG_NONE, stream->id, NGHTTP2_CANCEL);
        detach(http2, stream);
    }
    list_remove(&stream->news);
}

void http2_pause(struct http2_stream *stream)
{
    stream->is_paused = true;
}

void http2_resume(struct http2 *http2, struct http2_stream *stream)
{
    stream->is_paused = false;
    if (stream->id && stream->unconsumed_bytes)
        nghttp2_session_consume_stream(http2->session, stream->id, stream->unconsumed_bytes);
    stream->unconsumed_bytes = 0;
}

/* A server that was asked without being sure that it speaks HTTP/2. */
static bool is_http1(const struct http2 *http2, struct span bytes)
{
    return !http2->is_spoken && span_starts_with(bytes, SPAN("HTTP/1."));
}

int http2_feed(struct http2 *http2, struct span bytes)
{
    if (http2->failure.text)
        return -1;
    if (is_http1(http2, bytes))
        return fail(http2, "the server answers in HTTP/1.1; do not ask for HTTP/2 here",
                    NGHTTP2_HTTP_1_1_REQUIRED);
    http2->is_spoken = true;
    ssize_t used = nghttp2_session_mem_recv(http2->session, (const uint8_t *)bytes.ptr, bytes.len);
    if (UNLIKELY(used < 0))
        return fail_protocol(http2, nghttp2_strerror((int)used), NGHTTP2_PROTOCOL_ERROR);
    return 0;
}

int http2_pull(struct http2 *http2, struct strbuf *out, size_t enough)
{
    while (out->len < enough) {
        const uint8_t *bytes;
        ssize_t len = nghttp2_session_mem_send(http2->session, &bytes);
        if (UNLIKELY(len < 0))
            return fail(http2, nghttp2_strerror((int)len), NGHTTP2_INTERNAL_ERROR);
        if (len == 0)
            break;
        strbuf_add(out, bytes, (size_t)len);
    }
    return http2->failure.text ? -1 : 0;
}

bool http2_has_output(const struct http2 *http2)
{
    return nghttp2_session_want_write(http2->session);
}

struct http2_stream *http2_next_sent(struct http2 *http2)
{
    struct list *item = list_pop_front(&http2->sent);
    return item ? CONTAINER_OF(item, struct http2_stream, sent) : NULL;
}

struct http2_stream *http2_next(struct http2 *http2)
{
    struct list *item = list_pop_front(&http2->news);
    return item ? CONTAINER_OF(item, struct http2_stream, news) : NULL;
}

struct http2_failure http2_failure(const struct http2 *http2)
{
    return http2->failure;
}

bool http2_is_going(const struct http2 *http2, uint32_t *ret_error_code)
{
    if (http2->is_going)
        *ret_error_code = http2->going_code;
    return http2->is_going;
}

bool http2_stream_has_body(const struct http2_stream *stream)
{
    return !stream->is_head_request && stream->status != 204 && stream->status != 304;
}
