/* SPDX-License-Identifier: Apache-2.0 */
#include <unistd.h>

#include "base/clock.h"
#include "keneyapp/telemetry/process.h"
#include "support/test.h"

/* Of a real process, with a name that tries to look like the rest. */
#define STAT_LINE                                                                                  \
    "4321 (a) R 1 (b) S 1 4321 4321 0 -1 4194560 1 2 3 4 150 50 0 0 20 0 7 0 12345 10485760 256 "  \
    "18446744073709551615 1 1 0\n"

static void test_stat(void **state)
{
    struct process_figures figures = {0};
    double ticks = (double)sysconf(_SC_CLK_TCK);
    assert_int_equal(process_parse_stat(SPAN(STAT_LINE), &figures), 0);
    assert_true(figures.cpu_s == 200 / ticks);
    assert_true(figures.start_s == 12345 / ticks);
    assert_int_equal(figures.threads, 7);
    assert_int_equal(figures.virtual_bytes, 10485760);
    assert_int_equal(figures.resident_bytes, 256 * sysconf(_SC_PAGESIZE));
    assert_int_equal(process_parse_stat(SPAN(""), &figures), -1);
    assert_int_equal(process_parse_stat(SPAN("1 (a) S 1 2 3"), &figures), -1);
    assert_int_equal(process_parse_stat(SPAN("1 a S 1 2 3"), &figures), -1);
}

static const struct cpu_case {
    const char *text;
    double cpus;
} CPUS[] = {
    {"max 100000\n", 0},
    {"150000 100000\n", 1.5},
    {"50000 100000", 0.5},
    {"", 0},
    {"100000", 0},
    {"100000 0", 0},
    {"x y", 0},
};

static void test_cpu_max(void **state)
{
    for (size_t i = 0; i < COUNT_OF(CPUS); i++)
        assert_true(process_parse_cpu_max(span_cstr(CPUS[i].text)) == CPUS[i].cpus);
}

static void test_this_process(void **state)
{
    struct process_figures figures;
    double now_s = (double)clock_wall() / 1e9;
    process_read(&figures);
    assert_true(figures.start_s > now_s - 600 && figures.start_s < now_s + 2);
    assert_true(figures.resident_bytes > 100000 && figures.resident_bytes < figures.virtual_bytes);
    assert_true(figures.memory_bytes > figures.resident_bytes);
    assert_true(figures.threads >= 1);
    assert_true(figures.cpus > 0 && figures.cpus <= (double)sysconf(_SC_NPROCESSORS_CONF));
    assert_true(figures.open_files >= 3 && figures.open_files <= figures.open_files_max);
    uint64_t before = figures.open_files;
    int fd = dup(1);
    process_read(&figures);
    close(fd);
    assert_int_equal(figures.open_files, before + 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_stat),
        cmocka_unit_test(test_cpu_max),
        cmocka_unit_test(test_this_process),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
