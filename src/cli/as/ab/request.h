/* SPDX-License-Identifier: Apache-2.0
 *
 * The bytes that ab sends, in ab's order and casing. Pure.
 */
#ifndef CLI_AS_AB_REQUEST_H
#define CLI_AS_AB_REQUEST_H

#include "base/span.h"
#include "base/strbuf.h"

struct ab_options;

enum {
    AB_HEAD_BYTES = 8192, /* the longest head, as in ab */
};

/* Appends the head, and returns its length; `body` (ptr NULL: none) is announced, not appended. */
size_t ab_request_head(struct strbuf *out, const struct ab_options *options, struct span body);

/* "GET", or whatever -i, -p, -u and -m make of it. */
struct span ab_request_method(const struct ab_options *options);

#endif
