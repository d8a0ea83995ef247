/* SPDX-License-Identifier: Apache-2.0
 *
 * HdrHistogram logs.
 */
#include "output/hdr_log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/strbuf.h"
#include "http/base64.h"
#include "metrics/histogram.h"
#include "output/hdr_histogram.h"

enum {
    LINE_MAX_BYTES = 4 << 20,
};

struct hdr_log {
    char *path, *title;
    FILE *file;
    int problem; /* errno of the first write that failed; 0: none */
};

static FILE *open_file(const char *path)
{
    if (strcmp(path, "-") == 0)
        return fdopen(fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3), "w");
    return fopen(path, "we");
}

struct hdr_log *hdr_log_new(const char *path, const char *title, struct error *err)
{
    FILE *file = open_file(path);
    if (!file) {
        error_set(err, EXIT_USAGE, "%s cannot be written: %s; give another --hdr", path,
                  strerror(errno));
        return NULL;
    }
    struct hdr_log *log = NEW(struct hdr_log);
    log->path = mem_strdup(path);
    log->title = mem_strdup(title);
    log->file = file;
    return log;
}

/* The moment as seconds and as a date, as HdrHistogram's writer has it. */
void hdr_log_begin(struct hdr_log *log, nsec_t wall_ns)
{
    double seconds = (double)wall_ns / 1e9;
    time_t second = (time_t)(wall_ns / NSEC_PER_SEC);
    struct tm parts;
    char date[64];
    strftime(date, sizeof(date), "%a %b %d %H:%M:%S UTC %Y", gmtime_r(&second, &parts));
    fprintf(log->file, "#%s\n#[Histogram log format version 1.3]\n", log->title);
    fprintf(log->file, "#[StartTime: %.3f (seconds since epoch), %s]\n", seconds, date);
    fprintf(log->file, "#[BaseTime: %.3f (seconds since epoch)]\n", seconds);
    fprintf(log->file, "\"StartTimestamp\",\"Interval_Length\",\"Interval_Max\","
                       "\"Interval_Compressed_Histogram\"\n");
}

void hdr_log_add(struct hdr_log *log, const char *tag, nsec_t start_ns, nsec_t length_ns,
                 const struct histogram *trend)
{
    AUTO(strbuf_done) struct strbuf bytes = STRBUF_INIT(LINE_MAX_BYTES);
    AUTO(strbuf_done) struct strbuf line = STRBUF_INIT(LINE_MAX_BYTES);
    if (tag)
        strbuf_addf(&line, "Tag=%s,", tag);
    strbuf_addf(&line, "%.3f,%.3f,%.3f,", (double)start_ns / 1e9, (double)length_ns / 1e9,
                trend->count ? trend->max : 0);
    hdr_histogram_encode(trend, &bytes);
    base64_encode(BASE64_STANDARD, strbuf_span(&bytes), &line);
    strbuf_addc(&line, '\n');
    if (fwrite(line.ptr, 1, line.len, log->file) != line.len && !log->problem)
        log->problem = errno;
}

int hdr_log_end(struct hdr_log **ptr, struct error *err)
{
    AUTO(hdr_log_free) struct hdr_log *log = TAKE(*ptr);
    if (fclose(TAKE(log->file)) != 0 && !log->problem)
        log->problem = errno;
    if (!log->problem)
        return 0;
    return error_set(err, EXIT_USAGE,
                     "%s was not written whole: %s; make room or give another --hdr", log->path,
                     strerror(log->problem));
}

void hdr_log_free(struct hdr_log **ptr)
{
    struct hdr_log *log = TAKE(*ptr);
    if (!log)
        return;
    if (log->file)
        fclose(log->file);
    mem_free(&log->path);
    mem_free(&log->title);
    mem_free(&log);
}
