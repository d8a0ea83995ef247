/* SPDX-License-Identifier: Apache-2.0
 *
 * Lines for people, in the formats that k6 users' tooling already reads (logrus text and JSON).
 */
#include "base/log.h"

#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/strbuf.h"

enum {
    LINE_MAX_BYTES = 1 << 20,
    MESSAGE_COLUMNS = 44, /* before the fields, on a terminal */
};

struct entry {
    enum log_level level;
    struct span message;
    const struct log_field *fields;
    size_t count;
};

static const struct level_style {
    const char *name, *tag, *color;
} LEVELS[] = {
    [LOG_DEBUG] = {"debug", "DEBU", "\x1b[37m"},
    [LOG_INFO] = {"info", "INFO", "\x1b[36m"},
    [LOG_WARNING] = {"warning", "WARN", "\x1b[33m"},
    [LOG_ERROR] = {"error", "ERRO", "\x1b[31m"},
};

void log_init(struct log *log, int fd)
{
    bool terminal = fd >= 0 && isatty(fd);
    *log = (struct log){
        .fd = fd,
        .level = LOG_INFO,
        .format = terminal ? LOG_FORMAT_TERMINAL : LOG_FORMAT_TEXT,
        .color = terminal,
        .terminal = terminal,
        .start_ns = clock_now(clock_monotonic()),
    };
}

/* The escapes are those of Go's %q and of JSON, which agree on all that occurs in messages. */
static void add_quoted(struct strbuf *line, struct span text)
{
    strbuf_addc(line, '"');
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c == '"' || c == '\\')
            strbuf_addf(line, "\\%c", c);
        else if (c == '\n')
            strbuf_adds(line, "\\n");
        else if (c == '\t')
            strbuf_adds(line, "\\t");
        else if (c < 0x20)
            strbuf_addf(line, "\\u%04x", c);
        else
            strbuf_addc(line, (char)c);
    }
    strbuf_addc(line, '"');
}

static void add_wall_time(struct strbuf *line)
{
    time_t seconds = (time_t)(clock_wall() / NSEC_PER_SEC);
    struct tm utc;
    char text[32];
    gmtime_r(&seconds, &utc);
    strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &utc);
    strbuf_adds(line, text);
}

/* What logrus leaves unquoted. */
static bool is_plain(struct span text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (!letter && !(c >= '0' && c <= '9') && !(c && strchr("-._/@^+", c)))
            return false;
    }
    return true;
}

static void add_value(struct strbuf *line, struct span text)
{
    if (is_plain(text))
        strbuf_add_span(line, text);
    else
        add_quoted(line, text);
}

static void add_terminal(struct strbuf *line, const struct log *log, const struct entry *entry)
{
    long long seconds = (clock_now(clock_monotonic()) - log->start_ns) / NSEC_PER_SEC;
    const struct level_style *style = &LEVELS[entry->level];
    const char *color = log->color ? style->color : "", *reset = log->color ? "\x1b[0m" : "";
    strbuf_addf(line, "%s%s%s[%04lld] %-*.*s", color, style->tag, reset, seconds,
                entry->count ? MESSAGE_COLUMNS : 0, SPAN_ARG(entry->message));
    for (size_t i = 0; i < entry->count; i++) {
        strbuf_addf(line, " %s%s%s=", color, entry->fields[i].name, reset);
        add_value(line, entry->fields[i].value);
    }
}

static void add_text(struct strbuf *line, const struct entry *entry)
{
    strbuf_adds(line, "time=\"");
    add_wall_time(line);
    strbuf_addf(line, "\" level=%s", LEVELS[entry->level].name);
    if (entry->message.len) {
        strbuf_adds(line, " msg=");
        add_value(line, entry->message);
    }
    for (size_t i = 0; i < entry->count; i++) {
        strbuf_addf(line, " %s=", entry->fields[i].name);
        add_value(line, entry->fields[i].value);
    }
}

static void add_json_name(struct strbuf *line, const char *name)
{
    char last = line->len ? line->ptr[line->len - 1] : '\n';
    strbuf_addf(line, "%c\"%s\":", last == '\n' ? '{' : ',', name);
}

static void add_json_text(struct strbuf *line, const char *name, struct span value)
{
    add_json_name(line, name);
    add_quoted(line, value);
}

static void add_json_field(struct strbuf *line, const struct log_field *field)
{
    add_json_name(line, field->name);
    if (field->is_number)
        strbuf_add_span(line, field->value);
    else
        add_quoted(line, field->value);
}

/* Keys in the order of their names, as encoders of maps write them. */
static void add_json(struct strbuf *line, const struct entry *entry)
{
    size_t i = 0;
    for (; i < entry->count && strcmp(entry->fields[i].name, "level") < 0; i++)
        add_json_field(line, &entry->fields[i]);
    add_json_text(line, "level", span_cstr(LEVELS[entry->level].name));
    add_json_text(line, "msg", entry->message);
    for (; i < entry->count; i++)
        add_json_field(line, &entry->fields[i]);
    strbuf_adds(line, ",\"time\":\"");
    add_wall_time(line);
    strbuf_adds(line, "\"}");
}

static void write_all(int fd, struct span bytes)
{
    while (bytes.len) {
        ssize_t n = write(fd, bytes.ptr, bytes.len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return;
        bytes = span_from(bytes, (size_t)n);
    }
}

void log_format(const struct log *log, enum log_level level, struct span message,
                const struct log_field *fields, size_t count, struct strbuf *out)
{
    const struct entry entry = {level, message, fields, count};
    switch (log->format) {
    case LOG_FORMAT_TERMINAL:
        add_terminal(out, log, &entry);
        break;
    case LOG_FORMAT_TEXT:
        add_text(out, &entry);
        break;
    case LOG_FORMAT_JSON:
        add_json(out, &entry);
        break;
    case LOG_FORMAT_RAW:
        strbuf_add_span(out, message);
        break;
    }
    strbuf_addc(out, '\n');
}

void log_with(struct log *log, enum log_level level, struct span message,
              const struct log_field *fields, size_t count)
{
    if (log->fd < 0 || level < log->level)
        return;
    AUTO(strbuf_done) struct strbuf line = STRBUF_INIT(LINE_MAX_BYTES);
    strbuf_adds(&line, log->terminal ? "\r\x1b[J" : "");
    log_format(log, level, message, fields, count, &line);
    if (log->write)
        log->write(log->write_context, strbuf_span(&line));
    else
        write_all(log->fd, strbuf_span(&line));
}

void log_line(struct log *log, enum log_level level, const char *source, struct span message)
{
    const struct log_field field = {.name = "source", .value = span_cstr(source ? source : "")};
    log_with(log, level, message, &field, source ? 1 : 0);
}

void log_printf(struct log *log, enum log_level level, const char *fmt, ...)
{
    AUTO(strbuf_done) struct strbuf text = STRBUF_INIT(LINE_MAX_BYTES);
    va_list args;
    va_start(args, fmt);
    strbuf_vaddf(&text, fmt, args);
    va_end(args);
    log_line(log, level, NULL, strbuf_span(&text));
}
