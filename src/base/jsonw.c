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

/* How many bytes the UTF-8 character (RFC 3629) at the start of `text` takes; 0 when it is none. */
static size_t character_bytes(struct span text)
{
    const unsigned char *at = (const unsigned char *)text.ptr;
    size_t len = at[0] < 0x80 ? 1 : at[0] < 0xC2 ? 0 : at[0] < 0xE0 ? 2 : at[0] < 0xF0 ? 3 : 4;
    if (len == 0 || len > text.len || at[0] > 0xF4)
        return 0;
    for (size_t i = 1; i < len; i++)
        if ((at[i] & 0xC0) != 0x80)
            return 0;
    bool overlong = (at[0] == 0xE0 && at[1] < 0xA0) || (at[0] == 0xF0 && at[1] < 0x90);
    bool surrogate = at[0] == 0xED && at[1] >= 0xA0;
    bool too_large = at[0] == 0xF4 && at[1] >= 0x90;
    return overlong || surrogate || too_large ? 0 : len;
}

static bool is_plain(unsigned char c)
{
    return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
}

void jsonw_quote(struct strbuf *out, struct span text)
{
    strbuf_addc(out, '"');
    while (text.len) {
        size_t plain = 0;
        while (plain < text.len && is_plain((unsigned char)text.ptr[plain]))
            plain++;
        strbuf_add_span(out, span_head(text, plain));
        text = span_from(text, plain);
        if (!text.len)
            break;
        size_t len = character_bytes(text);
        if (len == 1)
            add_escape(out, (unsigned char)text.ptr[0]);
        else
            strbuf_add_span(out, len ? span_head(text, len) : SPAN("\uFFFD"));
        text = span_from(text, MAX_OF(len, (size_t)1));
    }
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
