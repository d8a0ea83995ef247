/* SPDX-License-Identifier: Apache-2.0
 *
 * The callbacks run on the worker's thread, while the main one waits in bench_run(); what they
 * write is read after the join.
 */
#include "cli/as/ab/measure.h"

#include <errno.h>
#include <inttypes.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/strbuf.h"
#include "cli/as/ab/options.h"
#include "cli/as/ab/request.h"
#include "cli/as/ab/software.h"
#include "http/url.h"
#include "net/address.h"
#include "net/tls_stream.h"
#include "run/bench.h"

enum {
    CODE_TIMEOUT = 119,     /* APR's 70007 in eight bits */
    CODE_NO_SUCH_HOST = 50, /* 670002 */
    ORIGIN_MAX_BYTES = 4096,
};

#define TIMED_OUT "apr_pollset_poll: The timeout specified has expired (70007)"

/* Answers */

static void stop_with(struct ab_run *run, struct lane *lane, int code)
{
    if (run->end == AB_END_DONE) {
        run->end = AB_END_FAILED;
        run->code = code;
    }
    repeater_stop(lane->repeater);
}

static void fail(struct ab_run *run, struct lane *lane, int code, const char *text)
{
    snprintf(run->failure, sizeof(run->failure), "%s", text);
    stop_with(run, lane, code);
}

static void fail_errno(struct ab_run *run, struct lane *lane, const char *call, int number)
{
    snprintf(run->failure, sizeof(run->failure), "%s: %s (%d)", call, strerror(number), number);
    stop_with(run, lane, number);
}

static uint64_t to_us(nsec_t ns)
{
    return ns > 0 ? (uint64_t)(ns / NSEC_PER_USEC) : 0;
}

static void add_row(struct ab_run *run, const struct ab_row *row)
{
    size_t at = (size_t)run->result.done;
    if (at == run->row_cap) {
        run->row_cap = MAX_OF(2 * run->row_cap, (size_t)1024);
        run->rows = GROW_ARRAY(run->rows, run->row_cap);
    }
    run->rows[at] = *row;
}

/* ab looks names up before it starts its clock. A connection that was there costs nothing. */
static void add_times(struct ab_run *run, const struct repeat_answer *answer)
{
    const struct timings *timings = answer->timings;
    struct ab_result *result = &run->result;
    nsec_t total_ns = timings->end_ns - timings->start_ns - timings->lookup_ns;
    nsec_t connect_ns = answer->is_reused ? 0 : timings->blocked_ns - timings->lookup_ns;
    const struct ab_row row = {
        .start_s = (timings->start_ns + run->wall_offset_ns) / NSEC_PER_SEC,
        .connect_us = to_us(MIN_OF(connect_ns, total_ns)),
        .wait_us = to_us(timings->waiting_ns),
        .total_us = to_us(total_ns),
    };
    durations_add(&result->connects, row.connect_us);
    durations_add(&result->processings, row.total_us - row.connect_us);
    durations_add(&result->waits, row.wait_us);
    durations_add(&result->totals, row.total_us);
    if (run->options->gnuplot)
        add_row(run, &row);
    if (run->first_ns == 0 || timings->start_ns < run->first_ns)
        run->first_ns = timings->start_ns + timings->lookup_ns;
    run->last_ns = timings->end_ns;
}

static void show_progress(const struct ab_run *run)
{
    if (run->step && run->result.done % run->step == 0)
        fprintf(stderr, "Completed %" PRIu64 " requests\n", run->result.done);
}

/* The first answer that did not break off says how long a document is; until then it has none. */
static void add_lengths(struct ab_run *run, const struct repeat_answer *answer, bool is_broken)
{
    struct ab_result *result = &run->result;
    result->received_bytes += answer->bytes;
    result->body_bytes += answer->body_bytes;
    result->sent_bytes += run->message.len;
    if (!run->has_document && !is_broken)
        result->document_bytes = answer->body_bytes;
    else if (answer->body_bytes != result->document_bytes && !run->options->any_length)
        result->bad_lengths++;
    run->has_document |= !is_broken;
}

/* One more has come to an end. */
static bool finish(struct ab_run *run, struct lane *lane, const struct repeat_answer *answer,
                   bool is_broken)
{
    int limit_s = run->options->time_limit_s;
    add_lengths(run, answer, is_broken);
    add_times(run, answer);
    run->result.done++;
    show_progress(run);
    if (limit_s <= 0 || run->last_ns - run->first_ns < limit_s * NSEC_PER_SEC)
        return true;
    repeater_stop(lane->repeater);
    return false;
}

