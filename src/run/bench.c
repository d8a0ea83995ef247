/* SPDX-License-Identifier: Apache-2.0
 *
 * The life of a load without users.
 */
#include "run/bench.h"

#include <poll.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/resident.h"
#include "load/repeater.h"
#include "metrics/registry.h"
#include "net/tls_trust.h"
#include "run/collector.h"
#include "run/descriptors.h"
#include "run/share.h"
#include "run/signals.h"

enum {
    MEASURED_CONNECTIONS = 1000,
};

struct bench {
    struct bench_config config;
    struct registry *registry, *own_registry;
    struct collector *collector;
    struct signals *signals;
    struct tls_trust *trust;     /* NULL: nothing is verified */
    struct repeater **repeaters; /* config.workers of them */
    unsigned started;
    size_t resident_before;   /* bytes of memory before there was a worker */
    atomic_uint ready, ended; /* workers */
    bool has_begun;
    struct repeater_tally tally; /* of all workers */
    struct bench_result result;
    struct bench_error errors[OUTCOME_COUNT + OUTCOME_HTTP2_KINDS * OUTCOME_HTTP2_DETAILS];
    char descriptors_text[128];
    struct bench_status statuses[REPEATER_STATUS_MAX];
};

unsigned bench_cpu_count(void)
{
    cpu_set_t allowed;
    if (sched_getaffinity(0, sizeof(allowed), &allowed) < 0)
        return 1;
    return (unsigned)CPU_COUNT(&allowed);
}

static void on_snapshot(void *arg, struct recorder *recorder, struct snapshot *snapshot)
{
    struct bench *bench = arg;
    collector_push(bench->collector, recorder, snapshot);
}

static void on_ready(void *arg)
{
    struct bench *bench = arg;
    atomic_fetch_add(&bench->ready, 1);
    collector_wake(bench->collector);
}

static void on_end(void *arg)
{
    struct bench *bench = arg;
    atomic_fetch_add(&bench->ended, 1);
    collector_wake(bench->collector);
}

/* On the signals' thread. */
static void on_signal(void *arg)
{
    struct bench *bench = arg;
    collector_wake(bench->collector);
}

static int make_trust(struct bench *bench, struct error *err)
{
    struct client_config *client = &bench->config.client;
    if (client->insecure_skip_tls_verify)
        return 0;
    client->trust = bench->trust = tls_trust_new(client->ca_file, err);
    return bench->trust ? 0 : -1;
}

static struct repeater *start_repeater(struct bench *bench, unsigned i, struct error *err)
{
    const struct bench_config *config = &bench->config;
    struct client_config client = config->client;
    struct repeater_config worker = config->load;
    if (config->hosts)
        client.hosts = config->hosts[i];
    worker.registry = bench->registry;
    worker.client = &client;
    worker.index = i;
    worker.count = config->workers;
    worker.connections = (unsigned)share_of(config->load.connections, config->workers, i);
    worker.requests = share_of(config->load.requests, config->workers, i);
    worker.state = config->states ? config->states[i] : NULL;
    worker.on_snapshot = on_snapshot;
    worker.on_ready = on_ready;
    worker.on_end = on_end;
    worker.arg = bench;
    return repeater_start(&worker, err);
}

static int start_repeaters(struct bench *bench, struct error *err)
{
    for (unsigned i = 0; i < bench->config.workers; i++) {
        bench->repeaters[i] = start_repeater(bench, i, err);
        if (!bench->repeaters[i])
            return -1;
        bench->started++;
    }
    return 0;
}

static void stop_repeaters(struct bench *bench)
{
    for (unsigned i = 0; i < bench->started; i++)
        repeater_stop(bench->repeaters[i]);
}

static void drain(struct bench *bench)
{
    const struct bench_watch *watch = &bench->config.watch;
    if (collector_drain(bench->collector) && watch->on_total)
        watch->on_total(watch->arg, collector_total(bench->collector));
}

/* All in the same moment, which none of them may have missed when it hears of it. */
static void begin_if_ready(struct bench *bench)
{
    nsec_t at_ns = clock_now(clock_monotonic()) + NSEC_PER_MSEC;
    if (bench->has_begun || atomic_load(&bench->ready) < bench->started)
        return;
    bench->has_begun = true;
    for (unsigned i = 0; i < bench->started; i++)
        repeater_begin(bench->repeaters[i], at_ns);
}

