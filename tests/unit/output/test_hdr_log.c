/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "metrics/histogram.h"
#include "output/hdr_log.h"
#include "support/test.h"

static void test_lines(void **state)
{
    char path[] = "/tmp/keneyperf-hdr.XXXXXX";
    int fd = mkstemp(path);
    struct error err = {0};
    struct histogram trend;
    assert_true(fd >= 0);
    close(fd);
    histogram_init(&trend);
    histogram_add(&trend, 12.3456);
    struct hdr_log *log = hdr_log_new(path, "keneyperf bench", &err);
    assert_non_null(log);
    hdr_log_begin(log, 1441812279474 * NSEC_PER_MSEC);
    hdr_log_add(log, NULL, 0, NSEC_PER_SEC, &trend);
    histogram_reset(&trend);
    hdr_log_add(log, "late", NSEC_PER_SEC, 500 * NSEC_PER_MSEC, &trend);
    assert_int_equal(hdr_log_end(&log, &err), 0);
    assert_null(log);

    AUTO(strbuf_done) struct strbuf text = STRBUF_INIT(1 << 16);
    assert_int_equal(file_read(path, &text, &err), 0);
    static const char HEAD[] =
        "#keneyperf bench\n"
        "#[Histogram log format version 1.3]\n"
        "#[StartTime: 1441812279.474 (seconds since epoch), Wed Sep 09 15:24:39 UTC 2015]\n"
        "#[BaseTime: 1441812279.474 (seconds since epoch)]\n"
        "\"StartTimestamp\",\"Interval_Length\",\"Interval_Max\","
        "\"Interval_Compressed_Histogram\"\n"
        "0.000,1.000,12.346,HISTFAAA";
    assert_memory_equal(strbuf_cstr(&text), HEAD, sizeof(HEAD) - 1);
    assert_non_null(strstr(strbuf_cstr(&text), "\nTag=late,1.000,0.500,0.000,HISTFAAA"));
    histogram_done(&trend);
    unlink(path);
}

static void test_problems_are_told(void **state)
{
    struct error err = {0};
    struct histogram trend;
    assert_null(hdr_log_new("/nowhere/x.hlog", "", &err));
    assert_int_equal(err.code, EXIT_USAGE);
    assert_non_null(strstr(err.message, "/nowhere/x.hlog"));
    struct hdr_log *log = hdr_log_new("/dev/full", "", &err);
    assert_non_null(log);
    histogram_init(&trend);
    hdr_log_add(log, NULL, 0, 1, &trend);
    assert_int_equal(hdr_log_end(&log, &err), -1);
    assert_non_null(strstr(err.message, "/dev/full"));
    histogram_done(&trend);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_problems_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
