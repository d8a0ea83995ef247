/* SPDX-License-Identifier: Apache-2.0
 *
 * keneyperf bench URL: a measurement without a script. The options are in bench_options.c, the load
 * is run/bench.h's, the figures report/bench_report.h's; here they come together.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/strbuf.h"
#include "cli/bench_options.h"
#include "cli/bench_progress.h"
#include "cli/command.h"
#include "http/proxy_rules.h"
#include "load/plan.h"
#include "metrics/registry.h"
#include "output/hdr_log.h"
#include "run/bench.h"
#include "run/bench_intervals.h"
#include "run/bench_message.h"
#include "run/judge.h"
#include "run/run.h"
#include "slo/verdict.h"

enum {
    REPORT_MAX_BYTES = 16 << 20,
    MESSAGE_MAX_BYTES = 64 << 20,
};

/* Timers are late by tens of microseconds, by more on a busy machine: so early does --precise begin
 * to spin. */
static const nsec_t SPIN_NS = 200 * NSEC_PER_USEC;

/* Everything that one bench needs, with one end. */
struct invocation {
    struct bench_settings settings;
    bool has_transport; /* other than the client's usual one */
    size_t target_count;
    struct arena arena;      /* of the headers */
    struct strbuf *messages; /* one for each URL */
    struct headers *headers; /* likewise, over HTTP/2 */
    struct repeat_target *targets;
    struct bench_target *described;
    double *weights;
    struct registry *registry;
    struct judge *judge;
    struct hdr_log *hdr;
    struct bench_intervals *intervals;
    struct bench_progress progress;
    uint64_t seconds; /* of single workers, that have come in */
    struct bench *bench;
};

static void invocation_done(struct invocation *inv)
{
    bench_free(&inv->bench);
    bench_intervals_free(&inv->intervals);
    hdr_log_free(&inv->hdr);
    judge_free(&inv->judge);
    registry_free(&inv->registry);
    for (size_t i = 0; i < inv->target_count; i++)
        strbuf_done(&inv->messages[i]);
    free(inv->messages);
    free(inv->headers);
    free(inv->targets);
    free(inv->described);
    free(inv->weights);
    bench_settings_done(&inv->settings);
    arena_done(&inv->arena);
}

/* By the environment's rules; NULL: none. */
static const char *proxy_of(const struct bench_settings *settings, const char *text)
{
    struct url url;
    const char *problem;
    if (!settings->proxies || url_parse(span_cstr(text), &url, &problem) < 0)
        return NULL;
    return proxy_rules_find(settings->proxies, &url);
}

/* The client would speak HTTP/1.1 with it. */
static int refuse_proxy(const struct bench_settings *settings, const struct bench_message *message,
                        struct error *err)
{
    if (settings->client.http_version != HTTP_2 || !message->proxy ||
        strncasecmp(message->url, "https:", 6) == 0)
        return 0;
    return error_set(err, EXIT_USAGE,
                     "%s goes through a proxy, which speaks HTTP/1.1: use https, or name its host "
                     "in NO_PROXY",
                     message->url);
}

/* Without a password: reports are shown around. */
static const char *public_url(struct invocation *inv, const char *text)
{
    AUTO(strbuf_done) struct strbuf out = STRBUF_INIT(2 * URL_MAX_BYTES);
    struct url url;
    const char *problem;
    if (url_parse(span_cstr(text), &url, &problem) < 0 || !url.has_user)
        return text;
    url_write_public(&url, &out);
    return arena_dup(&inv->arena, strbuf_span(&out));
}

static int make_target(struct invocation *inv, size_t i, struct error *err)
{
    const struct bench_settings *settings = &inv->settings;
    const struct url_entry *entry = &settings->urls.entries[i];
    const char *method = entry->method ? entry->method : settings->method;
    struct bench_message message = {
        .url = entry->url,
        .method = method,
        .headers = settings->headers,
        .header_count = settings->header_count,
        .body = settings->body,
        .user_agent = settings->client.user_agent,
        .proxy = proxy_of(settings, entry->url),
    };
    strbuf_init(&inv->messages[i], MESSAGE_MAX_BYTES);
    if (refuse_proxy(settings, &message, err) < 0 ||
        bench_message_write(&message, &inv->messages[i], err) < 0 ||
        bench_message_headers(&message, &inv->arena, &inv->headers[i], err) < 0)
        return -1;
    inv->targets[i] = (struct repeat_target){
        .url = span_cstr(entry->url),
        .method = span_cstr(method),
        .message = strbuf_span(&inv->messages[i]),
        .headers = &inv->headers[i],
        .body = settings->body,
    };
    inv->described[i] = (struct bench_target){public_url(inv, entry->url), method, entry->weight};
    inv->weights[i] = entry->weight;
    return 0;
}

