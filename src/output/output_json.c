/* SPDX-License-Identifier: Apache-2.0
 *
 * k6's JSON output. Consecutive samples mostly share their tags (all of one request) and their
 * second, so the text of both is kept for the next line. zlib's file writer serves the plain file
 * too, in its transparent mode.
 */
#include "output/output_json.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>

#include "base/error.h"
#include "base/jsonw.h"
#include "base/mem.h"
#include "base/strbuf.h"
#include "metrics/registry.h"
#include "metrics/tags.h"
#include "output/go_text.h"

enum {
    FLUSH_BYTES = 1 << 16,
    LINES_MAX_BYTES = 64 << 20,
};

struct output_json {
    struct output output;
    struct output_config config;
    char *path; /* for messages */
    gzFile file;
    bool compressed;
    bool *announced;     /* by metric id */
    struct strbuf lines; /* not written yet */
    bool has_tags;       /* `tags` and `tags_text` are set */
    const struct tag_set *tags;
    struct strbuf tags_text;
    time_t second;
    char second_text[32]; /* "2006-01-02T15:04:05", empty at first */
};

static void add_key(struct strbuf *out, struct span key, bool first)
{
    if (!first)
        strbuf_addc(out, ',');
    go_text_quote(out, key);
    strbuf_addc(out, ':');
}

/* k6 keeps these apart, since they are different in every iteration. */
static bool is_metadata(const struct tag *tag)
{
    return span_equal(tag->key, SPAN("vu")) || span_equal(tag->key, SPAN("iter"));
}

static size_t add_object(struct strbuf *out, const struct tag_set *tags, bool metadata)
{
    size_t count = 0;
    strbuf_addc(out, '{');
    for (size_t i = 0; tags && i < tags->tag_count; i++) {
        if (is_metadata(&tags->tags[i]) != metadata)
            continue;
        add_key(out, tags->tags[i].key, count++ == 0);
        go_text_quote(out, tags->tags[i].value);
    }
    strbuf_addc(out, '}');
    return count;
}

/* The value of "tags", and "metadata" behind it when there is any. */
static void add_tags(struct strbuf *out, const struct tag_set *tags)
{
    static const char METADATA[] = ",\"metadata\":";
    add_object(out, tags, false);
    size_t end = out->len;
    strbuf_adds(out, METADATA);
    if (add_object(out, tags, true) == 0)
        strbuf_truncate(out, end);
}

static int compare_matches(const void *a, const void *b)
{
    return span_compare(((const struct tag_match *)a)->key, ((const struct tag_match *)b)->key);
}

static void add_matches(struct strbuf *out, const struct series *series)
{
    size_t count = series->match_count;
    AUTO(mem_free) struct tag_match *sorted = NEW_ARRAY(struct tag_match, count);
    memcpy(sorted, series->matches, count * sizeof(sorted[0]));
    qsort(sorted, count, sizeof(sorted[0]), compare_matches);
    strbuf_addc(out, '{');
    for (size_t i = 0; i < count; i++) {
        add_key(out, sorted[i].key, i == 0);
        go_text_quote(out, sorted[i].value);
    }
    strbuf_addc(out, '}');
}

static void add_submetric(struct strbuf *out, const struct series *series, bool first)
{
    struct span suffix, name = span_cstr(series->name);
    span_cut(name, '{', &suffix);
    strbuf_adds(out, first ? "[{\"name\":" : ",{\"name\":");
    go_text_quote(out, name);
    strbuf_adds(out, ",\"suffix\":");
    go_text_quote(out, span_head(suffix, suffix.len - 1));
    strbuf_adds(out, ",\"tags\":");
    add_matches(out, series);
    strbuf_addc(out, '}');
}

