/* SPDX-License-Identifier: Apache-2.0
 *
 * The arguments of http.get() and its kin as a client request: URL, body and params object.
 */
#ifndef SCRIPT_K6_REQUEST_ARGS_H
#define SCRIPT_K6_REQUEST_ARGS_H

#include <quickjs.h>
#include <stdbool.h>

#include "script/k6/js.h"

struct js_response;

struct request_args {
    JSValueConst url, body, params;
    struct js_bytes sent; /* keeps a text body in place while the request is under way */
    bool throws;          /* params.throw, or the option */
};

/* Fills response->request from the arguments. 0, or -1 with an exception. Either way end with
 * request_args_done() after the request is over. */
int request_args_read(struct js *js, struct request_args *args, struct js_response *response);
void request_args_done(struct js *js, struct request_args *args);

#endif
