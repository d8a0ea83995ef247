/* SPDX-License-Identifier: Apache-2.0
 *
 * The module "k6/data": SharedArray. The elements are kept once per process as JSON text; a read
 * parses one element into a fresh frozen copy. The object is array-like: it borrows the methods of
 * Array.prototype.
 */
#include <limits.h>

#include "base/arena.h"
#include "script/k6/builtins.h"
#include "script/k6/js.h"
#include "script/k6/script_private.h"

static struct shared_array *array_of(JSValueConst obj)
{
    return JS_GetOpaque(obj, CLASS_SHARED_ARRAY);
}

static JSValue element(JSContext *ctx, const struct shared_array *array, size_t index)
{
    struct span json = array->elements[index];
    JSValue value = JS_ParseJSON(ctx, json.ptr, json.len, "<SharedArray>");
    if (!JS_IsException(value) && js_freeze(ctx, value) < 0) {
        JS_FreeValue(ctx, value);
        return JS_EXCEPTION;
    }
    return value;
}

/* Array indexes are integers to the engine's atoms; read one back. -1: not an index. */
static int64_t index_of(JSContext *ctx, JSAtom prop)
{
    JSValue key = JS_AtomToValue(ctx, prop);
    int64_t index = -1;
    if (JS_IsNumber(key)) {
        JS_ToInt64(ctx, &index, key);
    } else if (JS_IsString(key)) {
        uint64_t number;
        struct span text = js_to_span(ctx, key);
        if (text.ptr && text.len && span_to_u64(text, INT32_MAX, &number) == 0)
            index = (int64_t)number;
        JS_FreeCString(ctx, text.ptr);
    }
    JS_FreeValue(ctx, key);
    return index;
}

static int get_own_property(JSContext *ctx, JSPropertyDescriptor *desc, JSValueConst obj,
                            JSAtom prop)
{
    const struct shared_array *array = array_of(obj);
    bool is_length = prop == js_of(ctx)->atoms[ATOM_length];
    int64_t index = is_length ? -1 : index_of(ctx, prop);
    if (!is_length && (index < 0 || (size_t)index >= array->count))
        return 0;
    if (!desc)
        return 1;
    desc->flags = is_length ? 0 : JS_PROP_ENUMERABLE;
    desc->getter = desc->setter = JS_UNDEFINED;
    desc->value =
        is_length ? JS_NewInt64(ctx, (int64_t)array->count) : element(ctx, array, (size_t)index);
    return JS_IsException(desc->value) ? -1 : 1;
}

static int get_own_property_names(JSContext *ctx, JSPropertyEnum **ret_names, uint32_t *ret_count,
                                  JSValueConst obj)
{
    const struct shared_array *array = array_of(obj);
    *ret_names = js_mallocz(ctx, sizeof(**ret_names) * (array->count + 1));
    if (!*ret_names)
        return -1;
    for (size_t i = 0; i < array->count; i++)
        (*ret_names)[i].atom = JS_NewAtomUInt32(ctx, (uint32_t)i);
    *ret_count = (uint32_t)array->count;
    return 0;
}

static int throw_immutable(JSContext *ctx)
{
    JS_ThrowTypeError(ctx, "SharedArray is immutable");
    return -1;
}

static int set_property(JSContext *ctx, JSValueConst obj, JSAtom prop, JSValueConst value,
                        JSValueConst receiver, int flags)
{
    return throw_immutable(ctx);
}

static int delete_property(JSContext *ctx, JSValueConst obj, JSAtom prop)
{
    return throw_immutable(ctx);
}

static const JSClassExoticMethods shared_array_methods = {
    .get_own_property = get_own_property,
    .get_own_property_names = get_own_property_names,
    .set_property = set_property,
    .delete_property = delete_property,
};

static const JSClassDef shared_array_class = {
    "SharedArray",
    .exotic = (JSClassExoticMethods *)&shared_array_methods,
};

/* JSON.stringify() asks objects first: the elements as a real array. */
static JSValue to_json(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    const struct shared_array *array = JS_GetOpaque2(ctx, self, CLASS_SHARED_ARRAY);
    if (!array)
        return JS_EXCEPTION;
    JSValue list = JS_NewArray(ctx);
    for (size_t i = 0; i < array->count; i++) {
        JSValue item = element(ctx, array, i);
        if (JS_IsException(item) || JS_SetPropertyUint32(ctx, list, (uint32_t)i, item) < 0) {
            JS_FreeValue(ctx, list);
            return JS_EXCEPTION;
        }
    }
    return list;
}

