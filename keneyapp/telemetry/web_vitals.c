/* SPDX-License-Identifier: Apache-2.0
 *
 * One cell per page and vital.
 */
#include "keneyapp/telemetry/web_vitals.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "base/mem.h"

static const double TIME_EDGES_S[] = {0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 0.8,
                                      1,    1.8,   2.5,  3,   4,   6,   10};
static const double SCORE_EDGES[] = {0.001, 0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1};

enum {
    BUCKETS_MAX = COUNT_OF(TIME_EDGES_S) + 1,
};

/* Sums are kept as whole millionths, which atomics can add. */
#define SUM_UNIT 1e6

struct cell {
    _Atomic uint64_t buckets[BUCKETS_MAX];
    _Atomic uint64_t sum;
};

struct web_vitals {
    const char *const *pages;
    int page_count;
    struct cell (*cells)[VITALS_COUNT]; /* by page */
};

#define VITAL_ROW(symbol, member, metric, unit, max, help) {member, metric, help, unit, max},

static const struct {
    const char *member, *metric, *help;
    double unit, max;
} VITALS[] = {WEB_VITAL_TABLE(VITAL_ROW)};

struct web_vitals *web_vitals_new(const char *const *pages)
{
    struct web_vitals *vitals = NEW(struct web_vitals);
    vitals->pages = pages;
    while (pages[vitals->page_count])
        vitals->page_count++;
    vitals->cells = mem_new((size_t)vitals->page_count, sizeof(*vitals->cells));
    return vitals;
}

void web_vitals_free(struct web_vitals **vitals)
{
    if (*vitals)
        free((*vitals)->cells);
    free(TAKE(*vitals));
}

int web_vitals_page(const struct web_vitals *vitals, struct span name)
{
    for (int i = 0; i < vitals->page_count; i++)
        if (span_equal(span_cstr(vitals->pages[i]), name))
            return i;
    return -1;
}

const char *web_vital_member(enum web_vital vital)
{
    return VITALS[vital].member;
}

double web_vital_max(enum web_vital vital)
{
    return VITALS[vital].max;
}

static const double *edges_of(enum web_vital vital, size_t *ret_count)
{
    *ret_count = vital == VITAL_CLS ? COUNT_OF(SCORE_EDGES) : COUNT_OF(TIME_EDGES_S);
    return vital == VITAL_CLS ? SCORE_EDGES : TIME_EDGES_S;
}

void web_vitals_record(struct web_vitals *vitals, int page, enum web_vital vital, double value)
{
    struct cell *cell = &vitals->cells[page][vital];
    size_t count, bucket = 0;
    const double *edges = edges_of(vital, &count);
    double scaled = value * VITALS[vital].unit;
    while (bucket < count && scaled > edges[bucket])
        bucket++;
    atomic_fetch_add_explicit(&cell->buckets[bucket], 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&cell->sum, (uint64_t)(scaled * SUM_UNIT + 0.5),
                              memory_order_relaxed);
}

static uint64_t cell_count(const struct cell *cell)
{
    uint64_t count = 0;
    for (size_t i = 0; i < BUCKETS_MAX; i++)
        count += atomic_load_explicit(&cell->buckets[i], memory_order_relaxed);
    return count;
}

static void add_cell(struct strbuf *out, const struct cell *cell, enum web_vital vital,
                     const char *page)
{
    const char *metric = VITALS[vital].metric;
    size_t count;
    const double *edges = edges_of(vital, &count);
    uint64_t below = 0;
    for (size_t i = 0; i <= count; i++) {
        below += atomic_load_explicit(&cell->buckets[i], memory_order_relaxed);
        strbuf_addf(out, "%s_bucket{page=\"%s\",le=\"", metric, page);
        if (i < count)
            strbuf_addf(out, "%g", edges[i]);
        else
            strbuf_adds(out, "+Inf");
        strbuf_addf(out, "\"} %llu\n", (unsigned long long)below);
    }
    uint64_t sum = atomic_load_explicit(&cell->sum, memory_order_relaxed);
    strbuf_addf(out, "%s_sum{page=\"%s\"} %.6f\n", metric, page, (double)sum / SUM_UNIT);
    strbuf_addf(out, "%s_count{page=\"%s\"} %llu\n", metric, page, (unsigned long long)below);
}

static void add_family(const struct web_vitals *vitals, struct strbuf *out, enum web_vital vital)
{
    bool begun = false;
    for (int page = 0; page < vitals->page_count; page++) {
        const struct cell *cell = &vitals->cells[page][vital];
        if (cell_count(cell) == 0)
            continue;
        if (!begun)
            strbuf_addf(out, "# HELP %s %s\n# TYPE %s histogram\n", VITALS[vital].metric,
                        VITALS[vital].help, VITALS[vital].metric);
        begun = true;
        add_cell(out, cell, vital, vitals->pages[page]);
    }
}

void web_vitals_render(const struct web_vitals *vitals, struct strbuf *out)
{
    for (int vital = 0; vital < VITALS_COUNT; vital++)
        add_family(vitals, out, (enum web_vital)vital);
}
