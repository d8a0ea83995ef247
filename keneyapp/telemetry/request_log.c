/* SPDX-License-Identifier: Apache-2.0
 *
 * Fields come in the order of their names, as base/log wants them.
 */
#include "keneyapp/telemetry/request_log.h"

#include <stdio.h>

#include "base/log.h"

#define SLOW_NS NSEC_PER_SEC

enum {
    PATH_MAX_BYTES = 256,
    NUMBER_BYTES = 32,
};

static enum log_level level_of(unsigned status, nsec_t duration_ns)
{
    if (status >= 500)
        return LOG_ERROR;
    return duration_ns > SLOW_NS ? LOG_WARNING : LOG_DEBUG;
}

bool request_log_wants(const struct log *log, unsigned status, nsec_t duration_ns)
{
    return level_of(status, duration_ns) >= log->level;
}

/* A path may hold any byte; in the log it is printable. */
static struct span printable(struct span path, char buf[PATH_MAX_BYTES])
{
    path = span_head(path, PATH_MAX_BYTES);
    for (size_t i = 0; i < path.len; i++)
        buf[i] = path.ptr[i] > 0x20 && path.ptr[i] < 0x7f ? path.ptr[i] : '?';
    return span_of(buf, path.len);
}

static struct log_field number(const char *name, char buf[NUMBER_BYTES], int64_t value)
{
    int len = snprintf(buf, NUMBER_BYTES, "%lld", (long long)value);
    return (struct log_field){.name = name, .value = span_of(buf, (size_t)len), .is_number = true};
}

static struct log_field text(const char *name, struct span value)
{
    return (struct log_field){.name = name, .value = value};
}

void request_log_write(struct log *log, const struct request_line *line)
{
    char path[PATH_MAX_BYTES], ms[NUMBER_BYTES], digits[4][NUMBER_BYTES];
    enum log_level level = level_of(line->status, line->duration_ns);
    int ms_len = snprintf(ms, sizeof(ms), "%.3f", nsec_to_ms(line->duration_ns));
    const struct log_field fields[] = {
        number("bytes", digits[0], (int64_t)line->bytes),
        text("correlation_id", span_cstr(line->correlation_id)),
        {.name = "duration_ms", .value = span_of(ms, (size_t)ms_len), .is_number = true},
        text("endpoint", span_cstr(line->endpoint)),
        text("method", span_cstr(line->method)),
        text("path", printable(line->path, path)),
        text("remote", span_cstr(line->remote)),
        number("status", digits[1], line->status),
        number("tenant_id", digits[2], line->tenant_id),
        number("user_id", digits[3], line->user_id),
    };
    struct span message = level == LOG_ERROR     ? SPAN("request failed")
                          : level == LOG_WARNING ? SPAN("request was slow")
                                                 : SPAN("request");
    log_with(log, level, message, fields, COUNT_OF(fields));
}
