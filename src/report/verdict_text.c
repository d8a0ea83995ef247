/* SPDX-License-Identifier: Apache-2.0
 *
 * A verdict as a table: a line for each row, and below it why it was not measured, or failed. Rows
 * of a section that have the same reason share that line.
 */
#include "report/verdict_text.h"

#include <string.h>

#include "base/strbuf.h"
#include "base/util.h"
#include "report/format.h"
#include "slo/verdict.h"

enum {
    TEXT_WIDTH = 80,
};

static const struct look {
    const char *mark, *plain, *color;
} LOOKS[] = {
    [VERDICT_PASS] = {"✓ pass", "pass", "\x1b[32m"},
    [VERDICT_FAIL] = {"✗ fail", "fail", "\x1b[31m"},
    [VERDICT_NOT_MEASURED] = {"· not measured", "not measured", "\x1b[2m"},
};

struct widths {
    size_t name, value, bound;
};

static struct widths measure(const struct verdict *verdict)
{
    struct widths widths = {0};
    for (size_t i = 0; i < verdict->row_count; i++) {
        const struct verdict_row *row = &verdict->rows[i];
        size_t name = format_width(row->name, strlen(row->name));
        size_t value = format_width(row->value, strlen(row->value));
        size_t bound = format_width(row->bound, strlen(row->bound));
        widths.name = MAX_OF(widths.name, name);
        widths.value = MAX_OF(widths.value, value);
        widths.bound = MAX_OF(widths.bound, bound);
    }
    return widths;
}

static void add_padded(struct strbuf *out, const char *text, size_t width)
{
    strbuf_adds(out, text);
    for (size_t at = format_width(text, strlen(text)); at < width; at++)
        strbuf_addc(out, ' ');
    strbuf_adds(out, "  ");
}

static void add_row(struct strbuf *out, const struct verdict_row *row, const struct widths *widths,
                    bool color, bool unicode)
{
    const struct look *look = &LOOKS[row->status];
    strbuf_adds(out, "    ");
    strbuf_adds(out, color ? look->color : "");
    add_padded(out, unicode ? look->mark : look->plain, 14);
    strbuf_adds(out, color ? "\x1b[0m" : "");
    add_padded(out, row->name, widths->name);
    add_padded(out, row->value, widths->value);
    strbuf_addf(out, "%s\n", row->bound);
}

static bool says_the_same(const struct verdict_row *row, const struct verdict_row *next)
{
    return strcmp(row->section, next->section) == 0 && strcmp(row->note, next->note) == 0;
}

static void add_reason(struct strbuf *out, const char *reason, bool unicode)
{
    size_t column = unicode ? 8 : 9;
    strbuf_addf(out, "      %s ", unicode ? "↳" : "->");
    strbuf_add_words(out, reason, column, column, TEXT_WIDTH);
    strbuf_addc(out, '\n');
}

void verdict_text(struct strbuf *out, const struct verdict *verdict, bool color, bool unicode)
{
    struct widths widths = measure(verdict);
    const char *section = "";
    strbuf_addf(out, "\n  %s%sSERVICE LEVELS%s\n", color ? "\x1b[1m" : "", unicode ? "█ " : "",
                color ? "\x1b[0m" : "");
    for (size_t i = 0; i < verdict->row_count; i++) {
        const struct verdict_row *row = &verdict->rows[i];
        if (strcmp(section, row->section) != 0)
            strbuf_addf(out, "\n    %s\n", row->section);
        section = row->section;
        add_row(out, row, &widths, color, unicode);
        if (*row->note && (i + 1 == verdict->row_count || !says_the_same(row, row + 1)))
            add_reason(out, row->note, unicode);
    }
    strbuf_addf(out, "\n    %s%s%s: %zu pass, %zu fail, %zu not measured\n\n",
                color ? LOOKS[verdict->status].color : "", verdict_status_text(verdict->status),
                color ? "\x1b[0m" : "", verdict->passed, verdict->failed, verdict->not_measured);
}
