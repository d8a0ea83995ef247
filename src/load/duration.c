/* SPDX-License-Identifier: Apache-2.0
 *
 * Durations in Go's syntax with k6's two additions: days, and bare numbers as milliseconds.
 */
#include "load/duration.h"

#include <stdio.h>
#include <stdlib.h>

static const struct unit {
    const char *name;
    nsec_t ns;
} UNITS[] = {
    {"ns", 1},
    {"us", NSEC_PER_USEC},
    {"\xc2\xb5s", NSEC_PER_USEC}, /* U+00B5, micro sign */
    {"\xce\xbcs", NSEC_PER_USEC}, /* U+03BC, Greek mu */
    {"ms", NSEC_PER_MSEC},
    {"s", NSEC_PER_SEC},
    {"m", 60 * NSEC_PER_SEC},
    {"h", 3600 * NSEC_PER_SEC},
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* A plain decimal number with optional fraction and exponent, nothing else. */
static bool is_number(struct span text)
{
    size_t i = text.len > 0 && text.ptr[0] == '+' ? 1 : 0, digits = 0;
    for (; i < text.len && (is_digit(text.ptr[i]) || text.ptr[i] == '.'); i++)
        digits += is_digit(text.ptr[i]);
    if (digits == 0)
        return false;
    if (i < text.len && (text.ptr[i] == 'e' || text.ptr[i] == 'E')) {
        i++;
        if (i < text.len && (text.ptr[i] == '+' || text.ptr[i] == '-'))
            i++;
        size_t first = i;
        while (i < text.len && is_digit(text.ptr[i]))
            i++;
        if (i == first)
            return false;
    }
    return i == text.len;
}

static int parse_milliseconds(struct span text, nsec_t *ret_ns)
{
    char buf[64], *end;
    if (text.len >= sizeof(buf))
        return -1;
    memcpy(buf, text.ptr, text.len);
    buf[text.len] = '\0';
    double ns = strtod(buf, &end) * 1e6;
    if (*end || !(ns < (double)INT64_MAX))
        return -1;
    *ret_ns = (nsec_t)ns;
    return 0;
}

/* The unit at the start of `text`: the letters up to the next digit or point. */
static const struct unit *take_unit(struct span *text)
{
    size_t len = 0;
    while (len < text->len && !is_digit(text->ptr[len]) && text->ptr[len] != '.')
        len++;
    for (size_t i = 0; i < COUNT_OF(UNITS); i++) {
        if (span_equal(span_head(*text, len), span_cstr(UNITS[i].name))) {
            *text = span_from(*text, len);
            return &UNITS[i];
        }
    }
    return NULL;
}

/* One "1.5h": whole part, fraction and unit, added to `*total`. */
static int take_component(struct span *text, __int128 *total)
{
    __int128 whole = 0, fraction = 0, scale = 1;
    size_t digits = 0;
    while (text->len > 0 && is_digit(text->ptr[0])) {
        whole = whole * 10 + (text->ptr[0] - '0');
        if (whole > INT64_MAX)
            return -1;
        *text = span_from(*text, 1);
        digits++;
    }
    if (text->len > 0 && text->ptr[0] == '.') {
        *text = span_from(*text, 1);
        for (; text->len > 0 && is_digit(text->ptr[0]); *text = span_from(*text, 1), digits++) {
            if (scale < (__int128)1000000000000000000) {
                fraction = fraction * 10 + (text->ptr[0] - '0');
                scale *= 10;
            }
        }
    }
    if (digits == 0)
        return -1;
    const struct unit *unit = take_unit(text);
    if (!unit)
        return -1;
    *total += whole * unit->ns + fraction * unit->ns / scale;
    return *total > INT64_MAX ? -1 : 0;
}

static int parse_go(struct span text, __int128 *total)
{
    if (text.len > 0 && text.ptr[0] == '+')
        text = span_from(text, 1);
    if (text.len == 0)
        return -1;
    while (text.len > 0) {
        if (take_component(&text, total) < 0)
            return -1;
    }
    return 0;
}

int duration_parse(struct span text, nsec_t *ret_ns)
{
    if (is_number(text))
        return parse_milliseconds(text, ret_ns);
    __int128 total = 0;
    ptrdiff_t day = span_find(text, 'd');
    if (day >= 0) {
        uint64_t days;
        if (span_to_u64(span_head(text, (size_t)day), INT64_MAX / (86400 * NSEC_PER_SEC), &days))
            return -1;
        total = (__int128)days * 86400 * NSEC_PER_SEC;
        text = span_from(text, (size_t)day + 1);
    }
    if ((day < 0 || text.len > 0) && parse_go(text, &total) < 0)
        return -1;
    if (total > INT64_MAX)
        return -1;
    *ret_ns = (nsec_t)total;
    return 0;
}

/* "12.5" without trailing zeros. */
static int format_fraction(char *buf, size_t size, nsec_t ns, nsec_t unit)
{
    int len = snprintf(buf, size, "%lld", (long long)(ns / unit));
    nsec_t rest = ns % unit;
    if (rest == 0 || len < 0 || (size_t)len + 1 >= size)
        return len;
    buf[len++] = '.';
    for (; rest > 0 && (size_t)len + 1 < size; rest = rest * 10 % unit)
        buf[len++] = (char)('0' + rest * 10 / unit);
    buf[len] = '\0';
    return len;
}

const char *duration_format(nsec_t ns, char *buf, size_t size)
{
    nsec_t unit = NSEC_PER_SEC;
    const char *name = "s";
    if (ns > 0 && ns < NSEC_PER_SEC) {
        unit = ns < NSEC_PER_USEC ? 1 : ns < NSEC_PER_MSEC ? NSEC_PER_USEC : NSEC_PER_MSEC;
        name = ns < NSEC_PER_USEC ? "ns" : ns < NSEC_PER_MSEC ? "\xc2\xb5s" : "ms";
    }
    char text[96];
    int len = 0;
    nsec_t minutes = ns / (60 * NSEC_PER_SEC);
    if (minutes >= 60)
        len += snprintf(text, sizeof(text), "%lldh", (long long)(minutes / 60));
    if (minutes >= 1)
        len += snprintf(text + len, sizeof(text) - (size_t)len, "%lldm", (long long)(minutes % 60));
    len += format_fraction(text + len, sizeof(text) - (size_t)len, ns % (60 * NSEC_PER_SEC), unit);
    snprintf(buf, size, "%.*s%s", len, text, name);
    return buf;
}