static int keep_element(JSContext *ctx, struct arena *arena, JSValueConst list, uint32_t index,
                        struct span *ret)
{
    JSValue item = JS_GetPropertyUint32(ctx, list, index);
    JSValue json = JS_IsException(item) ? JS_EXCEPTION
                                        : JS_JSONStringify(ctx, item, JS_UNDEFINED, JS_UNDEFINED);
    JS_FreeValue(ctx, item);
    if (JS_IsException(json))
        return -1;
    struct span text = JS_IsString(json) ? js_to_span(ctx, json) : SPAN_EMPTY;
    *ret = arena_dup_span(arena, text.ptr ? text : SPAN("null"));
    JS_FreeCString(ctx, text.ptr);
    JS_FreeValue(ctx, json);
    return 0;
}

/* NULL with an exception. */
static struct shared_array *keep_all(struct js *js, JSValueConst list)
{
    int64_t count = js_length(js->ctx, list);
    struct arena *arena = &js->script->arena;
    struct shared_array *array = ARENA_NEW(arena, struct shared_array);
    struct span *elements = ARENA_NEW_ARRAY(arena, struct span, (size_t)count + 1);
    for (int64_t i = 0; i < count; i++)
        if (keep_element(js->ctx, arena, list, (uint32_t)i, &elements[i]) < 0)
            return NULL;
    array->count = (size_t)count;
    array->elements = elements;
    return array;
}

static struct shared_array *make(struct js *js, struct span name, JSValueConst fn)
{
    struct shared_array *array = NULL;
    JSValue list = JS_Call(js->ctx, fn, JS_UNDEFINED, 0, NULL);
    if (!JS_IsException(list) && JS_IsArray(js->ctx, list) <= 0)
        js_throw(js->ctx, "only arrays can be made into SharedArray");
    else if (!JS_IsException(list))
        array = keep_all(js, list);
    JS_FreeValue(js->ctx, list);
    if (array)
        map_put(&js->script->shared_arrays, name)->value = array;
    return array;
}

static struct shared_array *find_or_make(struct js *js, struct span name, JSValueConst fn)
{
    struct shared_array *known = map_get(&js->script->shared_arrays, name);
    if (known)
        return known;
    if (js->loading)
        return make(js, name, fn);
    js_throw(js->ctx,
             "SharedArray '%.*s' was not made when the script was first loaded; make it "
             "unconditionally in the init code",
             SPAN_ARG(name));
    return NULL;
}

static JSValue construct(JSContext *ctx, JSValueConst target, int argc, JSValueConst *argv)
{
    struct js *js = js_of(ctx);
    if (!js->in_init)
        return js_throw(ctx, "new SharedArray must be called in the init context");
    if (argc < 2 || !JS_IsFunction(ctx, argv[1]))
        return js_throw(ctx, "a function is expected as the second argument of SharedArray's "
                             "constructor");
    struct span name = js_to_span(ctx, argv[0]);
    if (!name.ptr)
        return JS_EXCEPTION;
    struct shared_array *array = NULL;
    if (name.len == 0)
        js_throw(ctx, "empty name provided to SharedArray's constructor");
    else
        array = find_or_make(js, name, argv[1]);
    JS_FreeCString(ctx, name.ptr);
    JSValue obj = array ? JS_NewObjectClass(ctx, CLASS_SHARED_ARRAY) : JS_EXCEPTION;
    if (array)
        JS_SetOpaque(obj, array);
    return obj;
}

static JSValue array_prototype(JSContext *ctx)
{
    JSValue array = JS_NewArray(ctx);
    JSValue proto = JS_GetPrototype(ctx, array);
    JS_FreeValue(ctx, array);
    return proto;
}

void module_data_build(struct js *js, JSValueConst exports)
{
    JSContext *ctx = js->ctx;
    JS_NewClass(js->rt, CLASS_SHARED_ARRAY, &shared_array_class);
    JSValue base = array_prototype(ctx);
    JSValue proto = JS_NewObjectProto(ctx, base);
    JS_FreeValue(ctx, base);
    JS_DefinePropertyValueStr(ctx, proto, "toJSON", JS_NewCFunction(ctx, to_json, "toJSON", 0),
                              JS_PROP_WRITABLE | JS_PROP_CONFIGURABLE);
    JSValue fn = JS_NewCFunction2(ctx, construct, "SharedArray", 2, JS_CFUNC_constructor, 0);
    JS_SetConstructor(ctx, fn, proto);
    JS_SetClassProto(ctx, CLASS_SHARED_ARRAY, proto);
    js_set(ctx, exports, "SharedArray", fn);
}
