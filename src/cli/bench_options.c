/* SPDX-License-Identifier: Apache-2.0
 *
 * The options of `keneyperf bench`.
 */
#include "cli/bench_options.h"

#include <math.h>
#include <openssl/ssl.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/mem.h"
#include "cli/hosts.h"
#include "cli/poller_option.h"
#include "cli/proxies.h"
#include "http/basic_auth.h"
#include "http/proxy_rules.h"
#include "load/duration.h"
#include "load/plan.h"
#include "run/bench.h"
#include "run/threshold_options.h"

enum {
    MAX_STREAMS = 10000,
    MAX_LANES = 10000000,    /* streams of all connections */
    CLOSED_CONNECTIONS = 10, /* by default */
    OPEN_CONNECTIONS = 100,  /* idle ones cost little, missing ones make requests wait */
    URL_FILE_MAX_BYTES = 64 << 20,
    BODY_MAX_BYTES = 64 << 20, /* no message is larger */
    HEADER_MAX_BYTES = 64 << 10,
};

static const double MAX_RATE = 1e7;

/* Half a century is for ever, and the sum of a few of them is still a time. */
#define LONGEST_NS (50 * 365 * 86400 * NSEC_PER_SEC)

/* clang-format off */
const struct option_spec BENCH_OPTIONS[] = {
    {'c', "connections", OPTION_INTEGER, "N", NULL, NULL, "connections kept (default 10; with --rate 100)"},
    {'d', "duration", OPTION_TIME, "TIME", NULL, NULL, "how long (default 10s)"},
    {'n', "requests", OPTION_INTEGER, "N", NULL, NULL, "stop after N requests instead"},
    {'R', "rate", OPTION_NUMBER, "N", NULL, NULL, "open model: N requests a second on a schedule, whatever the answers do"},
    {0, "arrivals", OPTION_TEXT, "KIND", NULL, NULL, "with --rate: constant gaps (default), or poisson"},
    {0, "seed", OPTION_INTEGER, "N", NULL, NULL, "of poisson gaps and weights (default 1)"},
    {0, "precise", OPTION_FLAG, NULL, NULL, NULL, "with --rate: spin before each request is due; costs the cores"},
    {0, "grace", OPTION_TIME, "TIME", NULL, NULL, "with --rate: how long answers are waited for after the end (default 10s)"},
    {0, "warmup", OPTION_TIME, "TIME", NULL, NULL, "load before the figures begin"},
    {0, "urls", OPTION_TEXT, "FILE", NULL, NULL, "more URLs: a line is [weight] [METHOD] URL"},
    {0, "http2", OPTION_FLAG, NULL, NULL, NULL, "HTTP/2: by ALPN over https, without asking over http"},
    {0, "streams", OPTION_INTEGER, "N", NULL, NULL, "with --http2: requests at a time on a connection (default 1)"},
    {'m', "method", OPTION_TEXT, "METHOD", NULL, NULL, "GET by default, POST with a body"},
    {'H', "header", OPTION_REPEAT, "LINE", NULL, NULL, "add \"Name: value\" (repeatable)"},
    {0, "body", OPTION_TEXT, "TEXT|@FILE", NULL, NULL, "request body"},
    {'u', "basic-auth", OPTION_TEXT, "USER:PASSWORD", NULL, NULL, "Authorization of the Basic kind"},
    {'t', "timeout", OPTION_TIME, "TIME", NULL, NULL, "of one request (default 60s)"},
    {0, "workers", OPTION_INTEGER, "N", NULL, NULL, "threads (default: one per processor)"},
    {0, "poller", OPTION_TEXT, "NAME", NULL, NULL, "auto, epoll or io_uring (default auto)"},
    {'v', "verbose", OPTION_FLAG, NULL, NULL, NULL, "say which poller is used"},
    {0, "threshold", OPTION_REPEAT, "METRIC:EXPR", NULL, NULL, "like 'http_req_duration:p(95)<200', times in ms (repeatable); a crossed one is exit code 99"},
    {0, "slo", OPTION_TEXT, "FILE", NULL, NULL, "judge by this OpenSLO file; a failed row is exit code 99"},
    {0, "json", OPTION_TEXT, "FILE|-", NULL, NULL, "write the figures as JSON, - for stdout"},
    {0, "hdr", OPTION_TEXT, "FILE", NULL, NULL, "write an HdrHistogram log, a line a second"},
    {'k', "insecure-skip-tls-verify", OPTION_FLAG, NULL, NULL, NULL, "accept any certificate"},
    {0, "ca", OPTION_TEXT, "FILE", "KENEYPERF_CA", NULL, "trust these certificates too (PEM)"},
    {0, "cert", OPTION_TEXT, "FILE", NULL, NULL, "the client's own certificate and chain (PEM)"},
    {0, "key", OPTION_TEXT, "FILE", NULL, NULL, "its key (PEM), when it is not in --cert"},
    {0, "tls-min", OPTION_TEXT, "VERSION", NULL, NULL, "1.2 or 1.3 (default 1.2)"},
    {0, "tls-max", OPTION_TEXT, "VERSION", NULL, NULL, "1.2 or 1.3 (default 1.3)"},
    {0, "ciphers", OPTION_TEXT, "LIST", NULL, NULL, "OpenSSL's names, ':' between"},
    {0, "no-sni", OPTION_FLAG, NULL, NULL, NULL, "do not tell the server its name (SNI)"},
    {0, "local-address", OPTION_TEXT, "IP", NULL, NULL, "connect from this address"},
    {0, "hosts", OPTION_PAIR, "NAME=IP", "KENEYPERF_HOSTS", NULL, "connect to IP[:PORT] for NAME[:PORT] (repeatable)"},
    OPTIONS_END,
};

