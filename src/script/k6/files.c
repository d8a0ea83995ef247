/* SPDX-License-Identifier: Apache-2.0
 *
 * Paths are seen from the directory of the script that was started, as in k6. The text becomes a
 * string of the calling user; with "b", an ArrayBuffer.
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
        js_throw(ctx, "stat %s: %s; open() looks from the script's own folder", path,
                 problem == ENOENT ? "no such file or directory" : strerror(problem));
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

static JSValue open_path(struct js *js, struct span name, bool binary)
{
    struct arena scratch;
    arena_init(&scratch, 1024);
    struct span url = modules_resolve(&scratch, span_cstr(js->script->url), name);
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
