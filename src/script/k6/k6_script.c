/* SPDX-License-Identifier: Apache-2.0
 *
 * Loading: the first init runs in an engine that is thrown away; what it leaves behind is plain
 * memory that users share.
 */
#include "script/k6/k6_script.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/error.h"
#include "base/mem.h"
#include "script/k6/exception.h"
#include "script/k6/js.h"
#include "script/k6/modules.h"
#include "script/k6/script_private.h"

static int check_file(const char *path, struct error *err)
{
    if (access(path, R_OK) == 0)
        return 0;
    return error_set(err, EXIT_USAGE,
                     "The moduleSpecifier \"%s\" couldn't be found on local disk (%s). Make sure "
                     "that you've specified the right path to the file.",
                     path, strerror(errno));
}

/* The working directory as a URL with a trailing slash, to resolve the script's path against. */
static struct span working_directory(struct arena *arena)
{
    AUTO(mem_free) char *cwd = getcwd(NULL, 0);
    return span_cstr(arena_printf(arena, "file://%s/", cwd ? cwd : ""));
}

static struct k6_script *new_script(const char *path, const struct k6_env *env,
                                    struct registry *registry)
{
    struct k6_script *script = NEW(struct k6_script);
    arena_init(&script->arena, (size_t)16 * 1024);
    script->env = *env;
    script->registry = registry;
    script->path = arena_dup(&script->arena, span_cstr(path));
    script->url =
        modules_resolve(&script->arena, working_directory(&script->arena), span_cstr(path)).ptr;
    script->options_json = "{}";
    return script;
}

void k6_script_free(struct k6_script **script)
{
    struct k6_script *dead = *script;
    if (!dead)
        return;
    MAP_FOREACH (module, &dead->modules) {
        free((char *)((struct k6_module *)module->value)->bytecode.ptr);
    }
    MAP_FOREACH (file, &dead->files) {
        free((char *)((struct k6_file *)file->value)->content.ptr);
    }
    map_done(&dead->modules);
    map_done(&dead->files);
    map_done(&dead->shared_arrays);
    map_done(&dead->exports);
    arena_done(&dead->arena);
    free(dead);
    *script = NULL;
}

static int collect_export(JSContext *ctx, struct span name, JSValueConst value, void *arg)
{
    struct k6_script *script = arg;
    if (JS_IsFunction(ctx, value))
        map_put(&script->exports, name)->value = script;
    return 0;
}

static int collect_options(struct js *js, struct error *err)
{
    JSContext *ctx = js->ctx;
    JSValue options = JS_GetPropertyStr(ctx, js->exports, "options");
    JSValue json = JS_IsException(options)
                       ? JS_EXCEPTION
                       : JS_JSONStringify(ctx, options, JS_UNDEFINED, JS_UNDEFINED);
    JS_FreeValue(ctx, options);
    if (JS_IsException(json))
        return exception_error(js, EXIT_SCRIPT_EXCEPTION, err);
    if (JS_IsString(json)) {
        struct span text = js_to_span(ctx, json);
        js->script->options_json = arena_dup(&js->script->arena, text);
        JS_FreeCString(ctx, text.ptr);
    }
    JS_FreeValue(ctx, json);
    return 0;
}

static int collect(struct js *js, struct error *err)
{
    struct k6_script *script = js->script;
    if (JS_IsObject(js->exports) && js_each(js->ctx, js->exports, collect_export, script) < 0)
        return exception_error(js, EXIT_SCRIPT_EXCEPTION, err);
    if (script->exports.count == 0)
        return error_set(err, EXIT_USAGE,
                         "%s: no exported functions in script; add \"export default function () "
                         "{ ... }\"",
                         script->path);
    return collect_options(js, err);
}

int k6_script_load(const char *path, const struct k6_env *env, struct registry *registry,
                   struct k6_script **ret, struct error *err)
{
    if (check_file(path, err) < 0)
        return -1;
    struct k6_script *script = new_script(path, env, registry);
    struct js *js = js_engine_new(script, NULL, env->log);
    int rc = js_run_init(js, err);
    if (rc == 0)
        rc = collect(js, err);
    js_engine_free(&js);
    if (rc < 0)
        k6_script_free(&script);
    else
        *ret = script;
    return rc;
}

bool k6_script_has_export(const struct k6_script *script, struct span name)
{
    return map_get(&script->exports, name) != NULL;
}

const char *k6_script_options_json(const struct k6_script *script)
{
    return script->options_json;
}

const char *k6_script_path(const struct k6_script *script)
{
    return script->path;
}
