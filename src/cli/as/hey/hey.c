/* SPDX-License-Identifier: Apache-2.0
 *
 * keneyperf as hey: its workers are callers (load/callers.h), each on a connection of its own.
 * hey's share one pool of as many connections, which comes to the same; but over HTTP/2 that pool
 * is one connection, and here too. What hey would get wrong is put right, and said on stderr.
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/strbuf.h"
#include "cli/as/closed_note.h"
#include "cli/as/drop_in.h"
#include "cli/as/hey/error_text.h"
#include "cli/as/hey/go_url.h"
#include "cli/as/hey/options.h"
#include "cli/as/hey/request.h"
#include "cli/as/hey/tally.h"
#include "cli/hosts.h"
#include "net/address.h"
#include "run/bench.h"
#include "run/callers_run.h"

enum {
    EXIT_REFUSED = 1,
    TEXT_MAX_BYTES = 64 << 20,
};

struct hey {
    struct hey_options options;
    struct strbuf body_file;
    struct arena arena; /* of the request */
    struct hey_request first;
    struct map hosts;
    unsigned workers;
    struct hey_state *states;
    nsec_t duration_ns; /* measured */
};

/* One worker's. */
struct hey_state {
    const struct hey *hey;
    struct hey_tally tally;
    struct strbuf text; /* of an error */
};

/* One call under way; in the caller's arena. */
struct hey_call {
    struct hey_request hop;
    nsec_t phases_ns[HEY_PHASE_COUNT];
};

/* Calls */

/* Asking for the head makes the client say how far a broken answer came. */
static void on_head(struct request *request)
{
}

static nsec_t timeout_ns(const struct hey *hey, const struct caller *caller)
{
    if (hey->options.timeout_s <= 0)
        return NSEC_NEVER;
    nsec_t whole_ns = MIN_OF(hey->options.timeout_s, INT32_MAX) * NSEC_PER_SEC;
    nsec_t left_ns = caller->begun_ns + whole_ns - callers_now_ns(caller->callers);
    return MAX_OF(left_ns, 1);
}

static void ask(const struct hey *hey, struct caller *caller)
{
    const struct hey_call *call = caller->user;
    struct request *request = &caller->request;
    request->method = call->hop.method;
    request->url = call->hop.url;
    request->headers = call->hop.headers;
    request->body = call->hop.body;
    request->headers_as_given = true;
    request->keep_headers = true;
    request->discard_body = true;
    request->on_head = on_head;
    request->timeout_ns = timeout_ns(hey, caller);
    request->connect_timeout_ns = NSEC_NEVER;
}

static void begin(void *state, struct caller *caller)
{
    const struct hey *hey = ((struct hey_state *)state)->hey;
    struct hey_call *call = ARENA_NEW(caller->request.arena, struct hey_call);
    call->hop = hey->first;
    caller->user = call;
    ask(hey, caller);
}

/* Of several hops the last counts, but for the connection: of the last that opened one. */
static void take_phases(struct hey_call *call, const struct timings *timings)
{
    if (timings->blocked_ns > 0) {
        call->phases_ns[HEY_DIALUP] = timings->blocked_ns;
        call->phases_ns[HEY_LOOKUP] = timings->lookup_ns;
    }
    call->phases_ns[HEY_REQ_WRITE] = timings->sending_ns;
    call->phases_ns[HEY_RESP_WAIT] = timings->waiting_ns;
    call->phases_ns[HEY_RESP_READ] = timings->receiving_ns;
}

/* What hey adds to its Total data: Content-Length, unless Go has decoded the body. */
static uint64_t declared_bytes(const struct hey_request *hop, const struct headers *headers)
{
    uint64_t length = 0;
    bool is_decoded =
        headers_get(&hop->given, SPAN("Accept-Encoding")).len == 0 && !hop->disable_compression &&
        span_equal_nocase(headers_get(headers, SPAN("Content-Encoding")), SPAN("gzip"));
    if (is_decoded ||
        span_to_u64(headers_get(headers, SPAN("Content-Length")), UINT64_MAX, &length))
        return 0;
    return length;
}

