/* SPDX-License-Identifier: Apache-2.0
 *
 * JSON output. Lists are most of what the clinic sends: a row is written with one reservation of
 * space, member names are not escaped (field tables hold plain ASCII), and texts are looked at and
 * copied eight bytes at a time until a character needs attention.
 */
#include "keneyapp/model/json.h"

#include <stdio.h>
#include <string.h>

#define EVERY_BYTE(c) (UINT64_C(0x0101010101010101) * (unsigned char)(c))

enum {
    INT_MAX_BYTES = 20, /* -9223372036854775808 */
};

static bool is_plain(unsigned char c)
{
    return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
}

/* High bits where a byte of `word` is zero; there may be false ones above a true one. */
static uint64_t zero_bytes(uint64_t word)
{
    return (word - EVERY_BYTE(1)) & ~word & EVERY_BYTE(0x80);
}

/* Whether all eight bytes are plain (the bit tricks of "any byte less than n, or equal to n"). */
static bool is_plain_word(uint64_t word)
{
    uint64_t control = (word - EVERY_BYTE(0x20)) & ~word & EVERY_BYTE(0x80);
    uint64_t beyond = word & EVERY_BYTE(0x80);
    return !(control | beyond | zero_bytes(word ^ EVERY_BYTE('"')) |
             zero_bytes(word ^ EVERY_BYTE('\\')));
}

/* Copies what needs no escape from the front of `text`; returns how much that was. */
static size_t copy_clean(char *to, struct span text)
{
    size_t at = 0;
    while (at < text.len) {
        uint64_t word;
        if (text.len - at >= sizeof(word)) {
            memcpy(&word, text.ptr + at, sizeof(word));
            if (is_plain_word(word)) {
                memcpy(to + at, &word, sizeof(word));
                at += sizeof(word);
                continue;
            }
        }
        unsigned char c = (unsigned char)text.ptr[at];
        size_t len = is_plain(c) ? 1 : c < 0x80 ? 0 : span_utf8_length(span_from(text, at));
        if (!len)
            break;
        for (size_t end = at + len; at < end; at++)
            to[at] = text.ptr[at];
    }
    return at;
}

static void add_escape(struct strbuf *out, unsigned char c)
{
    static const char SHORT[] = {['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f',
                                 ['\r'] = 'r', ['"'] = '"',  ['\\'] = '\\'};
    if (c >= 0x80)
        strbuf_adds(out, "\xef\xbf\xbd");
    else if (c < sizeof(SHORT) && SHORT[c])
        strbuf_addf(out, "\\%c", SHORT[c]);
    else
        strbuf_addf(out, "\\u%04x", c);
}

void json_add_text(struct strbuf *out, struct span text)
{
    strbuf_addc(out, '"');
    while (text.len) {
        char *to = strbuf_reserve(out, text.len);
        if (!to)
            return;
        size_t clean = copy_clean(to, text);
        strbuf_commit(out, clean);
        if (clean < text.len)
            add_escape(out, (unsigned char)text.ptr[clean]);
        text = span_from(text, clean + 1);
    }
    strbuf_addc(out, '"');
}

/* Returns the end of what was written. */
static char *put_int(char *to, int64_t number)
{
    char digits[INT_MAX_BYTES];
    char *at = digits + sizeof(digits);
    uint64_t rest = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
    do
        *--at = (char)('0' + rest % 10);
    while (rest /= 10);
    if (number < 0)
        *--at = '-';
    size_t len = (size_t)(digits + sizeof(digits) - at);
    memcpy(to, at, len);
    return to + len;
}

void json_add_int(struct strbuf *out, int64_t number)
{
    char *to = strbuf_reserve(out, INT_MAX_BYTES);
    if (to)
        strbuf_commit(out, (size_t)(put_int(to, number) - to));
}

static char *put(char *to, const char *text, size_t len)
{
    memcpy(to, text, len);
    return to + len;
}

/* `,"name":` */
static char *put_name(char *to, const char *name, char before)
{
    *to++ = before;
    *to++ = '"';
    to = put(to, name, strlen(name));
    return put(to, "\":", 2);
}

/* Bytes of a row in which nothing has to be escaped, from the field `from` on. */
static size_t clean_bytes(const struct entity *entity, const struct value *row, size_t from)
{
    size_t bytes = 2;
    for (size_t i = from; i < entity->field_count; i++)
        bytes += strlen(entity->fields[i].name) + 4 +
                 (row[i].kind == VALUE_TEXT ? row[i].text.len + 2 : INT_MAX_BYTES);
    return bytes;
}

/* NULL when the value has to be escaped. */
static char *put_value(char *to, const struct field *field, const struct value *value)
{
    if (value->kind == VALUE_NULL)
        return put(to, "null", 4);
    if (value->kind == VALUE_INT && field->type == FIELD_BOOL)
        return value->number ? put(to, "true", 4) : put(to, "false", 5);
    if (value->kind == VALUE_INT)
        return put_int(to, value->number);
    *to++ = '"';
    if (copy_clean(to, value->text) < value->text.len)
        return NULL;
    to += value->text.len;
    *to++ = '"';
    return to;
}

void json_add_row(struct strbuf *out, const struct entity *entity, const struct value *row)
{
    char before = '{';
    char *to = strbuf_reserve(out, clean_bytes(entity, row, 0));
    for (size_t i = 0; i < entity->field_count && to; i++) {
        const struct field *field = &entity->fields[i];
        if (field->flags & FIELD_HIDDEN)
            continue;
        to = put_name(to, field->name, before);
        before = ',';
        char *end = put_value(to, field, &row[i]);
        if (!end) { /* rare: the slow way, then on with new space */
            strbuf_commit(out, (size_t)(to - (out->ptr + out->len)));
            json_add_text(out, row[i].text);
            end = strbuf_reserve(out, clean_bytes(entity, row, i + 1));
        }
        to = end;
    }
    if (!to)
        return;
    *to++ = '}';
    strbuf_commit(out, (size_t)(to - (out->ptr + out->len)));
}
