/* SPDX-License-Identifier: Apache-2.0
 *
 * Whole files, with sentences for what can go wrong. "-" is standard input or output. Any thread.
 */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stddef.h>

#include "base/span.h"
#include "base/strbuf.h"

struct error;

#define FILE_MAX_BYTES ((size_t)1 << 30)

/* Appends the file to `out`; -1 and `err` (255) when it cannot be read or is larger than the
 * buffer's maximum. */
MUST_CHECK int file_read(const char *path, struct strbuf *out, struct error *err);

/* Replaces the file. */
MUST_CHECK int file_write(const char *path, struct span content, struct error *err);

#endif
