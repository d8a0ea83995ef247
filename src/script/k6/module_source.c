/* SPDX-License-Identifier: Apache-2.0
 *
 * Which kind a file is follows from parsing: import and export declarations, import.meta and
 * top-level await are syntax errors inside of a function, so a source that parses when wrapped
 * into one has none of them and is CommonJS, as in k6.
 */
#include "script/k6/module_source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/strbuf.h"
#include "script/k6/js.h"
#include "script/k6/refusals.h"
#include "script/k6/script_private.h"

/* Of scripts, bundles and data files; also what one file may take of every user's memory. */
#define MAX_FILE_BYTES ((off_t)2 << 30)

#define WRAP_BEFORE    "(function (module, exports, require) {"
#define WRAP_AFTER     "\n})"

static struct span read_all(int fd, size_t size)
{
    char *text = NEW_ARRAY(char, size + 1);
    size_t len = 0;
    while (len < size) {
        ssize_t got = read(fd, text + len, size - len);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            free(text);
            return SPAN_EMPTY;
        }
        if (got == 0)
            break;
        len += (size_t)got;
    }
    return span_of(text, len);
}

struct span module_source_read_file(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return SPAN_EMPTY;
    struct stat st;
    struct span text = SPAN_EMPTY;
    int problem = 0;
    if (fstat(fd, &st) < 0)
        problem = errno;
    else if (S_ISDIR(st.st_mode))
        problem = EISDIR;
    else if (st.st_size > MAX_FILE_BYTES)
        problem = EFBIG;
    else if (!(text = read_all(fd, (size_t)st.st_size)).ptr)
        problem = errno;
    close(fd);
    errno = problem;
    return text;
}

/* Compiling happens in an engine of its own, where imports resolve to nothing: a module that was
 * compiled stays in its context, and there must be one of each name. */
static int empty_module(JSContext *ctx, JSModuleDef *module)
{
    return 0;
}

static JSModuleDef *load_nothing(JSContext *ctx, const char *name, void *opaque)
{
    return JS_NewCModule(ctx, name, empty_module);
}

static char *keep_name(JSContext *ctx, const char *importer, const char *name, void *opaque)
{
    return js_strdup(ctx, name);
}

static JSContext *new_compiler(struct js *js)
{
    JSRuntime *rt = JS_NewRuntime();
    JSContext *ctx = rt ? JS_NewContext(rt) : NULL;
    if (!ctx)
        mem_exhausted(1, JS_ENGINE_BYTES);
    js_limit_stack(rt);
    JS_SetModuleLoaderFunc(rt, keep_name, load_nothing, NULL);
    JS_SetStripInfo(rt, JS_STRIP_SOURCE); /* it would be in every user's memory */
    return ctx;
}

static void free_compiler(JSContext *ctx)
{
    JSRuntime *rt = JS_GetRuntime(ctx);
    JS_FreeContext(ctx);
    JS_FreeRuntime(rt);
}

static JSValue compile_commonjs(JSContext *ctx, struct span source, const char *url)
{
    AUTO(strbuf_done) struct strbuf wrapped = STRBUF_INIT(source.len + 256);
    strbuf_adds(&wrapped, WRAP_BEFORE);
    strbuf_add_span(&wrapped, source);
    strbuf_adds(&wrapped, WRAP_AFTER);
    return JS_Eval(ctx, strbuf_cstr(&wrapped), wrapped.len, url,
                   JS_EVAL_TYPE_GLOBAL | JS_EVAL_FLAG_COMPILE_ONLY);
}

static JSValue compile(JSContext *ctx, struct span source, const char *url, bool *ret_commonjs)
{
    JSValue code = compile_commonjs(ctx, source, url);
    *ret_commonjs = !JS_IsException(code);
    if (*ret_commonjs)
        return code;
    js_drop_exception(ctx);
    return JS_Eval(ctx, source.ptr, source.len, url,
                   JS_EVAL_TYPE_MODULE | JS_EVAL_FLAG_COMPILE_ONLY);
}

/* The syntax error of the compiler's engine, thrown in ours. */
static void rethrow(struct js *js, JSContext *compiler)
{
    JSValue theirs = JS_GetException(compiler), ours = JS_NewError(js->ctx);
    static const char *const PROPERTIES[] = {"name", "message", "stack"};
    for (size_t i = 0; i < COUNT_OF(PROPERTIES); i++) {
        JSValue value = JS_GetPropertyStr(compiler, theirs, PROPERTIES[i]);
        struct span text = js_to_span(compiler, value);
        JS_DefinePropertyValueStr(js->ctx, ours, PROPERTIES[i], js_string(js->ctx, text),
                                  JS_PROP_WRITABLE | JS_PROP_CONFIGURABLE);
        JS_FreeCString(compiler, text.ptr);
        JS_FreeValue(compiler, value);
    }
    JS_FreeValue(compiler, theirs);
    JS_Throw(js->ctx, ours);
}

