/* SPDX-License-Identifier: Apache-2.0
 *
 * SIGINT and SIGTERM as a count. The two variables are the one exception to "no globals": a signal
 * handler has no other way to reach anything.
 */
#include "run/signals.h"

#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include "base/error.h"

static volatile sig_atomic_t taken;
static volatile sig_atomic_t wake_descriptor;

static void on_signal(int signal_number)
{
    (void)signal_number;
    if (++taken > 1)
        _exit(EXIT_INTERRUPTED);
    uint64_t one = 1;
    ssize_t written = write(wake_descriptor, &one, sizeof(one));
    (void)written;
}

void signals_catch(int wake_fd)
{
    struct sigaction action = {.sa_handler = on_signal};
    taken = 0;
    wake_descriptor = wake_fd;
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

int signals_taken(void)
{
    return taken;
}

void signals_release(void)
{
    struct sigaction action = {.sa_handler = SIG_DFL};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}
