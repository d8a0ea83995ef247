/* SPDX-License-Identifier: Apache-2.0
 *
 * The real clinic, from outside: one server for all cases, each case on connections of its own.
 */
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "scenario/clinic_client.h"
#include "support/test.h"

static const char *program; /* path of keneyapp: argv[1] */
static struct clinic_server server;

#define JSON_HEADER "Content-Type: application/json\r\n"
#define FORM_HEADER "Content-Type: application/x-www-form-urlencoded\r\n"

/* The answer is kept until the next ask(). */
static struct clinic_answer last;

static unsigned ask(const char *method, const char *target, const char *headers, const char *body)
{
    assert_true(clinic_ask(&server, method, target, headers, body, &last));
    return last.status;
}

static bool says(const char *text)
{
    return strstr(strbuf_cstr(&last.body), text) != NULL;
}

static bool has_header(const char *line)
{
    return strcasestr(strbuf_cstr(&last.head), line) != NULL;
}

/* A whole Authorization line for a demo user, made by the `token` command. */
static const char *bearer(const char *username)
{
    static char line[1024];
    AUTO(strbuf_done) struct strbuf token = STRBUF_INIT(4096);
    const char *argv[] = {program, "token", username, "--data", server.dir, NULL};
    assert_int_equal(clinic_run(argv, "", &token), 0);
    snprintf(line, sizeof(line), "Authorization: Bearer %.*s\r\n",
             (int)strcspn(strbuf_cstr(&token), "\n"), strbuf_cstr(&token));
    return line;
}

static json_int_t number_in_answer(const char *name)
{
    json_t *object = json_loads(strbuf_cstr(&last.body), 0, NULL);
    assert_true(json_is_object(object));
    json_int_t number = json_integer_value(json_object_get(object, name));
    json_decref(object);
    return number;
}

static const struct open_case {
    const char *method, *target;
    unsigned status;
    const char *says;
} OPEN[] = {
    {"GET", "/", 200, "KeneyApp"},
    {"GET", "/health", 200, "\"status\":\"healthy\""},
    {"GET", "/health/", 200, "healthy"},
    {"GET", "/health?x=1", 200, "healthy"},
    {"GET", "/ready", 200, "\"ready\":true"},
    {"HEAD", "/health", 200, ""},
    {"GET", "/nope", 404, "{\"detail\":\"Not Found\"}"},
    {"GET", "/api/v1/auth/login", 405, "Method Not Allowed"},
    {"DELETE", "/health", 405, "Method Not Allowed"},
    {"BREW", "/health", 405, "Method Not Allowed"},
    {"GET", "/api/v1/patients", 401, "Not authenticated"},
    {"GET", "/api/v1/patients/", 401, "Not authenticated"},
    {"GET", "/api/v1/patients/1", 401, "Not authenticated"},
    {"POST", "/api/v1/patients", 401, "Not authenticated"},
    {"GET", "/api/v1/dashboard/stats", 401, "Not authenticated"},
};

static void test_open_doors(void **state)
{
    for (size_t i = 0; i < COUNT_OF(OPEN); i++) {
        print_message("%s %s\n", OPEN[i].method, OPEN[i].target);
        assert_int_equal(ask(OPEN[i].method, OPEN[i].target, "", NULL), OPEN[i].status);
        assert_true(says(OPEN[i].says));
        assert_true(has_header("\r\nX-Content-Type-Options: nosniff\r\n"));
        assert_true(has_header("\r\nX-Correlation-ID: "));
        assert_int_equal(has_header("\r\nWWW-Authenticate: Bearer\r\n"), OPEN[i].status == 401);
        assert_int_equal(has_header("\r\nAllow: "), OPEN[i].status == 405);
    }
}

static void test_correlation_id(void **state)
{
    ask("GET", "/health", "X-Correlation-ID: my-id_1.2\r\n", NULL);
    assert_true(has_header("\r\nX-Correlation-ID: my-id_1.2\r\n"));
    ask("GET", "/health", "X-Correlation-ID: <script>\r\n", NULL);
    assert_false(has_header("script"));
}