/* To ab nothing at all is an answer of no bytes, and so is half a head. */
static bool finish_answer(struct ab_run *run, struct lane *lane, const struct repeat_answer *answer)
{
    run->result.kept_alive += answer->keeps_alive;
    run->result.not_2xx += answer->status > 0 && answer->status / 100 != 2;
    return finish(run, lane, answer, false);
}

/* Under -r ab goes on, and counts such a request under Receive and under Exceptions. */
static bool take_broken(struct ab_run *run, struct lane *lane, const struct repeat_answer *answer,
                        int number)
{
    if (!run->options->go_on) {
        fail_errno(run, lane, "apr_socket_recv", number);
        return false;
    }
    run->result.bad_receives++;
    run->reset += number != ECONNREFUSED;
    run->refused += number == ECONNREFUSED;
    return finish(run, lane, answer, true);
}

static bool take_bad_handshake(struct ab_run *run, struct lane *lane,
                               const struct repeat_answer *answer)
{
    run->bad_handshakes++;
    run->handshake_problem = outcome_text(answer->outcome);
    run->result.bad_connects++;
    return finish(run, lane, answer, true);
}

static struct span dialed_host(const struct ab_options *options)
{
    return options->proxy_host.ptr ? options->proxy_host : options->host;
}

static void describe_lookup(struct ab_run *run, struct span host)
{
    snprintf(run->failure, sizeof(run->failure),
             "apr_sockaddr_info_get() for %.*s: Name or service not known (670002)",
             SPAN_ARG(host));
}

static void fail_otherwise(struct ab_run *run, struct lane *lane, enum outcome outcome)
{
    switch (outcome) {
    case OUTCOME_DNS:
    case OUTCOME_DNS_NO_SUCH_HOST:
    case OUTCOME_INVALID_URL:
        describe_lookup(run, dialed_host(run->options));
        stop_with(run, lane, CODE_NO_SUCH_HOST);
        break;
    case OUTCOME_DESCRIPTORS:
        fail_errno(run, lane, "socket", EMFILE);
        break;
    case OUTCOME_DIAL_NO_PORT:
        fail_errno(run, lane, run->options->bind ? "bind" : "apr_socket_connect()", EADDRNOTAVAIL);
        break;
    case OUTCOME_DIAL:
    case OUTCOME_DIAL_UNKNOWN_ERRNO:
    case OUTCOME_TCP:
    case OUTCOME_UNKNOWN_ERRNO:
        fail_errno(run, lane, "apr_socket_connect()", EHOSTUNREACH);
        break;
    case OUTCOME_PROXY:
        fail(run, lane, 1,
             "keneyperf: the proxy of -X lets nobody through; check its address and -P");
        break;
    default: /* an answer whose head does not end: ab waits on, until -s */
        fail(run, lane, CODE_TIMEOUT, TIMED_OUT);
    }
}

static bool on_answer(void *state, struct lane *lane, const struct repeat_answer *answer)
{
    struct ab_run *run = state;
    switch (answer->outcome) {
    case OUTCOME_OK:
    case OUTCOME_HTTP_4XX:
    case OUTCOME_HTTP_5XX:
    case OUTCOME_CLOSED:
        return finish_answer(run, lane, answer);
    case OUTCOME_DIAL_REFUSED:
        return take_broken(run, lane, answer, ECONNREFUSED);
    case OUTCOME_RESET:
        return take_broken(run, lane, answer, ECONNRESET);
    case OUTCOME_BROKEN_PIPE:
        return take_broken(run, lane, answer, EPIPE);
    case OUTCOME_TLS:
    case OUTCOME_TLS_VERSION:
    case OUTCOME_TLS_REFUSED:
    case OUTCOME_TLS_CLIENT_CERTIFICATE:
    case OUTCOME_TLS_NAME:
    case OUTCOME_TLS_CLOSED:
    case OUTCOME_TLS_HEADER:
        return take_bad_handshake(run, lane, answer);
    default:
        fail_otherwise(run, lane, answer->outcome);
        return false;
    }
}

/* -R: one more connection every so many milliseconds. */
static nsec_t pause_lane(void *state, struct lane *lane)
{
    const struct ab_run *run = state;
    bool is_first = !lane->user;
    lane->user = (void *)run;
    return is_first ? (nsec_t)lane->index * run->options->ramp_ms * NSEC_PER_MSEC : 0;
}

/* Heads */

static void note_tls(struct ab_run *run, const struct lane *lane)
{
    struct tls_facts facts;
    if (!repeat_tls(&lane->repeat, &facts))
        return;
    snprintf(run->tls_info, sizeof(run->tls_info), "%s,%s,%d,%d", facts.version, facts.cipher,
             facts.peer_key_bits, facts.cipher_bits);
    snprintf(run->tls_temp, sizeof(run->tls_temp), "%s", facts.temp_key);
}

