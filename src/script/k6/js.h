/* SPDX-License-Identifier: Apache-2.0
 *
 * One JavaScript engine: the runtime and context of one virtual user, or of the throw-away first
 * init. Only this folder knows the engine (QuickJS). An engine is made and used on one coroutine
 * (or on the main thread before users exist); js_enter() says so each time control comes in.
 *
 * Values follow QuickJS's rules: a JSValue that a function returns is owned by the caller, a
 * JSValueConst parameter is borrowed. JS_EXCEPTION means that an exception is pending.
 */
#ifndef SCRIPT_K6_JS_H
#define SCRIPT_K6_JS_H

#include <quickjs.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/rng.h"
#include "base/span.h"
#include "base/util.h"
#include "script/k6/event_loop.h"
#include "script/k6/js_atoms.h"

struct error;
struct k6_script;
struct log;
struct scenario;
struct vu;

/* Class ids: the same in every runtime; the first lies above QuickJS's own (js_engine_new() asserts
 * it). */
enum js_class {
    CLASS_FIRST = 64,
    CLASS_RESPONSE = CLASS_FIRST,
    CLASS_ENV,
    CLASS_METRIC,
    CLASS_SHARED_ARRAY,
    CLASS_JAR,
    CLASS_STATUSES,
    CLASS_FILE,
    CLASS_VU_TAGS,
};

struct js {
    JSRuntime *rt;
    JSContext *ctx;
    struct k6_script *script; /* read-only unless `loading` */
    struct vu *vu;            /* NULL in the first init */
    struct log *log;
    unsigned features; /* enum js_feature that the context has */
    bool loading;      /* the first init: modules are compiled, files read, metrics registered */
    bool in_init;      /* init code runs: open(), require(), new Counter() are allowed */
    bool interrupted;  /* the iteration was cut: only unwinding is left */
    nsec_t slice_start_ns; /* when this user last let others run */

    struct event_loop loop;
    JSValue exports;          /* namespace of the entry module */
    JSValue builtins;         /* object: module name to its exports */
    JSValue cjs;              /* object: URL to the `module` object of CommonJS files */
    const char *required_url; /* of the file that require() loads now; NULL outside of it */
    JSValue setup_data;
    bool setup_data_ready;
    const struct scenario *exec_scenario; /* whose function is cached in exec_fn */
    JSValue exec_fn;

    struct rng rng;            /* after randomSeed() */
    JSValue response_callback; /* of http.setResponseCallback(); undefined: k6's default */
    JSAtom atoms[ATOM_COUNT];
};

/* Never NULL. `vu` is NULL for the first init. */
struct js *js_engine_new(struct k6_script *script, struct vu *vu, struct log *log);
void js_engine_free(struct js **js);

static inline struct js *js_of(JSContext *ctx)
{
    return JS_GetContextOpaque(ctx);
}

/* What an engine takes at least; for the message when there is no room. */
#define JS_ENGINE_BYTES ((size_t)64 * 1024)

/* How deep scripts may go on the current stack. */
void js_limit_stack(JSRuntime *rt);

/* Control enters the engine on the current stack: sets its depth limit and time slice. */
void js_enter(struct js *js);

/* Init code: instantiates and runs the entry module until nothing is pending. 0, or -1 with `err`
 * (107; 255 when the entry file is missing). */
int js_run_init(struct js *js, struct error *err);

/* Throws the uncatchable exception that unwinds a cut iteration. */
JSValue js_throw_interrupted(struct js *js);

/* Throws an Error that prints as k6's Go errors do ("GoError: message"). */
JSValue js_throw(JSContext *ctx, const char *fmt, ...) PRINTF_LIKE(2, 3);

static inline bool js_nullish(JSValueConst value)
{
    return JS_IsUndefined(value) || JS_IsNull(value);
}

/* Argument `index` of a call; undefined when the script gave fewer. */
static inline JSValueConst js_argument(int argc, JSValueConst *argv, int index)
{
    return index < argc ? argv[index] : JS_UNDEFINED;
}

/* Forgets the pending exception. */
static inline void js_drop_exception(JSContext *ctx)
{
    JS_FreeValue(ctx, JS_GetException(ctx));
}

/* A borrowed C string with its length; release with JS_FreeCString(). ptr NULL: exception. */
static inline struct span js_to_span(JSContext *ctx, JSValueConst value)
{
    size_t len = 0;
    const char *text = JS_ToCStringLen(ctx, &len, value);
    return span_of(text, len);
}

static inline JSValue js_string(JSContext *ctx, struct span text)
{
    return JS_NewStringLen(ctx, text.ptr ? text.ptr : "", text.len);
}

/* A new ArrayBuffer with a copy of `bytes`. */
JSValue js_array_buffer(JSContext *ctx, struct span bytes);

/* obj[name] = value (consumed), as plain data. */
void js_set(JSContext *ctx, JSValueConst obj, const char *name, JSValue value);

/* Adds a method. */
void js_set_fn(JSContext *ctx, JSValueConst obj, const char *name, JSCFunction *fn, int length);

/* Appends `item` (consumed) to the list obj[name], which is made when it is not there. */
void js_append(JSContext *ctx, JSValueConst obj, struct span name, JSValue item);

/* Number of elements of a list. */
int64_t js_length(JSContext *ctx, JSValueConst list);

/* "Date", "AsyncFunction": for objects whose class the engine does not tell. Cut to fit into `buf`;
 * "" when there is none. */
void js_constructor_name(JSContext *ctx, JSValueConst obj, char *buf, size_t size);

/* Calls fn(key, value) for each own enumerable string property; stops and returns -1 when it does
 * or when reading throws. */
typedef int js_each_fn(JSContext *ctx, struct span key, JSValueConst value, void *arg);
int js_each(JSContext *ctx, JSValueConst obj, js_each_fn *fn, void *arg);

/* Object.freeze() of plain data and everything in it. 0, or -1 with an exception. */
int js_freeze(JSContext *ctx, JSValueConst value);

/* The text or bytes of a string, ArrayBuffer or typed array. */
struct js_bytes {
    struct span span;
    const char *cstring; /* private */
};

/* 0, or -1 with an exception for other values. Borrowed from `value`: js_bytes_done(). */
int js_bytes_init(JSContext *ctx, struct js_bytes *bytes, JSValueConst value);
void js_bytes_done(JSContext *ctx, struct js_bytes *bytes);

#endif
