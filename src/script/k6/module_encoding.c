/* SPDX-License-Identifier: Apache-2.0
 *
 * The module "k6/encoding": base64 in four variants (RFC 4648 §4 and §5, with and without
 * padding).
 */
#include <stdlib.h>

#include "base/mem.h"
#include "script/k6/builtins.h"
#include "script/k6/js.h"

static const char STANDARD_ALPHABET[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char URL_ALPHABET[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

struct variant {
    const char *name;
    const char *alphabet;
    bool padded;
};

static const struct variant VARIANTS[] = {
    {"std", STANDARD_ALPHABET, true},
    {"rawstd", STANDARD_ALPHABET, false},
    {"url", URL_ALPHABET, true},
    {"rawurl", URL_ALPHABET, false},
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

static size_t encode(const struct variant *variant, struct span bytes, char *out)
{
    size_t len = 0;
    for (size_t i = 0; i < bytes.len; i += 3) {
        size_t left = MIN_OF(bytes.len - i, (size_t)3);
        uint32_t group = (uint32_t)(unsigned char)bytes.ptr[i] << 16;
        if (left > 1)
            group |= (uint32_t)(unsigned char)bytes.ptr[i + 1] << 8;
        if (left > 2)
            group |= (unsigned char)bytes.ptr[i + 2];
        for (size_t k = 0; k <= left; k++)
            out[len++] = variant->alphabet[group >> (18 - 6 * k) & 63];
        for (size_t k = left; variant->padded && k < 3; k++)
            out[len++] = '=';
    }
    return len;
}

/* b64encode(data, variant) */
static JSValue b64encode(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    struct js_bytes bytes;
    const struct variant *variant = pick(ctx, argc, argv, 1);
    if (!variant || js_bytes_init(ctx, &bytes, argv[0]) < 0)
        return JS_EXCEPTION;
    AUTO(mem_free) char *text = NEW_ARRAY(char, bytes.span.len / 3 * 4 + 5);
    size_t len = encode(variant, bytes.span, text);
    js_bytes_done(ctx, &bytes);
    return JS_NewStringLen(ctx, text, len);
}

/* Bytes written, or -1 for text that is not of this variant. Line breaks are skipped, as in Go. */
static int64_t decode(const struct variant *variant, struct span text, char *out)
{
    uint32_t group = 0;
    int64_t len = 0;
    unsigned bits = 0;
    while (text.len && text.ptr[text.len - 1] == '=' && variant->padded)
        text.len--;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '\r' || c == '\n')
            continue;
        const char *at = c ? strchr(variant->alphabet, c) : NULL;
        if (!at)
            return -1;
        group = group << 6 | (uint32_t)(at - variant->alphabet);
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            out[len++] = (char)(group >> bits);
        }
    }
    return bits == 6 ? -1 : len;
}

static JSValue decode_text(JSContext *ctx, const struct variant *variant, struct span text,
                           bool as_string)
{
    AUTO(mem_free) char *bytes = NEW_ARRAY(char, text.len + 1);
    int64_t len = decode(variant, text, bytes);
    if (len < 0)
        return js_throw(ctx, "illegal base64 data for the variant \"%s\"", variant->name);
    if (as_string)
        return JS_NewStringLen(ctx, bytes, (size_t)len);
    return js_array_buffer(ctx, span_of(bytes, (size_t)len));
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
