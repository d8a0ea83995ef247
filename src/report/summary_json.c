/* SPDX-License-Identifier: Apache-2.0
 *
 * The summary as JSON, in the two shapes that k6 users' scripts read: the argument of
 * handleSummary() and the file of --summary-export.
 */
#include "base/jsonw.h"
#include "base/strbuf.h"
#include "report/check_tree.h"
#include "report/summary.h"

static const char *const TYPE_NAMES[] = {"counter", "gauge", "rate", "trend"};
static const char *const UNIT_NAMES[] = {"default", "time", "data"};

static void number_field(struct jsonw *json, const char *name, double value)
{
    jsonw_key(json, name);
    jsonw_number(json, value);
}

static void string_field(struct jsonw *json, const char *name, struct span value)
{
    jsonw_key(json, name);
    jsonw_string(json, value);
}

static void write_trend(struct jsonw *json, const struct summary *summary,
                        const struct histogram *trend)
{
    for (size_t i = 0; i < summary->trend_stat_count; i++) {
        double value = 0;
        if (summary_trend_stat(trend, summary->trend_stats[i], &value) == 0)
            number_field(json, summary->trend_stats[i], value);
    }
}

/* `rate_name` is what the two shapes call the value of a rate. */
static void write_values(struct jsonw *json, const struct summary *summary,
                         const struct series *series, const char *rate_name)
{
    static const struct sink EMPTY;
    const struct sink *sink = snapshot_sink(summary->total, series->id);
    double elapsed_s = (double)summary->duration_ns / 1e9;
    if (!sink)
        sink = &EMPTY;
    switch (series->type) {
    case METRIC_TREND:
        write_trend(json, summary, &sink->trend);
        break;
    case METRIC_COUNTER:
        number_field(json, "count", sink->sum);
        number_field(json, "rate", elapsed_s > 0 ? sink->sum / elapsed_s : 0);
        break;
    case METRIC_RATE:
        number_field(json, rate_name, sink->count ? sink->sum / (double)sink->count : 0);
        number_field(json, "passes", sink->sum);
        number_field(json, "fails", (double)sink->count - sink->sum);
        break;
    case METRIC_GAUGE:
        number_field(json, "value", sink->value);
        number_field(json, "min", sink->min);
        number_field(json, "max", sink->max);
        break;
    }
}

static bool has_thresholds(const struct summary *summary, const struct series *series)
{
    for (size_t i = 0; i < summary->threshold_count; i++) {
        if (summary->thresholds[i].series == series)
            return true;
    }
    return false;
}

static void write_thresholds(struct jsonw *json, const struct summary *summary,
                             const struct series *series, bool export_shape)
{
    if (!has_thresholds(summary, series))
        return;
    jsonw_key(json, "thresholds");
    jsonw_begin_object(json);
    for (size_t i = 0; i < summary->threshold_count; i++) {
        const struct summary_threshold *threshold = &summary->thresholds[i];
        if (threshold->series != series)
            continue;
        jsonw_key(json, threshold->expression);
        if (export_shape) {
            /* The older shape says true when a threshold was crossed. */
            jsonw_bool(json, !threshold->ok);
        } else {
            jsonw_begin_object(json);
            jsonw_key(json, "ok");
            jsonw_bool(json, threshold->ok);
            jsonw_end_object(json);
        }
    }
    jsonw_end_object(json);
}

static bool listed(const struct summary *summary, const struct series *series)
{
    bool named = series->matches && series->shown;
    return named || has_thresholds(summary, series) || snapshot_sink(summary->total, series->id);
}

static void write_metrics(struct jsonw *json, const struct summary *summary, bool export_shape)
{
    jsonw_key(json, "metrics");
    jsonw_begin_object(json);
    for (uint32_t i = 0; i < registry_series_count(summary->registry); i++) {
        const struct series *series = registry_series(summary->registry, i);
        if (!listed(summary, series))
            continue;
        jsonw_key(json, series->name);
        jsonw_begin_object(json);
        if (export_shape) {
            write_values(json, summary, series, "value");
        } else {
            string_field(json, "type", span_cstr(TYPE_NAMES[series->type]));
            string_field(json, "contains", span_cstr(UNIT_NAMES[series->unit]));
            jsonw_key(json, "values");
            jsonw_begin_object(json);
            write_values(json, summary, series, "rate");
            jsonw_end_object(json);
        }
        write_thresholds(json, summary, series, export_shape);
        jsonw_end_object(json);
    }
    jsonw_end_object(json);
}

