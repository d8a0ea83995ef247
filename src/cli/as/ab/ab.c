/* SPDX-License-Identifier: Apache-2.0
 *
 * keneyperf as ab: ApacheBench's command line, requests, report, files and exit codes. What ab
 * would hide is said on stderr, in lines that begin with "keneyperf: ".
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/file.h"
#include "base/map.h"
#include "base/strbuf.h"
#include "cli/as/ab/measure.h"
#include "cli/as/ab/options.h"
#include "cli/as/ab/request.h"
#include "cli/as/ab/tls_check.h"
#include "cli/as/closed_note.h"
#include "cli/as/drop_in.h"
#include "cli/hosts.h"

enum {
    CODE_FAILED = 1, /* whatever goes wrong with ab itself */
    TEXT_MAX_BYTES = 1 << 20,
    FILE_TEXT_MAX_BYTES = 1 << 30,
};

/* Options */

/* What the engine cannot do stops the run and is named. */
static int check_supported(const struct ab_options *options)
{
    if (!options->source)
        return 0;
    fprintf(stderr, "keneyperf: ab -o is not supported; -B gives the address to leave from\n");
    return CODE_FAILED;
}

static void note_options(const struct ab_options *options)
{
    if (options->workers > 1)
        fprintf(stderr, "keneyperf: -W is passed over: one worker carries all connections\n");
}

/* What ab itself trips over once it runs. */
static int check_numbers(const struct ab_options *options)
{
    if (options->concurrency == 0) {
        fprintf(stderr, "apr_pollset_poll: Invalid argument (22)\n");
        return EINVAL;
    }
    if (options->proxy_host.ptr && options->proxy_port == 0) {
        fprintf(stderr, "apr_socket_recv: Connection refused (111)\n");
        return ECONNREFUSED;
    }
    if (options->timeout_s == 0) {
        fprintf(stderr, "apr_pollset_poll: The timeout specified has expired (70007)\n");
        return 119;
    }
    return 0;
}

/* Appends the whole file. */
static int read_file(FILE *file, struct strbuf *out)
{
    char chunk[65536];
    size_t len;
    while ((len = fread(chunk, 1, sizeof(chunk), file)) > 0)
        strbuf_add(out, chunk, len);
    return ferror(file) ? -1 : 0;
}

static int read_body(const struct ab_options *options, struct strbuf *out)
{
    if (!options->body_file)
        return 0;
    FILE *file = fopen(options->body_file, "re");
    if (!file) {
        fprintf(stderr, "ab: Could not open POST data file (%s): %s\n", options->body_file,
                strerror(errno));
        return -1;
    }
    int result = read_file(file, out);
    if (result < 0)
        fprintf(stderr, "ab: Could not read POST data file: %s\n", strerror(errno));
    else if (out->overflow)
        fprintf(stderr, "keneyperf: %s is larger than 1 GiB: send less\n", options->body_file);
    fclose(file);
    return result < 0 || out->overflow ? -1 : 0;
}

static int make_message(const struct ab_options *options, struct span body, struct strbuf *out)
{
    size_t head_bytes = ab_request_head(out, options, body);
    if (head_bytes > AB_HEAD_BYTES) {
        fprintf(stderr,
                "keneyperf: the request's head has %zu bytes, ab sends no more than %d: shorten "
                "the URL, -H or -C\n",
                head_bytes, AB_HEAD_BYTES);
        return CODE_FAILED;
    }
    if (options->verbosity >= 2)
        printf("INFO: %.*s header == \n---\n%.*s\n---\n", SPAN_ARG(ab_request_method(options)),
               SPAN_ARG(strbuf_span(out)));
    strbuf_add_span(out, body);
    return 0;
}

/* Notes on stderr */

static void note_failures(const struct ab_run *run)
{
    uint64_t twice = run->reset + run->refused;
    if (twice)
        fprintf(stderr,
                "keneyperf: requests without an answer: %" PRIu64
                "; ab counts each of them several times, under Receive, Exceptions and, where "
                "another had a body, Length\n",
                twice);
    if (run->bad_handshakes)
        fprintf(stderr,
                "keneyperf: failed TLS handshakes: %" PRIu64
                " (%s); they stand under Connect, ab shows none\n",
                run->bad_handshakes, run->handshake_problem);
}

static void note_files(const struct ab_options *options)
{
    if (options->html && (options->csv || options->gnuplot))
        fputs("keneyperf: -e and -g write nothing beside HTML tables, as in ab: leave out -w, -x, "
              "-y and -z\n",
              stderr);
}

static void note_stalls(const struct ab_run *run)
{
    AUTO(strbuf_done) struct strbuf note = STRBUF_INIT(4096);
    const struct durations *totals = &run->result.totals;
    if (totals->count == 0)
        return;
    struct closed_run closed = {
        .connections = (unsigned)run->options->concurrency,
        .duration_ns = (nsec_t)(run->result.took_s * NSEC_PER_SEC),
        .answers = totals->count,
        .median_ns = (nsec_t)durations_at(totals, totals->count / 2) * NSEC_PER_USEC,
        .max_ns = (nsec_t)durations_at(totals, totals->count - 1) * NSEC_PER_USEC,
        .remedy = "keneyperf bench --rate RATE",
    };
    nsec_t bound_ns = closed_note_bound_ns(closed.median_ns);
    closed.slow_answers =
        durations_from(totals, (uint64_t)(bound_ns / NSEC_PER_USEC), &closed.slow_ns);
    closed.slow_ns *= NSEC_PER_USEC;
    if (closed_note(&note, &closed))
        fputs(strbuf_cstr(&note), stderr);
}

