/* SPDX-License-Identifier: Apache-2.0
 *
 * Whether this machine can hold a load at all. Thread: any.
 */
#ifndef RUN_MEMORY_H
#define RUN_MEMORY_H

#include <stdint.h>

#include "base/util.h"

struct error;

/* -1 and a sentence when so many users of a script cannot fit, however little each of them does.
 * Without it the system would run out of memory and pick what to kill. */
MUST_CHECK int memory_check(int64_t users, struct error *err);

#endif
