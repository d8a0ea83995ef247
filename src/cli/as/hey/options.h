/* SPDX-License-Identifier: Apache-2.0
 *
 * hey's command line, by the rules of Go's flag package: -x, --x and -x=v mean the same, a value
 * follows its flag, the first argument that is no flag ends them, and the last of two wins. Checks,
 * their order and their words are those of hey 0.1.4 as Debian ships it. Pure; any thread.
 */
#ifndef CLI_AS_HEY_OPTIONS_H
#define CLI_AS_HEY_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/span.h"

struct strbuf;

/* All text is borrowed from argv. */
struct hey_options {
    int64_t requests;    /* -n, 200; >= connections unless there is a duration */
    int64_t connections; /* -c, 50; >= 1 */
    double rate;         /* -q, a second and worker; <= 0 or not finite: no limit */
    nsec_t duration_ns;  /* -z; 0: none, `requests` counts */
    int64_t timeout_s;   /* -t, 20; <= 0: none */
    int64_t cpus;        /* -cpus; <= 0: all */
    const char *method;  /* -m, as written */
    const char *accept, *content_type, *body, *body_file, *authorization, *proxy, *host;
    const char *output;   /* -o: "", "csv" or a template */
    const char *help;     /* -h: refused unless empty */
    const char **headers; /* -H, each "Name: value" by hey_header_parse() */
    size_t header_count;
    bool http2, disable_compression, disable_keepalive, disable_redirects;
    const char *url;
    const char *const *ignored; /* what follows the URL */
    size_t ignored_count;
};

/* -1: run. Otherwise the exit code, with all that goes to stderr in `message`; `usage_cpus` is the
 * number of processors that the usage text names. */
int hey_options_parse(struct hey_options *options, int argc, char *const *argv, unsigned usage_cpus,
                      struct strbuf *message);
void hey_options_done(struct hey_options *options);

/* The text for a wrong use that is found out later: the sentence, then the usage. Returns 1. */
int hey_options_refuse(struct strbuf *message, unsigned usage_cpus, const char *sentence);

/* Takes "Name: value" apart, as the expression ^([\w-]+):\s*(.+) does; false when it does not
 * match. */
bool hey_header_parse(const char *text, struct span *ret_name, struct span *ret_value);

/* What of "user:password" is sent, as ^(.+):([^\s].+) finds it; false when it does not match. */
bool hey_authorization_parse(const char *text, struct span *ret_credentials);

#endif
