/* SPDX-License-Identifier: Apache-2.0
 *
 * The four closed models against tables of start times, the same for one, two and three workers.
 */
#include <stdio.h>

#include "base/util.h"
#include "support/test.h"
#include "unit/load/sim.h"

#define MS     NSEC_PER_MSEC
#define SECOND NSEC_PER_SEC
#define HOUR   (3600 * SECOND)

#define STAGES(...)                                                                                \
    .stages = (const struct stage[]){__VA_ARGS__},                                                 \
    .stage_count = sizeof((const struct stage[]){__VA_ARGS__}) / sizeof(struct stage)

static const struct model_case {
    const char *name;
    struct scenario scenario;
    nsec_t iteration_ns, abort_at_ns;
    int64_t starts_ms[32]; /* in order; ends with -1 */
    int64_t dropped, interrupted;
    nsec_t end_ns;
} CASES[] = {
    {
        .name = "shared: three users take seven iterations",
        .scenario = {.kind = EXECUTOR_SHARED_ITERATIONS,
                     .vus = 3,
                     .iterations = 7,
                     .duration_ns = 10 * SECOND},
        .iteration_ns = 100 * MS,
        .starts_ms = {0, 0, 0, 100, 100, 100, 200, -1},
        .end_ns = 300 * MS,
    },
    {
        .name = "shared: maxDuration leaves two of ten unstarted",
        .scenario = {.kind = EXECUTOR_SHARED_ITERATIONS,
                     .vus = 2,
                     .iterations = 10,
                     .duration_ns = SECOND,
                     .graceful_stop_ns = SECOND},
        .iteration_ns = 300 * MS,
        .starts_ms = {0, 0, 300, 300, 600, 600, 900, 900, -1},
        .dropped = 2,
        .end_ns = 1200 * MS,
    },
    {
        .name = "shared: too short a graceful stop interrupts the last two",
        .scenario = {.kind = EXECUTOR_SHARED_ITERATIONS,
                     .vus = 2,
                     .iterations = 10,
                     .duration_ns = SECOND,
                     .graceful_stop_ns = 100 * MS},
        .iteration_ns = 300 * MS,
        .starts_ms = {0, 0, 300, 300, 600, 600, 900, 900, -1},
        .dropped = 2,
        .interrupted = 2,
        .end_ns = 1100 * MS,
    },
    {
        .name = "shared: an abort drops nothing",
        .scenario = {.kind = EXECUTOR_SHARED_ITERATIONS,
                     .vus = 2,
                     .iterations = 10,
                     .duration_ns = 10 * SECOND,
                     .graceful_stop_ns = SECOND},
        .iteration_ns = 300 * MS,
        .abort_at_ns = 500 * MS,
        .starts_ms = {0, 0, 300, 300, -1},
        .interrupted = 2,
        .end_ns = 600 * MS,
    },
    {
        .name = "per-vu: two users, three each",
        .scenario = {.kind = EXECUTOR_PER_VU_ITERATIONS,
                     .vus = 2,
                     .iterations = 3,
                     .duration_ns = SECOND,
                     .graceful_stop_ns = SECOND},
        .iteration_ns = 400 * MS,
        .starts_ms = {0, 0, 400, 400, 800, 800, -1},
        .end_ns = 1200 * MS,
    },
    {
        .name = "per-vu: an iteration that ends at maxDuration is the last",
        .scenario = {.kind = EXECUTOR_PER_VU_ITERATIONS,
                     .vus = 2,
                     .iterations = 3,
                     .duration_ns = SECOND,
                     .graceful_stop_ns = SECOND},
        .iteration_ns = 500 * MS,
        .starts_ms = {0, 0, 500, 500, -1},
        .dropped = 2,
        .end_ns = 1000 * MS,
    },
    {
        .name = "constant: back to back until the end, the last ones finish",
        .scenario = {.kind = EXECUTOR_CONSTANT_VUS,
                     .vus = 3,
                     .duration_ns = SECOND,
                     .graceful_stop_ns = 30 * SECOND},
        .iteration_ns = 400 * MS,
        .starts_ms = {0, 0, 0, 400, 400, 400, 800, 800, 800, -1},
        .end_ns = 1200 * MS,
    },
    {
        .name = "constant: no graceful stop",
        .scenario = {.kind = EXECUTOR_CONSTANT_VUS, .vus = 2, .duration_ns = SECOND},
        .iteration_ns = 400 * MS,
        .starts_ms = {0, 0, 400, 400, 800, 800, -1},
        .interrupted = 2,
        .end_ns = 1000 * MS,
    },
    {
        .name = "ramping: user n of 10 starts at n seconds of 10",
        .scenario = {.kind = EXECUTOR_RAMPING_VUS,
                     .vus = 0,
                     STAGES({10 * SECOND, 10}, {SECOND, 10})},
        .iteration_ns = HOUR,
        .starts_ms = {1000, 2000, 3000, 4000, 5000, 6000, 7000, 8000, 9000, 10000, -1},
        .interrupted = 10,
        .end_ns = 11 * SECOND,
    },
    {
        /* 100 ms per iteration; from 3 users to 0 in 600 ms: left at 200, 400 and 600 ms. */
        .name = "ramping: the last one started stops first",
        .scenario = {.kind = EXECUTOR_RAMPING_VUS,
                     .vus = 3,
                     .graceful_ramp_down_ns = SECOND,
                     .graceful_stop_ns = SECOND,
                     STAGES({600 * MS, 0})},
        .iteration_ns = 100 * MS,
        .starts_ms = {0, 0, 0, 100, 100, 100, 200, 200, 300, 300, 400, 500, -1},
        .end_ns = 600 * MS,
    },
    {
        /* Users 2 and 1 are left at 1 s and get 500 ms; user 0 is there at the end (2 s), +1 s. */
        .name = "ramping: gracefulRampDown, and gracefulStop for those at the end",
        .scenario = {.kind = EXECUTOR_RAMPING_VUS,
                     .vus = 3,
                     .graceful_ramp_down_ns = 500 * MS,
                     .graceful_stop_ns = SECOND,
                     STAGES({SECOND, 3}, {0, 1}, {SECOND, 1})},
        .iteration_ns = HOUR,
        .starts_ms = {0, 0, 0, -1},
        .interrupted = 3,
        .end_ns = 3 * SECOND,
    },
    {
        /* Left at 1 s, back at 1.2 s within the 500 ms: nothing is interrupted, nothing starts. */
        .name = "ramping: a user that comes back in time goes on",
        .scenario = {.kind = EXECUTOR_RAMPING_VUS,
                     .vus = 2,
                     .graceful_ramp_down_ns = 500 * MS,
                     .graceful_stop_ns = HOUR,
                     STAGES({SECOND, 2}, {0, 1}, {200 * MS, 1}, {0, 2}, {SECOND, 2})},
        .iteration_ns = 5 * SECOND,
        .starts_ms = {0, 0, -1},
        .end_ns = 5 * SECOND,
    },
    {
        .name = "ramping: without gracefulRampDown a jump down interrupts at once",
        .scenario = {.kind = EXECUTOR_RAMPING_VUS,
                     .vus = 2,
                     .graceful_stop_ns = HOUR,
                     STAGES({SECOND, 2}, {0, 1}, {SECOND, 1}, {0, 2}, {SECOND, 2})},
        .iteration_ns = 1500 * MS,
        .starts_ms = {0, 0, 1500, 2000, -1},
        .interrupted = 1,
        .end_ns = 3500 * MS,
    },
    {
        /* The user of the first moment is there for no time at all: it never starts. */
        .name = "ramping: zero users in the middle do not end the scenario",
        .scenario = {.kind = EXECUTOR_RAMPING_VUS,
                     .vus = 1,
                     .graceful_ramp_down_ns = SECOND,
                     .graceful_stop_ns = SECOND,
                     STAGES({0, 0}, {SECOND, 0}, {0, 1}, {SECOND, 1})},
        .iteration_ns = 600 * MS,
        .starts_ms = {1000, 1600, -1},
        .end_ns = 2200 * MS,
    },
};