/* Those of thresholds first, k6's own behind them. */
static void add_submetrics(struct output_json *json, const struct metric *metric)
{
    size_t count = 0;
    for (int shown = 1; shown >= 0; shown--) {
        for (size_t i = 0; i < metric->submetric_count; i++) {
            const struct series *series =
                registry_series(json->config.registry, metric->submetrics[i]);
            if (series->shown == shown)
                add_submetric(&json->lines, series, count++ == 0);
        }
    }
    strbuf_adds(&json->lines, count ? "]" : "null");
}

/* k6 does not escape '<' here. */
static void add_threshold(struct strbuf *out, const struct output_threshold *threshold)
{
    if (!threshold->abort_on_fail) {
        jsonw_quote(out, span_cstr(threshold->expression));
        return;
    }
    strbuf_adds(out, "{\"threshold\":");
    jsonw_quote(out, span_cstr(threshold->expression));
    strbuf_adds(out, ",\"abortOnFail\":true,\"delayAbortEval\":");
    if (threshold->delay_abort_ns) {
        strbuf_addc(out, '"');
        go_text_duration(out, threshold->delay_abort_ns);
        strbuf_addc(out, '"');
    } else {
        strbuf_adds(out, "null");
    }
    strbuf_addc(out, '}');
}

static void add_thresholds(struct output_json *json, const struct metric *metric)
{
    size_t count = 0;
    strbuf_addc(&json->lines, '[');
    for (size_t i = 0; i < json->config.threshold_count; i++) {
        const struct output_threshold *threshold = &json->config.thresholds[i];
        if (threshold->series_id != metric->series_id)
            continue;
        strbuf_adds(&json->lines, count++ ? "," : "");
        add_threshold(&json->lines, threshold);
    }
    strbuf_addc(&json->lines, ']');
}

static void add_metric_line(struct output_json *json, const struct metric *metric)
{
    static const char *const TYPES[] = {"counter", "gauge", "rate", "trend"};
    static const char *const CONTENTS[] = {"default", "time", "data"};
    strbuf_addf(
        &json->lines,
        "{\"type\":\"Metric\",\"data\":{\"name\":\"%s\",\"type\":\"%s\",\"contains\":\"%s\","
        "\"thresholds\":",
        metric->name, TYPES[metric->type], CONTENTS[metric->unit]);
    add_thresholds(json, metric);
    strbuf_adds(&json->lines, ",\"submetrics\":");
    add_submetrics(json, metric);
    strbuf_addf(&json->lines, "},\"metric\":\"%s\"}\n", metric->name);
}

static void add_time(struct output_json *json, nsec_t wall_ns)
{
    time_t second = wall_ns / NSEC_PER_SEC;
    if (second != json->second || !json->second_text[0]) {
        struct tm parts;
        gmtime_r(&second, &parts);
        strftime(json->second_text, sizeof(json->second_text), "%Y-%m-%dT%H:%M:%S", &parts);
        json->second = second;
    }
    strbuf_adds(&json->lines, json->second_text);
    go_text_fraction(&json->lines, wall_ns % NSEC_PER_SEC);
    strbuf_addc(&json->lines, 'Z');
}

static void add_point_line(struct output_json *json, const struct metric *metric,
                           const struct sample *sample)
{
    struct strbuf *lines = &json->lines;
    if (!json->has_tags || sample->tags != json->tags) {
        strbuf_reset(&json->tags_text);
        add_tags(&json->tags_text, sample->tags);
        json->tags = sample->tags;
        json->has_tags = true;
    }
    strbuf_adds(lines, "{\"metric\":\"");
    strbuf_adds(lines, metric->name);
    strbuf_adds(lines, "\",\"type\":\"Point\",\"data\":{\"time\":\"");
    add_time(json, sample->wall_ns);
    strbuf_adds(lines, "\",\"value\":");
    go_text_number(lines, sample->value);
    strbuf_adds(lines, ",\"tags\":");
    strbuf_add_span(lines, strbuf_span(&json->tags_text));
    strbuf_adds(lines, "}}\n");
}