static int make_targets(struct invocation *inv, struct error *err)
{
    size_t count = inv->settings.urls.count;
    arena_init(&inv->arena, 4096);
    inv->messages = NEW_ARRAY(struct strbuf, count);
    inv->headers = NEW_ARRAY(struct headers, count);
    inv->targets = NEW_ARRAY(struct repeat_target, count);
    inv->described = NEW_ARRAY(struct bench_target, count);
    inv->weights = NEW_ARRAY(double, count);
    inv->target_count = count;
    for (size_t i = 0; i < count; i++) {
        if (make_target(inv, i, err) < 0)
            return -1;
    }
    return 0;
}

/* The client's usual transport knows the environment's proxies; one with a certificate or an
 * address of its own has to be told, and is told once for all URLs. */
static int choose_transport(struct invocation *inv, struct error *err)
{
    struct transport_config *transport = &inv->settings.transport;
    const struct url_list *urls = &inv->settings.urls;
    if (!transport->cert_file && !transport->ciphers && !transport->local_address &&
        !transport->no_server_name)
        return 0;
    inv->has_transport = true;
    transport->proxy = proxy_of(&inv->settings, urls->entries[0].url);
    for (size_t i = 1; i < urls->count; i++) {
        const char *proxy = proxy_of(&inv->settings, urls->entries[i].url);
        if (proxy != transport->proxy)
            return error_set(err, EXIT_USAGE,
                             "%s and %s go through different proxies, which --cert, --ciphers, "
                             "--local-address and --no-sni do not allow: measure them one after "
                             "the other",
                             urls->entries[0].url, urls->entries[i].url);
    }
    return 0;
}

static int make_judge(struct invocation *inv, struct error *err)
{
    inv->registry = registry_new();
    struct run_config config = {
        .plan = inv->settings.thresholds,
        .registry = inv->registry,
        .slo_file = inv->settings.slo,
    };
    inv->judge = judge_new(&config, err);
    return inv->judge ? 0 : -1;
}

static int open_hdr(struct invocation *inv, struct error *err)
{
    if (!inv->settings.hdr)
        return 0;
    inv->hdr = hdr_log_new(inv->settings.hdr, "keneyperf bench, nanoseconds", err);
    if (!inv->hdr)
        return -1;
    inv->intervals = bench_intervals_new(inv->hdr);
    return 0;
}

static int prepare(struct invocation *inv, const struct options *options, struct error *err)
{
    if (bench_settings_read(&inv->settings, options, err) < 0 || choose_transport(inv, err) < 0 ||
        make_targets(inv, err) < 0)
        return -1;
    if (make_judge(inv, err) < 0 || open_hdr(inv, err) < 0)
        return -1;
    /* What cannot be written is better known before the load. */
    const char *json = inv->settings.json;
    return json ? file_probe(json, err) : 0;
}

static void on_snapshot(void *arg, const struct snapshot *snapshot)
{
    struct invocation *inv = arg;
    inv->seconds++;
    if (inv->intervals)
        bench_intervals_add(inv->intervals, snapshot);
}

static void on_total(void *arg, const struct snapshot *total)
{
    struct invocation *inv = arg;
    /* Between the first worker's second and the last one's the total is of neither. */
    if (inv->seconds % inv->settings.workers == 0)
        bench_progress_draw(&inv->progress, total);
}

static int measure(struct invocation *inv, struct error *err)
{
    const struct bench_settings *settings = &inv->settings;
    struct bench_config config = {
        .load =
            {
                .targets = inv->targets,
                .weights = inv->weights,
                .target_count = inv->target_count,
                .transport = inv->has_transport ? &settings->transport : NULL,
                .connections = settings->connections,
                .streams = settings->streams,
                .requests = settings->requests,
                .duration_ns = settings->duration_ns,
                .warmup_ns = settings->warmup_ns,
                .timeout_ns = settings->timeout_ns,
                .opens_first = true,
                .rate = settings->rate,
                .arrivals = settings->arrivals,
                .seed = settings->seed,
                .grace_ns = settings->grace_ns,
                .poller = settings->poller,
                .spin_ns = settings->precise ? SPIN_NS : 0,
            },
        .workers = settings->workers,
        .client = settings->client,
        .url = inv->described[0].url,
        .method = inv->described[0].method,
        .registry = inv->registry,
        .watch = {on_snapshot, on_total, inv},
    };
    if (settings->verbose)
        fprintf(stderr, "keneyperf bench: poller: %s\n", poller_kind_name(settings->poller));
    bench_progress_begin(&inv->progress, settings);
    int result = bench_run(&config, &inv->bench, err);
    bench_progress_end(&inv->progress);
    return result;
}

