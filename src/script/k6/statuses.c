/* SPDX-License-Identifier: Apache-2.0
 *
 * The ranges live in the JavaScript object's opaque memory.
 */
#include "script/k6/statuses.h"

#include <stdlib.h>

#include "base/mem.h"
#include "client/client.h"
#include "script/k6/js.h"

static const struct expected_statuses judge_nothing = {.disabled = true};

struct js_statuses {
    struct expected_statuses expected;
    struct status_range ranges[];
};

static void finalize(JSRuntime *rt, JSValue obj)
{
    free(JS_GetOpaque(obj, CLASS_STATUSES));
}

static const JSClassDef statuses_class = {"ExpectedStatuses", .finalizer = finalize};

void statuses_register(struct js *js)
{
    JS_NewClass(js->rt, CLASS_STATUSES, &statuses_class);
    JS_SetClassProto(js->ctx, CLASS_STATUSES, JS_NewObject(js->ctx));
}

static int read_number(JSContext *ctx, JSValueConst obj, const char *name, int *ret)
{
    JSValue value = JS_GetPropertyStr(ctx, obj, name);
    int rc = JS_IsNumber(value) ? JS_ToInt32(ctx, ret, value) : -1;
    JS_FreeValue(ctx, value);
    return rc;
}

static int read_range(JSContext *ctx, JSValueConst value, struct status_range *ret)
{
    if (JS_IsNumber(value)) {
        if (JS_ToInt32(ctx, &ret->first, value) < 0)
            return -1;
        ret->last = ret->first;
        return 0;
    }
    if (JS_IsObject(value) && read_number(ctx, value, "min", &ret->first) == 0 &&
        read_number(ctx, value, "max", &ret->last) == 0)
        return 0;
    if (!JS_HasException(ctx))
        js_throw(ctx, "expectedStatuses() takes integers and objects like { min: 200, max: 299 }");
    return -1;
}

JSValue statuses_new(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    if (argc == 0)
        return js_throw(ctx, "no arguments");
    struct js_statuses *statuses =
        mem_new(1, sizeof(*statuses) + sizeof(statuses->ranges[0]) * (size_t)argc);
    for (int i = 0; i < argc; i++) {
        if (read_range(ctx, argv[i], &statuses->ranges[i]) < 0) {
            free(statuses);
            return JS_EXCEPTION;
        }
    }
    statuses->expected.ranges = statuses->ranges;
    statuses->expected.count = (size_t)argc;
    JSValue obj = JS_NewObjectClass(ctx, CLASS_STATUSES);
    JS_SetOpaque(obj, statuses);
    return obj;
}

int statuses_apply(JSContext *ctx, JSValueConst callback, struct request *request)
{
    if (JS_IsUndefined(callback))
        return 0;
    if (JS_IsNull(callback)) {
        request->expected = &judge_nothing;
        return 0;
    }
    const struct js_statuses *statuses = JS_GetOpaque(callback, CLASS_STATUSES);
    if (!statuses) {
        js_throw(ctx, "unsupported responseCallback; use http.expectedStatuses() or null");
        return -1;
    }
    request->expected = &statuses->expected;
    return 0;
}
