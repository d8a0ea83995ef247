/* SPDX-License-Identifier: Apache-2.0
 *
 * Marshalling between scripts and http/cookie_jar.h.
 */
#include "script/k6/jar.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/mem.h"
#include "http/cookie.h"
#include "http/cookie_date.h"
#include "http/cookie_jar.h"
#include "http/url.h"
#include "load/host.h"
#include "script/k6/js.h"

struct js_jar {
    struct cookie_jar *jar;
    bool owned;
};

static void finalize(JSRuntime *rt, JSValue obj)
{
    struct js_jar *holder = JS_GetOpaque(obj, CLASS_JAR);
    if (holder && holder->owned)
        cookie_jar_free(&holder->jar);
    free(holder);
}

static const JSClassDef jar_class = {"CookieJar", .finalizer = finalize};

static JSValue wrap(JSContext *ctx, struct cookie_jar *jar, bool owned)
{
    struct js_jar *holder = NEW(struct js_jar);
    *holder = (struct js_jar){jar, owned};
    JSValue obj = JS_NewObjectClass(ctx, CLASS_JAR);
    JS_SetOpaque(obj, holder);
    return obj;
}

struct cookie_jar *jar_of(JSValueConst value)
{
    struct js_jar *holder = JS_GetOpaque(value, CLASS_JAR);
    return holder ? holder->jar : NULL;
}

JSValue jar_current(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    struct js *js = js_of(ctx);
    if (js->in_init)
        return js_throw(ctx, "getting cookie jars in the init context is not supported");
    return wrap(ctx, session_jar(host_session(js->vu)), false);
}

static JSValue construct(JSContext *ctx, JSValueConst target, int argc, JSValueConst *argv)
{
    return wrap(ctx, cookie_jar_new(), true);
}

/* What a method works on: the jar and the parsed first argument. */
struct jar_call {
    struct cookie_jar *jar;
    struct arena arena;
    struct url url;
};

/* 0, or -1 with an exception; end with arena_done(&call->arena) either way. */
static int begin(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv,
                 struct jar_call *call)
{
    arena_init(&call->arena, 1024);
    call->jar = jar_of(self);
    if (!call->jar || argc == 0) {
        js_throw(ctx, "a method of a CookieJar needs the jar and a URL");
        return -1;
    }
    struct span text = js_to_span(ctx, argv[0]);
    if (!text.ptr)
        return -1;
    const char *problem;
    int rc = url_parse(arena_dup_span(&call->arena, text), &call->url, &problem);
    if (rc < 0)
        js_throw(ctx, "invalid URL '%.*s': %s", SPAN_ARG(text), problem);
    JS_FreeCString(ctx, text.ptr);
    return rc;
}

static struct span keep_text(JSContext *ctx, struct arena *arena, JSValueConst value)
{
    struct span text = js_to_span(ctx, value);
    struct span kept = text.ptr ? arena_dup_span(arena, text) : SPAN_EMPTY;
    JS_FreeCString(ctx, text.ptr);
    return kept;
}

struct option_reader {
    struct arena *arena;
    struct cookie *cookie;
};

static int read_expires(JSContext *ctx, struct cookie *cookie, struct span text)
{
    if (text.len == 0)
        return 0;
    if (cookie_date_parse(text, &cookie->expires_s) < 0) {
        js_throw(ctx,
                 "cookie option expires: \"%.*s\" is no date like \"Mon, 02 Jan 2006 "
                 "15:04:05 GMT\"",
                 SPAN_ARG(text));
        return -1;
    }
    cookie->has_expires = true;
    return 0;
}

static int read_option(JSContext *ctx, struct span name, JSValueConst value, void *arg)
{
    struct option_reader *reader = arg;
    struct cookie *cookie = reader->cookie;
    struct span text = keep_text(ctx, reader->arena, value);
    if (!text.ptr)
        return -1;
    if (span_equal(name, SPAN("domain")))
        cookie->domain = text;
    else if (span_equal(name, SPAN("path")))
        cookie->path = text;
    else if (span_equal(name, SPAN("secure")))
        cookie->secure = JS_ToBool(ctx, value) > 0;
    else if (span_equal(name, SPAN("http_only")))
        cookie->http_only = JS_ToBool(ctx, value) > 0;
    else if (span_equal(name, SPAN("expires")))
        return read_expires(ctx, cookie, text);
    else if (span_equal(name, SPAN("max_age"))) {
        cookie->has_max_age = true;
        return JS_ToInt64(ctx, &cookie->max_age_s, value);
    }
    return 0;
}

