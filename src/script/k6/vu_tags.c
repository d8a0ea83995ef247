/* SPDX-License-Identifier: Apache-2.0
 *
 * Reads go to the host's tag set, writes and deletions to host_set_vu_tag().
 */
#include "script/k6/vu_tags.h"

#include "load/host.h"
#include "script/k6/js.h"

static const struct tag_set *tags_of(JSContext *ctx)
{
    struct js *js = js_of(ctx);
    return js->vu ? host_tags(js->vu) : NULL;
}

static int get_own_property(JSContext *ctx, JSPropertyDescriptor *desc, JSValueConst obj,
                            JSAtom prop)
{
    const struct tag_set *tags = tags_of(ctx);
    const char *name = JS_AtomToCString(ctx, prop);
    if (!name)
        return -1;
    struct span value = tags ? tag_set_get(tags, span_cstr(name)) : SPAN_EMPTY;
    JS_FreeCString(ctx, name);
    if (!value.ptr)
        return 0;
    if (desc) {
        desc->flags = JS_PROP_C_W_E;
        desc->value = js_string(ctx, value);
        desc->getter = desc->setter = JS_UNDEFINED;
    }
    return 1;
}

static int get_own_property_names(JSContext *ctx, JSPropertyEnum **ret_names, uint32_t *ret_count,
                                  JSValueConst obj)
{
    const struct tag_set *tags = tags_of(ctx);
    uint32_t count = tags ? tags->tag_count : 0;
    *ret_names = js_mallocz(ctx, sizeof(**ret_names) * (count + 1));
    if (!*ret_names)
        return -1;
    for (uint32_t i = 0; i < count; i++)
        (*ret_names)[i].atom = JS_NewAtomLen(ctx, tags->tags[i].key.ptr, tags->tags[i].key.len);
    *ret_count = count;
    return 0;
}

/* `value` with ptr NULL removes. */
static int change(JSContext *ctx, JSAtom prop, struct span value)
{
    struct js *js = js_of(ctx);
    const char *name = JS_AtomToCString(ctx, prop);
    if (!name)
        return -1;
    int rc = 1;
    if (js->vu) {
        host_set_vu_tag(js->vu, span_cstr(name), value);
    } else {
        js_throw(ctx, "setting VU tags in the init context is not supported");
        rc = -1;
    }
    JS_FreeCString(ctx, name);
    return rc;
}

static int set_property(JSContext *ctx, JSValueConst obj, JSAtom prop, JSValueConst value,
                        JSValueConst receiver, int flags)
{
    if (!JS_IsString(value) && !JS_IsNumber(value) && !JS_IsBool(value)) {
        JS_ThrowTypeError(ctx, "only String, Boolean and Number types are accepted as a Tag value");
        return -1;
    }
    struct span text = js_to_span(ctx, value);
    if (!text.ptr)
        return -1;
    int rc = change(ctx, prop, text);
    JS_FreeCString(ctx, text.ptr);
    return rc;
}

static int delete_property(JSContext *ctx, JSValueConst obj, JSAtom prop)
{
    return change(ctx, prop, SPAN_EMPTY);
}

static const JSClassExoticMethods methods = {
    .get_own_property = get_own_property,
    .get_own_property_names = get_own_property_names,
    .set_property = set_property,
    .delete_property = delete_property,
};

static const JSClassDef vu_tags_class = {
    "Object",
    .exotic = (JSClassExoticMethods *)&methods,
};

void vu_tags_register(struct js *js)
{
    JS_NewClass(js->rt, CLASS_VU_TAGS, &vu_tags_class);
}

JSValue vu_tags_new(struct js *js)
{
    return JS_NewObjectClass(js->ctx, CLASS_VU_TAGS);
}
