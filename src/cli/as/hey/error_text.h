/* SPDX-License-Identifier: Apache-2.0
 *
 * What became of a request in the words of Go's net/http, which hey prints and people grep for.
 * Pure; any thread.
 */
#ifndef CLI_AS_HEY_ERROR_TEXT_H
#define CLI_AS_HEY_ERROR_TEXT_H

#include <stdbool.h>

#include "base/span.h"

struct hey_request;
struct response;
struct strbuf;

/* `Get "URL": dial tcp 127.0.0.1:1: connect: connection refused`. `hop` is what was asked for,
 * `first` began the call, `proxy` is the URL of the proxy or empty. Go names the client's own port
 * in errors of a connection; left out here, or each of them would be a line of its own. Errors
 * after the head are those of reading the body, without the request before them; hey ignores them.
 */
void hey_error_text(struct strbuf *out, const struct hey_request *first,
                    const struct hey_request *hop, struct span proxy,
                    const struct response *response);

/* True when status and headers had come before the failure. */
bool hey_error_is_late(const struct response *response);

#endif
