/* SPDX-License-Identifier: Apache-2.0
 *
 * The command line of wrk and wrk2.
 */
#include "cli/as/wrk/wrk_options.h"

#include <ctype.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/strbuf.h"

static const char USAGE_WRK[] = "Usage: wrk <options> <url>                            \n"
                                "  Options:                                            \n"
                                "    -c, --connections <N>  Connections to keep open   \n"
                                "    -d, --duration    <T>  Duration of test           \n"
                                "    -t, --threads     <N>  Number of threads to use   \n"
                                "                                                      \n"
                                "    -s, --script      <S>  Load Lua script file       \n"
                                "    -H, --header      <H>  Add header to request      \n"
                                "        --latency          Print latency statistics   \n"
                                "        --timeout     <T>  Socket/request timeout     \n"
                                "    -v, --version          Print version details      \n"
                                "                                                      \n"
                                "  Numeric arguments may include a SI unit (1k, 1M, 1G)\n"
                                "  Time arguments may include a time unit (2s, 2m, 2h)\n";

static const char USAGE_WRK2[] = "Usage: wrk <options> <url>                            \n"
                                 "  Options:                                            \n"
                                 "    -c, --connections <N>  Connections to keep open   \n"
                                 "    -d, --duration    <T>  Duration of test           \n"
                                 "    -t, --threads     <N>  Number of threads to use   \n"
                                 "                                                      \n"
                                 "    -s, --script      <S>  Load Lua script file       \n"
                                 "    -H, --header      <H>  Add header to request      \n"
                                 "    -L  --latency          Print latency statistics   \n"
                                 "    -U  --u_latency        Print uncorrected latency statistics\n"
                                 "        --timeout     <T>  Socket/request timeout     \n"
                                 "    -B, --batch_latency    Measure latency of whole   \n"
                                 "                           batches of pipelined ops   \n"
                                 "                           (as opposed to each op)    \n"
                                 "    -v, --version          Print version details      \n"
                                 "    -R, --rate        <T>  work rate (throughput)     \n"
                                 "                           in requests/sec (total)    \n"
                                 "                           [Required Parameter]       \n"
                                 "                                                      \n"
                                 "                                                      \n"
                                 "  Numeric arguments may include a SI unit (1k, 1M, 1G)\n"
                                 "  Time arguments may include a time unit (2s, 2m, 2h)\n";

/* wrk's options begin behind the three that only wrk2 has. */
static const struct option LONG_OPTIONS[] = {
    {"u_latency", no_argument, NULL, 'U'},
    {"batch_latency", no_argument, NULL, 'B'},
    {"rate", required_argument, NULL, 'R'},
    {"connections", required_argument, NULL, 'c'},
    {"duration", required_argument, NULL, 'd'},
    {"threads", required_argument, NULL, 't'},
    {"script", required_argument, NULL, 's'},
    {"header", required_argument, NULL, 'H'},
    {"latency", no_argument, NULL, 'L'},
    {"timeout", required_argument, NULL, 'T'},
    {"help", no_argument, NULL, 'h'},
    {"version", no_argument, NULL, 'v'},
    {NULL, 0, NULL, 0},
};

/* The letter r is known to wrk, but means nothing: the usage without a word before it. */
static int next_option(bool is_wrk2, int argc, char **argv)
{
    if (is_wrk2)
        return getopt_long(argc, argv, "t:c:d:s:H:T:R:LUBrv?", LONG_OPTIONS, NULL);
    return getopt_long(argc, argv, "t:c:d:s:H:T:Lrv?", LONG_OPTIONS + 3, NULL);
}

struct unit {
    const char *name;
    uint64_t factor;
};

static const struct unit SI_UNITS[] = {
    {"", 1},           {"k", 1000},          {"M", 1000000},
    {"G", 1000000000}, {"T", 1000000000000}, {"P", 1000000000000000},
};

static const struct unit TIME_UNITS[] = {{"", 1}, {"s", 1}, {"m", 60}, {"h", 3600}};

/* Digits and a unit in either case, with blanks before each; what follows the unit's end does not
 * matter. A sign and too large numbers are what strtoull() makes of them, as in wrk. */
static int scan(const char *text, const struct unit *units, size_t count, uint64_t *ret_value)
{
    char *end;
    uint64_t value = strtoull(text, &end, 10);
    if (end == text)
        return -1;
    while (isspace((unsigned char)*end))
        end++;
    size_t len = 0;
    while (end[len] && !isspace((unsigned char)end[len]))
        len++;
    for (size_t i = 0; i < count; i++) {
        if (len == strlen(units[i].name) && strncasecmp(end, units[i].name, len) == 0) {
            *ret_value = value * units[i].factor;
            return 0;
        }
    }
    return -1;
}

