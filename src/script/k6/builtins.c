/* SPDX-License-Identifier: Apache-2.0
 *
 * Which built-in modules there are, and what to say about the others.
 */
#include "script/k6/builtins.h"

#include "script/k6/js.h"

struct builtin {
    const char *name;
    void (*build)(struct js *js, JSValueConst exports);
};

static void timers_build(struct js *js, JSValueConst exports)
{
    event_loop_install(js, exports);
}

static const struct builtin BUILTINS[] = {
    {"k6", module_k6_build},
    {"k6/data", module_data_build},
    {"k6/encoding", module_encoding_build},
    {"k6/execution", module_execution_build},
    {"k6/http", module_http_build},
    {"k6/metrics", module_metrics_build},
    {"k6/timers", timers_build},
};

/* k6 has them; they are not here yet. */
static const char *const MISSING[] = {
    "k6/browser",
    "k6/crypto",
    "k6/crypto/x509",
    "k6/experimental/csv",
    "k6/experimental/fs",
    "k6/experimental/streams",
    "k6/experimental/websockets",
    "k6/html",
    "k6/net/grpc",
    "k6/secrets",
    "k6/websockets",
    "k6/ws",
};

static JSValue throw_unknown(JSContext *ctx, struct span name)
{
    if (span_starts_with(name, SPAN("k6/x/")))
        return js_throw(ctx,
                        "module \"%.*s\" is a k6 extension written in Go, which cannot be loaded "
                        "here: remove the import, or run this script with k6",
                        SPAN_ARG(name));
    for (size_t i = 0; i < COUNT_OF(MISSING); i++)
        if (span_equal(name, span_cstr(MISSING[i])))
            return js_throw(ctx,
                            "module \"%.*s\" is not supported yet: remove the import (supported: "
                            "k6, k6/data, k6/encoding, k6/execution, k6/http, k6/metrics, "
                            "k6/timers)",
                            SPAN_ARG(name));
    return js_throw(ctx, "unknown module: %.*s; check the spelling of the import", SPAN_ARG(name));
}

static JSValue build(struct js *js, const struct builtin *builtin)
{
    JSValue exports = JS_NewObject(js->ctx);
    builtin->build(js, exports);
    js_set(js->ctx, js->builtins, builtin->name, JS_DupValue(js->ctx, exports));
    return exports;
}

JSValue builtins_get(struct js *js, struct span name)
{
    for (size_t i = 0; i < COUNT_OF(BUILTINS); i++) {
        if (!span_equal(name, span_cstr(BUILTINS[i].name)))
            continue;
        JSValue known = JS_GetPropertyStr(js->ctx, js->builtins, BUILTINS[i].name);
        return JS_IsUndefined(known) ? build(js, &BUILTINS[i]) : known;
    }
    return throw_unknown(js->ctx, name);
}
