/* SPDX-License-Identifier: Apache-2.0
 *
 * The watch on this very process and on a child that ends. No figure is compared with a clock.
 */
#include <stdbool.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/error.h"
#include "observe/host/process_watch.h"
#include "support/test.h"

/* Uses the CPU until the kernel has charged some ticks of it. */
static void burn(void)
{
    clock_t end = clock() + CLOCKS_PER_SEC / 10;
    while (clock() < end) {
    }
}

static void test_this_process(void **state)
{
    struct host_usage usage;
    pid_t self = getpid();
    struct process_watch *watch = process_watch_start(&self, 1, NULL);
    assert_non_null(watch);
    burn();
    process_watch_stop(&watch, &usage);
    assert_null(watch);
    assert_true(usage.samples >= 2);
    assert_int_equal(usage.gone, 0);
    assert_true(usage.cpu.avg > 0 && usage.cpu.peak >= usage.cpu.avg && usage.cpu.peak <= 100);
    assert_true(usage.memory.avg > 0 && usage.memory.peak >= usage.memory.avg);
    assert_true(usage.host_memory.avg > 0 && usage.host_memory.peak <= 100);
}

/* A child that waits to be told to end: before it is reaped, a zombie; afterwards nothing. */
static void expect_gone(bool reaped)
{
    struct host_usage usage;
    int hold[2];
    siginfo_t info;
    assert_int_equal(pipe(hold), 0);
    pid_t child = fork();
    if (child == 0) {
        char byte;
        close(hold[1]);
        burn();
        _exit(read(hold[0], &byte, 1) != 0);
    }
    close(hold[0]);
    struct process_watch *watch = process_watch_start(&child, 1, NULL);
    assert_non_null(watch);
    close(hold[1]);
    waitid(P_PID, (id_t)child, &info, WEXITED | (reaped ? 0 : WNOWAIT));
    process_watch_stop(&watch, &usage);
    assert_int_equal(usage.gone, 1);
    assert_true(usage.memory.peak > 0);
    if (!reaped)
        waitid(P_PID, (id_t)child, &info, WEXITED);
}

static void test_child_reaped(void **state)
{
    expect_gone(true);
}

static void test_child_zombie(void **state)
{
    expect_gone(false);
}

static void test_no_such_process(void **state)
{
    struct error err = {0};
    pid_t pids[] = {getpid(), 0};
    assert_null(process_watch_start(pids, 2, &err));
    assert_int_equal(err.code, EXIT_USAGE);
    assert_non_null(strstr(err.message, "no process 0"));
}

static void test_host_alone(void **state)
{
    struct host_usage usage;
    struct process_watch *watch = process_watch_start(NULL, 0, NULL);
    assert_non_null(watch);
    process_watch_stop(&watch, &usage);
    assert_true(usage.cpu.avg == 0 && usage.memory.peak == 0);
    assert_true(usage.host_memory.avg > 0);
    process_watch_stop(&watch, &usage);
    assert_int_equal(usage.samples, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_this_process), cmocka_unit_test(test_child_reaped),
        cmocka_unit_test(test_child_zombie), cmocka_unit_test(test_no_such_process),
        cmocka_unit_test(test_host_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
