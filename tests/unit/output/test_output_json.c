/* SPDX-License-Identifier: Apache-2.0
 *
 * Lines of the JSON output against those that k6 1.8.1 wrote for the same samples.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/strbuf.h"
#include "metrics/registry.h"
#include "metrics/tags.h"
#include "output/output_json.h"
#include "support/test.h"

#define WALL_NS 1795352512588366250 /* 2026-11-22T13:01:52.58836625Z */

struct fixture {
    struct registry *registry;
    struct tag_table *table;
    struct output_threshold thresholds[4];
    struct output_config config;
    const struct tag_set *tags;
    char folder[32], spec[64];
};

static void setup(struct fixture *f, const char *file)
{
    struct registry *registry = f->registry = registry_new();
    const struct metric *duration = registry_find(registry, SPAN("http_req_duration"));
    const struct series *ok =
        registry_add_selector(registry, SPAN("http_req_duration{status:200}"), NULL);
    registry_add_selector(registry, SPAN("http_req_duration{status:201, name: foo}"), NULL);
    registry_add(registry, SPAN("my_count"), METRIC_COUNTER, METRIC_DEFAULT, NULL);
    f->thresholds[0] =
        (struct output_threshold){.series_id = duration->series_id, .expression = "p(95)<500"};
    f->thresholds[1] = (struct output_threshold){.series_id = duration->series_id,
                                                 .expression = "avg<100",
                                                 .abort_on_fail = true,
                                                 .delay_abort_ns = 60 * NSEC_PER_SEC};
    f->thresholds[2] = (struct output_threshold){.series_id = ok->id, .expression = "p(95)<400"};
    f->thresholds[3] = (struct output_threshold){
        .series_id = duration->series_id, .expression = "max<1e9", .abort_on_fail = true};
    f->config = (struct output_config){registry, f->thresholds, COUNT_OF(f->thresholds)};
    f->table = tag_table_new(registry);
    f->tags = tag_set_with1(f->table, tag_set_empty(f->table), SPAN("url"), SPAN("/a?b=1&c=<2>"));
    f->tags = tag_set_with1(f->table, f->tags, SPAN("group"), SPAN(""));
    strcpy(f->folder, "/tmp/output_json.XXXXXX");
    assert_non_null(mkdtemp(f->folder));
    snprintf(f->spec, sizeof(f->spec), "json=%s/%s", f->folder, file);
}

static const char *path_of(const struct fixture *f)
{
    return strchr(f->spec, '=') + 1;
}

static void teardown(struct fixture *f)
{
    unlink(path_of(f));
    rmdir(f->folder);
    tag_table_free(&f->table);
    registry_free(&f->registry);
}

/* gzread() reads files that are not compressed, too. */
static void read_all(const char *path, struct strbuf *out)
{
    char piece[4096];
    int length;
    gzFile file = gzopen(path, "rb");
    assert_non_null(file);
    while ((length = gzread(file, piece, sizeof(piece))) > 0)
        strbuf_add(out, piece, (size_t)length);
    assert_int_equal(length, 0);
    gzclose_r(file);
}

static void write_samples(struct fixture *f, const struct sample *samples, size_t count)
{
    struct error err = {0};
    struct output *output = output_open(f->spec, &f->config, &err);
    assert_non_null(output);
    assert_int_equal(output_write(output, samples, 1, &err), 0);
    assert_int_equal(output_write(output, samples + 1, count - 1, &err), 0);
    assert_int_equal(output_close(&output, &err), 0);
    assert_null(output);
}

static const char expected_lines[] =
    "{\"type\":\"Metric\",\"data\":{\"name\":\"http_req_duration\",\"type\":\"trend\","
    "\"contains\":\"time\",\"thresholds\":[\"p(95)<500\",{\"threshold\":\"avg<100\","
    "\"abortOnFail\":true,\"delayAbortEval\":\"1m0s\"},{\"threshold\":\"max<1e9\","
    "\"abortOnFail\":true,\"delayAbortEval\":null}],\"submetrics\":["
    "{\"name\":\"http_req_duration{status:200}\",\"suffix\":\"status:200\","
    "\"tags\":{\"status\":\"200\"}},"
    "{\"name\":\"http_req_duration{status:201, name: foo}\",\"suffix\":\"status:201, name: foo\","
    "\"tags\":{\"name\":\"foo\",\"status\":\"201\"}},"
    "{\"name\":\"http_req_duration{expected_response:true}\","
    "\"suffix\":\"expected_response:true\",\"tags\":{\"expected_response\":\"true\"}}]},"
    "\"metric\":\"http_req_duration\"}\n"
    "{\"metric\":\"http_req_duration\",\"type\":\"Point\",\"data\":{"
    "\"time\":\"2026-11-22T13:01:52.58836625Z\",\"value\":14.247771,\"tags\":{\"group\":\"\","
    "\"url\":\"/a?b=1\\u0026c=\\u003c2\\u003e\"}}}\n"
    "{\"type\":\"Metric\",\"data\":{\"name\":\"my_count\",\"type\":\"counter\","
    "\"contains\":\"default\",\"thresholds\":[],\"submetrics\":null},\"metric\":\"my_count\"}\n"
    "{\"metric\":\"my_count\",\"type\":\"Point\",\"data\":{"
    "\"time\":\"2026-11-22T13:01:53Z\",\"value\":3,\"tags\":{}}}\n"
    "{\"metric\":\"http_req_duration\",\"type\":\"Point\",\"data\":{"
    "\"time\":\"2026-11-22T13:01:53Z\",\"value\":1e+06,\"tags\":{\"group\":\"\","
    "\"url\":\"/a?b=1\\u0026c=\\u003c2\\u003e\"}}}\n";

