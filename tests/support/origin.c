/* SPDX-License-Identifier: Apache-2.0
 *
 * The scripted origin's options, its accepting loop and its account at the end.
 *
 *   origin [--port N] [--log FILE] [--seed N]
 *          [--tls [--ca FILE] [--cert-name NAME] [--certificate expired|future|self-signed]
 *           [--tls-only 1.1|1.2|1.3] [--ciphers LIST] [--client-ca FILE] [--refuse-name]
 *           [--handshake silent|close|reset|half|half-close|noise]]
 *          [--close-after N [--announce-close]] [--idle-ms N] [--close-at-accept]
 *          [--freeze-ms N --freeze-every-ms N] [--blackhole]
 *          [--proxy [--proxy-authorization VALUE]]
 *
 * Prints "port N" when it listens on 127.0.0.1, and on SIGTERM one line of name=number totals.
 */
#include "support/origin.h"

#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"

enum {
    STACK_BYTES = 256 << 10,
    SETTLE_MS = 2000, /* for connections whose client has gone to be read to their end */
    BLACKHOLE_FILL = 8,
};

static void die(const char *what)
{
    fprintf(stderr, "origin: %s: %s\n", what, strerror(errno));
    exit(1);
}

enum option_id {
    OPT_PORT = 1,
    OPT_SEED,
    OPT_CLOSE_AFTER,
    OPT_IDLE_MS,
    OPT_FREEZE_MS,
    OPT_FREEZE_EVERY_MS,
    OPT_CA,
    OPT_CERT_NAME,
    OPT_CERTIFICATE,
    OPT_TLS_ONLY,
    OPT_CIPHERS,
    OPT_CLIENT_CA,
    OPT_HANDSHAKE,
    OPT_LOG,
    OPT_TLS,
    OPT_REFUSE_NAME,
    OPT_ANNOUNCE_CLOSE,
    OPT_CLOSE_AT_ACCEPT,
    OPT_BLACKHOLE,
    OPT_PROXY,
    OPT_PROXY_AUTHORIZATION,
};

static const struct option OPTIONS[] = {
    {"port", required_argument, NULL, OPT_PORT},
    {"seed", required_argument, NULL, OPT_SEED},
    {"close-after", required_argument, NULL, OPT_CLOSE_AFTER},
    {"idle-ms", required_argument, NULL, OPT_IDLE_MS},
    {"freeze-ms", required_argument, NULL, OPT_FREEZE_MS},
    {"freeze-every-ms", required_argument, NULL, OPT_FREEZE_EVERY_MS},
    {"ca", required_argument, NULL, OPT_CA},
    {"cert-name", required_argument, NULL, OPT_CERT_NAME},
    {"certificate", required_argument, NULL, OPT_CERTIFICATE},
    {"tls-only", required_argument, NULL, OPT_TLS_ONLY},
    {"ciphers", required_argument, NULL, OPT_CIPHERS},
    {"client-ca", required_argument, NULL, OPT_CLIENT_CA},
    {"handshake", required_argument, NULL, OPT_HANDSHAKE},
    {"log", required_argument, NULL, OPT_LOG},
    {"tls", no_argument, NULL, OPT_TLS},
    {"refuse-name", no_argument, NULL, OPT_REFUSE_NAME},
    {"announce-close", no_argument, NULL, OPT_ANNOUNCE_CLOSE},
    {"close-at-accept", no_argument, NULL, OPT_CLOSE_AT_ACCEPT},
    {"blackhole", no_argument, NULL, OPT_BLACKHOLE},
    {"proxy", no_argument, NULL, OPT_PROXY},
    {"proxy-authorization", required_argument, NULL, OPT_PROXY_AUTHORIZATION},
    {NULL, 0, NULL, 0},
};

static uint64_t *number_option(struct origin_config *config, int id)
{
    switch (id) {
    case OPT_PORT:
        return &config->port;
    case OPT_SEED:
        return &config->seed;
    case OPT_CLOSE_AFTER:
        return &config->close_after;
    case OPT_IDLE_MS:
        return &config->idle_ms;
    case OPT_FREEZE_MS:
        return &config->freeze_ms;
    case OPT_FREEZE_EVERY_MS:
        return &config->freeze_every_ms;
    default:
        return NULL;
    }
}

static const char **text_option(struct origin_config *config, int id)
{
    switch (id) {
    case OPT_CA:
        return &config->ca_file;
    case OPT_CERT_NAME:
        return &config->cert_name;
    case OPT_CERTIFICATE:
        return &config->certificate;
    case OPT_TLS_ONLY:
        return &config->tls_only;
    case OPT_CIPHERS:
        return &config->ciphers;
    case OPT_CLIENT_CA:
        return &config->client_ca;
    case OPT_HANDSHAKE:
        return &config->handshake;
    case OPT_LOG:
        return &config->log_file;
    case OPT_PROXY_AUTHORIZATION:
        return &config->proxy_authorization;
    default:
        return NULL;
    }
}

static bool *flag_option(struct origin_config *config, int id)
{
    switch (id) {
    case OPT_TLS:
        return &config->tls;
    case OPT_REFUSE_NAME:
        return &config->refuse_name;
    case OPT_ANNOUNCE_CLOSE:
        return &config->announce_close;
    case OPT_CLOSE_AT_ACCEPT:
        return &config->close_at_accept;
    case OPT_BLACKHOLE:
        return &config->blackhole;
    case OPT_PROXY:
        return &config->proxy;
    default:
        return NULL;
    }
}

