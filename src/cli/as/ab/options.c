/* SPDX-License-Identifier: Apache-2.0
 *
 * ab's getopt loop as a table of options, and its URL.
 */
#include "cli/as/ab/options.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/strbuf.h"
#include "cli/as/ab/usage.h"
#include "net/address.h"

enum {
    TIME_LIMIT_REQUESTS = 50000,
    DEFAULT_TIMEOUT_S = 30,
};

/* One run through the command line. */
struct parse {
    struct ab_options *options;
    struct strbuf *errors;
    const char *program; /* argv[0] */
    enum ab_parse result;
    int code;
};

/* What one option letter does. */
struct rule {
    char letter;
    bool has_value;
    void (*apply)(struct parse *parse, const char *value);
    size_t place; /* without `apply`: of a bool, or of a text, in struct ab_options */
};

static void stop(struct parse *parse, int code)
{
    parse->result = AB_PARSE_EXIT;
    parse->code = code;
}

static void stop_with_usage(struct parse *parse, const char *problem)
{
    if (problem)
        strbuf_addf(parse->errors, "%s: %s\n", parse->program, problem);
    strbuf_addf(parse->errors, AB_USAGE, parse->program);
    stop(parse, AB_EXIT_USAGE);
}

/* ab's own complaints end with an empty line. */
static void stop_with(struct parse *parse, const char *problem)
{
    strbuf_addf(parse->errors, "%s\n\n", problem);
    stop(parse, 1);
}

/* atoi(3), which is this in the C library, large numbers included. */
static int number(const char *value)
{
    return (int)strtol(value, NULL, 10);
}

static void set_requests(struct parse *parse, const char *value)
{
    parse->options->requests = number(value);
    if (parse->options->requests <= 0)
        stop_with(parse, "Invalid number of requests");
}

static void set_concurrency(struct parse *parse, const char *value)
{
    parse->options->concurrency = number(value);
}

static void set_time_limit(struct parse *parse, const char *value)
{
    parse->options->time_limit_s = number(value);
    parse->options->requests = TIME_LIMIT_REQUESTS;
}

static void set_timeout(struct parse *parse, const char *value)
{
    parse->options->timeout_s = number(value);
}

static void set_window(struct parse *parse, const char *value)
{
    parse->options->window_bytes = number(value);
}

static void set_verbosity(struct parse *parse, const char *value)
{
    parse->options->verbosity = number(value);
}

static void set_workers(struct parse *parse, const char *value)
{
    parse->options->workers = number(value);
}

static void set_ramp(struct parse *parse, const char *value)
{
    parse->options->ramp_ms = number(value);
}

/* A method that came before excludes another, but -m may come last. */
static bool may_be(struct parse *parse, enum ab_method method, const char *refusal)
{
    if (parse->options->method != AB_GET) {
        stop_with(parse, refusal);
        return false;
    }
    parse->options->method = method;
    return true;
}

static void set_head(struct parse *parse, const char *value)
{
    may_be(parse, AB_HEAD, "Cannot mix HEAD with other methods");
}

static void set_post(struct parse *parse, const char *value)
{
    if (may_be(parse, AB_POST, "Cannot mix POST with other methods"))
        parse->options->body_file = value;
}

static void set_put(struct parse *parse, const char *value)
{
    if (may_be(parse, AB_PUT, "Cannot mix PUT with other methods"))
        parse->options->body_file = value;
}

static void set_method(struct parse *parse, const char *value)
{
    parse->options->method_name = value;
    if (!parse->options->body_file)
        parse->options->method = AB_CUSTOM;
}

static void add_header(struct parse *parse, const char *value)
{
    struct ab_options *options = parse->options;
    options->headers = GROW_ARRAY(options->headers, options->header_count + 1);
    options->headers[options->header_count++] = value;
}

static void add_credentials(struct parse *parse, bool for_proxy, const char *value)
{
    struct ab_options *options = parse->options;
    value += strspn(value, " \t\n\v\f\r");
    options->credentials = GROW_ARRAY(options->credentials, options->credential_count + 1);
    options->credentials[options->credential_count++] = (struct ab_credentials){for_proxy, value};
    if (for_proxy)
        options->proxy_auth = value;
}

static void add_auth(struct parse *parse, const char *value)
{
    add_credentials(parse, false, value);
}

static void add_proxy_auth(struct parse *parse, const char *value)
{
    add_credentials(parse, true, value);
}

