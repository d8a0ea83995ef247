/* SPDX-License-Identifier: Apache-2.0
 *
 * The life of a load without users: repeaters on all workers, their snapshots merged, the counts
 * added up into one result.
 */
#ifndef RUN_BENCH_H
#define RUN_BENCH_H

#include <stdint.h>

#include "base/clock.h"
#include "client/client.h"
#include "load/repeater.h"
#include "report/bench_report.h"

struct error;
struct map;
struct registry;

/* Who looks on while the load goes; all on the thread of bench_run(), each may be NULL. */
struct bench_watch {
    void (*on_snapshot)(void *arg, const struct snapshot *snapshot); /* a second of one worker */
    void (*on_total)(void *arg, const struct snapshot *total);       /* it has grown */
    void *arg;
};

struct bench_config {
    /* Of all workers together. What a worker gets of it (index, count, shares of connections and
     * requests, state, registry, client, on_snapshot, on_end, arg) is filled in. */
    struct repeater_config load;
    unsigned workers;    /* >= 1, <= load.connections */
    void *const *states; /* repeater_config.state of each worker; NULL: none */
    struct client_config client;
    const struct map *const *hosts; /* instead of client.hosts, for each worker; NULL: the same */
    const char *url, *method;       /* for the report */
    struct registry *registry; /* with the series that the caller wants, frozen by the run; borrowed
                                  until bench_free(). NULL: one of its own */
    struct bench_watch watch;
};

/* What a command line may ask for; the kernel allows less, descriptors_reserve() says so. */
enum {
    BENCH_MAX_CONNECTIONS = 1000000,
    BENCH_MAX_WORKERS = 1024,
};

struct bench;

/* Runs to the end, or until SIGINT or SIGTERM; blocks. 0, or -1 and `err` when the load could not
 * begin. The result stays valid until bench_free(). */
int bench_run(const struct bench_config *config, struct bench **ret_bench, struct error *err);
const struct bench_result *bench_result(const struct bench *bench);
const struct repeater_tally *bench_tally(const struct bench *bench);
void bench_free(struct bench **bench);

/* How many processors this process may use: the default number of workers. */
unsigned bench_cpu_count(void);

#endif
