/* SPDX-License-Identifier: Apache-2.0
 *
 * What JSON says against what an option wants.
 */
#include "script/k6/option_values.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "load/duration.h"

int option_wrong(const char *name, const json_t *value, const char *expected, struct error *err)
{
    char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
    error_set(err, EXIT_INVALID_CONFIG, "option %s: %.100s is not %s", name, text ? text : "it",
              expected);
    free(text);
    return -1;
}

int option_bool(const char *name, const json_t *value, bool *ret, struct error *err)
{
    const char *text = json_string_value(value);
    if (!json_is_boolean(value) && !(text && (!strcmp(text, "true") || !strcmp(text, "false"))))
        return option_wrong(name, value, "true or false", err);
    *ret = json_is_true(value) || (text && !strcmp(text, "true"));
    return 0;
}

int option_integer(const char *name, const json_t *value, int64_t *ret, struct error *err)
{
    const char *text = json_string_value(value);
    if (json_is_integer(value)) {
        *ret = json_integer_value(value);
        return 0;
    }
    if (json_is_real(value) && trunc(json_real_value(value)) == json_real_value(value) &&
        fabs(json_real_value(value)) < 9e15) {
        *ret = (int64_t)json_real_value(value);
        return 0;
    }
    if (text && *text) {
        char *end;
        long long number = strtoll(text, &end, 10);
        if (*end == '\0') {
            *ret = number;
            return 0;
        }
    }
    return option_wrong(name, value, "a whole number", err);
}

int option_duration(const char *name, const json_t *value, nsec_t *ret, struct error *err)
{
    char number[64];
    const char *text = json_string_value(value);
    if (json_is_number(value)) {
        snprintf(number, sizeof(number), "%.17g", json_number_value(value));
        text = number;
    }
    if (!text || duration_parse(span_cstr(text), ret) < 0)
        return option_wrong(name, value, "a duration like \"1m30s\" or a number of milliseconds",
                            err);
    return 0;
}

int option_text(const char *name, const json_t *value, struct arena *arena, const char **ret,
                struct error *err)
{
    if (!json_is_string(value))
        return option_wrong(name, value, "a text", err);
    *ret = arena_dup(arena, span_cstr(json_string_value(value)));
    return 0;
}

static const char *scalar_text(const json_t *value, struct arena *arena)
{
    if (json_is_string(value))
        return arena_dup(arena, span_cstr(json_string_value(value)));
    if (json_is_integer(value))
        return arena_printf(arena, "%lld", (long long)json_integer_value(value));
    if (json_is_real(value))
        return arena_printf(arena, "%.17g", json_real_value(value));
    if (json_is_boolean(value))
        return json_is_true(value) ? "true" : "false";
    return NULL;
}

int option_map(const char *name, const json_t *value, struct arena *arena, struct map *into,
               struct error *err)
{
    const char *key;
    json_t *item;
    if (!json_is_object(value))
        return option_wrong(name, value, "an object of texts", err);
    json_object_foreach((json_t *)value, key, item)
    {
        const char *text = scalar_text(item, arena);
        if (!text)
            return option_wrong(name, value, "an object of texts", err);
        map_put(into, span_cstr(key))->value = (void *)text;
    }
    return 0;
}

static void split(struct span text, struct arena *arena, const char ***ret, size_t *ret_count)
{
    size_t max = 1;
    for (size_t i = 0; i < text.len; i++)
        max += text.ptr[i] == ',';
    *ret = ARENA_NEW_ARRAY(arena, const char *, max);
    *ret_count = 0;
    while (text.len)
        (*ret)[(*ret_count)++] = arena_dup(arena, span_trim(span_cut(text, ',', &text)));
}

int option_list(const char *name, const json_t *value, struct arena *arena, const char ***ret,
                size_t *ret_count, struct error *err)
{
    if (json_is_string(value)) {
        split(span_cstr(json_string_value(value)), arena, ret, ret_count);
        return 0;
    }
    if (!json_is_array(value))
        return option_wrong(name, value, "a list of texts", err);
    size_t count = json_array_size(value);
    const char **items = ARENA_NEW_ARRAY(arena, const char *, count + 1);
    for (size_t i = 0; i < count; i++)
        if (option_text(name, json_array_get(value, i), arena, &items[i], err) < 0)
            return -1;
    *ret = items;
    *ret_count = count;
    return 0;
}
