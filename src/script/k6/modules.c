/* SPDX-License-Identifier: Apache-2.0
 *
 * A specifier becomes a name (normalize), a name becomes a module (load). Names are "k6/http" for
 * built-ins and file:// URLs for files. Built-ins and CommonJS files become synthetic modules
 * whose exports are the properties of an object, plus that object as default.
 */
#include "script/k6/modules.h"

#include "base/strbuf.h"
#include "script/k6/builtins.h"
#include "script/k6/js.h"
#include "script/k6/module_source.h"
#include "script/k6/script_private.h"

static bool is_builtin(struct span name)
{
    return span_equal(name, SPAN("k6")) || span_starts_with(name, SPAN("k6/"));
}

static bool is_file(struct span name)
{
    return span_starts_with(name, SPAN("./")) || span_starts_with(name, SPAN("../")) ||
           span_starts_with(name, SPAN("/")) || span_starts_with(name, SPAN("file://"));
}

/* An Error without a name prints as its message alone: these are sentences for people. */
static void hide_error_name(JSContext *ctx)
{
    JSValue error = JS_GetException(ctx);
    JS_DefinePropertyValueStr(ctx, error, "name", JS_NewString(ctx, ""),
                              JS_PROP_WRITABLE | JS_PROP_CONFIGURABLE);
    JS_Throw(ctx, error);
}

static void throw_specifier(JSContext *ctx, struct span name, struct span importer)
{
    if (span_starts_with(name, SPAN("https://")) || span_starts_with(name, SPAN("http://")))
        js_throw(ctx,
                 "remote import \"%.*s\" (in %.*s) is not supported yet: download the file once, "
                 "put it beside the script and import it as \"./name.js\"",
                 SPAN_ARG(name), SPAN_ARG(importer));
    else
        js_throw(ctx,
                 "The moduleSpecifier \"%.*s\" (in %.*s) couldn't be recognised: packages are not "
                 "looked up; bundle the package into one file and import that as \"./name.js\"",
                 SPAN_ARG(name), SPAN_ARG(importer));
    hide_error_name(ctx);
}

static void add_segments(struct strbuf *out, struct span path)
{
    while (path.len) {
        struct span segment = span_cut(path, '/', &path);
        if (span_equal(segment, SPAN("..")))
            while (out->len && out->ptr[--out->len] != '/')
                ;
        else if (segment.len && !span_equal(segment, SPAN(".")))
            strbuf_addf(out, "/%.*s", SPAN_ARG(segment));
    }
}

static struct span parent_of(struct span path)
{
    while (path.len && path.ptr[path.len - 1] != '/')
        path.len--;
    return path;
}

struct span modules_resolve(struct arena *arena, struct span base_url, struct span path)
{
    struct span scheme = SPAN("file://");
    AUTO(strbuf_done) struct strbuf out = STRBUF_INIT((size_t)64 * 1024);
    if (span_starts_with(path, scheme))
        path = span_from(path, scheme.len);
    else if (!span_starts_with(path, SPAN("/")))
        add_segments(&out, parent_of(span_from(base_url, scheme.len)));
    add_segments(&out, path);
    const char *url = arena_printf(arena, "file://%.*s", SPAN_ARG(strbuf_span(&out)));
    return span_cstr(url);
}

/* JSModuleNormalizeFunc */
static char *normalize(JSContext *ctx, const char *importer, const char *specifier, void *opaque)
{
    struct span name = span_cstr(specifier);
    if (is_builtin(name))
        return js_strndup(ctx, name.ptr, name.len);
    if (!is_file(name)) {
        throw_specifier(ctx, name, span_cstr(importer));
        return NULL;
    }
    struct arena scratch;
    arena_init(&scratch, 1024);
    struct span url = modules_resolve(&scratch, span_cstr(importer), name);
    char *result = NULL;
    if (span_ends_with(url, SPAN(".ts"))) {
        js_throw(ctx, "%.*s: TypeScript is not supported yet: strip the types (esbuild --bundle)",
                 SPAN_ARG(url));
        hide_error_name(ctx);
    } else {
        result = js_strndup(ctx, url.ptr, url.len);
    }
    arena_done(&scratch);
    return result;
}

