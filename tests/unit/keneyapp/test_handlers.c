/* SPDX-License-Identifier: Apache-2.0 */
#include <semaphore.h>
#include <string.h>

#include "keneyapp/http/handlers.h"
#include "support/test.h"

enum {
    QUEUE = 3,
};

/* Tasks wait to be let go, and count themselves. */
static struct {
    sem_t started, go;
    int done;
} work;

static struct virtual_clock virtual_time;

static void run(struct task *task)
{
    sem_post(&work.started);
    sem_wait(&work.go);
    work.done++;
}

static struct handlers *new_handlers(void)
{
    struct handlers_config config = {.threads = 1,
                                     .queue_max = QUEUE,
                                     .wait_max_ns = 30 * NSEC_PER_SEC,
                                     .clock = &virtual_time.clock};
    struct error err = {0};
    virtual_clock_init(&virtual_time, NSEC_PER_SEC);
    sem_init(&work.started, 0, 0);
    sem_init(&work.go, 0, 0);
    work.done = 0;
    struct handlers *handlers = handlers_new(&config, &err);
    assert_non_null(handlers);
    return handlers;
}

static void let_go(int count)
{
    for (int i = 0; i < count; i++)
        sem_post(&work.go);
}

/* One runs, QUEUE wait, the next is refused; every accepted one is run before the end. */
static void test_queue_is_bounded(void **state)
{
    struct handlers *handlers = new_handlers();
    struct task tasks[QUEUE + 2];
    struct handlers_figures now;
    for (size_t i = 0; i < COUNT_OF(tasks); i++)
        tasks[i] = (struct task){.run = run};
    assert_true(handlers_submit(handlers, &tasks[0]));
    sem_wait(&work.started);
    for (size_t i = 1; i <= QUEUE; i++)
        assert_true(handlers_submit(handlers, &tasks[i]));
    assert_false(handlers_submit(handlers, &tasks[QUEUE + 1]));
    handlers_figures(handlers, &now);
    assert_int_equal(now.busy, 1);
    assert_int_equal(now.queued, QUEUE);
    assert_int_equal(now.refused, 1);
    let_go(QUEUE + 1);
    handlers_close(handlers);
    assert_int_equal(work.done, QUEUE + 1);
    assert_false(handlers_submit(handlers, &tasks[0]));
    handlers_free(&handlers);
}

static void test_slow_queue_refuses(void **state)
{
    struct handlers *handlers = new_handlers();
    struct task tasks[3] = {{.run = run}, {.run = run}, {.run = run}};
    assert_true(handlers_submit(handlers, &tasks[0]));
    sem_wait(&work.started);
    virtual_clock_advance(&virtual_time, 3600 * NSEC_PER_SEC); /* what runs does not wait */
    assert_true(handlers_submit(handlers, &tasks[1]));
    virtual_clock_advance(&virtual_time, 30 * NSEC_PER_SEC + 1);
    assert_false(handlers_submit(handlers, &tasks[2]));
    let_go(2);
    sem_wait(&work.started);
    assert_true(handlers_submit(handlers, &tasks[2]));
    let_go(1);
    handlers_free(&handlers);
    assert_int_equal(work.done, 3);
}

static void test_metrics(void **state)
{
    struct handlers *handlers = new_handlers();
    AUTO(strbuf_done) struct strbuf out = STRBUF_INIT(1 << 14);
    handlers_render(handlers, &out);
    assert_non_null(strstr(strbuf_cstr(&out), "\nkeneyapp_handler_threads 1\n"));
    assert_non_null(strstr(strbuf_cstr(&out), "\nkeneyapp_handler_refused_total 0\n"));
    handlers_free(&handlers);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_queue_is_bounded),
        cmocka_unit_test(test_slow_queue_refuses),
        cmocka_unit_test(test_metrics),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
