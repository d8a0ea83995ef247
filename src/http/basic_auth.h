/* SPDX-License-Identifier: Apache-2.0
 *
 * The Basic authentication scheme (RFC 7617), which k6 takes from the URL.
 */
#ifndef HTTP_BASIC_AUTH_H
#define HTTP_BASIC_AUTH_H

#include "base/span.h"
#include "base/strbuf.h"

/* Appends the value of an Authorization header. User and password are decoded text, not
 * percent-encoded as in a URL (url_decode()). */
void basic_auth_write(struct span user, struct span password, struct strbuf *out);

#endif
