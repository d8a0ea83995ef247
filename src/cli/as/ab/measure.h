/* SPDX-License-Identifier: Apache-2.0
 *
 * ab's run on the engine: one worker whose lanes send the same message, and ab's way to count what
 * comes back.
 */
#ifndef CLI_AS_AB_MEASURE_H
#define CLI_AS_AB_MEASURE_H

#include <stdbool.h>

#include "base/span.h"
#include "cli/as/ab/report.h"

struct ab_options;
struct error;
struct map;

/* How a run ended. */
enum ab_end {
    AB_END_DONE,
    AB_END_INTERRUPTED, /* by SIGINT: what there is gets printed */
    AB_END_FAILED,      /* on the first failure that ab does not go on after */
};

/* A run and what it gave. */
struct ab_run {
    /* For ab_measure(): */
    const struct ab_options *options;
    struct span message;     /* head and body */
    const struct map *hosts; /* of KENEYPERF_HOSTS */

    /* Of it: */
    enum ab_end end;
    int code;          /* ab's exit code, for AB_END_FAILED */
    char failure[192]; /* and its line */
    struct ab_result result;
    struct ab_row *rows;                     /* with -g */
    uint64_t bad_handshakes, refused, reset; /* of the failures, which are counted twice */
    const char *handshake_problem;

    /* private */
    uint64_t step;
    bool has_server, has_document;
    int64_t first_ns, last_ns, wall_offset_ns;
    size_t row_cap;
    char software[1024], tls_info[128], tls_temp[64];
};

/* Blocks until the end; -v's lines go to stdout, progress to stderr. -1 and `err` when the load
 * could not begin. ab_run_done() is due in every case. */
MUST_CHECK int ab_measure(struct ab_run *run, struct error *err);

/* Also the cleanup function. */
void ab_run_done(struct ab_run *run);

#endif
