/* SPDX-License-Identifier: Apache-2.0
 *
 * Paths are seen, as in k6, from the directory of the file whose top-level code runs: a module that
 * is imported, one that is required, else the script; not of the file in which open() is written.
 * The text becomes a string of the calling user; with "b", an ArrayBuffer.
 */
#include "script/k6/files.h"

#include <errno.h>

#include "base/arena.h"
#include "script/k6/js.h"
#include "script/k6/module_source.h"
#include "script/k6/modules.h"
#include "script/k6/script_private.h"

static void throw_unreadable(JSContext *ctx, const char *path, int problem)
{
    if (problem == EISDIR)
        js_throw(ctx, "open() can't be used with directories, path: \"%s\"", path);
    else
        js_throw(ctx, "stat %s: %s; open() looks from the folder of the file that is being loaded",
                 path, problem == ENOENT ? "no such file or directory" : strerror(problem));
}

/* NULL with an exception. */
static const struct k6_file *read_file(struct js *js, struct span path)
{
    struct span content = module_source_read_file(path.ptr);
    if (!content.ptr) {
        throw_unreadable(js->ctx, path.ptr, errno);
        return NULL;
    }
    struct k6_file *file = ARENA_NEW(&js->script->arena, struct k6_file);
    file->content = content;
    map_put(&js->script->files, path)->value = file;
    return file;
}

static const struct k6_file *get_file(struct js *js, struct span path)
{
    const struct k6_file *known = map_get(&js->script->files, path);
    if (known)
        return known;
    if (js->loading)
        return read_file(js, path);
    js_throw(js->ctx,
             "open() can't be used with files that weren't previously opened during initialization "
             "(__VU==0), path: \"%s\"",
             path.ptr);
    return NULL;
}

/* The URL in a frame like "    at f (file:///a.js:1:2)"; empty for native code. */
static struct span frame_url(struct span frame)
{
    const char *url = memmem(frame.ptr, frame.len, "file://", strlen("file://"));
    struct span rest = url ? span_from(frame, (size_t)(url - frame.ptr)) : SPAN_EMPTY;
    for (int colons = 0; rest.len && colons < 2; rest.len--)
        colons += rest.ptr[rest.len - 1] == ':';
    return rest;
}

/* The file that require() loads, else the outermost one of the stack; in `arena`. */
static struct span loading_url(struct js *js, struct arena *arena)
{
    if (js->required_url)
        return span_cstr(arena_dup(arena, span_cstr(js->required_url)));
    JS_ThrowTypeError(js->ctx, "made for its stack");
    JSValue error = JS_GetException(js->ctx);
    JSValue stack = JS_GetPropertyStr(js->ctx, error, "stack");
    struct span text = js_to_span(js->ctx, stack), rest = text;
    struct span found = span_cstr(js->script->url);
    while (rest.len) {
        struct span frame = span_cut(rest, '\n', &rest);
        struct span url = frame_url(frame);
        if (url.len)
            found = url;
    }
    found = span_cstr(arena_dup(arena, found));
    JS_FreeCString(js->ctx, text.ptr);
    JS_FreeValue(js->ctx, stack);
    JS_FreeValue(js->ctx, error);
    return found;
}

static JSValue open_path(struct js *js, struct span name, bool binary)
{
    struct arena scratch;
    arena_init(&scratch, 1024);
    struct span url = modules_resolve(&scratch, loading_url(js, &scratch), name);
    const struct k6_file *file = get_file(js, span_from(url, strlen("file://")));
    arena_done(&scratch);
    if (!file)
        return JS_EXCEPTION;
    if (binary)
        return js_array_buffer(js->ctx, file->content);
    return js_string(js->ctx, file->content);
}

/* open(path, mode) */
static JSValue open_file(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    struct js *js = js_of(ctx);
    if (!js->in_init)
        return js_throw(ctx, "The \"open()\" function is only available in the init stage (i.e. "
                             "the global scope), see https://grafana.com/docs/k6/latest/"
                             "using-k6/test-lifecycle for more information");
    struct span name = JS_IsUndefined(argv[0]) ? SPAN_EMPTY : js_to_span(ctx, argv[0]);
    if (!name.len)
        return js_throw(ctx, "open() can't be used with an empty filename");
    const char *mode = argc > 1 && !js_nullish(argv[1]) ? JS_ToCString(ctx, argv[1]) : NULL;
    JSValue result = open_path(js, name, mode && strcmp(mode, "b") == 0);
    JS_FreeCString(ctx, mode);
    JS_FreeCString(ctx, name.ptr);
    return result;
}

void files_install(struct js *js, JSValueConst global)
{
    js_set_fn(js->ctx, global, "open", open_file, 1);
}
