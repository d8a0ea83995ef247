/* SPDX-License-Identifier: Apache-2.0
 *
 * What the user wrote wrong, as a sentence: message, where (file:line:column when known) and the
 * exit code it leads to. Set-up functions return 0 or -1 and fill one of these, their last
 * parameter. Outcomes of requests are data, not errors (client/outcome_table.h).
 */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include <stdarg.h>

#include "base/util.h"

/* Exit codes of the programs; the names and numbers are k6's. */
enum exit_code {
    EXIT_OK = 0,
    EXIT_THRESHOLDS_FAILED = 99,
    EXIT_SETUP_TIMEOUT = 100,
    EXIT_TEARDOWN_TIMEOUT = 101,
    EXIT_TIMEOUT = 102,
    EXIT_INVALID_CONFIG = 104,
    EXIT_INTERRUPTED = 105,
    EXIT_SCRIPT_EXCEPTION = 107,
    EXIT_ABORTED_BY_SCRIPT = 108,
    EXIT_FAILED_BY_SCRIPT = 110,
    EXIT_NOTHING_ANSWERED = 111, /* ours: a bench that got no answer at all */
    EXIT_USAGE = 255,
};

struct error {
    int code;         /* enum exit_code; 0 when nothing is wrong */
    int line, column; /* 1-based; 0 when unknown */
    char file[256];   /* empty when unknown */
    char message[768];
};

/* Fills `err` (which may be NULL) and returns -1, so that callers can return error_set(...). */
int error_set(struct error *err, int code, const char *fmt, ...) PRINTF_LIKE(3, 4);
int error_vset(struct error *err, int code, const char *fmt, va_list args) PRINTF_LIKE(3, 0);

/* Adds the place; values that are already known stay. Returns -1. */
int error_at(struct error *err, const char *file, int line, int column);

/* "file:line:column: message", as much of it as is known, into `buf`; returns `buf`. */
const char *error_text(const struct error *err, char *buf, size_t size);

#endif
