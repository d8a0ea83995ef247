/* SPDX-License-Identifier: Apache-2.0
 *
 * The pieces of the snapshot encoding: LEB128 integers, doubles as their bits in little endian,
 * counted bytes. Readers take from the front of `*input`, return 0 or -1 and leave it alone on
 * failure. Layout: docs/internals/snapshot-format.md.
 */
#ifndef METRICS_WIRE_H
#define METRICS_WIRE_H

#include <stdint.h>

#include "base/span.h"

struct strbuf;

void wire_put_uint(struct strbuf *out, uint64_t value);
void wire_put_double(struct strbuf *out, double value);
void wire_put_bytes(struct strbuf *out, struct span bytes);

MUST_CHECK int wire_get_uint(struct span *input, uint64_t max, uint64_t *ret_value);
MUST_CHECK int wire_get_double(struct span *input, double *ret_value);

/* Borrowed from the input. */
MUST_CHECK int wire_get_bytes(struct span *input, struct span *ret_bytes);

#endif