/* The object whose properties a synthetic module exports; a borrowed reference stays in `js`. */
static JSValue synthetic_object(struct js *js, const char *name)
{
    if (is_builtin(span_cstr(name)))
        return JS_GetPropertyStr(js->ctx, js->builtins, name);
    JSValue module = JS_GetPropertyStr(js->ctx, js->cjs, name);
    JSValue exports = JS_GetPropertyStr(js->ctx, module, "exports");
    JS_FreeValue(js->ctx, module);
    return exports;
}

struct export_context {
    JSModuleDef *module;
    bool declare;
    bool has_default;
};

static int export_one(JSContext *ctx, struct span key, JSValueConst value, void *arg)
{
    struct export_context *context = arg;
    if (span_equal(key, SPAN("default")))
        context->has_default = true;
    return context->declare
               ? JS_AddModuleExport(ctx, context->module, key.ptr)
               : JS_SetModuleExport(ctx, context->module, key.ptr, JS_DupValue(ctx, value));
}

/* Declares (before linking) or sets (when evaluated) the exports. */
static int export_all(JSContext *ctx, JSModuleDef *module, JSValueConst object, bool declare)
{
    struct export_context context = {module, declare, false};
    if (JS_IsObject(object) && js_each(ctx, object, export_one, &context) < 0)
        return -1;
    if (context.has_default)
        return 0;
    return declare ? JS_AddModuleExport(ctx, module, "default")
                   : JS_SetModuleExport(ctx, module, "default", JS_DupValue(ctx, object));
}

static int init_synthetic(JSContext *ctx, JSModuleDef *module)
{
    JSAtom atom = JS_GetModuleName(ctx, module);
    const char *name = JS_AtomToCString(ctx, atom);
    JSValue object = synthetic_object(js_of(ctx), name);
    int rc = export_all(ctx, module, object, false);
    JS_FreeValue(ctx, object);
    JS_FreeCString(ctx, name);
    JS_FreeAtom(ctx, atom);
    return rc;
}

/* Consumes `object`. */
static JSModuleDef *new_synthetic(JSContext *ctx, const char *name, JSValue object)
{
    JSModuleDef *module = NULL;
    if (!JS_IsException(object))
        module = JS_NewCModule(ctx, name, init_synthetic);
    if (module && export_all(ctx, module, object, true) < 0)
        module = NULL;
    JS_FreeValue(ctx, object);
    return module;
}

static JSValue require(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv, int magic,
                       JSValue *data);

/* Instantiates a CommonJS file once; its module.exports. */
static JSValue run_commonjs(struct js *js, struct span url, const struct k6_module *source)
{
    JSContext *ctx = js->ctx;
    JSValue known = JS_GetPropertyStr(ctx, js->cjs, url.ptr);
    if (!JS_IsUndefined(known)) {
        JS_FreeValue(ctx, known);
        return synthetic_object(js, url.ptr);
    }
    JSValue module = JS_NewObject(ctx), exports = JS_NewObject(ctx);
    JSValue base = js_string(ctx, url);
    js_set(ctx, module, "exports", JS_DupValue(ctx, exports));
    js_set(ctx, js->cjs, url.ptr, JS_DupValue(ctx, module)); /* cycles see what is there so far */
    JSValue fn = JS_EvalFunction(ctx, JS_ReadObject(ctx, (const uint8_t *)source->bytecode.ptr,
                                                    source->bytecode.len, JS_READ_OBJ_BYTECODE));
    JSValue require_fn = JS_NewCFunctionData(ctx, require, 1, 0, 1, &base);
    JSValue result = JS_IsException(fn) ? JS_EXCEPTION
                                        : JS_Call(ctx, fn, exports, 3,
                                                  (JSValueConst[]){module, exports, require_fn});
    JSValue kept =
        JS_IsException(result) ? JS_EXCEPTION : JS_GetPropertyStr(ctx, module, "exports");
    JSValue all[] = {module, exports, base, fn, require_fn, result};
    for (size_t i = 0; i < COUNT_OF(all); i++)
        JS_FreeValue(ctx, all[i]);
    return kept;
}

static JSModuleDef *read_module(JSContext *ctx, const struct k6_module *source)
{
    JSValue value = JS_ReadObject(ctx, (const uint8_t *)source->bytecode.ptr, source->bytecode.len,
                                  JS_READ_OBJ_BYTECODE);
    if (JS_IsException(value))
        return NULL;
    JSModuleDef *module = JS_VALUE_GET_PTR(value);
    JS_FreeValue(ctx, value); /* the context holds all its modules */
    return module;
}

