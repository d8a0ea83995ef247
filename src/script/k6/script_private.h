/* SPDX-License-Identifier: Apache-2.0
 *
 * What is inside a loaded script; seen only in this folder. Filled by the first init on the main
 * thread, read-only for every user afterwards. All memory belongs to the script's arena, except
 * bytecode and file contents, which are malloc()ed.
 */
#ifndef SCRIPT_K6_SCRIPT_PRIVATE_H
#define SCRIPT_K6_SCRIPT_PRIVATE_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/map.h"
#include "script/k6/k6_script.h"

/* A compiled file. */
struct k6_module {
    struct span bytecode;
    bool is_commonjs;
};

/* A file that open() read. */
struct k6_file {
    struct span content; /* NUL-terminated */
};

/* The elements of one SharedArray as JSON text. */
struct shared_array {
    size_t count;
    const struct span *elements;
};

/* Parts of the language that a user's engine leaves out when no file mentions them: together a
 * quarter of its memory. */
enum js_feature {
    FEATURE_TYPED_ARRAYS = 1 << 0,
    FEATURE_MAP_SET = 1 << 1,
    FEATURE_DATE = 1 << 2,
    FEATURE_ALL = (1 << 3) - 1,
};

struct k6_script {
    struct arena arena;
    unsigned features; /* enum js_feature that the files mention */
    struct k6_env env;
    struct registry *registry;
    const char *path;         /* as given */
    const char *url;          /* "file:///absolute/path.js" */
    struct map modules;       /* URL to struct k6_module */
    struct map files;         /* absolute path to struct k6_file */
    struct map shared_arrays; /* name to struct shared_array */
    struct map exports;       /* names of exported functions */
    const char *options_json;
};

static inline size_t script_memory_limit(const struct k6_script *script)
{
    return script->env.memory_limit ? script->env.memory_limit : (size_t)256 << 20;
}

#endif