static const struct login_case {
    const char *headers, *body;
    unsigned status;
} LOGINS[] = {
    {JSON_HEADER, "{\"username\":\"testuser\",\"password\":\"testpass123\"}", 200},
    {JSON_HEADER, "{\"username\":\"testuser\",\"password\":\"testpass123\"}", 200},
    {"", "{\"username\":\"testuser\",\"password\":\"testpass123\"}", 200},
    {FORM_HEADER, "username=testuser&password=testpass123", 200},
    {FORM_HEADER, "grant_type=password&password=admin123&username=admin", 200},
    {JSON_HEADER, "{\"username\":\"testuser\",\"password\":\"testpass124\"}", 401},
    {JSON_HEADER, "{\"username\":\"nobody\",\"password\":\"testpass123\"}", 401},
    {JSON_HEADER, "{\"username\":\"synthetic-doctor-1\",\"password\":\"!\"}", 401},
    {JSON_HEADER, "{\"username\":\"testuser\"}", 422},
    {JSON_HEADER, "{\"username\":\"testuser\",\"password\":7}", 422},
    {JSON_HEADER, "{\"username\":\"\",\"password\":\"\"}", 422},
    {JSON_HEADER, "[", 422},
    {JSON_HEADER, "", 422},
    {FORM_HEADER, "username=testuser", 422},
};

static void test_logins(void **state)
{
    for (size_t i = 0; i < COUNT_OF(LOGINS); i++) {
        print_message("%s\n", LOGINS[i].body);
        assert_int_equal(ask("POST", "/api/v1/auth/login", LOGINS[i].headers, LOGINS[i].body),
                         LOGINS[i].status);
        if (LOGINS[i].status == 200)
            assert_true(says("\"token_type\":\"bearer\""));
        assert_int_equal(has_header("\r\nWWW-Authenticate: Bearer\r\n"), LOGINS[i].status == 401);
    }
}

static const struct list_case {
    const char *target;
    json_int_t total, skip, limit;
    size_t items;
} LISTS[] = {
    {"/api/v1/patients", 10000, 0, 100, 100},
    {"/api/v1/patients/", 10000, 0, 100, 100},
    {"/api/v1/patients?skip=9990&limit=20", 10000, 9990, 20, 10},
    {"/api/v1/patients?limit=1000", 10000, 0, 1000, 1000},
    {"/api/v1/appointments", 20000, 0, 100, 100},
    {"/api/v1/prescriptions?limit=1", 15000, 0, 1, 1},
};

static void test_lists(void **state)
{
    const char *authorization = bearer("testuser");
    for (size_t i = 0; i < COUNT_OF(LISTS); i++) {
        print_message("%s\n", LISTS[i].target);
        assert_int_equal(ask("GET", LISTS[i].target, authorization, NULL), 200);
        json_t *page = json_loads(strbuf_cstr(&last.body), 0, NULL);
        assert_int_equal(json_array_size(json_object_get(page, "items")), LISTS[i].items);
        json_decref(page);
        assert_int_equal(number_in_answer("total"), LISTS[i].total);
        assert_int_equal(number_in_answer("skip"), LISTS[i].skip);
        assert_int_equal(number_in_answer("limit"), LISTS[i].limit);
    }
}

static void test_bad_pages(void **state)
{
    const char *authorization = bearer("testuser");
    assert_int_equal(ask("GET", "/api/v1/patients?limit=1001", authorization, NULL), 422);
    assert_true(says("{\"detail\":[{\"type\":\"less_than_equal\",\"loc\":[\"query\",\"limit\"]"));
    assert_int_equal(ask("GET", "/api/v1/patients?skip=-1", authorization, NULL), 422);
    assert_int_equal(ask("GET", "/api/v1/patients/abc", authorization, NULL), 422);
    assert_int_equal(ask("GET", "/api/v1/patients/99999999", authorization, NULL), 404);
}

static const struct role_case {
    const char *user, *method, *target;
    unsigned status;
} ROLES[] = {
    {"testuser", "GET", "/api/v1/dashboard/stats", 200},
    {"admin", "GET", "/api/v1/dashboard/stats", 200},
    {"nurse", "GET", "/api/v1/dashboard/stats", 403},
    {"receptionist", "GET", "/api/v1/dashboard/stats", 403},
    {"nurse", "GET", "/api/v1/prescriptions", 200},
    {"receptionist", "GET", "/api/v1/prescriptions", 403},
    {"receptionist", "GET", "/api/v1/patients", 200},
    {"receptionist", "POST", "/api/v1/patients", 403},
    {"nurse", "POST", "/api/v1/prescriptions", 403},
    {"nurse", "POST", "/api/v1/appointments", 403},
    {"receptionist", "POST", "/api/v1/appointments", 422},
    {"nurse", "GET", "/api/v1/auth/me", 200},
};

