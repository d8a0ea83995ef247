/* SPDX-License-Identifier: Apache-2.0
 *
 * Two formats.
 */
#include "keneyapp/jobs/report_writer.h"

#include <string.h>

enum {
    NAME_COLUMNS = 24,
};

static void underline(struct strbuf *out, size_t columns, char mark)
{
    for (size_t i = 0; i < columns; i++)
        strbuf_addc(out, mark);
    strbuf_addc(out, '\n');
}

static void text_begin(struct strbuf *out, const char *title)
{
    strbuf_addf(out, "%s\n", title);
    underline(out, strlen(title), '=');
}

static void text_heading(struct strbuf *out, struct span text)
{
    strbuf_addf(out, "\n%.*s\n", SPAN_ARG(text));
    underline(out, text.len, '-');
}

static void text_subheading(struct strbuf *out, struct span text)
{
    strbuf_addf(out, "\n%.*s\n", SPAN_ARG(text));
}

/* Further lines of a value are indented, so that none can pass for a heading. */
static void text_value(struct strbuf *out, struct span name, struct span text)
{
    strbuf_addf(out, "  %-*.*s", NAME_COLUMNS, SPAN_ARG(name));
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c == '\n')
            strbuf_addf(out, "\n  %-*s", NAME_COLUMNS, "");
        else
            strbuf_addc(out, c < ' ' || c == 0x7f ? ' ' : (char)c);
    }
    strbuf_addc(out, '\n');
}

static void text_end(struct strbuf *out)
{
    strbuf_adds(out, "\nEnd of the report\n");
}

static void add_escaped(struct strbuf *out, struct span text)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c == '&')
            strbuf_adds(out, "&amp;");
        else if (c == '<')
            strbuf_adds(out, "&lt;");
        else if (c == '>')
            strbuf_adds(out, "&gt;");
        else if (c == '"')
            strbuf_adds(out, "&quot;");
        else if (c == '\'')
            strbuf_adds(out, "&#39;");
        else if (c == '\n')
            strbuf_adds(out, "<br>");
        else
            strbuf_addc(out, c < ' ' || c == 0x7f ? ' ' : (char)c);
    }
}

static void add_element(struct strbuf *out, const char *tag, struct span text)
{
    strbuf_addf(out, "<%s>", tag);
    add_escaped(out, text);
    strbuf_addf(out, "</%s>\n", tag);
}

static void html_begin(struct strbuf *out, const char *title)
{
    strbuf_adds(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    add_element(out, "title", span_cstr(title));
    strbuf_adds(out, "</head>\n<body>\n");
    add_element(out, "h1", span_cstr(title));
}

static void html_heading(struct strbuf *out, struct span text)
{
    add_element(out, "h2", text);
}

static void html_subheading(struct strbuf *out, struct span text)
{
    add_element(out, "h3", text);
}

static void html_value(struct strbuf *out, struct span name, struct span text)
{
    strbuf_adds(out, "<p><strong>");
    add_escaped(out, name);
    strbuf_adds(out, ":</strong> ");
    add_escaped(out, text);
    strbuf_adds(out, "</p>\n");
}

static void html_end(struct strbuf *out)
{
    strbuf_adds(out, "</body>\n</html>\n");
}

static const struct report_format FORMATS[] = {
    {"text", "text/plain; charset=utf-8", text_begin, text_heading, text_subheading, text_value,
     text_end},
    {"html", "text/html; charset=utf-8", html_begin, html_heading, html_subheading, html_value,
     html_end},
};

const struct report_format *report_format_of(struct span name)
{
    for (size_t i = 0; i < COUNT_OF(FORMATS); i++)
        if (span_equal(name, span_cstr(FORMATS[i].name)))
            return &FORMATS[i];
    return NULL;
}
