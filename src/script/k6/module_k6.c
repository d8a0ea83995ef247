/* SPDX-License-Identifier: Apache-2.0
 *
 * The module "k6": check, sleep, group, fail, randomSeed.
 */
#include <math.h>
#include <time.h>

#include "load/host.h"
#include "script/k6/builtins.h"
#include "script/k6/js.h"
#include "script/k6/tag_args.h"

static bool has_separator(struct span name)
{
    return memmem(name.ptr, name.len, "::", 2) != NULL;
}

static JSValue throw_separator(JSContext *ctx)
{
    return js_throw(ctx, "group and check names may not contain '::'");
}

struct check_call {
    JSValueConst subject;
    const struct tag_set *tags;
    bool all_passed;
};

static bool is_promise(JSContext *ctx, JSValueConst value)
{
    return JS_IsObject(value) && (int)JS_PromiseState(ctx, value) >= 0;
}

/* The value of one check: 1, 0, or -1 with an exception. */
static int evaluate(JSContext *ctx, JSValueConst value, JSValueConst subject)
{
    if (!JS_IsFunction(ctx, value))
        return JS_ToBool(ctx, value);
    JSValue result = JS_Call(ctx, value, JS_UNDEFINED, 1, &subject);
    int passed = is_promise(ctx, result) ? -2 : JS_ToBool(ctx, result);
    JS_FreeValue(ctx, result);
    if (passed != -2)
        return passed;
    js_throw(ctx, "the built-in check() does not support async functions as arguments: await the "
                  "value first, then check it");
    return -1;
}

static int check_one(JSContext *ctx, struct span name, JSValueConst value, void *arg)
{
    struct check_call *call = arg;
    struct js *js = js_of(ctx);
    if (has_separator(name)) {
        throw_separator(ctx);
        return -1;
    }
    int passed = evaluate(ctx, value, call->subject);
    if (js->interrupted)
        return -1;
    host_check(js->vu, name, passed > 0, call->tags);
    call->all_passed &= passed > 0;
    return passed < 0 ? -1 : 0;
}

static JSValue check(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    struct js *js = js_of(ctx);
    if (js->in_init)
        return js_throw(ctx, "Using check() in the init context is not supported");
    if (argc < 2)
        return js_throw(ctx, "no checks provided to `check()`");
    if (js_nullish(argv[1]))
        return JS_ThrowTypeError(ctx, "Cannot convert undefined or null to object");
    struct check_call call = {argv[0], NULL, true};
    call.tags = tag_args_set(ctx, js_argument(argc, argv, 2), "cannot add tags for a check");
    if (!call.tags)
        return JS_EXCEPTION;
    if (JS_IsObject(argv[1]) && js_each(ctx, argv[1], check_one, &call) < 0)
        return JS_EXCEPTION;
    return JS_NewBool(ctx, call.all_passed);
}

static void sleep_in_init(double seconds)
{
    struct timespec duration = {(time_t)seconds, (long)(fmod(seconds, 1) * 1e9)};
    nanosleep(&duration, NULL);
}

static JSValue sleep_seconds(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    struct js *js = js_of(ctx);
    double seconds;
    if (JS_ToFloat64(ctx, &seconds, argv[0]) < 0)
        return JS_EXCEPTION;
    if (!(seconds > 0))
        return JS_UNDEFINED;
    seconds = MIN_OF(seconds, 1e9);
    if (!js->vu)
        sleep_in_init(seconds);
    else if (!host_sleep(js->vu, (nsec_t)(seconds * 1e9)))
        return js_throw_interrupted(js);
    return JS_UNDEFINED;
}

/* Their class is not public; they are known by their constructor. */
static bool is_async_function(JSContext *ctx, JSValueConst fn)
{
    char name[32];
    js_constructor_name(ctx, fn, name, sizeof(name));
    return strcmp(name, "AsyncFunction") == 0;
}

static JSValue call_in_group(struct js *js, struct span name, JSValueConst fn)
{
    if (has_separator(name))
        return throw_separator(js->ctx);
    nsec_t started_ns = host_group_begin(js->vu, name);
    JSValue result = JS_Call(js->ctx, fn, JS_UNDEFINED, 0, NULL);
    host_group_end(js->vu, name, started_ns);
    return result;
}

static JSValue group(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    struct js *js = js_of(ctx);
    JSValueConst fn = js_argument(argc, argv, 1);
    if (js->in_init)
        return js_throw(ctx, "Using group() in the init context is not supported");
    if (!JS_IsFunction(ctx, fn))
        return js_throw(ctx, "group() requires a callback as a second argument");
    if (is_async_function(ctx, fn))
        return js_throw(ctx, "group() does not support async functions as arguments: its duration "
                             "would not be theirs; measure with a Trend instead");
    struct span name = js_to_span(ctx, argv[0]);
    if (!name.ptr)
        return JS_EXCEPTION;
    JSValue result = call_in_group(js, name, fn);
    JS_FreeCString(ctx, name.ptr);
    return result;
}

static JSValue fail(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    if (argc == 0 || JS_IsUndefined(argv[0]))
        return js_throw(ctx, "%s", "");
    const char *text = JS_ToCString(ctx, argv[0]);
    if (!text)
        return JS_EXCEPTION;
    JSValue thrown = js_throw(ctx, "%s", text);
    JS_FreeCString(ctx, text);
    return thrown;
}

static JSValue seeded_random(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    return JS_NewFloat64(ctx, rng_unit(&js_of(ctx)->rng));
}

/* Math.random() gives the same numbers for the same seed from here on, though not k6's. */
static JSValue random_seed(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    int64_t seed;
    if (JS_ToInt64(ctx, &seed, argv[0]) < 0)
        return JS_EXCEPTION;
    rng_seed(&js_of(ctx)->rng, (uint64_t)seed);
    JSValue global = JS_GetGlobalObject(ctx);
    JSValue math = JS_GetPropertyStr(ctx, global, "Math");
    js_set_fn(ctx, math, "random", seeded_random, 0);
    JS_FreeValue(ctx, math);
    JS_FreeValue(ctx, global);
    return JS_UNDEFINED;
}

static const JSCFunctionListEntry FUNCTIONS[] = {
    JS_CFUNC_DEF("check", 2, check),         JS_CFUNC_DEF("fail", 1, fail),
    JS_CFUNC_DEF("group", 2, group),         JS_CFUNC_DEF("randomSeed", 1, random_seed),
    JS_CFUNC_DEF("sleep", 1, sleep_seconds),
};

void module_k6_build(struct js *js, JSValueConst exports)
{
    for (size_t i = 0; i < COUNT_OF(FUNCTIONS); i++)
        js_set(js->ctx, exports, FUNCTIONS[i].name,
               JS_NewCFunction(js->ctx, FUNCTIONS[i].u.func.cfunc.generic, FUNCTIONS[i].name,
                               FUNCTIONS[i].u.func.length));
}