static void write_check(struct jsonw *json, struct arena *arena, const struct check_count *check)
{
    char id[33];
    char *path =
        arena_printf(arena, "%.*s::%.*s", SPAN_ARG(check->group_path), SPAN_ARG(check->name));
    check_tree_id(span_cstr(path), id);
    jsonw_begin_object(json);
    string_field(json, "name", check->name);
    string_field(json, "path", span_cstr(path));
    string_field(json, "id", span_cstr(id));
    number_field(json, "passes", (double)check->passes);
    number_field(json, "fails", (double)check->fails);
    jsonw_end_object(json);
}

static void open_list(struct jsonw *json, const char *name, bool keyed)
{
    jsonw_key(json, name);
    if (keyed)
        jsonw_begin_object(json);
    else
        jsonw_begin_array(json);
}

static void close_list(struct jsonw *json, bool keyed)
{
    if (keyed)
        jsonw_end_object(json);
    else
        jsonw_end_array(json);
}

/* Groups and checks are lists for handleSummary() and maps by name in the export. */
static void write_group(struct jsonw *json, struct arena *arena, const struct check_group *group,
                        bool keyed)
{
    char id[33];
    check_tree_id(group->path, id);
    jsonw_begin_object(json);
    string_field(json, "name", group->name);
    string_field(json, "path", group->path);
    string_field(json, "id", span_cstr(id));
    open_list(json, "groups", keyed);
    LIST_FOREACH (it, &group->groups) {
        const struct check_group *child = CONTAINER_OF(it, struct check_group, link);
        if (keyed)
            jsonw_key_span(json, child->name);
        write_group(json, arena, child, keyed);
    }
    close_list(json, keyed);
    open_list(json, "checks", keyed);
    for (size_t i = 0; i < group->check_count; i++) {
        if (keyed)
            jsonw_key_span(json, group->checks[i]->name);
        write_check(json, arena, group->checks[i]);
    }
    close_list(json, keyed);
    jsonw_end_object(json);
}

static void write_root_group(struct jsonw *json, const struct summary *summary, bool keyed)
{
    AUTO(arena_done) struct arena arena;
    arena_init(&arena, 4096);
    jsonw_key(json, "root_group");
    write_group(json, &arena, check_tree_new(&arena, summary->total), keyed);
}

static void write_setup_data(struct jsonw *json, const char *setup_data)
{
    if (!setup_data || !setup_data[0])
        return;
    jsonw_key(json, "setup_data");
    jsonw_raw(json, span_cstr(setup_data));
}

static void write_options(struct jsonw *json, const struct summary *summary)
{
    jsonw_key(json, "options");
    jsonw_begin_object(json);
    jsonw_key(json, "summaryTrendStats");
    jsonw_begin_array(json);
    for (size_t i = 0; i < summary->trend_stat_count; i++)
        jsonw_string(json, span_cstr(summary->trend_stats[i]));
    jsonw_end_array(json);
    string_field(json, "summaryTimeUnit", span_cstr(summary->time_unit));
    jsonw_key(json, "noColor");
    jsonw_bool(json, !summary->color);
    jsonw_end_object(json);
}

void summary_handle_json(struct strbuf *out, const struct summary *summary, const char *setup_data,
                         bool stdout_is_tty, bool stderr_is_tty)
{
    struct jsonw json;
    jsonw_init(&json, out);
    jsonw_begin_object(&json);
    write_root_group(&json, summary, false);
    write_options(&json, summary);
    jsonw_key(&json, "state");
    jsonw_begin_object(&json);
    jsonw_key(&json, "isStdOutTTY");
    jsonw_bool(&json, stdout_is_tty);
    jsonw_key(&json, "isStdErrTTY");
    jsonw_bool(&json, stderr_is_tty);
    number_field(&json, "testRunDurationMs", nsec_to_ms(summary->duration_ns));
    jsonw_end_object(&json);
    write_metrics(&json, summary, false);
    write_setup_data(&json, setup_data);
    jsonw_end_object(&json);
}

void summary_export_json(struct strbuf *out, const struct summary *summary, const char *setup_data)
{
    struct jsonw json;
    jsonw_init(&json, out);
    jsonw_begin_object(&json);
    write_root_group(&json, summary, true);
    write_metrics(&json, summary, true);
    write_setup_data(&json, setup_data);
    jsonw_end_object(&json);
    strbuf_addc(out, '\n');
}
