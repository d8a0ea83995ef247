/* SPDX-License-Identifier: Apache-2.0
 *
 * Engine glue: making and freeing a runtime with only what k6 scripts can see, its limits (memory,
 * stack depth, interruption), and the few conversions that all modules share.
 */
#include "script/k6/js.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "base/error.h"
#include "base/mem.h"
#include "load/host.h"
#include "loop/coro.h"
#include "script/k6/builtins.h"
#include "script/k6/console.h"
#include "script/k6/env.h"
#include "script/k6/exception.h"
#include "script/k6/files.h"
#include "script/k6/modules.h"
#include "script/k6/script_private.h"

/* How long a computation may keep the worker's other users waiting. */
#define SLICE_NS (3 * NSEC_PER_MSEC)

/* Left for the C functions that the engine calls at its deepest point. */
#define STACK_RESERVE_BYTES ((size_t)32 * 1024)
#define MAIN_STACK_BYTES    ((size_t)1024 * 1024)

/* Cycles are rare and small in load scripts; collecting them later saves more than it holds. */
#define GC_THRESHOLD_BYTES ((size_t)512 * 1024)

static int on_interrupt(JSRuntime *rt, void *opaque)
{
    struct js *js = opaque;
    if (!js->vu)
        return 0;
    if (host_interrupted(js->vu)) {
        js->interrupted = true;
        return 1;
    }
    nsec_t now = clock_now(clock_monotonic());
    if (now - js->slice_start_ns < SLICE_NS)
        return 0;
    host_yield(js->vu);
    js->slice_start_ns = clock_now(clock_monotonic());
    return 0;
}

static void add_features(struct js *js, unsigned features)
{
    if (features & FEATURE_TYPED_ARRAYS)
        JS_AddIntrinsicTypedArrays(js->ctx);
    if (features & FEATURE_MAP_SET)
        JS_AddIntrinsicMapSet(js->ctx);
    if (features & FEATURE_DATE)
        JS_AddIntrinsicDate(js->ctx);
    js->features |= features;
}

static void add_intrinsics(struct js *js)
{
    JS_AddIntrinsicBaseObjects(js->ctx);
    JS_AddIntrinsicEval(js->ctx);
    JS_AddIntrinsicStringNormalize(js->ctx);
    JS_AddIntrinsicRegExpCompiler(js->ctx);
    JS_AddIntrinsicRegExp(js->ctx);
    JS_AddIntrinsicJSON(js->ctx);
    JS_AddIntrinsicProxy(js->ctx);
    JS_AddIntrinsicPromise(js->ctx);
    JS_AddIntrinsicWeakRef(js->ctx);
    add_features(js, js->loading ? FEATURE_ALL : js->script->features);
}

static void intern_atoms(struct js *js)
{
    static const char *const NAMES[] = {
#define ATOM_NAME(name) #name,
        JS_ATOM_TABLE(ATOM_NAME)
#undef ATOM_NAME
    };
    for (size_t i = 0; i < ATOM_COUNT; i++)
        js->atoms[i] = JS_NewAtom(js->ctx, NAMES[i]);
}

static void add_globals(struct js *js)
{
    JSValue global = JS_GetGlobalObject(js->ctx);
    js_set(js->ctx, global, "global", JS_DupValue(js->ctx, global));
    console_install(js, global);
    env_install(js, global);
    event_loop_install(js, global);
    modules_install(js, global);
    files_install(js, global);
    JS_FreeValue(js->ctx, global);
}

static void set_limits(struct js *js)
{
    JS_SetMemoryLimit(js->rt, script_memory_limit(js->script));
    JS_SetGCThreshold(js->rt, GC_THRESHOLD_BYTES);
    JS_SetInterruptHandler(js->rt, on_interrupt, js);
    JS_SetHostPromiseRejectionTracker(js->rt, event_loop_track_rejection, js);
    js_enter(js);
}

struct js *js_engine_new(struct k6_script *script, struct vu *vu, struct log *log)
{
    struct js *js = NEW(struct js);
    js->script = script;
    js->vu = vu;
    js->log = log;
    js->loading = !vu;
    js->in_init = true;
    js->rt = JS_NewRuntime();
    js->ctx = js->rt ? JS_NewContextRaw(js->rt) : NULL;
    if (!js->ctx)
        mem_exhausted(1, JS_ENGINE_BYTES);
    assert(!JS_IsRegisteredClass(js->rt, CLASS_FIRST));
    set_limits(js);
    JS_SetContextOpaque(js->ctx, js);
    add_intrinsics(js);
    intern_atoms(js);
    js->exports = js->setup_data = js->exec_fn = js->response_callback = JS_UNDEFINED;
    js->builtins = JS_NewObject(js->ctx);
    js->cjs = JS_NewObject(js->ctx);
    add_globals(js);
    return js;
}

