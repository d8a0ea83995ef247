/* SPDX-License-Identifier: Apache-2.0
 *
 * What an indicator measures: its metricSource, and the meaning of the spec inside for the types
 * that are ours.
 */
#include <math.h>

#include "base/mem.h"
#include "slo/openslo_private.h"

struct source {
    const char *type;
    const struct yaml_tree *node, *spec; /* spec may be NULL for foreign types */
};

/* A metric is a map of one metricSource, which says its type itself or by a DataSource. */
static int read_source(struct slo_reader *reader, const struct yaml_tree *metric,
                       struct source *ret_source)
{
    if (slo_check_map(reader, metric, "a metric", "metricSource") < 0)
        return -1;
    const struct yaml_tree *node = yaml_tree_get(metric, "metricSource");
    if (!node)
        return slo_refuse(reader, metric, "'metricSource' is missing here");
    if (slo_check_map(reader, node, "a metricSource", "metricSourceRef type spec") < 0)
        return -1;
    const struct yaml_tree *ref = yaml_tree_get(node, "metricSourceRef"), *holder = node;
    if (ref && !yaml_tree_get(node, "type")) {
        const struct yaml_tree *data_source =
            slo_find_document(reader, "DataSource", slo_text_or(node, "metricSourceRef", ""));
        if (!data_source)
            return slo_refuse(reader, ref, "this file has no DataSource of that name");
        holder = yaml_tree_get(data_source, "spec");
    }
    if (slo_get_text(reader, holder, "type", &ret_source->type) < 0)
        return -1;
    ret_source->node = node;
    ret_source->spec = yaml_tree_get(node, "spec");
    return 0;
}

static bool is_run(const struct source *source)
{
    return strcmp(source->type, "KeneyPerf") == 0;
}

static int read_duration(struct slo_reader *reader, const struct yaml_tree *spec,
                         nsec_t *ret_duration)
{
    const char *text;
    if (!yaml_tree_get(spec, "duration"))
        return 0;
    if (slo_get_text(reader, spec, "duration", &text) < 0)
        return -1;
    if (slo_parse_duration(span_cstr(text), ret_duration) < 0)
        return slo_refuse(reader, yaml_tree_get(spec, "duration"),
                          "'%s' is not a duration: write a number and one of s m h d w, such as 5m",
                          text);
    return 0;
}

static int read_holds(struct slo_reader *reader, const struct yaml_tree *spec, struct slo_row *row)
{
    const struct yaml_tree *list = yaml_tree_get(spec, "holds");
    if (!list)
        return 0;
    if (list->kind != YAML_TREE_LIST)
        return slo_refuse(reader, list, "holds must be a list of names of SLOs");
    size_t count = 0;
    for (const struct yaml_tree *item = list->first; item; item = item->next)
        count++;
    row->holds = ARENA_NEW_ARRAY(&reader->slo->arena, const char *, count);
    for (const struct yaml_tree *item = list->first; item; item = item->next) {
        if (item->kind != YAML_TREE_TEXT)
            return slo_refuse(reader, item, "holds must be a list of names of SLOs");
        row->holds[row->hold_count++] = item->text.ptr;
    }
    return 0;
}

static int read_load(struct slo_reader *reader, const struct yaml_tree *spec, struct slo_row *row)
{
    const char *load;
    if (slo_check_map(reader, spec, "the spec of a load", "load duration holds") < 0 ||
        slo_get_text(reader, spec, "load", &load) < 0)
        return -1;
    bool users = strcmp(load, "users") == 0;
    if (!users && strcmp(load, "requests") != 0)
        return slo_refuse(reader, yaml_tree_get(spec, "load"),
                          "there is no load '%s': known are users (at once) and requests (per "
                          "second)",
                          load);
    if (row->op != OP_GREATER && row->op != OP_GREATER_EQUAL)
        return slo_refuse(reader, spec, "a load that must be carried takes op gte or gt");
    row->kind = SLO_LOAD;
    row->load = users ? SLO_LOAD_USERS : SLO_LOAD_REQUESTS;
    row->unit = users ? "users" : "req/s";
    if (read_duration(reader, spec, &row->duration_ns) < 0)
        return -1;
    return read_holds(reader, spec, row);
}

/* `target` and a percentile say the same thing twice; they must agree. */
static int check_percentile(struct slo_reader *reader, const struct yaml_tree *spec,
                            const struct slo_row *row)
{
    double percent = row->target * 100;
    bool agree = row->aggregate.kind != AGGREGATE_PERCENTILE ||
                 fabs(row->aggregate.percentile - percent) < 1e-6;
    if (agree)
        return 0;
    return slo_refuse(
        reader, yaml_tree_get(spec, "stat"),
        "stat p(%g) and a target of %g %% contradict each other: write the same share "
        "in both",
        row->aggregate.percentile, percent);
}

static int read_aggregate(struct slo_reader *reader, const struct yaml_tree *spec,
                          struct slo_row *row)
{
    const char *text;
    if (slo_check_map(reader, spec, "the spec of a KeneyPerf metric", "metric stat") < 0 ||
        slo_get_text(reader, spec, "metric", &row->metric.selector) < 0)
        return -1;
    row->kind = SLO_AGGREGATE;
    if (!yaml_tree_get(spec, "stat"))
        return 0;
    if (slo_get_text(reader, spec, "stat", &text) < 0)
        return -1;
    if (aggregate_parse(span_cstr(text), &row->aggregate) < 0)
        return slo_refuse(reader, yaml_tree_get(spec, "stat"),
                          "there is no stat '%s': known are count, rate, value, avg, min, max, med "
                          "and p(N)",
                          text);
    row->has_aggregate = true;
    return check_percentile(reader, spec, row);
}

