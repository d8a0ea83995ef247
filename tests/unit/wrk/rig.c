/* SPDX-License-Identifier: Apache-2.0 */
#include "rig.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "support/test.h"

static void write_script(struct rig *rig, const char *lua)
{
    snprintf(rig->file, sizeof(rig->file), "test_wrk_XXXXXX");
    int fd = mkstemp(rig->file);
    size_t len = strlen(lua);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, lua, len), (ssize_t)len);
    close(fd);
}

static void listen_somewhere(struct rig *rig)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t len = sizeof(address);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    rig->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(rig->fd, (struct sockaddr *)&address, sizeof(address)), 0);
    assert_int_equal(listen(rig->fd, 64), 0);
    assert_int_equal(getsockname(rig->fd, (struct sockaddr *)&address, &len), 0);
    snprintf(rig->port, sizeof(rig->port), "%u", ntohs(address.sin_port));
}

void rig_init(struct rig *rig, const char *lua)
{
    *rig = (struct rig){.fd = -1};
    write_script(rig, lua);
    listen_somewhere(rig);
}

void rig_done(struct rig *rig)
{
    wrk_script_free(&rig->script);
    unlink(rig->file);
    close(rig->fd);
}

struct wrk_script_config rig_config(const struct rig *rig)
{
    static const struct wrk_header HEADER = {{"X-Given", 7}, {"cli", 3}};
    static const char *const ARGUMENTS[] = {"one", "two"};
    return (struct wrk_script_config){
        .file = rig->file,
        .url = "http://127.0.0.1/path?q=1",
        .scheme = SPAN("http"),
        .host = SPAN("127.0.0.1"),
        .port = span_cstr(rig->port),
        .path = SPAN("/path?q=1"),
        .headers = &HEADER,
        .header_count = 1,
        .arguments = ARGUMENTS,
        .argument_count = 2,
    };
}

void rig_start(struct rig *rig, const struct wrk_script_config *config)
{
    rig->error = (struct error){0};
    if (wrk_script_new(config, &rig->script, &rig->error) < 0)
        return;
    for (int i = 0; i < RIG_THREADS; i++) {
        if (!wrk_thread_new(rig->script, &rig->error))
            return;
    }
}

static int ask(struct wrk_thread *thread)
{
    static const struct wrk_header HEADERS[] = {
        {{"X-tEst", 6}, {"a", 1}}, {{"X-Two", 5}, {"1", 1}}, {{"X-Two", 5}, {"2", 1}}};
    struct span message;
    nsec_t delay_ns;
    if (wrk_thread_delay(thread, &delay_ns) < 0 || wrk_thread_request(thread, 3, &message) < 0)
        return -1;
    return wrk_thread_response(thread, 404, HEADERS, COUNT_OF(HEADERS), SPAN("bo\0dy"));
}

/* Values 10, 20 and 30, of which 20 was there twice. */
static double stats_min(void *arg)
{
    return 10;
}

static double stats_max(void *arg)
{
    return 30;
}

static double stats_mean(void *arg)
{
    return 20;
}

static double stats_stdev(void *arg)
{
    return 8.125;
}

static double stats_percentile(void *arg, double p)
{
    return p * 2;
}

static size_t stats_count(void *arg)
{
    return 3;
}

static void stats_at(void *arg, size_t i, double *ret_value, double *ret_count)
{
    *ret_value = 10.0 * (double)(i + 1);
    *ret_count = i == 1 ? 2 : 1;
}

void rig_load(struct rig *rig)
{
    static const struct wrk_stats_ops OPS = {stats_min,        stats_max,   stats_mean, stats_stdev,
                                             stats_percentile, stats_count, stats_at};
    static const struct wrk_summary SUMMARY = {1000000, 4, 99, {1, 2, 3, 4, 5}};
    struct wrk_stats stats = {&OPS, NULL};
    for (size_t i = 0; !rig->error.code && i < 2 * wrk_script_thread_count(rig->script); i++) {
        struct wrk_thread *thread = wrk_script_thread(rig->script, i / 2);
        if (ask(thread) < 0)
            rig->error = *wrk_thread_error(thread);
    }
    if (!rig->error.code && wrk_script_done(rig->script, &SUMMARY, &stats, &stats, &rig->error) < 0)
        assert_int_equal(rig->error.code, EXIT_SCRIPT_EXCEPTION);
}
