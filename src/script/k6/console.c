/* SPDX-License-Identifier: Apache-2.0
 *
 * k6's console formatting: strings bare at the top and quoted inside, "{ a: 1, b: [ 2 ] }",
 * functions, cycles, dates, errors, ArrayBuffer and typed arrays spelled out.
 */
#include "script/k6/console.h"

#include <stdio.h>

#include "base/log.h"
#include "base/strbuf.h"
#include "script/k6/js.h"
#include "script/k6/script_private.h"

#define MAX_LINE_BYTES ((size_t)1024 * 1024)
#define MAX_DEPTH      64

/* The objects around the value being written, for cycles. */
struct writer {
    JSContext *ctx;
    struct strbuf *out;
    JSValueConst parents[MAX_DEPTH];
    int depth;
};

static int write_value(struct writer *w, JSValueConst value);

static int write_text(struct writer *w, JSValueConst value)
{
    if (JS_IsSymbol(value)) { /* k6 prints the description */
        JSValue text = JS_GetPropertyStr(w->ctx, value, "description");
        int rc = JS_IsException(text) ? -1 : write_text(w, text);
        JS_FreeValue(w->ctx, text);
        return rc;
    }
    struct span text = js_to_span(w->ctx, value);
    if (!text.ptr)
        return -1;
    strbuf_add_span(w->out, text);
    JS_FreeCString(w->ctx, text.ptr);
    return 0;
}

static bool is_array_buffer(JSContext *ctx, JSValueConst obj, struct span *ret_bytes)
{
    size_t size;
    const uint8_t *data = JS_GetArrayBuffer(ctx, &size, obj);
    if (JS_HasException(ctx)) {
        js_drop_exception(ctx);
        return false;
    }
    *ret_bytes = span_of((const char *)data, size);
    return true;
}

static void write_array_buffer(struct writer *w, struct span bytes)
{
    strbuf_adds(w->out, "ArrayBuffer { [Uint8Contents]: <");
    for (size_t i = 0; i < bytes.len; i++)
        strbuf_addf(w->out, i ? " %02x" : "%02x", (unsigned char)bytes.ptr[i]);
    strbuf_addf(w->out, ">, byteLength: %zu }", bytes.len);
}

static int64_t length_of(struct writer *w, JSValueConst obj)
{
    int64_t length = 0;
    JSValue value = JS_GetPropertyStr(w->ctx, obj, "length");
    if (JS_IsException(value) || JS_ToInt64(w->ctx, &length, value) < 0)
        length = -1;
    JS_FreeValue(w->ctx, value);
    return length;
}

/* "[ 1, 2 ]"; `name` is that of a typed array, which shows its length too, or NULL. */
static int write_array(struct writer *w, JSValueConst obj, const char *name)
{
    int64_t length = length_of(w, obj);
    if (length < 0)
        return -1;
    if (name)
        strbuf_addf(w->out, "%s(%lld) ", name, (long long)length);
    if (length == 0) {
        strbuf_adds(w->out, "[]");
        return 0;
    }
    strbuf_adds(w->out, "[ ");
    for (int64_t i = 0; i < length && !w->out->overflow; i++) {
        if (i)
            strbuf_adds(w->out, ", ");
        JSValue item = JS_GetPropertyUint32(w->ctx, obj, (uint32_t)i);
        int rc = JS_IsException(item) ? -1 : write_value(w, item);
        JS_FreeValue(w->ctx, item);
        if (rc < 0)
            return -1;
    }
    strbuf_adds(w->out, " ]");
    return 0;
}

struct members {
    struct writer *writer;
    bool any;
};

static int write_member(JSContext *ctx, struct span key, JSValueConst value, void *arg)
{
    struct members *members = arg;
    struct strbuf *out = members->writer->out;
    strbuf_adds(out, members->any ? ", " : "{ ");
    members->any = true;
    strbuf_add_span(out, key);
    strbuf_adds(out, ": ");
    return write_value(members->writer, value);
}

static int write_date(struct writer *w, JSValueConst date)
{
    JSValue fn = JS_GetPropertyStr(w->ctx, date, "toISOString");
    JSValue text = JS_Call(w->ctx, fn, date, 0, NULL);
    JS_FreeValue(w->ctx, fn);
    if (JS_IsException(text)) { /* an invalid date */
        js_drop_exception(w->ctx);
        strbuf_adds(w->out, "{}");
        return 0;
    }
    strbuf_addc(w->out, '"');
    int rc = write_text(w, text);
    strbuf_addc(w->out, '"');
    JS_FreeValue(w->ctx, text);
    return rc;
}

