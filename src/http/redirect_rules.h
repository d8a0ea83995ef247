/* SPDX-License-Identifier: Apache-2.0
 *
 * What a redirect does to a request by the rules of Go's net/http, which k6 and hey follow: 301,
 * 302 and 303 turn every method but GET and HEAD into GET without a body, 307 and 308 repeat both;
 * headers that name the user stay behind when the host changes, except towards a subdomain. Pure;
 * any thread.
 */
#ifndef HTTP_REDIRECT_RULES_H
#define HTTP_REDIRECT_RULES_H

#include <stdbool.h>

#include "base/span.h"

struct headers;

/* Whether a response with this status leads elsewhere, if it has a Location. */
bool redirect_rules_applies(int status);

/* Whether method and body are repeated there. */
bool redirect_rules_keeps_method(int status);

/* Whether a request to `host` may name the user that one to `origin` named; hosts as in a URL,
 * without port. */
bool redirect_rules_may_name_user(struct span host, struct span origin);

/* Takes off the headers that name the user. */
void redirect_rules_drop_user(struct headers *headers);

#endif
