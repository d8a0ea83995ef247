/* SPDX-License-Identifier: Apache-2.0
 *
 * ab's command line, 2.4's with the flags of its trunk, into a plain struct. Pure: what has to be
 * printed comes back as text, files are opened by others. Rules that people rely on, found by
 * running ab 2.3 of Debian 12:
 *
 *   - short options only, before the URL; "--" and anything that begins so ends them;
 *   - an unknown option is complained about and passed over;
 *   - numbers are read as atoi(3) does;
 *   - -t sets -n to 50000 where it stands, so that a later -n counts and an earlier one is lost;
 *   - -i, -p and -u exclude each other, whichever comes second is named;
 *   - the URL needs a slash behind its host; a scheme but http:// and https:// is a host name.
 */
#ifndef CLI_AS_AB_OPTIONS_H
#define CLI_AS_AB_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"

struct strbuf;

enum {
    AB_EXIT_USAGE = 22,
    AB_MAX_CONCURRENCY = 200000,
    AB_NAME_BYTES = 1024,
};

enum ab_method {
    AB_GET,
    AB_HEAD,
    AB_POST,
    AB_PUT,
    AB_CUSTOM, /* -m without a body */
};

/* One -A or -P; `text` without the blanks in front. */
struct ab_credentials {
    bool for_proxy;
    const char *text;
};

/* Texts point into argv. NULL or 0: not given. */
struct ab_options {
    long requests;                      /* -n, -t; 1 by default, > 0 */
    int concurrency;                    /* -c; 1 by default */
    int time_limit_s;                   /* -t; 0: none */
    int timeout_s;                      /* -s; 30 by default */
    int window_bytes;                   /* -b */
    int verbosity;                      /* -v */
    int workers;                        /* -W; trunk */
    int ramp_ms;                        /* -R; trunk */
    const char *bind;                   /* -B */
    const char *source;                 /* -o; trunk */
    enum ab_method method;              /* -i, -p, -u, -m */
    const char *method_name;            /* -m */
    const char *body_file;              /* of -p or -u */
    const char *content_type;           /* -T; "text/plain" by default */
    const char *cookie;                 /* -C, the last one */
    struct ab_credentials *credentials; /* -A and -P as they came, owned */
    size_t credential_count;
    const char *proxy_auth; /* -P, the last one */
    const char **headers;   /* -H, owned; header_count of them */
    size_t header_count;
    struct span proxy_host;                /* -X; ptr NULL: none */
    unsigned proxy_port;                   /* 0 when it has none, which ab does not repair */
    const char *gnuplot, *csv;             /* -g, -e: file names */
    const char *table, *row, *cell;        /* -x, -y, -z; "" by default, "bgcolor=white" of -z */
    const char *ciphers, *protocol, *cert; /* -Z, -f, -E */
    bool keep_alive, go_on, any_length;    /* -k, -r, -l */
    bool html, quiet, no_sni;              /* -w, -q, -I */
    bool no_percentiles, no_spread;        /* -d, -S */

    /* The URL. */
    bool is_tls;
    struct span host; /* without brackets */
    bool is_bracketed;
    unsigned port;
    bool has_default_port;
    struct span path; /* from the slash on */
};

enum ab_parse {
    AB_PARSE_RUN,     /* all is there */
    AB_PARSE_VERSION, /* -V: the banner is all */
    AB_PARSE_EXIT,    /* it ends here with `*ret_code` */
};

/* `argv[0]` is what ab was called by; `argv[argc]` NULL; `argv` outlives `options`. `errors` gets
 * what belongs on stderr, also when it goes on. ab_options_done() is due in every case. */
enum ab_parse ab_options_parse(struct ab_options *options, int argc, char **argv,
                               struct strbuf *errors, int *ret_code);

/* The name that TLS tells the server (SNI): of the last Host among -H, otherwise of the URL. Empty
 * for an address, which is none (RFC 6066 §3), and with -I. */
struct span ab_server_name(const struct ab_options *options);

/* Also the cleanup function. */
void ab_options_done(struct ab_options *options);

#endif