/* clang-format on */

/* A whole number from 1 to `max`, or the default when the option is absent. */
static int read_integer(const struct options *options, const char *name, uint64_t otherwise,
                        uint64_t max, uint64_t *ret_value, struct error *err)
{
    const char *text = options_text(options, name);
    *ret_value = otherwise;
    if (!text || (span_to_u64(span_cstr(text), max, ret_value) == 0 && *ret_value > 0))
        return 0;
    return error_set(err, EXIT_USAGE, "--%s %s: give a number from 1 to %llu", name, text,
                     (unsigned long long)max);
}

static nsec_t duration_of(const struct options *options, const char *name, nsec_t otherwise)
{
    const char *text = options_text(options, name);
    nsec_t ns = otherwise;
    if (text && duration_parse(span_cstr(text), &ns) < 0)
        return otherwise; /* cannot be: the option table has checked it */
    return MIN_OF(ns, LONGEST_NS);
}

static int read_rate(struct bench_settings *settings, const struct options *options,
                     struct error *err)
{
    static const char *const ONLY_OPEN[] = {"arrivals", "precise", "grace"};
    const char *rate = options_text(options, "rate");
    const char *arrivals = options_text(options, "arrivals");
    for (size_t i = 0; !rate && i < COUNT_OF(ONLY_OPEN); i++) {
        if (options_text(options, ONLY_OPEN[i]))
            return error_set(err, EXIT_USAGE, "--%s needs --rate", ONLY_OPEN[i]);
    }
    settings->rate = rate ? strtod(rate, NULL) : 0;
    if (rate && !(settings->rate > 0 && settings->rate <= MAX_RATE))
        return error_set(err, EXIT_USAGE, "--rate %s: give requests a second, up to %.0f", rate,
                         MAX_RATE);
    settings->arrivals = ARRIVALS_CONSTANT;
    if (arrivals && strcmp(arrivals, "poisson") == 0)
        settings->arrivals = ARRIVALS_POISSON;
    else if (arrivals && strcmp(arrivals, "constant") != 0)
        return error_set(err, EXIT_USAGE, "--arrivals %s: give constant or poisson", arrivals);
    settings->precise = options_flag(options, "precise");
    settings->grace_ns = duration_of(options, "grace", 10 * NSEC_PER_SEC);
    return 0;
}

