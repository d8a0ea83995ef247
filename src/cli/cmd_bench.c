/* SPDX-License-Identifier: Apache-2.0
 *
 * keneyperf bench URL: a quick measurement without a script.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/strbuf.h"
#include "cli/command.h"
#include "cli/hosts.h"
#include "cli/poller_option.h"
#include "load/duration.h"
#include "run/bench.h"
#include "run/bench_message.h"

enum {
    REPORT_MAX_BYTES = 1 << 20,
    MESSAGE_MAX_BYTES = 64 << 20,
    MAX_CONNECTIONS = 1000000,
};

static const struct option_spec OPTIONS[] = {
    {'c', "connections", OPTION_INTEGER, "N", NULL, NULL, "connections kept busy (default 10)"},
    {'d', "duration", OPTION_DURATION, "TIME", NULL, NULL, "how long (default 10s)"},
    {'n', "requests", OPTION_INTEGER, "N", NULL, NULL, "stop after N requests instead"},
    {'H', "header", OPTION_REPEAT, "LINE", NULL, NULL, "add \"Name: value\" (repeatable)"},
    {'m', "method", OPTION_TEXT, "METHOD", NULL, NULL, "GET by default, POST with a body"},
    {0, "body", OPTION_TEXT, "TEXT|@FILE", NULL, NULL, "request body"},
    {'t', "timeout", OPTION_DURATION, "TIME", NULL, NULL, "of one request (default 60s)"},
    {0, "workers", OPTION_INTEGER, "N", NULL, NULL, "threads (default: one per processor)"},
    {0, "poller", OPTION_TEXT, "NAME", NULL, NULL, "auto, epoll or io_uring (default auto)"},
    {'v', "verbose", OPTION_FLAG, NULL, NULL, NULL, "say which poller is used"},
    {0, "json", OPTION_TEXT, "FILE|-", NULL, NULL, "write the figures as JSON, - for stdout"},
    {'k', "insecure-skip-tls-verify", OPTION_FLAG, NULL, NULL, NULL, "accept any certificate"},
    {0, "ca", OPTION_TEXT, "FILE", "KENEYPERF_CA", NULL, "trust these certificates too (PEM)"},
    {0, "hosts", OPTION_PAIR, "NAME=IP", "KENEYPERF_HOSTS", NULL,
     "connect to IP[:PORT] for NAME[:PORT] (repeatable)"},
    OPTIONS_END,
};

/* A whole number within bounds, or the default when the option is absent. */
static int integer_option(const struct options *options, const char *name, uint64_t otherwise,
                          uint64_t max, uint64_t *ret_value)
{
    const char *text = options_text(options, name);
    *ret_value = otherwise;
    if (!text || (span_to_u64(span_cstr(text), max, ret_value) == 0 && *ret_value > 0))
        return 0;
    fprintf(stderr, "keneyperf bench: --%s %s: give a number from 1 to %llu\n", name, text,
            (unsigned long long)max);
    return -1;
}

static nsec_t duration_option(const struct options *options, const char *name, nsec_t otherwise)
{
    const char *text = options_text(options, name);
    nsec_t ns = otherwise;
    if (text && duration_parse(span_cstr(text), &ns) < 0)
        return otherwise; /* cannot be: the option table has checked it */
    return ns;
}

static int fill_load(const struct options *options, struct bench_config *config)
{
    uint64_t connections, workers, requests = 0;
    unsigned processors = bench_cpu_count();
    if (integer_option(options, "connections", 10, MAX_CONNECTIONS, &connections) < 0 ||
        integer_option(options, "workers", MIN_OF(processors, connections), 1024, &workers) < 0)
        return -1;
    if (options_text(options, "requests") &&
        integer_option(options, "requests", 0, INT64_MAX, &requests) < 0)
        return -1;
    bool endless = requests && !options_text(options, "duration");
    struct repeater_config *load = &config->load;
    load->connections = (unsigned)(requests ? MIN_OF(connections, requests) : connections);
    config->workers = (unsigned)MIN_OF(workers, load->connections);
    load->requests = requests;
    load->duration_ns =
        endless ? NSEC_NEVER : duration_option(options, "duration", 10 * NSEC_PER_SEC);
    load->opens_first = true;
    load->timeout_ns = duration_option(options, "timeout", 60 * NSEC_PER_SEC);
    return 0;
}

static int fill_body(const struct options *options, struct bench_message *message,
                     struct strbuf *file, struct error *err)
{
    const char *body = options_text(options, "body");
    const char *method = options_text(options, "method");
    message->method = method ? method : body ? "POST" : "GET";
    if (body && body[0] == '@') {
        if (file_read(body + 1, file, err) < 0)
            return -1;
        message->body = strbuf_span(file);
    } else if (body) {
        message->body = span_cstr(body);
    }
    return 0;
}

