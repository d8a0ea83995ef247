/* SPDX-License-Identifier: Apache-2.0
 *
 * What has to be said before any figure of a bench: when the client was the limit, what the load
 * model could not see, which figures rest on too little.
 */
#include <stdarg.h>
#include <stdio.h>

#include "base/strbuf.h"
#include "base/util.h"
#include "metrics/percentile.h"
#include "report/bench_report_private.h"
#include "report/latency_text.h"
#include "report/stall.h"

/* Lateness above this share of the median latency is a visible part of what is reported. */
static const double LATENESS_LIMIT = 0.5;

/* More than this share of requests without a free connection is why a hundredth of them was late.
 */
static const double WAITED_SHARE = 0.005;

static void add_note(struct bench_notes *notes, const char *fmt, ...) PRINTF_LIKE(2, 3);

static void add_note(struct bench_notes *notes, const char *fmt, ...)
{
    va_list args;
    if (notes->count == BENCH_MAX_NOTES)
        return;
    va_start(args, fmt);
    vsnprintf(notes->texts[notes->count++], BENCH_NOTE_BYTES, fmt, args);
    va_end(args);
}

/* A latency in a sentence. */
struct time_text {
    char text[32];
};

static struct time_text time_text(const struct bench_notes *notes, double ms)
{
    struct time_text ret;
    AUTO(strbuf_done) struct strbuf text = STRBUF_INIT(sizeof(ret.text));
    latency_text_add(&text, ms, notes->unicode);
    snprintf(ret.text, sizeof(ret.text), "%s", strbuf_cstr(&text));
    return ret;
}

static void note_client(struct bench_notes *notes, const struct bench_result *result)
{
    if (bench_is_saturated(result) && bench_result_answered(result) > 0)
        add_note(notes,
                 "a worker used %.0f %% of its core: this client was a limit, the server may be "
                 "faster than these figures say; use more --workers or another machine",
                 result->busiest_worker * 100);
}

static bool has_error_in(const struct bench_result *result, int first, int last)
{
    for (size_t i = 0; i < result->error_count; i++) {
        if (result->errors[i].code >= first && result->errors[i].code <= last)
            return true;
    }
    return false;
}

/* Why nothing answered, by the error codes (k6's), and what to do. */
static const char *silence_text(const struct bench_result *result)
{
    if (has_error_in(result, 1310, 1319))
        return "the server's certificate was not accepted: name the authority that signed it with "
               "--ca FILE, or skip the check with -k";
    if (has_error_in(result, 1300, 1309))
        return "no TLS connection came about: the errors below say why";
    if (has_error_in(result, 1602, 1602) || has_error_in(result, 1664, 1664))
        return "the server does not speak HTTP/2 here: leave out --http2";
    if (has_error_in(result, 1652, 1652))
        return "the server does not speak HTTP/2 here, or breaks its rules: leave out --http2";
    return "nothing answered: check the URL, and that the server runs";
}

static void note_silence(struct bench_notes *notes, const struct bench_result *result)
{
    uint64_t answered = bench_result_answered(result);
    uint64_t failed = result->requests - answered;
    if (answered == 0)
        add_note(notes, "%s", silence_text(result));
    else if (failed > 0)
        add_note(notes,
                 "latencies contain the %llu requests without an answer, with the time until they "
                 "failed",
                 (unsigned long long)failed);
    if (result->not_opened > 0)
        add_note(notes,
                 "%llu of %u connections could not be opened before the load began, and were tried "
                 "again during it",
                 (unsigned long long)result->not_opened, result->connections);
}

static const char *refusal_remedy(int status)
{
    if (status == 401 || status == 403)
        return "say who asks, with -u or a token in -H";
    if (status == 429)
        return "the server limits how often one client may ask: lift that, or stay below it "
               "with --rate";
    if (status >= 500)
        return "the server's log says why";
    return "check the URL, and -m, -H and --body";
}

/* A refusal is quick, and so looks like a fast server. */
static void note_refused(struct bench_notes *notes, const struct bench_result *result)
{
    if (result->status_count == 0 || result->statuses[0].status < 400)
        return;
    add_note(notes,
             "every answer had a status of 400 or more: these are the times of refusals, not of "
             "the work that was meant; %s",
             refusal_remedy(result->statuses[0].status));
}

static void note_never_sent(struct bench_notes *notes, const struct bench_result *result)
{
    if (result->never_sent > 0)
        add_note(notes,
                 "%llu of %llu scheduled requests were never sent, because no connection was free "
                 "until the end, and are in no percentile: use more connections (-c) or a lower "
                 "--rate",
                 (unsigned long long)result->never_sent, (unsigned long long)result->scheduled);
}

/* Requests that hang are in no percentile, and a load can end before --timeout ends them. Where
 * some were never sent, that says it already. */
