/* SPDX-License-Identifier: Apache-2.0
 *
 * JSON output. Lists are most of what the clinic sends, so runs of plain characters are copied
 * whole and member names are not escaped (field tables hold plain ASCII).
 */
#include "keneyapp/model/json.h"

#include <stdio.h>

static bool is_plain(unsigned char c)
{
    return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
}

static void add_escape(struct strbuf *out, unsigned char c)
{
    static const char SHORT[] = {['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f',
                                 ['\r'] = 'r', ['"'] = '"',  ['\\'] = '\\'};
    if (c < sizeof(SHORT) && SHORT[c])
        strbuf_addf(out, "\\%c", SHORT[c]);
    else
        strbuf_addf(out, "\\u%04x", c);
}

/* Everything from the first character that needs attention on. */
static void add_special(struct strbuf *out, struct span text)
{
    while (text.len) {
        unsigned char c = (unsigned char)text.ptr[0];
        size_t len = 1;
        if (is_plain(c)) {
            while (len < text.len && is_plain((unsigned char)text.ptr[len]))
                len++;
            strbuf_add(out, text.ptr, len);
        } else if (c < 0x80) {
            add_escape(out, c);
        } else if (span_utf8_length(text)) {
            len = span_utf8_length(text);
            strbuf_add(out, text.ptr, len);
        } else {
            strbuf_adds(out, "\xef\xbf\xbd");
        }
        text = span_from(text, len);
    }
}

void json_add_text(struct strbuf *out, struct span text)
{
    char *to = strbuf_reserve(out, text.len + 2);
    if (!to)
        return;
    size_t plain = 0;
    to[0] = '"';
    while (plain < text.len && is_plain((unsigned char)text.ptr[plain])) {
        to[plain + 1] = text.ptr[plain];
        plain++;
    }
    strbuf_commit(out, plain + 1);
    if (plain < text.len)
        add_special(out, span_from(text, plain));
    strbuf_addc(out, '"');
}

void json_add_int(struct strbuf *out, int64_t number)
{
    char digits[24];
    char *at = digits + sizeof(digits);
    uint64_t rest = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
    do
        *--at = (char)('0' + rest % 10);
    while (rest /= 10);
    if (number < 0)
        *--at = '-';
    strbuf_add(out, at, (size_t)(digits + sizeof(digits) - at));
}

static void add_value(struct strbuf *out, const struct field *field, const struct value *value)
{
    if (value->kind == VALUE_NULL)
        strbuf_add(out, "null", 4);
    else if (value->kind == VALUE_TEXT)
        json_add_text(out, value->text);
    else if (field->type == FIELD_BOOL)
        strbuf_adds(out, value->number ? "true" : "false");
    else
        json_add_int(out, value->number);
}

static void add_name(struct strbuf *out, const char *name, char before)
{
    size_t len = strlen(name);
    char *to = strbuf_reserve(out, len + 4);
    if (!to)
        return;
    to[0] = before;
    to[1] = '"';
    memcpy(to + 2, name, len);
    to[len + 2] = '"';
    to[len + 3] = ':';
    strbuf_commit(out, len + 4);
}

void json_add_row(struct strbuf *out, const struct entity *entity, const struct value *row)
{
    char before = '{';
    for (size_t i = 0; i < entity->field_count; i++) {
        if (entity->fields[i].flags & FIELD_HIDDEN)
            continue;
        add_name(out, entity->fields[i].name, before);
        add_value(out, &entity->fields[i], &row[i]);
        before = ',';
    }
    strbuf_addc(out, '}');
}