/* Where zlib has no words of its own, errno has. */
static int write_failed(const struct output_json *json, const char *zlib_text, struct error *err)
{
    bool has_text = zlib_text && zlib_text[0];
    return error_set(err, EXIT_USAGE,
                     "the output json=%s could not be written to its end: %s; make room or choose "
                     "another place",
                     json->path, has_text ? zlib_text : strerror(errno));
}

static int flush_lines(struct output_json *json, struct error *err)
{
    if (json->lines.overflow || json->tags_text.overflow)
        return write_failed(json, "the tags of one sample are too large", err);
    size_t length = json->lines.len;
    if (length && gzwrite(json->file, json->lines.ptr, (unsigned)length) != (int)length)
        return write_failed(json, gzerror(json->file, NULL), err);
    strbuf_reset(&json->lines);
    return 0;
}

static int json_write(struct output *output, const struct sample *samples, size_t count,
                      struct error *err)
{
    struct output_json *json = CONTAINER_OF(output, struct output_json, output);
    for (size_t i = 0; i < count; i++) {
        const struct metric *metric = registry_metric(json->config.registry, samples[i].metric_id);
        if (!json->announced[metric->id])
            add_metric_line(json, metric);
        json->announced[metric->id] = true;
        add_point_line(json, metric, &samples[i]);
        if (json->lines.len >= FLUSH_BYTES && flush_lines(json, err) < 0)
            return -1;
    }
    if (flush_lines(json, err) < 0)
        return -1;
    /* Whoever follows a plain file sees whole lines at once; a compressed one would only grow. */
    if (!json->compressed && gzflush(json->file, Z_SYNC_FLUSH) != Z_OK)
        return write_failed(json, gzerror(json->file, NULL), err);
    return 0;
}

static int json_close(struct output **output, struct error *err)
{
    struct output_json *json = CONTAINER_OF(*output, struct output_json, output);
    int closed = json->file ? gzclose_w(json->file) : Z_OK;
    int result = closed == Z_OK ? 0 : write_failed(json, NULL, err);
    strbuf_done(&json->lines);
    strbuf_done(&json->tags_text);
    mem_free(&json->announced);
    mem_free(&json->path);
    mem_free(&json);
    *output = NULL;
    return result;
}

/* Owned by the caller; standard output is duplicated, so that closing leaves it open. */
static int open_path(const char *path)
{
    if (strcmp(path, "-") == 0)
        return fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    return open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
}

static gzFile open_file(const char *path, bool compressed)
{
    int fd = open_path(path);
    if (fd < 0)
        return NULL;
    /* Level 1: the writer has to keep up with the workers; lines this alike shrink well anyway. */
    gzFile file = gzdopen(fd, compressed ? "wb1" : "wbT");
    if (file)
        gzbuffer(file, FLUSH_BYTES);
    else
        close(fd);
    return file;
}

static struct output *json_open(const char *argument, const struct output_config *config,
                                struct error *err)
{
    const char *path = argument[0] ? argument : "-";
    bool compressed = span_ends_with(span_cstr(path), SPAN(".gz"));
    gzFile file = open_file(path, compressed);
    if (!file) {
        error_set(err, EXIT_USAGE,
                  "the output json=%s cannot be opened: %s; name a file that can be written, or - "
                  "for standard output",
                  path, strerror(errno));
        return NULL;
    }
    struct output_json *json = NEW(struct output_json);
    json->output.ops = &output_json_ops;
    json->config = *config;
    json->path = mem_strdup(path);
    json->file = file;
    json->compressed = compressed;
    json->announced = NEW_ARRAY(bool, registry_metric_count(config->registry));
    strbuf_init(&json->lines, LINES_MAX_BYTES);
    strbuf_init(&json->tags_text, LINES_MAX_BYTES);
    return &json->output;
}

const struct output_ops output_json_ops = {
    .name = "json",
    .usage = "json=FILE, json=FILE.gz or json=- (standard output)",
    .open = json_open,
    .write = json_write,
    .close = json_close,
};
