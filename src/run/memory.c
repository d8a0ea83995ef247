/* SPDX-License-Identifier: Apache-2.0
 *
 * Users against the machine's memory.
 */
#include "run/memory.h"

#include <unistd.h>

#include "base/error.h"

/* A user with an empty script takes more than this: its engine, its stack, its session. */
static const double LEAST_BYTES_PER_USER = 48 * 1024;

int memory_check(int64_t users, struct error *err)
{
    double needed = (double)users * LEAST_BYTES_PER_USER;
    double installed = (double)sysconf(_SC_PHYS_PAGES) * (double)sysconf(_SC_PAGESIZE);
    if (needed <= installed)
        return 0;
    return error_set(err, EXIT_INVALID_CONFIG,
                     "%lld users need at least %.0f GB of memory, but this machine has %.0f GB: "
                     "use fewer users, or share the load among machines",
                     (long long)users, needed / 1e9, installed / 1e9);
}
