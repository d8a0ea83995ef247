/* SPDX-License-Identifier: Apache-2.0
 *
 * Encoding of a histogram: version, count, zeros, sum, minimum, maximum, then the cells in
 * ascending order as distance from the previous cell and count. Decoding rebuilds the cells from
 * their middles and checks that they agree with count, minimum and maximum, so that nothing
 * malformed can make later queries lie.
 */
#include <stdbool.h>

#include "base/strbuf.h"
#include "metrics/histogram.h"
#include "metrics/histogram_cell.h"
#include "metrics/wire.h"

#define HISTOGRAM_VERSION 1

struct cell_writer {
    struct strbuf *out;
    uint32_t next; /* the cell after the previous one */
};

static void count_cell(void *arg, double lowest, double highest, uint64_t count)
{
    if (lowest != 0 || highest != 0)
        ++*(uint64_t *)arg;
}

static void write_cell(void *arg, double lowest, double highest, uint64_t count)
{
    struct cell_writer *writer = arg;
    if (lowest == 0 && highest == 0) /* the zeros, which are written before */
        return;
    /* `lowest` and `highest` of the two cells beside zero are 0 with a sign. */
    uint32_t cell = cell_of(lowest == 0 ? highest : lowest);
    wire_put_uint(writer->out, cell - writer->next);
    wire_put_uint(writer->out, count);
    writer->next = cell + 1;
}

void histogram_encode(const struct histogram *h, struct strbuf *out)
{
    uint64_t cells = 0;
    histogram_each(h, count_cell, &cells);
    wire_put_uint(out, HISTOGRAM_VERSION);
    wire_put_uint(out, h->count);
    if (h->count == 0)
        return;
    wire_put_uint(out, h->zeros);
    wire_put_double(out, h->sum);
    wire_put_double(out, h->min);
    wire_put_double(out, h->max);
    wire_put_uint(out, cells);
    struct cell_writer writer = {.out = out};
    histogram_each(h, write_cell, &writer);
}

struct summary {
    uint64_t count, zeros, cells;
    double sum, min, max;
};

static int read_summary(struct span *in, struct summary *ret_summary)
{
    struct summary s = {0};
    if (wire_get_uint(in, UINT64_MAX, &s.count) < 0)
        return -1;
    if (s.count > 0 &&
        (wire_get_uint(in, s.count, &s.zeros) < 0 || wire_get_double(in, &s.sum) < 0 ||
         wire_get_double(in, &s.min) < 0 || wire_get_double(in, &s.max) < 0 ||
         wire_get_uint(in, CELL_ZERO * UINT64_C(2), &s.cells) < 0))
        return -1;
    *ret_summary = s;
    return 0;
}

static int read_cells(struct histogram *h, struct span *in, const struct summary *s)
{
    const uint32_t last_cell = cell_of(INFINITY);
    uint64_t next = cell_of(-INFINITY), left = s->count - s->zeros;
    uint64_t base = 0;
    for (uint64_t i = 0; i < s->cells; i++) {
        uint64_t gap, count;
        if (wire_get_uint(in, last_cell, &gap) < 0 || wire_get_uint(in, left, &count) < 0)
            return -1;
        uint64_t cell = base + gap;
        if (count == 0 || cell < next || cell > last_cell)
            return -1;
        histogram_add_n(h, cell_middle((uint32_t)cell), count);
        left -= count;
        base = next = cell + 1;
    }
    histogram_add_n(h, 0, s->zeros);
    return left == 0 ? 0 : -1;
}

/* The exact extremes must lie in the cells that the rebuilt ones lie in. */
static bool same_cell(double exact, double rebuilt)
{
    if (isnan(exact) || exact == 0 || rebuilt == 0)
        return exact == rebuilt;
    return cell_of(exact) == cell_of(rebuilt);
}

static int decode(struct histogram *h, struct span *in)
{
    uint64_t version;
    struct summary s;
    if (wire_get_uint(in, HISTOGRAM_VERSION, &version) < 0 || version != HISTOGRAM_VERSION ||
        read_summary(in, &s) < 0 || read_cells(h, in, &s) < 0)
        return -1;
    if (s.count == 0)
        return 0;
    if (!same_cell(s.min, h->min) || !same_cell(s.max, h->max) || s.min > s.max)
        return -1;
    h->sum = s.sum;
    h->min = s.min;
    h->max = s.max;
    return 0;
}

int histogram_decode(struct histogram *h, struct span *input)
{
    struct span rest = *input;
    histogram_reset(h);
    if (decode(h, &rest) < 0) {
        histogram_reset(h);
        return -1;
    }
    *input = rest;
    return 0;
}
