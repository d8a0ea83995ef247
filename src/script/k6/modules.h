/* SPDX-License-Identifier: Apache-2.0
 *
 * Loading script files: which file an import means (k6's resolution), compiling it once in the
 * first init, instantiating the bytecode in every user's engine, CommonJS in both directions.
 */
#ifndef SCRIPT_K6_MODULES_H
#define SCRIPT_K6_MODULES_H

#include <quickjs.h>

#include "base/arena.h"
#include "base/span.h"

struct js;

/* Sets the loader of imports and adds `require` to the global object. */
void modules_install(struct js *js, JSValueConst global);

/* Instantiates and starts the entry module and sets js->exports; what it left pending is the event
 * loop's. *ret_promise: of a top-level await, or undefined. 0, or -1 with an exception. */
int modules_run_entry(struct js *js, JSValue *ret_promise);

/* "file:///dir/a.js" for `path` as seen from the directory of `base_url`; "." and ".." are taken
 * out. `path` may be relative, absolute or a file:// URL. NUL-terminated, in `arena`. */
struct span modules_resolve(struct arena *arena, struct span base_url, struct span path);

#endif