static void test_roles(void **state)
{
    for (size_t i = 0; i < COUNT_OF(ROLES); i++) {
        print_message("%s: %s %s\n", ROLES[i].user, ROLES[i].method, ROLES[i].target);
        assert_int_equal(ask(ROLES[i].method, ROLES[i].target, bearer(ROLES[i].user),
                             strcmp(ROLES[i].method, "POST") == 0 ? "{}" : NULL),
                         ROLES[i].status);
    }
}

static void test_bad_tokens(void **state)
{
    static const char *const LINES[] = {
        "Authorization: Bearer\r\n",
        "Authorization: Bearer x\r\n",
        "Authorization: Basic YTpi\r\n",
        "Authorization: \r\n",
        "Authorization: Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZG1pbiJ9.\r\n",
    };
    for (size_t i = 0; i < COUNT_OF(LINES); i++)
        assert_int_equal(ask("GET", "/api/v1/patients", LINES[i], NULL), 401);
}

static void test_new_patient(void **state)
{
    const char *authorization = bearer("nurse");
    const char *body = "{\"first_name\":\"Zo\xc3\xa9\",\"last_name\":\"Test\\\"case\","
                       "\"date_of_birth\":\"2000-02-29\",\"gender\":\"female\","
                       "\"phone\":\"+33 1 99 00 00 00\",\"email\":\"zoe@patients.example\"}";
    char target[64];
    assert_int_equal(ask("POST", "/api/v1/patients/", authorization, body), 201);
    json_int_t id = number_in_answer("id");
    assert_int_equal(id, 10001);
    assert_true(says("\"last_name\":\"Test\\\"case\""));
    snprintf(target, sizeof(target), "/api/v1/patients/%d", (int)id);
    assert_int_equal(ask("GET", target, authorization, NULL), 200);
    assert_true(says("Zo\xc3\xa9"));
    assert_int_equal(ask("POST", "/api/v1/patients", authorization, body), 400);
    assert_int_equal(ask("GET", "/api/v1/patients?limit=1", authorization, NULL), 200);
    assert_int_equal(number_in_answer("total"), 10001);
    assert_int_equal(ask("POST", "/api/v1/patients", authorization, "{\"gender\":\"x\"}"), 422);
    assert_true(says("\"loc\":[\"body\",\"gender\"]"));
}

static const struct name_case {
    const char *target;
    unsigned status;
    const char *says;
} NAMES[] = {
    {"/api/v1/doctors", 200, "\"full_name\":\"Demo doctor\"}"},
    {"/api/v1/patients/names?ids=2", 200, "{\"items\":[{\"id\":2,\"first_name\":"},
    {"/api/v1/patients/names?ids=1%2C2,99999999", 200, "{\"id\":2,"},
    {"/api/v1/patients/names?ids=99999999", 200, "{\"items\":[]}"},
    {"/api/v1/patients/names?ids=1,x", 422, "[\"query\",\"ids\"]"},
    {"/api/v1/patients/names?ids=", 422, "[\"query\",\"ids\"]"},
    {"/api/v1/patients/names", 422, "[\"query\",\"ids\"]"},
};

/* All staff get names, and nothing but names. */
static void test_names(void **state)
{
    const char *authorization = bearer("receptionist");
    for (size_t i = 0; i < COUNT_OF(NAMES); i++) {
        print_message("%s\n", NAMES[i].target);
        assert_int_equal(ask("GET", NAMES[i].target, authorization, NULL), NAMES[i].status);
        assert_true(says(NAMES[i].says));
        assert_false(says("email"));
    }
}

#define BROWSER "Accept: text/html,application/xhtml+xml,*/*;q=0.8\r\n"

