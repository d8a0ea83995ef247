/* SPDX-License-Identifier: Apache-2.0
 *
 * From a file to a loaded test: picks the front end by the file's name, lets it read the script
 * and consolidates the plan. The one place that knows which front ends exist.
 */
#ifndef RUN_SOURCE_H
#define RUN_SOURCE_H

#include <stdbool.h>

#include "base/span.h"
#include "run/run.h"

struct error;
struct log;
struct map;
struct plan;
struct proxy_rules;
struct registry;
struct source;

struct source_config {
    const char *path;
    const struct map *env; /* __ENV: name to char* */
    struct log *console;   /* where the script's console goes; NULL: where warnings go */
    struct log *log;       /* where warnings go */
    /* Options as JSON in k6's names, lowest layer first; NULL: none. */
    const char *config_json, *env_json, *flags_json;
    const char *const *arguments; /* for a locustfile's own parser; a wrk script's URL, then what
                                     its init() gets */
    size_t argument_count;
    const char *slo_file;              /* NULL: none */
    const char *ca_file;               /* NULL: the system's trust only */
    const struct proxy_rules *proxies; /* of the environment; NULL: none; locustfiles ask it
                                          themselves */
    double time_scale;                 /* 1: as written */
    unsigned workers;
    bool keep_all_tags;     /* raw points are wanted */
    bool allow_unsupported; /* what has no effect here is a warning, or fails when it is used */
};

/* Who reads a file of this name. */
enum source_kind {
    SOURCE_K6,
    SOURCE_LOCUST,
    SOURCE_WRK,
};

/* 0, or -1 and `err` (255) for a kind that is not supported. */
MUST_CHECK int source_kind_of(const char *path, enum source_kind *ret_kind, struct error *err);

/* NULL and `err` with the exit code that it leads to. Custom metrics go into `registry`, which is
 * borrowed and outlives the source, as does all of `config`. */
struct source *source_load(const struct source_config *config, struct registry *registry,
                           struct error *err);
void source_free(struct source **source);

const struct run_script *source_script(const struct source *source);
struct plan *source_plan(struct source *source);

#endif
