/* SPDX-License-Identifier: Apache-2.0
 *
 * The real clinic on a real PostgreSQL server that crashes under load and comes back: no wrong
 * answer meanwhile, every acknowledged row afterwards, and no restart of the clinic.
 */
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/strbuf.h"
#include "scenario/clinic_client.h"
#include "support/postgres.h"
#include "support/test.h"

enum {
    WRITERS = 4,
    WRITES_MAX = 4096,
    PATIENTS = 9000, /* that were there from the beginning */
    EACH = 5,
    TURNS_MAX = 1200
};

static const char *program; /* path of keneyapp: argv[1] */
static struct postgres_server database;
static struct clinic_server server;
static char headers[2048];
static atomic_bool over;

/* Counters are the writer's, read by the test. */
struct writer {
    pthread_t thread;
    int number, sent;
    atomic_int created, refused, wrong;
    long ids[WRITES_MAX];
};

static void sign_in(void)
{
    struct clinic_answer answer;
    clinic_answer_init(&answer);
    assert_true(clinic_ask(&server, "POST", "/api/v1/auth/login",
                           "Content-Type: application/json\r\n",
                           "{\"username\":\"testuser\",\"password\":\"testpass123\"}", &answer));
    const char *token = strstr(strbuf_cstr(&answer.body), "\"access_token\":\"");
    assert_non_null(token);
    token += strlen("\"access_token\":\"");
    snprintf(headers, sizeof(headers),
             "Content-Type: application/json\r\nAuthorization: Bearer %.*s\r\n",
             (int)strcspn(token, "\""), token);
    clinic_answer_done(&answer);
}

/* 201 with an id, or 503 that says when to come again; all else is wrong. */
static void judge(struct writer *writer, const struct clinic_answer *answer)
{
    const char *id = strstr(strbuf_cstr(&answer->body), "\"id\":");
    bool again = strcasestr(strbuf_cstr(&answer->head), "\r\nRetry-After: ") != NULL;
    if (answer->status == 201 && id && writer->created < WRITES_MAX) {
        writer->ids[writer->created] = strtol(id + strlen("\"id\":"), NULL, 10);
        writer->created++;
    } else if (answer->status == 503 && again) {
        writer->refused++;
    } else {
        fprintf(stderr, "%u %s\n", answer->status, strbuf_cstr(&answer->body));
        writer->wrong++;
    }
}

static void *write_on(void *context)
{
    struct writer *writer = context;
    struct clinic_answer answer;
    char body[256];
    clinic_answer_init(&answer);
    while (!over && writer->created < WRITES_MAX) {
        snprintf(body, sizeof(body),
                 "{\"first_name\":\"W%d\",\"last_name\":\"N%d\",\"date_of_birth\":\"1990-05-06\","
                 "\"gender\":\"other\",\"phone\":\"+33 1\",\"allergies\":\"none\"}",
                 writer->number, writer->sent++);
        if (clinic_ask(&server, "POST", "/api/v1/patients", headers, body, &answer))
            judge(writer, &answer);
        else
            writer->wrong++;
        if (answer.status == 503) /* as Retry-After asks, but not a whole second */
            nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
    }
    clinic_answer_done(&answer);
    return NULL;
}

/* Reads beside the writers: the right row, or a refusal that says when to come again. */
struct reader {
    pthread_t thread;
    int right, refused, wrong;
};

static void judge_read(struct reader *reader, const struct clinic_answer *answer, int id)
{
    char start[32];
    snprintf(start, sizeof(start), "{\"id\":%d,", id);
    if (answer->status == 200 && strncmp(strbuf_cstr(&answer->body), start, strlen(start)) == 0)
        reader->right++;
    else if (answer->status == 503 && strcasestr(strbuf_cstr(&answer->head), "\r\nRetry-After: "))
        reader->refused++;
    else
        reader->wrong++;
}

static void *read_on(void *context)
{
    struct reader *reader = context;
    struct clinic_answer answer;
    char target[64];
    clinic_answer_init(&answer);
    for (int id = 1; !over; id = id % PATIENTS + 1) {
        snprintf(target, sizeof(target), "/api/v1/patients/%d", id);
        if (clinic_ask(&server, "GET", target, headers, NULL, &answer))
            judge_read(reader, &answer, id);
        else
            reader->wrong++;
    }
    clinic_answer_done(&answer);
    return NULL;
}

static long long figure(const char *name)
{
    struct clinic_answer answer;
    char line[64];
    snprintf(line, sizeof(line), "\n%s ", name);
    clinic_answer_init(&answer);
    assert_true(clinic_ask(&server, "GET", "/metrics", "", NULL, &answer));
    const char *at = strstr(strbuf_cstr(&answer.body), line);
    long long value = at ? atoll(at + strlen(line)) : -1;
    clinic_answer_done(&answer);
    return value;
}

