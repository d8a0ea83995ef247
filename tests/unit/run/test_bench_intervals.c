/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "metrics/snapshot.h"
#include "output/hdr_log.h"
#include "run/bench_intervals.h"
#include "support/test.h"

struct fixture {
    char path[64];
    struct registry *registry;
    struct snapshot *snapshot;
    struct hdr_log *log;
    struct bench_intervals *intervals;
    struct strbuf text;
};

static void begin(struct fixture *f)
{
    struct error err;
    *f = (struct fixture){.path = "/tmp/keneyperf-intervals.XXXXXX", .text = STRBUF_INIT(1 << 20)};
    int fd = mkstemp(f->path);
    assert_true(fd >= 0);
    close(fd);
    f->registry = registry_new();
    f->snapshot = snapshot_new(f->registry);
    f->log = hdr_log_new(f->path, "test", &err);
    f->intervals = bench_intervals_new(f->log);
}

static void add(struct fixture *f, enum builtin_metric metric, uint64_t count)
{
    struct sink *sink = &f->snapshot->sinks[registry_metric(f->registry, metric)->series_id];
    sink->touched = true;
    histogram_add_n(&sink->trend, 1, count);
}

/* One worker's interval in ms, with so many samples. */
static void push(struct fixture *f, nsec_t start_ms, nsec_t end_ms, uint64_t count, bool is_open)
{
    snapshot_reset(f->snapshot);
    f->snapshot->start_ns = start_ms * NSEC_PER_MSEC;
    f->snapshot->end_ns = end_ms * NSEC_PER_MSEC;
    add(f, METRIC_HTTP_REQ_DURATION, count);
    if (is_open)
        add(f, METRIC_HTTP_REQ_SEND_LATENESS, count);
    bench_intervals_add(f->intervals, f->snapshot);
}

/* The log without its head and histograms: "0.000,1.000,1.000\n..." */
static const char *read_lines(struct fixture *f)
{
    AUTO(strbuf_done) struct strbuf file = STRBUF_INIT(1 << 20);
    struct error err;
    bench_intervals_free(&f->intervals);
    assert_int_equal(hdr_log_end(&f->log, &err), 0);
    assert_int_equal(file_read(f->path, &file, &err), 0);
    struct span text = strbuf_span(&file);
    while (text.len) {
        struct span line = span_cut(text, '\n', &text);
        const char *end = memmem(line.ptr, line.len, ",HIST", 5);
        if (end && line.ptr[0] != '"')
            strbuf_addf(&f->text, "%.*s\n", (int)(end - line.ptr), line.ptr);
    }
    return strbuf_cstr(&f->text);
}

static void end(struct fixture *f)
{
    snapshot_free(&f->snapshot);
    registry_free(&f->registry);
    strbuf_done(&f->text);
    unlink(f->path);
}

static void test_seconds_of_all_workers_are_one(void **state)
{
    struct fixture f;
    begin(&f);
    push(&f, 10000, 11000, 5, false);
    push(&f, 10020, 11020, 5, false);
    push(&f, 11020, 12020, 5, false);
    push(&f, 11000, 12000, 5, false);
    push(&f, 12000, 12700, 5, false);
    push(&f, 12020, 12720, 5, false);
    assert_string_equal(read_lines(&f),
                        "0.000,1.020,1.000\n1.000,1.020,1.000\n2.000,0.720,1.000\n");
    end(&f);
}

static void test_a_stall_is_a_line_and_the_rest_is_none(void **state)
{
    struct fixture f;
    begin(&f);
    push(&f, 10000, 11000, 5, false);
    push(&f, 11000, 12000, 0, false);
    push(&f, 12000, 12001, 0, false);
    push(&f, 12001, 12001, 0, false);
    assert_string_equal(read_lines(&f), "0.000,1.000,1.000\n1.000,1.000,0.000\n");
    end(&f);
}

static void test_the_open_model_has_tags(void **state)
{
    struct fixture f;
    begin(&f);
    push(&f, 10000, 11000, 5, true);
    assert_string_equal(read_lines(&f), "0.000,1.000,1.000\nTag=uncorrected,0.000,1.000,0.000\n"
                                        "Tag=lateness,0.000,1.000,1.000\n");
    end(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_seconds_of_all_workers_are_one),
        cmocka_unit_test(test_a_stall_is_a_line_and_the_rest_is_none),
        cmocka_unit_test(test_the_open_model_has_tags),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
