/* SPDX-License-Identifier: Apache-2.0
 *
 * keneyperf as wrk, keneyperf as wrk2.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/strbuf.h"
#include "cli/as/closed_note.h"
#include "cli/as/drop_in.h"
#include "cli/as/wrk/load.h"
#include "cli/as/wrk/probe.h"
#include "cli/as/wrk/report.h"
#include "cli/as/wrk/request.h"
#include "cli/as/wrk/wrk_options.h"
#include "cli/hosts.h"
#include "run/bench.h"

enum {
    EXIT_WRK = 1, /* the only code of wrk's that is not 0 */
    REPORT_MAX_BYTES = 1 << 20,
    MESSAGE_MAX_BYTES = 1 << 20,
    MAX_CONNECTIONS = 1000000,
};

/* One run, from the options to the report. */
struct test {
    struct wrk_options options;
    struct arena arena;
    struct map hosts; /* of the environment */
    struct strbuf message;
    char *url;              /* of the target: where the connections go and how */
    struct map address;     /* of the load, by the URL's host */
    unsigned per_thread;    /* connections */
    struct wrk_load *loads; /* one a thread */
    struct wrk_load sum;
    uint64_t waited; /* wrk2: arrivals without an answer that count nevertheless */
};

static void test_done(struct test *test)
{
    for (uint64_t i = 0; test->loads && i < test->options.threads; i++)
        wrk_load_done(&test->loads[i]);
    free(test->loads);
    wrk_load_done(&test->sum);
    map_done(&test->address);
    map_done(&test->hosts);
    arena_done(&test->arena);
    strbuf_done(&test->message);
    wrk_options_done(&test->options);
}

/* The name goes to the address that was tried, so that no connection looks it up again. */
static int find_server(struct test *test, struct error *err)
{
    const struct wrk_url *parts = &test->options.parts;
    char text[ADDRESS_TEXT_BYTES];
    struct address address;
    if (probe(parts, &test->hosts, &address, err) < 0)
        return -1;
    address_text(&address, text);
    unsigned port = address_port(&address);
    test->url = arena_printf(&test->arena, parts->is_ipv6 ? "%s://[%.*s]:%u/" : "%s://%.*s:%u/",
                             parts->is_tls ? "https" : "http", SPAN_ARG(parts->host), port);
    if (!parts->is_ipv6)
        map_put(&test->address, parts->host)->value =
            arena_printf(&test->arena, address_is_ipv6(&address) ? "[%s]:%u" : "%s:%u", text, port);
    return 0;
}

static int prepare(struct test *test, struct error *err)
{
    const struct wrk_options *options = &test->options;
    AUTO(strbuf_done) struct strbuf problem = STRBUF_INIT(1024);
    if (options->connections > MAX_CONNECTIONS)
        return error_set(err, EXIT_WRK, "keneyperf: -c %" PRIu64 ": %d connections are the most",
                         options->connections, MAX_CONNECTIONS);
    if (hosts_from_environment(&test->arena, &test->hosts, err) < 0 || find_server(test, err) < 0)
        return -1;
    strbuf_init(&test->message, MESSAGE_MAX_BYTES);
    if (wrk_request_write(options, &test->message, &problem) < 0)
        return error_set(err, EXIT_WRK, "%s", strbuf_cstr(&problem));
    test->per_thread = (unsigned)(options->connections / options->threads);
    return 0;
}

static void make_loads(struct test *test)
{
    const struct wrk_options *options = &test->options;
    struct wrk_load_config config = {
        .lanes = test->per_thread,
        .timeout_s = options->timeout_s,
        .is_wrk2 = options->is_wrk2,
        .batch_latency = options->batch_latency,
    };
    test->loads = NEW_ARRAY(struct wrk_load, options->threads);
    wrk_load_init(&test->sum, &config);
    for (uint64_t i = 0; i < options->threads; i++)
        wrk_load_init(&test->loads[i], &config);
}

static void describe(const struct test *test, struct wrk_report *report)
{
    const struct wrk_options *options = &test->options;
    *report = (struct wrk_report){
        .url = options->url,
        .duration_s = options->duration_s,
        .threads = options->threads,
        .connections = options->connections,
        .is_wrk2 = options->is_wrk2,
        .show_latency = options->show_latency,
        .show_uncorrected = options->show_uncorrected,
    };
}