static void run_case(const struct model_case *c, unsigned workers)
{
    struct sim *sim = &(struct sim){.scenario = &c->scenario,
                                    .workers = workers,
                                    .iteration_ns = c->iteration_ns,
                                    .abort_at_ns = c->abort_at_ns};
    sim_run(sim);
    size_t expected = 0;
    for (; c->starts_ms[expected] >= 0; expected++) {
        if (expected >= sim->start_count ||
            sim->starts[expected].at_ns != c->starts_ms[expected] * MS)
            fail_msg("%s, %u workers: start %zu is not at %lld ms", c->name, workers, expected,
                     (long long)c->starts_ms[expected]);
        assert_int_equal(sim->starts[expected].intended_ns, -1);
    }
    if (sim->start_count != expected || sim->dropped != c->dropped ||
        sim->interrupted != c->interrupted || sim->end_ns != c->end_ns)
        fail_msg("%s, %u workers: %zu starts, %lld dropped, %lld interrupted, end %lld ms", c->name,
                 workers, sim->start_count, (long long)sim->dropped, (long long)sim->interrupted,
                 (long long)(sim->end_ns / MS));
    assert_int_equal(sim->completed + sim->interrupted, sim->start_count);
}

static void start_times(void **state)
{
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        for (unsigned workers = 1; workers <= 3; workers++)
            run_case(&CASES[i], workers);
    }
}

