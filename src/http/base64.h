/* SPDX-License-Identifier: Apache-2.0
 *
 * Base64 with padding (RFC 4648 §4).
 */
#ifndef HTTP_BASE64_H
#define HTTP_BASE64_H

#include "base/span.h"
#include "base/strbuf.h"

void base64_encode(struct span bytes, struct strbuf *out);

#endif
