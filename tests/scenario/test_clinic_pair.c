/* SPDX-License-Identifier: Apache-2.0
 *
 * Two servers on one PostgreSQL and one Redis, from outside: what one wrote the other shows, also
 * while Redis is killed, hangs and comes back.
 */
#include <jansson.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "scenario/clinic_client.h"
#include "support/postgres.h"
#include "support/redis.h"
#include "support/test.h"

#define DATA_KEY "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define JSON     "Content-Type: application/json\r\n"
#define LIST     "/api/v1/patients?limit=5"

enum {
    PATIENCE_S = 15,
    NOT_INSTALLED = 77,
    ROUNDS = 20,
};

static struct redis_server *redis;
static const char *clinic_program; /* argv[1] */

static struct clinic {
    struct clinic_server server;
    char bearer[1024];
} a, b;

static void sign_in(struct clinic *clinic, const char *program)
{
    AUTO(strbuf_done) struct strbuf token = STRBUF_INIT(4096);
    const char *argv[] = {program, "token", "admin", "--data", clinic->server.dir, NULL};
    assert_int_equal(clinic_run(argv, "", &token), 0);
    snprintf(clinic->bearer, sizeof(clinic->bearer), "Authorization: Bearer %.*s\r\n" JSON,
             (int)strcspn(strbuf_cstr(&token), "\n"), strbuf_cstr(&token));
}

/* `total` of the list of patients; -1: no such answer. */
static long long total(const struct clinic *clinic)
{
    struct clinic_answer answer;
    long long number = -1;
    clinic_answer_init(&answer);
    if (clinic_ask(&clinic->server, "GET", LIST, clinic->bearer, NULL, &answer) &&
        answer.status == 200) {
        json_t *list = json_loads(strbuf_cstr(&answer.body), 0, NULL);
        number = json_integer_value(json_object_get(list, "total"));
        json_decref(list);
    }
    clinic_answer_done(&answer);
    return number;
}

/* One more patient; false: refused. */
static bool add_patient(const struct clinic *clinic)
{
    static const char BODY[] = "{\"first_name\":\"Awa\",\"last_name\":\"Testcase\","
                               "\"date_of_birth\":\"2000-02-29\",\"gender\":\"female\","
                               "\"phone\":\"+33 1 99 00 00 00\"}";
    struct clinic_answer answer;
    clinic_answer_init(&answer);
    bool good =
        clinic_ask(&clinic->server, "POST", "/api/v1/patients", clinic->bearer, BODY, &answer) &&
        answer.status == 201;
    if (!good)
        fprintf(stderr, "%u %s\n", answer.status, strbuf_cstr(&answer.body));
    clinic_answer_done(&answer);
    return good;
}

static long long figure(const struct clinic *clinic, const char *name)
{
    struct clinic_answer answer;
    char line[160];
    snprintf(line, sizeof(line), "\n%s ", name);
    clinic_answer_init(&answer);
    assert_true(clinic_ask(&clinic->server, "GET", "/metrics", "", NULL, &answer));
    const char *at = strstr(strbuf_cstr(&answer.body), line);
    long long value = at ? atoll(at + strlen(line)) : -1;
    clinic_answer_done(&answer);
    return value;
}

static void wait_for(const struct clinic *clinic, const char *name, long long value)
{
    nsec_t end_ns = clock_now(clock_monotonic()) + PATIENCE_S * NSEC_PER_SEC;
    while (figure(clinic, name) != value) {
        if (clock_now(clock_monotonic()) > end_ns)
            fail_msg("%s is not %lld but %lld", name, value, figure(clinic, name));
        poll(NULL, 0, 5);
    }
}

static void wait_until_in_use(void)
{
    wait_for(&a, "keneyapp_cache_memory_trusted", 1);
    wait_for(&b, "keneyapp_cache_memory_trusted", 1);
}

/* By the news, which takes a moment; what is older may be seen until then, what is newer not. */
static void wait_for_total(const struct clinic *clinic, long long wanted)
{
    nsec_t end_ns = clock_now(clock_monotonic()) + PATIENCE_S * NSEC_PER_SEC;
    long long seen;
    while ((seen = total(clinic)) != wanted) {
        assert_in_range(seen, 0, wanted);
        assert_true(clock_now(clock_monotonic()) < end_ns);
    }
    assert_int_equal(total(clinic), wanted);
}

static void test_one_answer_serves_both(void **state)
{
    static const char FOUND[] =
        "keneyapp_cache_hits_total{level=\"redis\",route=\"/api/v1/patients\"}";
    wait_until_in_use();
    long long patients = total(&a), before = figure(&b, FOUND);
    assert_true(patients > 0);
    assert_int_equal(total(&b), patients);
    assert_int_equal(figure(&b, FOUND), MAX_OF(before, 0) + 1);
}

static void test_a_write_is_seen_by_both(void **state)
{
    wait_until_in_use();
    long long patients = total(&a);
    for (int i = 0; i < ROUNDS; i++) {
        const struct clinic *here = i % 2 ? &b : &a, *there = i % 2 ? &a : &b;
        assert_true(add_patient(here));
        assert_int_equal(total(here), ++patients);
        wait_for_total(there, patients);
    }
}

static bool knows_doctor(const struct clinic *clinic, const char *name)
{
    struct clinic_answer answer;
    clinic_answer_init(&answer);
    bool known =
        clinic_ask(&clinic->server, "GET", "/api/v1/doctors", clinic->bearer, NULL, &answer) &&
        answer.status == 200 && strstr(strbuf_cstr(&answer.body), name);
    clinic_answer_done(&answer);
    return known;
}

