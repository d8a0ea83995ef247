/* SPDX-License-Identifier: Apache-2.0
 *
 * The end-of-test summary in k6's layout. A section is laid out in two passes: first every row
 * becomes cells, then column widths follow from all of them.
 */
#include "report/summary.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/strbuf.h"
#include "report/format.h"

const char *const SUMMARY_DEFAULT_STATS[6] = {"avg", "min", "med", "max", "p(90)", "p(95)"};

enum {
    CELL_MAX_BYTES = 1024,
    MAX_CELLS = SUMMARY_MAX_STATS,
};

/* A section of the metric list; CUSTOM comes first and is not a list of names. */
static const struct kind {
    const char *title;
    const char *prefixes[4];
} KINDS[] = {
    {"CUSTOM", {NULL}},
    {"HTTP", {"http_"}},
    {"EXECUTION", {"iteration", "vus", "dropped_iterations", "loop_lag"}},
    {"NETWORK", {"data_"}},
};

struct row {
    const struct series *series;
    struct strbuf label;
    struct strbuf cells[MAX_CELLS];
    size_t cell_count;
};

struct table {
    const struct summary *summary;
    struct row *rows;
    size_t count, cap;
    size_t label_width;
    size_t trend_width[MAX_CELLS], value_width[MAX_CELLS];
};

enum paint {
    PAINT_GREEN,
    PAINT_RED,
    PAINT_BOLD,
    PAINT_FAINT,
};

static const char *paint_code(const struct summary *summary, enum paint paint)
{
    static const char *const CODES[] = {"\x1b[32m", "\x1b[31m", "\x1b[1m", "\x1b[2m"};
    return summary->color ? CODES[paint] : "";
}

static const char *paint_end(const struct summary *summary)
{
    return summary->color ? "\x1b[0m" : "";
}

static const struct sink *sink_of(const struct summary *summary, const struct series *series)
{
    return snapshot_sink(summary->total, series->id);
}

static double seconds(const struct summary *summary)
{
    return summary->duration_ns > 0 ? (double)summary->duration_ns / 1e9 : 1e-9;
}

int summary_trend_stat(const struct histogram *trend, const char *stat, double *ret_value)
{
    bool empty = trend->count == 0;
    double percentile;
    int used = 0;
    if (strcmp(stat, "avg") == 0)
        *ret_value = histogram_mean(trend);
    else if (strcmp(stat, "min") == 0)
        *ret_value = empty ? 0 : trend->min;
    else if (strcmp(stat, "max") == 0)
        *ret_value = empty ? 0 : trend->max;
    else if (strcmp(stat, "med") == 0)
        *ret_value = histogram_percentile(trend, 50);
    else if (strcmp(stat, "count") == 0)
        *ret_value = (double)trend->count;
    else if (sscanf(stat, "p(%lf)%n", &percentile, &used) == 1 && used > 0 && !stat[used] &&
             percentile >= 0 && percentile <= 100)
        *ret_value = histogram_percentile(trend, percentile);
    else
        return -1;
    return 0;
}

static bool thresholded(const struct summary *summary, uint32_t series_id)
{
    for (size_t i = 0; i < summary->threshold_count; i++) {
        if (summary->thresholds[i].series->id == series_id)
            return true;
    }
    return false;
}

/* A metric without samples has a row only when a threshold names it or one of its sub-metrics. */
static bool metric_listed(const struct summary *summary, const struct metric *metric)
{
    if (snapshot_sink(summary->total, metric->series_id) || thresholded(summary, metric->series_id))
        return true;
    for (size_t i = 0; i < metric->submetric_count; i++) {
        if (registry_series(summary->registry, metric->submetrics[i])->shown)
            return true;
    }
    return false;
}

static bool hidden(const struct summary *summary, const struct metric *metric)
{
    static const char *const DETAILS[] = {
        "http_req_blocked", "http_req_connecting",      "http_req_receiving", "http_req_sending",
        "http_req_waiting", "http_req_tls_handshaking", "loop_lag",
    };
    if (metric->id == METRIC_CHECKS || metric->id == METRIC_GROUP_DURATION)
        return true;
    for (size_t i = 0; summary->mode != SUMMARY_FULL && i < COUNT_OF(DETAILS); i++) {
        if (strcmp(metric->name, DETAILS[i]) == 0)
            return !thresholded(summary, metric->series_id);
    }
    return false;
}

static bool of_kind(const struct metric *metric, size_t kind)
{
    if (metric->custom || kind == 0)
        return metric->custom && kind == 0;
    for (size_t i = 0; i < COUNT_OF(KINDS[kind].prefixes) && KINDS[kind].prefixes[i]; i++) {
        if (span_starts_with(span_cstr(metric->name), span_cstr(KINDS[kind].prefixes[i])))
            return true;
    }
    return false;
}

