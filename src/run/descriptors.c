/* SPDX-License-Identifier: Apache-2.0
 *
 * The limit of open files.
 */
#include "run/descriptors.h"

#include <stdio.h>
#include <sys/resource.h>

#include "base/error.h"

enum {
    OWN = 16,       /* standard streams, signals, result files, libraries */
    PER_WORKER = 8, /* poller, wakers, resolver sockets */
};

int descriptors_reserve(uint64_t connections, unsigned workers, struct error *err)
{
    uint64_t needed = connections + OWN + (uint64_t)workers * PER_WORKER;
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || needed <= limit.rlim_cur)
        return 0;
    limit.rlim_cur = limit.rlim_max;
    if (needed <= limit.rlim_max && setrlimit(RLIMIT_NOFILE, &limit) == 0)
        return 0;
    return error_set(err, EXIT_USAGE,
                     "%llu connections need %llu open files, but the limit is %llu; raise it with "
                     "\"ulimit -n %llu\" first, or use fewer",
                     (unsigned long long)connections, (unsigned long long)needed,
                     (unsigned long long)limit.rlim_max, (unsigned long long)needed);
}

void descriptors_raise(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
        return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

const char *descriptors_text(char *buf, size_t size)
{
    struct rlimit limit = {0};
    getrlimit(RLIMIT_NOFILE, &limit);
    snprintf(buf, size, "dial: too many open files: the limit is %llu; raise it with ulimit -n",
             (unsigned long long)limit.rlim_cur);
    return buf;
}
