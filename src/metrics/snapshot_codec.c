/* SPDX-License-Identifier: Apache-2.0
 *
 * Snapshots between processes: a dictionary of series once, then only what was touched. Layout:
 * docs/internals/snapshot-format.md. The decoder trusts nothing: every id, length and count is
 * checked, and what it cannot read leaves an empty snapshot.
 */
#include "base/strbuf.h"
#include "metrics/snapshot.h"
#include "metrics/wire.h"

#define DICTIONARY_MAGIC "KPD1"
#define SNAPSHOT_VERSION 2
#define MAX_CHECK_ROWS   1000000

void snapshot_encode_dictionary(const struct registry *registry, struct strbuf *out)
{
    strbuf_adds(out, DICTIONARY_MAGIC);
    wire_put_uint(out, registry_series_count(registry));
    for (uint32_t id = 0; id < registry_series_count(registry); id++) {
        const struct series *series = registry_series(registry, id);
        wire_put_bytes(out, span_cstr(series->name));
        wire_put_uint(out, series->type);
    }
}

static int check_series(const struct series *series, struct span *in)
{
    struct span name;
    uint64_t type;
    if (wire_get_bytes(in, &name) < 0 || !span_equal(name, span_cstr(series->name)))
        return -1;
    return wire_get_uint(in, METRIC_TREND, &type) < 0 || type != series->type ? -1 : 0;
}

int snapshot_decode_dictionary(const struct registry *registry, struct span *input)
{
    const struct span magic = SPAN(DICTIONARY_MAGIC);
    if (!span_starts_with(*input, magic))
        return -1;
    struct span rest = span_of(input->ptr + magic.len, input->len - magic.len);
    uint64_t count;
    if (wire_get_uint(&rest, UINT32_MAX, &count) < 0 || count != registry_series_count(registry))
        return -1;
    for (uint32_t id = 0; id < count; id++) {
        if (check_series(registry_series(registry, id), &rest) < 0)
            return -1;
    }
    *input = rest;
    return 0;
}

static void encode_sink(enum metric_type type, const struct sink *sink, struct strbuf *out)
{
    if (type == METRIC_TREND) {
        histogram_encode(&sink->trend, out);
        return;
    }
    wire_put_uint(out, sink->count);
    if (type == METRIC_GAUGE) {
        wire_put_double(out, sink->value);
        wire_put_double(out, sink->min);
        wire_put_double(out, sink->max);
        wire_put_uint(out, (uint64_t)sink->last_ns);
    } else {
        wire_put_double(out, sink->sum);
    }
}

static void encode_sinks(const struct snapshot *snapshot, struct strbuf *out)
{
    size_t touched = 0, next = 0;
    for (size_t id = 0; id < snapshot->sink_count; id++)
        touched += snapshot->sinks[id].touched;
    wire_put_uint(out, touched);
    for (size_t id = 0; id < snapshot->sink_count; id++) {
        if (!snapshot->sinks[id].touched)
            continue;
        wire_put_uint(out, id - next);
        encode_sink(registry_series(snapshot->registry, (uint32_t)id)->type, &snapshot->sinks[id],
                    out);
        next = id + 1;
    }
}

void snapshot_encode(const struct snapshot *snapshot, struct strbuf *out)
{
    wire_put_uint(out, SNAPSHOT_VERSION);
    wire_put_uint(out, snapshot->worker);
    wire_put_uint(out, (uint64_t)snapshot->start_ns);
    wire_put_uint(out, (uint64_t)snapshot->end_ns);
    wire_put_uint(out, snapshot->refused);
    encode_sinks(snapshot, out);
    wire_put_uint(out, snapshot->check_count);
    for (size_t i = 0; i < snapshot->check_count; i++) {
        const struct check_count *check = &snapshot->checks[i];
        wire_put_bytes(out, check->group_path);
        wire_put_bytes(out, check->name);
        wire_put_uint(out, check->passes);
        wire_put_uint(out, check->fails);
        wire_put_uint(out, (uint64_t)check->first_ns);
    }
}

static int get_time(struct span *in, nsec_t *ret_time)
{
    uint64_t value;
    if (wire_get_uint(in, INT64_MAX, &value) < 0)
        return -1;
    *ret_time = (nsec_t)value;
    return 0;
}

static int decode_sink(enum metric_type type, struct sink *sink, struct span *in)
{
    sink->touched = true; /* before anything can fail: a reset only looks at touched ones */
    if (type == METRIC_TREND)
        return histogram_decode(&sink->trend, in);
    if (wire_get_uint(in, UINT64_MAX, &sink->count) < 0)
        return -1;
    if (type != METRIC_GAUGE)
        return wire_get_double(in, &sink->sum);
    if (wire_get_double(in, &sink->value) < 0 || wire_get_double(in, &sink->min) < 0 ||
        wire_get_double(in, &sink->max) < 0)
        return -1;
    return get_time(in, &sink->last_ns);
}

static int decode_sinks(struct snapshot *into, struct span *in)
{
    uint64_t touched, id = 0;
    if (wire_get_uint(in, into->sink_count, &touched) < 0)
        return -1;
    for (uint64_t i = 0; i < touched; i++) {
        uint64_t gap;
        if (wire_get_uint(in, into->sink_count, &gap) < 0 || id + gap >= into->sink_count)
            return -1;
        id += gap;
        enum metric_type type = registry_series(into->registry, (uint32_t)id)->type;
        if (decode_sink(type, &into->sinks[id], in) < 0)
            return -1;
        id++;
    }
    return 0;
}

static int decode_checks(struct snapshot *into, struct span *in)
{
    uint64_t count;
    if (wire_get_uint(in, MAX_CHECK_ROWS, &count) < 0)
        return -1;
    for (uint64_t i = 0; i < count; i++) {
        struct span path, name;
        uint64_t passes, fails;
        nsec_t first_ns;
        if (wire_get_bytes(in, &path) < 0 || wire_get_bytes(in, &name) < 0 ||
            wire_get_uint(in, UINT64_MAX, &passes) < 0 ||
            wire_get_uint(in, UINT64_MAX, &fails) < 0 || get_time(in, &first_ns) < 0)
            return -1;
        struct check_count *row = snapshot_check(into, path, name);
        row->passes = passes;
        row->fails = fails;
        row->first_ns = first_ns;
    }
    return into->check_count == count ? 0 : -1; /* a row twice */
}

static int decode(struct snapshot *into, struct span *in)
{
    uint64_t version, worker;
    if (wire_get_uint(in, SNAPSHOT_VERSION, &version) < 0 || version != SNAPSHOT_VERSION ||
        wire_get_uint(in, UINT32_MAX, &worker) < 0 || get_time(in, &into->start_ns) < 0 ||
        get_time(in, &into->end_ns) < 0 || wire_get_uint(in, UINT64_MAX, &into->refused) < 0)
        return -1;
    into->worker = (uint32_t)worker;
    return decode_sinks(into, in) < 0 ? -1 : decode_checks(into, in);
}

int snapshot_decode(struct snapshot *into, struct span *input)
{
    struct span rest = *input;
    snapshot_reset(into);
    if (decode(into, &rest) < 0) {
        snapshot_reset(into);
        return -1;
    }
    *input = rest;
    return 0;
}