static void print(FILE *to, struct strbuf *text)
{
    fputs(strbuf_cstr(text), to);
    fflush(to);
    strbuf_reset(text);
}

static int run_load(struct test *test, struct bench **ret_bench, struct error *err)
{
    const struct wrk_options *options = &test->options;
    AUTO(mem_free) void **states = NEW_ARRAY(void *, options->threads);
    AUTO(mem_free) const struct map **hosts = NEW_ARRAY(const struct map *, options->threads);
    const struct repeat_target target = {
        .url = span_cstr(test->url),
        .method = SPAN("GET"),
        .message = strbuf_span(&test->message),
    };
    struct bench_config config = {
        .load =
            {
                .targets = &target,
                .target_count = 1,
                .connections = test->per_thread * (unsigned)options->threads,
                .duration_ns =
                    (nsec_t)MIN_OF(options->duration_s, NSEC_NEVER / NSEC_PER_SEC) * NSEC_PER_SEC,
                .timeout_ns = NSEC_NEVER, /* wrk goes on waiting */
                .retry = RETRY_NONE,
                .silent = true,
                .rate = (double)options->rate,
                .ops = &WRK_LOAD_STATIC,
            },
        .workers = (unsigned)options->threads,
        .states = states,
        .client = client_config_defaults(),
        .hosts = hosts,
    };
    config.client.insecure_skip_tls_verify = true;
    nsec_t now_ns = clock_now(clock_monotonic());
    for (uint64_t i = 0; i < options->threads; i++) {
        states[i] = &test->loads[i];
        hosts[i] = &test->address;
        wrk_load_begin(&test->loads[i], now_ns);
    }
    return bench_run(&config, ret_bench, err);
}

/* Both the threads' counts and what the end has to add. */
static void add_up(struct test *test, const struct bench *bench)
{
    const struct repeater_tally *tally = bench_tally(bench);
    nsec_t end_ns = bench_result(bench)->total->end_ns;
    for (uint64_t i = 0; i < test->options.threads; i++) {
        wrk_load_end(&test->loads[i], end_ns);
        wrk_load_merge(&test->sum, &test->loads[i]);
    }
    if (!test->options.is_wrk2)
        return;
    uint64_t waiting = tally->scheduled - test->sum.counts.messages;
    test->waited = wrk_load_add_waiting(&test->sum, waiting, waiting - tally->never_sent,
                                        1e6 / (double)test->options.rate);
}

static void report_end(const struct test *test, const struct bench *bench, struct strbuf *out)
{
    const struct wrk_counts *counts = &test->sum.counts;
    struct wrk_report report;
    AUTO(mem_free)
    struct wrk_calibration *calibrations = NEW_ARRAY(struct wrk_calibration, test->options.threads);
    describe(test, &report);
    for (uint64_t i = 0; i < test->options.threads; i++) {
        if (test->loads[i].is_calibrated)
            calibrations[report.calibration_count++] = test->loads[i].calibration;
    }
    report.calibrations = calibrations;
    report.latency = &test->sum.latency;
    report.uncorrected = &test->sum.uncorrected;
    report.rates = &test->sum.rates;
    report.runtime_us = (uint64_t)MAX_OF(bench_result(bench)->duration_ns / NSEC_PER_USEC, 1);
    report.requests = counts->requests;
    report.bytes = counts->bytes;
    report.connect_errors = counts->connect_errors;
    report.read_errors = counts->read_errors;
    report.write_errors = counts->write_errors;
    report.timeouts = counts->timeouts;
    report.bad_statuses = counts->bad_statuses;
    wrk_report_end(out, &report);
}

