/* SPDX-License-Identifier: Apache-2.0
 *
 * Histogram over the bits of a double. Chunks of 64 cells hang in a small open-addressing
 * directory by chunk number; neighbours in value are neighbours in number, so that the number
 * itself is the hash. Figures and layout: docs/internals/histogram.md.
 */
#include "metrics/histogram.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/util.h"
#include "metrics/histogram_cell.h"

#define CHUNK_BITS  6
#define CHUNK_CELLS (1u << CHUNK_BITS)

struct histogram_chunk {
    uint32_t number; /* cell number >> CHUNK_BITS */
    uint64_t cells[CHUNK_CELLS];
};

void histogram_init(struct histogram *h)
{
    *h = (struct histogram){.min = INFINITY, .max = -INFINITY};
}

void histogram_done(struct histogram *h)
{
    for (uint32_t i = 0; i < h->slot_count; i++)
        free(h->slots[i]);
    free(h->slots);
    histogram_init(h);
}

void histogram_reset(struct histogram *h)
{
    for (uint32_t i = 0; i < h->slot_count && h->count != h->zeros; i++) {
        if (h->slots[i])
            memset(h->slots[i]->cells, 0, sizeof(h->slots[i]->cells));
    }
    h->count = h->zeros = 0;
    h->sum = 0;
    h->min = INFINITY;
    h->max = -INFINITY;
}

/* The slot of chunk `number`, or the free one where it belongs. */
static struct histogram_chunk **find_slot(const struct histogram *h, uint32_t number)
{
    uint32_t mask = h->slot_count - 1;
    for (uint32_t i = number & mask;; i = (i + 1) & mask) {
        if (!h->slots[i] || h->slots[i]->number == number)
            return &h->slots[i];
    }
}

static void grow_directory(struct histogram *h)
{
    struct histogram_chunk **old = h->slots;
    uint32_t old_count = h->slot_count;
    h->slot_count = MAX_OF(old_count * 2, 8u);
    h->slots = NEW_ARRAY(struct histogram_chunk *, h->slot_count);
    for (uint32_t i = 0; i < old_count; i++) {
        if (old[i])
            *find_slot(h, old[i]->number) = old[i];
    }
    free(old);
}

static __attribute__((noinline)) struct histogram_chunk *add_chunk(struct histogram *h,
                                                                   uint32_t number)
{
    if ((h->chunk_count + 1) * 2 > h->slot_count)
        grow_directory(h);
    struct histogram_chunk *chunk = NEW(struct histogram_chunk);
    chunk->number = number;
    *find_slot(h, number) = chunk;
    h->chunk_count++;
    return chunk;
}

static inline struct histogram_chunk *get_chunk(struct histogram *h, uint32_t number)
{
    struct histogram_chunk *chunk = h->slot_count ? *find_slot(h, number) : NULL;
    return LIKELY(chunk != NULL) ? chunk : add_chunk(h, number);
}

static inline bool add(struct histogram *h, double value, uint64_t times)
{
    if (UNLIKELY(isnan(value)))
        return false;
    h->count += times;
    if (value < h->min)
        h->min = value;
    if (value > h->max)
        h->max = value;
    if (value == 0) {
        h->zeros += times;
        return true;
    }
    h->sum += value * (double)times;
    uint32_t cell = cell_of(value);
    uint32_t number = cell >> CHUNK_BITS;
    if (UNLIKELY(!h->last || h->last->number != number))
        h->last = get_chunk(h, number);
    h->last->cells[cell % CHUNK_CELLS] += times;
    return true;
}

bool histogram_add(struct histogram *h, double value)
{
    return add(h, value, 1);
}

bool histogram_add_n(struct histogram *h, double value, uint64_t times)
{
    return times == 0 ? !isnan(value) : add(h, value, times);
}

static bool chunk_empty(const struct histogram_chunk *chunk)
{
    uint64_t any = 0;
    for (uint32_t i = 0; i < CHUNK_CELLS; i++)
        any |= chunk->cells[i];
    return any == 0;
}

static void merge_chunk(struct histogram *into, const struct histogram_chunk *from)
{
    if (chunk_empty(from))
        return;
    struct histogram_chunk *chunk = get_chunk(into, from->number);
    for (uint32_t i = 0; i < CHUNK_CELLS; i++)
        chunk->cells[i] += from->cells[i];
}

