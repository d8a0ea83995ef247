/* SPDX-License-Identifier: Apache-2.0
 *
 * Remembering a response head.
 */
#include "http/http1_memo.h"

/* False when the span does not lie within what can be remembered. */
static bool range_of(const char *start, struct span text, struct http1_range *ret_range)
{
    size_t at = text.len ? (size_t)(text.ptr - start) : 0;
    if (at + text.len > HTTP1_MEMO_BYTES)
        return false;
    *ret_range = (struct http1_range){(uint16_t)at, (uint16_t)text.len};
    return true;
}

void http1_memo_begin(struct http1_memo *memo, const char *start, struct span reason)
{
    memo->len = 0;
    memo->field_count = 0;
    memo->full = !range_of(start, reason, &memo->reason);
}

void http1_memo_field(struct http1_memo *memo, const char *start, struct span name,
                      struct span value)
{
    size_t i = memo->field_count;
    if (memo->full || i == HTTP1_MEMO_FIELDS || !range_of(start, name, &memo->names[i]) ||
        !range_of(start, value, &memo->values[i]))
        memo->full = true;
    else
        memo->field_count++;
}

void http1_memo_keep(struct http1_memo *memo, struct span bytes, const struct http1_head *head)
{
    if (memo->full || bytes.len > HTTP1_MEMO_BYTES)
        return;
    memcpy(memo->bytes, bytes.ptr, bytes.len);
    memo->head = *head;
    memo->len = (uint16_t)bytes.len;
}
