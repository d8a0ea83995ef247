/* SPDX-License-Identifier: Apache-2.0
 *
 * The metrics of a test. Metrics and series live in an arena, so that pointers to them stay good
 * while more are added; two arrays give them by id and a map by name.
 */
#include "metrics/registry.h"

#include "base/arena.h"
#include "base/error.h"
#include "base/map.h"
#include "base/mem.h"

#define ARENA_CHUNK     4096
#define NAME_MIN        2
#define NAME_MAX        128
#define SUBMETRICS_STEP 8

struct registry {
    struct arena arena;
    struct map by_name; /* struct metric */
    struct metric **metrics;
    struct series **series;
    size_t metric_count, series_count;
};

static struct series *add_series(struct registry *registry, const struct metric *metric)
{
    struct series *series = ARENA_NEW(&registry->arena, struct series);
    *series = (struct series){
        .id = (uint32_t)registry->series_count,
        .metric_id = metric->id,
        .name = metric->name,
        .type = metric->type,
        .unit = metric->unit,
        .shown = true,
    };
    registry->series = GROW_ARRAY(registry->series, registry->series_count + 1);
    registry->series[registry->series_count++] = series;
    return series;
}

static struct metric *add_metric(struct registry *registry, struct span name, enum metric_type type,
                                 enum metric_unit unit)
{
    struct metric *metric = ARENA_NEW(&registry->arena, struct metric);
    metric->id = (uint32_t)registry->metric_count;
    metric->name = arena_dup(&registry->arena, name);
    metric->type = type;
    metric->unit = unit;
    metric->series_id = add_series(registry, metric)->id;
    registry->metrics = GROW_ARRAY(registry->metrics, registry->metric_count + 1);
    registry->metrics[registry->metric_count++] = metric;
    map_put(&registry->by_name, name)->value = metric;
    return metric;
}

/* Must come first: ids are the enum's. */
static void add_builtins(struct registry *registry)
{
    static const struct {
        const char *name;
        enum metric_type type;
        enum metric_unit unit;
    } ROWS[] = {

#define METRIC_DEFINE(symbol, name, type, unit, text) {name, METRIC_##type, METRIC_##unit},
        METRIC_TABLE(METRIC_DEFINE)
#undef METRIC_DEFINE
    };
    for (size_t i = 0; i < COUNT_OF(ROWS); i++)
        add_metric(registry, span_cstr(ROWS[i].name), ROWS[i].type, ROWS[i].unit);
}

static void append_submetric(struct registry *registry, struct metric *metric, uint32_t series_id)
{
    size_t count = metric->submetric_count;
    uint32_t *ids = (uint32_t *)metric->submetrics;
    if (count % SUBMETRICS_STEP == 0) {
        ids = ARENA_NEW_ARRAY(&registry->arena, uint32_t, count + SUBMETRICS_STEP);
        if (count)
            memcpy(ids, metric->submetrics, count * sizeof(ids[0]));
        metric->submetrics = ids;
    }
    ids[metric->submetric_count++] = series_id;
}

static struct series *add_submetric(struct registry *registry, struct metric *metric,
                                    struct span inside, const struct tag_match *matches,
                                    size_t count)
{
    struct series *series = add_series(registry, metric);
    struct tag_match *copy = ARENA_NEW_ARRAY(&registry->arena, struct tag_match, count);
    for (size_t i = 0; i < count; i++) {
        copy[i].key = arena_dup_span(&registry->arena, matches[i].key);
        copy[i].value = arena_dup_span(&registry->arena, matches[i].value);
    }
    series->name = arena_printf(&registry->arena, "%s{%.*s}", metric->name, SPAN_ARG(inside));
    series->matches = copy;
    series->match_count = count;
    append_submetric(registry, metric, series->id);
    return series;
}

struct registry *registry_new(void)
{
    static const struct tag_match expected = {{"expected_response", 17}, {"true", 4}};
    struct registry *registry = NEW(struct registry);
    arena_init(&registry->arena, ARENA_CHUNK);
    add_builtins(registry);
    add_submetric(registry, registry->metrics[METRIC_HTTP_REQ_DURATION],
                  SPAN("expected_response:true"), &expected, 1)
        ->shown = false;
    return registry;
}

void registry_free(struct registry **registry)
{
    struct registry *r = *registry;
    if (!r)
        return;
    map_done(&r->by_name);
    mem_free(&r->metrics);
    mem_free(&r->series);
    arena_done(&r->arena);
    mem_free(registry);
}

static bool valid_name(struct span name)
{
    if (name.len < NAME_MIN || name.len > NAME_MAX)
        return false;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
        if (!letter && (i == 0 || c < '0' || c > '9'))
            return false;
    }
    return true;
}

static const char *type_name(enum metric_type type)
{
    static const char *const NAMES[] = {"counter", "gauge", "rate", "trend"};
    return NAMES[type];
}

static const char *unit_name(enum metric_unit unit)
{
    static const char *const NAMES[] = {"plain numbers", "times", "bytes"};
    return NAMES[unit];
}

const struct metric *registry_add(struct registry *registry, struct span name,
                                  enum metric_type type, enum metric_unit unit, struct error *err)
{
    struct metric *metric = map_get(&registry->by_name, name);
    if (!metric && !valid_name(name)) {
        error_set(err, EXIT_SCRIPT_EXCEPTION,
                  "metric name '%.*s' is not allowed: use %d to %d ASCII letters, digits and "
                  "underscores, beginning with a letter or an underscore",
                  SPAN_ARG(name), NAME_MIN, NAME_MAX);
        return NULL;
    }
    if (!metric) {
        metric = add_metric(registry, name, type, unit);
        metric->custom = true;
    } else if (metric->type != type) {
        error_set(err, EXIT_SCRIPT_EXCEPTION,
                  "metric '%s' already exists as a %s and cannot be a %s too: choose another name",
                  metric->name, type_name(metric->type), type_name(type));
        return NULL;
    } else if (metric->unit != unit) {
        error_set(err, EXIT_SCRIPT_EXCEPTION,
                  "metric '%s' already exists with values that are %s, not %s: choose another name "
                  "or the same kind of value",
                  metric->name, unit_name(metric->unit), unit_name(unit));
        return NULL;
    }
    return metric;
}

