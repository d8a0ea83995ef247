/* SPDX-License-Identifier: Apache-2.0
 *
 * Each known key of the params object has one reader; others are ignored, as k6 does. Texts are
 * copied into the request's arena, the body is not: its string stays referenced instead.
 */
#include "script/k6/request_args.h"

#include <stdlib.h>

#include "base/log.h"
#include "load/duration.h"
#include "load/host.h"
#include "load/plan.h"
#include "script/k6/jar.h"
#include "script/k6/request_body.h"
#include "script/k6/response.h"
#include "script/k6/statuses.h"
#include "script/k6/tag_args.h"

struct param_reader {
    struct js *js;
    struct request_args *args;
    struct js_response *response;
};

typedef int read_param_fn(struct param_reader *reader, JSValueConst value);

static int read_header(JSContext *ctx, struct span name, JSValueConst value, void *arg)
{
    struct js_response *response = arg;
    struct span text = js_to_span(ctx, value);
    if (!text.ptr)
        return -1;
    if (span_equal_nocase(name, SPAN("Content-Length")))
        log_printf(js_of(ctx)->log, LOG_WARNING,
                   "The specified Content-Length header \"%.*s\" is ignored: the length of the "
                   "body decides",
                   SPAN_ARG(text));
    else
        headers_set(&response->request.headers, &response->arena, name, text);
    JS_FreeCString(ctx, text.ptr);
    return 0;
}

static int read_headers(struct param_reader *reader, JSValueConst value)
{
    return JS_IsObject(value) ? js_each(reader->js->ctx, value, read_header, reader->response) : 0;
}

struct cookie_reader {
    struct js_response *response;
    struct request_cookie *cookies;
    size_t count, cap;
};

static void keep_cookie(struct cookie_reader *reader, struct request_cookie cookie)
{
    struct arena *arena = &reader->response->arena;
    if (reader->count == reader->cap) {
        size_t cap = reader->cap ? reader->cap * 2 : 8;
        struct request_cookie *grown = ARENA_NEW_ARRAY(arena, struct request_cookie, cap);
        for (size_t i = 0; i < reader->count; i++)
            grown[i] = reader->cookies[i];
        reader->cookies = grown;
        reader->cap = cap;
    }
    reader->cookies[reader->count++] = (struct request_cookie){
        arena_dup_span(arena, cookie.name), arena_dup_span(arena, cookie.value), cookie.replace};
}

/* { name: value } or { name: { value, replace } } */
static int read_cookie(JSContext *ctx, struct span name, JSValueConst value, void *arg)
{
    bool replace = false;
    JSValue inner = JS_DupValue(ctx, value);
    if (JS_IsObject(value)) {
        JSValue flag = JS_GetPropertyStr(ctx, value, "replace");
        replace = JS_ToBool(ctx, flag) > 0;
        JS_FreeValue(ctx, flag);
        JS_FreeValue(ctx, inner);
        inner = JS_GetPropertyStr(ctx, value, "value");
    }
    struct span text = JS_IsException(inner) ? SPAN_EMPTY : js_to_span(ctx, inner);
    JS_FreeValue(ctx, inner);
    if (!text.ptr)
        return -1;
    keep_cookie(arg, (struct request_cookie){name, text, replace});
    JS_FreeCString(ctx, text.ptr);
    return 0;
}

static int read_cookies(struct param_reader *reader, JSValueConst value)
{
    struct cookie_reader cookies = {.response = reader->response};
    if (!JS_IsObject(value))
        return 0;
    int rc = js_each(reader->js->ctx, value, read_cookie, &cookies);
    reader->response->request.cookies = cookies.cookies;
    reader->response->request.cookie_count = cookies.count;
    return rc;
}

static int read_jar(struct param_reader *reader, JSValueConst value)
{
    struct cookie_jar *jar = jar_of(value);
    if (!jar) {
        js_throw(reader->js->ctx, "params.jar is not a CookieJar; make it with new "
                                  "http.CookieJar()");
        return -1;
    }
    reader->response->request.jar = jar;
    return 0;
}

