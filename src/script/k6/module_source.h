/* SPDX-License-Identifier: Apache-2.0
 *
 * From a file to bytecode, in the first init: reading the source and finding out whether it is an
 * ES module or CommonJS.
 */
#ifndef SCRIPT_K6_MODULE_SOURCE_H
#define SCRIPT_K6_MODULE_SOURCE_H

#include "base/span.h"

struct js;
struct k6_module;

/* The compiled module of `url`, from the script or (first init) from the file. NULL with an
 * exception pending. */
const struct k6_module *module_source_get(struct js *js, struct span url);

/* Text of a whole file, NUL-terminated, malloc()ed; ptr NULL and errno. EISDIR, EFBIG included. */
struct span module_source_read_file(const char *path);

#endif
