/* SPDX-License-Identifier: Apache-2.0
 *
 * Numbers, texts and times as Go programs write them.
 */
#include "output/go_text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/strbuf.h"

#define MICRO_PER_ONE 1000000

static void add_unsigned(struct strbuf *out, uint64_t value)
{
    char text[20];
    size_t at = sizeof(text);
    do {
        text[--at] = (char)('0' + value % 10);
        value /= 10;
    } while (value);
    strbuf_add(out, text + at, sizeof(text) - at);
}

/* ".25" for 250 of 3 digits; nothing for 0. */
static void add_fraction(struct strbuf *out, uint64_t fraction, size_t digits)
{
    char text[10] = ".";
    if (!fraction)
        return;
    while (fraction % 10 == 0) {
        fraction /= 10;
        digits--;
    }
    for (size_t i = digits; i > 0; i--, fraction /= 10)
        text[i] = (char)('0' + fraction % 10);
    strbuf_add(out, text, digits + 1);
}

/* Nearly every value is a whole number or milliseconds with nanoseconds behind the point. Such a
 * decimal has at most 12 digits, so if it reads back as `value`, it is the shortest that does. */
static bool add_micros(struct strbuf *out, double value)
{
    double size = fabs(value);
    if (size >= MICRO_PER_ONE || (size < 1e-4 && value != 0))
        return false;
    uint64_t micros = (uint64_t)llround(size * MICRO_PER_ONE);
    if ((double)micros / MICRO_PER_ONE != size || micros >= MICRO_PER_ONE * (uint64_t)MICRO_PER_ONE)
        return false;
    if (signbit(value))
        strbuf_addc(out, '-');
    add_unsigned(out, micros / MICRO_PER_ONE);
    add_fraction(out, micros % MICRO_PER_ONE, 6);
    return true;
}

/* Digits that a decimal of `value` needs at least; `*ret_exponent` is its power of ten. Fewer than
 * 15 are found as trailing zeros of 15, but for subnormals, which hold less than that. */
static int count_digits(double value, int *ret_exponent)
{
    char text[32];
    int precision = fpclassify(value) == FP_SUBNORMAL ? 0 : 14;
    do {
        snprintf(text, sizeof(text), "%.*e", precision, value);
    } while (strtod(text, NULL) != value && ++precision <= 16);
    char *exponent = strchr(text, 'e');
    char *last = exponent - 1;
    *ret_exponent = atoi(exponent + 1);
    for (; *last == '0' && precision > 0; last--)
        precision--;
    return precision + 1;
}

void go_text_number(struct strbuf *out, double value)
{
    int exponent;
    if (!isfinite(value))
        strbuf_adds(out, "null");
    if (!isfinite(value) || add_micros(out, value))
        return;
    int digits = count_digits(value, &exponent);
    if (exponent < -4 || exponent >= 6)
        strbuf_addf(out, "%.*e", digits - 1, value);
    else
        strbuf_addf(out, "%.*f", MAX_OF(digits - 1 - exponent, 0), value);
}

static void escape_ascii(struct strbuf *out, char c)
{
    if (c == '"' || c == '\\')
        strbuf_addf(out, "\\%c", c);
    else if (c == '\n' || c == '\r' || c == '\t')
        strbuf_addf(out, "\\%c", c == '\n' ? 'n' : c == '\r' ? 'r' : 't');
    else
        strbuf_addf(out, "\\u%04x", c);
}

static bool plain_ascii(char c)
{
    return c >= 0x20 && c != '"' && c != '\\' && c != '<' && c != '>' && c != '&';
}

/* Adds the first character of `text`; returns its length. */
static size_t add_character(struct strbuf *out, struct span text)
{
    size_t length = span_utf8_length(text);
    if (length == 0)
        strbuf_adds(out, "\\ufffd");
    else if (length == 1)
        escape_ascii(out, text.ptr[0]);
    else if (length == 3 && memcmp(text.ptr, "\xe2\x80\xa8", 3) == 0)
        strbuf_adds(out, "\\u2028");
    else if (length == 3 && memcmp(text.ptr, "\xe2\x80\xa9", 3) == 0)
        strbuf_adds(out, "\\u2029");
    else
        strbuf_add(out, text.ptr, length);
    return MAX_OF(length, (size_t)1);
}

void go_text_quote(struct strbuf *out, struct span text)
{
    strbuf_addc(out, '"');
    for (size_t i = 0; i < text.len;) {
        size_t plain = 0;
        while (i + plain < text.len && plain_ascii(text.ptr[i + plain]))
            plain++;
        strbuf_add(out, text.ptr + i, plain);
        i += plain;
        if (i < text.len)
            i += add_character(out, span_from(text, i));
    }
    strbuf_addc(out, '"');
}

void go_text_fraction(struct strbuf *out, nsec_t ns)
{
    add_fraction(out, (uint64_t)ns, 9);
}

static void add_below_second(struct strbuf *out, uint64_t ns)
{
    static const struct {
        uint64_t ns;
        size_t digits;
        const char *name;
    } UNITS[] = {{1000000, 6, "ms"}, {1000, 3, "µs"}, {1, 0, "ns"}};

    size_t i = 0;
    while (ns < UNITS[i].ns)
        i++;
    add_unsigned(out, ns / UNITS[i].ns);
    add_fraction(out, ns % UNITS[i].ns, UNITS[i].digits);
    strbuf_adds(out, UNITS[i].name);
}

void go_text_duration(struct strbuf *out, nsec_t ns)
{
    uint64_t seconds = (uint64_t)ns / NSEC_PER_SEC;
    if (!seconds) {
        add_below_second(out, (uint64_t)ns);
        return;
    }
    if (seconds >= 3600)
        strbuf_addf(out, "%lluh", (unsigned long long)seconds / 3600);
    if (seconds >= 60)
        strbuf_addf(out, "%llum", (unsigned long long)seconds / 60 % 60);
    add_unsigned(out, seconds % 60);
    add_fraction(out, (uint64_t)ns % NSEC_PER_SEC, 9);
    strbuf_addc(out, 's');
}
