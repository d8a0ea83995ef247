/* SPDX-License-Identifier: Apache-2.0
 *
 * A growing byte buffer with a maximum.
 */
#include "base/strbuf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void strbuf_init(struct strbuf *buf, size_t max_bytes)
{
    *buf = STRBUF_INIT(max_bytes);
}

void strbuf_done(struct strbuf *buf)
{
    free(buf->ptr);
    *buf = STRBUF_INIT(buf->max);
}

void strbuf_reset(struct strbuf *buf)
{
    buf->len = 0;
    buf->overflow = false;
    if (buf->ptr)
        buf->ptr[0] = '\0';
}

void strbuf_truncate(struct strbuf *buf, size_t len)
{
    buf->len = len;
    if (buf->ptr)
        buf->ptr[len] = '\0';
}

char *strbuf_reserve(struct strbuf *buf, size_t len)
{
    if (buf->overflow || len > buf->max - buf->len) {
        buf->overflow = true;
        return NULL;
    }
    size_t need = buf->len + len + 1;
    if (need > buf->cap) {
        size_t cap = MAX_OF(need, buf->cap + buf->cap / 2);
        buf->cap = MAX_OF(cap, (size_t)64);
        buf->ptr = mem_grow(buf->ptr, buf->cap, 1);
    }
    return buf->ptr + buf->len;
}

void strbuf_commit(struct strbuf *buf, size_t len)
{
    buf->len += len;
    buf->ptr[buf->len] = '\0';
}

void strbuf_add(struct strbuf *buf, const void *bytes, size_t len)
{
    char *at = strbuf_reserve(buf, len);
    if (!at)
        return;
    if (len)
        memcpy(at, bytes, len);
    strbuf_commit(buf, len);
}

void strbuf_add_span(struct strbuf *buf, struct span text)
{
    strbuf_add(buf, text.ptr, text.len);
}

void strbuf_adds(struct strbuf *buf, const char *text)
{
    strbuf_add(buf, text, strlen(text));
}

void strbuf_addc(struct strbuf *buf, char c)
{
    strbuf_add(buf, &c, 1);
}

void strbuf_vaddf(struct strbuf *buf, const char *fmt, va_list args)
{
    va_list again;
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, fmt, args);
    char *at = len < 0 ? NULL : strbuf_reserve(buf, (size_t)len);
    if (at) {
        vsnprintf(at, (size_t)len + 1, fmt, again);
        strbuf_commit(buf, (size_t)len);
    }
    va_end(again);
}

void strbuf_addf(struct strbuf *buf, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    strbuf_vaddf(buf, fmt, args);
    va_end(args);
}

size_t strbuf_add_words(struct strbuf *buf, const char *text, size_t column, size_t indent,
                        size_t width)
{
    while (*text) {
        size_t length = strcspn(text, " ");
        if (column > indent && column + 1 + length > width) {
            strbuf_addf(buf, "\n%*s", (int)indent, "");
            column = indent;
        } else if (column > indent) {
            strbuf_addc(buf, ' ');
            column++;
        }
        strbuf_addf(buf, "%.*s", (int)length, text);
        column += length;
        text += length + strspn(text + length, " ");
    }
    return column;
}

void strbuf_consume(struct strbuf *buf, size_t len)
{
    if (len >= buf->len) {
        buf->len = 0;
    } else {
        memmove(buf->ptr, buf->ptr + len, buf->len - len);
        buf->len -= len;
    }
    if (buf->ptr)
        buf->ptr[buf->len] = '\0';
}

char *strbuf_take(struct strbuf *buf)
{
    char *taken = buf->ptr ? buf->ptr : mem_dup("", 0);
    *buf = STRBUF_INIT(buf->max);
    return taken;
}
