/* SPDX-License-Identifier: Apache-2.0
 *
 * Shapes and spellings are k6's: canonical header names with repeated ones joined, "200 OK",
 * "HTTP/1.1", milliseconds.
 */
#include "script/k6/response_parts.h"

#include "base/strbuf.h"
#include "http/cookie.h"
#include "http/headers.h"
#include "script/k6/js.h"
#include "script/k6/response.h"

/* What Go's zero time is in milliseconds since 1970, as k6 shows a cookie without Expires. */
#define NO_EXPIRY_MS (-6795364578871LL)

JSValue response_status_text(JSContext *ctx, const struct response *answer)
{
    if (!answer->status)
        return JS_NewString(ctx, "");
    AUTO(strbuf_done) struct strbuf text = STRBUF_INIT(answer->status_text.len + 16);
    strbuf_addf(&text, "%d %.*s", answer->status, SPAN_ARG(answer->status_text));
    return js_string(ctx, span_trim(strbuf_span(&text)));
}

JSValue response_proto(JSContext *ctx, const struct response *answer)
{
    if (!answer->status)
        return JS_NewString(ctx, "");
    if (answer->is_http2)
        return JS_NewString(ctx, "HTTP/2.0");
    return JS_NewString(ctx, answer->http_minor ? "HTTP/1.1" : "HTTP/1.0");
}

static void set_span(JSContext *ctx, JSValueConst obj, struct span key, JSValue value)
{
    JSAtom atom = JS_NewAtomLen(ctx, key.ptr, key.len);
    JS_DefinePropertyValue(ctx, obj, atom, value, JS_PROP_C_W_E);
    JS_FreeAtom(ctx, atom);
}

static bool seen_before(const struct headers *headers, size_t index)
{
    return headers_find(headers, headers->items[index].name) != &headers->items[index];
}

JSValue response_headers(JSContext *ctx, struct arena *arena, const struct headers *headers)
{
    JSValue obj = JS_NewObject(ctx);
    for (size_t i = 0; i < headers->count; i++) {
        if (seen_before(headers, i))
            continue;
        struct span name = headers->items[i].name;
        set_span(ctx, obj, headers_canonical_name(arena, name),
                 js_string(ctx, headers_joined(headers, arena, name)));
    }
    return obj;
}

static JSValue cookie_object(JSContext *ctx, const struct cookie *cookie)
{
    JSValue obj = JS_NewObject(ctx);
    js_set(ctx, obj, "name", js_string(ctx, cookie->name));
    js_set(ctx, obj, "value", js_string(ctx, cookie->value));
    js_set(ctx, obj, "domain", js_string(ctx, cookie->domain));
    js_set(ctx, obj, "path", js_string(ctx, cookie->path));
    js_set(ctx, obj, "http_only", JS_NewBool(ctx, cookie->http_only));
    js_set(ctx, obj, "secure", JS_NewBool(ctx, cookie->secure));
    js_set(ctx, obj, "max_age", JS_NewInt64(ctx, cookie->has_max_age ? cookie->max_age_s : 0));
    js_set(ctx, obj, "expires",
           JS_NewInt64(ctx, cookie->has_expires ? cookie->expires_s * 1000 : NO_EXPIRY_MS));
    return obj;
}

JSValue response_cookies(JSContext *ctx, const struct response *answer)
{
    JSValue obj = JS_NewObject(ctx);
    for (size_t i = 0; i < answer->headers.count; i++) {
        const struct header *header = &answer->headers.items[i];
        struct cookie cookie;
        if (span_equal_nocase(header->name, SPAN("Set-Cookie")) &&
            cookie_parse(header->value, &cookie) == 0)
            js_append(ctx, obj, cookie.name, cookie_object(ctx, &cookie));
    }
    return obj;
}

JSValue response_body(JSContext *ctx, const struct response *answer, bool binary)
{
    if (!answer->body.ptr)
        return JS_NULL;
    if (binary)
        return js_array_buffer(ctx, answer->body);
    return js_string(ctx, answer->body);
}

