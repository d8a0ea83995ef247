/* SPDX-License-Identifier: Apache-2.0
 *
 * Forms of texts: lengths are in characters, as clients count them.
 */
#include "keneyapp/model/check.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/strbuf.h"
#include "keneyapp/model/letter.h"
#include "keneyapp/model/moment.h"

#define LAST_MOMENT_S INT64_C(253402300799) /* 9999-12-31T23:59:59Z */

enum {
    FIRST_TO_SEE_A_DAY_S = 14 * 3600, /* places at UTC+14 */
    DAY_SECONDS = 86400,
    DAY_BYTES = 10, /* YYYY-MM-DD */
};

int fault_set(struct fault *fault, const char *type, const char *format, ...)
{
    va_list args;
    fault->type = type;
    va_start(args, format);
    vsnprintf(fault->message, sizeof(fault->message), format, args);
    va_end(args);
    return -1;
}

/* "Input should be 'male', 'female' or 'other'" */
int fault_choices(struct fault *fault, const char *const *names)
{
    AUTO(strbuf_done) struct strbuf list = STRBUF_INIT(CHECK_MESSAGE_BYTES);
    for (const char *const *name = names; *name; name++)
        strbuf_addf(&list, "%s'%s'", name == names ? "" : name[1] ? ", " : " or ", *name);
    return fault_set(fault, "enum", "Input should be %s", strbuf_cstr(&list));
}

/* Number of characters, or -1 when the text is not UTF-8 or has a NUL, which no database keeps. */
static int64_t count_characters(struct span text)
{
    int64_t count = 0;
    for (size_t at = 0, len; at < text.len; at += len, count++) {
        len = span_utf8_length(span_from(text, at));
        if (!len || !text.ptr[at])
            return -1;
    }
    return count;
}

static int check_length(const struct field *field, struct span text, struct fault *fault)
{
    int64_t length = count_characters(text);
    if (length < 0)
        return fault_set(fault, "string_unicode",
                         "Input should be a valid string, unable to parse raw data as a unicode "
                         "string");
    bool counts = field->flags & FIELD_SECRET || !letter_all_space(text);
    if (length < field->min || (field->min && !counts))
        return fault_set(fault, "string_too_short", "String should have at least %lld character%s",
                         (long long)field->min, field->min == 1 ? "" : "s");
    if (field->max && length > field->max)
        return fault_set(fault, "string_too_long", "String should have at most %lld character%s",
                         (long long)field->max, field->max == 1 ? "" : "s");
    return 0;
}

/* Names that are typed, printed in lists and carried in tokens. */
static int check_handle(const struct field *field, struct span text, struct fault *fault)
{
    bool visible = true;
    for (size_t i = 0; i < text.len && visible; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        bool is_c1 = c == 0xc2 && i + 1 < text.len && (unsigned char)text.ptr[i + 1] < 0xa0;
        visible = c > ' ' && c != 0x7f && !is_c1;
    }
    if (!visible)
        return fault_set(fault, "value_error",
                         "Value error, a name has no spaces and no control characters");
    if ((int64_t)text.len > field->max)
        return fault_set(fault, "value_error", "Value error, a name has at most %lld bytes",
                         (long long)field->max);
    return 0;
}

static int check_email(struct span text, struct fault *fault)
{
    struct span domain;
    struct span local = span_cut(text, '@', &domain);
    bool right = local.len > 0 && domain.len > 0 && span_find(domain, '@') < 0;
    for (size_t i = 0; i < text.len && right; i++)
        right = (unsigned char)text.ptr[i] > ' ' && text.ptr[i] != 0x7f;
    return right ? 0
                 : fault_set(fault, "value_error",
                             "value is not a valid email address: it should be name@domain without "
                             "spaces");
}

static int check_digits15(struct span text, bool is_ins, struct fault *fault)
{
    uint64_t number;
    if (text.len == 15 && (!is_ins || text.ptr[0] == '1') &&
        span_to_u64(text, UINT64_MAX, &number) == 0)
        return 0;
    return fault_set(fault, "string_pattern_mismatch", "String should match pattern '%s'",
                     is_ins ? FIELD_INS_NUMBER_PATTERN : FIELD_DIGITS15_PATTERN);
}

static int check_choice(const struct field *field, struct span text, struct fault *fault)
{
    for (const char *const *choice = field->choices; *choice; choice++)
        if (span_equal(span_cstr(*choice), text))
            return 0;
    return fault_choices(fault, field->choices);
}

/* A day begins first at UTC+14: there a child may be born on what is tomorrow in UTC. */
static bool is_future(struct span day, struct span now)
{
    char last[MOMENT_BYTES];
    moment_write(moment_seconds(now) + FIRST_TO_SEE_A_DAY_S, last);
    return span_compare(day, span_of(last, DAY_BYTES)) > 0;
}