static int compare_metrics(const void *a, const void *b)
{
    return strcmp((*(const struct metric *const *)a)->name,
                  (*(const struct metric *const *)b)->name);
}

/* The metrics of a kind that have a row, by name; the caller frees the array. */
static const struct metric **metrics_of_kind(const struct summary *summary, size_t kind,
                                             size_t *ret_count)
{
    size_t all = registry_metric_count(summary->registry), count = 0;
    const struct metric **metrics = mem_new(all, sizeof(*metrics));
    for (uint32_t i = 0; i < all; i++) {
        const struct metric *metric = registry_metric(summary->registry, i);
        if (of_kind(metric, kind) && metric_listed(summary, metric) && !hidden(summary, metric))
            metrics[count++] = metric;
    }
    qsort(metrics, count, sizeof(*metrics), compare_metrics);
    *ret_count = count;
    return metrics;
}

static struct strbuf *add_cell(struct row *row)
{
    struct strbuf *cell = &row->cells[row->cell_count++];
    *cell = STRBUF_INIT(CELL_MAX_BYTES);
    return cell;
}

static void fill_trend(struct row *row, const struct summary *summary, const struct sink *sink)
{
    static const struct histogram EMPTY;
    const struct histogram *trend = sink ? &sink->trend : &EMPTY;
    for (size_t i = 0; i < summary->trend_stat_count && row->cell_count < MAX_CELLS; i++) {
        const char *stat = summary->trend_stats[i];
        struct strbuf *cell = add_cell(row);
        double value = 0;
        strbuf_addf(cell, "%s=", stat);
        if (summary_trend_stat(trend, stat, &value) < 0)
            strbuf_adds(cell, "?");
        else if (strcmp(stat, "count") == 0)
            format_number(cell, value, 0);
        else
            format_value(cell, METRIC_TREND, row->series->unit, value, summary->time_unit);
    }
}

static void fill_counter(struct row *row, const struct summary *summary, const struct sink *sink)
{
    double sum = sink ? sink->sum : 0;
    enum metric_unit unit = row->series->unit;
    format_value(add_cell(row), METRIC_COUNTER, unit, sum, summary->time_unit);
    struct strbuf *rate = add_cell(row);
    format_value(rate, METRIC_COUNTER, unit, sum / seconds(summary), summary->time_unit);
    strbuf_adds(rate, "/s");
}

static void fill_rate(struct row *row, const struct sink *sink)
{
    double count = sink ? (double)sink->count : 0, hits = sink ? sink->sum : 0;
    format_percent(add_cell(row), count > 0 ? hits / count : 0);
    strbuf_addf(add_cell(row), "%.0f out of %.0f", hits, count);
}

static void fill_gauge(struct row *row, const struct summary *summary, const struct sink *sink)
{
    static const char *const NAMES[] = {"", "min=", "max="};
    const double values[] = {sink ? sink->value : 0, sink ? sink->min : 0, sink ? sink->max : 0};
    for (size_t i = 0; i < COUNT_OF(values); i++) {
        struct strbuf *cell = add_cell(row);
        strbuf_adds(cell, NAMES[i]);
        format_value(cell, METRIC_GAUGE, row->series->unit, values[i], summary->time_unit);
    }
}

static void measure(struct table *table, const struct row *row)
{
    bool trend = row->series->type == METRIC_TREND;
    size_t *widths = trend ? table->trend_width : table->value_width;
    size_t label = format_width(row->label.ptr, row->label.len);
    table->label_width = MAX_OF(table->label_width, label);
    for (size_t i = 0; i < row->cell_count; i++) {
        size_t width = format_width(row->cells[i].ptr, row->cells[i].len);
        widths[i] = MAX_OF(widths[i], width);
    }
}

static struct row *add_row(struct table *table, const struct series *series)
{
    if (table->count == table->cap) {
        table->cap = MAX_OF(table->cap * 2, (size_t)16);
        table->rows = GROW_ARRAY(table->rows, table->cap);
    }
    struct row *row = &table->rows[table->count++];
    *row = (struct row){.series = series, .label = STRBUF_INIT(CELL_MAX_BYTES)};
    return row;
}

static void add_series(struct table *table, const struct series *series)
{
    const struct sink *sink = sink_of(table->summary, series);
    struct row *row = add_row(table, series);
    const char *selector = strchr(series->name, '{');
    if (!selector)
        strbuf_adds(&row->label, series->name);
    else
        strbuf_addf(&row->label, "  { %.*s }", (int)strlen(selector) - 2, selector + 1);
    switch (series->type) {
    case METRIC_TREND:
        fill_trend(row, table->summary, sink);
        break;
    case METRIC_COUNTER:
        fill_counter(row, table->summary, sink);
        break;
    case METRIC_RATE:
        fill_rate(row, sink);
        break;
    case METRIC_GAUGE:
        fill_gauge(row, table->summary, sink);
        break;
    }
    measure(table, row);
}

