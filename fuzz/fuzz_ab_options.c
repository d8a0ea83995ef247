/* SPDX-License-Identifier: Apache-2.0
 *
 * ab's command line, its arguments one a line. Whatever is taken for good must give a head whose
 * length is what it says, and a report that can be printed.
 */
#include <string.h>

#include "base/mem.h"
#include "cli/as/ab/options.h"
#include "cli/as/ab/report.h"
#include "cli/as/ab/request.h"
#include "fuzz/fuzz.h"

enum {
    MAX_ARGUMENTS = 64,
    MAX_BYTES = 65536,
};

static void use(const struct ab_options *options)
{
    AUTO(strbuf_done) struct strbuf head = STRBUF_INIT(4 * MAX_BYTES);
    AUTO(strbuf_done) struct strbuf report = STRBUF_INIT(4 * MAX_BYTES);
    const struct ab_result result = {.options = options, .tls_info = "", .tls_temp = ""};
    FUZZ_CHECK(options->requests > 0 && options->concurrency >= 0);
    FUZZ_CHECK(options->concurrency <= options->requests);
    FUZZ_CHECK(options->host.len > 0 && options->path.ptr[0] == '/');
    FUZZ_CHECK(options->port > 0 && options->port <= 65535);
    FUZZ_CHECK(ab_request_head(&head, options, SPAN("body")) == head.len);
    FUZZ_CHECK(span_ends_with(strbuf_span(&head), SPAN("\r\n\r\n")));
    ab_report_banner(&report, options);
    ab_report_start(&report, options);
    ab_report_text(&report, &result);
    FUZZ_CHECK(!report.overflow);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > MAX_BYTES / 16)
        return 0;
    AUTO(mem_free) char *text = mem_dup((const char *)data, size);
    AUTO(strbuf_done) struct strbuf errors = STRBUF_INIT(4 * MAX_BYTES);
    AUTO(ab_options_done) struct ab_options options;
    char *argv[MAX_ARGUMENTS + 2] = {(char *)"ab"}, *rest = text;
    int argc = 1, code = -1;
    while (rest && *rest && argc <= MAX_ARGUMENTS)
        argv[argc++] = strsep(&rest, "\n");
    enum ab_parse result = ab_options_parse(&options, argc, argv, &errors, &code);
    FUZZ_CHECK(result != AB_PARSE_EXIT || (errors.len > 0 && (code == 1 || code == 22)));
    if (result == AB_PARSE_RUN)
        use(&options);
    return 0;
}
