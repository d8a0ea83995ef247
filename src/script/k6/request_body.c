/* SPDX-License-Identifier: Apache-2.0
 *
 * Keys are sorted and arrays repeat their key, as Go's url.Values does. Nested objects have no
 * meaning in a form: they are sent empty, with a warning.
 */
#include "script/k6/request_body.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/log.h"
#include "base/rng.h"
#include "base/strbuf.h"
#include "http/form.h"
#include "script/k6/js.h"

#define MAX_FORM_BYTES ((size_t)1 << 30)

struct form {
    struct js *js;
    struct strbuf out;
    struct span boundary; /* ptr NULL: urlencoded */
};

static JSValue member(JSContext *ctx, JSValueConst obj, const char *name)
{
    JSValue value = JS_GetPropertyStr(ctx, obj, name);
    if (JS_IsException(value))
        js_drop_exception(ctx);
    return JS_IsException(value) ? JS_UNDEFINED : value;
}

static int add_file(struct form *form, struct span field, JSValueConst file)
{
    JSContext *ctx = form->js->ctx;
    JSValue data = member(ctx, file, "data");
    JSValue filename = member(ctx, file, "filename");
    JSValue type = member(ctx, file, "content_type");
    struct form_file part = {.field = field};
    struct js_bytes bytes;
    int rc = js_bytes_init(ctx, &bytes, data);
    if (rc == 0) {
        part.content = bytes.span;
        part.filename = js_to_span(ctx, filename);
        part.content_type = js_to_span(ctx, type);
        rc = form_multipart_file(&form->out, form->boundary, &part);
        if (rc < 0)
            js_throw(ctx, "the content type of file '%.*s' has a control character",
                     SPAN_ARG(field));
        JS_FreeCString(ctx, part.filename.ptr);
        JS_FreeCString(ctx, part.content_type.ptr);
        js_bytes_done(ctx, &bytes);
    }
    JS_FreeValue(ctx, data);
    JS_FreeValue(ctx, filename);
    JS_FreeValue(ctx, type);
    return rc;
}

static void add_text(struct form *form, struct span key, struct span value)
{
    if (form->boundary.ptr)
        form_multipart_field(&form->out, form->boundary, key, value);
    else
        form_add(&form->out, key, value);
}

static int add_value(struct form *form, struct span key, JSValueConst value)
{
    JSContext *ctx = form->js->ctx;
    if (JS_GetClassID(value) == CLASS_FILE)
        return add_file(form, key, value);
    bool nested = JS_IsObject(value) && !JS_IsFunction(ctx, value);
    if (nested)
        log_printf(form->js->log, LOG_WARNING,
                   "form field '%.*s' is an object and is sent empty; use JSON.stringify() for it",
                   SPAN_ARG(key));
    if (nested || js_nullish(value)) {
        add_text(form, key, SPAN(""));
        return 0;
    }
    struct span text = js_to_span(ctx, value);
    if (!text.ptr)
        return -1;
    add_text(form, key, text);
    JS_FreeCString(ctx, text.ptr);
    return 0;
}

static int add_list(struct form *form, struct span key, JSValueConst list)
{
    JSContext *ctx = form->js->ctx;
    int64_t count = js_length(ctx, list);
    int rc = 0;
    for (int64_t i = 0; i < count && rc == 0; i++) {
        JSValue item = JS_GetPropertyUint32(ctx, list, (uint32_t)i);
        rc = JS_IsException(item) ? -1 : add_value(form, key, item);
        JS_FreeValue(ctx, item);
    }
    return rc;
}

struct field {
    struct span key; /* in the arena */
    JSValue value;
};

struct fields {
    struct arena arena;
    struct field *items;
    size_t count, cap;
    bool has_file;
};