static int compare_series(const void *a, const void *b)
{
    return strcmp((*(const struct series *const *)a)->name,
                  (*(const struct series *const *)b)->name);
}

/* The metric, then its sub-metrics by name. */
static void add_metric(struct table *table, const struct metric *metric)
{
    const struct registry *registry = table->summary->registry;
    size_t count = 0;
    AUTO(mem_free)
    const struct series **submetrics = mem_new(metric->submetric_count, sizeof(*submetrics));
    for (size_t i = 0; i < metric->submetric_count; i++) {
        const struct series *series = registry_series(registry, metric->submetrics[i]);
        if (series->shown || sink_of(table->summary, series))
            submetrics[count++] = series;
    }
    qsort(submetrics, count, sizeof(*submetrics), compare_series);
    add_series(table, registry_series(registry, metric->series_id));
    for (size_t i = 0; i < count; i++)
        add_series(table, submetrics[i]);
}

static void pad(struct strbuf *out, size_t columns, char with)
{
    for (size_t i = 0; i < columns; i++)
        strbuf_addc(out, with);
}

static void print_row(struct strbuf *out, const struct table *table, const struct row *row)
{
    bool trend = row->series->type == METRIC_TREND;
    const size_t *widths = trend ? table->trend_width : table->value_width;
    strbuf_adds(out, "    ");
    strbuf_add_span(out, strbuf_span(&row->label));
    pad(out, table->label_width + 3 - format_width(row->label.ptr, row->label.len), '.');
    strbuf_adds(out, ": ");
    for (size_t i = 0; i < row->cell_count; i++) {
        const struct strbuf *cell = &row->cells[i];
        bool last = i + 1 == row->cell_count;
        strbuf_addf(out, "%s%s%s", paint_code(table->summary, PAINT_BOLD), strbuf_cstr(cell),
                    paint_end(table->summary));
        if (trend || !last)
            pad(out, widths[i] - format_width(cell->ptr, cell->len), ' ');
        if (!last)
            strbuf_addc(out, ' ');
    }
    strbuf_addc(out, '\n');
}

static void table_done(struct table *table)
{
    for (size_t i = 0; i < table->count; i++) {
        strbuf_done(&table->rows[i].label);
        for (size_t j = 0; j < table->rows[i].cell_count; j++)
            strbuf_done(&table->rows[i].cells[j]);
    }
    free(table->rows);
}

static void print_metrics(struct strbuf *out, const struct summary *summary)
{
    AUTO(table_done) struct table table = {.summary = summary};
    size_t ends[COUNT_OF(KINDS)];
    for (size_t kind = 0; kind < COUNT_OF(KINDS); kind++) {
        size_t count;
        AUTO(mem_free) const struct metric **metrics = metrics_of_kind(summary, kind, &count);
        for (size_t i = 0; i < count; i++)
            add_metric(&table, metrics[i]);
        ends[kind] = table.count;
    }
    for (size_t kind = 0, at = 0; kind < COUNT_OF(KINDS); kind++) {
        if (at == ends[kind])
            continue;
        strbuf_addf(out, "    %s%s%s\n", paint_code(summary, PAINT_BOLD), KINDS[kind].title,
                    paint_end(summary));
        for (; at < ends[kind]; at++)
            print_row(out, &table, &table.rows[at]);
        strbuf_addc(out, '\n');
    }
}

static void print_check(struct strbuf *out, const struct summary *summary,
                        const struct check_count *check)
{
    uint64_t all = check->passes + check->fails;
    enum paint paint = check->fails ? PAINT_RED : PAINT_GREEN;
    strbuf_addf(out, "    %s%s %.*s%s\n", paint_code(summary, paint), check->fails ? "✗" : "✓",
                SPAN_ARG(check->name), paint_end(summary));
    if (!check->fails)
        return;
    strbuf_addf(out, "    %s  ↳  %.0f%% — ✓ %llu / ✗ %llu%s\n", paint_code(summary, PAINT_RED),
                (double)(100 * check->passes / all), (unsigned long long)check->passes,
                (unsigned long long)check->fails, paint_end(summary));
}

