/* SPDX-License-Identifier: Apache-2.0
 *
 * One run of wrk or wrk2.
 */
#include "cli/as/wrk/wrk_run.h"

#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/error.h"
#include "base/mem.h"
#include "cli/as/wrk/probe.h"
#include "cli/as/wrk/request.h"
#include "cli/as/wrk/script_stats.h"
#include "cli/as/wrk/wrk_options.h"
#include "cli/hosts.h"
#include "run/bench.h"
#include "script/wrk/wrk_lane.h"
#include "script/wrk/wrk_script.h"

enum {
    MESSAGE_MAX_BYTES = 1 << 20,
    UNIX_PORT = 1,      /* in the URL of a Unix socket, where it says nothing */
    LONGEST_YEARS = 50, /* a time on the clock all the same */
};

/* What stands for the server in the target's URL: each thread's map leads it to its address. Nobody
 * sees it; over TLS the name of the URL is given. */
#define SERVER "server"

static void make_target(struct wrk_run *run, uint16_t port)
{
    const char *scheme = run->options->parts.is_tls ? "https" : "http";
    run->url = arena_printf(&run->arena, "%s://" SERVER ":%u/", scheme, port);
}

static void lead(struct wrk_run *run, unsigned thread, const char *address)
{
    map_put(&run->addresses[thread], SPAN(SERVER))->value = (void *)address;
}

static int prepare_static(struct wrk_run *run, struct error *err)
{
    AUTO(strbuf_done) struct strbuf problem = STRBUF_INIT(1024);
    char text[ADDRESS_PORT_TEXT_BYTES];
    struct address address;
    if (probe(&run->options->parts, &run->hosts, &address, err) < 0)
        return -1;
    if (wrk_request_write(run->options, &run->message, &problem) < 0)
        return error_set(err, WRK_EXIT_FAILED, "%s", strbuf_cstr(&problem));
    address_port_text(&address, text);
    const char *place = arena_dup(&run->arena, span_cstr(text));
    for (unsigned i = 0; i < run->threads; i++)
        lead(run, i, place);
    make_target(run, address_is_unix(&address) ? UNIX_PORT : address_port(&address));
    return 0;
}

static size_t collect_headers(const struct wrk_options *options, struct wrk_header *headers)
{
    size_t count = 0;
    for (size_t i = 0; i < options->header_count; i++)
        count +=
            wrk_options_header(options->headers[i], &headers[count].name, &headers[count].value);
    return count;
}

static int make_script(struct wrk_run *run, struct error *err)
{
    const struct wrk_options *options = run->options;
    struct wrk_header *headers =
        ARENA_NEW_ARRAY(&run->arena, struct wrk_header, options->header_count);
    const struct wrk_script_config config = {
        .file = options->script,
        .url = options->url,
        .scheme = options->parts.scheme,
        .host = options->parts.host,
        .port = options->parts.port,
        .path = options->parts.target,
        .headers = headers,
        .header_count = collect_headers(options, headers),
        .arguments = (const char *const *)options->arguments,
        .argument_count = options->argument_count,
        .hosts = &run->hosts,
    };
    return wrk_script_new(&config, &run->script, err);
}

static uint16_t port_of(const char *address)
{
    struct address parsed;
    if (address_parse_with_port(span_cstr(address), 0, &parsed) < 0)
        return 0;
    return address_port(&parsed);
}

/* wrk ends its process where a script fails: here the threads end, and the load with them. */
static void on_script_failure(void *arg, const struct error *err)
{
    struct wrk_run *run = arg;
    if (!atomic_exchange(&run->has_failed, true))
        kill(getpid(), SIGINT);
}

static int prepare_script(struct wrk_run *run, struct error *err)
{
    if (make_script(run, err) < 0)
        return -1;
    for (unsigned i = 0; i < run->threads; i++) {
        struct wrk_thread *thread = wrk_thread_new(run->script, err);
        if (!thread)
            return -1;
        lead(run, i, wrk_thread_address(thread));
        wrk_lane_on_failure(thread, on_script_failure, run);
    }
    make_target(run, port_of(wrk_thread_address(wrk_script_thread(run->script, 0))));
    return 0;
}