static void take_answer(struct hey_state *state, const struct caller *caller)
{
    const struct response *response = &caller->request.response;
    const struct hey_call *call = caller->user;
    struct hey_answer answer = {
        .status = response->status,
        .offset_ns = caller->begun_ns - callers_begin_ns(caller->callers),
        .total_ns = response->timings.end_ns - caller->begun_ns,
        .body_bytes = response->body_bytes,
        .declared_bytes = declared_bytes(&call->hop, &response->headers),
    };
    memcpy(answer.phases_ns, call->phases_ns, sizeof(answer.phases_ns));
    hey_tally_answer(&state->tally, &answer);
}

static bool on_done(void *arg, struct caller *caller)
{
    struct hey_state *state = arg;
    const struct hey *hey = state->hey;
    const struct response *response = &caller->request.response;
    struct hey_call *call = caller->user;
    strbuf_reset(&state->text);
    if (outcome_category(response->outcome) != OUTCOME_CATEGORY_ANSWERED) {
        hey_error_text(&state->text, &hey->first, &call->hop, span_cstr(hey->options.proxy),
                       response);
        hey_tally_error(&state->tally, strbuf_span(&state->text), hey_error_is_late(response));
        return false;
    }
    take_phases(call, &response->timings);
    struct hey_request hop = call->hop;
    switch (hey_request_redirect(&hey->first, &hop, response->status,
                                 headers_get(&response->headers, SPAN("Location")),
                                 caller->request.arena, &call->hop, &state->text)) {
    case HEY_REDIRECT_FOLLOW:
        ask(hey, caller);
        return true;
    case HEY_REDIRECT_FAILED:
        hey_tally_error(&state->tally, strbuf_span(&state->text), false);
        return false;
    case HEY_REDIRECT_NONE:
        take_answer(state, caller);
        return false;
    }
    return false;
}

static const struct callers_ops CALLS = {.begin = begin, .on_done = on_done};

/* Before the load */

/* -1: go on. */
static int refuse_in_words(const struct strbuf *sentence)
{
    AUTO(strbuf_done) struct strbuf message = STRBUF_INIT(TEXT_MAX_BYTES);
    int code = hey_options_refuse(&message, bench_cpu_count(), strbuf_cstr(sentence));
    fputs(strbuf_cstr(&message), stderr);
    return code;
}

static int refuse(const char *sentence)
{
    fprintf(stderr, "keneyperf: %s\n", sentence);
    return EXIT_REFUSED;
}

static int read_body(struct hey *hey, struct span *ret_body)
{
    const struct hey_options *options = &hey->options;
    struct error err;
    *ret_body = span_cstr(options->body);
    if (!options->body_file[0])
        return -1;
    errno = 0;
    if (file_read(options->body_file, &hey->body_file, &err) < 0) {
        char why[128];
        const char *text = errno ? strerror_r(errno, why, sizeof(why)) : err.message;
        fprintf(stderr, "open %s: %c%s\n", options->body_file,
                text[0] >= 'A' && text[0] <= 'Z' ? text[0] - 'A' + 'a' : text[0], text + 1);
        return EXIT_REFUSED;
    }
    *ret_body = strbuf_span(&hey->body_file);
    return -1;
}

static bool is_template(const char *output)
{
    return strstr(output, "{{") != NULL;
}

/* The order of the checks is hey's. */
static int prepare(struct hey *hey)
{
    const struct hey_options *options = &hey->options;
    AUTO(strbuf_done) struct strbuf problem = STRBUF_INIT(TEXT_MAX_BYTES);
    struct span body;
    struct error err;
    int code = read_body(hey, &body);
    if (code >= 0)
        return code;
    if ((options->proxy[0] && go_url_check(span_cstr(options->proxy), &problem) < 0) ||
        hey_request_first(options, body, &hey->arena, &hey->first, &problem) < 0)
        return refuse_in_words(&problem);
    if (is_template(options->output))
        return refuse("-o: templates are not supported; use -o csv, or read the summary");
    if (options->connections > BENCH_MAX_CONNECTIONS)
        return refuse("-c: more than 1000000 workers are not supported");
    if (hosts_from_environment(&hey->arena, &hey->hosts, &err) < 0)
        return refuse(err.message);
    return -1;
}

static bool may_share(const struct hey *hey)
{
    return hey->options.http2 && span_starts_with(hey->first.url, SPAN("https"));
}

