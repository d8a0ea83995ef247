/* SPDX-License-Identifier: Apache-2.0
 *
 * Adding up.
 */
#include "cli/as/hey/tally.h"

#include <stdlib.h>

#include "base/mem.h"
#include "cli/as/closed_note.h"

static double seconds(nsec_t ns)
{
    return (double)ns / 1e9;
}

void hey_tally_init(struct hey_tally *tally, bool keeps_rows)
{
    *tally = (struct hey_tally){.keeps_rows = keeps_rows};
    tally->latency_cap = 1024;
    tally->latencies = NEW_ARRAY(double, tally->latency_cap);
    histogram_init(&tally->histogram);
}

void hey_tally_done(struct hey_tally *tally)
{
    MAP_FOREACH (entry, &tally->errors_by_text)
        free(entry->value);
    map_done(&tally->errors_by_text);
    histogram_done(&tally->histogram);
    free(tally->latencies);
    free(tally->rows);
    free(tally->statuses);
    free(tally->error_list);
}

static void merge_range(struct hey_range *into, const struct hey_range *from, bool is_first)
{
    into->sum += from->sum;
    into->min = is_first ? from->min : MIN_OF(into->min, from->min);
    into->max = is_first ? from->max : MAX_OF(into->max, from->max);
}

static void widen(struct hey_range *range, double value, bool is_first)
{
    merge_range(range, &(const struct hey_range){value, value, value}, is_first);
}

/* Room for `count` latencies, unless they are too many. */
static void reserve(struct hey_tally *tally, uint64_t count)
{
    if (count > HEY_EXACT_MAX) {
        free(tally->latencies);
        tally->latencies = NULL;
    }
    if (!tally->latencies || count <= tally->latency_cap)
        return;
    tally->latency_cap = MAX_OF(2 * tally->latency_cap, (size_t)count);
    tally->latencies = GROW_ARRAY(tally->latencies, tally->latency_cap);
}

static struct hey_row *add_rows(struct hey_tally *tally, size_t count)
{
    if (tally->row_count + count > tally->row_cap) {
        tally->row_cap = MAX_OF(2 * tally->row_cap, tally->row_count + count);
        tally->rows = GROW_ARRAY(tally->rows, tally->row_cap);
    }
    tally->row_count += count;
    return tally->rows + tally->row_count - count;
}

static void add_row(struct hey_tally *tally, const struct hey_answer *answer)
{
    struct hey_row *row = add_rows(tally, 1);
    row->offset = seconds(answer->offset_ns);
    row->total = (float)seconds(answer->total_ns);
    for (size_t i = 0; i < HEY_PHASE_COUNT; i++)
        row->phases[i] = (float)seconds(answer->phases_ns[i]);
    row->status = answer->status;
}

void hey_tally_answer(struct hey_tally *tally, const struct hey_answer *answer)
{
    bool is_first = tally->answers == 0;
    double total = seconds(answer->total_ns);
    reserve(tally, tally->answers + 1);
    if (tally->latencies)
        tally->latencies[tally->answers] = total;
    tally->answers++;
    histogram_add(&tally->histogram, total * 1e3);
    widen(&tally->total, total, is_first);
    for (size_t i = 0; i < HEY_PHASE_COUNT; i++)
        widen(&tally->phases[i], seconds(answer->phases_ns[i]), is_first);
    tally->body_bytes += answer->body_bytes;
    tally->declared_bytes += answer->declared_bytes;
    if (answer->status > 0 && answer->status < HEY_STATUS_MAX)
        tally->by_status[answer->status]++;
    if (tally->keeps_rows)
        add_row(tally, answer);
}

static void add_error(struct hey_tally *tally, struct span text, uint64_t times)
{
    struct map_entry *entry = map_put(&tally->errors_by_text, text);
    if (!entry->value)
        entry->value = NEW(uint64_t);
    *(uint64_t *)entry->value += times;
}

void hey_tally_error(struct hey_tally *tally, struct span text, bool is_broken)
{
    tally->errors++;
    tally->broken += is_broken;
    add_error(tally, text, 1);
}

