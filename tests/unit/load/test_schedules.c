/* SPDX-License-Identifier: Apache-2.0
 *
 * Properties of random scenarios, against the slow and obvious way to work them out.
 */
#include <string.h>

#include "base/rng.h"
#include "base/util.h"
#include "load/ramp.h"
#include "support/test.h"
#include "unit/load/sim.h"

#define MS     NSEC_PER_MSEC
#define SECOND NSEC_PER_SEC
#define ROUNDS 300

static int64_t below(struct rng *rng, int64_t bound)
{
    return (int64_t)rng_below(rng, (uint64_t)bound);
}

/* Stages of whole 100 ms, one in four without duration. */
static struct scenario random_scenario(struct rng *rng, enum executor_kind kind,
                                       struct stage *stages, size_t max_stages, int64_t max_target)
{
    struct scenario scenario;
    scenario_init(&scenario, "random", kind);
    scenario.stage_count = 1 + (size_t)below(rng, (int64_t)max_stages);
    scenario.stages = stages;
    for (size_t i = 0; i < scenario.stage_count; i++) {
        stages[i].duration_ns = below(rng, 4) == 0 ? 0 : 100 * MS * (1 + below(rng, 20));
        stages[i].target = below(rng, max_target + 1);
    }
    return scenario;
}

/* Twice the arrivals times a second. */
static __int128 whole_area2(const struct scenario *scenario)
{
    __int128 area2 = 0;
    int64_t from = scenario->rate;
    for (size_t i = 0; i < scenario->stage_count; i++) {
        area2 += (__int128)scenario->stages[i].duration_ns * (from + scenario->stages[i].target);
        from = scenario->stages[i].target;
    }
    return area2;
}

/* Arrivals until `at_ns`, by area. */
static double area_at(const struct scenario *scenario, nsec_t at_ns)
{
    double area = 0, from = (double)scenario->rate;
    for (size_t i = 0; i < scenario->stage_count; i++) {
        const struct stage *stage = &scenario->stages[i];
        double length = (double)stage->duration_ns, x = (double)MIN_OF(at_ns, stage->duration_ns);
        if (length > 0)
            area += x * from + x * x * ((double)stage->target - from) / (2 * length);
        from = (double)stage->target;
        if (at_ns < stage->duration_ns)
            break;
        at_ns -= stage->duration_ns;
    }
    return area / 1e9;
}

static void arrivals_follow_the_area(void **state)
{
    struct rng rng;
    rng_seed(&rng, 1);
    static struct sim sims[2];
    for (int round = 0; round < ROUNDS; round++) {
        struct stage stages[6];
        struct scenario scenario =
            random_scenario(&rng, EXECUTOR_RAMPING_ARRIVAL_RATE, stages, 6, 120);
        scenario.rate = below(&rng, 100);
        scenario.vus = 60;
        sims[0] = (struct sim){.scenario = &scenario, .workers = 1, .iteration_ns = 1};
        sim_run(&sims[0]);
        size_t count = (size_t)(whole_area2(&scenario) / (2 * SECOND));
        assert_int_equal(sims[0].start_count, count);
        assert_int_equal(sims[0].dropped, 0);
        for (size_t i = 0; i < count; i++) {
            double area = area_at(&scenario, sims[0].starts[i].at_ns);
            /* A nanosecond at 120 a second is 1.2e-7. */
            assert_true(area > (double)i + 1 - 1e-6 && area < (double)i + 1 + 1e-6);
        }
        unsigned workers = 2 + (unsigned)below(&rng, 4);
        sims[1] = (struct sim){.scenario = &scenario, .workers = workers, .iteration_ns = 1};
        sim_run(&sims[1]);
        assert_int_equal(sims[1].start_count, count);
        for (size_t i = 0; i < count; i++)
            assert_int_equal(sims[1].starts[i].at_ns, sims[0].starts[i].at_ns);
    }
}