static int write_members(struct writer *w, JSValueConst obj, const char *name)
{
    struct members members = {w, false};
    if (js_each(w->ctx, obj, write_member, &members) < 0)
        return -1;
    if (!members.any && strcmp(name, "Date") == 0)
        return write_date(w, obj);
    strbuf_adds(w->out, members.any ? " }" : "{}");
    return 0;
}

static bool is_typed_array(const char *name)
{
    static const char *const NAMES[] = {
        "Int8Array",      "Uint8Array",   "Uint8ClampedArray", "Int16Array",
        "Uint16Array",    "Int32Array",   "Uint32Array",       "BigInt64Array",
        "BigUint64Array", "Float32Array", "Float64Array",
    };
    for (size_t i = 0; i < COUNT_OF(NAMES); i++)
        if (strcmp(name, NAMES[i]) == 0)
            return true;
    return false;
}

static int write_object(struct writer *w, JSValueConst obj)
{
    char name[64];
    struct span bytes;
    if (JS_IsError(w->ctx, obj))
        return write_text(w, obj);
    if (JS_GetClassID(obj) == CLASS_SHARED_ARRAY || JS_IsArray(w->ctx, obj) > 0)
        return write_array(w, obj, NULL);
    if (is_array_buffer(w->ctx, obj, &bytes)) {
        write_array_buffer(w, bytes);
        return 0;
    }
    js_constructor_name(w->ctx, obj, name, sizeof(name));
    return is_typed_array(name) ? write_array(w, obj, name) : write_members(w, obj, name);
}

static bool is_parent(const struct writer *w, JSValueConst obj)
{
    for (int i = 0; i < w->depth; i++)
        if (JS_VALUE_GET_PTR(w->parents[i]) == JS_VALUE_GET_PTR(obj))
            return true;
    return w->depth == MAX_DEPTH;
}

static int write_value(struct writer *w, JSValueConst value)
{
    if (js_nullish(value)) {
        strbuf_adds(w->out, "null");
        return 0;
    }
    if (JS_IsFunction(w->ctx, value)) {
        strbuf_adds(w->out, "[object Function]");
        return 0;
    }
    if (!JS_IsObject(value)) {
        const char *quote = JS_IsString(value) ? "\"" : "";
        strbuf_adds(w->out, quote);
        int rc = write_text(w, value);
        strbuf_adds(w->out, quote);
        return rc;
    }
    if (is_parent(w, value)) {
        strbuf_adds(w->out, "[Circular]");
        return 0;
    }
    w->parents[w->depth++] = value;
    int rc = write_object(w, value);
    w->depth--;
    return rc;
}

/* 0, or -1 with an exception pending. */
static int write_argument(JSContext *ctx, struct strbuf *out, JSValueConst value)
{
    struct writer w = {.ctx = ctx, .out = out};
    return JS_IsObject(value) ? write_value(&w, value) : write_text(&w, value);
}

static JSValue print(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv, int level)
{
    struct js *js = js_of(ctx);
    if (level < (int)js->log->level)
        return JS_UNDEFINED;
    AUTO(strbuf_done) struct strbuf line = STRBUF_INIT(MAX_LINE_BYTES);
    for (int i = 0; i < argc; i++) {
        if (i)
            strbuf_addc(&line, ' ');
        if (write_argument(ctx, &line, argv[i]) < 0)
            return JS_EXCEPTION;
    }
    struct log *own = js->script->env.console;
    log_line(own ? own : js->log, (enum log_level)level, own ? NULL : "console",
             strbuf_span(&line));
    return JS_UNDEFINED;
}

static const JSCFunctionListEntry METHODS[] = {
    JS_CFUNC_MAGIC_DEF("log", 0, print, LOG_INFO),
    JS_CFUNC_MAGIC_DEF("info", 0, print, LOG_INFO),
    JS_CFUNC_MAGIC_DEF("debug", 0, print, LOG_DEBUG),
    JS_CFUNC_MAGIC_DEF("warn", 0, print, LOG_WARNING),
    JS_CFUNC_MAGIC_DEF("error", 0, print, LOG_ERROR),
};

void console_install(struct js *js, JSValueConst global)
{
    JSValue console = JS_NewObject(js->ctx);
    JS_SetPropertyFunctionList(js->ctx, console, METHODS, COUNT_OF(METHODS));
    js_set(js->ctx, global, "console", console);
}