static JSValue set_cookie(JSContext *ctx, struct jar_call *call, int argc, JSValueConst *argv)
{
    if (argc < 3)
        return js_throw(ctx, "jar.set() takes a URL, a name, a value and options");
    struct cookie cookie = {
        .name = keep_text(ctx, &call->arena, argv[1]),
        .value = keep_text(ctx, &call->arena, argv[2]),
    };
    if (!cookie.name.ptr || !cookie.value.ptr)
        return JS_EXCEPTION;
    struct option_reader reader = {&call->arena, &cookie};
    if (argc > 3 && JS_IsObject(argv[3]) && js_each(ctx, argv[3], read_option, &reader) < 0)
        return JS_EXCEPTION;
    return JS_NewBool(ctx, cookie_jar_set(call->jar, &call->url, &cookie, clock_wall()) == 0);
}

/* { name: [values] } */
static JSValue list_cookies(JSContext *ctx, struct jar_call *call)
{
    struct cookie_pair *pairs;
    size_t count = cookie_jar_list(call->jar, &call->url, clock_wall(), &call->arena, &pairs);
    JSValue obj = JS_NewObject(ctx);
    for (size_t i = 0; i < count; i++)
        js_append(ctx, obj, pairs[i].name, js_string(ctx, pairs[i].value));
    return obj;
}

static JSValue delete_cookie(JSContext *ctx, struct jar_call *call, int argc, JSValueConst *argv)
{
    if (argc < 2)
        return js_throw(ctx, "jar.delete() takes a URL and a name");
    struct span name = keep_text(ctx, &call->arena, argv[1]);
    if (!name.ptr)
        return JS_EXCEPTION;
    cookie_jar_delete(call->jar, &call->url, name);
    return JS_UNDEFINED;
}

enum jar_method {
    JAR_SET,
    JAR_COOKIES_FOR_URL,
    JAR_CLEAR,
    JAR_DELETE,
};

static JSValue method(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv, int which)
{
    struct jar_call call;
    JSValue result = JS_UNDEFINED;
    if (begin(ctx, self, argc, argv, &call) < 0)
        result = JS_EXCEPTION;
    else if (which == JAR_SET)
        result = set_cookie(ctx, &call, argc, argv);
    else if (which == JAR_COOKIES_FOR_URL)
        result = list_cookies(ctx, &call);
    else if (which == JAR_DELETE)
        result = delete_cookie(ctx, &call, argc, argv);
    else
        cookie_jar_clear(call.jar, &call.url, clock_wall());
    arena_done(&call.arena);
    return result;
}

static const JSCFunctionListEntry METHODS[] = {
    JS_CFUNC_MAGIC_DEF("set", 4, method, JAR_SET),
    JS_CFUNC_MAGIC_DEF("cookiesForURL", 1, method, JAR_COOKIES_FOR_URL),
    JS_CFUNC_MAGIC_DEF("clear", 1, method, JAR_CLEAR),
    JS_CFUNC_MAGIC_DEF("delete", 2, method, JAR_DELETE),
};

JSValue jar_register(struct js *js)
{
    JSContext *ctx = js->ctx;
    JS_NewClass(js->rt, CLASS_JAR, &jar_class);
    JSValue proto = JS_NewObject(ctx);
    JS_SetPropertyFunctionList(ctx, proto, METHODS, COUNT_OF(METHODS));
    JSValue fn = JS_NewCFunction2(ctx, construct, "CookieJar", 0, JS_CFUNC_constructor, 0);
    JS_SetConstructor(ctx, fn, proto);
    JS_SetClassProto(ctx, CLASS_JAR, proto);
    return fn;
}
