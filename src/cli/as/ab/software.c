/* SPDX-License-Identifier: Apache-2.0
 *
 * The Server header as ab looks for it: a text, not a field.
 */
#include "cli/as/ab/software.h"

#include "http/http1_loose.h"

enum {
    MAX_BYTES = 1023,
};

struct span ab_software(struct span head)
{
    const struct span name = SPAN("Server:");
    ptrdiff_t at = http1_loose_find(head, name);
    struct span value = at < 0 ? SPAN_EMPTY : span_from(head, (size_t)at + name.len + 1);
    size_t len = 0;
    while (len < MIN_OF(value.len, (size_t)MAX_BYTES) && (unsigned char)value.ptr[len] > ' ')
        len++;
    return span_head(value, len);
}