static int collect(JSContext *ctx, struct span key, JSValueConst value, void *arg)
{
    struct fields *fields = arg;
    if (fields->count == fields->cap) {
        size_t cap = fields->cap ? fields->cap * 2 : 16;
        struct field *items = ARENA_NEW_ARRAY(&fields->arena, struct field, cap);
        if (fields->count)
            memcpy(items, fields->items, fields->count * sizeof(*items));
        fields->items = items;
        fields->cap = cap;
    }
    fields->has_file |= JS_GetClassID(value) == CLASS_FILE;
    fields->items[fields->count++] =
        (struct field){arena_dup_span(&fields->arena, key), JS_DupValue(ctx, value)};
    return 0;
}

static int by_key(const void *a, const void *b)
{
    return span_compare(((const struct field *)a)->key, ((const struct field *)b)->key);
}

static struct span new_boundary(struct arena *arena)
{
    struct rng rng;
    rng_seed(&rng, (uint64_t)clock_now(clock_monotonic()));
    const char *text =
        arena_printf(arena, "%016llx%016llx%016llx", (unsigned long long)rng_next(&rng),
                     (unsigned long long)rng_next(&rng), (unsigned long long)rng_next(&rng));
    return span_cstr(text);
}

static int add_fields(struct form *form, struct fields *fields)
{
    if (fields->count)
        qsort(fields->items, fields->count, sizeof(*fields->items), by_key);
    for (size_t i = 0; i < fields->count; i++) {
        const struct field *field = &fields->items[i];
        int rc = JS_IsArray(form->js->ctx, field->value) > 0
                     ? add_list(form, field->key, field->value)
                     : add_value(form, field->key, field->value);
        if (rc < 0)
            return -1;
    }
    if (form->boundary.ptr)
        form_multipart_end(&form->out, form->boundary);
    return 0;
}

static int encode(struct form *form, struct fields *fields, struct arena *arena,
                  struct span *ret_body, struct span *ret_content_type)
{
    if (fields->has_file)
        form->boundary = new_boundary(&fields->arena);
    if (add_fields(form, fields) < 0)
        return -1;
    *ret_body = arena_dup_span(arena, span_of(strbuf_cstr(&form->out), form->out.len));
    *ret_content_type =
        form->boundary.ptr
            ? span_cstr(arena_printf(arena, "multipart/form-data; boundary=%s", form->boundary.ptr))
            : SPAN("application/x-www-form-urlencoded");
    return 0;
}

int request_body_encode(struct js *js, JSValueConst object, struct arena *arena,
                        struct span *ret_body, struct span *ret_content_type)
{
    struct fields fields = {0};
    arena_init(&fields.arena, 2048);
    struct form form = {.js = js, .out = STRBUF_INIT(MAX_FORM_BYTES)};
    int rc = js_each(js->ctx, object, collect, &fields);
    if (rc == 0)
        rc = encode(&form, &fields, arena, ret_body, ret_content_type);
    for (size_t i = 0; i < fields.count; i++)
        JS_FreeValue(js->ctx, fields.items[i].value);
    strbuf_done(&form.out);
    arena_done(&fields.arena);
    return rc;
}

static const JSClassDef file_class = {.class_name = "FileData"};

void request_body_register(struct js *js)
{
    JS_NewClass(js->rt, CLASS_FILE, &file_class);
    JS_SetClassProto(js->ctx, CLASS_FILE, JS_NewObject(js->ctx));
}

JSValue request_body_file(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    struct js_bytes bytes;
    if (js_bytes_init(ctx, &bytes, argv[0]) < 0)
        return JS_EXCEPTION;
    js_bytes_done(ctx, &bytes);
    char name[32];
    snprintf(name, sizeof(name), "%lld", (long long)clock_wall());
    JSValue file = JS_NewObjectClass(ctx, CLASS_FILE);
    js_set(ctx, file, "data", JS_DupValue(ctx, argv[0]));
    js_set(ctx, file, "filename",
           argc > 1 && !js_nullish(argv[1]) ? JS_ToString(ctx, argv[1]) : JS_NewString(ctx, name));
    js_set(ctx, file, "content_type",
           argc > 2 && !js_nullish(argv[2]) ? JS_ToString(ctx, argv[2])
                                            : JS_NewString(ctx, "application/octet-stream"));
    return file;
}
