/* SPDX-License-Identifier: Apache-2.0
 *
 * Where raw samples go while a test runs (`--out NAME=ARGUMENT`): each kind of output is one
 * vtable, listed in output.c. An output is used by one thread at a time, in a run the writer thread
 * of sample_stream.h, which also keeps a slow output from ever holding up a worker.
 */
#ifndef OUTPUT_OUTPUT_H
#define OUTPUT_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/util.h"

struct error;
struct registry;
struct tag_set;

struct sample {
    const struct tag_set *tags; /* NULL: none; lives as long as the worker's tag table */
    nsec_t wall_ns;             /* since 1970-01-01 UTC */
    double value;
    uint32_t metric_id;
};

/* What an output writes about thresholds: the threshold set is not its business. */
struct output_threshold {
    uint32_t series_id;     /* of the metric or sub-metric that it is about */
    const char *expression; /* as the user wrote it */
    bool abort_on_fail;
    nsec_t delay_abort_ns; /* 0: none */
};

/* All borrowed; must outlive the output. */
struct output_config {
    const struct registry *registry; /* frozen */
    const struct output_threshold *thresholds;
    size_t threshold_count;
};

struct output_ops;

/* First member of each kind's own struct. */
struct output {
    const struct output_ops *ops;
};

struct output_ops {
    const char *name;  /* what stands before '=' */
    const char *usage; /* "json=FILE", for messages */

    /* `argument` is what stands after '=', "" when there is none. NULL and `err`. */
    struct output *(*open)(const char *argument, const struct output_config *config,
                           struct error *err);

    /* 0, or -1 and `err`; it is not called again after a failure. */
    int (*write)(struct output *output, const struct sample *samples, size_t count,
                 struct error *err);

    /* Writes out what is buffered and frees the output in any case. 0, or -1 and `err` when
     * something could not be written. */
    int (*close)(struct output **output, struct error *err);
};

/* `spec` is "NAME" or "NAME=ARGUMENT". NULL and `err` (255) for a kind that does not exist, naming
 * those that do, and for what cannot be opened. Freed by output_close(). */
struct output *output_open(const char *spec, const struct output_config *config, struct error *err);

MUST_CHECK int output_write(struct output *output, const struct sample *samples, size_t count,
                            struct error *err);

/* NULL-safe. */
MUST_CHECK int output_close(struct output **output, struct error *err);

#endif