void histogram_merge(struct histogram *into, const struct histogram *from)
{
    for (uint32_t i = 0; i < from->slot_count && from->count != from->zeros; i++) {
        if (from->slots[i])
            merge_chunk(into, from->slots[i]);
    }
    into->count += from->count;
    into->zeros += from->zeros;
    into->sum += from->sum;
    into->min = MIN_OF(into->min, from->min);
    into->max = MAX_OF(into->max, from->max);
}

double histogram_mean(const struct histogram *h)
{
    return h->count ? h->sum / (double)h->count : 0;
}

/* A rank walk: the values at `rank` and at the rank after it. */
struct rank_walk {
    uint64_t rank, seen;
    double at, after;
};

static void walk_ranks(void *arg, double lowest, double highest, uint64_t count)
{
    struct rank_walk *walk = arg;
    double middle = lowest == highest ? lowest : cell_middle(cell_of(lowest));
    if (walk->seen <= walk->rank)
        walk->at = middle;
    if (walk->seen <= walk->rank + 1)
        walk->after = middle;
    walk->seen += count;
}

static double clamp(double value, double min, double max)
{
    return value < min ? min : value > max ? max : value;
}

double histogram_percentile(const struct histogram *h, double p)
{
    if (h->count == 0)
        return 0;
    double position = clamp(p, 0, 100) / 100 * (double)(h->count - 1);
    uint64_t rank = MIN_OF((uint64_t)position, h->count - 1);
    if (rank == h->count - 1)
        return h->max;
    struct rank_walk walk = {.rank = rank};
    histogram_each(h, walk_ranks, &walk);
    double at = rank == 0 ? h->min : clamp(walk.at, h->min, h->max);
    double after = rank + 1 == h->count - 1 ? h->max : clamp(walk.after, h->min, h->max);
    double fraction = position - (double)rank;
    if (at == after || fraction == 0)
        return at;
    double between = at + (after - at) * fraction;
    return isnan(between) ? at : between; /* from -inf to +inf there is no middle */
}

struct below_walk {
    double value;
    uint64_t count;
};

static void walk_below(void *arg, double lowest, double highest, uint64_t count)
{
    struct below_walk *walk = arg;
    if (highest <= walk->value)
        walk->count += count;
}

uint64_t histogram_count_below(const struct histogram *h, double value)
{
    if (h->count && value >= h->max)
        return h->count;
    struct below_walk walk = {.value = value};
    histogram_each(h, walk_below, &walk);
    return walk.count;
}

static int compare_chunks(const void *left, const void *right)
{
    const struct histogram_chunk *const *a = left, *const *b = right;
    return ((*a)->number > (*b)->number) - ((*a)->number < (*b)->number);
}

/* All chunks in ascending order of value; the caller frees the array. */
static struct histogram_chunk **sorted_chunks(const struct histogram *h)
{
    struct histogram_chunk **sorted = NEW_ARRAY(struct histogram_chunk *, h->chunk_count + 1);
    uint32_t count = 0;
    for (uint32_t i = 0; i < h->slot_count; i++) {
        if (h->slots[i])
            sorted[count++] = h->slots[i];
    }
    qsort(sorted, count, sizeof(sorted[0]), compare_chunks);
    return sorted;
}

void histogram_each(const struct histogram *h,
                    void (*fn)(void *arg, double lowest, double highest, uint64_t count), void *arg)
{
    AUTO(mem_free) struct histogram_chunk **sorted = sorted_chunks(h);
    bool zeros_due = h->zeros > 0;
    for (uint32_t i = 0; i < h->chunk_count; i++) {
        uint32_t first = sorted[i]->number << CHUNK_BITS;
        if (zeros_due && first >= CELL_ZERO) {
            fn(arg, 0, 0, h->zeros);
            zeros_due = false;
        }
        for (uint32_t c = 0; c < CHUNK_CELLS; c++) {
            if (sorted[i]->cells[c])
                fn(arg, cell_lowest(first + c), cell_highest(first + c), sorted[i]->cells[c]);
        }
    }
    if (zeros_due)
        fn(arg, 0, 0, h->zeros);
}

size_t histogram_memory(const struct histogram *h)
{
    return h->slot_count * sizeof(h->slots[0]) + h->chunk_count * sizeof(struct histogram_chunk);
}
