/* SPDX-License-Identifier: Apache-2.0
 *
 * The command line of wrk and wrk2, one argument a line. What is taken can be sent, or is refused
 * with a place.
 */
#include <getopt.h>

#include "base/mem.h"
#include "base/strbuf.h"
#include "cli/as/wrk/request.h"
#include "cli/as/wrk/wrk_options.h"
#include "fuzz/fuzz.h"

enum {
    MAX_ARGUMENTS = 64,
};

static int split(char *text, char **argv)
{
    int argc = 1;
    argv[0] = (char *)"wrk";
    for (char *rest = text; rest && argc < MAX_ARGUMENTS; argc++)
        argv[argc] = strsep(&rest, "\n");
    argv[argc] = NULL;
    return argc;
}

static void check_request(const struct wrk_options *options)
{
    AUTO(strbuf_done) struct strbuf message = STRBUF_INIT(1 << 20);
    AUTO(strbuf_done) struct strbuf problem = STRBUF_INIT(1024);
    if (wrk_request_write(options, &message, &problem) < 0) {
        FUZZ_CHECK(problem.len > 0);
        return;
    }
    FUZZ_CHECK(span_starts_with(strbuf_span(&message), SPAN("GET ")));
    FUZZ_CHECK(span_ends_with(strbuf_span(&message), SPAN("\r\n\r\n")));
}

static void check(int argc, char **argv, bool is_wrk2)
{
    AUTO(strbuf_done) struct strbuf out = STRBUF_INIT(1 << 20);
    AUTO(strbuf_done) struct strbuf err = STRBUF_INIT(1 << 20);
    struct wrk_options options;
    if (wrk_options_parse(&options, is_wrk2, argc, argv, &out, &err) < 0) {
        FUZZ_CHECK(out.len > 0);
        return;
    }
    FUZZ_CHECK(options.threads > 0 && options.connections >= options.threads);
    FUZZ_CHECK(options.duration_s > 0 && options.url && options.parts.host.len > 0);
    FUZZ_CHECK(options.is_wrk2 == (options.rate > 0));
    check_request(&options);
    wrk_options_done(&options);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *argv[MAX_ARGUMENTS + 1];
    AUTO(mem_free) char *text = mem_dup((const char *)data, size);
    int argc = split(text, argv);
    opterr = 0;
    check(argc, argv, false);
    check(argc, argv, true);
    return 0;
}