static struct k6_module *keep(struct js *js, struct span url, struct span bytecode, bool commonjs)
{
    struct k6_module *module = ARENA_NEW(&js->script->arena, struct k6_module);
    module->bytecode = span_of(mem_dup(bytecode.ptr, bytecode.len), bytecode.len);
    module->is_commonjs = commonjs;
    map_put(&js->script->modules, url)->value = module;
    return module;
}

/* Names that come with a feature; as parts of other words they only cost memory. */
static const struct {
    struct span word;
    enum js_feature feature;
} MENTIONS[] = {
    {SPAN("ArrayBuffer"), FEATURE_TYPED_ARRAYS},
    {SPAN("DataView"), FEATURE_TYPED_ARRAYS},
    {SPAN("8Array"), FEATURE_TYPED_ARRAYS},
    {SPAN("16Array"), FEATURE_TYPED_ARRAYS},
    {SPAN("32Array"), FEATURE_TYPED_ARRAYS},
    {SPAN("64Array"), FEATURE_TYPED_ARRAYS},
    {SPAN("ClampedArray"), FEATURE_TYPED_ARRAYS},
    {SPAN("Atomics"), FEATURE_TYPED_ARRAYS},
    {SPAN("Map"), FEATURE_MAP_SET},
    {SPAN("Set"), FEATURE_MAP_SET},
    {SPAN("Date"), FEATURE_DATE},
    {SPAN("globalThis"), FEATURE_ALL},
    {SPAN("eval"), FEATURE_ALL},
    {SPAN("Function("), FEATURE_ALL},
};

static unsigned features_of(struct span source)
{
    unsigned features = 0;
    for (size_t i = 0; i < COUNT_OF(MENTIONS); i++)
        if (source.len &&
            memmem(source.ptr, source.len, MENTIONS[i].word.ptr, MENTIONS[i].word.len))
            features |= MENTIONS[i].feature;
    return features;
}

static struct k6_module *compile_source(struct js *js, struct span source, struct span url)
{
    bool commonjs;
    size_t size;
    struct k6_module *module = NULL;
    JSContext *ctx = new_compiler(js);
    JSValue code = compile(ctx, source, url.ptr, &commonjs);
    uint8_t *bytes =
        JS_IsException(code) ? NULL : JS_WriteObject(ctx, &size, code, JS_WRITE_OBJ_BYTECODE);
    if (bytes)
        module = keep(js, url, span_of((const char *)bytes, size), commonjs);
    else
        rethrow(js, ctx);
    js_free(ctx, bytes);
    JS_FreeValue(ctx, code);
    free_compiler(ctx);
    return module;
}

static JSValue throw_unreadable(struct js *js, struct span url, int problem)
{
    struct span path = span_from(url, strlen("file://"));
    if (problem == EISDIR)
        return js_throw(js->ctx, "%.*s is a directory; import a file with its full name",
                        SPAN_ARG(path));
    return js_throw(js->ctx,
                    "The moduleSpecifier \"%.*s\" couldn't be found on local disk (%s). Make sure "
                    "that you've specified the right path to the file, with its extension.",
                    SPAN_ARG(path), strerror(problem));
}

/* 0, or -1 and an exception when the file makes calls that cannot work here. */
static int check_calls(struct js *js, struct span source, struct span url)
{
    int line;
    const char *name = js->script->env.allow_unsupported ? NULL : refusals_find(source, &line);
    if (!name)
        return 0;
    js_throw(js->ctx,
             "%.*s:%d calls http.%s(), which is not supported yet: make the requests one after the "
             "other, or let the call fail when it is made (--allow-unsupported)",
             SPAN_ARG(span_from(url, strlen("file://"))), line, name);
    return -1;
}

static struct k6_module *compile_file(struct js *js, struct span url)
{
    struct span source = module_source_read_file(url.ptr + strlen("file://"));
    if (!source.ptr) {
        throw_unreadable(js, url, errno);
        return NULL;
    }
    js->script->features |= features_of(source);
    struct k6_module *module =
        check_calls(js, source, url) < 0 ? NULL : compile_source(js, source, url);
    free((char *)source.ptr);
    return module;
}

const struct k6_module *module_source_get(struct js *js, struct span url)
{
    const struct k6_module *known = map_get(&js->script->modules, url);
    if (known)
        return known;
    if (!js->loading) {
        js_throw(js->ctx,
                 "%.*s was not imported when the script was first loaded; every virtual user must "
                 "import the same files",
                 SPAN_ARG(url));
        return NULL;
    }
    return compile_file(js, url);
}