/* All that was planned is counted, whatever the users do. */
static void nothing_is_lost(void **state)
{
    struct rng rng;
    rng_seed(&rng, 2);
    static struct sim sim;
    for (int round = 0; round < ROUNDS; round++) {
        struct scenario scenario;
        scenario_init(&scenario, "random", EXECUTOR_CONSTANT_ARRIVAL_RATE);
        scenario.rate = 1 + below(&rng, 60);
        scenario.time_unit_ns = 100 * MS * (1 + below(&rng, 30));
        scenario.duration_ns = 100 * MS * (1 + below(&rng, 50));
        scenario.graceful_stop_ns = 10 * MS * below(&rng, 50);
        scenario.vus = below(&rng, 10);
        scenario.max_vus = scenario.vus + below(&rng, 20);
        sim = (struct sim){.scenario = &scenario,
                           .workers = 1 + (unsigned)below(&rng, 4),
                           .iteration_ns = 1 + MS * below(&rng, 300),
                           .making_ns = MS * below(&rng, 100),
                           .blind_from_ns = 10 * MS * below(&rng, 300)};
        sim.blind_until_ns = sim.blind_from_ns + 10 * MS * below(&rng, 100);
        sim_run(&sim);
        __int128 last = (__int128)scenario.duration_ns * scenario.rate / scenario.time_unit_ns;
        int64_t scheduled = scenario_max_vus(&scenario) > 0 ? (int64_t)last + 1 : 0;
        assert_int_equal((int64_t)sim.start_count + sim.dropped, scheduled);
        assert_int_equal(sim.completed + sim.interrupted, sim.start_count);
        assert_true(sim.max_held <= scenario_max_vus(&scenario));
    }
}

static int64_t users_at(const struct ramp_step *steps, size_t count, nsec_t at_ns)
{
    int64_t users = 0;
    for (size_t i = 0; i < count && steps[i].at_ns <= at_ns; i++)
        users = steps[i].users;
    return users;
}

/* The highest level that was left less than a graceful period ago; `late_ns` 1: exactly one ago
 * counts too. */
static int64_t held_at(const struct scenario *scenario, const struct ramp_step *steps, size_t count,
                       nsec_t at_ns, nsec_t late_ns)
{
    nsec_t end_ns = scenario_duration_ns(scenario) + scenario->graceful_stop_ns;
    if (at_ns < 0 || at_ns >= end_ns + late_ns)
        return 0;
    int64_t held = users_at(steps, count, at_ns);
    for (size_t i = 0; i + 1 < count && steps[i + 1].at_ns <= at_ns; i++) {
        if (at_ns < steps[i + 1].at_ns + scenario->graceful_ramp_down_ns + late_ns)
            held = MAX_OF(held, steps[i].users);
    }
    return held;
}

static size_t all_steps(const struct scenario *scenario, struct ramp_step *steps)
{
    struct ramp ramp;
    size_t count = 0;
    ramp_init(&ramp, scenario);
    while (ramp_next(&ramp, &steps[count]))
        count++;
    return count;
}

struct staircase {
    struct stage stages[5];
    struct ramp_step steps[64];
    size_t count;
};

/* The highest sum; it can only be reached at a step. */
static int64_t need_of(const struct plan *plan, const struct staircase *stairs, nsec_t late_ns)
{
    int64_t need = 0;
    for (size_t i = 0; i < 2 * COUNT_OF(stairs->steps); i++) {
        const struct staircase *stair = &stairs[i % 2];
        if (i / 2 >= stair->count)
            continue;
        nsec_t at_ns = plan->scenarios[i % 2].start_time_ns + stair->steps[i / 2].at_ns;
        int64_t sum = 0;
        for (size_t k = 0; k < 2; k++)
            sum += held_at(&plan->scenarios[k], stairs[k].steps, stairs[k].count,
                           at_ns - plan->scenarios[k].start_time_ns, late_ns);
        need = MAX_OF(need, sum);
    }
    return need;
}

/* Where one scenario's end meets the other's step, both answers are right. */
static void need_of_two_staircases(void **state)
{
    struct rng rng;
    rng_seed(&rng, 3);
    for (int round = 0; round < ROUNDS; round++) {
        struct staircase stairs[2];
        AUTO(plan_free) struct plan *plan = plan_new();
        plan->scenario_count = 2;
        plan->scenarios = ARENA_NEW_ARRAY(&plan->arena, struct scenario, 2);
        for (int i = 0; i < 2; i++) {
            struct scenario *scenario = &plan->scenarios[i];
            *scenario = random_scenario(&rng, EXECUTOR_RAMPING_VUS, stairs[i].stages, 5, 9);
            scenario->name = i == 0 ? "a" : "b";
            scenario->vus = below(&rng, 9);
            scenario->start_time_ns = i * 100 * MS * below(&rng, 80);
            scenario->graceful_ramp_down_ns = 100 * MS * below(&rng, 20);
            scenario->graceful_stop_ns = 100 * MS * below(&rng, 20);
            stairs[i].count = all_steps(scenario, stairs[i].steps);
        }
        assert_in_range(plan_max_vus(plan), need_of(plan, stairs, 0), need_of(plan, stairs, 1));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arrivals_follow_the_area),
        cmocka_unit_test(nothing_is_lost),
        cmocka_unit_test(need_of_two_staircases),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
