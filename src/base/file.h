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

/* Whether file_write() can do so later: makes the file, or empties it. A pipe is left alone, whose
 * reader would take this for the end. */
MUST_CHECK int file_probe(const char *path, struct error *err);

/* First thing in main(): a standard stream that the caller left closed becomes /dev/null. Otherwise
 * the next file or socket would get its number, and what is printed. */
void file_open_standard(void);

/* Last thing in main(): writes what is left in stdout. `code`, or, when that was success and some
 * of the output was lost, a sentence on stderr and 255. */
int file_end_standard(int code);

#endif
