/* SPDX-License-Identifier: Apache-2.0
 *
 * The head of the previous response on a connection: its bytes, what they said, and where the
 * fields lie. A head that is the same byte for byte means the same. Heads that are larger than
 * the memory are simply not remembered.
 */
#ifndef HTTP_HTTP1_MEMO_H
#define HTTP_HTTP1_MEMO_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"
#include "http/http1_head.h"

#define HTTP1_MEMO_BYTES  512
#define HTTP1_MEMO_FIELDS 24

/* A span as offsets from the start of the head. */
struct http1_range {
    uint16_t at, len;
};

struct http1_memo {
    struct http1_head head;
    uint16_t len; /* 0 while nothing is remembered */
    uint8_t field_count;
    bool full; /* more fields than fit: this head cannot be remembered */
    struct http1_range reason;
    struct http1_range names[HTTP1_MEMO_FIELDS], values[HTTP1_MEMO_FIELDS];
    char bytes[HTTP1_MEMO_BYTES];
};

/* Forgets; the next head is recorded field by field, then kept. */
void http1_memo_begin(struct http1_memo *memo, const char *start, struct span reason);
void http1_memo_field(struct http1_memo *memo, const char *start, struct span name,
                      struct span value);
void http1_memo_keep(struct http1_memo *memo, struct span bytes, const struct http1_head *head);

/* Whether `bytes` begin with the remembered head. */
static inline bool http1_memo_matches(const struct http1_memo *memo, struct span bytes)
{
    return memo->len > 0 && bytes.len >= memo->len &&
           memcmp(bytes.ptr, memo->bytes, memo->len) == 0;
}

#endif
