/* SPDX-License-Identifier: Apache-2.0
 *
 * The OpenSLO reader: documents, SLOs and their objectives. What an indicator measures is read in
 * openslo_source.c.
 */
#include "slo/openslo.h"

#include "base/error.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/strbuf.h"
#include "metrics/registry.h"
#include "slo/openslo_private.h"

#define ARENA_CHUNK    8192
#define MAX_FILE_BYTES (1 << 20)
#define MAX_NAME       255

int slo_refuse(struct slo_reader *reader, const struct yaml_tree *node, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    error_vset(reader->err, EXIT_INVALID_CONFIG, fmt, args);
    va_end(args);
    return error_at(reader->err, reader->slo->file, node ? node->line : 0, node ? node->column : 0);
}

static bool has_word(const char *words, struct span word)
{
    struct span rest = span_cstr(words);
    while (rest.len) {
        if (span_equal(span_cut(rest, ' ', &rest), word))
            return true;
    }
    return false;
}

int slo_check_map(struct slo_reader *reader, const struct yaml_tree *node, const char *what,
                  const char *known)
{
    if (node->kind != YAML_TREE_MAP)
        return slo_refuse(reader, node, "%s must be a map with some of: %s", what, known);
    for (const struct yaml_tree *member = node->first; member; member = member->next) {
        if (!has_word(known, member->key))
            return slo_refuse(reader, member, "%s has no field '%s': known are %s", what,
                              member->key.ptr, known);
    }
    return 0;
}

int slo_get_text(struct slo_reader *reader, const struct yaml_tree *map, const char *key,
                 const char **ret_text)
{
    const struct yaml_tree *member = yaml_tree_get(map, key);
    if (!member)
        return slo_refuse(reader, map, "'%s' is missing here", key);
    if (member->kind != YAML_TREE_TEXT || member->text.len == 0)
        return slo_refuse(reader, member, "'%s' must be a text that is not empty", key);
    *ret_text = member->text.ptr;
    return 0;
}

const char *slo_text_or(const struct yaml_tree *map, const char *key, const char *otherwise)
{
    const struct yaml_tree *member = yaml_tree_get(map, key);
    bool usable = member && member->kind == YAML_TREE_TEXT && member->text.len > 0;
    return usable ? member->text.ptr : otherwise;
}

/* The member, which must be a number. */
static int get_number(struct slo_reader *reader, const struct yaml_tree *map, const char *key,
                      double *ret_number)
{
    const char *text;
    if (slo_get_text(reader, map, key, &text) < 0)
        return -1;
    if (aggregate_number(span_cstr(text), ret_number) < 0)
        return slo_refuse(reader, yaml_tree_get(map, key), "'%s' must be a number, not '%s'", key,
                          text);
    return 0;
}

const struct yaml_tree *slo_find_document(const struct slo_reader *reader, const char *kind,
                                          const char *name)
{
    for (const struct yaml_tree *doc = reader->documents; doc; doc = doc->next) {
        const struct yaml_tree *metadata = yaml_tree_get(doc, "metadata");
        if (strcmp(slo_text_or(doc, "kind", ""), kind) == 0 &&
            strcmp(slo_text_or(metadata, "name", ""), name) == 0)
            return doc;
    }
    return NULL;
}

int slo_parse_duration(struct span text, nsec_t *ret_ns)
{
    static const struct {
        char postfix;
        int64_t seconds;
    } UNITS[] = {
        {'s', 1},      {'m', 60},      {'h', 3600},    {'d', 86400},
        {'w', 604800}, {'M', 2592000}, {'Q', 7776000}, {'Y', 31536000},
    };

    uint64_t number;
    if (text.len < 2 || span_to_u64(span_head(text, text.len - 1), 100000, &number) < 0)
        return -1;
    if (number == 0)
        return -1;
    for (size_t i = 0; i < COUNT_OF(UNITS); i++) {
        if (UNITS[i].postfix != text.ptr[text.len - 1])
            continue;
        if ((int64_t)number > NSEC_NEVER / NSEC_PER_SEC / UNITS[i].seconds)
            return -1;
        *ret_ns = (nsec_t)number * UNITS[i].seconds * NSEC_PER_SEC;
        return 0;
    }
    return -1;
}

