/* SPDX-License-Identifier: Apache-2.0
 *
 * The Response of k6/http. It holds the C request and answers property reads from it: nothing
 * becomes a JavaScript value before the script reads it, and what it read stays cached.
 */
#ifndef SCRIPT_K6_RESPONSE_H
#define SCRIPT_K6_RESPONSE_H

#include <quickjs.h>

#include "base/arena.h"
#include "client/client.h"
#include "script/k6/js_atoms.h"

struct js;

struct js_response {
    struct arena arena; /* request and response live here */
    struct request request;
    JSValue sent_body; /* the script's own string, when that was the body */
    bool binary;       /* responseType "binary" */
    JSValue cache[RESPONSE_FIELD_COUNT];
    JSValue json; /* of json() without a selector */
};

void response_register(struct js *js); /* once per engine */

struct js_response *response_new(struct js *js);
void response_free(JSRuntime *rt, struct js_response *response);

/* The object; it owns `response` from now on. */
JSValue response_wrap(struct js *js, struct js_response *response);

#endif
