/* SPDX-License-Identifier: Apache-2.0
 *
 * Readers of /proc against texts as kernels write them.
 */
#include "observe/host/proc_text.h"
#include "support/test.h"

#define STAT_BEFORE " 1 812 812 0 -1 4194560 3 0 0 0 "
#define STAT_AFTER  " 5 6 20 0 1 0 "

static void test_process(void **state)
{
    static const struct {
        const char *name, *text;
        bool ended;
        int result;
    } cases[] = {
        {"plain", "812 (nginx) S" STAT_BEFORE "70 7" STAT_AFTER "4400 9999 321 184 1 1\n", false,
         0},
        {"spaces", "812 (tmux: server) R" STAT_BEFORE "70 7" STAT_AFTER "4400 9999 321 1\n", false,
         0},
        {"parentheses", "812 (a) S 1 (b)) S" STAT_BEFORE "70 7" STAT_AFTER "4400 9999 321 1\n",
         false, 0},
        {"newline", "812 (a\n) S" STAT_BEFORE "70 7" STAT_AFTER "4400 9999 321 1\n", false, 0},
        {"zombie", "812 (x) Z" STAT_BEFORE "70 7" STAT_AFTER "4400 9999 321 1\n", true, 0},
        {"empty", "", false, -1},
        {"no name", "812 S 1 2 3", false, -1},
        {"cut short", "812 (nginx) S" STAT_BEFORE "70 7" STAT_AFTER "4400", false, -1},
        {"no number", "812 (x) S" STAT_BEFORE "70 -7" STAT_AFTER "4400 9999 321 1\n", false, -1},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct proc_process process = {0};
        int result = proc_text_process(span_cstr(cases[i].text), &process);
        if (result != cases[i].result)
            fail_msg("%s: %d", cases[i].name, result);
        if (result < 0)
            continue;
        assert_int_equal(process.ended, cases[i].ended);
        assert_int_equal(process.cpu_ticks, 77);
        assert_int_equal(process.start_time, 4400);
        assert_int_equal(process.rss_pages, 321);
    }
}

static void test_host_cpu(void **state)
{
    struct proc_host_cpu cpu;
    const char *text = "cpu  100 1 20 1000 50 2 3 4 9 0\ncpu0 1 1 1 1 1 1 1 1 0 0\nintr 5\n";
    assert_int_equal(proc_text_host_cpu(span_cstr(text), &cpu), 0);
    assert_int_equal(cpu.busy_ticks, 130);
    assert_int_equal(proc_text_host_cpu(SPAN("cpu 1 2 3\ncpu0 4 5 6 7 8 9\n"), &cpu), -1);
    assert_int_equal(proc_text_host_cpu(SPAN("intr 1 2 3 4 5 6 7 8"), &cpu), -1);
    assert_int_equal(proc_text_host_cpu(SPAN_EMPTY, &cpu), -1);
}

static void test_host_memory(void **state)
{
    struct proc_host_memory memory;
    const char *text = "MemTotal:       16384 kB\nMemFree:         1024 kB\n"
                       "MemAvailable:    4096 kB\nBuffers:            1 kB\n";
    assert_int_equal(proc_text_host_memory(span_cstr(text), &memory), 0);
    assert_int_equal(memory.total_bytes, 16384 * 1024);
    assert_int_equal(memory.available_bytes, 4096 * 1024);
    assert_int_equal(proc_text_host_memory(SPAN("MemTotal: 16384 kB\n"), &memory), -1);
    assert_int_equal(proc_text_host_memory(SPAN("MemTotal: 0 kB\nMemAvailable: 0 kB\n"), &memory),
                     -1);
    assert_int_equal(proc_text_host_memory(SPAN("MemTotal: x kB\nMemAvailable: 1 kB\n"), &memory),
                     -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_process),
        cmocka_unit_test(test_host_cpu),
        cmocka_unit_test(test_host_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
