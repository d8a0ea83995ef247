/* SPDX-License-Identifier: Apache-2.0
 *
 * A growing byte buffer with a maximum it cannot be made without: what a peer or a user controls
 * never grows unbounded. Appending past the maximum sets a sticky overflow flag and appends
 * nothing more; check it once at the end. Content is always NUL-terminated.
 */
#ifndef BASE_STRBUF_H
#define BASE_STRBUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"
#include "base/util.h"

struct strbuf {
    char *ptr; /* NULL until the first append */
    size_t len;
    size_t cap;
    size_t max;
    bool overflow;
};

#define STRBUF_INIT(max_bytes) ((struct strbuf){.max = (max_bytes)})

void strbuf_init(struct strbuf *buf, size_t max_bytes);

/* Frees the memory; the buffer may be used again. Cleanup function for AUTO(strbuf_done). */
void strbuf_done(struct strbuf *buf);

/* Empties the buffer and its overflow flag, keeps the memory. */
void strbuf_reset(struct strbuf *buf);

void strbuf_add(struct strbuf *buf, const void *bytes, size_t len);
void strbuf_add_span(struct strbuf *buf, struct span text);
void strbuf_adds(struct strbuf *buf, const char *text);
void strbuf_addc(struct strbuf *buf, char c);
void strbuf_addf(struct strbuf *buf, const char *fmt, ...) PRINTF_LIKE(2, 3);
void strbuf_vaddf(struct strbuf *buf, const char *fmt, va_list args) PRINTF_LIKE(2, 0);

/* Words of a line that is `column` wide, broken at `width` and indented from then on; where the
 * line ends. */
size_t strbuf_add_words(struct strbuf *buf, const char *text, size_t column, size_t indent,
                        size_t width);

/* Removes the first `len` bytes. */
void strbuf_consume(struct strbuf *buf, size_t len);

/* Takes back what was added since the buffer was `len` bytes long. */
void strbuf_truncate(struct strbuf *buf, size_t len);

/* Room for `len` more bytes to be written at ptr + len, then strbuf_commit()ed; NULL on overflow.
 */
char *strbuf_reserve(struct strbuf *buf, size_t len);
void strbuf_commit(struct strbuf *buf, size_t len);

/* Valid until the next change of the buffer. */
static inline struct span strbuf_span(const struct strbuf *buf)
{
    return span_of(buf->ptr, buf->len);
}

/* Never NULL. */
static inline const char *strbuf_cstr(const struct strbuf *buf)
{
    return buf->ptr ? buf->ptr : "";
}

/* Hands the memory over (never NULL, NUL-terminated, free() it); the buffer is empty afterwards. */
char *strbuf_take(struct strbuf *buf);

#endif