static int read_load(struct bench_settings *settings, const struct options *options,
                     struct error *err)
{
    uint64_t connections, workers, processors = bench_cpu_count();
    uint64_t usual = settings->rate > 0 ? OPEN_CONNECTIONS : CLOSED_CONNECTIONS;
    if (read_integer(options, "connections", usual, BENCH_MAX_CONNECTIONS, &connections, err) < 0 ||
        read_integer(options, "workers", processors, BENCH_MAX_WORKERS, &workers, err) < 0 ||
        read_integer(options, "seed", 1, INT64_MAX, &settings->seed, err) < 0 ||
        read_integer(options, "requests", 0, INT64_MAX, &settings->requests, err) < 0)
        return -1;
    bool endless = settings->requests && !options_text(options, "duration");
    if (settings->requests)
        connections = MIN_OF(connections, settings->requests);
    settings->connections = (unsigned)connections;
    settings->workers = (unsigned)MIN_OF(workers, connections);
    settings->duration_ns =
        endless ? NSEC_NEVER : duration_of(options, "duration", 10 * NSEC_PER_SEC);
    settings->warmup_ns = duration_of(options, "warmup", 0);
    settings->timeout_ns = duration_of(options, "timeout", 60 * NSEC_PER_SEC);
    if (settings->duration_ns == 0 || settings->timeout_ns == 0)
        return error_set(err, EXIT_USAGE, "--duration and --timeout: give more than 0, like 10s");
    return 0;
}

static int read_streams(struct bench_settings *settings, const struct options *options,
                        struct error *err)
{
    uint64_t streams;
    if (options_text(options, "streams") && !options_flag(options, "http2"))
        return error_set(err, EXIT_USAGE,
                         "--streams needs --http2: HTTP/1.1 has one request at a time on a "
                         "connection");
    if (read_integer(options, "streams", 1, MAX_STREAMS, &streams, err) < 0)
        return -1;
    if (streams * settings->connections > MAX_LANES)
        return error_set(err, EXIT_USAGE,
                         "%u connections of %llu streams are too many: use at most %d streams in "
                         "all",
                         settings->connections, (unsigned long long)streams, MAX_LANES);
    settings->streams = (unsigned)streams;
    return 0;
}

static int read_body(struct bench_settings *settings, const struct options *options,
                     struct error *err)
{
    const char *body = options_text(options, "body");
    const char *method = options_text(options, "method");
    settings->method = method ? method : body ? "POST" : "GET";
    if (!url_list_is_method(span_cstr(settings->method)))
        return error_set(err, EXIT_USAGE, "--method %s: write it in capital letters, like PUT",
                         settings->method);
    if (body && body[0] == '@') {
        if (file_read(body + 1, &settings->body_file, err) < 0)
            return -1;
        settings->body = span_of(strbuf_cstr(&settings->body_file), settings->body_file.len);
    } else if (body) {
        settings->body = span_cstr(body);
    }
    return 0;
}

static int read_headers(struct bench_settings *settings, const struct options *options,
                        struct error *err)
{
    const char *auth = options_text(options, "basic-auth"), *header;
    size_t count = 0;
    while (options_each(options, "header", count))
        count++;
    settings->headers = mem_new(count + 1, sizeof(*settings->headers));
    if (auth) {
        AUTO(strbuf_done) struct strbuf line = STRBUF_INIT(HEADER_MAX_BYTES);
        struct span password, user = span_cut(span_cstr(auth), ':', &password);
        if (user.len == strlen(auth))
            return error_set(err, EXIT_USAGE, "--basic-auth: write USER:PASSWORD");
        strbuf_adds(&line, "Authorization: ");
        basic_auth_write(user, password, &line);
        settings->headers[settings->header_count++] =
            arena_dup(&settings->arena, strbuf_span(&line));
    }
    for (size_t i = 0; (header = options_each(options, "header", i)); i++)
        settings->headers[settings->header_count++] = header;
    return 0;
}

static int read_urls(struct bench_settings *settings, const struct options *options,
                     struct error *err)
{
    const char *file = options_text(options, "urls");
    for (size_t i = 0; i < options->argument_count; i++) {
        if (url_list_add(&settings->urls, options->arguments[i], err) < 0)
            return -1;
    }
    if (file) {
        if (file_read(file, &settings->url_file, err) < 0)
            return -1;
        struct span text = strbuf_span(&settings->url_file);
        return url_list_parse(&settings->urls, text, file, err);
    }
    if (settings->urls.count == 0)
        return error_set(err, EXIT_USAGE, "give a URL, like http://127.0.0.1:8000/health");
    return 0;
}

