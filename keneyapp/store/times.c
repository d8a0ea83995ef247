/* SPDX-License-Identifier: Apache-2.0
 *
 * Times as the databases keep them: ISO 8601 in UTC, to the second.
 */
#include <time.h>

#include "keneyapp/store/store.h"

#define NSEC_PER_DAY (86400 * NSEC_PER_SEC)

const char *store_time_text(nsec_t wall_ns, char *buf)
{
    time_t seconds = (time_t)(wall_ns / NSEC_PER_SEC);
    struct tm utc;
    gmtime_r(&seconds, &utc);
    strftime(buf, 32, "%Y-%m-%dT%H:%M:%SZ", &utc);
    return buf;
}

void stats_times_at(nsec_t wall_ns, struct stats_times *ret_times)
{
    nsec_t day_start = wall_ns - wall_ns % NSEC_PER_DAY;
    store_time_text(wall_ns, ret_times->now);
    store_time_text(day_start, ret_times->day_start);
    store_time_text(day_start + NSEC_PER_DAY, ret_times->day_end);
    store_time_text(wall_ns - 7 * NSEC_PER_DAY, ret_times->week_ago);
    store_time_text(wall_ns - 30 * NSEC_PER_DAY, ret_times->month_ago);
}