/* A command has no connection to either; it is on the folder of one. */
static void test_a_command_is_seen_by_both(void **state)
{
    static const char NAME[] = "doctor-of-a-command";
    AUTO(strbuf_done) struct strbuf out = STRBUF_INIT(4096);
    const char *argv[] = {clinic_program, "user", "add", NAME, "--data", a.server.dir, NULL};
    wait_until_in_use();
    assert_false(knows_doctor(&a, NAME) || knows_doctor(&b, NAME));
    assert_int_equal(clinic_run(argv, "long-enough\n", &out), 0);
    nsec_t until_ns = clock_now(clock_monotonic()) + PATIENCE_S * NSEC_PER_SEC;
    while (!(knows_doctor(&a, NAME) && knows_doctor(&b, NAME)))
        assert_true(clock_now(clock_monotonic()) < until_ns);
}

static void test_without_redis(void **state)
{
    wait_until_in_use();
    long long patients = total(&a);
    assert_int_equal(total(&b), patients);
    redis_server_kill(redis);
    wait_for(&a, "keneyapp_cache_memory_trusted", 0);
    wait_for(&b, "keneyapp_cache_memory_trusted", 0);
    for (int i = 0; i < ROUNDS; i++) {
        assert_true(add_patient(i % 2 ? &b : &a));
        patients++;
        assert_int_equal(total(&a), patients);
        assert_int_equal(total(&b), patients);
    }
    redis_server_start(redis);
    wait_until_in_use();
    assert_int_equal(total(&a), patients);
    assert_int_equal(total(&b), patients);
}

/* People at work while Redis is not well. */
struct people {
    atomic_bool end;
    atomic_llong told; /* patients that a has acknowledged */
    atomic_int refused, stale, answers;
};

static void *read_a(void *context)
{
    struct people *people = context;
    while (!atomic_load(&people->end)) {
        long long told = atomic_load(&people->told), seen = total(&a);
        atomic_fetch_add(&people->refused, seen < 0);
        atomic_fetch_add(&people->stale, seen >= 0 && seen < told);
        atomic_fetch_add(&people->answers, 1);
    }
    return NULL;
}

static void *read_b(void *context)
{
    struct people *people = context;
    while (!atomic_load(&people->end)) {
        atomic_fetch_add(&people->refused, total(&b) < 0);
        atomic_fetch_add(&people->answers, 1);
    }
    return NULL;
}

static void *write_a(void *context)
{
    struct people *people = context;
    while (!atomic_load(&people->end)) {
        if (add_patient(&a))
            atomic_fetch_add(&people->told, 1);
        else
            atomic_fetch_add(&people->refused, 1);
        poll(NULL, 0, 2);
    }
    return NULL;
}

static void make_trouble(void)
{
    redis_server_kill(redis);
    wait_for(&b, "keneyapp_cache_memory_trusted", 0);
    redis_server_start(redis);
    wait_until_in_use();
    redis_server_hang(redis, true);
    wait_for(&b, "keneyapp_cache_memory_trusted", 0);
    redis_server_hang(redis, false);
    wait_until_in_use();
    redis_server_do(redis, "FLUSHALL");
    redis_server_do(redis, "CLIENT KILL TYPE pubsub");
    wait_until_in_use();
}

static void test_redis_in_trouble(void **state)
{
    static void *(*const ROLES[])(void *) = {write_a, read_a, read_a, read_b, read_b};
    pthread_t threads[COUNT_OF(ROLES)];
    wait_until_in_use();
    struct people people = {.told = total(&a)};
    for (size_t i = 0; i < COUNT_OF(ROLES); i++)
        assert_int_equal(pthread_create(&threads[i], NULL, ROLES[i], &people), 0);
    make_trouble();
    atomic_store(&people.end, true);
    for (size_t i = 0; i < COUNT_OF(ROLES); i++)
        pthread_join(threads[i], NULL);
    print_message("%d answers\n", atomic_load(&people.answers));
    assert_int_equal(atomic_load(&people.refused), 0);
    assert_int_equal(atomic_load(&people.stale), 0);
    assert_int_equal(total(&a), atomic_load(&people.told));
    wait_for_total(&b, atomic_load(&people.told));
}

static int not_installed(const char *package)
{
    fprintf(stderr, "skipped: apt install %s\n", package);
    return NOT_INSTALLED;
}

static int run(const char *program, struct postgres_server *postgres)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_answer_serves_both),
        cmocka_unit_test(test_a_write_is_seen_by_both),
        cmocka_unit_test(test_a_command_is_seen_by_both),
        cmocka_unit_test(test_without_redis),
        cmocka_unit_test(test_redis_in_trouble),
    };
    char url[POSTGRES_URL_BYTES];
    if (!postgres_server_database(postgres, url))
        return 1;
    clinic_program = program;
    setenv("KENEYAPP_DATABASE", url, 1);
    setenv("KENEYAPP_REDIS", redis_server_url(redis), 1);
    setenv("KENEYAPP_DATA_KEY", DATA_KEY, 1);
    bool started =
        clinic_server_start(&a.server, program) && clinic_server_start(&b.server, program);
    int failed = 1;
    if (started) {
        sign_in(&a, program);
        sign_in(&b, program);
        failed = cmocka_run_group_tests(tests, NULL, NULL);
    }
    failed |= clinic_server_stop(&a.server) | clinic_server_stop(&b.server);
    return failed;
}

int main(int argc, char **argv)
{
    struct postgres_server postgres = {0};
    if (argc < 2)
        return 1;
    redis = redis_server_new();
    if (!redis)
        return not_installed("redis-server");
    int status = postgres_server_start(&postgres);
    if (status == NOT_INSTALLED)
        not_installed("postgresql");
    if (status == 0)
        status = run(argv[1], &postgres);
    postgres_server_stop(&postgres);
    redis_server_free(&redis);
    return status == 0 || status == NOT_INSTALLED ? status : 1;
}