/* Nobody has or waits for a connection once the last request is over, which its answer precedes. */
static void expect_pool_at_rest(void)
{
    for (int turn = 0; turn < TURNS_MAX && figure("db_pool_in_use") != 0; turn++)
        nanosleep(&(struct timespec){.tv_nsec = 25000000}, NULL);
    assert_int_equal(figure("db_pool_in_use"), 0);
    assert_int_equal(figure("db_pool_waiting"), 0);
    assert_int_equal(figure("db_pool_overflow"), 0);
    assert_in_range(figure("db_pool_open"), 1, figure("db_pool_size"));
}

/* Until each writer's counter has passed `from` by EACH; false when that does not come. */
static bool await(struct writer *writers, bool refused, const int *from)
{
    for (int turn = 0; turn < TURNS_MAX; turn++) {
        int passed = 0;
        for (int i = 0; i < WRITERS; i++)
            passed += (refused ? writers[i].refused : writers[i].created) >= from[i] + EACH;
        if (passed == WRITERS)
            return true;
        nanosleep(&(struct timespec){.tv_nsec = 25000000}, NULL);
    }
    return false;
}

static void expect_all_there(const struct writer *writer)
{
    struct clinic_answer answer;
    char target[64], name[32];
    clinic_answer_init(&answer);
    snprintf(name, sizeof(name), "\"first_name\":\"W%d\"", writer->number);
    for (int i = 0; i < writer->created; i++) {
        snprintf(target, sizeof(target), "/api/v1/patients/%ld", writer->ids[i]);
        assert_true(clinic_ask(&server, "GET", target, headers, "", &answer));
        assert_int_equal(answer.status, 200);
        assert_non_null(strstr(strbuf_cstr(&answer.body), name));
    }
    clinic_answer_done(&answer);
}

static void test_crash_under_load(void **state)
{
    static struct writer writers[WRITERS];
    struct reader reader = {0};
    const int zero[WRITERS] = {0};
    int before[WRITERS];
    sign_in();
    for (int i = 0; i < WRITERS; i++) {
        writers[i].number = i;
        assert_int_equal(pthread_create(&writers[i].thread, NULL, write_on, &writers[i]), 0);
    }
    assert_int_equal(pthread_create(&reader.thread, NULL, read_on, &reader), 0);
    bool wrote = await(writers, false, zero);
    bool crashed = postgres_server_crash(&database);
    bool refused = await(writers, true, zero);
    for (int i = 0; i < WRITERS; i++)
        before[i] = writers[i].created;
    bool again = postgres_server_again(&database);
    bool recovered = await(writers, false, before);
    over = true;
    for (int i = 0; i < WRITERS; i++)
        pthread_join(writers[i].thread, NULL);
    pthread_join(reader.thread, NULL);
    assert_true(wrote && crashed && refused && again && recovered);
    for (int i = 0; i < WRITERS; i++) {
        assert_int_equal(writers[i].wrong, 0);
        expect_all_there(&writers[i]);
    }
    print_message("reads: %d right, %d refused\n", reader.right, reader.refused);
    assert_int_equal(reader.wrong, 0);
    assert_true(reader.right > 0 && reader.refused > 0);
    expect_pool_at_rest();
}

static void test_ends_cleanly(void **state)
{
    assert_int_equal(clinic_server_stop(&server), 0);
}

/* A server that cannot be reached at the start: one sentence that names it. */
static void test_start_without_database(void **state)
{
    AUTO(strbuf_done) struct strbuf out = STRBUF_INIT(65536);
    char dir[] = "/tmp/keneyapp-away-XXXXXX";
    assert_non_null(mkdtemp(dir));
    const char *argv[] = {program,
                          "serve",
                          "--data",
                          dir,
                          "--listen",
                          "127.0.0.1:0",
                          "--tls-listen",
                          "off",
                          "--database",
                          "postgres://clinic:geheim@/clinic?host=/nowhere",
                          NULL};
    assert_int_not_equal(clinic_run(argv, "", &out), 0);
    assert_non_null(strstr(strbuf_cstr(&out), "cannot reach PostgreSQL at /nowhere"));
    assert_null(strstr(strbuf_cstr(&out), "geheim"));
    const char *rm[] = {"/bin/rm", "-rf", dir, NULL};
    assert_int_equal(clinic_run(rm, "", &out), 0);
}

static int start(void)
{
    char url[POSTGRES_URL_BYTES];
    int status = postgres_server_start(&database);
    if (status != 0)
        return status;
    if (!postgres_server_database(&database, url) || setenv("KENEYAPP_DATABASE", url, 1) != 0 ||
        !clinic_server_start(&server, program)) {
        fputs("the server did not get ready\n", stderr);
        return 1;
    }
    return 0;
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_crash_under_load),
        cmocka_unit_test(test_ends_cleanly),
        cmocka_unit_test(test_start_without_database),
    };
    if (argc < 2) {
        fputs("usage: test_keneyapp_postgres PATH-OF-KENEYAPP\n", stderr);
        return 2;
    }
    signal(SIGPIPE, SIG_IGN);
    program = argv[1];
    int status = start();
    if (status == 0)
        status = cmocka_run_group_tests(tests, NULL, NULL);
    postgres_server_stop(&database);
    return status;
}
