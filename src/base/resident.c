/* SPDX-License-Identifier: Apache-2.0
 *
 * How much memory this process holds.
 */
#include "base/resident.h"

#include <stdio.h>
#include <unistd.h>

size_t resident_bytes(void)
{
    unsigned long long all, resident = 0;
    FILE *file = fopen("/proc/self/statm", "re");
    if (!file)
        return 0;
    int fields = fscanf(file, "%llu %llu", &all, &resident);
    fclose(file);
    return fields == 2 ? (size_t)resident * (size_t)sysconf(_SC_PAGESIZE) : 0;
}