static void expect_lines(const char *file)
{
    struct fixture f;
    setup(&f, file);
    uint32_t count_id = registry_find(f.registry, SPAN("my_count"))->id;
    nsec_t next_second = WALL_NS - WALL_NS % NSEC_PER_SEC + NSEC_PER_SEC;
    const struct sample samples[] = {
        {f.tags, WALL_NS, 14.247771, METRIC_HTTP_REQ_DURATION},
        {NULL, next_second, 3, count_id},
        {f.tags, next_second, 1e6, METRIC_HTTP_REQ_DURATION},
    };
    write_samples(&f, samples, COUNT_OF(samples));
    AUTO(strbuf_done) struct strbuf lines = STRBUF_INIT(1 << 20);
    read_all(path_of(&f), &lines);
    assert_string_equal(strbuf_cstr(&lines), expected_lines);
    teardown(&f);
}

static void test_plain(void **state)
{
    expect_lines("plain.json");
}

static void test_gzip(void **state)
{
    expect_lines("packed.json.gz");
}

static void test_gzip_is_compressed(void **state)
{
    struct fixture f;
    unsigned char magic[2] = {0};
    setup(&f, "packed.json.gz");
    const struct sample samples[2] = {{f.tags, WALL_NS, 1, METRIC_ITERATIONS},
                                      {f.tags, WALL_NS, 1, METRIC_ITERATIONS}};
    write_samples(&f, samples, 2);
    FILE *file = fopen(path_of(&f), "rb");
    assert_int_equal(fread(magic, 1, 2, file), 2);
    fclose(file);
    assert_int_equal(magic[0], 0x1f);
    assert_int_equal(magic[1], 0x8b);
    teardown(&f);
}

/* More than one buffer of lines. */
static void test_many(void **state)
{
    enum {
        COUNT = 5000
    };
    struct fixture f;
    setup(&f, "many.json");
    AUTO(mem_free) struct sample *samples = NEW_ARRAY(struct sample, COUNT);
    for (int i = 0; i < COUNT; i++)
        samples[i] = (struct sample){f.tags, WALL_NS, i, METRIC_ITERATIONS};
    write_samples(&f, samples, COUNT);
    AUTO(strbuf_done) struct strbuf lines = STRBUF_INIT(8 << 20);
    read_all(path_of(&f), &lines);
    size_t newlines = 0;
    for (size_t i = 0; i < lines.len; i++)
        newlines += lines.ptr[i] == '\n';
    assert_int_equal(newlines, COUNT + 1);
    teardown(&f);
}

static void test_refused(void **state)
{
    static const struct {
        const char *spec, *part;
    } cases[] = {
        {"csv=x.csv", "'csv' is not supported: use json=FILE"},
        {"", "'' is not supported"},
        {"json=/no/such/folder/x", "No such file or directory"},
    };
    AUTO(registry_free) struct registry *registry = registry_new();
    struct output_config config = {.registry = registry};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct error err = {0};
        assert_null(output_open(cases[i].spec, &config, &err));
        assert_int_equal(err.code, EXIT_USAGE);
        assert_non_null(strstr(err.message, cases[i].part));
    }
}

static void test_disk_full(void **state)
{
    AUTO(registry_free) struct registry *registry = registry_new();
    struct output_config config = {.registry = registry};
    struct error err = {0}, close_err = {0};
    const struct sample sample = {NULL, WALL_NS, 1, METRIC_ITERATIONS};
    if (access("/dev/full", W_OK) < 0)
        skip();
    struct output *output = output_open("json=/dev/full", &config, &err);
    assert_non_null(output);
    assert_int_equal(output_write(output, &sample, 1, &err), -1);
    assert_non_null(strstr(err.message, "No space left"));
    assert_int_equal(output_close(&output, &close_err), -1);
    assert_null(output);
}

static void test_close_nothing(void **state)
{
    struct output *none = NULL;
    assert_int_equal(output_close(&none, NULL), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain),         cmocka_unit_test(test_gzip),
        cmocka_unit_test(test_many),          cmocka_unit_test(test_gzip_is_compressed),
        cmocka_unit_test(test_refused),       cmocka_unit_test(test_disk_full),
        cmocka_unit_test(test_close_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
