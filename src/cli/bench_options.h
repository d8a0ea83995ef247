/* SPDX-License-Identifier: Apache-2.0
 *
 * The option table of `keneyperf bench`, and what a command line means: checked, with defaults, as
 * plain data. Nothing is opened but the files that were named as input.
 */
#ifndef CLI_BENCH_OPTIONS_H
#define CLI_BENCH_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/map.h"
#include "base/strbuf.h"
#include "cli/options.h"
#include "cli/url_list.h"
#include "client/client.h"
#include "load/repeater.h"

struct error;
struct plan;
struct proxy_rules;

extern const struct option_spec BENCH_OPTIONS[];

struct bench_settings {
    struct url_list urls;
    const char *method;   /* of URLs that bring none */
    const char **headers; /* "Name: value" */
    size_t header_count;
    struct span body; /* ptr NULL: none */

    unsigned connections, workers; /* workers <= connections */
    unsigned streams;              /* of a connection, >= 1; more only over HTTP/2 */
    uint64_t requests;             /* 0: until the duration ends */
    nsec_t duration_ns;            /* NSEC_NEVER: until the requests are done */
    nsec_t warmup_ns, timeout_ns, grace_ns;
    double rate; /* 0: closed model */
    enum arrivals_kind arrivals;
    uint64_t seed;
    bool precise;

    struct client_config client;
    struct transport_config transport;
    struct proxy_rules *proxies; /* of the environment; NULL: none */
    enum poller_kind poller;
    bool verbose;
    struct plan *thresholds;      /* its thresholds alone; never NULL */
    const char *slo, *json, *hdr; /* files; NULL: none */

    struct arena arena; /* of texts above */
    struct map hosts;
    struct strbuf body_file, url_file;
};

/* 0, or -1 and `err` (255; 104 for thresholds). The settings are done with either way. */
MUST_CHECK int bench_settings_read(struct bench_settings *settings, const struct options *options,
                                   struct error *err);
void bench_settings_done(struct bench_settings *settings);

#endif