/* JSModuleLoaderFunc */
static JSModuleDef *load(JSContext *ctx, const char *name, void *opaque)
{
    struct js *js = js_of(ctx);
    if (is_builtin(span_cstr(name))) {
        JSValue object = builtins_get(js, span_cstr(name));
        if (JS_IsException(object))
            hide_error_name(ctx);
        return new_synthetic(ctx, name, object);
    }
    const struct k6_module *source = module_source_get(js, span_cstr(name));
    if (!source)
        return NULL;
    if (source->is_commonjs)
        return new_synthetic(ctx, name, run_commonjs(js, span_cstr(name), source));
    return read_module(ctx, source);
}

/* An ES module required from CommonJS: the engine's dynamic import finds or makes the one instance;
 * its promise settles in jobs, since a required module is wanted now. */
static JSValue require_esm(struct js *js, const char *url)
{
    JSContext *ctx = js->ctx, *job_ctx;
    JSValue promise = JS_LoadModule(ctx, url, url);
    if (JS_IsException(promise))
        return promise;
    while (JS_PromiseState(ctx, promise) == JS_PROMISE_PENDING)
        if (JS_ExecutePendingJob(js->rt, &job_ctx) <= 0)
            break;
    JSPromiseStateEnum state = JS_PromiseState(ctx, promise);
    JSValue result = JS_PromiseResult(ctx, promise);
    JS_FreeValue(ctx, promise);
    if (state == JS_PROMISE_FULFILLED)
        return result;
    if (state == JS_PROMISE_REJECTED)
        return JS_Throw(ctx, result);
    JS_FreeValue(ctx, result);
    return js_throw(
        ctx, "require(\"%s\") of a module that is still being loaded: import it instead", url);
}

static JSValue require_file(struct js *js, const char *url)
{
    const struct k6_module *source = module_source_get(js, span_cstr(url));
    if (!source)
        return JS_EXCEPTION;
    const char *outer = js->required_url;
    js->required_url = url;
    JSValue result =
        source->is_commonjs ? run_commonjs(js, span_cstr(url), source) : require_esm(js, url);
    js->required_url = outer;
    return result;
}

/* require(specifier); data[0] is the URL of the requiring file. */
static JSValue require(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv, int magic,
                       JSValue *data)
{
    struct js *js = js_of(ctx);
    if (!js->in_init)
        return js_throw(ctx, "the \"require\" function is only available in the init stage (i.e. "
                             "the global scope)");
    const char *specifier = JS_ToCString(ctx, argv[0]);
    const char *importer = JS_ToCString(ctx, data[0]);
    char *name = specifier && importer ? normalize(ctx, importer, specifier, NULL) : NULL;
    JS_FreeCString(ctx, specifier);
    JS_FreeCString(ctx, importer);
    if (!name)
        return JS_EXCEPTION;
    JSValue result =
        is_builtin(span_cstr(name)) ? builtins_get(js, span_cstr(name)) : require_file(js, name);
    js_free(ctx, name);
    return result;
}

void modules_install(struct js *js, JSValueConst global)
{
    JS_SetModuleLoaderFunc(js->rt, normalize, load, NULL);
    JSValue base = JS_NewString(js->ctx, js->script->url);
    js_set(js->ctx, global, "require", JS_NewCFunctionData(js->ctx, require, 1, 0, 1, &base));
    JS_FreeValue(js->ctx, base);
}

int modules_run_entry(struct js *js, JSValue *ret_promise)
{
    JSContext *ctx = js->ctx;
    struct span url = span_cstr(js->script->url);
    *ret_promise = JS_UNDEFINED;
    const struct k6_module *source = module_source_get(js, url);
    if (!source)
        return -1;
    if (source->is_commonjs) {
        js->exports = run_commonjs(js, url, source);
        return JS_IsException(js->exports) ? -1 : 0;
    }
    JSModuleDef *module = read_module(ctx, source);
    if (!module)
        return -1;
    JSValue value = JS_DupValue(ctx, JS_MKPTR(JS_TAG_MODULE, module));
    if (JS_ResolveModule(ctx, value) < 0) {
        JS_FreeValue(ctx, value);
        return -1;
    }
    *ret_promise = JS_EvalFunction(ctx, value);
    if (JS_IsException(*ret_promise))
        return -1;
    js->exports = JS_GetModuleNamespace(ctx, module);
    return JS_IsException(js->exports) ? -1 : 0;
}