static const char **collect_headers(const struct options *options, size_t *ret_count)
{
    size_t count = 0;
    while (options_each(options, "header", count))
        count++;
    const char **headers = mem_new(count, sizeof(*headers));
    for (size_t i = 0; i < count; i++)
        headers[i] = options_each(options, "header", i);
    *ret_count = count;
    return headers;
}

static int print_result(const struct options *options, const struct bench_result *result,
                        struct error *err)
{
    AUTO(strbuf_done) struct strbuf text = STRBUF_INIT(REPORT_MAX_BYTES);
    const char *json = options_text(options, "json");
    if (json) {
        bench_report_json(&text, result);
        if (file_write(json, strbuf_span(&text), err) < 0)
            return -1;
        strbuf_reset(&text);
    }
    if (json && strcmp(json, "-") == 0)
        return 0;
    bench_report_text(&text, result, false);
    fputs(strbuf_cstr(&text), stdout);
    return 0;
}

/* What somebody at a terminal sees while the load goes. */
static void say_busy(const struct bench_config *config, bool busy)
{
    char time[64];
    if (!isatty(STDERR_FILENO))
        return;
    if (!busy)
        fputs("\r\x1b[K", stderr);
    else if (config->load.duration_ns == NSEC_NEVER)
        fprintf(stderr, "%llu requests ...", (unsigned long long)config->load.requests);
    else
        fprintf(stderr, "for %s ...",
                duration_format(config->load.duration_ns, time, sizeof(time)));
}

/* As bench_run(). */
static int measure(const struct bench_config *config, struct bench **ret, struct error *err)
{
    say_busy(config, true);
    int result = bench_run(config, ret, err);
    say_busy(config, false);
    return result;
}

static int fail(const struct error *err)
{
    fprintf(stderr, "keneyperf bench: %s\n", err->message);
    return err->code;
}

static int run(const struct options *options)
{
    struct error err = {0};
    AUTO(strbuf_done) struct strbuf body_file = STRBUF_INIT(FILE_MAX_BYTES);
    AUTO(strbuf_done) struct strbuf text = STRBUF_INIT(MESSAGE_MAX_BYTES);
    AUTO(map_done) struct map hosts = MAP_INIT;
    AUTO(arena_done) struct arena arena = {.chunk_bytes = 4096};
    AUTO(bench_free) struct bench *bench = NULL;
    struct bench_config config = {.client = client_config_defaults()};
    struct bench_message message = {.user_agent = config.client.user_agent};
    struct repeat_target target;
    AUTO(mem_free) const char **headers = collect_headers(options, &message.header_count);
    if (options->argument_count != 1) {
        fprintf(stderr, "keneyperf bench: give one URL, like http://127.0.0.1:8000/health\n");
        return EXIT_USAGE;
    }
    message.url = options->arguments[0];
    message.headers = headers;
    config.client.insecure_skip_tls_verify = options_flag(options, "insecure-skip-tls-verify");
    config.client.ca_file = options_text(options, "ca");
    config.client.hosts = &hosts;
    if (fill_load(options, &config) < 0)
        return EXIT_USAGE;
    if (fill_body(options, &message, &body_file, &err) < 0 ||
        bench_message_write(&message, &text, &err) < 0 ||
        hosts_from_options(options, &arena, &hosts, &err) < 0 ||
        poller_option(options, &config.load.poller, &err) < 0)
        return fail(&err);
    if (options_flag(options, "verbose"))
        fprintf(stderr, "keneyperf bench: poller: %s\n", poller_kind_name(config.load.poller));
    config.url = message.url;
    config.method = message.method;
    target = (struct repeat_target){
        .url = span_cstr(message.url),
        .method = span_cstr(message.method),
        .message = strbuf_span(&text),
    };
    config.load.targets = &target;
    config.load.target_count = 1;
    if (measure(&config, &bench, &err) < 0 || print_result(options, bench_result(bench), &err) < 0)
        return fail(&err);
    return bench_result(bench)->interrupted ? EXIT_INTERRUPTED : EXIT_OK;
}

const struct command COMMAND_BENCH = {
    .name = "bench",
    .arguments = "URL [options]",
    .summary = "a quick measurement of one URL, without a script",
    .details = "Keeps N connections busy with one request and prints its latency, errors and what\n"
               "the measuring itself cost. Every request is accounted for:\n"
               "attempts = requests + sent again + under way at the end.",
    .options = OPTIONS,
    .run = run,
};
