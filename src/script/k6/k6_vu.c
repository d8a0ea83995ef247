/* SPDX-License-Identifier: Apache-2.0
 *
 * The front end's vtable: an engine per user, its iterations, and the calls of setup, teardown and
 * handleSummary. Everything here runs on the user's coroutine.
 */
#include <stdlib.h>

#include "base/error.h"
#include "base/mem.h"
#include "load/host.h"
#include "script/k6/exception.h"
#include "script/k6/js.h"
#include "script/k6/k6_script.h"

/* Of a user's coroutine; only touched pages cost memory. */
#define STACK_BYTES ((size_t)512 * 1024)

static void *vu_new(void *script, struct vu *vu, struct error *err)
{
    struct js *js = js_engine_new(script, vu, host_log(vu));
    if (js_run_init(js, err) < 0)
        js_engine_free(&js);
    return js;
}

static void vu_free(void *instance)
{
    struct js *js = instance;
    js_engine_free(&js);
}

/* Each user has its own copy of what setup() returned, which lives as long as the user. */
static int prepare_setup_data(struct js *js)
{
    if (js->setup_data_ready)
        return 0;
    struct span json = host_setup_data(js->vu);
    if (json.ptr) {
        js->setup_data = JS_ParseJSON(js->ctx, json.ptr, json.len, "<setup data>");
        if (JS_IsException(js->setup_data)) {
            js->setup_data = JS_UNDEFINED;
            return -1;
        }
    }
    js->setup_data_ready = true;
    return 0;
}

static void find_function(struct js *js, const struct scenario *scenario)
{
    if (js->exec_scenario == scenario)
        return;
    JS_FreeValue(js->ctx, js->exec_fn);
    js->exec_fn = JS_GetPropertyStr(js->ctx, js->exports, scenario->exec);
    js->exec_scenario = scenario;
}

/* Calls `fn` and runs what it left pending. The result of an async function is awaited. */
static JSValue call_and_settle(struct js *js, JSValueConst fn, int argc, JSValueConst *argv,
                               bool *ret_uncaught)
{
    *ret_uncaught = false;
    JSValue result = JS_Call(js->ctx, fn, JS_UNDEFINED, argc, argv);
    if (JS_IsException(result)) {
        event_loop_clear(js);
        return result;
    }
    if (event_loop_run(js, ret_uncaught) < 0) {
        JS_FreeValue(js->ctx, result);
        return JS_EXCEPTION;
    }
    if (JS_IsObject(result) && JS_PromiseState(js->ctx, result) == JS_PROMISE_FULFILLED) {
        JSValue settled = JS_PromiseResult(js->ctx, result);
        JS_FreeValue(js->ctx, result);
        return settled;
    }
    return result;
}

static void vu_iterate(void *instance, struct vu *vu, const struct scenario *scenario)
{
    struct js *js = instance;
    bool uncaught = false;
    js->interrupted = false;
    js_enter(js);
    find_function(js, scenario);
    JSValue result = JS_EXCEPTION;
    if (prepare_setup_data(js) == 0)
        result = call_and_settle(js, js->exec_fn, 1, &js->setup_data, &uncaught);
    if (JS_IsException(result))
        exception_log(js, uncaught);
    JS_FreeValue(js->ctx, result);
}

const struct front_end *k6_front_end(void)
{
    static const struct front_end front_end = {
        .name = "k6",
        .stack_bytes = STACK_BYTES,
        .vu_new = vu_new,
        .vu_iterate = vu_iterate,
        .vu_free = vu_free,
    };
    return &front_end;
}

static char *text_of(JSContext *ctx, JSValueConst value)
{
    struct span text = js_to_span(ctx, value);
    char *copy = mem_dup(text.ptr ? text.ptr : "", text.len);
    JS_FreeCString(ctx, text.ptr);
    return copy;
}