static void note_cut(struct bench_notes *notes, const struct bench_result *result)
{
    double oldest_ms = nsec_to_ms(result->oldest_cut_ns);
    if (result->cut == 0 || result->never_sent > 0 || bench_result_answered(result) == 0 ||
        oldest_ms <= bench_trend(result, METRIC_HTTP_REQ_DURATION)->max)
        return;
    add_note(notes,
             "%llu %s still under way at the end and in no percentile, the oldest for %s, which is "
             "longer than any answer took: give more %s, or a --timeout within it",
             (unsigned long long)result->cut, result->cut == 1 ? "request was" : "requests were",
             time_text(notes, oldest_ms).text, result->rate > 0 ? "--grace" : "--duration");
}

/* Late because the server let no connection go free is part of the truth; late because of this
 * client is not. */
static void note_lateness(struct bench_notes *notes, const struct bench_result *result)
{
    const struct histogram *latency = bench_trend(result, METRIC_HTTP_REQ_DURATION_UNCORRECTED);
    const struct histogram *late = bench_trend(result, METRIC_HTTP_REQ_SEND_LATENESS);
    double p50 = histogram_percentile(latency, 50), p99 = histogram_percentile(late, 99);
    bool is_known = percentile_known(99, late->count);
    if (late->count == 0 || p99 <= LATENESS_LIMIT * p50)
        return;
    if ((double)result->waited > WAITED_SHARE * (double)result->scheduled)
        add_note(notes,
                 "%.1f %% of the requests found no free connection when they were due, and waiting "
                 "for one counts as latency (\"uncorrected\" has it without): more connections "
                 "(-c) would ask the server at the rate that was meant",
                 (double)result->waited * 100 / (double)result->scheduled);
    else
        add_note(notes,
                 "this client was late: %s %s%s after it was due, against a median answer "
                 "of %s, and that counts as latency; use %s or a machine that does less else",
                 is_known ? "one request in a hundred left" : "the latest request left",
                 time_text(notes, is_known ? p99 : late->max).text, is_known ? " or more" : "",
                 time_text(notes, p50).text, result->precise ? "more --workers" : "--precise");
}

struct stall {
    double above_ms, sum_ms;
};

static void add_stalled(void *arg, double lowest, double highest, uint64_t count)
{
    struct stall *stall = arg;
    if (lowest > stall->above_ms)
        stall->sum_ms += (lowest + highest) / 2 * (double)count;
}

static void note_stalls(struct bench_notes *notes, const struct bench_result *result)
{
    const struct histogram *trend = bench_trend(result, METRIC_HTTP_REQ_DURATION);
    struct stall stall = {.above_ms = stall_bound_ms(histogram_percentile(trend, 50))};
    if (result->rate > 0 || result->connections == 0)
        return;
    histogram_each(trend, add_stalled, &stall);
    double share = stall.sum_ms / bench_result_lanes(result) / (bench_seconds(result) * 1000);
    if (share > STALL_LEAST_SHARE)
        add_note(notes,
                 "connections spent %.1f %% of the time in answers that took more than %s (up to "
                 "%s). A closed loop asks nothing meanwhile and cannot see how long others would "
                 "have waited: --rate %.0f shows it",
                 MIN_OF(share, 1.0) * 100, time_text(notes, stall.above_ms).text,
                 time_text(notes, trend->max).text,
                 MAX_OF((double)result->requests / bench_seconds(result), 1.0));
}

static void note_samples(struct bench_notes *notes, const struct bench_result *result)
{
    static const double LIMITS[] = {50, 75, 90, 99, 99.9, 99.99};
    uint64_t count = bench_trend(result, METRIC_HTTP_REQ_DURATION)->count;
    for (size_t i = 0; i < COUNT_OF(LIMITS) && result->status_count; i++) {
        if (percentile_known(LIMITS[i], count))
            continue;
        add_note(notes,
                 "%llu %s too few for p%g, which needs %llu; what rests on too few is shown as "
                 "\"-\"",
                 (unsigned long long)count, count == 1 ? "sample is" : "samples are", LIMITS[i],
                 (unsigned long long)percentile_needs(LIMITS[i]));
        return;
    }
}

void bench_notes_collect(const struct bench_result *result, bool unicode,
                         struct bench_notes *ret_notes)
{
    ret_notes->unicode = unicode;
    ret_notes->count = 0;
    if (result->interrupted)
        add_note(ret_notes, "interrupted: these are the figures until then");
    note_client(ret_notes, result);
    note_silence(ret_notes, result);
    note_refused(ret_notes, result);
    note_never_sent(ret_notes, result);
    note_cut(ret_notes, result);
    note_lateness(ret_notes, result);
    note_stalls(ret_notes, result);
    note_samples(ret_notes, result);
}
