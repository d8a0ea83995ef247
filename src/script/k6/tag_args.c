/* SPDX-License-Identifier: Apache-2.0
 *
 * Texts live in a small arena of the call: interning copies them.
 */
#include "script/k6/tag_args.h"

#include "load/host.h"
#include "script/k6/js.h"

struct reader {
    struct tag_args *args;
    const char *what;
};

static int read_tag(JSContext *ctx, struct span key, JSValueConst value, void *arg)
{
    struct reader *reader = arg;
    struct tag_args *args = reader->args;
    if (!JS_IsString(value) && !JS_IsNumber(value) && !JS_IsBool(value)) {
        js_throw(ctx,
                 "%s: invalid value for metric tag '%.*s': only String, Boolean and Number types "
                 "are accepted as a metric tag values",
                 reader->what, SPAN_ARG(key));
        return -1;
    }
    if (args->count == TAG_ARGS_MAX) {
        js_throw(ctx, "%s: more than %d tags", reader->what, TAG_ARGS_MAX);
        return -1;
    }
    struct span text = js_to_span(ctx, value);
    if (!text.ptr)
        return -1;
    args->tags[args->count++] = (struct tag){
        .key = arena_dup_span(&args->arena, key),
        .value = arena_dup_span(&args->arena, text),
    };
    JS_FreeCString(ctx, text.ptr);
    return 0;
}

int tag_args_init(struct tag_args *args, JSContext *ctx, JSValueConst value, const char *what)
{
    arena_init(&args->arena, 1024);
    args->count = 0;
    if (js_nullish(value))
        return 0;
    if (!JS_IsObject(value)) {
        js_throw(ctx, "%s: invalid tags, expected an object", what);
        return -1;
    }
    struct reader reader = {args, what};
    return js_each(ctx, value, read_tag, &reader);
}

void tag_args_done(struct tag_args *args)
{
    arena_done(&args->arena);
}

const struct tag_set *tag_args_set(JSContext *ctx, JSValueConst value, const char *what)
{
    struct vu *vu = js_of(ctx)->vu;
    if (js_nullish(value))
        return host_tags(vu);
    struct tag_args args;
    const struct tag_set *set = NULL;
    if (tag_args_init(&args, ctx, value, what) == 0)
        set = host_tags_with(vu, args.tags, args.count);
    tag_args_done(&args);
    return set;
}
