/* SPDX-License-Identifier: Apache-2.0
 *
 * Numbers as wrk writes them.
 */
#include "cli/as/wrk/units.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/strbuf.h"
#include "base/util.h"

struct table {
    double scale;
    const char *units[6]; /* ascending; the last one is never reached */
};

static const struct table METRIC = {1000, {"", "k", "M", "G", "T", "P"}};
static const struct table BINARY = {1024, {"", "K", "M", "G", "T", "P"}};
static const struct table TIME_US = {1000, {"us", "ms", "s"}};
static const struct table TIME_S = {60, {"s", "m", "h"}};

static void format(double n, const struct table *table, int digits, char *text)
{
    size_t unit = 0;
    while (n >= table->scale * 0.85 && unit + 2 < COUNT_OF(table->units) &&
           table->units[unit + 2]) {
        n /= table->scale;
        unit++;
    }
    snprintf(text, UNITS_TEXT_BYTES, "%.*f%s", digits, n, table->units[unit]);
}

void units_metric(double n, char text[static UNITS_TEXT_BYTES])
{
    format(n, &METRIC, 2, text);
}

void units_binary(double n, char text[static UNITS_TEXT_BYTES])
{
    format(n, &BINARY, 2, text);
}

void units_time_us(double n, char text[static UNITS_TEXT_BYTES])
{
    if (n >= 1e6)
        format(n / 1e6, &TIME_S, 2, text);
    else
        format(n, &TIME_US, 2, text);
}

void units_time_s(double n, char text[static UNITS_TEXT_BYTES])
{
    format(n, &TIME_S, 0, text);
}

void units_add(struct strbuf *out, int width, const char *text)
{
    size_t len = strlen(text);
    int blanks = 2;
    for (size_t i = 1; i <= 2 && i <= len && isalpha((unsigned char)text[len - i]); i++)
        blanks--;
    strbuf_addf(out, "%*s%.*s", width - blanks, text, blanks, "  ");
}
