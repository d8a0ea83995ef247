/* SPDX-License-Identifier: Apache-2.0
 *
 * arrivals RATE constant|poisson: an HTTP origin on loopback that answers every request at once and
 * notes when the kernel received it (SO_TIMESTAMPING, software receive time; works for TCP since
 * Linux 4.14). Prints "port N"; after SIGTERM, as "name value" lines, what the arrivals say about
 * the schedule they were sent by:
 *
 *   requests            how many
 *   unstamped           of them: by the server's own clock, since the kernel gave no time
 *   late_p50_us, late_p99_us
 *                       constant: behind a perfect sequence of that rate, which is laid so that its
 *                       earliest arrival is on time
 *   ks, ks_critical     poisson: largest distance of the gaps' distribution from the exponential
 *                       one (Kolmogorov, Smirnov), and the value at a level of 1 %, both for the
 *                       first KS_GAPS gaps
 */
#include <errno.h>
#include <linux/net_tstamp.h>
#include <math.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/util.h"

enum {
    KS_GAPS = 5000,
    EVENTS = 256,
    REQUEST_BYTES = 4096,
};

static const char ANSWER[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

struct log {
    nsec_t *times;
    size_t count, capacity;
    size_t unstamped; /* of them: the kernel gave no receive time */
};

static void note(struct log *log, nsec_t time)
{
    if (log->count == log->capacity) {
        log->capacity = log->capacity ? log->capacity * 2 : 1 << 16;
        log->times = GROW_ARRAY(log->times, log->capacity);
    }
    log->times[log->count++] = time;
}

/* 0: the kernel did not say. It begins to stamp some milliseconds after it is asked to. */
static nsec_t received_at(struct msghdr *message)
{
    for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c; c = CMSG_NXTHDR(message, c)) {
        struct timespec times[3];
        if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_TIMESTAMPING)
            continue;
        memcpy(times, CMSG_DATA(c), sizeof(times));
        return times[0].tv_sec * NSEC_PER_SEC + times[0].tv_nsec;
    }
    return 0;
}

static nsec_t wall_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec * NSEC_PER_SEC + now.tv_nsec;
}

/* A client that waits for its answer before it sends again fits one request into one read. */
static void serve(int fd, struct log *log)
{
    char bytes[REQUEST_BYTES], control[256];
    struct iovec iov = {bytes, sizeof(bytes)};
    struct msghdr message = {
        .msg_iov = &iov,
        .msg_iovlen = 1,
        .msg_control = control,
        .msg_controllen = sizeof(control),
    };
    ssize_t len = recvmsg(fd, &message, 0);
    if (len < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (len <= 0) {
        close(fd);
        return;
    }
    nsec_t time = received_at(&message);
    log->unstamped += time == 0;
    note(log, time ? time : wall_now());
    if (send(fd, ANSWER, sizeof(ANSWER) - 1, MSG_NOSIGNAL) < 0)
        close(fd);
}

static void watch(int epoll_fd, int fd)
{
    struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
    if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event) < 0) {
        perror("epoll_ctl");
        exit(1);
    }
}

static void ask_for_stamps(int fd)
{
    int stamps = SOF_TIMESTAMPING_RX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE;
    if (setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPING, &stamps, sizeof(stamps)) < 0) {
        perror("SO_TIMESTAMPING");
        exit(1);
    }
}

static void take(int listener, int epoll_fd)
{
    int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0)
        return;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    ask_for_stamps(fd);
    watch(epoll_fd, fd);
}

static int listen_on_loopback(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof(address);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(fd, (struct sockaddr *)&address, len) < 0 || listen(fd, 4096) < 0 ||
        getsockname(fd, (struct sockaddr *)&address, &len) < 0) {
        perror("listen");
        exit(1);
    }
    ask_for_stamps(fd);
    printf("port %u\n", ntohs(address.sin_port));
    fflush(stdout);
    return fd;
}

static void serve_until_signal(struct log *log)
{
    sigset_t ends;
    struct epoll_event events[EVENTS];
    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    sigprocmask(SIG_BLOCK, &ends, NULL);
    int signal_fd = signalfd(-1, &ends, SFD_CLOEXEC), epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    int listener = listen_on_loopback();
    watch(epoll_fd, signal_fd);
    watch(epoll_fd, listener);
    for (;;) {
        int count = epoll_wait(epoll_fd, events, EVENTS, -1);
        for (int i = 0; i < count; i++) {
            if (events[i].data.fd == signal_fd)
                return;
            if (events[i].data.fd == listener)
                take(listener, epoll_fd);
            else
                serve(events[i].data.fd, log);
        }
    }
}

static int compare_times(const void *a, const void *b)
{
    nsec_t x = *(const nsec_t *)a, y = *(const nsec_t *)b;
    return (x > y) - (x < y);
}

static void judge_constant(const struct log *log, double rate)
{
    nsec_t *late = NEW_ARRAY(nsec_t, log->count);
    for (size_t i = 0; i < log->count; i++)
        late[i] = log->times[i] - (nsec_t)((double)i * 1e9 / rate);
    qsort(late, log->count, sizeof(*late), compare_times);
    printf("late_p50_us %.1f\nlate_p99_us %.1f\n", (double)(late[log->count / 2] - late[0]) / 1e3,
           (double)(late[log->count * 99 / 100] - late[0]) / 1e3);
    free(late);
}

static void judge_poisson(const struct log *log, double rate)
{
    size_t count = MIN_OF(log->count - 1, KS_GAPS);
    nsec_t *gaps = NEW_ARRAY(nsec_t, count);
    double worst = 0;
    for (size_t i = 0; i < count; i++)
        gaps[i] = log->times[i + 1] - log->times[i];
    qsort(gaps, count, sizeof(*gaps), compare_times);
    for (size_t i = 0; i < count; i++) {
        double expected = 1 - exp(-(double)gaps[i] * rate / 1e9);
        worst = fmax(worst, expected - (double)i / (double)count);
        worst = fmax(worst, (double)(i + 1) / (double)count - expected);
    }
    printf("ks %.4f\nks_critical %.4f\n", worst, 1.63 / sqrt((double)count));
    free(gaps);
}

int main(int argc, char **argv)
{
    struct log log = {0};
    double rate = argc == 3 ? strtod(argv[1], NULL) : 0;
    bool is_poisson = argc == 3 && strcmp(argv[2], "poisson") == 0;
    if (!(rate > 0)) {
        fprintf(stderr, "usage: arrivals RATE constant|poisson\n");
        return 2;
    }
    serve_until_signal(&log);
    printf("requests %zu\nunstamped %zu\n", log.count, log.unstamped);
    if (log.count > 1) {
        qsort(log.times, log.count, sizeof(*log.times), compare_times);
        (is_poisson ? judge_poisson : judge_constant)(&log, rate);
    }
    free(log.times);
    return 0;
}