/* hey's ticker: whole microseconds. */
static nsec_t interval_ns(double rate)
{
    double micros = rate > 0 ? 1e6 / rate : 0;
    return micros >= 1 && micros < 9e12 ? (nsec_t)micros * NSEC_PER_USEC : 0;
}

static struct callers_run_config configure(const struct hey *hey, void *const *states,
                                           const struct transport_config *transport)
{
    const struct hey_options *options = &hey->options;
    bool is_timed = options->duration_ns > 0;
    struct callers_run_config config = {
        .load =
            {
                .transport = transport,
                .users = (unsigned)options->connections,
                .shares_connections = may_share(hey),
                .calls = is_timed ? 0 : (uint64_t)(options->requests / options->connections),
                .duration_ns = is_timed ? options->duration_ns : NSEC_NEVER,
                .interval_ns = interval_ns(options->rate),
                .ops = &CALLS,
            },
        .workers = hey->workers,
        .states = states,
        .client = client_config_defaults(),
    };
    config.client.user_agent = "";
    config.client.hosts = &hey->hosts;
    config.client.insecure_skip_tls_verify = true;
    config.client.no_connection_reuse = options->disable_keepalive;
    config.client.http_version = options->http2 ? HTTP_AUTO : HTTP_1_1;
    config.client.dns_select = DNS_FIRST;
    config.client.try_all_addresses = true;
    return config;
}

/* -host, but neither its port (RFC 6066 §3) nor an address. NULL: the URL's. */
static const char *server_name(struct hey *hey)
{
    struct address address;
    struct span port, host = hey->first.host;
    struct span name = span_cut(host, ':', &port);
    if (name.len == 0 || name.ptr[0] == '[' || address_parse(host, 0, &address) == 0 ||
        address_parse(name, 0, &address) == 0)
        return NULL;
    return arena_dup(&hey->arena, name);
}

static int measure(struct hey *hey)
{
    struct error err;
    struct transport_config transport = {.insecure_skip_tls_verify = true,
                                         .no_alpn = !hey->options.http2};
    AUTO(mem_free) void **states = NEW_ARRAY(void *, hey->workers);
    transport.server_name = server_name(hey);
    if (hey->options.proxy[0])
        transport.proxy = hey->options.proxy;
    for (unsigned i = 0; i < hey->workers; i++) {
        struct hey_state *state = &hey->states[i];
        state->hey = hey;
        strbuf_init(&state->text, TEXT_MAX_BYTES);
        hey_tally_init(&state->tally, strcmp(hey->options.output, "csv") == 0);
        states[i] = state;
    }
    struct callers_run_config config = configure(hey, states, &transport);
    if (callers_run(&config, &hey->duration_ns, &err) < 0)
        return refuse(err.message);
    for (unsigned i = 1; i < hey->workers; i++)
        hey_tally_merge(&hey->states[0].tally, &hey->states[i].tally);
    return -1;
}

/* After the load */

static void note_usage(const struct hey_options *options, struct strbuf *out)
{
    int64_t each = options->requests / options->connections;
    if (options->duration_ns <= 0 && each * options->connections != options->requests)
        strbuf_addf(out,
                    "keneyperf: every worker sends %lld requests, -n %lld divided by -c %lld and "
                    "rounded down, as in hey: %lld in all\n",
                    (long long)each, (long long)options->requests, (long long)options->connections,
                    (long long)(each * options->connections));
    if (options->ignored_count > 0)
        strbuf_addf(out, "keneyperf: what follows the URL is ignored, as in hey: %s%s\n",
                    options->ignored[0], options->ignored_count > 1 ? " ..." : "");
    if (options->authorization[0])
        strbuf_adds(out, "keneyperf: -a is sent as Authorization; hey 0.1.4 forgets it\n");
    for (size_t i = 0; i < options->header_count; i++) {
        struct span name, value;
        if (hey_header_parse(options->headers[i], &name, &value) &&
            span_equal_nocase(name, SPAN("User-Agent")))
            strbuf_adds(out, "keneyperf: User-Agent stays hey/0.0.1 whatever -H says, as in hey "
                             "0.1.4\n");
    }
}

