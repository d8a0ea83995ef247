/* SPDX-License-Identifier: Apache-2.0
 *
 * Writes JSON into a buffer.
 */
#include "base/json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/strbuf.h"

void json_writer_init(struct json_writer *json, struct strbuf *out)
{
    *json = (struct json_writer){.out = out};
}

static void separate(struct json_writer *json)
{
    if (json->need_comma)
        strbuf_addc(json->out, ',');
    json->need_comma = true;
}

static void begin(struct json_writer *json, char bracket)
{
    separate(json);
    strbuf_addc(json->out, bracket);
    json->need_comma = false;
}

static void end(struct json_writer *json, char bracket)
{
    strbuf_addc(json->out, bracket);
    json->need_comma = true;
}

void json_begin_object(struct json_writer *json)
{
    begin(json, '{');
}

void json_end_object(struct json_writer *json)
{
    end(json, '}');
}

void json_begin_array(struct json_writer *json)
{
    begin(json, '[');
}

void json_end_array(struct json_writer *json)
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

void json_quote(struct strbuf *out, struct span text)
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

void json_key_span(struct json_writer *json, struct span key)
{
    separate(json);
    json_quote(json->out, key);
    strbuf_addc(json->out, ':');
    json->need_comma = false;
}

void json_key(struct json_writer *json, const char *key)
{
    json_key_span(json, span_cstr(key));
}

void json_string(struct json_writer *json, struct span text)
{
    separate(json);
    json_quote(json->out, text);
}

void json_number(struct json_writer *json, double value)
{
    if (!isfinite(value)) {
        json_null(json);
        return;
    }
    char text[32];
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof(text), "%.*g", digits, value);
        if (strtod(text, NULL) == value)
            break;
    }
    json_raw(json, span_cstr(text));
}

void json_integer(struct json_writer *json, int64_t value)
{
    separate(json);
    strbuf_addf(json->out, "%lld", (long long)value);
}

void json_bool(struct json_writer *json, bool value)
{
    json_raw(json, value ? SPAN("true") : SPAN("false"));
}

void json_null(struct json_writer *json)
{
    json_raw(json, SPAN("null"));
}

void json_raw(struct json_writer *json, struct span text)
{
    separate(json);
    strbuf_add_span(json->out, text);
}
