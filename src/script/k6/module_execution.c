/* SPDX-License-Identifier: Apache-2.0
 *
 * The module "k6/execution": what the script can know about the test, the instance, the scenario
 * and its user, and test.abort() and test.fail(). All values are read when they are asked for.
 */
#include "base/clock.h"
#include "base/log.h"
#include "load/host.h"
#include "load/plan.h"
#include "script/k6/builtins.h"
#include "script/k6/js.h"
#include "script/k6/vu_tags.h"

enum scenario_field {
    SCENARIO_NAME,
    SCENARIO_EXECUTOR,
    SCENARIO_START_TIME,
    SCENARIO_PROGRESS,
    SCENARIO_ITERATION_IN_INSTANCE,
    SCENARIO_ITERATION_IN_TEST,
};

enum vu_field {
    VU_ID_IN_INSTANCE,
    VU_ID_IN_TEST,
    VU_ITERATION_IN_INSTANCE,
    VU_ITERATION_IN_SCENARIO,
};

enum instance_field {
    INSTANCE_DURATION,
    INSTANCE_COMPLETED,
    INSTANCE_INTERRUPTED,
    INSTANCE_ACTIVE,
    INSTANCE_INITIALIZED,
};

static JSValue get_scenario(JSContext *ctx, JSValueConst self, int field)
{
    struct vu_facts facts = {0};
    struct js *js = js_of(ctx);
    if (js->vu)
        host_vu_facts(js->vu, &facts);
    const struct scenario *scenario = facts.scenario;
    if (!scenario || js->in_init)
        return js_throw(ctx, "getting scenario information outside of the VU context is not "
                             "supported");
    nsec_t now = clock_now(clock_monotonic());
    switch ((enum scenario_field)field) {
    case SCENARIO_NAME:
        return JS_NewString(ctx, scenario->name);
    case SCENARIO_EXECUTOR:
        return JS_NewString(ctx, executor_name(scenario->kind));
    case SCENARIO_START_TIME:
        return JS_NewInt64(ctx, (clock_wall() - (now - facts.scenario_start_ns)) / NSEC_PER_MSEC);
    case SCENARIO_PROGRESS:
        return JS_NewFloat64(ctx, facts.scenario_progress);
    case SCENARIO_ITERATION_IN_INSTANCE:
        return JS_NewInt64(ctx, (int64_t)facts.scenario_iteration_in_instance);
    case SCENARIO_ITERATION_IN_TEST:
        return JS_NewInt64(ctx, (int64_t)facts.scenario_iteration_in_test);
    }
    return JS_UNDEFINED;
}

static JSValue get_vu(JSContext *ctx, JSValueConst self, int field)
{
    struct vu_facts facts = {0};
    struct js *js = js_of(ctx);
    if (js->vu)
        host_vu_facts(js->vu, &facts);
    switch ((enum vu_field)field) {
    case VU_ID_IN_INSTANCE:
        return JS_NewInt64(ctx, (int64_t)facts.id_in_instance);
    case VU_ID_IN_TEST:
        return JS_NewInt64(ctx, (int64_t)facts.id_in_test);
    case VU_ITERATION_IN_INSTANCE:
        return JS_NewInt64(ctx, (int64_t)facts.iteration);
    case VU_ITERATION_IN_SCENARIO:
        return JS_NewInt64(ctx, (int64_t)facts.iteration_in_scenario);
    }
    return JS_UNDEFINED;
}

static JSValue get_instance(JSContext *ctx, JSValueConst self, int field)
{
    struct test_facts facts = {0};
    struct js *js = js_of(ctx);
    if (!js->vu)
        return js_throw(ctx, "getting instance information in the init context is not supported");
    host_test_facts(js->vu, &facts);
    switch ((enum instance_field)field) {
    case INSTANCE_DURATION:
        return JS_NewFloat64(ctx, nsec_to_ms(facts.duration_ns));
    case INSTANCE_COMPLETED:
        return JS_NewInt64(ctx, (int64_t)facts.iterations_completed);
    case INSTANCE_INTERRUPTED:
        return JS_NewInt64(ctx, (int64_t)facts.iterations_interrupted);
    case INSTANCE_ACTIVE:
        return JS_NewInt64(ctx, (int64_t)facts.vus_active);
    case INSTANCE_INITIALIZED:
        return JS_NewInt64(ctx, (int64_t)facts.vus_initialized);
    }
    return JS_UNDEFINED;
}

/* The optional message of test.abort() and test.fail(), to be freed; ptr NULL with an exception. */
static struct span take_message(JSContext *ctx, int argc, JSValueConst *argv)
{
    if (!js_of(ctx)->vu) {
        js_throw(ctx, "the test cannot be ended in the init context; throw an exception instead");
        return SPAN_EMPTY;
    }
    JSValue message =
        argc == 0 || js_nullish(argv[0]) ? JS_NewString(ctx, "") : JS_ToString(ctx, argv[0]);
    struct span text = JS_IsException(message) ? SPAN_EMPTY : js_to_span(ctx, message);
    JS_FreeValue(ctx, message);
    return text;
}

static JSValue test_abort(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    struct span message = take_message(ctx, argc, argv);
    if (!message.ptr)
        return JS_EXCEPTION;
    host_abort(js_of(ctx)->vu, message);
    JS_FreeCString(ctx, message.ptr);
    return js_throw_interrupted(js_of(ctx));
}

