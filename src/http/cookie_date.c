/* SPDX-License-Identifier: Apache-2.0
 *
 * Cookie dates: the text is cut into tokens, and the first token that looks like a time, a day, a
 * month or a year is taken for it.
 */
#include "http/cookie_date.h"

#include "http/charset.h"

static const char *const MONTHS[] = {"jan", "feb", "mar", "apr", "may", "jun",
                                     "jul", "aug", "sep", "oct", "nov", "dec"};

#define SECONDS_PER_DAY 86400

/* -1 for what is not yet found. */
struct fields {
    int hour, minute, second, day, month, year;
};

/* Takes `min` to `max` digits from the front; -1 when there are fewer or more. */
static int take_digits(struct span *text, size_t min, size_t max)
{
    size_t len = 0;
    int value = 0;
    while (len < text->len && charset_is_digit(text->ptr[len])) {
        if (len == max)
            return -1;
        value = value * 10 + (text->ptr[len++] - '0');
    }
    *text = span_from(*text, len);
    return len < min ? -1 : value;
}

static bool take_colon(struct span *text)
{
    if (text->len == 0 || text->ptr[0] != ':')
        return false;
    *text = span_from(*text, 1);
    return true;
}

/* What follows the digits of a token is ignored, as the grammar says. */
static bool read_time(struct span token, struct fields *fields)
{
    int hour = take_digits(&token, 1, 2);
    if (hour < 0 || !take_colon(&token))
        return false;
    int minute = take_digits(&token, 1, 2);
    if (minute < 0 || !take_colon(&token))
        return false;
    int second = take_digits(&token, 1, 2);
    if (second < 0)
        return false;
    fields->hour = hour;
    fields->minute = minute;
    fields->second = second;
    return true;
}

static int month_of(struct span token)
{
    for (int i = 0; token.len >= 3 && i < (int)COUNT_OF(MONTHS); i++)
        if (span_equal_nocase(span_head(token, 3), span_cstr(MONTHS[i])))
            return i + 1;
    return -1;
}

static int year_of(struct span token)
{
    int year = take_digits(&token, 2, 4);
    if (year >= 70 && year <= 99)
        return year + 1900;
    return year >= 0 && year <= 69 ? year + 2000 : year;
}

static void read_token(struct span token, struct fields *fields)
{
    struct span digits = token;
    if (fields->hour < 0 && read_time(token, fields))
        return;
    if (fields->day < 0 && (fields->day = take_digits(&digits, 1, 2)) >= 0)
        return;
    if (fields->month < 0 && (fields->month = month_of(token)) >= 0)
        return;
    if (fields->year < 0)
        fields->year = year_of(token);
}

static bool is_delimiter(char c)
{
    unsigned char byte = (unsigned char)c;
    return byte == '\t' || (byte >= 0x20 && byte <= 0x2f) || (byte >= 0x3b && byte <= 0x40) ||
           (byte >= 0x5b && byte <= 0x60) || (byte >= 0x7b && byte <= 0x7e);
}

static void read_tokens(struct span text, struct fields *fields)
{
    for (size_t i = 0; i < text.len;) {
        size_t start = i;
        while (i < text.len && !is_delimiter(text.ptr[i]))
            i++;
        if (i > start)
            read_token(span_of(text.ptr + start, i - start), fields);
        else
            i++;
    }
}

static bool is_leap(int year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int days_in_month(int year, int month)
{
    static const int DAYS[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return DAYS[month - 1] + (month == 2 && is_leap(year));
}

static int64_t days_before_year(int64_t year)
{
    int64_t past = year - 1;
    return past * 365 + past / 4 - past / 100 + past / 400 - 719162;
}

static int64_t days_of(int year, int month, int day)
{
    int64_t days = days_before_year(year) + day - 1;
    for (int i = 1; i < month; i++)
        days += days_in_month(year, i);
    return days;
}

static bool is_valid(const struct fields *f)
{
    return f->hour >= 0 && f->hour <= 23 && f->minute <= 59 && f->second <= 59 && f->month > 0 &&
           f->year >= 1601 && f->day >= 1 && f->day <= days_in_month(f->year, f->month);
}

int cookie_date_parse(struct span text, int64_t *ret_unix_s)
{
    struct fields f = {-1, -1, -1, -1, -1, -1};
    read_tokens(text, &f);
    if (!is_valid(&f))
        return -1;
    int64_t minutes = (int64_t)f.hour * 60 + f.minute;
    *ret_unix_s = days_of(f.year, f.month, f.day) * SECONDS_PER_DAY + minutes * 60 + f.second;
    return 0;
}
