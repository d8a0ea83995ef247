/* SPDX-License-Identifier: Apache-2.0
 *
 * The environment is shared by all users and read in place: an object whose properties are looked
 * up in the scenario's `env` first, then in the script's environment. What a script assigns
 * becomes an own property of its user's object.
 */
#include "script/k6/env.h"

#include "load/host.h"
#include "script/k6/js.h"
#include "script/k6/script_private.h"

static const struct map *scenario_env(struct js *js)
{
    struct vu_facts facts;
    if (!js->vu)
        return NULL;
    host_vu_facts(js->vu, &facts);
    return facts.scenario ? &facts.scenario->env : NULL;
}

static const char *look_up(struct js *js, struct span name)
{
    const struct map *overlay = scenario_env(js);
    const char *value = overlay ? map_get(overlay, name) : NULL;
    if (!value && js->script->env.vars)
        value = map_get(js->script->env.vars, name);
    return value;
}

static int get_own_property(JSContext *ctx, JSPropertyDescriptor *desc, JSValueConst obj,
                            JSAtom prop)
{
    const char *name = JS_AtomToCString(ctx, prop);
    if (!name)
        return -1;
    const char *value = look_up(js_of(ctx), span_cstr(name));
    JS_FreeCString(ctx, name);
    if (!value)
        return 0;
    if (desc) {
        desc->flags = JS_PROP_C_W_E;
        desc->value = JS_NewString(ctx, value);
        desc->getter = desc->setter = JS_UNDEFINED;
    }
    return 1;
}

static uint32_t add_names(JSContext *ctx, const struct map *map, const struct map *seen,
                          JSPropertyEnum *names)
{
    uint32_t count = 0;
    MAP_FOREACH (entry, map) {
        if (seen && map_get(seen, entry->key))
            continue;
        names[count++].atom = JS_NewAtomLen(ctx, entry->key.ptr, entry->key.len);
    }
    return count;
}

static int get_own_property_names(JSContext *ctx, JSPropertyEnum **ret_names, uint32_t *ret_count,
                                  JSValueConst obj)
{
    struct js *js = js_of(ctx);
    static const struct map none;
    const struct map *overlay = scenario_env(js);
    const struct map *base = js->script->env.vars ? js->script->env.vars : &none;
    overlay = overlay ? overlay : &none;
    *ret_names = js_mallocz(ctx, sizeof(**ret_names) * (base->count + overlay->count + 1));
    if (!*ret_names)
        return -1;
    *ret_count = add_names(ctx, overlay, NULL, *ret_names);
    *ret_count += add_names(ctx, base, overlay, *ret_names + *ret_count);
    return 0;
}

static const JSClassExoticMethods env_methods = {
    .get_own_property = get_own_property,
    .get_own_property_names = get_own_property_names,
};

static const JSClassDef env_class = {"Object", .exotic = (JSClassExoticMethods *)&env_methods};

static JSValue get_vu(JSContext *ctx, JSValueConst self)
{
    struct vu_facts facts = {0};
    if (js_of(ctx)->vu)
        host_vu_facts(js_of(ctx)->vu, &facts);
    return JS_NewInt64(ctx, (int64_t)facts.id_in_test);
}

static JSValue get_iter(JSContext *ctx, JSValueConst self)
{
    struct js *js = js_of(ctx);
    struct vu_facts facts;
    if (js->in_init || !js->vu)
        return JS_UNDEFINED;
    host_vu_facts(js->vu, &facts);
    return JS_NewInt64(ctx, (int64_t)facts.iteration);
}

static const JSCFunctionListEntry NUMBERS[] = {
    JS_CGETSET_DEF("__VU", get_vu, NULL),
    JS_CGETSET_DEF("__ITER", get_iter, NULL),
};

void env_install(struct js *js, JSValueConst global)
{
    JS_NewClass(js->rt, CLASS_ENV, &env_class);
    js_set(js->ctx, global, "__ENV", JS_NewObjectClass(js->ctx, CLASS_ENV));
    JS_SetPropertyFunctionList(js->ctx, global, NUMBERS, COUNT_OF(NUMBERS));
}
