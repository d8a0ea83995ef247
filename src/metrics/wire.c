/* SPDX-License-Identifier: Apache-2.0
 *
 * The pieces of the snapshot encoding.
 */
#include "metrics/wire.h"

#include <endian.h>

#include "base/strbuf.h"

void wire_put_uint(struct strbuf *out, uint64_t value)
{
    for (; value >= 0x80; value >>= 7)
        strbuf_addc(out, (char)(value | 0x80));
    strbuf_addc(out, (char)value);
}

void wire_put_double(struct strbuf *out, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof(bits));
    bits = htole64(bits);
    strbuf_add(out, &bits, sizeof(bits));
}

void wire_put_bytes(struct strbuf *out, struct span bytes)
{
    wire_put_uint(out, bytes.len);
    strbuf_add_span(out, bytes);
}

int wire_get_uint(struct span *input, uint64_t max, uint64_t *ret_value)
{
    uint64_t value = 0;
    for (size_t i = 0; i < input->len && i < 10; i++) {
        uint8_t byte = (uint8_t)input->ptr[i];
        if (i == 9 && byte > 1) /* past 64 bits */
            return -1;
        value |= (uint64_t)(byte & 0x7f) << (7 * i);
        if (byte & 0x80)
            continue;
        if (value > max)
            return -1;
        *input = span_of(input->ptr + i + 1, input->len - i - 1);
        *ret_value = value;
        return 0;
    }
    return -1;
}

int wire_get_double(struct span *input, double *ret_value)
{
    uint64_t bits;
    if (input->len < sizeof(bits))
        return -1;
    memcpy(&bits, input->ptr, sizeof(bits));
    bits = le64toh(bits);
    memcpy(ret_value, &bits, sizeof(bits));
    *input = span_of(input->ptr + sizeof(bits), input->len - sizeof(bits));
    return 0;
}

int wire_get_bytes(struct span *input, struct span *ret_bytes)
{
    struct span rest = *input;
    uint64_t len;
    if (wire_get_uint(&rest, SIZE_MAX, &len) < 0 || len > rest.len)
        return -1;
    *ret_bytes = span_of(rest.ptr, (size_t)len);
    *input = span_of(rest.ptr + len, rest.len - (size_t)len);
    return 0;
}
