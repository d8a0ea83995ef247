/* SPDX-License-Identifier: Apache-2.0
 *
 * Typed reading of option values from JSON. Every function returns 0, or -1 with `err` (104) that
 * starts with `name`. Numbers may come as text, since environment variables are text.
 */
#ifndef SCRIPT_K6_OPTION_VALUES_H
#define SCRIPT_K6_OPTION_VALUES_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/map.h"

struct error;

int option_bool(const char *name, const json_t *value, bool *ret, struct error *err);
int option_integer(const char *name, const json_t *value, int64_t *ret, struct error *err);

/* "1m30s", or a number of milliseconds. */
int option_duration(const char *name, const json_t *value, nsec_t *ret, struct error *err);

/* Copied into `arena`. */
int option_text(const char *name, const json_t *value, struct arena *arena, const char **ret,
                struct error *err);

/* An object of texts (numbers and booleans become text); values are copied into `arena`. */
int option_map(const char *name, const json_t *value, struct arena *arena, struct map *into,
               struct error *err);

/* A list of texts, or one comma-separated text. */
int option_list(const char *name, const json_t *value, struct arena *arena, const char ***ret,
                size_t *ret_count, struct error *err);

/* "option NAME: VALUE is not EXPECTED". */
int option_wrong(const char *name, const json_t *value, const char *expected, struct error *err);

#endif