static void merge_latencies(struct hey_tally *into, const struct hey_tally *from)
{
    reserve(into, from->latencies ? into->answers + from->answers : UINT64_MAX);
    if (into->latencies)
        memcpy(into->latencies + into->answers, from->latencies,
               from->answers * sizeof(*from->latencies));
    histogram_merge(&into->histogram, &from->histogram);
}

void hey_tally_merge(struct hey_tally *into, const struct hey_tally *from)
{
    bool is_first = into->answers == 0;
    if (from->answers > 0) {
        merge_latencies(into, from);
        merge_range(&into->total, &from->total, is_first);
        for (size_t i = 0; i < HEY_PHASE_COUNT; i++)
            merge_range(&into->phases[i], &from->phases[i], is_first);
    }
    into->answers += from->answers;
    into->errors += from->errors;
    into->broken += from->broken;
    into->body_bytes += from->body_bytes;
    into->declared_bytes += from->declared_bytes;
    for (size_t i = 0; i < HEY_STATUS_MAX; i++)
        into->by_status[i] += from->by_status[i];
    MAP_FOREACH (entry, &from->errors_by_text)
        add_error(into, entry->key, *(uint64_t *)entry->value);
    if (from->row_count > 0)
        memcpy(add_rows(into, from->row_count), from->rows, from->row_count * sizeof(*from->rows));
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static int by_end(const void *a, const void *b)
{
    const struct hey_row *x = a, *y = b;
    double x_end = x->offset + (double)x->total, y_end = y->offset + (double)y->total;
    return (x_end > y_end) - (x_end < y_end);
}

static int by_text(const void *a, const void *b)
{
    return strcmp(((const struct hey_error *)a)->text, ((const struct hey_error *)b)->text);
}

static void list_statuses(struct hey_tally *tally, struct hey_report *report)
{
    tally->statuses = NEW_ARRAY(struct hey_status, HEY_STATUS_MAX);
    for (int i = 0; i < HEY_STATUS_MAX; i++) {
        if (tally->by_status[i])
            tally->statuses[report->status_count++] = (struct hey_status){i, tally->by_status[i]};
    }
    report->statuses = tally->statuses;
}

static void list_errors(struct hey_tally *tally, struct hey_report *report)
{
    tally->error_list = NEW_ARRAY(struct hey_error, tally->errors_by_text.count + 1);
    MAP_FOREACH (entry, &tally->errors_by_text)
        tally->error_list[report->error_count++] =
            (struct hey_error){entry->key.ptr, *(uint64_t *)entry->value};
    qsort(tally->error_list, report->error_count, sizeof(*tally->error_list), by_text);
    report->error_list = tally->error_list;
}

void hey_tally_report(struct hey_tally *tally, nsec_t duration_ns, struct hey_report *ret)
{
    if (tally->latencies)
        qsort(tally->latencies, (size_t)tally->answers, sizeof(double), by_value);
    if (tally->row_count > 0)
        qsort(tally->rows, tally->row_count, sizeof(*tally->rows), by_end);
    *ret = (struct hey_report){
        .duration_ns = duration_ns,
        .answers = tally->answers,
        .errors = tally->errors,
        .total = tally->total,
        .latencies = tally->latencies,
        .histogram = &tally->histogram,
        .body_bytes = tally->body_bytes,
        .rows = tally->rows,
        .row_count = tally->row_count,
    };
    memcpy(ret->phases, tally->phases, sizeof(ret->phases));
    list_statuses(tally, ret);
    list_errors(tally, ret);
}

static void add_stalls(void *arg, double lowest, double highest, uint64_t count)
{
    struct closed_run *run = arg;
    double middle_ns = (lowest + highest) / 2 * 1e6;
    if (middle_ns < (double)closed_note_bound_ns(run->median_ns))
        return;
    run->slow_answers += count;
    run->slow_ns += middle_ns * (double)count;
}

void hey_tally_stalls(const struct hey_tally *tally, struct closed_run *run)
{
    run->answers = tally->answers;
    run->median_ns = (nsec_t)(histogram_percentile(&tally->histogram, 50) * 1e6);
    run->max_ns = (nsec_t)(tally->total.max * 1e9);
    run->slow_answers = 0;
    run->slow_ns = 0;
    histogram_each(&tally->histogram, add_stalls, run);
}
