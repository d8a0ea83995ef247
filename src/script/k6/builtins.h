/* SPDX-License-Identifier: Apache-2.0
 *
 * The table of built-in modules. Each builder fills an object with what the module exports; the
 * object is made once per engine, at its first import.
 */
#ifndef SCRIPT_K6_BUILTINS_H
#define SCRIPT_K6_BUILTINS_H

#include <quickjs.h>

#include "base/span.h"

struct js;

/* The exports of a built-in; an exception that names it when there is none. */
JSValue builtins_get(struct js *js, struct span name);

/* One per module; each adds functions and constants to `exports`. */
void module_k6_build(struct js *js, JSValueConst exports);
void module_http_build(struct js *js, JSValueConst exports);
void module_metrics_build(struct js *js, JSValueConst exports);
void module_data_build(struct js *js, JSValueConst exports);
void module_execution_build(struct js *js, JSValueConst exports);
void module_encoding_build(struct js *js, JSValueConst exports);

#endif