static void set_proxy(struct parse *parse, const char *value)
{
    struct span port;
    parse->options->proxy_host = span_cut(span_cstr(value), ':', &port);
    if (port.len > 0)
        parse->options->proxy_port = (unsigned)number(port.ptr) & 0xffff;
}

/* The attributes of -x, -y and -z ask for tables by themselves. */
static void set_table(struct parse *parse, const char *value)
{
    parse->options->html = true;
    parse->options->table = value;
}

static void set_row(struct parse *parse, const char *value)
{
    parse->options->html = true;
    parse->options->row = value;
}

static void set_cell(struct parse *parse, const char *value)
{
    parse->options->html = true;
    parse->options->cell = value;
}

static void show_version(struct parse *parse, const char *value)
{
    parse->result = AB_PARSE_VERSION;
}

static void show_usage(struct parse *parse, const char *value)
{
    stop_with_usage(parse, NULL);
}

/* Of trunk: they change nothing here. */
static void pass_over(struct parse *parse, const char *value)
{
}

#define PLACE(member) offsetof(struct ab_options, member)

static const struct rule RULES[] = {
    {'n', true, set_requests, 0},
    {'c', true, set_concurrency, 0},
    {'t', true, set_time_limit, 0},
    {'s', true, set_timeout, 0},
    {'b', true, set_window, 0},
    {'v', true, set_verbosity, 0},
    {'W', true, set_workers, 0},
    {'R', true, set_ramp, 0},
    {'i', false, set_head, 0},
    {'p', true, set_post, 0},
    {'u', true, set_put, 0},
    {'m', true, set_method, 0},
    {'H', true, add_header, 0},
    {'A', true, add_auth, 0},
    {'P', true, add_proxy_auth, 0},
    {'X', true, set_proxy, 0},
    {'x', true, set_table, 0},
    {'y', true, set_row, 0},
    {'z', true, set_cell, 0},
    {'V', false, show_version, 0},
    {'h', false, show_usage, 0},
    {'Q', false, pass_over, 0},
    {'D', false, pass_over, 0},
    {'T', true, NULL, PLACE(content_type)},
    {'C', true, NULL, PLACE(cookie)},
    {'B', true, NULL, PLACE(bind)},
    {'o', true, NULL, PLACE(source)},
    {'g', true, NULL, PLACE(gnuplot)},
    {'e', true, NULL, PLACE(csv)},
    {'Z', true, NULL, PLACE(ciphers)},
    {'f', true, NULL, PLACE(protocol)},
    {'E', true, NULL, PLACE(cert)},
    {'k', false, NULL, PLACE(keep_alive)},
    {'r', false, NULL, PLACE(go_on)},
    {'l', false, NULL, PLACE(any_length)},
    {'w', false, NULL, PLACE(html)},
    {'q', false, NULL, PLACE(quiet)},
    {'I', false, NULL, PLACE(no_sni)},
    {'d', false, NULL, PLACE(no_percentiles)},
    {'S', false, NULL, PLACE(no_spread)},
};

static const struct rule *find_rule(char letter)
{
    for (size_t i = 0; i < COUNT_OF(RULES); i++) {
        if (RULES[i].letter == letter)
            return &RULES[i];
    }
    return NULL;
}