void js_engine_free(struct js **js)
{
    struct js *dead = *js;
    if (!dead)
        return;
    event_loop_done(dead);
    JS_FreeValue(dead->ctx, dead->exports);
    JS_FreeValue(dead->ctx, dead->builtins);
    JS_FreeValue(dead->ctx, dead->cjs);
    JS_FreeValue(dead->ctx, dead->setup_data);
    JS_FreeValue(dead->ctx, dead->exec_fn);
    JS_FreeValue(dead->ctx, dead->response_callback);
    for (size_t i = 0; i < ATOM_COUNT; i++)
        JS_FreeAtom(dead->ctx, dead->atoms[i]);
    JS_FreeContext(dead->ctx);
    JS_FreeRuntime(dead->rt);
    free(dead);
    *js = NULL;
}

/* The first init is not on a coroutine. Half of the limit is for what is below and above it. */
static size_t main_stack_bytes(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_STACK, &limit) < 0 || limit.rlim_cur == RLIM_INFINITY)
        return MAIN_STACK_BYTES;
    return MIN_OF(MAIN_STACK_BYTES, (size_t)limit.rlim_cur / 2);
}

void js_limit_stack(JSRuntime *rt)
{
    size_t available = main_stack_bytes();
    struct coro *coro = coro_current();
    if (coro) {
        size_t bytes;
        const char *lowest = coro_stack(coro, &bytes);
        available = (size_t)((const char *)__builtin_frame_address(0) - lowest);
        available -= MIN_OF(available / 2, STACK_RESERVE_BYTES);
    }
    JS_UpdateStackTop(rt);
    JS_SetMaxStackSize(rt, available);
}

void js_enter(struct js *js)
{
    js_limit_stack(js->rt);
    js->slice_start_ns = clock_now(clock_monotonic());
}

JSValue js_throw_interrupted(struct js *js)
{
    js->interrupted = true;
    JSValue error = JS_NewError(js->ctx);
    JS_SetUncatchableError(js->ctx, error, true);
    return JS_Throw(js->ctx, error);
}

JSValue js_throw(JSContext *ctx, const char *fmt, ...)
{
    char text[512];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    JSValue error = JS_NewError(ctx);
    int hidden = JS_PROP_WRITABLE | JS_PROP_CONFIGURABLE;
    JS_DefinePropertyValueStr(ctx, error, "name", JS_NewString(ctx, "GoError"), hidden);
    JS_DefinePropertyValueStr(ctx, error, "message", JS_NewString(ctx, text), hidden);
    return JS_Throw(ctx, error);
}

void js_set(JSContext *ctx, JSValueConst obj, const char *name, JSValue value)
{
    JS_DefinePropertyValueStr(ctx, obj, name, value, JS_PROP_C_W_E);
}

void js_set_fn(JSContext *ctx, JSValueConst obj, const char *name, JSCFunction *fn, int length)
{
    js_set(ctx, obj, name, JS_NewCFunction(ctx, fn, name, length));
}

int64_t js_length(JSContext *ctx, JSValueConst list)
{
    int64_t length = 0;
    JSValue value = JS_GetProperty(ctx, list, js_of(ctx)->atoms[ATOM_length]);
    JS_ToInt64(ctx, &length, value);
    JS_FreeValue(ctx, value);
    return length;
}

void js_append(JSContext *ctx, JSValueConst obj, struct span name, JSValue item)
{
    JSAtom atom = JS_NewAtomLen(ctx, name.ptr, name.len);
    /* Not what Object.prototype has under that name: servers may call a cookie "toString". */
    if (JS_GetOwnProperty(ctx, NULL, obj, atom) <= 0)
        JS_DefinePropertyValue(ctx, obj, atom, JS_NewArray(ctx), JS_PROP_C_W_E);
    JSValue list = JS_GetProperty(ctx, obj, atom);
    JS_SetPropertyUint32(ctx, list, (uint32_t)js_length(ctx, list), item);
    JS_FreeValue(ctx, list);
    JS_FreeAtom(ctx, atom);
}

void js_constructor_name(JSContext *ctx, JSValueConst obj, char *buf, size_t size)
{
    JSValue ctor = JS_GetPropertyStr(ctx, obj, "constructor");
    JSValue name = JS_IsObject(ctor) ? JS_GetPropertyStr(ctx, ctor, "name") : JS_UNDEFINED;
    struct span text = JS_IsString(name) ? js_to_span(ctx, name) : SPAN_EMPTY;
    snprintf(buf, size, "%.*s", SPAN_ARG(text));
    JS_FreeCString(ctx, text.ptr);
    JS_FreeValue(ctx, name);
    JS_FreeValue(ctx, ctor);
    if (JS_HasException(ctx))
        js_drop_exception(ctx);
}

