/* SPDX-License-Identifier: Apache-2.0
 *
 * The module "k6/metrics": Counter, Gauge, Rate, Trend. A metric object holds the id that the
 * registry gave in the first init; every user's init finds it again by name.
 */
#include <math.h>

#include "base/error.h"
#include "base/log.h"
#include "load/host.h"
#include "metrics/registry.h"
#include "script/k6/builtins.h"
#include "script/k6/js.h"
#include "script/k6/script_private.h"
#include "script/k6/tag_args.h"

/* An id travels in the object's opaque pointer, one up so that NULL stays "none". */
static void *id_to_opaque(uint32_t id)
{
    return (void *)((uintptr_t)id + 1);
}

static const struct metric *metric_of(JSContext *ctx, JSValueConst self)
{
    void *opaque = JS_GetOpaque2(ctx, self, CLASS_METRIC);
    if (!opaque)
        return NULL;
    return registry_metric(js_of(ctx)->script->registry, (uint32_t)((uintptr_t)opaque - 1));
}

/* Numbers, numeric strings and booleans, as k6 takes them; NaN for everything else. */
static double sample_value(JSContext *ctx, JSValueConst value)
{
    double number = NAN;
    if (JS_IsNull(value) || JS_IsUndefined(value))
        return NAN;
    if (JS_ToFloat64(ctx, &number, value) < 0) {
        js_drop_exception(ctx);
        return NAN;
    }
    return number;
}

/* k6 warns and goes on, unless the option `throw` is set. */
static JSValue refuse_value(JSContext *ctx, const struct metric *metric, JSValueConst value)
{
    struct js *js = js_of(ctx);
    struct span text = js_to_span(ctx, value);
    if (!text.ptr)
        return JS_EXCEPTION;
    JSValue result = JS_FALSE;
    if (host_plan(js->vu)->throw_on_error)
        result = js_throw(ctx,
                          "'%.*s' is an invalid value for metric '%s', a number or a boolean value "
                          "is expected",
                          SPAN_ARG(text), metric->name);
    else
        log_printf(js->log, LOG_WARNING,
                   "'%.*s' is an invalid value for metric '%s', a number or a boolean value is "
                   "expected",
                   SPAN_ARG(text), metric->name);
    JS_FreeCString(ctx, text.ptr);
    return result;
}

static JSValue add(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    struct js *js = js_of(ctx);
    const struct metric *metric = metric_of(ctx, self);
    if (!metric)
        return JS_EXCEPTION;
    if (js->in_init)
        return js_throw(ctx, "Adding to metrics in the init context is not supported");
    if (argc == 0)
        return js_throw(ctx, "no value was provided");
    double value = sample_value(ctx, argv[0]);
    if (isnan(value))
        return refuse_value(ctx, metric, argv[0]);
    char what[192];
    snprintf(what, sizeof(what), "cannot add tags for the '%s' custom metric", metric->name);
    const struct tag_set *tags = tag_args_set(ctx, js_argument(argc, argv, 1), what);
    if (!tags)
        return JS_EXCEPTION;
    host_metric_add(js->vu, metric->id, value, tags);
    return JS_TRUE;
}

/* NULL with an exception. */
static const struct metric *declare(JSContext *ctx, struct span name, enum metric_type type,
                                    enum metric_unit unit)
{
    struct js *js = js_of(ctx);
    struct error err = {0};
    const struct metric *metric;
    if (js->loading) {
        metric = registry_add(js->script->registry, name, type, unit, &err);
        if (!metric)
            js_throw(ctx, "%s", err.message);
        return metric;
    }
    metric = registry_find(js->script->registry, name);
    if (metric && metric->type != type) {
        js_throw(ctx, "metric '%s' was declared with another type before", metric->name);
        return NULL;
    }
    if (!metric)
        js_throw(ctx,
                 "metric '%.*s' was not declared when the script was first loaded; declare every "
                 "metric unconditionally in the init code",
                 SPAN_ARG(name));
    return metric;
}

static JSValue new_metric(JSContext *ctx, const struct metric *metric)
{
    JSValue obj = JS_NewObjectClass(ctx, CLASS_METRIC);
    if (JS_IsException(obj))
        return obj;
    JS_SetOpaque(obj, id_to_opaque(metric->id));
    JS_DefinePropertyValueStr(ctx, obj, "name", JS_NewString(ctx, metric->name),
                              JS_PROP_ENUMERABLE);
    return obj;
}

/* new Counter(name, isTime); `type` is enum metric_type. */
static JSValue construct(JSContext *ctx, JSValueConst target, int argc, JSValueConst *argv,
                         int type)
{
    struct js *js = js_of(ctx);
    if (!js->in_init)
        return js_throw(ctx, "metrics must be declared in the init context");
    bool is_time = argc > 1 && JS_ToBool(ctx, argv[1]) > 0;
    struct span name = JS_IsUndefined(argv[0]) ? SPAN("") : js_to_span(ctx, argv[0]);
    if (!name.ptr)
        return JS_EXCEPTION;
    const struct metric *metric =
        declare(ctx, name, (enum metric_type)type, is_time ? METRIC_TIME : METRIC_DEFAULT);
    if (!JS_IsUndefined(argv[0]))
        JS_FreeCString(ctx, name.ptr);
    return metric ? new_metric(ctx, metric) : JS_EXCEPTION;
}

static const JSClassDef metric_class = {.class_name = "Metric"};

static const struct {
    const char *name;
    enum metric_type type;
} CONSTRUCTORS[] = {
    {"Counter", METRIC_COUNTER},
    {"Gauge", METRIC_GAUGE},
    {"Rate", METRIC_RATE},
    {"Trend", METRIC_TREND},
};

void module_metrics_build(struct js *js, JSValueConst exports)
{
    JSContext *ctx = js->ctx;
    JS_NewClass(js->rt, CLASS_METRIC, &metric_class);
    JSValue proto = JS_NewObject(ctx);
    JS_DefinePropertyValueStr(ctx, proto, "add", JS_NewCFunction(ctx, add, "add", 2),
                              JS_PROP_WRITABLE | JS_PROP_CONFIGURABLE);
    for (size_t i = 0; i < COUNT_OF(CONSTRUCTORS); i++) {
        JSValue fn =
            JS_NewCFunctionMagic(ctx, (JSCFunctionMagic *)construct, CONSTRUCTORS[i].name, 1,
                                 JS_CFUNC_constructor_or_func_magic, CONSTRUCTORS[i].type);
        JS_SetConstructor(ctx, fn, proto);
        js_set(ctx, exports, CONSTRUCTORS[i].name, fn);
    }
    JS_SetClassProto(ctx, CLASS_METRIC, proto);
}