/* `name` is the system tag that replaces the URL in metrics; the others are user tags. */
static int read_tags(struct param_reader *reader, JSValueConst value)
{
    struct js_response *response = reader->response;
    struct tag_args args;
    size_t kept = 0;
    int rc = tag_args_init(&args, reader->js->ctx, value, "invalid HTTP request metric tags");
    for (size_t i = 0; rc == 0 && i < args.count; i++) {
        if (span_equal(args.tags[i].key, SPAN("name")))
            response->request.name = arena_dup_span(&response->arena, args.tags[i].value);
        else
            args.tags[kept++] = args.tags[i];
    }
    if (rc == 0 && kept)
        response->request.tags = host_tags_with(reader->js->vu, args.tags, kept);
    tag_args_done(&args);
    return rc;
}

static int read_timeout(struct param_reader *reader, JSValueConst value)
{
    JSContext *ctx = reader->js->ctx;
    struct span text = js_to_span(ctx, value);
    if (!text.ptr)
        return -1;
    int rc = duration_parse(text, &reader->response->request.timeout_ns);
    if (rc < 0)
        js_throw(ctx,
                 "invalid timeout value: \"%.*s\" is no duration; write \"30s\" or a number "
                 "of milliseconds",
                 SPAN_ARG(text));
    JS_FreeCString(ctx, text.ptr);
    return rc;
}

static int read_redirects(struct param_reader *reader, JSValueConst value)
{
    int32_t count;
    if (JS_ToInt32(reader->js->ctx, &count, value) < 0)
        return -1;
    reader->response->request.max_redirects = MAX_OF(count, 0);
    return 0;
}

static int read_response_type(struct param_reader *reader, JSValueConst value)
{
    JSContext *ctx = reader->js->ctx;
    struct span text = js_to_span(ctx, value);
    if (!text.ptr)
        return -1;
    reader->response->binary = span_equal(text, SPAN("binary"));
    reader->response->request.discard_body = span_equal(text, SPAN("none"));
    bool known = reader->response->binary || reader->response->request.discard_body ||
                 span_equal(text, SPAN("text"));
    if (!known)
        js_throw(ctx, "responseType \"%.*s\" is not one of \"text\", \"binary\", \"none\"",
                 SPAN_ARG(text));
    JS_FreeCString(ctx, text.ptr);
    return known ? 0 : -1;
}

static int read_response_callback(struct param_reader *reader, JSValueConst value)
{
    return statuses_apply(reader->js->ctx, value, &reader->response->request);
}

static int read_throw(struct param_reader *reader, JSValueConst value)
{
    reader->args->throws = JS_ToBool(reader->js->ctx, value) > 0;
    return 0;
}

/* Basic authentication comes from the URL; the others need answers that we do not give. */
static int read_auth(struct param_reader *reader, JSValueConst value)
{
    JSContext *ctx = reader->js->ctx;
    struct span text = js_to_span(ctx, value);
    if (!text.ptr)
        return -1;
    bool known = text.len == 0 || span_equal(text, SPAN("basic"));
    if (!known)
        js_throw(ctx,
                 "params.auth \"%.*s\" is not supported yet; \"basic\" is, with user and "
                 "password in the URL",
                 SPAN_ARG(text));
    JS_FreeCString(ctx, text.ptr);
    return known ? 0 : -1;
}

static int read_compression(struct param_reader *reader, JSValueConst value)
{
    struct span text = js_to_span(reader->js->ctx, value);
    if (!text.ptr)
        return -1;
    bool known = text.len == 0;
    JS_FreeCString(reader->js->ctx, text.ptr);
    if (!known)
        js_throw(reader->js->ctx, "params.compression is not supported yet: send the body as it "
                                  "is, or compress it beforehand and set Content-Encoding");
    return known ? 0 : -1;
}

