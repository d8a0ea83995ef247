/* SPDX-License-Identifier: Apache-2.0 */
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/util.h"
#include "cli/bench_options.h"
#include "load/plan.h"
#include "support/test.h"

enum {
    MAX_WORDS = 16,
};

struct fixture {
    struct options options;
    struct bench_settings settings;
    struct error err;
};

/* The words of a command line; 0 or -1. */
static int read_line(struct fixture *f, const char *line)
{
    static char text[512];
    char name[] = "bench", *words[MAX_WORDS] = {name}, *save = NULL;
    int count = 1;
    *f = (struct fixture){0};
    snprintf(text, sizeof(text), "%s", line);
    for (char *word = strtok_r(text, " ", &save); word; word = strtok_r(NULL, " ", &save))
        words[count++] = word;
    assert_int_equal(options_parse(&f->options, BENCH_OPTIONS, count, words, &f->err), 0);
    return bench_settings_read(&f->settings, &f->options, &f->err);
}

static void done(struct fixture *f)
{
    bench_settings_done(&f->settings);
    options_done(&f->options);
}

static void test_defaults(void **state)
{
    struct fixture f;
    assert_int_equal(read_line(&f, "http://a/"), 0);
    assert_int_equal(f.settings.connections, 10);
    assert_true(f.settings.workers >= 1 && f.settings.workers <= 10);
    assert_true(f.settings.duration_ns == 10 * NSEC_PER_SEC);
    assert_true(f.settings.timeout_ns == 60 * NSEC_PER_SEC);
    assert_true(f.settings.rate == 0);
    assert_int_equal(f.settings.seed, 1);
    assert_string_equal(f.settings.method, "GET");
    assert_null(f.settings.body.ptr);
    assert_int_equal(f.settings.urls.count, 1);
    done(&f);
}

static void test_the_closed_model(void **state)
{
    struct fixture f;
    assert_int_equal(read_line(&f, "-c 50 -n 20 --workers 30 --warmup 2s http://a/ http://b/"), 0);
    assert_int_equal(f.settings.connections, 20); /* more could not send anything */
    assert_int_equal(f.settings.workers, 20);
    assert_int_equal(f.settings.requests, 20);
    assert_true(f.settings.duration_ns == NSEC_NEVER);
    assert_true(f.settings.warmup_ns == 2 * NSEC_PER_SEC);
    assert_int_equal(f.settings.urls.count, 2);
    done(&f);
}

static void test_the_open_model(void **state)
{
    struct fixture f;
    assert_int_equal(read_line(&f, "-R 0.5 --arrivals poisson --seed 7 --precise http://a/"), 0);
    assert_true(f.settings.rate == 0.5);
    assert_int_equal(f.settings.arrivals, ARRIVALS_POISSON);
    assert_int_equal(f.settings.connections, 100);
    assert_int_equal(f.settings.seed, 7);
    assert_true(f.settings.precise);
    assert_true(f.settings.grace_ns == 10 * NSEC_PER_SEC);
    done(&f);
}

static void test_http2(void **state)
{
    struct fixture f;
    assert_int_equal(read_line(&f, "http://a/"), 0);
    assert_int_equal(f.settings.client.http_version, HTTP_1_1);
    assert_int_equal(f.settings.streams, 1);
    done(&f);
    assert_int_equal(read_line(&f, "--http2 --streams 8 https://a/"), 0);
    assert_int_equal(f.settings.client.http_version, HTTP_2);
    assert_int_equal(f.settings.streams, 8);
    done(&f);
}

static void test_the_way_there(void **state)
{
    struct fixture f;
    assert_int_equal(read_line(&f, "--local-address ::1 --no-sni http://a/"), 0);
    assert_string_equal(f.settings.transport.local_address, "::1");
    assert_true(f.settings.transport.no_server_name);
    assert_true(f.settings.client.try_all_addresses);
    done(&f);
}

static void test_requests(void **state)
{
    struct fixture f;
    assert_int_equal(read_line(&f, "--body x -H A:b -u Aladdin:open_sesame http://a/"), 0);
    assert_string_equal(f.settings.method, "POST");
    assert_int_equal(f.settings.body.len, 1);
    assert_int_equal(f.settings.header_count, 2);
    assert_string_equal(f.settings.headers[0], "Authorization: Basic QWxhZGRpbjpvcGVuX3Nlc2FtZQ==");
    assert_string_equal(f.settings.headers[1], "A:b");
    done(&f);
    assert_int_equal(read_line(&f, "--body x -m PUT http://a/"), 0);
    assert_string_equal(f.settings.method, "PUT");
    done(&f);
}