/* k6's documented example: users per second 4 5 6 5 4 3 2 1 2 3 4 5 4 3 2 1 2 3 4 4 1 1 1. */
static void k6_documented_staircase(void **state)
{
    static const struct stage stages[] = {
        {2 * SECOND, 6}, {5 * SECOND, 1}, {4 * SECOND, 5}, {4 * SECOND, 1},
        {3 * SECOND, 4}, {2 * SECOND, 4}, {0, 1},          {3 * SECOND, 1},
    };
    static const int64_t users[] = {4, 5, 6, 5, 4, 3, 2, 1, 2, 3, 4, 5,
                                    4, 3, 2, 1, 2, 3, 4, 4, 1, 1, 1};
    const struct scenario scenario = {.kind = EXECUTOR_RAMPING_VUS,
                                      .vus = 4,
                                      .stages = stages,
                                      .stage_count = COUNT_OF(stages),
                                      .graceful_stop_ns = SECOND,
                                      .graceful_ramp_down_ns = SECOND};
    for (unsigned workers = 1; workers <= 3; workers++) {
        struct sim *sim =
            &(struct sim){.scenario = &scenario, .workers = workers, .iteration_ns = SECOND};
        sim_run(sim);
        int64_t started[COUNT_OF(users)] = {0};
        for (size_t i = 0; i < sim->start_count; i++)
            started[sim->starts[i].at_ns / SECOND]++;
        for (size_t i = 0; i < COUNT_OF(users); i++)
            assert_int_equal(started[i], users[i]);
        assert_int_equal(sim->max_held, 6);
        assert_int_equal(sim->end_ns, 23 * SECOND);
    }
}

static void every_iteration_has_its_own_number(void **state)
{
    const struct scenario scenario = {
        .kind = EXECUTOR_CONSTANT_VUS, .vus = 5, .duration_ns = SECOND, .graceful_stop_ns = SECOND};
    struct sim *sim = &(struct sim){.scenario = &scenario, .workers = 2, .iteration_ns = 90 * MS};
    sim_run(sim);
    bool seen[SIM_MAX_STARTS] = {false};
    for (size_t i = 0; i < sim->start_count; i++) {
        assert_in_range(sim->starts[i].index, 0, sim->start_count - 1);
        assert_false(seen[sim->starts[i].index]);
        seen[sim->starts[i].index] = true;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(start_times),
        cmocka_unit_test(k6_documented_staircase),
        cmocka_unit_test(every_iteration_has_its_own_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
