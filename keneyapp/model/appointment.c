/* SPDX-License-Identifier: Apache-2.0
 *
 * The states of an appointment.
 */
#include "keneyapp/model/appointment.h"

#include <stddef.h>

const char *const APPOINTMENT_STATUSES[] = {"scheduled", "confirmed", "in_progress", "completed",
                                            "cancelled", "no_show",   NULL};

static const struct {
    const char *from, *to; /* `to` with commas between */
} STEPS[] = {
    {"scheduled", "confirmed,in_progress,completed,cancelled,no_show"},
    {"confirmed", "scheduled,in_progress,completed,cancelled,no_show"},
    {"in_progress", "completed,cancelled"},
    {"cancelled", "scheduled,confirmed"},
    {"no_show", "scheduled,confirmed,in_progress,completed"},
};

static bool contains(struct span list, struct span word)
{
    while (list.len)
        if (span_equal(span_cut(list, ',', &list), word))
            return true;
    return false;
}

bool appointment_may_become(struct span from, struct span to)
{
    if (span_equal(from, to))
        return true;
    for (size_t i = 0; i < COUNT_OF(STEPS); i++)
        if (span_equal(span_cstr(STEPS[i].from), from))
            return contains(span_cstr(STEPS[i].to), to);
    return false;
}
