/* SPDX-License-Identifier: Apache-2.0
 *
 * hey's command line, one argument a line: it is refused with a usage text, or gives options whose
 * request can be built or is refused in words, redirects to the last argument included.
 */
#include "base/arena.h"
#include "base/strbuf.h"
#include "cli/as/hey/options.h"
#include "cli/as/hey/request.h"
#include "fuzz/fuzz.h"

enum {
    MAX_ARGUMENTS = 64,
};

static void build(const struct hey_options *options, struct arena *arena, struct span location)
{
    AUTO(strbuf_done) struct strbuf problem = STRBUF_INIT(1 << 20);
    struct hey_request first, next;
    if (hey_request_first(options, span_cstr(options->body), arena, &first, &problem) < 0) {
        FUZZ_CHECK(problem.len > 0);
        return;
    }
    FUZZ_CHECK(first.method.len > 0 && first.headers.count > 0);
    enum hey_redirect result =
        hey_request_redirect(&first, &first, 302, location, arena, &next, &problem);
    FUZZ_CHECK((result == HEY_REDIRECT_FAILED) == (problem.len > 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO(arena_done) struct arena arena = {.chunk_bytes = 4096};
    AUTO(strbuf_done) struct strbuf message = STRBUF_INIT(1 << 20);
    AUTO(hey_options_done) struct hey_options options;
    char *argv[MAX_ARGUMENTS + 1] = {(char *)"hey"};
    int argc = 1;
    struct span rest = span_of((const char *)data, size);
    while (rest.len > 0 && argc < MAX_ARGUMENTS)
        argv[argc++] = arena_dup(&arena, span_cut(rest, '\n', &rest));
    int code = hey_options_parse(&options, argc, argv, 2, &message);
    FUZZ_CHECK(code >= -1 && code <= 2 && (code < 0) == (message.len == 0));
    if (code < 0)
        build(&options, &arena, span_cstr(argv[argc - 1]));
    return 0;
}