static int check_day(const struct field *field, struct span text, struct span now,
                     struct fault *fault)
{
    const char *what = moment_check_day(text);
    if (what)
        return fault_set(fault, "date_from_datetime_parsing",
                         "Input should be a valid date or datetime, %s", what);
    if (field->flags & FIELD_PAST && is_future(text, now))
        return fault_set(fault, "date_past", "Date should be in the past");
    return 0;
}

/* A day alone is its first moment, or with FIELD_WHOLE_DAY the first of the next. The last day of
 * all, which stands for "without end", has no next one. */
static int read_moment(const struct field *field, struct span text, struct arena *arena,
                       struct value *ret, struct fault *fault)
{
    char *moment = arena_alloc(arena, MOMENT_BYTES);
    const char *what = moment_read(text, moment);
    if (what && field->flags & (FIELD_DAY | FIELD_WHOLE_DAY) && !moment_check_day(text)) {
        snprintf(moment, MOMENT_BYTES, "%.*sT00:00:00Z", SPAN_ARG(text));
        if (field->flags & FIELD_WHOLE_DAY)
            moment_write(MIN_OF(moment_seconds(span_cstr(moment)) + DAY_SECONDS, LAST_MOMENT_S),
                         moment);
    } else if (what) {
        return fault_set(fault, "datetime_from_date_parsing",
                         "Input should be a valid datetime or date, %s", what);
    }
    if (field->flags & FIELD_LASTING &&
        moment_seconds(span_cstr(moment)) > LAST_MOMENT_S - DAY_SECONDS)
        return fault_set(fault, "less_than_equal",
                         "Input should be less than or equal to 9999-12-30T23:59:59Z");
    *ret = value_text(span_cstr(moment));
    return 0;
}

/* Decimal digits with an optional sign, cut off at the ends of int64_t. */
static int read_integer(const struct field *field, struct span text, struct value *ret,
                        struct fault *fault)
{
    bool negative = text.len && text.ptr[0] == '-';
    struct span digits = span_from(text, text.len && strchr("+-", text.ptr[0]) ? 1 : 0);
    int64_t value = 0;
    bool right = digits.len > 0;
    for (size_t i = 0; i < digits.len && right; i++) {
        right = isdigit((unsigned char)digits.ptr[i]);
        int digit = right ? digits.ptr[i] - '0' : 0;
        value = value > (INT64_MAX - digit) / 10 ? INT64_MAX : value * 10 + digit;
    }
    if (!right)
        return fault_set(fault, "int_parsing",
                         "Input should be a valid integer, unable to parse string as an integer");
    return check_number(field, negative ? -value : value, ret, fault);
}

static int read_bool(struct span text, struct value *ret, struct fault *fault)
{
    bool yes = span_equal_nocase(text, SPAN("true")) || span_equal(text, SPAN("1"));
    bool no = span_equal_nocase(text, SPAN("false")) || span_equal(text, SPAN("0"));
    *ret = value_int(yes);
    return yes || no ? 0
                     : fault_set(fault, "bool_parsing",
                                 "Input should be a valid boolean, unable to interpret input");
}

int check_number(const struct field *field, int64_t number, struct value *ret, struct fault *fault)
{
    if (number < field->min)
        return fault_set(fault, "greater_than_equal",
                         "Input should be greater than or equal to %lld", (long long)field->min);
    if (number > field->max)
        return fault_set(fault, "less_than_equal", "Input should be less than or equal to %lld",
                         (long long)field->max);
    *ret = value_int(number);
    return 0;
}

static int check_form(const struct field *field, struct span text, struct span now,
                      struct fault *fault)
{
    switch (field->type) {
    case FIELD_EMAIL:
        return check_email(text, fault);
    case FIELD_DIGITS15:
    case FIELD_INS_NUMBER:
        return check_digits15(text, field->type == FIELD_INS_NUMBER, fault);
    case FIELD_DATE:
        return check_day(field, text, now, fault);
    case FIELD_CHOICE:
        return check_choice(field, text, fault);
    default:
        return field->flags & FIELD_HANDLE ? check_handle(field, text, fault) : 0;
    }
}

int check_text(const struct field *field, struct span text, struct span now, struct arena *arena,
               struct value *ret, struct fault *fault)
{
    if (field->type == FIELD_INT)
        return read_integer(field, span_trim(text), ret, fault);
    if (field->type == FIELD_BOOL)
        return read_bool(text, ret, fault);
    if (field->type == FIELD_DATETIME)
        return read_moment(field, text, arena, ret, fault);
    if (check_length(field, text, fault) != 0 || check_form(field, text, now, fault) != 0)
        return -1;
    *ret = value_text(arena_dup_span(arena, text));
    return 0;
}