static void note_figures(const struct hey_tally *tally, struct strbuf *out)
{
    if (tally->errors > 0)
        strbuf_addf(out,
                    "keneyperf: Requests/sec counts the %llu answers; hey counts the %llu errors "
                    "too\n",
                    (unsigned long long)tally->answers, (unsigned long long)tally->errors);
    if (tally->broken > 0)
        strbuf_addf(out,
                    "keneyperf: %llu answers broke off in their body and are errors; hey takes "
                    "them for good\n",
                    (unsigned long long)tally->broken);
    if (tally->declared_bytes != tally->body_bytes)
        strbuf_addf(out,
                    "keneyperf: Total data is what was received, %llu bytes; hey adds up "
                    "Content-Length, %llu bytes, and leaves out what has none or is decoded\n",
                    (unsigned long long)tally->body_bytes,
                    (unsigned long long)tally->declared_bytes);
    if (tally->answers + tally->errors > HEY_EXACT_MAX)
        strbuf_addf(out,
                    "keneyperf: all %llu results count; hey keeps the first million and divides "
                    "the sum of all by that\n",
                    (unsigned long long)(tally->answers + tally->errors));
}

static void note_stalls(const struct hey *hey, const struct hey_tally *tally, struct strbuf *out)
{
    struct closed_run run = {
        .connections = (unsigned)hey->options.connections,
        .duration_ns = hey->duration_ns,
        .remedy = "keneyperf bench --rate RATE",
    };
    hey_tally_stalls(tally, &run);
    closed_note(out, &run);
}

static void print(struct hey *hey)
{
    AUTO(strbuf_done) struct strbuf text = STRBUF_INIT(TEXT_MAX_BYTES);
    AUTO(strbuf_done) struct strbuf notes = STRBUF_INIT(TEXT_MAX_BYTES);
    struct hey_tally *tally = &hey->states[0].tally;
    const char *output = hey->options.output;
    struct hey_report report;
    hey_tally_report(tally, hey->duration_ns, &report);
    if (strcmp(output, "csv") == 0) {
        hey_report_csv(stdout, &report);
    } else if (output[0]) {
        puts(output);
    } else {
        hey_report_summary(&text, &report);
        fputs(strbuf_cstr(&text), stdout);
    }
    fflush(stdout);
    note_usage(&hey->options, &notes);
    note_figures(tally, &notes);
    note_stalls(hey, tally, &notes);
    fputs(strbuf_cstr(&notes), stderr);
}

/* One connection is one thread's. */
static unsigned worker_count(const struct hey *hey)
{
    const struct hey_options *options = &hey->options;
    int64_t cpus = options->cpus > 0 ? options->cpus : bench_cpu_count();
    if (may_share(hey))
        cpus = 1;
    return (unsigned)MIN_OF(MIN_OF(cpus, BENCH_MAX_WORKERS), options->connections);
}

static int execute(struct hey *hey)
{
    int code = prepare(hey);
    if (code >= 0)
        return code;
    hey->workers = worker_count(hey);
    hey->states = NEW_ARRAY(struct hey_state, hey->workers);
    code = measure(hey);
    if (code < 0)
        print(hey);
    for (unsigned i = 0; i < hey->workers; i++) {
        hey_tally_done(&hey->states[i].tally);
        strbuf_done(&hey->states[i].text);
    }
    free(hey->states);
    return code >= 0 ? code : EXIT_OK;
}

static int run(int argc, char **argv)
{
    AUTO(strbuf_done) struct strbuf message = STRBUF_INIT(TEXT_MAX_BYTES);
    struct hey hey = {.body_file = STRBUF_INIT(FILE_MAX_BYTES)};
    arena_init(&hey.arena, 4096);
    int code = hey_options_parse(&hey.options, argc, argv, bench_cpu_count(), &message);
    fputs(strbuf_cstr(&message), stderr);
    if (code < 0)
        code = execute(&hey);
    hey_options_done(&hey.options);
    map_done(&hey.hosts);
    strbuf_done(&hey.body_file);
    arena_done(&hey.arena);
    return code;
}

const struct drop_in DROP_IN_HEY = {
    .name = "hey",
    .summary = "hey: its flags, requests, summary and CSV, exit codes",
    .run = run,
};
