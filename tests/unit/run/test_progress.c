/* SPDX-License-Identifier: Apache-2.0 */
#include "base/strbuf.h"
#include "load/control.h"
#include "load/plan.h"
#include "run/progress.h"
#include "support/test.h"

static const nsec_t SECOND = NSEC_PER_SEC;

/* The expected texts are what k6 1.8 prints for the same scenarios. */
static const struct scenario_case {
    struct scenario scenario;
    const char *described; /* behind "* s: " */
    const char *drawn;     /* one second after the start, 2 users active, 5 iterations done */
} CASES[] = {
    {{.kind = EXECUTOR_CONSTANT_VUS, .vus = 2, .max_vus = 2, .duration_ns = 3000000000},
     "2 looping VUs for 3s (gracefulStop: 30s)\n",
     "s   [  33% ] 2 VUs  01.0s/3s\n"},
    {{.kind = EXECUTOR_SHARED_ITERATIONS,
      .vus = 2,
      .max_vus = 2,
      .iterations = 10,
      .duration_ns = 600000000000},
     "10 iterations shared among 2 VUs (maxDuration: 10m0s, gracefulStop: 30s)\n",
     "s   [  50% ] 2 VUs  00m01.0s/10m0s  05/10 shared iters\n"},
    {{.kind = EXECUTOR_PER_VU_ITERATIONS,
      .vus = 2,
      .max_vus = 2,
      .iterations = 10,
      .duration_ns = 600000000000},
     "10 iterations for each of 2 VUs (maxDuration: 10m0s, gracefulStop: 30s)\n",
     "s   [  25% ] 2 VUs  00m01.0s/10m0s  05/20 iters, 10 per VU\n"},
    {{.kind = EXECUTOR_CONSTANT_ARRIVAL_RATE,
      .vus = 10,
      .max_vus = 20,
      .rate = 30,
      .time_unit_ns = 60000000000,
      .duration_ns = 4000000000},
     "0.50 iterations/s for 4s (maxVUs: 10-20, gracefulStop: 30s)\n",
     "s   [  25% ] 02/20 VUs  01.0s/4s  5.00 iters/s\n"},
};

static struct plan *plan_of(const struct scenario *scenario)
{
    struct plan *plan = plan_new();
    plan->scenarios = ARENA_NEW(&plan->arena, struct scenario);
    plan->scenario_count = 1;
    plan->scenarios[0] = *scenario;
    plan->scenarios[0].name = "s";
    plan->scenarios[0].exec = "default";
    plan->scenarios[0].graceful_stop_ns = 30 * SECOND;
    return plan;
}

static void test_texts_are_those_of_k6(void **state)
{
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        AUTO(strbuf_done) struct strbuf described = STRBUF_INIT(10000), drawn = STRBUF_INIT(10000);
        struct plan *plan = plan_of(&CASES[i].scenario);
        struct control *control = control_new(1);
        struct progress progress = {.plan = plan, .control = control};
        atomic_store(&control->scenarios[0].active_vus, 2);
        atomic_store(&control->scenarios[0].completed, 5);
        progress_describe(&progress, "x.js", "-", &described);
        progress_draw(&progress, SECOND, false, &drawn);
        const char *line = strstr(strbuf_cstr(&described), "* s: ");
        assert_non_null(line);
        assert_memory_equal(line + 5, CASES[i].described, strlen(CASES[i].described));
        line = strstr(strbuf_cstr(&drawn), "\ns ");
        assert_non_null(line);
        assert_string_equal(line + 1, CASES[i].drawn);
        control_free(&control);
        plan_free(&plan);
    }
}

/* Draws a plan of one user who loops for 3 s. */
static const char *draw(struct progress *progress, nsec_t elapsed_ns, bool ended,
                        struct strbuf *out)
{
    out->len = 0;
    progress_draw(progress, elapsed_ns, ended, out);
    return strbuf_cstr(out);
}

static void test_a_terminal_is_redrawn_in_place(void **state)
{
    AUTO(strbuf_done) struct strbuf out = STRBUF_INIT(10000);
    struct plan *plan = plan_of(&CASES[0].scenario);
    struct control *control = control_new(1);
    struct progress progress = {.plan = plan, .control = control, .terminal = true};
    const char *text = draw(&progress, SECOND, false, &out);
    assert_non_null(strstr(text, "[============>-------------------------]"));
    assert_non_null(strstr(text, "\x1b[2A")); /* others print where it began */
    text = draw(&progress, 3 * SECOND, true, &out);
    assert_null(strstr(text, "\x1b[2A"));
    assert_non_null(strstr(text, "✓ [======================================]"));
    control_free(&control);
    plan_free(&plan);
}

static void test_the_bar_fits_the_terminal(void **state)
{
    AUTO(strbuf_done) struct strbuf out = STRBUF_INIT(10000);
    struct plan *plan = plan_of(&CASES[0].scenario);
    struct control *control = control_new(1);
    struct progress progress = {.plan = plan, .control = control, .terminal = true, .columns = 34};
    assert_non_null(
        strstr(draw(&progress, SECOND, false, &out), "\ns   [===>-------] 2 VUs  01.0s/3s\x1b"));
    progress.columns = 20;
    assert_non_null(strstr(draw(&progress, SECOND, false, &out), "\ns   [  33% ] 2 VUs"));
    control_free(&control);
    plan_free(&plan);
}

static void test_names_stand_below_each_other(void **state)
{
    AUTO(strbuf_done) struct strbuf out = STRBUF_INIT(10000);
    struct plan *plan = plan_of(&CASES[0].scenario);
    struct scenario scenarios[] = {plan->scenarios[0], plan->scenarios[0]};
    scenarios[1].name = "later";
    scenarios[1].start_time_ns = 3 * SECOND;
    plan->scenarios = scenarios;
    plan->scenario_count = 2;
    struct control *control = control_new(2);
    struct progress progress = {.plan = plan, .control = control};
    assert_non_null(strstr(draw(&progress, SECOND, false, &out),
                           "\ns       [  33% ] 2 VUs  01.0s/3s\n"
                           "later • [   0% ] waiting  02.0s\n"));
    assert_non_null(strstr(draw(&progress, 4 * SECOND, false, &out),
                           "\ns     ✓ [ 100% ] 2 VUs  03.0s/3s\n"
                           "later   [  33% ] 2 VUs  01.0s/3s\n"));
    control_free(&control);
    plan_free(&plan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_texts_are_those_of_k6),
        cmocka_unit_test(test_a_terminal_is_redrawn_in_place),
        cmocka_unit_test(test_the_bar_fits_the_terminal),
        cmocka_unit_test(test_names_stand_below_each_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
