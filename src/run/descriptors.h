/* SPDX-License-Identifier: Apache-2.0
 *
 * The limit of open files, which a load of many connections meets first. Thread: main.
 */
#ifndef RUN_DESCRIPTORS_H
#define RUN_DESCRIPTORS_H

#include <stddef.h>
#include <stdint.h>

#include "base/util.h"

struct error;

/* Makes room for `connections` at once on `workers` threads: raises this process's limit as far as
 * it may. -1 and a sentence with limit and remedy when that is not enough. */
MUST_CHECK int descriptors_reserve(uint64_t connections, unsigned workers, struct error *err);

/* For loads whose connections nobody can count in advance: as much room as this process may have.
 */
void descriptors_raise(void);

/* What a request that found the table full should tell: limit and remedy. Returns `buf`. */
const char *descriptors_text(char *buf, size_t size);

#endif
