/* SPDX-License-Identifier: Apache-2.0
 *
 * The module "k6/encoding": base64 in four variants.
 */
#include "base/strbuf.h"
#include "http/base64.h"
#include "script/k6/builtins.h"
#include "script/k6/js.h"

static const struct variant {
    const char *name;
    enum base64_variant variant;
} VARIANTS[] = {
    {"std", BASE64_STANDARD},
    {"rawstd", BASE64_RAW_STANDARD},
    {"url", BASE64_URL},
    {"rawurl", BASE64_RAW_URL},
};

/* The variant that argument `index` names; unknown names mean "std", as in k6. NULL: exception. */
static const struct variant *pick(JSContext *ctx, int argc, JSValueConst *argv, int index)
{
    const struct variant *found = &VARIANTS[0];
    if (argc <= index || js_nullish(argv[index]))
        return found;
    const char *name = JS_ToCString(ctx, argv[index]);
    if (!name)
        return NULL;
    for (size_t i = 0; i < COUNT_OF(VARIANTS); i++)
        if (strcmp(name, VARIANTS[i].name) == 0)
            found = &VARIANTS[i];
    JS_FreeCString(ctx, name);
    return found;
}

/* b64encode(data, variant) */
static JSValue b64encode(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    struct js_bytes bytes;
    const struct variant *variant = pick(ctx, argc, argv, 1);
    if (!variant || js_bytes_init(ctx, &bytes, argv[0]) < 0)
        return JS_EXCEPTION;
    AUTO(strbuf_done) struct strbuf text = STRBUF_INIT(bytes.span.len / 3 * 4 + 4);
    base64_encode(variant->variant, bytes.span, &text);
    js_bytes_done(ctx, &bytes);
    return js_string(ctx, strbuf_span(&text));
}

static JSValue decode_text(JSContext *ctx, const struct variant *variant, struct span text,
                           bool as_string)
{
    AUTO(strbuf_done) struct strbuf bytes = STRBUF_INIT(text.len);
    if (base64_decode(variant->variant, text, &bytes) < 0)
        return js_throw(ctx, "illegal base64 data for the variant \"%s\"", variant->name);
    struct span decoded = span_of(strbuf_cstr(&bytes), bytes.len);
    return as_string ? js_string(ctx, decoded) : js_array_buffer(ctx, decoded);
}

/* b64decode(text, variant, format): "s" gives a string, otherwise an ArrayBuffer */
static JSValue b64decode(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    const struct variant *variant = pick(ctx, argc, argv, 1);
    struct span text = variant ? js_to_span(ctx, argv[0]) : SPAN_EMPTY;
    if (!text.ptr)
        return JS_EXCEPTION;
    const char *format = argc > 2 && !js_nullish(argv[2]) ? JS_ToCString(ctx, argv[2]) : NULL;
    JSValue result = decode_text(ctx, variant, text, format && strcmp(format, "s") == 0);
    JS_FreeCString(ctx, format);
    JS_FreeCString(ctx, text.ptr);
    return result;
}

void module_encoding_build(struct js *js, JSValueConst exports)
{
    js_set_fn(js->ctx, exports, "b64encode", b64encode, 2);
    js_set_fn(js->ctx, exports, "b64decode", b64decode, 3);
}
