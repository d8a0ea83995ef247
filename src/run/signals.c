/* SPDX-License-Identifier: Apache-2.0
 *
 * SIGINT and SIGTERM, taken by a thread from a signalfd.
 */
#include "run/signals.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/thread.h"

struct signals {
    void (*fn)(void *arg);
    void *arg;
    pthread_t thread;
    int signal_fd, end_fd;
    atomic_int taken;
    sigset_t mask_before;
};

static void take_signal(struct signals *signals)
{
    struct signalfd_siginfo info;
    if (read(signals->signal_fd, &info, sizeof(info)) != sizeof(info))
        return;
    if (atomic_fetch_add(&signals->taken, 1) > 0)
        _exit(EXIT_INTERRUPTED);
    signals->fn(signals->arg);
}

static void *watch(void *arg)
{
    struct signals *signals = arg;
    struct pollfd fds[] = {
        {.fd = signals->signal_fd, .events = POLLIN},
        {.fd = signals->end_fd, .events = POLLIN},
    };
    while (!fds[1].revents) {
        if (poll(fds, COUNT_OF(fds), -1) > 0 && fds[0].revents)
            take_signal(signals);
    }
    return NULL;
}

static void close_fds(struct signals *signals)
{
    if (signals->signal_fd >= 0)
        close(signals->signal_fd);
    if (signals->end_fd >= 0)
        close(signals->end_fd);
}

struct signals *signals_watch(void (*fn)(void *arg), void *arg, struct error *err)
{
    struct signals *signals = NEW(struct signals);
    sigset_t mask;
    signals->fn = fn;
    signals->arg = arg;
    sigemptyset(&mask);
    sigaddset(&mask, SIGINT);
    sigaddset(&mask, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &mask, &signals->mask_before);
    signals->signal_fd = signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK);
    signals->end_fd = eventfd(0, EFD_CLOEXEC);
    if (signals->signal_fd < 0 || signals->end_fd < 0)
        error_set(err, EXIT_INVALID_CONFIG,
                  "signals cannot be watched: %s; raise the limit on open files (ulimit -n)",
                  strerror(errno));
    else if (thread_start(&signals->thread, watch, signals, "the signals' thread", err) == 0)
        return signals;
    pthread_sigmask(SIG_SETMASK, &signals->mask_before, NULL);
    close_fds(signals);
    free(signals);
    return NULL;
}

int signals_taken(const struct signals *signals)
{
    return signals && atomic_load(&signals->taken) > 0;
}

void signals_unwatch(struct signals **ptr)
{
    struct signals *signals = TAKE(*ptr);
    uint64_t one = 1;
    if (!signals)
        return;
    ssize_t written = write(signals->end_fd, &one, sizeof(one));
    (void)written; /* an eventfd that was never written has room */
    pthread_join(signals->thread, NULL);
    pthread_sigmask(SIG_SETMASK, &signals->mask_before, NULL);
    close_fds(signals);
    free(signals);
}