static void apply(struct parse *parse, const struct rule *rule, const char *value)
{
    char *place = (char *)parse->options + rule->place;
    if (rule->apply)
        rule->apply(parse, value);
    else if (rule->has_value)
        *(const char **)(void *)place = value;
    else
        *(bool *)(void *)place = true;
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* One argument, "-kn" or "-n5"; the index of the last one it used. */
static int take_argument(struct parse *parse, int argc, char **argv, int at)
{
    for (const char *letter = argv[at] + 1; *letter && parse->result == AB_PARSE_RUN; letter++) {
        const struct rule *rule = find_rule(*letter);
        if (!rule) {
            strbuf_addf(parse->errors, "%s: illegal option -- %c\n", base_name(parse->program),
                        *letter);
        } else if (!rule->has_value) {
            apply(parse, rule, NULL);
        } else if (letter[1] || at + 1 < argc) {
            apply(parse, rule, letter[1] ? letter + 1 : argv[++at]);
            break;
        } else {
            strbuf_addf(parse->errors, "%s: option requires an argument -- %c\n",
                        base_name(parse->program), *letter);
        }
    }
    return at;
}

/* The index of the first argument behind the options. */
static int take_options(struct parse *parse, int argc, char **argv)
{
    int at = 1;
    while (at < argc && parse->result == AB_PARSE_RUN && argv[at][0] == '-' && argv[at][1]) {
        if (argv[at][1] == '-')
            return at + 1;
        at = take_argument(parse, argc, argv, at) + 1;
    }
    return at;
}

/* "host", "host:80", "[::1]:80"; a port that is no number belongs to the name. */
static int take_authority(struct ab_options *options, struct span authority)
{
    uint64_t port;
    size_t colon = authority.len;
    while (colon > 0 && authority.ptr[colon - 1] >= '0' && authority.ptr[colon - 1] <= '9')
        colon--;
    options->host = authority;
    if (colon > 0 && authority.ptr[colon - 1] == ':' && colon < authority.len) {
        if (span_to_u64(span_from(authority, colon), 65535, &port) < 0 || port == 0)
            return -1;
        options->port = (unsigned)port;
        options->host = span_head(authority, colon - 1);
    }
    struct span host = options->host;
    options->is_bracketed = host.len > 2 && host.ptr[0] == '[' && host.ptr[host.len - 1] == ']';
    if (options->is_bracketed)
        options->host = span_of(host.ptr + 1, host.len - 2);
    return options->host.len > 0 && options->host.len < AB_NAME_BYTES ? 0 : -1;
}

static int take_url(struct ab_options *options, struct span url)
{
    const struct span http = SPAN("http://"), https = SPAN("https://");
    if (span_starts_with(url, https) && url.len > https.len) {
        options->is_tls = true;
        url = span_from(url, https.len);
    } else if (span_starts_with(url, http) && url.len > http.len) {
        url = span_from(url, http.len);
    }
    ptrdiff_t slash = span_find(url, '/');
    unsigned usual = options->is_tls ? 443 : 80;
    if (slash <= 0)
        return -1;
    options->port = usual;
    options->path = span_from(url, (size_t)slash);
    if (take_authority(options, span_head(url, (size_t)slash)) < 0)
        return -1;
    options->has_default_port = options->port == usual;
    return 0;
}

static void check_concurrency(struct parse *parse)
{
    struct ab_options *options = parse->options;
    if (options->concurrency < 0 || options->concurrency > AB_MAX_CONCURRENCY) {
        strbuf_addf(parse->errors, "%s: Invalid Concurrency [Range 0..%d]\n", parse->program,
                    AB_MAX_CONCURRENCY);
        stop_with_usage(parse, NULL);
    } else if (options->concurrency > options->requests) {
        stop_with_usage(parse,
                        "Cannot use concurrency level greater than total number of requests");
    }
}

static struct ab_options defaults(void)
{
    return (struct ab_options){
        .requests = 1,
        .concurrency = 1,
        .timeout_s = DEFAULT_TIMEOUT_S,
        .content_type = "text/plain",
        .table = "",
        .row = "",
        .cell = "bgcolor=white",
    };
}

enum ab_parse ab_options_parse(struct ab_options *options, int argc, char **argv,
                               struct strbuf *errors, int *ret_code)
{
    struct parse parse = {.options = options, .errors = errors, .program = argv[0]};
    *options = defaults();
    int at = take_options(&parse, argc, argv);
    if (parse.result == AB_PARSE_RUN && at != argc - 1)
        stop_with_usage(&parse, "wrong number of arguments");
    if (parse.result == AB_PARSE_RUN && take_url(options, span_cstr(argv[at])) < 0)
        stop_with_usage(&parse, "invalid URL");
    if (parse.result == AB_PARSE_RUN)
        check_concurrency(&parse);
    *ret_code = parse.code;
    return parse.result;
}

struct span ab_server_name(const struct ab_options *options)
{
    const struct span host = SPAN("Host:");
    struct span name = options->host;
    struct address address;
    for (size_t i = 0; i < options->header_count; i++) {
        struct span line = span_cstr(options->headers[i]);
        if (span_equal_nocase(span_head(line, host.len), host))
            name = span_trim(span_from(line, host.len));
    }
    return options->no_sni || address_parse(name, 0, &address) == 0 ? SPAN_EMPTY : name;
}

void ab_options_done(struct ab_options *options)
{
    mem_free(&options->headers);
    mem_free(&options->credentials);
}