static int read_thresholds(struct bench_settings *settings, const struct options *options,
                           struct error *err)
{
    struct plan *plan = settings->thresholds;
    const char *text;
    size_t count = 0;
    while (options_each(options, "threshold", count))
        count++;
    plan->thresholds = ARENA_NEW_ARRAY(&plan->arena, struct plan_threshold, count + 1);
    for (size_t i = 0; (text = options_each(options, "threshold", i)); i++) {
        if (threshold_option_parse(plan, text, &plan->thresholds[i], err) < 0)
            return -1;
        plan->threshold_count++;
    }
    return 0;
}

static int tls_version_of(const struct options *options, const char *name, int *ret_version,
                          struct error *err)
{
    const char *text = options_text(options, name);
    *ret_version = 0;
    if (!text)
        return 0;
    if (strcmp(text, "1.2") == 0)
        *ret_version = TLS1_2_VERSION;
    else if (strcmp(text, "1.3") == 0)
        *ret_version = TLS1_3_VERSION;
    else
        return error_set(err, EXIT_USAGE, "--%s %s: give 1.2 or 1.3", name, text);
    return 0;
}

static int read_client(struct bench_settings *settings, const struct options *options,
                       struct error *err)
{
    struct client_config *client = &settings->client;
    *client = client_config_defaults();
    client->insecure_skip_tls_verify = options_flag(options, "insecure-skip-tls-verify");
    client->ca_file = options_text(options, "ca");
    client->hosts = &settings->hosts;
    client->http_version = options_flag(options, "http2") ? HTTP_2 : HTTP_1_1;
    client->dns_select = DNS_FIRST;
    client->try_all_addresses = true;
    settings->transport = (struct transport_config){
        .insecure_skip_tls_verify = client->insecure_skip_tls_verify,
        .cert_file = options_text(options, "cert"),
        .key_file = options_text(options, "key"),
        .ciphers = options_text(options, "ciphers"),
        .no_server_name = options_flag(options, "no-sni"),
        .local_address = options_text(options, "local-address"),
    };
    client->proxies = settings->proxies = proxies_from_environment();
    if (settings->transport.key_file && !settings->transport.cert_file)
        return error_set(err, EXIT_USAGE, "--key needs --cert, the certificate that it is for");
    if (tls_version_of(options, "tls-min", &client->tls_min_version, err) < 0 ||
        tls_version_of(options, "tls-max", &client->tls_max_version, err) < 0)
        return -1;
    if (client->tls_min_version && client->tls_max_version &&
        client->tls_min_version > client->tls_max_version)
        return error_set(err, EXIT_USAGE, "--tls-min is above --tls-max: swap them");
    if (poller_option(options, settings->connections / settings->workers, &settings->poller, err) <
        0)
        return -1;
    return hosts_from_options(options, &settings->arena, &settings->hosts, err);
}

int bench_settings_read(struct bench_settings *settings, const struct options *options,
                        struct error *err)
{
    *settings = (struct bench_settings){
        .slo = options_text(options, "slo"),
        .json = options_text(options, "json"),
        .hdr = options_text(options, "hdr"),
        .verbose = options_flag(options, "verbose"),
        .thresholds = plan_new(),
        .body_file = STRBUF_INIT(BODY_MAX_BYTES),
        .url_file = STRBUF_INIT(URL_FILE_MAX_BYTES),
    };
    arena_init(&settings->arena, 4096);
    url_list_init(&settings->urls);
    if (settings->json && settings->hdr && strcmp(settings->json, settings->hdr) == 0)
        return error_set(err, EXIT_USAGE, "--json and --hdr need different files");
    bool done =
        read_rate(settings, options, err) == 0 && read_load(settings, options, err) == 0 &&
        read_streams(settings, options, err) == 0 && read_urls(settings, options, err) == 0 &&
        read_body(settings, options, err) == 0 && read_headers(settings, options, err) == 0 &&
        read_thresholds(settings, options, err) == 0 && read_client(settings, options, err) == 0;
    return done ? 0 : -1;
}

void bench_settings_done(struct bench_settings *settings)
{
    url_list_done(&settings->urls);
    mem_free(&settings->headers);
    if (settings->thresholds)
        plan_free(&settings->thresholds);
    proxy_rules_free(&settings->proxies);
    map_done(&settings->hosts);
    strbuf_done(&settings->body_file);
    strbuf_done(&settings->url_file);
    arena_done(&settings->arena);
}
