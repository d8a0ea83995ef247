/* SPDX-License-Identifier: Apache-2.0
 *
 * Sentences about what the user wrote wrong.
 */
#include "base/error.h"

#include <stdio.h>

int error_vset(struct error *err, int code, const char *fmt, va_list args)
{
    if (!err)
        return -1;
    err->code = code;
    err->line = err->column = 0;
    err->file[0] = '\0';
    vsnprintf(err->message, sizeof(err->message), fmt, args);
    return -1;
}

int error_set(struct error *err, int code, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    error_vset(err, code, fmt, args);
    va_end(args);
    return -1;
}

int error_at(struct error *err, const char *file, int line, int column)
{
    if (!err)
        return -1;
    if (!err->file[0] && file)
        snprintf(err->file, sizeof(err->file), "%s", file);
    if (!err->line) {
        err->line = line;
        err->column = column;
    }
    return -1;
}

const char *error_text(const struct error *err, char *buf, size_t size)
{
    if (!err->file[0])
        snprintf(buf, size, "%s", err->message);
    else if (!err->line)
        snprintf(buf, size, "%s: %s", err->file, err->message);
    else if (!err->column)
        snprintf(buf, size, "%s:%d: %s", err->file, err->line, err->message);
    else
        snprintf(buf, size, "%s:%d:%d: %s", err->file, err->line, err->column, err->message);
    return buf;
}
