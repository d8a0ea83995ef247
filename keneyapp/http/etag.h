/* SPDX-License-Identifier: Apache-2.0
 *
 * Strong entity tags (RFC 9110 §8.8.3) and the If-None-Match that sends them back (§13.1.2). A tag
 * is a hash of the body before any content coding; a coded body is another representation and has
 * the same tag with a suffix. Equal bodies have equal tags in every process. Any thread.
 */
#ifndef KENEYAPP_HTTP_ETAG_H
#define KENEYAPP_HTTP_ETAG_H

#include "base/span.h"
#include "keneyapp/http/accept_encoding.h"

enum {
    ETAG_BYTES = 40, /* quotes, 32 hex digits, suffix, NUL */
};

struct etag {
    char text[ETAG_BYTES]; /* quoted, as in the header; empty: none */
};

/* The tag of `body` as it is. */
void etag_make(struct span body, struct etag *ret_etag);

/* The tag of the same body in `encoding`; `identity` is etag_make()'s. */
void etag_of_encoding(const struct etag *identity, enum encoding encoding, struct etag *ret_etag);

/* Whether the header's value (a list of tags, or "*") names the tag, weakly compared: the answer is
 * 304 then. What stands behind a malformed item does not count. */
bool etag_matches(struct span if_none_match, const struct etag *etag);

#endif
