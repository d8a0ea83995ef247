/* SPDX-License-Identifier: Apache-2.0
 *
 * keneyperf as wrk, keneyperf as wrk2: from the command line to the exit code.
 */
#include <inttypes.h>
#include <stdio.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/strbuf.h"
#include "cli/as/closed_note.h"
#include "cli/as/drop_in.h"
#include "cli/as/wrk/report.h"
#include "cli/as/wrk/wrk_options.h"
#include "cli/as/wrk/wrk_run.h"
#include "script/wrk/wrk_script.h"

enum {
    TEXT_MAX_BYTES = 1 << 20,
};

static void print(FILE *to, struct strbuf *text)
{
    fputs(strbuf_cstr(text), to);
    fflush(to);
    strbuf_reset(text);
}

static struct wrk_report describe(const struct wrk_options *options)
{
    return (struct wrk_report){
        .url = options->url,
        .duration_s = options->duration_s,
        .threads = options->threads,
        .connections = options->connections,
        .is_wrk2 = options->is_wrk2,
        .show_latency = options->show_latency,
        .show_uncorrected = options->show_uncorrected,
    };
}

static void add_report(struct strbuf *out, const struct wrk_run *run)
{
    const struct wrk_counts *counts = &run->sum.counts;
    struct wrk_report report = describe(run->options);
    AUTO(mem_free)
    struct wrk_calibration *calibrations = NEW_ARRAY(struct wrk_calibration, run->threads);
    for (unsigned i = 0; i < run->threads; i++) {
        if (run->loads[i].is_calibrated)
            calibrations[report.calibration_count++] = run->loads[i].calibration;
    }
    report.calibrations = calibrations;
    report.latency = &run->sum.latency;
    report.uncorrected = &run->sum.uncorrected;
    report.rates = &run->sum.rates;
    report.runtime_us = (uint64_t)(run->duration_ns / NSEC_PER_USEC);
    report.requests = counts->requests;
    report.bytes = counts->bytes;
    report.connect_errors = counts->connect_errors;
    report.read_errors = counts->read_errors;
    report.write_errors = counts->write_errors;
    report.timeouts = counts->timeouts;
    report.bad_statuses = counts->bad_statuses;
    wrk_report_end(out, &report);
}

/* A line for each thing that wrk would have said otherwise or not at all. */
static void add_notes(struct strbuf *out, const struct wrk_run *run)
{
    const struct wrk_options *options = run->options;
    const struct wrk_counts *counts = &run->sum.counts;
    if (run->per_thread * run->threads != options->connections)
        strbuf_addf(out,
                    "keneyperf: %u connections were kept open, %u by each thread: -c is no "
                    "multiple of -t\n",
                    run->per_thread * run->threads, run->per_thread);
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
    if (run->overdue)
        strbuf_addf(out,
                    "keneyperf: %" PRIu64 " requests had been due for %" PRIu64
                    " s or more and had "
                    "no answer at the end; the latencies contain the time until then\n",
                    run->overdue, options->timeout_s);
}

static void add_stalls(struct strbuf *out, const struct wrk_run *run)
{
    const struct distribution *latency = &run->sum.latency;
    struct closed_run closed = {
        .connections = run->per_thread * run->threads,
        .duration_ns = run->duration_ns,
        .answers = latency->count,
        .median_ns = (nsec_t)distribution_percentile(latency, 50) * NSEC_PER_USEC,
        .max_ns = latency->count ? (nsec_t)latency->max * NSEC_PER_USEC : 0,
        .remedy = "-R RATE (wrk2) or keneyperf bench --rate RATE",
    };
    nsec_t bound_ns = closed_note_bound_ns(closed.median_ns);
    closed.slow_answers =
        distribution_count_from(latency, (uint64_t)(bound_ns / NSEC_PER_USEC), &closed.slow_ns);
    closed.slow_ns *= 1000;
    closed_note(out, &closed);
}

static int run_test(struct wrk_run *run, const struct wrk_options *options, struct error *err)
{
    AUTO(strbuf_done) struct strbuf text = STRBUF_INIT(TEXT_MAX_BYTES);
    const struct wrk_report head = describe(options);
    if (wrk_run_prepare(run, options, err) < 0)
        return -1;
    wrk_report_begin(&text, &head);
    print(stdout, &text);
    if (wrk_run_load(run, err) < 0)
        return -1;
    add_report(&text, run);
    print(stdout, &text);
    int finished = wrk_run_finish(run, err);
    add_notes(&text, run);
    if (!options->is_wrk2)
        add_stalls(&text, run);
    print(stderr, &text);
    return finished;
}

static int parse(struct wrk_options *options, bool is_wrk2, int argc, char **argv)
{
    AUTO(strbuf_done) struct strbuf out = STRBUF_INIT(TEXT_MAX_BYTES);
    AUTO(strbuf_done) struct strbuf err = STRBUF_INIT(TEXT_MAX_BYTES);
    int parsed = wrk_options_parse(options, is_wrk2, argc, argv, &out, &err);
    print(stderr, &err);
    print(stdout, &out);
    return parsed;
}

/* What a script did wrong reads as in wrk, which LuaJIT ends. */
static void say(const struct error *err)
{
    char panic[sizeof(err->file) + sizeof(err->message) + 128];
    if (err->file[0]) {
        wrk_error_panic(err, panic, sizeof(panic));
        fprintf(stderr, "%s\n", panic);
    } else {
        fprintf(stderr, "%s\n", err->message);
    }
}

static int run(bool is_wrk2, int argc, char **argv)
{
    struct error err = {0};
    struct wrk_run test = {0};
    AUTO(wrk_options_done) struct wrk_options options = {0};
    if (parse(&options, is_wrk2, argc, argv) < 0)
        return WRK_EXIT_FAILED;
    int result = run_test(&test, &options, &err);
    wrk_run_done(&test);
    if (result == 0)
        return EXIT_OK;
    say(&err);
    return WRK_EXIT_FAILED;
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
