/* SPDX-License-Identifier: Apache-2.0
 *
 * The life of a `keneyperf bench`: repeaters on all workers, their snapshots merged, the counts
 * added up into one result.
 */
#ifndef RUN_BENCH_H
#define RUN_BENCH_H

#include <stdint.h>

#include "base/clock.h"
#include "client/client.h"
#include "report/bench_report.h"

struct error;

struct bench_config {
    const char *url, *method;   /* absolute; upper case */
    const char *const *headers; /* "Name: value" */
    size_t header_count;
    struct span body;     /* ptr NULL: none */
    unsigned connections; /* all workers together, >= workers */
    unsigned workers;     /* >= 1 */
    uint64_t requests;    /* all workers together; 0: until the duration ends */
    nsec_t duration_ns;   /* NSEC_NEVER with `requests` */
    nsec_t timeout_ns;
    struct client_config client;
};

struct bench;

/* Runs to the end, or until SIGINT or SIGTERM; blocks. 0, or -1 and `err` when the load could not
 * begin. The result stays valid until bench_free(). */
int bench_run(const struct bench_config *config, struct bench **ret_bench, struct error *err);
const struct bench_result *bench_result(const struct bench *bench);
void bench_free(struct bench **bench);

/* How many processors this process may use: the default number of workers. */
unsigned bench_cpu_count(void);

#endif
