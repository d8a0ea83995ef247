/* SPDX-License-Identifier: Apache-2.0
 *
 * A tree of fixed height: branches by the upper bits, leaves by the middle ones, counters by the
 * lowest six.
 */
#include "cli/as/ab/durations.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"

#define LEAF_BITS   6
#define BRANCH_BITS 14
#define LEAF_SIZE   (1u << LEAF_BITS)
#define LEAVES      (1u << (BRANCH_BITS - LEAF_BITS))
#define MAX_US      (UINT64_C(1) << 40)

struct leaf {
    uint32_t counts[LEAF_SIZE];
};

struct durations_branch {
    struct leaf *leaves[LEAVES];
};

void durations_done(struct durations *durations)
{
    for (size_t i = 0; i < durations->branch_count; i++) {
        struct durations_branch *branch = durations->branches[i];
        for (size_t j = 0; branch && j < LEAVES; j++)
            free(branch->leaves[j]);
        free(branch);
    }
    free(durations->branches);
    *durations = (struct durations){0};
}

static struct durations_branch *branch_of(struct durations *durations, size_t i)
{
    if (i >= durations->branch_count) {
        size_t count = MAX_OF(i + 1, 2 * durations->branch_count);
        durations->branches = GROW_ARRAY(durations->branches, count);
        for (size_t j = durations->branch_count; j < count; j++)
            durations->branches[j] = NULL;
        durations->branch_count = count;
    }
    if (!durations->branches[i])
        durations->branches[i] = NEW(struct durations_branch);
    return durations->branches[i];
}

void durations_add(struct durations *durations, uint64_t us)
{
    us = MIN_OF(us, MAX_US);
    struct durations_branch *branch = branch_of(durations, us >> BRANCH_BITS);
    struct leaf **leaf = &branch->leaves[us >> LEAF_BITS & (LEAVES - 1)];
    if (!*leaf)
        *leaf = NEW(struct leaf);
    (*leaf)->counts[us & (LEAF_SIZE - 1)]++;
    durations->count++;
    durations->sum_us += us;
}

typedef void on_duration_fn(void *arg, uint64_t us, uint32_t count);

static void visit_leaf(const struct leaf *leaf, uint64_t base_us, on_duration_fn *fn, void *arg)
{
    for (size_t i = 0; leaf && i < LEAF_SIZE; i++) {
        if (leaf->counts[i])
            fn(arg, base_us + i, leaf->counts[i]);
    }
}

/* In ascending order. */
static void visit(const struct durations *durations, on_duration_fn *fn, void *arg)
{
    for (size_t i = 0; i < durations->branch_count; i++) {
        const struct durations_branch *branch = durations->branches[i];
        for (size_t j = 0; branch && j < LEAVES; j++)
            visit_leaf(branch->leaves[j], (uint64_t)i << BRANCH_BITS | j << LEAF_BITS, fn, arg);
    }
}

struct ranking {
    const uint64_t *ranks;
    size_t left;
    uint64_t *us;
    uint64_t seen;
};

static void take_ranks(void *arg, uint64_t us, uint32_t count)
{
    struct ranking *ranking = arg;
    ranking->seen += count;
    while (ranking->left && *ranking->ranks < ranking->seen) {
        *ranking->us++ = us;
        ranking->ranks++;
        ranking->left--;
    }
}

void durations_at_each(const struct durations *durations, const uint64_t *ranks, size_t n,
                       uint64_t *ret_us)
{
    struct ranking ranking = {.ranks = ranks, .left = n, .us = ret_us};
    visit(durations, take_ranks, &ranking);
}

uint64_t durations_at(const struct durations *durations, uint64_t rank)
{
    uint64_t us = 0;
    durations_at_each(durations, &rank, 1, &us);
    return us;
}

struct tail {
    uint64_t from_us, count;
    double sum_us;
};

static void add_tail(void *arg, uint64_t us, uint32_t count)
{
    struct tail *tail = arg;
    if (us < tail->from_us)
        return;
    tail->count += count;
    tail->sum_us += (double)us * count;
}

uint64_t durations_from(const struct durations *durations, uint64_t us, double *ret_sum_us)
{
    struct tail tail = {.from_us = us};
    visit(durations, add_tail, &tail);
    *ret_sum_us = tail.sum_us;
    return tail.count;
}

struct squares {
    double mean_us, sum;
};

static void add_squares(void *arg, uint64_t us, uint32_t count)
{
    struct squares *squares = arg;
    double distance = (double)us - squares->mean_us;
    squares->sum += distance * distance * count;
}

double durations_deviation(const struct durations *durations, double mean_us)
{
    struct squares squares = {.mean_us = mean_us};
    if (durations->count < 2)
        return 0;
    visit(durations, add_squares, &squares);
    return sqrt(squares.sum / (double)(durations->count - 1));
}