static int read_watch(struct slo_reader *reader, const struct yaml_tree *spec, struct slo_row *row)
{
    const char *text;
    if (slo_check_map(reader, spec, "the spec of a KeneyPerfWatch", "watch stat unit") < 0 ||
        slo_get_text(reader, spec, "watch", &row->watch) < 0 ||
        slo_get_text(reader, spec, "stat", &text) < 0)
        return -1;
    row->kind = SLO_WATCH;
    row->unit = slo_text_or(spec, "unit", "%");
    row->peak = strcmp(text, "peak") == 0;
    if (!row->peak && strcmp(text, "avg") != 0)
        return slo_refuse(reader, yaml_tree_get(spec, "stat"),
                          "the stat of a watched resource is avg or peak, not '%s'", text);
    return 0;
}

static int read_threshold(struct slo_reader *reader, const struct yaml_tree *metric,
                          struct slo_row *row)
{
    struct source source;
    if (read_source(reader, metric, &source) < 0)
        return -1;
    bool run = is_run(&source), watch = strcmp(source.type, "KeneyPerfWatch") == 0;
    if ((run || watch) && !source.spec)
        return slo_refuse(reader, source.node, "'spec' is missing here");
    if (watch)
        return read_watch(reader, source.spec, row);
    if (run && yaml_tree_get(source.spec, "load"))
        return read_load(reader, source.spec, row);
    if (run)
        return read_aggregate(reader, source.spec, row);
    row->kind = SLO_ELSEWHERE;
    row->source = source.type;
    row->unit = slo_text_or(source.spec, "unit", "");
    return 0;
}

/* One side of a ratio; NULL in the selector when another tool measures it. */
static int read_side(struct slo_reader *reader, const struct yaml_tree *metric, struct slo_row *row,
                     struct slo_metric *ret_metric)
{
    struct source source;
    if (read_source(reader, metric, &source) < 0)
        return -1;
    if (!is_run(&source)) {
        row->source = source.type;
        return 0;
    }
    if (!source.spec)
        return slo_refuse(reader, source.node, "'spec' is missing here");
    if (slo_check_map(reader, source.spec, "the spec of a side of a ratio", "metric") < 0)
        return -1;
    return slo_get_text(reader, source.spec, "metric", &ret_metric->selector);
}

static int read_raw(struct slo_reader *reader, const struct yaml_tree *ratio, struct slo_row *row)
{
    const char *type;
    if (slo_get_text(reader, ratio, "rawType", &type) < 0)
        return -1;
    row->counts_bad = strcmp(type, "failure") == 0;
    if (!row->counts_bad && strcmp(type, "success") != 0)
        return slo_refuse(reader, yaml_tree_get(ratio, "rawType"),
                          "rawType is success or failure, not '%s'", type);
    return read_side(reader, yaml_tree_get(ratio, "raw"), row, &row->metric);
}

/* Without the counts, a ratio is a percentage against its bound. */
static void set_elsewhere_ratio(struct slo_row *row)
{
    row->kind = SLO_ELSEWHERE;
    row->unit = "%";
    row->op = row->counts_bad ? OP_LESS_EQUAL : OP_GREATER_EQUAL;
    row->bound = 100 * (row->counts_bad ? 1 - row->target : row->target);
}

static int read_ratio(struct slo_reader *reader, const struct yaml_tree *ratio, struct slo_row *row)
{
    if (slo_check_map(reader, ratio, "a ratioMetric", "counter good bad total rawType raw") < 0)
        return -1;
    const struct yaml_tree *good = yaml_tree_get(ratio, "good"), *bad = yaml_tree_get(ratio, "bad");
    const struct yaml_tree *total = yaml_tree_get(ratio, "total");
    row->kind = SLO_RATIO;
    if (yaml_tree_get(ratio, "raw")) {
        if (good || bad || total)
            return slo_refuse(reader, ratio, "raw stands alone, without good, bad and total");
        if (read_raw(reader, ratio, row) < 0)
            return -1;
    } else {
        if (!good == !bad || !total)
            return slo_refuse(reader, ratio, "a ratio needs total and either good or bad, or raw");
        row->counts_bad = bad != NULL;
        if (read_side(reader, good ? good : bad, row, &row->metric) < 0 ||
            read_side(reader, total, row, &row->total) < 0)
            return -1;
    }
    if (row->source && (row->metric.selector || row->total.selector))
        return slo_refuse(reader, ratio, "both sides of a ratio must have the same type of source");
    if (row->source)
        set_elsewhere_ratio(row);
    return 0;
}

int slo_read_indicator(struct slo_reader *reader, const struct yaml_tree *spec, struct slo_row *row)
{
    const struct yaml_tree *threshold = yaml_tree_get(spec, "thresholdMetric");
    if (threshold)
        return read_threshold(reader, threshold, row);
    return read_ratio(reader, yaml_tree_get(spec, "ratioMetric"), row);
}