static JSValue test_fail(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    struct js *js = js_of(ctx);
    struct span message = take_message(ctx, argc, argv);
    if (!message.ptr)
        return JS_EXCEPTION;
    host_fail(js->vu);
    log_printf(js->log, LOG_ERROR, "test marked as failed%s%.*s", message.len ? ": " : "",
               SPAN_ARG(message));
    JS_FreeCString(ctx, message.ptr);
    return JS_UNDEFINED;
}

static JSValue parse_options(JSContext *ctx, const char *json)
{
    JSValue options = JS_ParseJSON(ctx, json, strlen(json), "<options>");
    if (JS_IsException(options) || js_freeze(ctx, options) < 0) {
        JS_FreeValue(ctx, options);
        return JS_EXCEPTION;
    }
    return options;
}

/* Parsed at the first read, then an own property of exec.test. */
static JSValue test_options(JSContext *ctx, JSValueConst self)
{
    struct js *js = js_of(ctx);
    const struct plan *plan = js->vu ? host_plan(js->vu) : NULL;
    if (!plan || !plan->options_json)
        return js_throw(ctx, "getting test options in the init context is not supported");
    JSValue options = parse_options(ctx, plan->options_json);
    if (!JS_IsException(options))
        JS_DefinePropertyValueStr(ctx, self, "options", JS_DupValue(ctx, options),
                                  JS_PROP_ENUMERABLE);
    return options;
}

#define FIELD(name, getter, field)                                                                 \
    {                                                                                              \
        name, JS_PROP_ENUMERABLE | JS_PROP_CONFIGURABLE, JS_DEF_CGETSET_MAGIC, field, .u = {       \
            .getset = {.get = {.getter_magic = getter}}                                            \
        }                                                                                          \
    }

static const JSCFunctionListEntry SCENARIO_FIELDS[] = {
    FIELD("name", get_scenario, SCENARIO_NAME),
    FIELD("executor", get_scenario, SCENARIO_EXECUTOR),
    FIELD("startTime", get_scenario, SCENARIO_START_TIME),
    FIELD("progress", get_scenario, SCENARIO_PROGRESS),
    FIELD("iterationInInstance", get_scenario, SCENARIO_ITERATION_IN_INSTANCE),
    FIELD("iterationInTest", get_scenario, SCENARIO_ITERATION_IN_TEST),
};

static const JSCFunctionListEntry VU_FIELDS[] = {
    FIELD("idInInstance", get_vu, VU_ID_IN_INSTANCE),
    FIELD("idInTest", get_vu, VU_ID_IN_TEST),
    FIELD("iterationInInstance", get_vu, VU_ITERATION_IN_INSTANCE),
    FIELD("iterationInScenario", get_vu, VU_ITERATION_IN_SCENARIO),
};

static const JSCFunctionListEntry INSTANCE_FIELDS[] = {
    FIELD("currentTestRunDuration", get_instance, INSTANCE_DURATION),
    FIELD("iterationsCompleted", get_instance, INSTANCE_COMPLETED),
    FIELD("iterationsInterrupted", get_instance, INSTANCE_INTERRUPTED),
    FIELD("vusActive", get_instance, INSTANCE_ACTIVE),
    FIELD("vusInitialized", get_instance, INSTANCE_INITIALIZED),
};

static const JSCFunctionListEntry TEST_FIELDS[] = {
    {"options", JS_PROP_ENUMERABLE | JS_PROP_CONFIGURABLE, JS_DEF_CGETSET, 0,
     .u = {.getset = {.get = {.getter = test_options}}}},
};

static JSValue object_of(JSContext *ctx, const JSCFunctionListEntry *fields, int count)
{
    JSValue obj = JS_NewObject(ctx);
    JS_SetPropertyFunctionList(ctx, obj, fields, count);
    return obj;
}

static JSValue new_vu_object(struct js *js)
{
    JSContext *ctx = js->ctx;
    JSValue vu = object_of(ctx, VU_FIELDS, COUNT_OF(VU_FIELDS));
    JSValue metrics = JS_NewObject(ctx);
    vu_tags_register(js);
    js_set(ctx, vu, "tags", vu_tags_new(js));
    js_set(ctx, metrics, "tags", vu_tags_new(js));
    js_set(ctx, metrics, "metadata", JS_NewObject(ctx));
    js_set(ctx, vu, "metrics", metrics);
    return vu;
}

void module_execution_build(struct js *js, JSValueConst exports)
{
    JSContext *ctx = js->ctx;
    JSValue test = object_of(ctx, TEST_FIELDS, COUNT_OF(TEST_FIELDS));
    js_set_fn(ctx, test, "abort", test_abort, 1);
    js_set_fn(ctx, test, "fail", test_fail, 1);
    js_set(ctx, exports, "instance", object_of(ctx, INSTANCE_FIELDS, COUNT_OF(INSTANCE_FIELDS)));
    js_set(ctx, exports, "scenario", object_of(ctx, SCENARIO_FIELDS, COUNT_OF(SCENARIO_FIELDS)));
    js_set(ctx, exports, "test", test);
    js_set(ctx, exports, "vu", new_vu_object(js));
}
