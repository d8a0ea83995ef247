/* SPDX-License-Identifier: Apache-2.0
 *
 * Both arrival rates against tables of due times, the same for one, two and three workers as long
 * as users are free; then drops, users made during the run, and lateness.
 */
#include <stdio.h>

#include "base/util.h"
#include "support/test.h"
#include "unit/load/sim.h"

#define MS     NSEC_PER_MSEC
#define SECOND NSEC_PER_SEC

#define STAGES(...)                                                                                \
    .stages = (const struct stage[]){__VA_ARGS__},                                                 \
    .stage_count = sizeof((const struct stage[]){__VA_ARGS__}) / sizeof(struct stage)

static const struct arrival_case {
    const char *name;
    struct scenario scenario;
    nsec_t starts_ns[32]; /* in order; ends with -1 */
} CASES[] = {
    {
        /* As k6: the first at 0, and the one at the regular end starts too. */
        .name = "constant: ten a second for half a second",
        .scenario = {.kind = EXECUTOR_CONSTANT_ARRIVAL_RATE,
                     .rate = 10,
                     .time_unit_ns = SECOND,
                     .duration_ns = 500 * MS,
                     .vus = 9,
                     .max_vus = 9},
        .starts_ns = {0, 100 * MS, 200 * MS, 300 * MS, 400 * MS, 500 * MS, -1},
    },
    {
        /* i * 1 s / 3, not i * 333333333 ns. */
        .name = "constant: a rate that does not divide its unit does not drift",
        .scenario = {.kind = EXECUTOR_CONSTANT_ARRIVAL_RATE,
                     .rate = 3,
                     .time_unit_ns = SECOND,
                     .duration_ns = 2 * SECOND,
                     .vus = 3,
                     .max_vus = 3},
        .starts_ns = {0, 333333333, 666666666, SECOND, 1333333333, 1666666666, 2 * SECOND, -1},
    },
    {
        .name = "constant: one in 2.5 seconds",
        .scenario = {.kind = EXECUTOR_CONSTANT_ARRIVAL_RATE,
                     .rate = 2,
                     .time_unit_ns = 5 * SECOND,
                     .duration_ns = 6 * SECOND,
                     .vus = 3,
                     .max_vus = 3},
        .starts_ns = {0, 2500 * MS, 5 * SECOND, -1},
    },
    {
        /* k6's own example. Areas of the stages: 2.5, 1, 2.5. Rising x = sqrt(10 n); flat: what is
         * missing; falling with y into the stage: 5 - sqrt(25 - 10 y), y = 0.5, 1.5, 2.5. */
        .name = "ramping: 0 to 1 a second in 5 s, 1 s, down in 5 s",
        .scenario = {.kind = EXECUTOR_RAMPING_ARRIVAL_RATE,
                     .rate = 0,
                     .time_unit_ns = SECOND,
                     .vus = 3,
                     .max_vus = 3,
                     STAGES({5 * SECOND, 1}, {SECOND, 1}, {5 * SECOND, 0})},
        .starts_ns = {3162277660, 4472135955, 5500000000, 6527864045, 7837722340, 11000000000, -1},
    },
    {
        /* Ten a second from the start: arrival n when n tenths are over, not at 0. */
        .name = "ramping: a constant rate starts after one period",
        .scenario = {.kind = EXECUTOR_RAMPING_ARRIVAL_RATE,
                     .rate = 10,
                     .time_unit_ns = SECOND,
                     .vus = 3,
                     .max_vus = 3,
                     STAGES({500 * MS, 10})},
        .starts_ns = {100 * MS, 200 * MS, 300 * MS, 400 * MS, 500 * MS, -1},
    },
    {
        /* 490 ms at 10/s are 4.9 arrivals: the fifth needs 0.1 of the next stage (50/s: 2 ms). */
        .name = "ramping: what a stage leaves over is carried into the next",
        .scenario = {.kind = EXECUTOR_RAMPING_ARRIVAL_RATE,
                     .rate = 10,
                     .time_unit_ns = SECOND,
                     .vus = 3,
                     .max_vus = 3,
                     STAGES({490 * MS, 10}, {0, 50}, {50 * MS, 50})},
        .starts_ns = {100 * MS, 200 * MS, 300 * MS, 400 * MS, 492 * MS, 512 * MS, 532 * MS, -1},
    },
    {
        .name = "ramping: a pause at rate zero",
        .scenario = {.kind = EXECUTOR_RAMPING_ARRIVAL_RATE,
                     .rate = 4,
                     .time_unit_ns = SECOND,
                     .vus = 3,
                     .max_vus = 3,
                     STAGES({500 * MS, 4}, {0, 0}, {SECOND, 0}, {0, 4}, {500 * MS, 4})},
        .starts_ns = {250 * MS, 500 * MS, 1750 * MS, 2000 * MS, -1},
    },
};

static void run_case(const struct arrival_case *c, unsigned workers)
{
    struct sim *sim =
        &(struct sim){.scenario = &c->scenario, .workers = workers, .iteration_ns = MS};
    sim_run(sim);
    size_t expected = 0;
    for (; c->starts_ns[expected] >= 0; expected++) {
        const struct sim_start *start = &sim->starts[expected];
        if (expected >= sim->start_count || start->at_ns != c->starts_ns[expected] ||
            start->intended_ns != start->at_ns)
            fail_msg("%s, %u workers: start %zu at %lld instead of %lld", c->name, workers,
                     expected, (long long)start->at_ns, (long long)c->starts_ns[expected]);
    }
    if (sim->start_count != expected || sim->dropped != 0)
        fail_msg("%s, %u workers: %zu starts, %lld dropped", c->name, workers, sim->start_count,
                 (long long)sim->dropped);
}

