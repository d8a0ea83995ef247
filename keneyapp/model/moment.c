/* SPDX-License-Identifier: Apache-2.0
 *
 * The words for faults are those that clients of FastAPI services know.
 */
#include "keneyapp/model/moment.h"

#include <ctype.h>
#include <stdio.h>
#include <time.h>

#define YEAR_1_S     INT64_C(-62135596800) /* 0001-01-01, seconds since 1970 */
#define YEAR_10000_S INT64_C(253402300800)

/* Where in a text we are, and the first thing that was wrong. */
struct reader {
    struct span rest;
    const char *fault;
};

/* `width` digits, of a value in `min`..`max`. */
static int read_digits(struct reader *reader, size_t width, int min, int max,
                       const char *unreadable, const char *out_of_range)
{
    uint64_t value = 0;
    if (reader->fault)
        return 0;
    if (reader->rest.len < width)
        reader->fault = "input is too short";
    else if (span_to_u64(span_head(reader->rest, width), UINT32_MAX, &value) != 0)
        reader->fault = unreadable;
    else if ((int)value < min || (int)value > max)
        reader->fault = out_of_range;
    reader->rest = span_from(reader->rest, width);
    return (int)value;
}

static void read_separator(struct reader *reader, const char *allowed, const char *fault)
{
    if (reader->fault)
        return;
    if (!reader->rest.len)
        reader->fault = "input is too short";
    else if (!reader->rest.ptr[0] || !strchr(allowed, reader->rest.ptr[0]))
        reader->fault = fault;
    reader->rest = span_from(reader->rest, 1);
}

static int days_of_month(int year, int month)
{
    static const int DAYS[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return DAYS[month - 1] + (month == 2 && leap);
}

static void read_day(struct reader *reader, struct tm *ret)
{
    int year = read_digits(reader, 4, 1, 9999, "invalid character in year",
                           "year value is outside expected range of 1-9999");
    read_separator(reader, "-", "invalid date separator, expected `-`");
    int month = read_digits(reader, 2, 1, 12, "invalid character in month",
                            "month value is outside expected range of 1-12");
    read_separator(reader, "-", "invalid date separator, expected `-`");
    int day = read_digits(reader, 2, 1, 31, "invalid character in day",
                          "day value is outside expected range");
    if (!reader->fault && day > days_of_month(year, month))
        reader->fault = "day value is outside expected range";
    *ret = (struct tm){.tm_year = year - 1900, .tm_mon = month - 1, .tm_mday = day};
}

static bool next_is(const struct reader *reader, const char *set)
{
    return reader->rest.len && reader->rest.ptr[0] && strchr(set, reader->rest.ptr[0]);
}

static void skip_fraction(struct reader *reader)
{
    size_t digits = 1;
    while (digits < reader->rest.len && isdigit((unsigned char)reader->rest.ptr[digits]))
        digits++;
    if (digits == 1 || digits > 10)
        reader->fault = "second fraction value is not 1 to 9 digits";
    reader->rest = span_from(reader->rest, digits);
}

static int read_clock(struct reader *reader)
{
    int hours = read_digits(reader, 2, 0, 23, "invalid character in hour",
                            "hour value is outside expected range of 0-23");
    read_separator(reader, ":", "invalid time separator, expected `:`");
    int minutes = read_digits(reader, 2, 0, 59, "invalid character in minute",
                              "minute value is outside expected range of 0-59");
    int seconds = 0;
    if (!reader->fault && next_is(reader, ":")) {
        reader->rest = span_from(reader->rest, 1);
        seconds = read_digits(reader, 2, 0, 59, "invalid character in second",
                              "second value is outside expected range of 0-59");
        if (!reader->fault && next_is(reader, "."))
            skip_fraction(reader);
    }
    return hours * 3600 + minutes * 60 + seconds;
}

/* Seconds east of UTC. */
static int read_zone(struct reader *reader)
{
    if (reader->fault || !reader->rest.len)
        return 0;
    bool west = next_is(reader, "-");
    bool offset = next_is(reader, "+-");
    read_separator(reader, "Zz+-", "invalid timezone sign");
    if (!offset)
        return 0;
    int hours = read_digits(reader, 2, 0, 23, "invalid character in timezone hour",
                            "timezone offset must be less than 24 hours");
    read_separator(reader, ":", "invalid timezone separator, expected `:`");
    int minutes = read_digits(reader, 2, 0, 59, "invalid character in timezone minute",
                              "timezone minute value is outside expected range of 0-59");
    int seconds = hours * 3600 + minutes * 60;
    return west ? -seconds : seconds;
}

static void read_end(struct reader *reader)
{
    if (!reader->fault && reader->rest.len)
        reader->fault = "unexpected extra characters at the end of the input";
}

/* Seconds since 1970. */
static int64_t read_moment(struct reader *reader)
{
    struct tm day;
    read_day(reader, &day);
    read_separator(reader, "Tt ", "invalid datetime separator, expected `T`, `t` or space");
    int seconds = read_clock(reader);
    int zone = read_zone(reader);
    read_end(reader);
    return reader->fault ? 0 : timegm(&day) + seconds - zone;
}

const char *moment_check_day(struct span text)
{
    struct reader reader = {.rest = text};
    struct tm day;
    read_day(&reader, &day);
    read_end(&reader);
    return reader.fault;
}

const char *moment_read(struct span text, char ret[MOMENT_BYTES])
{
    struct reader reader = {.rest = text};
    int64_t seconds = read_moment(&reader);
    if (reader.fault)
        return reader.fault;
    /* An offset from UTC may lead out of the years that four digits can name. */
    if (seconds < YEAR_1_S || seconds >= YEAR_10000_S)
        return "year value is outside expected range of 1-9999";
    moment_write(seconds, ret);
    return NULL;
}

int64_t moment_seconds(struct span moment)
{
    struct reader reader = {.rest = moment};
    return read_moment(&reader);
}

void moment_write(int64_t seconds, char ret[MOMENT_BYTES])
{
    time_t time = (time_t)seconds;
    struct tm utc;
    char rest[20];
    gmtime_r(&time, &utc);
    strftime(rest, sizeof(rest), "-%m-%dT%H:%M:%SZ", &utc);
    /* strftime's own years have no leading zeros. */
    snprintf(ret, MOMENT_BYTES, "%04d%s", utc.tm_year + 1900, rest);
}