static const struct {
    const char *name;
    read_param_fn *read;
} READERS[] = {
    {"headers", read_headers},
    {"tags", read_tags},
    {"timeout", read_timeout},
    {"redirects", read_redirects},
    {"responseType", read_response_type},
    {"responseCallback", read_response_callback},
    {"cookies", read_cookies},
    {"jar", read_jar},
    {"throw", read_throw},
    {"auth", read_auth},
    {"compression", read_compression},
};

static int read_param(JSContext *ctx, struct span name, JSValueConst value, void *arg)
{
    bool is_callback = span_equal(name, SPAN("responseCallback"));
    if (js_nullish(value) && !(is_callback && JS_IsNull(value)))
        return 0;
    for (size_t i = 0; i < COUNT_OF(READERS); i++)
        if (span_equal(name, span_cstr(READERS[i].name)))
            return READERS[i].read(arg, value);
    return 0;
}

/* 1 when `url` is what http.url`` makes: its text and its name. 0 when not. */
static int read_template(JSContext *ctx, JSValueConst url, struct js_response *response)
{
    JSValue text = JS_GetPropertyStr(ctx, url, "url"), name = JS_GetPropertyStr(ctx, url, "name");
    int rc = JS_IsException(text) || JS_IsException(name) ? -1 : 0;
    if (JS_IsString(text) && JS_IsString(name)) {
        struct span url_text = js_to_span(ctx, text), name_text = js_to_span(ctx, name);
        response->request.url = arena_dup_span(&response->arena, url_text);
        response->request.name = arena_dup_span(&response->arena, name_text);
        JS_FreeCString(ctx, url_text.ptr);
        JS_FreeCString(ctx, name_text.ptr);
        rc = 1;
    }
    JS_FreeValue(ctx, text);
    JS_FreeValue(ctx, name);
    return rc;
}

static int read_url(JSContext *ctx, JSValueConst url, struct js_response *response)
{
    if (js_nullish(url)) {
        js_throw(ctx, "invalid URL: the first argument is missing");
        return -1;
    }
    int is_template = JS_IsObject(url) ? read_template(ctx, url, response) : 0;
    if (is_template)
        return MIN_OF(is_template, 0);
    struct span text = js_to_span(ctx, url);
    if (!text.ptr)
        return -1;
    response->request.url = arena_dup_span(&response->arena, text);
    JS_FreeCString(ctx, text.ptr);
    return 0;
}

static int encode_form(struct js *js, JSValueConst body, struct js_response *response)
{
    struct request *request = &response->request;
    struct span type;
    if (request_body_encode(js, body, &response->arena, &request->body, &type) < 0)
        return -1;
    headers_set(&request->headers, &response->arena, SPAN("Content-Type"), type);
    return 0;
}

static bool is_plain_object(JSContext *ctx, JSValueConst body)
{
    return JS_IsObject(body) && !JS_IsFunction(ctx, body) && JS_IsArray(ctx, body) <= 0;
}

static int read_body(struct js *js, struct request_args *args, struct js_response *response)
{
    JSContext *ctx = js->ctx;
    if (js_nullish(args->body))
        return 0;
    if (js_bytes_init(ctx, &args->sent, args->body) == 0) {
        response->request.body = args->sent.span;
        if (JS_IsString(args->body))
            response->sent_body = JS_DupValue(ctx, args->body);
        return 0;
    }
    if (!is_plain_object(ctx, args->body))
        return -1;
    js_drop_exception(ctx);
    return encode_form(js, args->body, response);
}

int request_args_read(struct js *js, struct request_args *args, struct js_response *response)
{
    args->throws = host_plan(js->vu)->throw_on_error;
    if (statuses_apply(js->ctx, js->response_callback, &response->request) < 0 ||
        read_url(js->ctx, args->url, response) < 0 || read_body(js, args, response) < 0)
        return -1;
    struct param_reader reader = {js, args, response};
    return JS_IsObject(args->params) ? js_each(js->ctx, args->params, read_param, &reader) : 0;
}

void request_args_done(struct js *js, struct request_args *args)
{
    js_bytes_done(js->ctx, &args->sent);
}