static int check_size(const struct wrk_options *options, struct error *err)
{
    if (options->connections <= BENCH_MAX_CONNECTIONS)
        return 0;
    return error_set(err, WRK_EXIT_FAILED, "keneyperf: -c %" PRIu64 ": %d connections are the most",
                     options->connections, BENCH_MAX_CONNECTIONS);
}

static void make_loads(struct wrk_run *run)
{
    const struct wrk_options *options = run->options;
    struct wrk_load_config config = {
        .lanes = run->per_thread,
        .timeout_s = options->timeout_s,
        .is_wrk2 = options->is_wrk2,
        .batch_latency = options->batch_latency,
    };
    wrk_load_init(&run->sum, &config);
    run->loads = NEW_ARRAY(struct wrk_load, run->threads);
    for (unsigned i = 0; i < run->threads; i++) {
        config.script = run->script ? wrk_script_thread(run->script, i) : NULL;
        wrk_load_init(&run->loads[i], &config);
    }
}

int wrk_run_prepare(struct wrk_run *run, const struct wrk_options *options, struct error *err)
{
    *run = (struct wrk_run){.options = options};
    arena_init(&run->arena, 4096);
    strbuf_init(&run->message, MESSAGE_MAX_BYTES);
    if (check_size(options, err) < 0 || hosts_from_environment(&run->arena, &run->hosts, err) < 0)
        return -1;
    run->threads = (unsigned)options->threads;
    run->per_thread = (unsigned)(options->connections / options->threads);
    run->addresses = NEW_ARRAY(struct map, run->threads);
    if ((options->script ? prepare_script(run, err) : prepare_static(run, err)) < 0)
        return -1;
    make_loads(run);
    return 0;
}

static const struct repeater_ops *choose_ops(const struct wrk_run *run)
{
    if (!run->script)
        return &WRK_LOAD_STATIC;
    return wrk_script_wants_delay(run->script) && !run->options->is_wrk2 ? &WRK_LOAD_DELAYED
                                                                         : &WRK_LOAD_SCRIPT;
}

/* Messages a second, of all threads; 0: as fast as answers come. */
static double message_rate(const struct wrk_run *run)
{
    unsigned each = run->script ? wrk_script_pipelined(run->script) : 1;
    return (double)run->options->rate / each;
}

static nsec_t load_duration_ns(const struct wrk_options *options)
{
    const uint64_t longest_s = LONGEST_YEARS * UINT64_C(365) * 86400;
    return (nsec_t)MIN_OF(options->duration_s, longest_s) * NSEC_PER_SEC;
}

/* The counts of the threads, and what only the end can tell. */
static void add_up(struct wrk_run *run, const struct bench *bench)
{
    const struct repeater_tally *tally = bench_tally(bench);
    run->duration_ns = MAX_OF(bench_result(bench)->duration_ns, NSEC_PER_USEC);
    for (unsigned i = 0; i < run->threads; i++) {
        wrk_load_end(&run->loads[i], bench_result(bench)->total->end_ns);
        wrk_load_merge(&run->sum, &run->loads[i]);
    }
    if (!run->options->is_wrk2)
        return;
    uint64_t waiting = tally->scheduled - run->sum.counts.messages;
    run->overdue = wrk_load_add_waiting(&run->sum, waiting, waiting - tally->never_sent,
                                        1e6 / message_rate(run));
}

/* When scripts stopped their threads, the test lasts as long as ever, or until SIGINT. */
static void wait_out(struct wrk_run *run, nsec_t begin_ns)
{
    nsec_t end_ns = begin_ns + MIN_OF(load_duration_ns(run->options), NSEC_NEVER - begin_ns);
    nsec_t left_ns = end_ns - clock_now(clock_monotonic());
    sigset_t interrupt, before;
    if (left_ns <= 0)
        return;
    const struct timespec left = {left_ns / NSEC_PER_SEC, left_ns % NSEC_PER_SEC};
    sigemptyset(&interrupt);
    sigaddset(&interrupt, SIGINT);
    pthread_sigmask(SIG_BLOCK, &interrupt, &before);
    (void)sigtimedwait(&interrupt, NULL, &left);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    run->duration_ns = clock_now(clock_monotonic()) - begin_ns;
}