JSValue response_timings(struct js *js, const struct timings *timings)
{
    const struct {
        enum js_atom atom;
        nsec_t ns;
    } rows[] = {
        {ATOM_duration, timings_duration_ns(timings)},
        {ATOM_blocked, timings->blocked_ns},
        {ATOM_looking_up, 0},
        {ATOM_connecting, timings->connecting_ns},
        {ATOM_tls_handshaking, timings->tls_handshaking_ns},
        {ATOM_sending, timings->sending_ns},
        {ATOM_waiting, timings->waiting_ns},
        {ATOM_receiving, timings->receiving_ns},
    };

    JSValue obj = JS_NewObject(js->ctx);
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        JS_DefinePropertyValue(js->ctx, obj, js->atoms[rows[i].atom],
                               JS_NewFloat64(js->ctx, nsec_to_ms(rows[i].ns)), JS_PROP_C_W_E);
    return obj;
}

/* Stapled OCSP answers are not read; k6 shows the same zeros when there is none. */
JSValue response_ocsp(JSContext *ctx)
{
    JSValue obj = JS_NewObject(ctx);
    static const char *const TIMES[] = {"produced_at", "this_update", "next_update", "revoked_at"};
    for (size_t i = 0; i < COUNT_OF(TIMES); i++)
        js_set(ctx, obj, TIMES[i], JS_NewInt32(ctx, 0));
    js_set(ctx, obj, "revocation_reason", JS_NewString(ctx, ""));
    js_set(ctx, obj, "status", JS_NewString(ctx, ""));
    return obj;
}

static JSValue header_lists(JSContext *ctx, struct arena *arena, const struct headers *headers)
{
    JSValue obj = JS_NewObject(ctx);
    for (size_t i = 0; i < headers->count; i++)
        js_append(ctx, obj, headers_canonical_name(arena, headers->items[i].name),
                  js_string(ctx, headers->items[i].value));
    return obj;
}

/* The cookies of a Cookie header as k6 lists them: { name: [{ name, value, replace }] }. */
static JSValue sent_cookies(JSContext *ctx, const struct headers *headers)
{
    JSValue obj = JS_NewObject(ctx);
    struct span rest = headers_get(headers, SPAN("Cookie"));
    while (rest.len) {
        struct span value, pair = span_cut(rest, ';', &rest);
        struct span name = span_trim(span_cut(pair, '=', &value));
        JSValue cookie = JS_NewObject(ctx);
        js_set(ctx, cookie, "name", js_string(ctx, name));
        js_set(ctx, cookie, "value", js_string(ctx, span_trim(value)));
        js_set(ctx, cookie, "replace", JS_FALSE);
        js_append(ctx, obj, name, cookie);
    }
    return obj;
}

JSValue response_request(JSContext *ctx, const struct js_response *response)
{
    const struct request *request = &response->request;
    const struct response *answer = &request->response;
    struct arena scratch;
    arena_init(&scratch, 1024);
    JSValue obj = JS_NewObject(ctx);
    struct span method = answer->request_method.ptr ? answer->request_method : request->method;
    js_set(ctx, obj, "method", js_string(ctx, method));
    js_set(ctx, obj, "url", js_string(ctx, answer->url.ptr ? answer->url : request->url));
    js_set(ctx, obj, "headers", header_lists(ctx, &scratch, &answer->request_headers));
    js_set(ctx, obj, "body",
           JS_IsString(response->sent_body) ? JS_DupValue(ctx, response->sent_body)
                                            : js_string(ctx, request->body));
    js_set(ctx, obj, "cookies", sent_cookies(ctx, &answer->request_headers));
    arena_done(&scratch);
    return obj;
}

/* QuickJS reports the place as "<response body>:LINE:COLUMN" in the stack. */
JSValue response_json_error(JSContext *ctx, struct span body)
{
    JSValue error = JS_GetException(ctx);
    JSValue message = JS_GetPropertyStr(ctx, error, "message");
    JSValue line = JS_GetPropertyStr(ctx, error, "lineNumber");
    JSValue column = JS_GetPropertyStr(ctx, error, "columnNumber");
    const char *text = JS_ToCString(ctx, message);
    int32_t line_number = 0, column_number = 0;
    JS_ToInt32(ctx, &line_number, line);
    JS_ToInt32(ctx, &column_number, column);
    js_throw(ctx, "cannot parse json due to an error at line %d, character %d , error: %s",
             line_number, column_number, text ? text : "");
    JS_FreeCString(ctx, text);
    JSValue all[] = {error, message, line, column};
    for (size_t i = 0; i < COUNT_OF(all); i++)
        JS_FreeValue(ctx, all[i]);
    return JS_EXCEPTION;
}
