/* SPDX-License-Identifier: Apache-2.0
 *
 * Lines for people, to a given descriptor. Each line is one write(2), so lines of several threads
 * do not mix. Only the edges of a program log (cli, keneyapp's main, the script console);
 * libraries return errors instead.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"
#include "base/util.h"

enum log_level {
    LOG_DEBUG,
    LOG_INFO,
    LOG_WARNING,
    LOG_ERROR,
};

enum log_format {
    LOG_FORMAT_TERMINAL, /* INFO[0003] text   source=console */
    LOG_FORMAT_TEXT,     /* time="..." level=info msg="..." source=console */
    LOG_FORMAT_JSON,
    LOG_FORMAT_RAW, /* the message alone */
};

struct strbuf;

struct log {
    int fd; /* borrowed; -1 drops everything */
    /* In place of writing to `fd`, when set: gets whole lines with their ends; any thread. */
    void (*write)(void *context, struct span line);
    void *write_context;
    enum log_level level;
    enum log_format format;
    bool color;
    bool
        terminal; /* fd is one: a line takes the place of progress that is drawn below the cursor */
    long long start_ns; /* monotonic start, for the seconds of LOG_FORMAT_TERMINAL */
};

/* Level info, format by isatty(fd). */
void log_init(struct log *log, int fd);

/* What a line says beside its message: executor=constant-vus scenario=default. */
struct log_field {
    const char *name;
    struct span value;
    bool is_number; /* JSON has it without quotes */
};

/* Fields come in the order of their names. */
void log_with(struct log *log, enum log_level level, struct span message,
              const struct log_field *fields, size_t count);

/* The line as log_with() would write it, appended to `out`. */
void log_format(const struct log *log, enum log_level level, struct span message,
                const struct log_field *fields, size_t count, struct strbuf *out);

/* `source` names the origin ("console"); NULL for the program itself. */
void log_line(struct log *log, enum log_level level, const char *source, struct span message);
void log_printf(struct log *log, enum log_level level, const char *fmt, ...) PRINTF_LIKE(3, 4);

#endif