static void test_verdict_and_tls(void **state)
{
    struct fixture f;
    assert_int_equal(read_line(&f, "--threshold http_req_duration{status:200}:p(95)<200 "
                                   "--threshold http_req_failed:rate<1 --cert c --key k "
                                   "--tls-min 1.3 --hosts a=127.0.0.1 http://a/"),
                     0);
    assert_int_equal(f.settings.thresholds->threshold_count, 2);
    assert_string_equal(f.settings.thresholds->thresholds[0].selector,
                        "http_req_duration{status:200}");
    assert_string_equal(f.settings.thresholds->thresholds[0].expression, "p(95)<200");
    assert_string_equal(f.settings.transport.cert_file, "c");
    assert_int_equal(f.settings.client.tls_min_version, TLS1_3_VERSION);
    assert_non_null(map_get(&f.settings.hosts, SPAN("a")));
    done(&f);
}

static void test_what_is_wrong_is_named(void **state)
{
    static const struct {
        const char *line, *says;
        int code;
    } CASES[] = {
        {"", "give a URL", EXIT_USAGE},
        {"a", "a: ", EXIT_USAGE},
        {"-c 0 http://a/", "--connections 0: give a number from 1", EXIT_USAGE},
        {"-n 0 http://a/", "--requests 0", EXIT_USAGE},
        {"-d 0 http://a/", "--duration", EXIT_USAGE},
        {"-R 0 http://a/", "--rate 0", EXIT_USAGE},
        {"-R 1e8 http://a/", "--rate 1e8", EXIT_USAGE},
        {"-R 1e9 http://a/", "--rate 1e9", EXIT_USAGE},
        {"--arrivals poisson http://a/", "--arrivals needs --rate", EXIT_USAGE},
        {"--precise http://a/", "--precise needs --rate", EXIT_USAGE},
        {"-R 1 --arrivals uniform http://a/", "constant or poisson", EXIT_USAGE},
        {"--streams 2 http://a/", "--streams needs --http2", EXIT_USAGE},
        {"--http2 --streams 0 http://a/", "--streams 0: give a number from 1", EXIT_USAGE},
        {"--http2 --streams 10000 -c 2000 http://a/", "are too many", EXIT_USAGE},
        {"-m get http://a/", "capital letters", EXIT_USAGE},
        {"-u user http://a/", "USER:PASSWORD", EXIT_USAGE},
        {"--key k http://a/", "--key needs --cert", EXIT_USAGE},
        {"--tls-min 1.1 http://a/", "give 1.2 or 1.3", EXIT_USAGE},
        {"--tls-min 1.3 --tls-max 1.2 http://a/", "swap", EXIT_USAGE},
        {"--urls /nowhere http://a/", "/nowhere", EXIT_USAGE},
        {"--body @/nowhere http://a/", "/nowhere", EXIT_USAGE},
        {"--threshold p(95)<2 http://a/", "METRIC:EXPRESSION", EXIT_INVALID_CONFIG},
        {"--json x --hdr x http://a/", "different files", EXIT_USAGE},
    };

    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        struct fixture f;
        if (read_line(&f, CASES[i].line) == 0)
            fail_msg("\"%s\" is taken", CASES[i].line);
        assert_int_equal(f.err.code, CASES[i].code);
        if (!strstr(f.err.message, CASES[i].says))
            fail_msg("\"%s\": \"%s\" lacks \"%s\"", CASES[i].line, f.err.message, CASES[i].says);
        done(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_defaults),        cmocka_unit_test(test_the_closed_model),
        cmocka_unit_test(test_the_open_model),  cmocka_unit_test(test_http2),
        cmocka_unit_test(test_the_way_there),   cmocka_unit_test(test_requests),
        cmocka_unit_test(test_verdict_and_tls), cmocka_unit_test(test_what_is_wrong_is_named),
    };
    unsetenv("KENEYPERF_HOSTS");
    unsetenv("KENEYPERF_CA");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