/* A lane of the closed model is a user who never pauses; at a given rate there are none. */
static void judge_result(struct invocation *inv, struct bench_result *result)
{
    bool is_open = result->rate > 0;
    struct run_facts facts = {
        .duration_ns = is_open ? result->scheduled_ns : result->duration_ns,
        .max_vus = is_open ? 0 : bench_result_lanes(result),
        .requests = (double)(result->requests - MIN_OF(result->carried, result->requests)),
        .offered_rate = is_open ? bench_scheduled_rate(result) : 0,
    };
    judge_finally(inv->judge, result->total, result->duration_ns, &facts);
    result->targets = inv->described;
    result->target_count = inv->target_count;
    result->thresholds = judge_thresholds(inv->judge, &result->threshold_count);
    result->verdict = judge_verdict(inv->judge);
}

static int end_hdr(struct invocation *inv, struct error *err)
{
    if (!inv->hdr)
        return 0;
    bench_intervals_free(&inv->intervals);
    return hdr_log_end(&inv->hdr, err);
}

/* Blocks and ticks are for people whose terminal has them. */
static bool wants_unicode(void)
{
    static const char *const VARIABLES[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    const char *locale = NULL;
    for (size_t i = 0; i < COUNT_OF(VARIABLES) && (!locale || !*locale); i++)
        locale = getenv(VARIABLES[i]);
    return isatty(STDOUT_FILENO) && locale &&
           (strcasestr(locale, "utf-8") || strcasestr(locale, "utf8"));
}

static int print_result(const struct invocation *inv, const struct bench_result *result,
                        struct error *err)
{
    AUTO(strbuf_done) struct strbuf text = STRBUF_INIT(REPORT_MAX_BYTES);
    const char *json = inv->settings.json, *hdr = inv->settings.hdr;
    if (json) {
        bench_report_json(&text, result);
        if (file_write(json, strbuf_span(&text), err) < 0)
            return -1;
        strbuf_reset(&text);
    }
    if ((json && strcmp(json, "-") == 0) || (hdr && strcmp(hdr, "-") == 0))
        return 0;
    bench_report_text(&text, result, wants_unicode());
    fputs(strbuf_cstr(&text), stdout);
    return 0;
}

/* A check that passes while the server is down would be none. */
static int exit_code(const struct invocation *inv, const struct bench_result *result)
{
    if (result->interrupted)
        return EXIT_INTERRUPTED;
    if (bench_result_answered(result) == 0)
        return EXIT_NOTHING_ANSWERED;
    return judge_passed(inv->judge) ? EXIT_OK : EXIT_THRESHOLDS_FAILED;
}

static int run(const struct options *options)
{
    struct error err = {0};
    char text[1200];
    AUTO(invocation_done) struct invocation inv = {0};
    if (prepare(&inv, options, &err) == 0 && measure(&inv, &err) == 0) {
        struct bench_result result = *bench_result(inv.bench);
        judge_result(&inv, &result);
        if (end_hdr(&inv, &err) == 0 && print_result(&inv, &result, &err) == 0)
            return exit_code(&inv, &result);
    }
    fprintf(stderr, "keneyperf bench: %s\n", error_text(&err, text, sizeof(text)));
    return err.code;
}

const struct command COMMAND_BENCH = {
    .name = "bench",
    .arguments = "URL... [options]",
    .summary = "measure URLs without a script",
    .details =
        "Keeps connections busy with ready-made requests: each sends again as soon as it has\n"
        "its answer (closed model), or, with --rate, on a schedule that no answer can move and\n"
        "that latencies are counted from (open model). Every request is accounted for.\n"
        "Command lines of wrk, wrk2, ab and hey run as they are: keneyperf as TOOL ...\n"
        "Exit codes: 0 all well, 99 a threshold or an SLO failed, 104 a bad threshold or SLO\n"
        "file, 105 interrupted, 111 nothing answered, 255 usage.",
    .options = BENCH_OPTIONS,
    .run = run,
};
