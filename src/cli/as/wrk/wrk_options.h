/* SPDX-License-Identifier: Apache-2.0
 *
 * The command line of wrk 4.1 and of wrk2, whose binary is called wrk too: -R (--rate) tells them
 * apart. The parsing is getopt_long()'s, as in the originals, and so are its messages on stderr.
 */
#ifndef CLI_AS_WRK_WRK_OPTIONS_H
#define CLI_AS_WRK_WRK_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/util.h"
#include "cli/as/wrk/wrk_url.h"

struct strbuf;

enum {
    WRK_EXIT_FAILED = 1, /* the only code of wrk's that is not 0 */
};

struct wrk_options {
    bool is_wrk2;
    uint64_t threads, connections; /* 1 <= threads <= connections */
    uint64_t duration_s, timeout_s;
    uint64_t rate; /* wrk2: requests per second, of all threads together; > 0 */
    const char *script;
    const char **headers; /* -H, as given; header_count of them; owned */
    size_t header_count;
    bool show_latency;     /* --latency; implied by -U */
    bool show_uncorrected; /* wrk2: -U */
    bool batch_latency;    /* wrk2: -B */
    bool show_version;     /* -v: the line is in `out`; the test goes on */
    const char *url;       /* as given */
    struct wrk_url parts;
    char **arguments; /* of the script, in argv: what follows the URL */
    size_t argument_count;
};

/* Permutes argv, from which strings are borrowed; argv[0] is the name in getopt's messages.
 * `out` belongs on stdout and `err` on stderr, also after 0, for -v. -1: they say why, and the exit
 * code is 1. */
MUST_CHECK int wrk_options_parse(struct wrk_options *options, bool is_wrk2, int argc, char **argv,
                                 struct strbuf *out, struct strbuf *err);
void wrk_options_done(struct wrk_options *options);

/* A header as wrk understands it: the first colon must be followed by a space, otherwise it is
 * ignored without a word. */
bool wrk_options_header(const char *text, struct span *ret_name, struct span *ret_value);

#endif