static const struct tag_match *find_match(const struct tag_match *matches, size_t count,
                                          struct span key)
{
    for (size_t i = 0; i < count; i++) {
        if (span_equal(matches[i].key, key))
            return &matches[i];
    }
    return NULL;
}

static bool same_matches(const struct series *series, const struct tag_match *matches, size_t count)
{
    if (series->match_count != count)
        return false;
    for (size_t i = 0; i < count; i++) {
        const struct tag_match *other = find_match(series->matches, count, matches[i].key);
        if (!other || !span_equal(other->value, matches[i].value))
            return false;
    }
    return true;
}

static struct series *find_submetric(const struct registry *registry, const struct metric *metric,
                                     const struct tag_match *matches, size_t count)
{
    for (size_t i = 0; i < metric->submetric_count; i++) {
        struct series *series = registry->series[metric->submetrics[i]];
        if (same_matches(series, matches, count))
            return series;
    }
    return NULL;
}

/* k6 takes quotes of either kind off both ends, however many. */
static struct span unquote(struct span text)
{
    text = span_trim(text);
    while (text.len && (text.ptr[0] == '"' || text.ptr[0] == '\''))
        text = span_of(text.ptr + 1, text.len - 1);
    while (text.len && (text.ptr[text.len - 1] == '"' || text.ptr[text.len - 1] == '\''))
        text.len--;
    return text;
}

struct selector {
    struct span metric_name, inside; /* `inside` the braces: ptr NULL when there are none */
};

static int split_selector(struct span text, struct selector *ret_selector, struct error *err)
{
    ptrdiff_t open = span_find(text, '{');
    if (open < 0 && span_find(text, '}') < 0) {
        *ret_selector = (struct selector){.metric_name = text};
        return 0;
    }
    if (open < 0 || text.ptr[text.len - 1] != '}')
        return error_set(
            err, EXIT_INVALID_CONFIG,
            "selector '%.*s' is malformed: write metric or metric{tag:value,tag:value}",
            SPAN_ARG(text));
    ret_selector->metric_name = span_head(text, (size_t)open);
    ret_selector->inside = span_trim(span_of(text.ptr + open + 1, text.len - (size_t)open - 2));
    return 0;
}

/* The `key:value` list inside the braces; a later key replaces an earlier one. */
static int parse_matches(struct span text, struct span inside, struct tag_match *matches,
                         size_t *ret_count, struct error *err)
{
    size_t count = 0;
    for (bool more = true; more;) {
        ptrdiff_t comma = span_find(inside, ',');
        struct span pair = comma < 0 ? inside : span_head(inside, (size_t)comma);
        ptrdiff_t colon = span_find(pair, ':');
        if (colon < 0 || (size_t)colon + 1 == pair.len)
            return error_set(err, EXIT_INVALID_CONFIG,
                             "selector '%.*s': '%.*s' is not tag:value (for an empty value write "
                             "tag:\"\")",
                             SPAN_ARG(text), SPAN_ARG(pair));
        struct span key = unquote(span_head(pair, (size_t)colon));
        struct tag_match *match = (struct tag_match *)find_match(matches, count, key);
        if (!match)
            match = &matches[count++];
        *match = (struct tag_match){key, unquote(span_from(pair, (size_t)colon + 1))};
        more = comma >= 0;
        inside = more ? span_of(pair.ptr + comma + 1, inside.len - (size_t)comma - 1) : inside;
    }
    *ret_count = count;
    return 0;
}

const struct series *registry_add_selector(struct registry *registry, struct span text,
                                           struct error *err)
{
    struct selector selector = {0};
    text = span_trim(text);
    if (split_selector(text, &selector, err) < 0)
        return NULL;
    struct metric *metric = map_get(&registry->by_name, span_trim(selector.metric_name));
    if (!metric) {
        error_set(err, EXIT_INVALID_CONFIG,
                  "there is no metric '%.*s' in this test: use a built-in metric such as "
                  "http_req_duration; only a k6 script can declare others",
                  SPAN_ARG(selector.metric_name));
        return NULL;
    }
    if (!selector.inside.ptr)
        return registry->series[metric->series_id];
    AUTO(mem_free)
    struct tag_match *matches = NEW_ARRAY(struct tag_match, selector.inside.len / 2 + 1);
    size_t count = 0;
    if (parse_matches(text, selector.inside, matches, &count, err) < 0)
        return NULL;
    struct series *series = find_submetric(registry, metric, matches, count);
    if (!series)
        series = add_submetric(registry, metric, selector.inside, matches, count);
    series->shown = true;
    return series;
}

const struct metric *registry_find(const struct registry *registry, struct span name)
{
    return map_get(&registry->by_name, name);
}

const struct metric *registry_metric(const struct registry *registry, uint32_t id)
{
    return registry->metrics[id];
}

const struct series *registry_series(const struct registry *registry, uint32_t id)
{
    return registry->series[id];
}

size_t registry_metric_count(const struct registry *registry)
{
    return registry->metric_count;
}

size_t registry_series_count(const struct registry *registry)
{
    return registry->series_count;
}
