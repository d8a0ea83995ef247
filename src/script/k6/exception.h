/* SPDX-License-Identifier: Apache-2.0
 *
 * Pending exceptions as text, the way k6 prints them: "Error: message" and one line per frame,
 * "\tat function (file:///path.js:line:column)".
 */
#ifndef SCRIPT_K6_EXCEPTION_H
#define SCRIPT_K6_EXCEPTION_H

#include <stdbool.h>

struct error;
struct js;

/* Takes the pending exception as `err`: its text and the place it was thrown at. Returns -1. */
int exception_error(struct js *js, int code, struct error *err);

/* Takes the pending exception and logs it as k6 does for an iteration; silent when the iteration
 * was cut. `uncaught`: a rejected promise. */
void exception_log(struct js *js, bool uncaught);

#endif
