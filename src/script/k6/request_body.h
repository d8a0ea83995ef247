/* SPDX-License-Identifier: Apache-2.0
 *
 * Request bodies given as objects: urlencoded forms, and multipart when a file is among them.
 */
#ifndef SCRIPT_K6_REQUEST_BODY_H
#define SCRIPT_K6_REQUEST_BODY_H

#include <quickjs.h>

#include "base/span.h"

struct arena;
struct js;

void request_body_register(struct js *js); /* once per engine */

/* http.file(data, name, type) */
JSValue request_body_file(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv);

/* Encodes `object` into `arena`. 0, or -1 with an exception. */
int request_body_encode(struct js *js, JSValueConst object, struct arena *arena,
                        struct span *ret_body, struct span *ret_content_type);

#endif