static int each_one(JSContext *ctx, JSValueConst obj, JSAtom key, js_each_fn *fn, void *arg)
{
    JSValue value = JS_GetProperty(ctx, obj, key);
    if (JS_IsException(value))
        return -1;
    const char *name = JS_AtomToCString(ctx, key);
    int rc = name ? fn(ctx, span_cstr(name), value, arg) : -1;
    JS_FreeCString(ctx, name);
    JS_FreeValue(ctx, value);
    return rc;
}

int js_each(JSContext *ctx, JSValueConst obj, js_each_fn *fn, void *arg)
{
    JSPropertyEnum *keys;
    uint32_t count;
    if (JS_GetOwnPropertyNames(ctx, &keys, &count, obj, JS_GPN_STRING_MASK | JS_GPN_ENUM_ONLY) < 0)
        return -1;
    int rc = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (rc == 0)
            rc = each_one(ctx, obj, keys[i].atom, fn, arg);
        JS_FreeAtom(ctx, keys[i].atom);
    }
    js_free(ctx, keys);
    return rc;
}

static int freeze_member(JSContext *ctx, struct span key, JSValueConst value, void *arg)
{
    return js_freeze(ctx, value);
}

int js_freeze(JSContext *ctx, JSValueConst value)
{
    if (!JS_IsObject(value))
        return 0;
    if (js_each(ctx, value, freeze_member, NULL) < 0)
        return -1;
    JSValue global = JS_GetGlobalObject(ctx);
    JSValue object = JS_GetPropertyStr(ctx, global, "Object");
    JSValue freeze = JS_GetPropertyStr(ctx, object, "freeze");
    JSValue result = JS_Call(ctx, freeze, object, 1, &value);
    bool failed = JS_IsException(result);
    JS_FreeValue(ctx, result);
    JS_FreeValue(ctx, freeze);
    JS_FreeValue(ctx, object);
    JS_FreeValue(ctx, global);
    return failed ? -1 : 0;
}

JSValue js_array_buffer(JSContext *ctx, struct span bytes)
{
    struct js *js = js_of(ctx);
    add_features(js, FEATURE_TYPED_ARRAYS & ~js->features);
    return JS_NewArrayBufferCopy(ctx, (const uint8_t *)bytes.ptr, bytes.len);
}

/* The class of a typed array is not public; the engine throws a TypeError for anything else. */
static bool typed_array_bytes(JSContext *ctx, struct js_bytes *bytes, JSValueConst value)
{
    size_t offset, length, element, size;
    JSValue buffer = JS_GetTypedArrayBuffer(ctx, value, &offset, &length, &element);
    if (JS_IsException(buffer)) {
        js_drop_exception(ctx);
        return false;
    }
    const uint8_t *data = JS_GetArrayBuffer(ctx, &size, buffer);
    bytes->span = span_of((const char *)data + offset, length);
    JS_FreeValue(ctx, buffer); /* the array holds it */
    return data != NULL;
}

int js_bytes_init(JSContext *ctx, struct js_bytes *bytes, JSValueConst value)
{
    *bytes = (struct js_bytes){0};
    if (JS_IsString(value)) {
        bytes->span = js_to_span(ctx, value);
        bytes->cstring = bytes->span.ptr;
        return bytes->span.ptr ? 0 : -1;
    }
    if (JS_IsObject(value)) {
        size_t size;
        const uint8_t *data = JS_GetArrayBuffer(ctx, &size, value);
        if (data || !JS_HasException(ctx)) {
            bytes->span = span_of(data ? (const char *)data : "", size);
            return 0;
        }
        js_drop_exception(ctx);
        if (typed_array_bytes(ctx, bytes, value))
            return 0;
    }
    js_throw(ctx, "invalid type, expected a string or an ArrayBuffer");
    return -1;
}

void js_bytes_done(JSContext *ctx, struct js_bytes *bytes)
{
    JS_FreeCString(ctx, bytes->cstring);
    bytes->cstring = NULL;
}

/* A rejected top-level await is an exception of the script. */
static int check_promise(struct js *js, JSValueConst promise)
{
    if (!JS_IsObject(promise) || JS_PromiseState(js->ctx, promise) != JS_PROMISE_REJECTED)
        return 0;
    JS_Throw(js->ctx, JS_PromiseResult(js->ctx, promise));
    return -1;
}

int js_run_init(struct js *js, struct error *err)
{
    JSValue promise;
    bool uncaught = false;
    js_enter(js);
    int rc = modules_run_entry(js, &promise);
    if (rc == 0)
        rc = check_promise(js, promise);
    if (rc == 0)
        rc = event_loop_run(js, &uncaught);
    if (rc < 0)
        exception_error(js, EXIT_SCRIPT_EXCEPTION, err);
    event_loop_clear(js);
    JS_FreeValue(js->ctx, promise);
    js->in_init = false;
    return rc;
}
