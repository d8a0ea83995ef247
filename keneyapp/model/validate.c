/* SPDX-License-Identifier: Apache-2.0
 *
 * Validation by field table. Texts of messages and types are those of pydantic 2, which clients of
 * FastAPI services match on.
 */
#include "keneyapp/model/validate.h"

#include <ctype.h>
#include <jansson.h>

/* `width` digits at `at` as a number, -1 when they are not all there. */
static int digits_at(struct span text, size_t at, size_t width)
{
    uint64_t value;
    if (at + width > text.len ||
        span_to_u64(span_of(text.ptr + at, width), UINT32_MAX, &value) != 0)
        return -1;
    return (int)value;
}

static bool has_at(struct span text, size_t at, char c)
{
    return at < text.len && text.ptr[at] == c;
}

static bool is_date(struct span text)
{
    static const int DAYS[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int year = digits_at(text, 0, 4), month = digits_at(text, 5, 2), day = digits_at(text, 8, 2);
    if (text.len != 10 || !has_at(text, 4, '-') || !has_at(text, 7, '-'))
        return false;
    if (year < 1 || month < 1 || month > 12 || day < 1)
        return false;
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return day <= DAYS[month - 1] + (month == 2 && leap);
}

/* "", "Z" or an offset from UTC. */
static bool is_zone(struct span text)
{
    if (text.len == 0 || (text.len == 1 && (text.ptr[0] == 'Z' || text.ptr[0] == 'z')))
        return true;
    int hours = digits_at(text, 1, 2), minutes = digits_at(text, 4, 2);
    return text.len == 6 && (has_at(text, 0, '+') || has_at(text, 0, '-')) &&
           has_at(text, 3, ':') && hours >= 0 && hours < 24 && minutes >= 0 && minutes < 60;
}

static bool is_datetime(struct span text)
{
    if (!is_date(span_head(text, 10)) || !(has_at(text, 10, 'T') || has_at(text, 10, ' ')))
        return false;
    int hours = digits_at(text, 11, 2), minutes = digits_at(text, 14, 2);
    if (hours < 0 || hours > 23 || !has_at(text, 13, ':') || minutes < 0 || minutes > 59)
        return false;
    size_t at = 16;
    if (has_at(text, at, ':')) {
        int seconds = digits_at(text, at + 1, 2);
        if (seconds < 0 || seconds > 59)
            return false;
        at += 3;
        if (has_at(text, at, '.')) {
            size_t from = ++at;
            while (at < text.len && isdigit((unsigned char)text.ptr[at]))
                at++;
            if (at == from || at - from > 9)
                return false;
        }
    }
    return is_zone(span_from(text, at));
}

static bool is_email(struct span text)
{
    struct span domain;
    struct span local = span_cut(text, '@', &domain);
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] <= ' ' || text.ptr[i] == 0x7f)
            return false;
    return local.len > 0 && domain.len > 0 && span_find(domain, '@') < 0;
}

static bool is_digits15(struct span text)
{
    uint64_t number;
    return text.len == 15 && text.ptr[0] == '1' && span_to_u64(text, UINT64_MAX, &number) == 0;
}

static bool is_choice(const struct field *field, struct span text)
{
    for (const char *const *choice = field->choices; *choice; choice++)
        if (span_equal(span_cstr(*choice), text))
            return true;
    return false;
}

static const char *validate_form(const struct field *field, struct span text, const char **ret_type)
{
    *ret_type = "value_error";
    switch (field->type) {
    case FIELD_EMAIL:
        return is_email(text) ? NULL : "value is not a valid email address";
    case FIELD_DIGITS15:
        return is_digits15(text) ? NULL : "Input should be 15 digits, the first a 1";
    case FIELD_DATE:
        *ret_type = "date_from_datetime_parsing";
        return is_date(text) ? NULL : "Input should be a valid date as YYYY-MM-DD";
    case FIELD_DATETIME:
        *ret_type = "datetime_from_date_parsing";
        return is_datetime(text) ? NULL : "Input should be a valid datetime in ISO 8601";
    case FIELD_CHOICE:
        *ret_type = "enum";
        return is_choice(field, text) ? NULL : "Input should be one of the permitted values";
    default:
        return NULL;
    }
}

const char *validate_text(const struct field *field, struct span text, const char **ret_type)
{
    if (memchr(text.ptr ? text.ptr : "", '\0', text.len)) {
        *ret_type = "string_type";
        return "Input should not contain NUL characters";
    }
    if ((int64_t)text.len < field->min) {
        *ret_type = "string_too_short";
        return "String is too short";
    }
    if (field->max && (int64_t)text.len > field->max) {
        *ret_type = "string_too_long";
        return "String is too long";
    }
    return validate_form(field, text, ret_type);
}

static const char *read_number(const struct field *field, const json_t *given, struct value *ret,
                               const char **ret_type)
{
    *ret_type = "int_type";
    if (!json_is_integer(given))
        return "Input should be a valid integer";
    int64_t number = json_integer_value(given);
    *ret_type = "greater_than_equal";
    if (number < field->min)
        return "Input is too small";
    *ret_type = "less_than_equal";
    if (number > field->max)
        return "Input is too large";
    *ret = value_int(number);
    return NULL;
}

/* One member of the body; NULL when it is right, else the complaint. */
static const char *read_member(const struct field *field, const json_t *given, struct arena *arena,
                               struct value *ret, const char **ret_type)
{
    if (field->type == FIELD_INT)
        return read_number(field, given, ret, ret_type);
    *ret_type = "string_type";
    if (!json_is_string(given))
        return "Input should be a valid string";
    struct span text = span_of(json_string_value(given), json_string_length(given));
    const char *message = validate_text(field, text, ret_type);
    if (!message)
        *ret = value_text(arena_dup_span(arena, text));
    return message;
}

static void read_field(const struct field *field, const json_t *object, struct span now,
                       struct arena *arena, struct value *ret, struct complaints *complaints)
{
    const json_t *given = field->flags & FIELD_SERVER ? NULL : json_object_get(object, field->name);
    *ret = entity_initial(field, now);
    if (given && (!json_is_null(given) || field->flags & FIELD_REQUIRED)) {
        const char *type;
        const char *message = read_member(field, given, arena, ret, &type);
        if (message)
            complaints_add(complaints, "body", field->name, type, message);
    } else if (field->flags & FIELD_REQUIRED) {
        complaints_add(complaints, "body", field->name, "missing", "Field required");
    }
}

int validate_new_row(const struct entity *entity, struct span body, struct span now,
                     struct arena *arena, struct value *row, struct complaints *complaints)
{
    json_error_t fault;
    json_t *object = json_loadb(body.ptr ? body.ptr : "", body.len, JSON_REJECT_DUPLICATES, &fault);
    if (!object)
        complaints_add(complaints, "body", NULL, "json_invalid", "JSON decode error");
    else if (!json_is_object(object))
        complaints_add(complaints, "body", NULL, "model_attributes_type",
                       "Input should be a valid dictionary");
    else
        for (size_t i = 0; i < entity->field_count; i++)
            read_field(&entity->fields[i], object, now, arena, &row[i], complaints);
    json_decref(object);
    return complaints->count ? -1 : 0;
}
