/* SPDX-License-Identifier: Apache-2.0
 *
 * The compound fields of a Response as JavaScript values.
 */
#ifndef SCRIPT_K6_RESPONSE_PARTS_H
#define SCRIPT_K6_RESPONSE_PARTS_H

#include <quickjs.h>
#include <stdbool.h>

#include "base/span.h"

struct arena;
struct headers;
struct js;
struct js_response;
struct response;
struct timings;

JSValue response_status_text(JSContext *ctx, const struct response *answer);
JSValue response_proto(JSContext *ctx, const struct response *answer);
JSValue response_headers(JSContext *ctx, struct arena *arena, const struct headers *headers);
JSValue response_cookies(JSContext *ctx, const struct response *answer);
JSValue response_body(JSContext *ctx, const struct response *answer, bool binary);
JSValue response_timings(struct js *js, const struct timings *timings);
JSValue response_ocsp(JSContext *ctx);
JSValue response_request(JSContext *ctx, const struct js_response *response);

/* Replaces the pending syntax error by k6's sentence with line and character. */
JSValue response_json_error(JSContext *ctx, struct span body);

#endif