/* Output */

static void print(const struct strbuf *text)
{
    fwrite(strbuf_cstr(text), 1, text->len, stdout);
}

static void show_start(const struct ab_options *options)
{
    AUTO(strbuf_done) struct strbuf text = STRBUF_INIT(TEXT_MAX_BYTES);
    ab_report_banner(&text, options);
    ab_report_start(&text, options);
    print(&text);
    fflush(stdout);
}

/* 0, or ab's exit code. */
static int write_file(const char *path, const struct strbuf *text, const char *what)
{
    struct error err = {0};
    FILE *file = fopen(path, "we");
    if (!file) {
        fprintf(stderr, "Cannot open %s output file: %s\n", what, strerror(errno));
        return CODE_FAILED;
    }
    fclose(file);
    if (file_write(path, strbuf_span(text), &err) == 0)
        return 0;
    fprintf(stderr, "keneyperf: %s\n", err.message);
    return CODE_FAILED;
}

static int write_files(struct ab_run *run)
{
    AUTO(strbuf_done) struct strbuf text = STRBUF_INIT(FILE_TEXT_MAX_BYTES);
    int code = 0;
    if (run->options->html) /* ab knows of these files in its other report alone */
        return 0;
    if (run->options->csv) {
        ab_report_csv(&text, &run->result);
        code = write_file(run->options->csv, &text, "CSV");
    }
    strbuf_reset(&text);
    if (run->options->gnuplot && code == 0) {
        ab_report_gnuplot(&text, run->rows, (size_t)run->result.done);
        code = write_file(run->options->gnuplot, &text, "gnuplot");
    }
    return code;
}

static int show_failure(const struct ab_run *run)
{
    if (run->result.done)
        printf("Total of %" PRIu64 " requests completed\n", run->result.done);
    fflush(stdout);
    fprintf(stderr, "%s\n", run->failure);
    return run->code;
}

static int show_result(struct ab_run *run)
{
    AUTO(strbuf_done) struct strbuf text = STRBUF_INIT(TEXT_MAX_BYTES);
    if (run->end == AB_END_DONE) {
        if (ab_report_step(run->options))
            fprintf(stderr, "Finished %" PRIu64 " requests\n", run->result.done);
        else
            puts("..done");
    }
    ab_report_text(&text, &run->result);
    print(&text);
    fflush(stdout);
    note_failures(run);
    note_files(run->options);
    note_stalls(run);
    int code = write_files(run);
    return run->end == AB_END_INTERRUPTED ? CODE_FAILED : code;
}

/* The run */

static int measure(const struct ab_options *options, struct span message, const struct map *hosts)
{
    struct error err = {0};
    AUTO(ab_run_done) struct ab_run run = {.options = options, .message = message, .hosts = hosts};
    if (ab_measure(&run, &err) < 0) {
        fprintf(stderr, "keneyperf: %s\n", err.message);
        return CODE_FAILED;
    }
    return run.end == AB_END_FAILED ? show_failure(&run) : show_result(&run);
}

/* From the banner on. */
static int load(const struct ab_options *options, struct span body, const struct map *hosts)
{
    AUTO(strbuf_done) struct strbuf message = STRBUF_INIT(2 * FILE_MAX_BYTES);
    show_start(options);
    int code = check_numbers(options);
    if (code == 0)
        code = make_message(options, body, &message);
    return code ? code : measure(options, strbuf_span(&message), hosts);
}

static int start(const struct ab_options *options)
{
    struct error err = {0};
    AUTO(strbuf_done) struct strbuf body = STRBUF_INIT(FILE_MAX_BYTES);
    AUTO(map_done) struct map hosts = MAP_INIT;
    AUTO(arena_done) struct arena arena = {.chunk_bytes = 4096};
    int code = check_supported(options);
    if (code)
        return code;
    note_options(options);
    if (read_body(options, &body) < 0 || ab_tls_check(options) < 0)
        return CODE_FAILED;
    if (hosts_from_environment(&arena, &hosts, &err) < 0) {
        fprintf(stderr, "keneyperf: %s\n", err.message);
        return CODE_FAILED;
    }
    struct span bytes = options->body_file ? span_of(strbuf_cstr(&body), body.len) : SPAN_EMPTY;
    return load(options, bytes, &hosts);
}

static int run(int argc, char **argv)
{
    AUTO(ab_options_done) struct ab_options options;
    AUTO(strbuf_done) struct strbuf text = STRBUF_INIT(TEXT_MAX_BYTES);
    int code = 0;
    enum ab_parse parse = ab_options_parse(&options, argc, argv, &text, &code);
    fputs(strbuf_cstr(&text), stderr);
    strbuf_reset(&text);
    switch (parse) {
    case AB_PARSE_RUN:
        return start(&options);
    case AB_PARSE_VERSION:
        ab_report_banner(&text, &options);
        print(&text);
        break;
    case AB_PARSE_EXIT:
        break;
    }
    return code;
}

const struct drop_in DROP_IN_AB = {
    .name = "ab",
    .summary = "ApacheBench: its options, report, CSV and gnuplot files, exit codes",
    .run = run,
};