static int script_failure(const struct wrk_run *run, struct error *err)
{
    for (unsigned i = 0; i < run->threads; i++) {
        const struct error *failure = wrk_thread_error(wrk_script_thread(run->script, i));
        if (failure && failure->code) {
            *err = *failure;
            return -1;
        }
    }
    return 0;
}

static struct repeater_config load_config(const struct wrk_run *run,
                                          const struct repeat_target *target,
                                          const struct transport_config *transport)
{
    return (struct repeater_config){
        .transport = transport,
        .targets = target,
        .target_count = 1,
        .connections = run->per_thread * run->threads,
        .duration_ns = load_duration_ns(run->options),
        .timeout_ns = NSEC_NEVER, /* wrk counts late answers and goes on waiting */
        .retry = RETRY_NONE,
        .silent = true,
        .rate = message_rate(run),
        .events = run->script ? wrk_lane_events(run->script) : NULL,
        .ops = choose_ops(run),
    };
}

int wrk_run_load(struct wrk_run *run, struct error *err)
{
    AUTO(mem_free) void **states = NEW_ARRAY(void *, run->threads);
    AUTO(mem_free) const struct map **hosts = NEW_ARRAY(const struct map *, run->threads);
    AUTO(bench_free) struct bench *bench = NULL;
    const struct transport_config transport = {
        .insecure_skip_tls_verify = true,
        .no_alpn = true,
        .server_name = arena_dup(&run->arena, run->options->parts.host),
    };
    const struct repeat_target target = {
        .url = span_cstr(run->url),
        .method = SPAN("GET"),
        .message = strbuf_span(&run->message),
    };
    struct bench_config config = {
        .load = load_config(run, &target, &transport),
        .workers = run->threads,
        .states = states,
        .hosts = hosts,
        .client = client_config_defaults(),
    };
    config.client.insecure_skip_tls_verify = true;
    nsec_t now_ns = clock_now(clock_monotonic());
    for (unsigned i = 0; i < run->threads; i++) {
        states[i] = &run->loads[i];
        hosts[i] = &run->addresses[i];
        wrk_load_begin(&run->loads[i], now_ns);
    }
    if (bench_run(&config, &bench, err) < 0)
        return -1;
    if (atomic_load(&run->has_failed))
        return script_failure(run, err);
    add_up(run, bench);
    if (run->script && !bench_result(bench)->interrupted)
        wait_out(run, now_ns);
    return 0;
}

int wrk_run_finish(struct wrk_run *run, struct error *err)
{
    const struct wrk_counts *counts = &run->sum.counts;
    const struct wrk_stats latency = script_stats(&run->sum.latency);
    const struct wrk_stats rates = script_stats(&run->sum.rates);
    const struct wrk_summary summary = {
        .duration_us = (uint64_t)(run->duration_ns / NSEC_PER_USEC),
        .requests = counts->requests,
        .bytes = counts->bytes,
        .errors.connect = counts->connect_errors,
        .errors.read = counts->read_errors,
        .errors.write = counts->write_errors,
        .errors.status = counts->bad_statuses,
        .errors.timeout = counts->timeouts,
    };
    return run->script ? wrk_script_done(run->script, &summary, &latency, &rates, err) : 0;
}

void wrk_run_done(struct wrk_run *run)
{
    for (unsigned i = 0; run->loads && i < run->threads; i++)
        wrk_load_done(&run->loads[i]);
    for (unsigned i = 0; run->addresses && i < run->threads; i++)
        map_done(&run->addresses[i]);
    free(run->loads);
    free(run->addresses);
    wrk_load_done(&run->sum);
    wrk_script_free(&run->script);
    map_done(&run->hosts);
    arena_done(&run->arena);
    strbuf_done(&run->message);
}