/* One line for each thing that wrk would have said otherwise or not at all. */
static void note(const struct test *test, const struct bench *bench, struct strbuf *out)
{
    const struct wrk_options *options = &test->options;
    const struct wrk_counts *counts = &test->sum.counts;
    if (test->per_thread * options->threads != options->connections)
        strbuf_addf(out,
                    "keneyperf: %" PRIu64 " connections were kept open, %u by each thread: -c is "
                    "no multiple of -t\n",
                    test->per_thread * options->threads, test->per_thread);
    if (counts->timeouts)
        strbuf_addf(out,
                    "keneyperf: the latencies contain %" PRIu64 " of %" PRIu64 " s or more, which "
                    "wrk counts as timeouts and leaves out\n",
                    counts->timeouts, options->timeout_s);
    if (counts->until_close)
        strbuf_addf(out,
                    "keneyperf: %" PRIu64 " of the read errors are whole answers that ended with "
                    "their connection, which wrk counts as both\n",
                    counts->until_close);
    if (test->waited)
        strbuf_addf(out,
                    "keneyperf: %" PRIu64 " requests had been due for %" PRIu64
                    " s or more and had "
                    "no answer at the end; the latencies contain the time until then\n",
                    test->waited, options->timeout_s);
}

static void note_stalls(const struct test *test, const struct bench *bench, struct strbuf *out)
{
    const struct distribution *latency = &test->sum.latency;
    if (test->options.is_wrk2)
        return;
    struct closed_run run = {
        .connections = test->per_thread * (unsigned)test->options.threads,
        .duration_ns = bench_result(bench)->duration_ns,
        .answers = latency->count,
        .median_ns = (nsec_t)distribution_percentile(latency, 50) * NSEC_PER_USEC,
        .max_ns = latency->count ? (nsec_t)latency->max * NSEC_PER_USEC : 0,
        .remedy = "-R RATE (wrk2) or keneyperf bench --rate RATE",
    };
    nsec_t bound_ns = closed_note_bound_ns(run.median_ns);
    run.slow_answers =
        distribution_count_from(latency, (uint64_t)(bound_ns / NSEC_PER_USEC), &run.slow_ns);
    run.slow_ns *= 1000;
    closed_note(out, &run);
}

static int run_test(struct test *test, struct error *err)
{
    AUTO(strbuf_done) struct strbuf text = STRBUF_INIT(REPORT_MAX_BYTES);
    AUTO(bench_free) struct bench *bench = NULL;
    struct wrk_report head;
    if (prepare(test, err) < 0)
        return -1;
    make_loads(test);
    describe(test, &head);
    wrk_report_begin(&text, &head);
    print(stdout, &text);
    if (run_load(test, &bench, err) < 0)
        return -1;
    add_up(test, bench);
    report_end(test, bench, &text);
    print(stdout, &text);
    note(test, bench, &text);
    note_stalls(test, bench, &text);
    print(stderr, &text);
    return 0;
}

static int parse(struct wrk_options *options, bool is_wrk2, int argc, char **argv)
{
    AUTO(strbuf_done) struct strbuf out = STRBUF_INIT(REPORT_MAX_BYTES);
    AUTO(strbuf_done) struct strbuf err = STRBUF_INIT(REPORT_MAX_BYTES);
    int parsed = wrk_options_parse(options, is_wrk2, argc, argv, &out, &err);
    print(stderr, &err);
    print(stdout, &out);
    return parsed;
}

static int run(bool is_wrk2, int argc, char **argv)
{
    struct error err = {0};
    AUTO(test_done) struct test test = {0};
    arena_init(&test.arena, 4096);
    if (parse(&test.options, is_wrk2, argc, argv) < 0)
        return EXIT_WRK;
    if (run_test(&test, &err) == 0)
        return EXIT_OK;
    fprintf(stderr, "%s\n", err.message);
    return EXIT_WRK;
}

static int run_wrk(int argc, char **argv)
{
    return run(false, argc, argv);
}

static int run_wrk2(int argc, char **argv)
{
    return run(true, argc, argv);
}

const struct drop_in DROP_IN_WRK = {
    .name = "wrk",
    .summary = "wrk 4.1: its options, Lua scripts and report; with -R wrk2's",
    .run = run_wrk,
};

const struct drop_in DROP_IN_WRK2 = {
    .name = "wrk2",
    .summary = "wrk2: a constant rate, latencies from when requests were due",
    .run = run_wrk2,
};