/* The exported function `name` with up to one argument; JS_UNDEFINED when there is none. */
static JSValue call_export(struct js *js, const char *name, JSValueConst argument)
{
    bool uncaught;
    js->interrupted = false;
    js_enter(js);
    JSValue fn = JS_GetPropertyStr(js->ctx, js->exports, name);
    JSValue result = JS_IsFunction(js->ctx, fn) ? call_and_settle(js, fn, 1, &argument, &uncaught)
                                                : JS_UNDEFINED;
    JS_FreeValue(js->ctx, fn);
    return result;
}

static void fail_call(struct js *js, struct script_call *call)
{
    call->failed = true;
    exception_error(js, EXIT_SCRIPT_EXCEPTION, call->err);
}

void k6_run_setup(void *instance, struct vu *vu, void *arg)
{
    struct js *js = instance;
    struct script_call *call = arg;
    JSValue result = call_export(js, "setup", JS_UNDEFINED);
    JSValue json = JS_IsException(result)
                       ? JS_EXCEPTION
                       : JS_JSONStringify(js->ctx, result, JS_UNDEFINED, JS_UNDEFINED);
    JS_FreeValue(js->ctx, result);
    if (JS_IsException(json))
        fail_call(js, call);
    else if (JS_IsString(json))
        call->result = text_of(js->ctx, json);
    JS_FreeValue(js->ctx, json);
}

void k6_run_teardown(void *instance, struct vu *vu, void *arg)
{
    struct js *js = instance;
    JSValue result = JS_EXCEPTION;
    if (prepare_setup_data(js) == 0)
        result = call_export(js, "teardown", js->setup_data);
    if (JS_IsException(result))
        fail_call(js, arg);
    JS_FreeValue(js->ctx, result);
}

/* What handleSummary may return: name to string or ArrayBuffer. */
static int copy_output(JSContext *ctx, struct span name, JSValueConst value, void *arg)
{
    JSValueConst outputs = *(JSValueConst *)arg;
    struct js_bytes bytes;
    if (js_bytes_init(ctx, &bytes, value) < 0) {
        js_drop_exception(ctx);
        js_throw(ctx, "error handling summary object %.*s: it needs to be a string or ArrayBuffer",
                 SPAN_ARG(name));
        return -1;
    }
    js_bytes_done(ctx, &bytes);
    JSAtom key = JS_NewAtomLen(ctx, name.ptr, name.len);
    int rc = JS_DefinePropertyValue(ctx, outputs, key, JS_DupValue(ctx, value), JS_PROP_C_W_E);
    JS_FreeAtom(ctx, key);
    return rc < 0 ? -1 : 0;
}

static int deliver_output(JSContext *ctx, struct span name, JSValueConst value, void *arg)
{
    struct script_call *call = arg;
    struct js_bytes bytes;
    if (js_bytes_init(ctx, &bytes, value) < 0)
        return -1;
    call->deliver(call->arg, name, bytes.span);
    js_bytes_done(ctx, &bytes);
    return 0;
}

/* Checked and kept first: all outputs are written, or none. */
static int deliver_outputs(JSContext *ctx, JSValueConst result, struct script_call *call)
{
    JSValue outputs = JS_NewObjectProto(ctx, JS_NULL);
    int rc = -1;
    if (!JS_IsObject(result))
        js_throw(ctx, "handleSummary() should return a map with string keys, like { stdout: "
                      "\"text\", \"summary.json\": \"...\" }");
    else if (js_each(ctx, result, copy_output, &outputs) == 0)
        rc = js_each(ctx, outputs, deliver_output, call);
    JS_FreeValue(ctx, outputs);
    return rc;
}

void k6_run_handle_summary(void *instance, struct vu *vu, void *arg)
{
    struct js *js = instance;
    struct script_call *call = arg;
    js_enter(js);
    int rc = -1;
    JSValue data = JS_ParseJSON(js->ctx, call->input.ptr, call->input.len, "<summary data>");
    if (!JS_IsException(data)) {
        JSValue result = call_export(js, "handleSummary", data);
        if (js_nullish(result))
            call->failed = true;
        else if (!JS_IsException(result))
            rc = deliver_outputs(js->ctx, result, call);
        JS_FreeValue(js->ctx, result);
    }
    if (rc < 0 && !call->failed)
        fail_call(js, call);
    JS_FreeValue(js->ctx, data);
}