static void due_times(void **state)
{
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        for (unsigned workers = 1; workers <= 3; workers++)
            run_case(&CASES[i], workers);
    }
}

static const struct drop_case {
    const char *name;
    int64_t vus, max_vus;
    nsec_t iteration_ns, making_ns;
    unsigned workers;
    int64_t started, dropped, grown, exhausted;
} DROPS[] = {
    /* 11 arrivals, one every 100 ms. A user is busy for 250 ms: every third arrival finds it. */
    {"one busy user", 1, 1, 250 * MS, 0, 1, 4, 7, 0, 1},
    /* Dropped at 100 ms, made until 150; two users then: busy 0-250, 200-450, 300-550 … */
    {"one more is made", 1, 2, 250 * MS, 50 * MS, 1, 7, 4, 1, 1},
    /* Made in 120 ms each, at 100, 400, 700 and 1000 ms; each drop in between is for nothing. */
    {"one at a time", 1, 5, 5 * SECOND, 120 * MS, 1, 4, 7, 4, 0},
    {"none at first", 0, 1, MS, 50 * MS, 1, 10, 1, 1, 0},
    /* Both workers have one user for every other arrival, 200 ms apart. */
    {"two workers, a user each", 2, 2, 150 * MS, 0, 2, 11, 0, 0, 0},
    /* Workers without any user take no arrivals. */
    {"more workers than users", 1, 1, 50 * MS, 0, 3, 11, 0, 0, 0},
    {"no users at all", 0, 0, MS, 0, 2, 0, 0, 0, 0},
};

static void scheduled_is_started_plus_dropped(void **state)
{
    for (size_t i = 0; i < COUNT_OF(DROPS); i++) {
        const struct drop_case *c = &DROPS[i];
        const struct scenario scenario = {.kind = EXECUTOR_CONSTANT_ARRIVAL_RATE,
                                          .rate = 10,
                                          .time_unit_ns = SECOND,
                                          .duration_ns = SECOND,
                                          .graceful_stop_ns = SECOND,
                                          .vus = c->vus,
                                          .max_vus = c->max_vus};
        struct sim *sim = &(struct sim){.scenario = &scenario,
                                        .workers = c->workers,
                                        .iteration_ns = c->iteration_ns,
                                        .making_ns = c->making_ns};
        sim_run(sim);
        if ((int64_t)sim->start_count != c->started || sim->dropped != c->dropped ||
            sim->grown != c->grown || sim->exhausted != c->exhausted)
            fail_msg("%s: %zu started, %lld dropped, %lld made, %lld warnings", c->name,
                     sim->start_count, (long long)sim->dropped, (long long)sim->grown,
                     (long long)sim->exhausted);
    }
}

/* Nothing is noticed between 250 and 620 ms: what was due then starts late, with its stamp. */
static void late_arrivals_start_at_once(void **state)
{
    const struct scenario scenario = {.kind = EXECUTOR_CONSTANT_ARRIVAL_RATE,
                                      .rate = 10,
                                      .time_unit_ns = SECOND,
                                      .duration_ns = SECOND,
                                      .vus = 20,
                                      .max_vus = 20};
    static const nsec_t at_ms[] = {0, 100, 200, 620, 620, 620, 620, 700, 800, 900, 1000};
    struct sim *sim = &(struct sim){.scenario = &scenario,
                                    .workers = 1,
                                    .iteration_ns = MS,
                                    .blind_from_ns = 250 * MS,
                                    .blind_until_ns = 620 * MS};
    sim_run(sim);
    assert_int_equal(sim->start_count, COUNT_OF(at_ms));
    for (size_t i = 0; i < COUNT_OF(at_ms); i++) {
        assert_int_equal(sim->starts[i].at_ns, at_ms[i] * MS);
        assert_int_equal(sim->starts[i].intended_ns, (nsec_t)i * 100 * MS);
    }
}

/* The last arrival is over at 511 ms; a stage without any does not keep the scenario. */
static void ends_with_its_last_arrival(void **state)
{
    const struct scenario scenario = {.kind = EXECUTOR_RAMPING_ARRIVAL_RATE,
                                      .rate = 10,
                                      .time_unit_ns = SECOND,
                                      .vus = 4,
                                      .max_vus = 4,
                                      STAGES({500 * MS, 10}, {0, 0}, {100 * SECOND, 0})};
    struct sim *sim = &(struct sim){.scenario = &scenario, .workers = 2, .iteration_ns = 11 * MS};
    sim_run(sim);
    assert_int_equal(sim->start_count, 5);
    assert_true(sim->end_ns <= 511 * MS);
}

static void running_arrivals_are_interrupted(void **state)
{
    const struct scenario scenario = {.kind = EXECUTOR_CONSTANT_ARRIVAL_RATE,
                                      .rate = 1,
                                      .time_unit_ns = SECOND,
                                      .duration_ns = 3500 * MS,
                                      .graceful_stop_ns = SECOND,
                                      .vus = 9,
                                      .max_vus = 9};
    struct sim *sim = &(struct sim){.scenario = &scenario, .workers = 2, .iteration_ns = 2100 * MS};
    sim_run(sim);
    assert_int_equal(sim->start_count, 4);
    assert_int_equal(sim->completed, 3); /* the one of 3 s would end at 5.1 s */
    assert_int_equal(sim->interrupted, 1);
    assert_int_equal(sim->end_ns, 4500 * MS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(due_times),
        cmocka_unit_test(scheduled_is_started_plus_dropped),
        cmocka_unit_test(late_arrivals_start_at_once),
        cmocka_unit_test(ends_with_its_last_arrival),
        cmocka_unit_test(running_arrivals_are_interrupted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