static void parse_options(struct origin_config *config, int argc, char **argv)
{
    for (int id; (id = getopt_long(argc, argv, "", OPTIONS, NULL)) != -1;) {
        if (number_option(config, id)) {
            if (span_to_u64(span_cstr(optarg), INT64_MAX, number_option(config, id)) == 0)
                continue;
            fprintf(stderr, "origin: %s is not a number\n", optarg);
            exit(2);
        }
        if (text_option(config, id))
            *text_option(config, id) = optarg;
        else if (flag_option(config, id))
            *flag_option(config, id) = true;
        else
            exit(2);
    }
}

static struct sockaddr_in address_of(int listener)
{
    struct sockaddr_in address;
    socklen_t len = sizeof(address);
    if (getsockname(listener, (struct sockaddr *)&address, &len) < 0)
        die("getsockname");
    return address;
}

static int listen_on(uint16_t port, int backlog)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET,
        .sin_port = htons(port),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    int on = 1;
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) < 0 ||
        bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0 || listen(fd, backlog) < 0)
        die("listen");
    return fd;
}

/* A full queue of connections that are never accepted: the kernel then drops further SYNs, as a
 * host behind a silent firewall does. */
static void fill_backlog(int listener)
{
    struct sockaddr_in address = address_of(listener);
    for (int i = 0; i < BLACKHOLE_FILL; i++) {
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (fd < 0 ||
            (connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0 && errno != EINPROGRESS))
            die("connect to itself");
    }
}

static void serve(struct origin *origin, int fd)
{
    pthread_t thread;
    pthread_attr_t attr;
    struct origin_conn *conn = NEW(struct origin_conn);
    uint64_t number = atomic_fetch_add(&origin->connections, 1);
    *conn = (struct origin_conn){.origin = origin, .fd = fd};
    rng_seed(&conn->rng, origin->config.seed + number);
    atomic_fetch_add(&origin->live, 1);
    pthread_attr_init(&attr);
    pthread_attr_setstacksize(&attr, STACK_BYTES);
    pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
    errno = pthread_create(&thread, &attr, origin_conn_main, conn);
    pthread_attr_destroy(&attr);
    if (errno)
        die("thread");
}

/* Until no one is waiting. */
static void accept_all(struct origin *origin)
{
    for (;;) {
        int fd = accept4(origin->listener, NULL, NULL, SOCK_CLOEXEC);
        if (fd >= 0)
            serve(origin, fd);
        else if (errno == EAGAIN)
            return;
        else if (errno != EINTR && errno != ECONNABORTED)
            die("accept");
    }
}

static void accept_until_signal(struct origin *origin, int signals)
{
    struct pollfd fds[] = {
        {.fd = origin->config.blackhole ? -1 : origin->listener, .events = POLLIN},
        {.fd = signals, .events = POLLIN}};
    while (!(fds[1].revents & POLLIN)) {
        if (poll(fds, 2, -1) < 0 && errno != EINTR)
            die("poll");
        if (fds[0].revents & POLLIN)
            accept_all(origin);
    }
}

/* The client has ended, but what it sent last may still wait in the sockets. */
static void settle(struct origin *origin)
{
    nsec_t deadline = clock_now(clock_monotonic()) + SETTLE_MS * NSEC_PER_MSEC;
    if (!origin->config.blackhole)
        accept_all(origin);
    while (atomic_load(&origin->live) > 0 && clock_now(clock_monotonic()) < deadline)
        origin_sleep_until(clock_now(clock_monotonic()) + NSEC_PER_MSEC);
}

static void write_log(struct origin *origin)
{
    FILE *file = fopen(origin->config.log_file, "we");
    if (!file)
        die(origin->config.log_file);
    pthread_mutex_lock(&origin->lock);
    for (size_t i = 0; i < origin->delay_count; i++)
        fprintf(file, "%lld\n", (long long)origin->delays[i]);
    pthread_mutex_unlock(&origin->lock);
    if (fclose(file) != 0)
        die(origin->config.log_file);
}

static void print_totals(struct origin *origin)
{
    printf("connections=%llu tls_failed=%llu requests_begun=%llu requests_whole=%llu "
           "responses_written=%llu\n",
           atomic_load(&origin->connections), atomic_load(&origin->tls_failed),
           atomic_load(&origin->requests_begun), atomic_load(&origin->requests_whole),
           atomic_load(&origin->responses_written));
}

static int catch_signals(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    signal(SIGPIPE, SIG_IGN);
    int fd = signalfd(-1, &set, SFD_CLOEXEC);
    if (fd < 0)
        die("signalfd");
    return fd;
}

int main(int argc, char **argv)
{
    struct origin origin = {.lock = PTHREAD_MUTEX_INITIALIZER};
    const struct origin_config *config = &origin.config;
    parse_options(&origin.config, argc, argv);
    int signals = catch_signals();
    prctl(PR_SET_TIMERSLACK, 1); /* sleeps end when they should; threads inherit it */
    if (config->tls)
        origin.tls = origin_tls_new(config);
    origin.listener = listen_on((uint16_t)config->port, config->blackhole ? 0 : SOMAXCONN);
    if (config->blackhole)
        fill_backlog(origin.listener);
    origin.start_ns = clock_now(clock_monotonic());
    printf("port %d\n", ntohs(address_of(origin.listener).sin_port));
    fflush(stdout);
    accept_until_signal(&origin, signals);
    settle(&origin);
    if (config->log_file)
        write_log(&origin);
    print_totals(&origin);
    fflush(stdout);
    _exit(0); /* threads of stuck connections may still look at `origin` */
}
