/* SPDX-License-Identifier: Apache-2.0
 *
 * usage FILE COMMAND [ARG...]: runs the command and writes what it used to FILE as one line
 * "cpu_us=N rss_kb=N wall_us=N" (user and system time of it and its children, largest resident
 * set). The status is the command's.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"

static long long microseconds(struct timeval tv)
{
    return tv.tv_sec * 1000000LL + tv.tv_usec;
}

static int report(const char *path, const struct rusage *usage, nsec_t wall_ns)
{
    FILE *file = fopen(path, "we");
    if (!file) {
        perror(path);
        return 1;
    }
    fprintf(file, "cpu_us=%lld rss_kb=%ld wall_us=%lld\n",
            microseconds(usage->ru_utime) + microseconds(usage->ru_stime), usage->ru_maxrss,
            (long long)(wall_ns / NSEC_PER_USEC));
    return fclose(file) == 0 ? 0 : 1;
}

int main(int argc, char **argv)
{
    struct rusage usage;
    int status;
    if (argc < 3) {
        fprintf(stderr, "usage FILE COMMAND [ARG...]\n");
        return 2;
    }
    nsec_t start = clock_now(clock_monotonic());
    pid_t child = vfork();
    if (child == 0) {
        execvp(argv[2], argv + 2);
        _exit(127);
    }
    while (child > 0 && wait4(child, &status, 0, &usage) < 0 && errno == EINTR)
        continue;
    if (child < 0) {
        perror("vfork");
        return 1;
    }
    if (report(argv[1], &usage, clock_now(clock_monotonic()) - start))
        return 1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