static void wait_for_end(struct bench *bench)
{
    struct pollfd fd = {.fd = collector_fd(bench->collector), .events = POLLIN};
    while (atomic_load(&bench->ended) < bench->started) {
        poll(&fd, 1, -1);
        drain(bench);
        begin_if_ready(bench);
        if (signals_taken(bench->signals) && !bench->result.interrupted) {
            bench->result.interrupted = true;
            stop_repeaters(bench);
        }
    }
    for (unsigned i = 0; i < bench->started; i++)
        repeater_join(bench->repeaters[i]);
    drain(bench);
}

static nsec_t process_cpu_ns(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * NSEC_PER_SEC +
           (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * NSEC_PER_USEC;
}

static void add_repeater(struct bench *bench, const struct repeater *repeater)
{
    struct bench_result *result = &bench->result;
    const struct client_counts *counts = repeater_counts(repeater);
    const struct repeater_tally *tally = repeater_tally(repeater);
    double busy = (double)repeater_cpu_ns(repeater) / (double)MAX_OF(result->duration_ns, 1);
    result->attempts += counts->attempts;
    result->requests += counts->reported;
    result->retried += counts->retried;
    result->cut += counts->cut;
    result->never_delivered += counts->never_delivered;
    result->connections_opened += counts->connections;
    result->tls_handshakes += counts->handshakes;
    result->tls_resumed += counts->resumed;
    result->bytes_sent += counts->bytes_sent;
    result->bytes_received += counts->bytes_received;
    result->busiest_worker = MAX_OF(result->busiest_worker, MIN_OF(busy, 1));
    result->cpu_ns -= repeater_warmup_cpu_ns(repeater);
    bench->tally.scheduled += tally->scheduled;
    bench->tally.never_sent += tally->never_sent;
    bench->tally.waited += tally->waited;
    bench->tally.carried += tally->carried;
    bench->tally.scheduled_ns =
        MAX_OF(bench->tally.scheduled_ns,
               tally->scheduled_ns > 0 ? tally->scheduled_ns : result->duration_ns);
    bench->tally.oldest_cut_ns = MAX_OF(bench->tally.oldest_cut_ns, tally->oldest_cut_ns);
    bench->tally.warmup_attempts += tally->warmup_attempts;
    bench->tally.opened_resident = MAX_OF(bench->tally.opened_resident, tally->opened_resident);
    bench->tally.not_opened += tally->not_opened;
    bench->tally.opened_ns = MAX_OF(bench->tally.opened_ns, tally->opened_ns);
    for (size_t i = 0; i < OUTCOME_COUNT; i++)
        bench->tally.by_outcome[i] += tally->by_outcome[i];
    for (size_t i = 0; i < OUTCOME_HTTP2_KINDS; i++)
        for (size_t detail = 0; detail < OUTCOME_HTTP2_DETAILS; detail++)
            bench->tally.by_http2[i][detail] += tally->by_http2[i][detail];
    for (size_t i = 0; i < REPEATER_STATUS_MAX; i++)
        bench->tally.by_status[i] += tally->by_status[i];
}

static const char *text_of(struct bench *bench, enum outcome outcome)
{
    if (outcome == OUTCOME_DESCRIPTORS)
        return descriptors_text(bench->descriptors_text, sizeof(bench->descriptors_text));
    return outcome_text(outcome);
}

static void list_error(struct bench *bench, int code, const char *text, uint64_t count)
{
    if (count)
        bench->errors[bench->result.error_count++] = (struct bench_error){code, text, count};
}

static void list_http2_errors(struct bench *bench, enum outcome outcome)
{
    const uint64_t *counts = bench->tally.by_http2[outcome - OUTCOME_HTTP2_FIRST];
    for (int detail = 0; detail < OUTCOME_HTTP2_DETAILS; detail++)
        list_error(bench, outcome_code(outcome, 0) + detail, outcome_http2_text(outcome, detail),
                   counts[detail]);
}

static void list_errors(struct bench *bench, enum outcome outcome)
{
    if (outcome_category(outcome) == OUTCOME_CATEGORY_ANSWERED)
        return;
    if ((unsigned)outcome - OUTCOME_HTTP2_FIRST < OUTCOME_HTTP2_KINDS)
        list_http2_errors(bench, outcome);
    else
        list_error(bench, outcome_code(outcome, 0), text_of(bench, outcome),
                   bench->tally.by_outcome[outcome]);
}

static void list_outcomes(struct bench *bench)
{
    struct bench_result *result = &bench->result;
    for (int i = 0; i < OUTCOME_COUNT; i++) {
        if (i != OUTCOME_OK)
            result->failed += bench->tally.by_outcome[i];
        list_errors(bench, (enum outcome)i);
    }
    for (int i = 0; i < REPEATER_STATUS_MAX; i++) {
        uint64_t count = bench->tally.by_status[i];
        if (count)
            bench->statuses[result->status_count++] = (struct bench_status){i, count};
    }
    result->errors = bench->errors;
    result->statuses = bench->statuses;
}

static void describe_load(struct bench *bench)
{
    const struct repeater_config *load = &bench->config.load;
    struct bench_result *result = &bench->result;
    result->url = bench->config.url;
    result->method = bench->config.method;
    result->connections = load->connections;
    result->http = bench->config.client.http_version == HTTP_2 ? "2" : "1.1";
    result->streams = MAX_OF(load->streams, 1);
    result->workers = bench->config.workers;
    result->rate = load->rate;
    result->arrivals = load->arrivals == ARRIVALS_POISSON ? "poisson" : "constant";
    result->seed = load->seed;
    result->precise = load->spin_ns > 0;
    result->warmup_ns = load->warmup_ns;
}

/* What opening added to this process, where there are enough connections to tell it from the rest
 * of a worker. */
static double connection_bytes(const struct bench *bench)
{
    const struct repeater_config *load = &bench->config.load;
    size_t before = bench->resident_before, opened = bench->tally.opened_resident;
    if (!load->opens_first || load->connections < MEASURED_CONNECTIONS || opened <= before)
        return 0;
    return (double)(opened - before) / load->connections;
}

static void fill_result(struct bench *bench, nsec_t cpu_ns)
{
    struct bench_result *result = &bench->result;
    const struct snapshot *total = collector_total(bench->collector);
    describe_load(bench);
    /* From the first worker's first request to the last worker's end: starting and joining threads
     * takes longer than a short load. */
    result->duration_ns = total->end_ns - total->start_ns;
    result->cpu_ns = cpu_ns;
    result->total = total;
    for (unsigned i = 0; i < bench->started; i++)
        add_repeater(bench, bench->repeaters[i]);
    result->scheduled = bench->tally.scheduled;
    result->never_sent = bench->tally.never_sent;
    result->waited = bench->tally.waited;
    result->carried = bench->tally.carried;
    result->scheduled_ns = bench->tally.scheduled_ns;
    result->oldest_cut_ns = bench->tally.oldest_cut_ns;
    result->warmup_attempts = bench->tally.warmup_attempts;
    result->not_opened = bench->tally.not_opened;
    result->opened_ns = bench->config.load.opens_first ? bench->tally.opened_ns : 0;
    result->connection_bytes = connection_bytes(bench);
    list_outcomes(bench);
}

int bench_run(const struct bench_config *config, struct bench **ret_bench, struct error *err)
{
    AUTO(bench_free) struct bench *bench = NEW(struct bench);
    bench->config = *config;
    bench->repeaters = NEW_ARRAY(struct repeater *, config->workers);
    if (!config->registry)
        bench->own_registry = registry_new();
    bench->registry = config->registry ? config->registry : bench->own_registry;
    bench->collector = collector_new(bench->registry, err);
    if (!bench->collector)
        return -1;
    collector_listen(bench->collector, config->watch.on_snapshot, config->watch.arg);
    bench->signals = signals_watch(on_signal, bench, err);
    if (!bench->signals || descriptors_reserve(config->load.connections, config->workers, err) < 0)
        return -1;
    if (make_trust(bench, err) < 0)
        return -1;
    bench->resident_before = resident_bytes();
    nsec_t cpu_start = process_cpu_ns();
    int started = start_repeaters(bench, err);
    if (started < 0)
        stop_repeaters(bench);
    wait_for_end(bench);
    if (started < 0)
        return -1;
    fill_result(bench, process_cpu_ns() - cpu_start);
    *ret_bench = TAKE(bench);
    return 0;
}

const struct bench_result *bench_result(const struct bench *bench)
{
    return &bench->result;
}

const struct repeater_tally *bench_tally(const struct bench *bench)
{
    return &bench->tally;
}

void bench_free(struct bench **ptr)
{
    struct bench *bench = TAKE(*ptr);
    if (!bench)
        return;
    signals_unwatch(&bench->signals);
    if (bench->collector)
        collector_listen(bench->collector, NULL, NULL);
    for (unsigned i = 0; i < bench->started; i++)
        repeater_free(&bench->repeaters[i]);
    collector_free(&bench->collector);
    tls_trust_free(&bench->trust);
    registry_free(&bench->own_registry);
    free(bench->repeaters);
    free(bench);
}