/* The same address is a page for a browser and data for a program. */
static void test_pages(void **state)
{
    assert_int_equal(ask("GET", "/", BROWSER, NULL), 200);
    assert_true(says("<!doctype html>"));
    assert_true(has_header("\r\nCache-Control: no-cache\r\n"));
    assert_int_equal(ask("GET", "/patients/12", BROWSER, NULL), 200);
    assert_true(says("/assets/main-"));
    assert_int_equal(ask("GET", "/patients/12", "", NULL), 404);
    assert_int_equal(ask("GET", "/api/v1/patients", BROWSER, NULL), 401);
    assert_int_equal(ask("GET", "/", "Accept: application/json\r\n", NULL), 200);
    assert_true(says("\"name\":\"KeneyApp\""));
}

static void test_vitals(void **state)
{
    assert_int_equal(ask("POST", "/api/v1/vitals", JSON_HEADER, "{\"page\":\"/users\",\"lcp\":7}"),
                     204);
    assert_int_equal(ask("POST", "/api/v1/vitals", JSON_HEADER, "{\"page\":\"/x\"}"), 422);
    assert_int_equal(ask("POST", "/api/v1/vitals", "", "{\"page\":\"/users\"}"), 415);
    assert_int_equal(ask("GET", "/metrics", "", NULL), 200);
    assert_true(says("web_vitals_lcp_seconds_count{page=\"/users\"} 1\n"));
}

static void test_stats(void **state)
{
    assert_int_equal(ask("GET", "/api/v1/dashboard/stats", bearer("doctor"), NULL), 200);
    assert_int_equal(number_in_answer("total_doctors"), 10);
    assert_int_equal(number_in_answer("total_appointments"), 20000);
    assert_true(number_in_answer("new_patients") > 0);
    assert_true(says("\"appointments_by_status\":{\"scheduled\":"));
}