static int check_name(struct slo_reader *reader, const struct yaml_tree *metadata)
{
    const char *name;
    if (slo_get_text(reader, metadata, "name", &name) < 0)
        return -1;
    size_t len = strlen(name);
    if (len > MAX_NAME || strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-.|/\\") != len)
        return slo_refuse(reader, yaml_tree_get(metadata, "name"),
                          "name '%.80s' is not allowed: use at most %d lower-case letters, digits "
                          "and '-'",
                          name, MAX_NAME);
    return 0;
}

/* The fields of the kinds that stand beside SLOs; those for alerts are left to their own tools. */
static int check_spec(struct slo_reader *reader, const char *kind, const struct yaml_tree *spec)
{
    static const struct {
        const char *kind, *known;
    } SPECS[] = {
        {"DataSource", "description type connectionDetails"},
        {"SLI", "description thresholdMetric ratioMetric"},
        {"Service", "description"},
    };

    for (size_t i = 0; i < COUNT_OF(SPECS); i++) {
        if (strcmp(SPECS[i].kind, kind) == 0)
            return slo_check_map(reader, spec, "this spec", SPECS[i].known);
    }
    return 0;
}

static int check_document(struct slo_reader *reader, const struct yaml_tree *doc)
{
    static const char kinds[] =
        "DataSource Service SLI SLO AlertPolicy AlertCondition AlertNotificationTarget";
    const char *version, *kind;
    if (slo_check_map(reader, doc, "an OpenSLO document", "apiVersion kind metadata spec") < 0 ||
        slo_get_text(reader, doc, "apiVersion", &version) < 0 ||
        slo_get_text(reader, doc, "kind", &kind) < 0)
        return -1;
    if (strcmp(version, "openslo/v1") != 0)
        return slo_refuse(reader, yaml_tree_get(doc, "apiVersion"),
                          "apiVersion '%s' is not supported: write openslo/v1", version);
    if (!has_word(kinds, span_cstr(kind)))
        return slo_refuse(reader, yaml_tree_get(doc, "kind"),
                          "there is no kind '%s' in OpenSLO v1: known are %s", kind, kinds);
    const struct yaml_tree *metadata = yaml_tree_get(doc, "metadata");
    const struct yaml_tree *spec = yaml_tree_get(doc, "spec");
    if (!metadata || !spec)
        return slo_refuse(reader, doc, "'%s' is missing here", metadata ? "spec" : "metadata");
    if (slo_check_map(reader, metadata, "metadata", "name displayName labels annotations") < 0 ||
        check_name(reader, metadata) < 0)
        return -1;
    if (slo_find_document(reader, kind, slo_text_or(metadata, "name", "")) != doc)
        return slo_refuse(reader, yaml_tree_get(metadata, "name"),
                          "there is another %s with this name: choose a different one", kind);
    return check_spec(reader, kind, spec);
}

static int check_time_window(struct slo_reader *reader, const struct yaml_tree *window)
{
    const char *text;
    nsec_t ns;
    if (!window)
        return 0;
    if (window->kind != YAML_TREE_LIST || !window->first || window->first->next)
        return slo_refuse(reader, window, "timeWindow must be a list of exactly one window");
    if (slo_check_map(reader, window->first, "a time window", "duration isRolling calendar") < 0 ||
        slo_get_text(reader, window->first, "duration", &text) < 0)
        return -1;
    if (slo_parse_duration(span_cstr(text), &ns) < 0)
        return slo_refuse(reader, yaml_tree_get(window->first, "duration"),
                          "'%s' is not a duration: write a number and one of m h d w M Q Y, such "
                          "as 28d",
                          text);
    return 0;
}

static int check_budgeting(struct slo_reader *reader, const struct yaml_tree *spec,
                           bool *ret_slices)
{
    const char *method;
    if (slo_get_text(reader, spec, "budgetingMethod", &method) < 0)
        return -1;
    if (!has_word("Occurrences Timeslices RatioTimeslices", span_cstr(method)))
        return slo_refuse(reader, yaml_tree_get(spec, "budgetingMethod"),
                          "there is no budgetingMethod '%s': known are Occurrences, Timeslices and "
                          "RatioTimeslices",
                          method);
    *ret_slices = strcmp(method, "Occurrences") != 0;
    return 0;
}

static int read_target(struct slo_reader *reader, const struct yaml_tree *objective,
                       double *ret_target)
{
    const struct yaml_tree *share = yaml_tree_get(objective, "target");
    const struct yaml_tree *percent = yaml_tree_get(objective, "targetPercent");
    if (!share == !percent)
        return slo_refuse(reader, objective, "an objective needs either target or targetPercent");
    double value, whole = share ? 1 : 100;
    if (get_number(reader, objective, share ? "target" : "targetPercent", &value) < 0)
        return -1;
    if (value < 0 || value >= whole)
        return slo_refuse(reader, share ? share : percent,
                          "the target must be at least 0 and below %g", whole);
    *ret_target = value / whole;
    return 0;
}

static int read_bound(struct slo_reader *reader, const struct yaml_tree *objective,
                      struct slo_row *row)
{
    static const struct {
        const char *name;
        enum threshold_op op;
    } OPS[] = {
        {"lt", OP_LESS},
        {"lte", OP_LESS_EQUAL},
        {"gt", OP_GREATER},
        {"gte", OP_GREATER_EQUAL},
    };

    const char *name;
    if (slo_get_text(reader, objective, "op", &name) < 0 ||
        get_number(reader, objective, "value", &row->bound) < 0)
        return -1;
    for (size_t i = 0; i < COUNT_OF(OPS); i++) {
        if (strcmp(OPS[i].name, name) == 0) {
            row->op = OPS[i].op;
            return 0;
        }
    }
    return slo_refuse(reader, yaml_tree_get(objective, "op"),
                      "there is no op '%s': known are lt, lte, gt and gte", name);
}

static int read_objective(struct slo_reader *reader, const struct yaml_tree *objective,
                          const struct yaml_tree *indicator, const struct slo_row *common)
{
    struct slo_row row = *common;
    if (slo_check_map(reader, objective, "an objective",
                      "displayName op value target targetPercent timeSliceTarget "
                      "timeSliceWindow") < 0 ||
        read_target(reader, objective, &row.target) < 0)
        return -1;
    row.line = objective->line;
    row.name = slo_text_or(objective, "displayName", row.name);
    row.op = OP_GREATER_EQUAL;
    bool is_threshold = yaml_tree_get(indicator, "thresholdMetric") != NULL;
    if (is_threshold && read_bound(reader, objective, &row) < 0)
        return -1;
    if (slo_read_indicator(reader, indicator, &row) < 0)
        return -1;
    struct openslo *slo = reader->slo;
    slo->rows = GROW_ARRAY(slo->rows, slo->row_count + 1);
    slo->rows[slo->row_count++] = row;
    return 0;
}

/* The spec of the SLI that the SLO embeds or names. */
static int find_indicator(struct slo_reader *reader, const struct yaml_tree *spec,
                          const struct yaml_tree **ret_indicator)
{
    const struct yaml_tree *embedded = yaml_tree_get(spec, "indicator");
    const struct yaml_tree *ref = yaml_tree_get(spec, "indicatorRef");
    if (!embedded == !ref)
        return slo_refuse(reader, spec, "an SLO needs either indicator or indicatorRef");
    if (embedded && slo_check_map(reader, embedded, "an indicator", "metadata spec") < 0)
        return -1;
    const struct yaml_tree *sli = embedded;
    if (ref)
        sli = slo_find_document(reader, "SLI", slo_text_or(spec, "indicatorRef", ""));
    if (!sli)
        return slo_refuse(reader, ref, "this file has no SLI of that name");
    const struct yaml_tree *indicator = yaml_tree_get(sli, "spec");
    if (!indicator)
        return slo_refuse(reader, sli, "'spec' is missing here");
    if (slo_check_map(reader, indicator, "an indicator's spec",
                      "description thresholdMetric ratioMetric") < 0)
        return -1;
    if (!yaml_tree_get(indicator, "thresholdMetric") == !yaml_tree_get(indicator, "ratioMetric"))
        return slo_refuse(reader, indicator,
                          "an indicator needs either thresholdMetric or ratioMetric");
    *ret_indicator = indicator;
    return 0;
}

/* The display name of the Service, where the file has that document. */
static const char *section_of(const struct slo_reader *reader, const char *service)
{
    const struct yaml_tree *document = slo_find_document(reader, "Service", service);
    return slo_text_or(yaml_tree_get(document, "metadata"), "displayName", service);
}

static int read_slo(struct slo_reader *reader, const struct yaml_tree *doc)
{
    const struct yaml_tree *spec = yaml_tree_get(doc, "spec"), *indicator = NULL;
    const struct yaml_tree *metadata = yaml_tree_get(doc, "metadata");
    const char *service;
    bool slices = false;
    if (slo_check_map(reader, spec, "an SLO's spec",
                      "description service indicator indicatorRef timeWindow budgetingMethod "
                      "objectives alertPolicies") < 0 ||
        slo_get_text(reader, spec, "service", &service) < 0 ||
        check_budgeting(reader, spec, &slices) < 0 ||
        check_time_window(reader, yaml_tree_get(spec, "timeWindow")) < 0 ||
        find_indicator(reader, spec, &indicator) < 0)
        return -1;
    const struct yaml_tree *objectives = yaml_tree_get(spec, "objectives");
    if (!objectives || objectives->kind != YAML_TREE_LIST || !objectives->first)
        return slo_refuse(reader, objectives ? objectives : spec,
                          "an SLO needs a list of objectives");
    if (yaml_tree_get(indicator, "thresholdMetric") && objectives->first->next)
        return slo_refuse(reader, objectives->first->next,
                          "a thresholdMetric takes exactly one objective: write another SLO");
    struct slo_row common = {
        .id = slo_text_or(metadata, "name", ""),
        .section = section_of(reader, service),
        .unit = "",
    };
    common.name = slo_text_or(metadata, "displayName", common.id);
    for (const struct yaml_tree *o = objectives->first; o; o = o->next) {
        if (read_objective(reader, o, indicator, &common) < 0)
            return -1;
    }
    if (slices && reader->slo->rows[reader->slo->row_count - 1].kind != SLO_ELSEWHERE)
        return slo_refuse(
            reader, yaml_tree_get(spec, "budgetingMethod"),
            "what KeneyPerf measures is judged over the whole run, not by time slices: "
            "write Occurrences");
    return 0;
}

static const struct slo_row *find_row(const struct openslo *slo, const char *id)
{
    for (size_t i = 0; i < slo->row_count; i++) {
        if (strcmp(slo->rows[i].id, id) == 0)
            return &slo->rows[i];
    }
    return NULL;
}

static int check_holds(struct slo_reader *reader)
{
    const struct openslo *slo = reader->slo;
    for (size_t i = 0; i < slo->row_count; i++) {
        for (size_t h = 0; h < slo->rows[i].hold_count; h++) {
            const struct slo_row *held = find_row(slo, slo->rows[i].holds[h]);
            struct yaml_tree place = {.line = slo->rows[i].line};
            if (!held || held->kind == SLO_LOAD)
                return slo_refuse(reader, &place,
                                  "SLO '%s' holds '%s', which is no SLO of this file that can be "
                                  "judged beside a load",
                                  slo->rows[i].id, slo->rows[i].holds[h]);
        }
    }
    return 0;
}

/* What stands between two "---" lines, or behind the last one. */
static bool is_empty(const struct yaml_tree *doc)
{
    return doc->kind == YAML_TREE_TEXT && doc->text.len == 0;
}

static int read_documents(struct slo_reader *reader)
{
    for (const struct yaml_tree *doc = reader->documents; doc; doc = doc->next) {
        if (!is_empty(doc) && check_document(reader, doc) < 0)
            return -1;
    }
    for (const struct yaml_tree *doc = reader->documents; doc; doc = doc->next) {
        if (strcmp(slo_text_or(doc, "kind", ""), "SLO") == 0 && read_slo(reader, doc) < 0)
            return -1;
    }
    if (reader->slo->row_count == 0)
        return slo_refuse(reader, NULL, "there is no SLO in this file");
    return check_holds(reader);
}

struct openslo *openslo_parse(struct span text, const char *file, struct error *err)
{
    AUTO(openslo_free) struct openslo *slo = NEW(struct openslo);
    struct yaml_tree *documents = NULL;
    arena_init(&slo->arena, ARENA_CHUNK);
    slo->file = arena_dup(&slo->arena, span_cstr(file));
    if (yaml_tree_parse(&slo->arena, text, file, &documents, err) < 0)
        return NULL;
    struct slo_reader reader = {slo, documents, err};
    return read_documents(&reader) < 0 ? NULL : TAKE(slo);
}

struct openslo *openslo_read(const char *path, struct error *err)
{
    AUTO(strbuf_done) struct strbuf text = STRBUF_INIT(MAX_FILE_BYTES);
    if (file_read(path, &text, err) < 0) {
        if (err)
            err->code = EXIT_INVALID_CONFIG;
        return NULL;
    }
    return openslo_parse(strbuf_span(&text), path, err);
}

void openslo_free(struct openslo **slo)
{
    if (!*slo)
        return;
    mem_free(&(*slo)->rows);
    arena_done(&(*slo)->arena);
    mem_free(slo);
}

static int bind_aggregate(struct slo_row *row, struct error *err)
{
    const struct series *series = row->metric.series;
    if (!row->has_aggregate && series->type == METRIC_TREND)
        row->aggregate = (struct aggregate){AGGREGATE_PERCENTILE, row->target * 100};
    else if (!row->has_aggregate && series->type == METRIC_RATE)
        row->aggregate = (struct aggregate){.kind = AGGREGATE_RATE};
    else if (!row->has_aggregate && series->type == METRIC_GAUGE)
        row->aggregate = (struct aggregate){.kind = AGGREGATE_VALUE};
    else if (!row->has_aggregate || !aggregate_fits(row->aggregate.kind, series->type))
        return error_set(err, EXIT_INVALID_CONFIG, "SLO '%s': the stat of %s must be one of %s",
                         row->id, series->name, aggregate_legal(series->type));
    row->has_aggregate = true;
    return 0;
}

static int bind_metric(struct slo_metric *metric, struct registry *registry, struct error *err)
{
    if (metric->selector)
        metric->series = registry_add_selector(registry, span_cstr(metric->selector), err);
    return metric->selector && !metric->series ? -1 : 0;
}

static int bind_row(struct slo_row *row, struct registry *registry, struct error *err)
{
    if (bind_metric(&row->metric, registry, err) < 0 || bind_metric(&row->total, registry, err) < 0)
        return -1;
    if (row->kind == SLO_AGGREGATE)
        return bind_aggregate(row, err);
    if (row->kind == SLO_RATIO && !row->total.selector && row->metric.series->type != METRIC_RATE)
        return error_set(err, EXIT_INVALID_CONFIG, "SLO '%s': a raw ratio needs a rate, not %s",
                         row->id, row->metric.series->name);
    return 0;
}

int openslo_bind(struct openslo *slo, struct registry *registry, struct error *err)
{
    for (size_t i = 0; i < slo->row_count; i++) {
        if (bind_row(&slo->rows[i], registry, err) < 0)
            return error_at(err, slo->file, slo->rows[i].line, 0);
    }
    return 0;
}
