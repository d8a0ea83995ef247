/* SPDX-License-Identifier: Apache-2.0
 *
 * CSV: every text is quoted, so that nothing in it can end its field.
 */
#include "keneyapp/routes/csv.h"

void csv_add_names(struct strbuf *out, const struct entity *entity)
{
    bool begun = false;
    for (size_t i = 0; i < entity->field_count; i++) {
        if (entity->fields[i].flags & FIELD_HIDDEN)
            continue;
        strbuf_addf(out, "%s%s", begun ? "," : "", entity->fields[i].name);
        begun = true;
    }
    strbuf_adds(out, "\r\n");
}

/* What spreadsheets begin formulas with; also behind white space, which some of them skip. */
static bool is_formula(struct span text)
{
    size_t at = 0;
    while (at < text.len && strchr(" \t\r\n", text.ptr[at]) && text.ptr[at])
        at++;
    return at < text.len && text.ptr[at] && strchr("=+-@|%", text.ptr[at]);
}

static void add_text(struct strbuf *out, struct span text)
{
    strbuf_adds(out, is_formula(text) ? "\"'" : "\"");
    while (text.len) {
        ptrdiff_t quote = span_find(text, '"');
        size_t len = quote < 0 ? text.len : (size_t)quote + 1;
        strbuf_add(out, text.ptr, len);
        if (quote >= 0)
            strbuf_addc(out, '"');
        text = span_from(text, len);
    }
    strbuf_addc(out, '"');
}

void csv_add_row(struct strbuf *out, const struct entity *entity, const struct value *row)
{
    bool begun = false;
    for (size_t i = 0; i < entity->field_count; i++) {
        if (entity->fields[i].flags & FIELD_HIDDEN)
            continue;
        if (begun)
            strbuf_addc(out, ',');
        begun = true;
        if (row[i].kind == VALUE_INT)
            strbuf_addf(out, "%lld", (long long)row[i].number);
        else if (row[i].kind == VALUE_TEXT)
            add_text(out, row[i].text);
    }
}
