/* SPDX-License-Identifier: Apache-2.0
 *
 * The test as a whole: the URL, the script, what all users counted, done().
 */
#include "script/wrk/wrk_test.h"

#include <stdlib.h>

#include "base/error.h"
#include "base/map.h"
#include "base/mem.h"
#include "script/wrk/histogram_stats.h"
#include "script/wrk/wrk_test_private.h"

static int parse_url(struct wrk_test *test, const char *text, struct error *err)
{
    const char *problem;
    if (url_parse(span_cstr(text), &test->url, &problem) < 0)
        return error_set(err, EXIT_INVALID_CONFIG, "%.200s: %s", text, problem);
    if (test->url.has_user)
        return error_set(err, EXIT_INVALID_CONFIG,
                         "%.200s: leave user and password out of the URL; set "
                         "wrk.headers[\"Authorization\"] in the script",
                         text);
    return 0;
}

/* What the user wrote behind the authority. */
static struct span path_of(const struct url *url, const char *text)
{
    const char *start = url->authority.ptr + url->authority.len;
    return *start == '/' ? span_cstr(start) : SPAN("/");
}

static struct span port_of(const struct url *url)
{
    size_t host_len = url->host.len + (url->is_ipv6 ? 2 : 0);
    return span_from(url->authority, host_len + 1);
}

/* All users go to the address that was looked up, as in wrk; a later lookup may give another. */
static void pin_host(struct wrk_test *test, struct map *hosts)
{
    const char *address = wrk_script_address(test->script);
    const char *key =
        arena_printf(&test->arena, "%.*s:%u", SPAN_ARG(test->url.host), test->url.port);
    if (*address)
        map_put(hosts, span_cstr(key))->value = arena_dup(&test->arena, span_cstr(address));
}

static int load_script(struct wrk_test *test, const struct wrk_test_config *config,
                       struct error *err)
{
    const struct url *url = &test->url;
    struct span port = port_of(url);
    struct wrk_script_config script = {
        .file = config->file,
        .url = config->url,
        .scheme = url->scheme,
        .host = url->host,
        .port = port.len ? port : SPAN_EMPTY,
        .path = path_of(url, config->url),
        .arguments = config->arguments,
        .argument_count = config->argument_count,
        .hosts = config->hosts,
        .is_strict = true,
    };
    if (wrk_script_new(&script, &test->script, err) < 0)
        return -1;
    pin_host(test, config->hosts);
    return 0;
}

int wrk_test_new(const struct wrk_test_config *config, struct wrk_test **ret, struct error *err)
{
    AUTO(wrk_test_free) struct wrk_test *test = NEW(struct wrk_test);
    arena_init(&test->arena, 1024);
    pthread_mutex_init(&test->lock, NULL);
    histogram_init(&test->rates);
    if (parse_url(test, config->url, err) < 0 || load_script(test, config, err) < 0)
        return -1;
    test->base = span_cstr(arena_printf(&test->arena, "%.*s://%.*s", SPAN_ARG(test->url.scheme),
                                        SPAN_ARG(test->url.authority)));
    *ret = TAKE(test);
    return 0;
}

void wrk_test_free(struct wrk_test **ptr)
{
    struct wrk_test *test = TAKE(*ptr);
    if (!test)
        return;
    wrk_script_free(&test->script);
    histogram_done(&test->rates);
    pthread_mutex_destroy(&test->lock);
    arena_done(&test->arena);
    free(test);
}

static void fill_summary(struct wrk_test *test, const struct wrk_test_totals *totals,
                         struct wrk_summary *summary)
{
    *summary = (struct wrk_summary){
        .duration_us = (uint64_t)(totals->load_ns / NSEC_PER_USEC),
        .requests = atomic_load(&test->answers),
        .bytes = totals->bytes_received,
        .errors.connect = atomic_load(&test->errors[WRK_ERROR_CONNECT]),
        .errors.read = atomic_load(&test->errors[WRK_ERROR_READ]),
        .errors.write = atomic_load(&test->errors[WRK_ERROR_WRITE]),
        .errors.status = atomic_load(&test->errors[WRK_ERROR_STATUS]),
        .errors.timeout = atomic_load(&test->errors[WRK_ERROR_TIMEOUT]),
    };
}

int wrk_test_done(struct wrk_test *test, const struct wrk_test_totals *totals, struct error *err)
{
    static const struct histogram NOTHING;
    static const double US_PER_MS = 1000;
    struct histogram_stats latency, rates;
    struct wrk_summary summary;
    fill_summary(test, totals, &summary);
    histogram_stats_init(&latency, totals->latency_ms ? totals->latency_ms : &NOTHING, US_PER_MS);
    histogram_stats_init(&rates, &test->rates, 1);
    struct wrk_stats latency_object = histogram_stats_object(&latency);
    struct wrk_stats rates_object = histogram_stats_object(&rates);
    int result = wrk_script_done(test->script, &summary, &latency_object, &rates_object, err);
    histogram_stats_done(&latency);
    histogram_stats_done(&rates);
    return result;
}