static void on_text(void *arg, struct span text)
{
    struct lane *lane = arg;
    struct ab_run *run = lane->user;
    if (run->options->verbosity >= 2)
        printf("LOG: header received:\n%.*s\n", SPAN_ARG(text));
    if (run->has_server)
        return;
    struct span software = ab_software(text);
    snprintf(run->software, sizeof(run->software), "%.*s", SPAN_ARG(software));
    note_tls(run, lane);
}

static void on_status(void *arg, unsigned minor, unsigned code, struct span reason)
{
    struct lane *lane = arg;
    struct ab_run *run = lane->user;
    run->has_server = true;
    if (run->options->verbosity >= 2 && code / 100 != 2)
        printf("WARNING: Response code not 2xx (%u)\n", code);
    else if (run->options->verbosity >= 3)
        printf("LOG: Response code = %u\n", code);
}

static void choose(void *state, struct lane *lane)
{
    lane->user = state;
}

/* Set-up */

static void set_versions(const char *protocol, struct transport_config *transport)
{
    static const struct {
        const char *name;
        int version;
    } VERSIONS[] = {
        {"TLS1", TLS1_VERSION},
        {"TLS1.1", TLS1_1_VERSION},
        {"TLS1.2", TLS1_2_VERSION},
        {"TLS1.3", TLS1_3_VERSION},
    };

    transport->tls_min_version = TLS1_VERSION;
    transport->tls_max_version = TLS1_3_VERSION;
    for (size_t i = 0; protocol && i < COUNT_OF(VERSIONS); i++) {
        if (strcasecmp(protocol, VERSIONS[i].name) == 0)
            transport->tls_min_version = transport->tls_max_version = VERSIONS[i].version;
    }
}

/* -s below 0 waits for ever, as poll(2) does. */
static nsec_t timeout_ns(const struct ab_options *options)
{
    return options->timeout_s < 0 ? NSEC_NEVER : options->timeout_s * NSEC_PER_SEC;
}

static struct client_config client_config(const struct ab_run *run)
{
    const struct ab_options *options = run->options;
    struct client_config client = client_config_defaults();
    client.user_agent = NULL;
    client.hosts = run->hosts;
    client.insecure_skip_tls_verify = true;
    client.reading = options->keep_alive ? HTTP1_READING_LOOSE_KEEP_ALIVE : HTTP1_READING_LOOSE;
    client.max_header_bytes = AB_HEAD_BYTES;
    client.connect_timeout_ns = timeout_ns(options);
    client.dns_select = DNS_FIRST;
    client.try_all_addresses = true;
    return client;
}

static void write_origin(struct strbuf *out, const struct ab_options *options)
{
    strbuf_addf(out, options->is_bracketed ? "%s://[%.*s]:%u/" : "%s://%.*s:%u/",
                options->is_tls ? "https" : "http", SPAN_ARG(options->host), options->port);
}

/* With its credentials, which its tunnel asks for; every byte written as URLs have to. */
static void write_proxy(struct strbuf *out, const struct ab_options *options)
{
    if (!options->proxy_host.ptr)
        return;
    strbuf_adds(out, "http://");
    for (const char *c = options->is_tls ? options->proxy_auth : NULL; c && *c; c++)
        strbuf_addf(out, *c == ':' ? "%c" : "%%%02X", (unsigned char)*c);
    strbuf_addf(out, "%s%.*s:%u", options->is_tls && options->proxy_auth ? "@" : "",
                SPAN_ARG(options->proxy_host), options->proxy_port);
}

/* What ab takes for a name need not be one: "ftp:", "h:80x", "user@h". */
static bool is_resolvable(struct span origin)
{
    struct url url;
    const char *problem;
    return url_parse(origin, &url, &problem) == 0 && !url.has_user;
}

static void begin(struct ab_run *run)
{
    struct timespec wall;
    clock_gettime(CLOCK_REALTIME, &wall);
    run->wall_offset_ns = wall.tv_sec * NSEC_PER_SEC + wall.tv_nsec - clock_now(clock_monotonic());
    run->step = ab_report_step(run->options);
    run->result.options = run->options;
    run->result.has_body = run->options->body_file != NULL;
    run->result.tls_info = run->tls_info;
    run->result.tls_temp = run->tls_temp;
}

/* A refused request counts twice under Receive for each Exception, and the last one is doubled. */
static void count_exceptions(struct ab_run *run)
{
    uint64_t pairs = (run->refused + 1) / 2;
    run->result.exceptions = run->reset + pairs;
    run->result.bad_receives = run->reset + 2 * pairs;
}

