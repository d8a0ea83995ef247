/* SPDX-License-Identifier: Apache-2.0
 *
 * URL-encoded text (WHATWG URL, section 5.1): `+` is a space, a broken escape stands for itself.
 */
#include "keneyapp/http/query.h"

#include <ctype.h>

#include "keneyapp/model/check.h"

static int hex_digit(char c)
{
    if (isdigit((unsigned char)c))
        return c - '0';
    return isxdigit((unsigned char)c) ? tolower((unsigned char)c) - 'a' + 10 : -1;
}

static struct span decode(struct span text, struct arena *arena)
{
    char *out = arena_alloc(arena, text.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        int high = i + 2 < text.len ? hex_digit(text.ptr[i + 1]) : -1;
        int low = i + 2 < text.len ? hex_digit(text.ptr[i + 2]) : -1;
        if (text.ptr[i] == '%' && high >= 0 && low >= 0) {
            out[len++] = (char)(unsigned char)(high * 16 + low);
            i += 2;
        } else {
            out[len++] = text.ptr[i] == '+' ? ' ' : text.ptr[i];
        }
    }
    return span_of(out, len);
}

/* The next value of `name` in `*text`, which moves on behind it; NULL pointer when there is none.
 */
static struct span next_value(struct span *text, struct span name, struct arena *arena)
{
    while (text->len) {
        struct span value;
        struct span key = span_cut(span_cut(*text, '&', text), '=', &value);
        if (span_equal(decode(key, arena), name))
            return decode(value, arena);
    }
    return SPAN_EMPTY;
}

struct span query_value(struct span text, struct span name, struct arena *arena)
{
    return next_value(&text, name, arena);
}

static void refuse_choice(const struct validation *v, const struct field *field,
                          const char *const *names)
{
    struct fault fault;
    fault_choices(&fault, names);
    complaints_add(v->complaints, "query", field->name, fault.type, fault.message);
}

static void read_sort(const struct validation *v, const struct entity *entity,
                      const struct field *field, struct span text, struct value *ret)
{
    int at = entity_field(entity, text);
    if (at >= 0 && entity->fields[at].flags & FIELD_SORTED) {
        *ret = value_int(at);
        return;
    }
    const char *names[ENTITY_FIELDS_MAX + 1] = {NULL};
    size_t count = 0;
    for (size_t i = 0; i < entity->field_count; i++)
        if (entity->fields[i].flags & FIELD_SORTED)
            names[count++] = entity->fields[i].name;
    refuse_choice(v, field, names);
}

static void read_several(const struct validation *v, const struct field *field, struct span text,
                         struct value *ret)
{
    int64_t bits = 0;
    while (text.len) {
        struct span word = span_trim(span_cut(text, ',', &text));
        int choice = 0;
        while (field->choices[choice] && !span_equal(span_cstr(field->choices[choice]), word))
            choice++;
        if (!field->choices[choice]) {
            refuse_choice(v, field, field->choices);
            return;
        }
        bits |= INT64_C(1) << choice;
    }
    *ret = value_int(bits);
}

static void read_parameter(const struct validation *v, const struct entity *entity,
                           const struct field *field, struct span query, struct value *ret)
{
    struct span text = query_value(query, span_cstr(field->name), v->arena);
    *ret = entity_initial(field, v->now);
    if (!text.ptr && field->flags & FIELD_REQUIRED)
        complaints_add(v->complaints, "query", field->name, "missing", "Field required");
    else if (!text.ptr)
        return;
    else if (field->type == FIELD_CHOICE && !field->choices)
        read_sort(v, entity, field, text, ret);
    else if (field->flags & FIELD_SEVERAL)
        read_several(v, field, text, ret);
    else if (validate_text(v, "query", field, text, ret) != 0)
        *ret = (struct value){0};
}

int query_read(const struct validation *v, const struct shape *shape, const struct entity *entity,
               struct span query, struct parameters *ret)
{
    ret->shape = shape;
    for (size_t i = 0; i < shape->field_count; i++)
        read_parameter(v, entity, &shape->fields[i], query, &ret->values[i]);
    return v->complaints->count ? -1 : 0;
}

const struct value *parameters_value(const struct parameters *parameters, const char *name)
{
    static const struct value NOTHING;
    const struct shape *shape = parameters->shape;
    for (size_t i = 0; i < shape->field_count; i++)
        if (strcmp(shape->fields[i].name, name) == 0)
            return &parameters->values[i];
    return &NOTHING;
}

/* Numbers between commas; those beyond `max` are counted only. */
static void read_ids(const struct validation *v, const char *name, struct span text, size_t max,
                     int64_t *ids, size_t *count)
{
    const struct field field = {.name = name, .type = FIELD_INT, .min = 1, .max = INT64_MAX};
    while (text.len) {
        struct span word = span_cut(text, ',', &text);
        struct value id = {0};
        if (validate_text(v, "query", &field, word, &id) == 0 && *count < max)
            ids[*count] = id.number;
        ++*count;
    }
}

int query_ids(const struct validation *v, struct span query, const char *name, size_t max,
              int64_t **ret_ids, size_t *ret_count)
{
    int64_t *ids = ARENA_NEW_ARRAY(v->arena, int64_t, max);
    struct span text;
    *ret_ids = ids;
    *ret_count = 0;
    while ((text = next_value(&query, span_cstr(name), v->arena)).ptr)
        read_ids(v, name, text, max, ids, ret_count);
    if (!*ret_count)
        complaints_add(v->complaints, "query", name, "missing", "Field required");
    return v->complaints->count || *ret_count > max ? -1 : 0;
}