static int scan_metric(uint64_t *ret_value)
{
    return scan(optarg, SI_UNITS, COUNT_OF(SI_UNITS), ret_value);
}

static int scan_time(uint64_t *ret_value)
{
    return scan(optarg, TIME_UNITS, COUNT_OF(TIME_UNITS), ret_value);
}

static int take(struct wrk_options *options, int letter)
{
    switch (letter) {
    case 't':
        return scan_metric(&options->threads);
    case 'c':
        return scan_metric(&options->connections);
    case 'R':
        return scan_metric(&options->rate);
    case 'd':
        return scan_time(&options->duration_s);
    case 'T':
        return scan_time(&options->timeout_s);
    case 's':
        options->script = optarg;
        return 0;
    case 'H':
        options->headers[options->header_count++] = optarg;
        return 0;
    case 'U':
        options->show_uncorrected = options->show_latency = true;
        return 0;
    case 'L':
        options->show_latency = true;
        return 0;
    case 'B':
        options->batch_latency = true;
        return 0;
    case 'v':
        options->show_version = true;
        return 0;
    default:
        return -1;
    }
}

/* Whether -R is among the options; nothing is said and argv stays in its order. */
static bool has_rate(int argc, char **argv)
{
    AUTO(mem_free) char **copy = NEW_ARRAY(char *, (size_t)argc + 1);
    memcpy(copy, argv, ((size_t)argc + 1) * sizeof(*copy));
    int said = opterr, letter;
    bool found = false;
    opterr = 0;
    optind = 0;
    while ((letter = next_option(true, argc, copy)) != -1)
        found = found || letter == 'R';
    opterr = said;
    return found;
}

static int check(const struct wrk_options *options, struct strbuf *err)
{
    if (options->connections == 0 || options->connections < options->threads) {
        strbuf_adds(err, "number of connections must be >= threads\n");
        return -1;
    }
    if (options->is_wrk2 && options->rate == 0) {
        strbuf_adds(err, "Throughput MUST be specified with the --rate or -R option\n");
        return -1;
    }
    return 0;
}

static int parse(struct wrk_options *options, int argc, char **argv, struct strbuf *err)
{
    int letter;
    optind = 0; /* glibc: from the start, whatever was parsed before (getopt(3)) */
    while ((letter = next_option(options->is_wrk2, argc, argv)) != -1) {
        if (take(options, letter) < 0)
            return -1;
    }
    if (optind == argc || options->threads == 0 || options->duration_s == 0)
        return -1;
    options->url = argv[optind];
    options->arguments = argv + optind + 1;
    options->argument_count = (size_t)(argc - optind - 1);
    if (wrk_url_parse(span_cstr(options->url), &options->parts) < 0) {
        strbuf_addf(err, "invalid URL: %s\n", options->url);
        return -1;
    }
    return check(options, err);
}

/* The line that people match; whose program it is goes beside it. */
static void add_version(const struct wrk_options *options, struct strbuf *out, struct strbuf *err)
{
    strbuf_addf(out, "wrk %s [epoll] Copyright (C) 2012 Will Glozer\n",
                options->is_wrk2 ? "4.0.0" : "4.1.0");
    strbuf_addf(err, "keneyperf: this is KeneyPerf %s in the place of %s\n", KENEYPERF_VERSION,
                options->is_wrk2 ? "wrk2" : "wrk");
}

int wrk_options_parse(struct wrk_options *options, bool is_wrk2, int argc, char **argv,
                      struct strbuf *out, struct strbuf *err)
{
    *options = (struct wrk_options){
        .is_wrk2 = is_wrk2 || has_rate(argc, argv),
        .threads = 2,
        .connections = 10,
        .duration_s = 10,
        .timeout_s = 2,
        .headers = NEW_ARRAY(const char *, (size_t)argc),
    };
    int parsed = parse(options, argc, argv, err);
    if (options->show_version)
        add_version(options, out, err);
    if (parsed == 0)
        return 0;
    strbuf_adds(out, options->is_wrk2 ? USAGE_WRK2 : USAGE_WRK);
    wrk_options_done(options);
    return -1;
}

void wrk_options_done(struct wrk_options *options)
{
    free(options->headers);
    *options = (struct wrk_options){0};
}

bool wrk_options_header(const char *text, struct span *ret_name, struct span *ret_value)
{
    struct span line = span_cstr(text);
    ptrdiff_t colon = span_find(line, ':');
    if (colon < 0 || text[colon + 1] != ' ')
        return false;
    *ret_name = span_head(line, (size_t)colon);
    *ret_value = span_from(line, (size_t)colon + 2);
    return true;
}
