/* SPDX-License-Identifier: Apache-2.0
 *
 * Which content coding a client wants (Accept-Encoding, RFC 9110 §12.5.3). Any thread.
 */
#ifndef KENEYAPP_HTTP_ACCEPT_ENCODING_H
#define KENEYAPP_HTTP_ACCEPT_ENCODING_H

#include "base/span.h"

enum encoding {
    ENCODING_IDENTITY, /* as it is */
    ENCODING_GZIP,
    ENCODING_BROTLI,
    ENCODINGS,
};

/* How much each coding is wanted, in thousandths; 0: not acceptable. */
struct accept_encoding {
    unsigned short weight[ENCODINGS];
};

/* `header` is the field's value, with `ptr` NULL when there is none: then only identity is wanted,
 * for who does not ask may not be able to decode. Items that are not well-formed do not count. */
void accept_encoding_parse(struct span header, struct accept_encoding *ret_accept);

/* The best of the codings in `available` (bits 1 << enum encoding). Equally wanted ones go to the
 * smaller body: brotli, gzip, identity. Identity is always available, and also the answer when
 * nothing is acceptable: the header is then disregarded (RFC 9110 §12.1). */
enum encoding accept_encoding_best(const struct accept_encoding *accept, unsigned available);

/* The token of Content-Encoding; NULL for identity. */
const char *encoding_name(enum encoding encoding);

#endif
