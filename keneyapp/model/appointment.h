/* SPDX-License-Identifier: Apache-2.0
 *
 * The states of an appointment, and how one leads to another.
 */
#ifndef KENEYAPP_MODEL_APPOINTMENT_H
#define KENEYAPP_MODEL_APPOINTMENT_H

#include <stdbool.h>

#include "base/span.h"

/* The states, NULL-terminated; the first is where appointments begin. */
extern const char *const APPOINTMENT_STATUSES[];

/* Whether an appointment may go from one state to another; staying is always right. What is
 * completed stays so. One that was cancelled or missed may be taken up again: it is booked anew
 * then, which the store checks. */
bool appointment_may_become(struct span from, struct span to);

#endif