static void print_check_totals(struct strbuf *out, const struct summary *summary,
                               const struct sink *checks)
{
    char total[32];
    AUTO(strbuf_done)
    struct strbuf rate = STRBUF_INIT(64), good = STRBUF_INIT(64), bad = STRBUF_INIT(64);
    double all = (double)checks->count, passed = checks->sum;
    snprintf(total, sizeof(total), "%.0f", all);
    format_number(&rate, all / seconds(summary), 6);
    format_percent(&good, passed / all);
    format_percent(&bad, (all - passed) / all);
    int width = (int)MAX_OF(MAX_OF(good.len, bad.len), strlen(total));
    strbuf_addf(out, "    checks_total.......: %-*s %s/s\n", width, total, strbuf_cstr(&rate));
    strbuf_addf(out, "    checks_succeeded...: %-*s %.0f out of %.0f\n", width, strbuf_cstr(&good),
                passed, all);
    strbuf_addf(out, "    checks_failed......: %-*s %.0f out of %.0f\n\n", width, strbuf_cstr(&bad),
                all - passed, all);
}

static void print_checks(struct strbuf *out, const struct summary *summary)
{
    const struct sink *checks = snapshot_metric(summary->total, METRIC_CHECKS);
    if (!checks || checks->count == 0)
        return;
    print_check_totals(out, summary, checks);
    AUTO(mem_free) const struct check_count **rows = snapshot_checks_by_time(summary->total);
    for (size_t i = 0; i < summary->total->check_count; i++)
        print_check(out, summary, rows[i]);
    strbuf_addc(out, '\n');
}

static void print_threshold(struct strbuf *out, const struct summary *summary,
                            const struct summary_threshold *threshold, const char *indent)
{
    AUTO(strbuf_done) struct strbuf value = STRBUF_INIT(CELL_MAX_BYTES);
    const struct series *series = threshold->series;
    bool per_second = series->type == METRIC_COUNTER && strcmp(threshold->aggregate, "rate") == 0;
    format_value(&value, series->type, series->unit, threshold->observed, summary->time_unit);
    strbuf_addf(out, "%s%s%s%s '%s' %s=%s%s\n", indent,
                paint_code(summary, threshold->ok ? PAINT_GREEN : PAINT_RED),
                threshold->ok ? "✓" : "✗", paint_end(summary), threshold->expression,
                threshold->aggregate, strbuf_cstr(&value), per_second ? "/s" : "");
}

static int compare_thresholds(const void *a, const void *b)
{
    const struct summary_threshold *const *x = a, *const *y = b;
    int order = strcmp((*x)->series->name, (*y)->series->name);
    return order ? order : (*x < *y ? -1 : 1);
}

static bool follows_parent(const struct summary_threshold *const *sorted, size_t at)
{
    const struct series *series = sorted[at]->series;
    for (size_t i = 0; i < at && series->match_count; i++) {
        const struct series *other = sorted[i]->series;
        if (other->metric_id == series->metric_id && !other->match_count)
            return true;
    }
    return false;
}

static void print_thresholds(struct strbuf *out, const struct summary *summary)
{
    size_t count = summary->threshold_count;
    if (count == 0)
        return;
    AUTO(mem_free) const struct summary_threshold **sorted = mem_new(count, sizeof(*sorted));
    for (size_t i = 0; i < count; i++)
        sorted[i] = &summary->thresholds[i];
    qsort(sorted, count, sizeof(*sorted), compare_thresholds);
    strbuf_addf(out, "  %s█ THRESHOLDS %s\n", paint_code(summary, PAINT_BOLD), paint_end(summary));
    for (size_t i = 0; i < count; i++) {
        const struct series *series = sorted[i]->series;
        bool nested = follows_parent(sorted, i);
        if (i == 0 || sorted[i - 1]->series != series)
            strbuf_addf(out, "\n%s%s\n", nested ? "      " : "    ",
                        nested ? strchr(series->name, '{') : series->name);
        print_threshold(out, summary, sorted[i], nested ? "      " : "    ");
    }
    strbuf_adds(out, "\n\n");
}

static void print_notes(struct strbuf *out, const struct summary *summary)
{
    if (summary->time_scale != 1)
        strbuf_addf(out, "  ! rehearsal: every duration of the plan was multiplied by %g\n",
                    summary->time_scale);
    for (size_t i = 0; i < summary->note_count; i++)
        strbuf_addf(out, "  ! %s\n", summary->notes[i]);
    if (summary->time_scale != 1 || summary->note_count)
        strbuf_addc(out, '\n');
}

void summary_text(struct strbuf *out, const struct summary *summary)
{
    if (summary->mode == SUMMARY_DISABLED)
        return;
    strbuf_adds(out, "\n\n");
    print_notes(out, summary);
    print_thresholds(out, summary);
    strbuf_addf(out, "  %s█ TOTAL RESULTS %s\n\n", paint_code(summary, PAINT_BOLD),
                paint_end(summary));
    print_checks(out, summary);
    print_metrics(out, summary);
}
