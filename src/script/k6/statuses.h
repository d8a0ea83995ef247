/* SPDX-License-Identifier: Apache-2.0
 *
 * http.expectedStatuses() and where it is used: which statuses do not count as failed.
 */
#ifndef SCRIPT_K6_STATUSES_H
#define SCRIPT_K6_STATUSES_H

#include <quickjs.h>

struct js;
struct request;

void statuses_register(struct js *js); /* once per engine */

/* http.expectedStatuses(200, { min: 300, max: 399 }, ...) */
JSValue statuses_new(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv);

/* Makes `request` follow a response callback: undefined leaves it, null switches the judgement
 * off, otherwise an object of statuses_new() (which must outlive the request). 0, or -1 with an
 * exception. */
int statuses_apply(JSContext *ctx, JSValueConst callback, struct request *request);

#endif