/* Two requests at once on one connection, then a third: answers in order, one connection. */
static void keep_alive(bool tls)
{
    struct clinic_link link;
    AUTO(strbuf_done) struct strbuf requests = STRBUF_INIT(8192);
    assert_true(clinic_link_open(&link, &server, tls));
    strbuf_addf(&requests, "GET /api/v1/patients?limit=1 HTTP/1.1\r\nHost: localhost\r\n%s\r\n",
                bearer("testuser"));
    strbuf_adds(&requests, "HEAD /health HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assert_true(clinic_send(&link, strbuf_span(&requests)));
    assert_true(clinic_receive(&link, &last, false));
    assert_int_equal(last.status, 200);
    assert_true(says("\"items\":[{\"id\":1,"));
    assert_true(clinic_receive(&link, &last, true));
    assert_int_equal(last.status, 200);
    assert_true(clinic_send(&link, SPAN("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")));
    assert_true(clinic_receive(&link, &last, false));
    assert_true(says("healthy"));
    clinic_link_close(&link);
}

static void test_keep_alive(void **state)
{
    keep_alive(false);
}

static void test_keep_alive_tls(void **state)
{
    keep_alive(true);
}

/* A body that comes in two pieces is one body. */
static void test_split_body(void **state)
{
    struct clinic_link link;
    assert_true(clinic_link_open(&link, &server, false));
    assert_true(clinic_send(&link, SPAN("POST /api/v1/auth/login HTTP/1.1\r\nHost: localhost\r\n"
                                        "Transfer-Encoding: chunked\r\n\r\n"
                                        "16\r\n{\"username\":\"testuser\"\r\n")));
    assert_true(clinic_send(&link, SPAN("1\r\n,\r\n19\r\n\"password\":\"testpass123\"}\r\n"
                                        "0\r\n\r\n")));
    assert_true(clinic_receive(&link, &last, false));
    assert_int_equal(last.status, 200);
    clinic_link_close(&link);
}

static void test_large_bodies(void **state)
{
    enum {
        TOO_LARGE = 1024 * 1024 + 1,
    };

    char *body = malloc(TOO_LARGE + 1);
    memset(body, ' ', TOO_LARGE);
    body[TOO_LARGE] = '\0';
    assert_int_equal(ask("POST", "/api/v1/auth/login", "", body), 413);
    body[TOO_LARGE - 1] = '\0';
    assert_int_equal(ask("POST", "/api/v1/auth/login", "", body), 422);
    free(body);
}

/* Who asks first is told before the body is sent. */
static void test_large_body_expected(void **state)
{
    struct clinic_link link;
    assert_true(clinic_link_open(&link, &server, true));
    assert_true(clinic_send(&link, SPAN("POST /api/v1/auth/login HTTP/1.1\r\nHost: localhost\r\n"
                                        "Expect: 100-continue\r\nContent-Length: 1048577\r\n"
                                        "\r\n")));
    assert_true(clinic_receive(&link, &last, false));
    assert_int_equal(last.status, 413);
    clinic_link_close(&link);
}

/* Whatever comes, the next client is served. */
static void test_garbage(void **state)
{
    static const char *const TEXTS[] = {
        "\r\n\r\n\r\n",
        "GET\r\n\r\n",
        "GET / HTTP/9.9\r\n\r\n",
        "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        "POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        "POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n{",
        "POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "GET /%00%zz?%=%&&limit=%31 HTTP/1.1\r\nHost: x\r\n\r\n",
    };
    for (size_t i = 0; i < COUNT_OF(TEXTS); i++) {
        struct clinic_link link;
        assert_true(clinic_link_open(&link, &server, i % 2));
        clinic_send(&link, span_cstr(TEXTS[i]));
        clinic_link_close(&link);
    }
    assert_int_equal(ask("GET", "/health", "", NULL), 200);
}

static void test_metrics(void **state)
{
    ask("GET", "/api/v1/patients/3", bearer("testuser"), NULL);
    assert_int_equal(ask("GET", "/metrics", "", NULL), 200);
    assert_true(has_header("\r\nContent-Type: text/plain; version=0.0.4"));
    assert_true(says("http_request_duration_seconds_bucket{method=\"GET\","
                     "endpoint=\"/api/v1/patients/{id}\",status=\"200\",le=\"0.1\"} "));
    assert_true(says("http_requests_total{method=\"GET\",endpoint=\"/health\",status=\"200\"} "));
}

/* A changed password counts at once, although the old one was remembered. */
static void test_changed_password(void **state)
{
    const char *old = "{\"username\":\"nurse\",\"password\":\"nurse123\"}";
    const char *new = "{\"username\":\"nurse\",\"password\":\"changed-it\"}";
    const char *argv[] = {program, "passwd", "nurse", "--data", server.dir, NULL};
    AUTO(strbuf_done) struct strbuf out = STRBUF_INIT(4096);
    assert_int_equal(ask("POST", "/api/v1/auth/login", "", old), 200);
    assert_int_equal(clinic_run(argv, "changed-it\n", &out), 0);
    assert_int_equal(ask("POST", "/api/v1/auth/login", "", old), 401);
    assert_int_equal(ask("POST", "/api/v1/auth/login", "", new), 200);
}

static void test_new_user(void **state)
{
    const char *argv[] = {program,        "passwd", "second-desk", "--role",
                          "receptionist", "--data", server.dir,    NULL};
    AUTO(strbuf_done) struct strbuf out = STRBUF_INIT(4096);
    assert_int_equal(clinic_run(argv, "short\n", &out), 255);
    assert_int_equal(clinic_run(argv, "long-enough\n", &out), 0);
    assert_int_equal(ask("POST", "/api/v1/auth/login", "",
                         "{\"username\":\"second-desk\",\"password\":\"long-enough\"}"),
                     200);
}

static void test_busy_port(void **state)
{
    char address[32];
    AUTO(strbuf_done) struct strbuf out = STRBUF_INIT(4096);
    snprintf(address, sizeof(address), "127.0.0.1:%u", server.port);
    const char *argv[] = {program, "serve", "--data", server.dir, "--listen", address, NULL};
    assert_int_equal(clinic_run(argv, "", &out), 104);
    assert_non_null(strstr(strbuf_cstr(&out), "is in use by another program"));
    assert_non_null(strstr(strbuf_cstr(&out), "--listen"));
}

/* A second server is refused; seed, token and passwd go on beside the first (tested above). */
static void test_second_server(void **state)
{
    AUTO(strbuf_done) struct strbuf out = STRBUF_INIT(4096);
    const char *serve[] = {program,       "serve",        "--data", server.dir, "--listen",
                           "127.0.0.1:0", "--tls-listen", "off",    NULL};
    const char *seed[] = {program, "seed", "--data", server.dir, NULL};
    assert_int_equal(clinic_run(serve, "", &out), 104);
    assert_non_null(strstr(strbuf_cstr(&out), "another keneyapp serves the folder"));
    assert_non_null(strstr(strbuf_cstr(&out), "--data DIR"));
    assert_int_equal(clinic_run(seed, "", &out), 0);
}

static void test_no_doors(void **state)
{
    AUTO(strbuf_done) struct strbuf out = STRBUF_INIT(4096);
    const char *argv[] = {program, "serve",        "--data", server.dir, "--listen",
                          "off",   "--tls-listen", "off",    NULL};
    assert_int_equal(clinic_run(argv, "", &out), 255);
    assert_non_null(strstr(strbuf_cstr(&out), "both off"));
}

static void test_open_key(void **state)
{
    static const char *const KEYS[] = {"token.key", "data.key"};
    const char *argv[] = {program, "token", "testuser", "--data", server.dir, NULL};
    for (size_t i = 0; i < COUNT_OF(KEYS); i++) {
        char path[128], advice[160];
        AUTO(strbuf_done) struct strbuf out = STRBUF_INIT(4096);
        snprintf(path, sizeof(path), "%s/%s", server.dir, KEYS[i]);
        snprintf(advice, sizeof(advice), "chmod 600 %s", path);
        assert_int_equal(chmod(path, 0644), 0);
        int status = clinic_run(argv, "", &out);
        assert_int_equal(chmod(path, 0600), 0);
        assert_int_equal(status, 0);
        assert_non_null(strstr(strbuf_cstr(&out), advice));
    }
}

static void test_help(void **state)
{
    static const char *const COMMANDS[] = {"serve", "init", "seed", "token", "passwd"};
    for (size_t i = 0; i < COUNT_OF(COMMANDS); i++) {
        AUTO(strbuf_done) struct strbuf out = STRBUF_INIT(16384);
        const char *argv[] = {program, COMMANDS[i], "--help", NULL};
        assert_int_equal(clinic_run(argv, "", &out), 0);
        assert_non_null(strstr(strbuf_cstr(&out), "--data DIR"));
    }
}

/* Signals while requests are on their way: all that were accepted are answered, status 0. */
static void test_ends_cleanly(void **state)
{
    enum {
        LINKS = 20,
    };
    struct clinic_link links[LINKS];
    AUTO(strbuf_done) struct strbuf request = STRBUF_INIT(8192);
    strbuf_addf(&request, "GET /api/v1/patients HTTP/1.1\r\nHost: localhost\r\n%s\r\n",
                bearer("testuser"));
    for (size_t i = 0; i < LINKS; i++) {
        assert_true(clinic_link_open(&links[i], &server, i % 2));
        assert_true(clinic_send(&links[i], strbuf_span(&request)));
    }
    assert_int_equal(clinic_server_stop(&server), 0);
    for (size_t i = 0; i < LINKS; i++)
        clinic_link_close(&links[i]);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_open_doors),
        cmocka_unit_test(test_correlation_id),
        cmocka_unit_test(test_logins),
        cmocka_unit_test(test_lists),
        cmocka_unit_test(test_bad_pages),
        cmocka_unit_test(test_roles),
        cmocka_unit_test(test_bad_tokens),
        cmocka_unit_test(test_new_patient),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_pages),
        cmocka_unit_test(test_vitals),
        cmocka_unit_test(test_stats),
        cmocka_unit_test(test_keep_alive),
        cmocka_unit_test(test_keep_alive_tls),
        cmocka_unit_test(test_split_body),
        cmocka_unit_test(test_large_bodies),
        cmocka_unit_test(test_large_body_expected),
        cmocka_unit_test(test_garbage),
        cmocka_unit_test(test_metrics),
        cmocka_unit_test(test_changed_password),
        cmocka_unit_test(test_new_user),
        cmocka_unit_test(test_busy_port),
        cmocka_unit_test(test_second_server),
        cmocka_unit_test(test_no_doors),
        cmocka_unit_test(test_open_key),
        cmocka_unit_test(test_help),
        cmocka_unit_test(test_ends_cleanly),
    };
    if (argc < 2) {
        fputs("usage: test_keneyapp PATH-OF-KENEYAPP\n", stderr);
        return 2;
    }
    signal(SIGPIPE, SIG_IGN);
    program = argv[1];
    clinic_answer_init(&last);
    if (!clinic_server_start(&server, program)) {
        fputs("the server did not get ready\n", stderr);
        return 1;
    }
    int failures = cmocka_run_group_tests(tests, NULL, NULL);
    clinic_answer_done(&last);
    return failures;
}
