/* SPDX-License-Identifier: Apache-2.0
 *
 * Writes JSON into a buffer.
 */
#include "base/jsonw.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/strbuf.h"

void jsonw_init(struct jsonw *json, struct strbuf *out)
{
    *json = (struct jsonw){.out = out};
}

static void separate(struct jsonw *json)
{
    if (json->need_comma)
        strbuf_addc(json->out, ',');
    json->need_comma = true;
}

static void begin(struct jsonw *json, char bracket)
{
    separate(json);
    strbuf_addc(json->out, bracket);
    json->need_comma = false;
}

static void end(struct jsonw *json, char bracket)
{
    strbuf_addc(json->out, bracket);
    json->need_comma = true;
}

void jsonw_begin_object(struct jsonw *json)
{
    begin(json, '{');
}

void jsonw_end_object(struct jsonw *json)
{
    end(json, '}');
}

void jsonw_begin_array(struct jsonw *json)
{
    begin(json, '[');
}

void jsonw_end_array(struct jsonw *json)
{
    end(json, ']');
}

static void add_escape(struct strbuf *out, unsigned char c)
{
    switch (c) {
    case '"':
    case '\\':
        strbuf_addf(out, "\\%c", c);
        break;
    case '\n':
        strbuf_adds(out, "\\n");
        break;
    case '\r':
        strbuf_adds(out, "\\r");
        break;
    case '\t':
        strbuf_adds(out, "\\t");
        break;
    default:
        strbuf_addf(out, "\\u%04x", c);
    }
}

void jsonw_quote(struct strbuf *out, struct span text)
{
    size_t plain_from = 0;
    strbuf_addc(out, '"');
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c >= 0x20 && c != '"' && c != '\\')
            continue;
        strbuf_add(out, text.ptr + plain_from, i - plain_from);
        add_escape(out, c);
        plain_from = i + 1;
    }
    if (text.len > plain_from)
        strbuf_add(out, text.ptr + plain_from, text.len - plain_from);
    strbuf_addc(out, '"');
}

void jsonw_key_span(struct jsonw *json, struct span key)
{
    separate(json);
    jsonw_quote(json->out, key);
    strbuf_addc(json->out, ':');
    json->need_comma = false;
}

void jsonw_key(struct jsonw *json, const char *key)
{
    jsonw_key_span(json, span_cstr(key));
}

void jsonw_string(struct jsonw *json, struct span text)
{
    separate(json);
    jsonw_quote(json->out, text);
}

void jsonw_number(struct jsonw *json, double value)
{
    if (!isfinite(value)) {
        jsonw_null(json);
        return;
    }
    char text[32];
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof(text), "%.*g", digits, value);
        if (strtod(text, NULL) == value)
            break;
    }
    jsonw_raw(json, span_cstr(text));
}

void jsonw_integer(struct jsonw *json, int64_t value)
{
    separate(json);
    strbuf_addf(json->out, "%lld", (long long)value);
}

void jsonw_bool(struct jsonw *json, bool value)
{
    jsonw_raw(json, value ? SPAN("true") : SPAN("false"));
}

void jsonw_null(struct jsonw *json)
{
    jsonw_raw(json, SPAN("null"));
}

void jsonw_raw(struct jsonw *json, struct span text)
{
    separate(json);
    strbuf_add_span(json->out, text);
}