/* As often as they count, which the end alone knows. */
static void say_receives(const struct ab_run *run)
{
    if (run->options->verbosity < 1)
        return;
    for (uint64_t i = 0; i < run->result.bad_receives; i++) {
        int number = i < run->reset ? ECONNRESET : ECONNREFUSED;
        fprintf(stderr, "apr_socket_recv: %s (%d)\n", strerror(number), number);
    }
}

static void end(struct ab_run *run, const struct bench_result *bench)
{
    struct ab_result *result = &run->result;
    nsec_t took_ns = run->first_ns ? run->last_ns - run->first_ns : bench->duration_ns;
    if (bench->interrupted && run->end == AB_END_DONE) {
        run->end = AB_END_INTERRUPTED;
        took_ns = MAX_OF(took_ns, bench->duration_ns);
    }
    count_exceptions(run);
    say_receives(run);
    result->took_s = (double)took_ns / NSEC_PER_SEC;
    result->software = span_cstr(run->software);
}

/* What the run's configuration points to. */
struct setup {
    struct strbuf origin, proxy;
    char *server_name;
    struct transport_config transport;
    struct repeat_target target;
};

static void setup_done(struct setup *setup)
{
    strbuf_done(&setup->origin);
    strbuf_done(&setup->proxy);
    free(setup->server_name);
}

static void fill_setup(struct setup *setup, const struct ab_run *run)
{
    const struct ab_options *options = run->options;
    struct span name = ab_server_name(options);
    write_origin(&setup->origin, options);
    write_proxy(&setup->proxy, options);
    setup->server_name = name.len ? mem_dup(name.ptr, name.len) : NULL;
    setup->transport = (struct transport_config){
        .insecure_skip_tls_verify = true,
        .cert_file = options->cert,
        .ciphers = options->ciphers,
        .server_name = setup->server_name,
        .no_server_name = name.len == 0,
        .no_alpn = true,
        .local_address = options->bind,
        .buffer_bytes = MAX_OF(options->window_bytes, 0),
        .proxy = setup->proxy.len ? strbuf_cstr(&setup->proxy) : NULL,
    };
    set_versions(options->protocol, &setup->transport);
    setup->target = (struct repeat_target){
        .url = strbuf_span(&setup->origin),
        .method = ab_request_method(options),
        .message = run->message,
    };
}

static struct repeater_config load_config(const struct ab_run *run, const struct setup *setup)
{
    static const struct repeater_ops RAMP = {
        .pause = pause_lane, .next = choose, .on_answer = on_answer};
    static const struct repeater_ops OPS = {.next = choose, .on_answer = on_answer};
    static const struct http1_events EVENTS = {.on_text = on_text, .on_status = on_status};
    const struct ab_options *options = run->options;
    return (struct repeater_config){
        .transport = &setup->transport,
        .targets = &setup->target,
        .target_count = 1,
        .connections = (unsigned)options->concurrency,
        .requests = (uint64_t)options->requests,
        .duration_ns = NSEC_NEVER,
        .timeout_ns = timeout_ns(options),
        .retry = RETRY_NONE,
        .silent = true,
        .events = &EVENTS,
        .ops = options->ramp_ms > 0 ? &RAMP : &OPS,
    };
}

static int run_load(struct ab_run *run, const struct setup *setup, struct error *err)
{
    AUTO(bench_free) struct bench *bench = NULL;
    void *state = run;
    const struct bench_config config = {
        .load = load_config(run, setup),
        .workers = 1,
        .states = &state,
        .client = client_config(run),
        .url = strbuf_cstr(&setup->origin),
        .method = "GET",
    };
    if (bench_run(&config, &bench, err) < 0)
        return -1;
    end(run, bench_result(bench));
    return 0;
}

static int end_unresolved(struct ab_run *run, struct span host)
{
    describe_lookup(run, host);
    run->end = AB_END_FAILED;
    run->code = CODE_NO_SUCH_HOST;
    return 0;
}

int ab_measure(struct ab_run *run, struct error *err)
{
    struct address local;
    AUTO(setup_done)
    struct setup setup = {.origin = STRBUF_INIT(ORIGIN_MAX_BYTES),
                          .proxy = STRBUF_INIT(ORIGIN_MAX_BYTES)};
    begin(run);
    fill_setup(&setup, run);
    if (!is_resolvable(setup.target.url))
        return end_unresolved(run, dialed_host(run->options));
    if (run->options->bind && address_parse(span_cstr(run->options->bind), 0, &local) < 0)
        return end_unresolved(run, span_cstr(run->options->bind));
    return run_load(run, &setup, err);
}

void ab_run_done(struct ab_run *run)
{
    free(run->rows);
    durations_done(&run->result.connects);
    durations_done(&run->result.processings);
    durations_done(&run->result.waits);
    durations_done(&run->result.totals);
}
