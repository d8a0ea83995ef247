/* SPDX-License-Identifier: Apache-2.0 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "keneyapp/store/postgres_link.h"
#include "support/postgres.h"
#include "support/test.h"

static struct postgres_server server;

static char url[POSTGRES_URL_BYTES]; /* one database for all cases; each has a schema of its own */

struct place {
    char problem[256];
    struct postgres_link link;
};

static int make_place(void **state)
{
    static struct place place;
    struct error err = {0};
    place = (struct place){0};
    *state = &place;
    if (postgres_link_open(&place.link, url, place.problem, sizeof(place.problem), &err) != 0)
        return -1;
    return postgres_link_script(&place.link,
                                "DROP SCHEMA IF EXISTS work CASCADE; CREATE SCHEMA work;"
                                "SET search_path = work",
                                POSTGRES_REPLY_NS) == STORE_OK
               ? 0
               : -1;
}

static int remove_place(void **state)
{
    struct place *place = *state;
    postgres_link_close(&place->link);
    return 0;
}

static enum store_result run(struct place *place)
{
    return postgres_link_run(&place->link, POSTGRES_REPLY_NS);
}

static enum store_result script(struct place *place, const char *sql)
{
    return postgres_link_script(&place->link, sql, POSTGRES_REPLY_NS);
}

static const char *text_at(struct place *place, size_t index)
{
    return PQgetvalue(postgres_link_result(&place->link, index), 0, 0);
}

static enum store_result one(struct place *place, const char *sql)
{
    postgres_link_queue(&place->link, span_cstr(sql), NULL, 0);
    return run(place);
}

static void test_many_at_once(void **state)
{
    struct place *place = *state;
    const struct value two[] = {value_int(7), value_text(SPAN("sept"))};
    const struct value none[] = {{0}};
    size_t sum = postgres_link_queue(&place->link, SPAN("SELECT $1::bigint * 2, $2::text"), two, 2);
    size_t null = postgres_link_queue(&place->link, SPAN("SELECT $1::text IS NULL"), none, 1);
    assert_int_equal(run(place), STORE_OK);
    assert_string_equal(text_at(place, sum), "14");
    assert_string_equal(PQgetvalue(postgres_link_result(&place->link, sum), 0, 1), "sept");
    assert_string_equal(text_at(place, null), "t");
    assert_int_equal(one(place, "SELECT 3"), STORE_OK);
    assert_string_equal(text_at(place, 0), "3");
}

/* All of a run or nothing of it. */
static void test_failure_undoes(void **state)
{
    struct place *place = *state;
    assert_int_equal(script(place, "CREATE TABLE t (a int UNIQUE)"), STORE_OK);
    postgres_link_queue(&place->link, SPAN("INSERT INTO t VALUES (1)"), NULL, 0);
    postgres_link_queue(&place->link, SPAN("INSERT INTO t VALUES (2), (2)"), NULL, 0);
    postgres_link_queue(&place->link, SPAN("INSERT INTO t VALUES (3)"), NULL, 0);
    assert_int_equal(run(place), STORE_DUPLICATE);
    assert_non_null(strstr(place->problem, "23505"));
    assert_int_equal(one(place, "SELECT count(*) FROM t"), STORE_OK);
    assert_string_equal(text_at(place, 0), "0");
    /* The third was never prepared on the server. */
    assert_int_equal(one(place, "INSERT INTO t VALUES (3)"), STORE_OK);
    assert_int_equal(postgres_link_affected(&place->link, 0), 1);
}

static void test_failure_of_the_commit(void **state)
{
    struct place *place = *state;
    assert_int_equal(script(place, "CREATE TABLE t (a int UNIQUE DEFERRABLE INITIALLY DEFERRED)"),
                     STORE_OK);
    assert_int_equal(one(place, "INSERT INTO t VALUES (2), (2)"), STORE_DUPLICATE);
    assert_int_equal(one(place, "INSERT INTO t VALUES (2)"), STORE_OK);
}

static void test_transaction_is_rolled_back(void **state)
{
    struct place *place = *state;
    postgres_link_queue(&place->link, SPAN("BEGIN"), NULL, 0);
    postgres_link_queue(&place->link, SPAN("SELECT 1/0"), NULL, 0);
    assert_int_equal(run(place), STORE_FAILED);
    assert_non_null(strstr(place->problem, "division by zero"));
    assert_int_equal(PQtransactionStatus(place->link.conn), PQTRANS_IDLE);
    assert_int_equal(one(place, "BEGIN"), STORE_OK);
    assert_int_equal(one(place, "SELECT 1/0"), STORE_FAILED);
    assert_int_equal(PQtransactionStatus(place->link.conn), PQTRANS_INERROR);
    postgres_link_rollback(&place->link);
    assert_int_equal(PQtransactionStatus(place->link.conn), PQTRANS_IDLE);
}

static const struct meaning_case {
    const char *sqlstate;
    enum store_result result;
} MEANINGS[] = {
    {"23505", STORE_DUPLICATE},   {"23503", STORE_BAD_REFERENCE}, {"23P01", STORE_CONFLICT},
    {"KA001", STORE_CONFLICT},    {"53100", STORE_FULL},          {"53300", STORE_UNAVAILABLE},
    {"08006", STORE_UNAVAILABLE}, {"57P01", STORE_UNAVAILABLE},   {"57014", STORE_UNAVAILABLE},
    {"40001", STORE_UNAVAILABLE}, {"42601", STORE_FAILED},        {"XX001", STORE_FAILED},
};

static void test_meanings(void **state)
{
    struct place *place = *state;
    char sql[128];
    assert_int_equal(
        script(place, "CREATE FUNCTION fail(code text) RETURNS int LANGUAGE plpgsql AS $$ BEGIN"
                      " RAISE EXCEPTION 'as asked' USING ERRCODE = code; END $$"),
        STORE_OK);
    for (size_t i = 0; i < COUNT_OF(MEANINGS); i++) {
        assert_int_equal(postgres_link_meaning(MEANINGS[i].sqlstate), MEANINGS[i].result);
        if (MEANINGS[i].result == STORE_UNAVAILABLE)
            continue;
        snprintf(sql, sizeof(sql), "SELECT fail('%s')", MEANINGS[i].sqlstate);
        assert_int_equal(one(place, sql), MEANINGS[i].result);
    }
    assert_false(place->link.broken);
}

/* A sequence is not rolled back, so it counts the tries. */
static void test_tries_again(void **state)
{
    struct place *place = *state;
    static const char FLAKY[] =
        "CREATE SEQUENCE tries;"
        "CREATE FUNCTION flaky(code text, good_try bigint) RETURNS bigint LANGUAGE plpgsql AS $$"
        " DECLARE this bigint := nextval('tries'); BEGIN"
        " IF this < good_try THEN RAISE EXCEPTION 'again' USING ERRCODE = code; END IF;"
        " RETURN this; END $$";
    assert_int_equal(script(place, FLAKY), STORE_OK);
    assert_int_equal(one(place, "SELECT flaky('40001', 3)"), STORE_OK);
    assert_string_equal(text_at(place, 0), "3");
    assert_int_equal(one(place, "SELECT flaky('40P01', 100)"), STORE_UNAVAILABLE);
    assert_int_equal(one(place, "SELECT last_value FROM tries"), STORE_OK);
    assert_string_equal(text_at(place, 0), "7");
    /* Inside a transaction that somebody else began: once. */
    assert_int_equal(one(place, "BEGIN"), STORE_OK);
    assert_int_equal(one(place, "SELECT flaky('40001', 100)"), STORE_UNAVAILABLE);
    postgres_link_rollback(&place->link);
    assert_int_equal(one(place, "SELECT last_value FROM tries"), STORE_OK);
    assert_string_equal(text_at(place, 0), "8");
}

static void test_plans_that_are_gone(void **state)
{
    struct place *place = *state;
    assert_int_equal(script(place, "CREATE TABLE t (a int); INSERT INTO t VALUES (5)"), STORE_OK);
    assert_int_equal(one(place, "SELECT * FROM t"), STORE_OK);
    assert_int_equal(script(place, "ALTER TABLE t ADD b int DEFAULT 6"), STORE_OK);
    assert_int_equal(one(place, "SELECT * FROM t"), STORE_OK);
    assert_int_equal(PQnfields(postgres_link_result(&place->link, 0)), 2);
    assert_int_equal(script(place, "DEALLOCATE ALL"), STORE_OK);
    assert_int_equal(one(place, "SELECT * FROM t"), STORE_OK);
}

static void test_bounded_statements(void **state)
{
    struct place *place = *state;
    char sql[64], sum[16];
    for (int i = 0; i < 3 * POSTGRES_STATEMENTS_MAX; i++) {
        snprintf(sql, sizeof(sql), "SELECT %d + 1", i % 250);
        snprintf(sum, sizeof(sum), "%d", i % 250 + 1);
        assert_int_equal(one(place, sql), STORE_OK);
        assert_string_equal(text_at(place, 0), sum);
    }
    /* Nothing was queued since: nothing is sent again. */
    assert_int_equal(run(place), STORE_OK);
    assert_int_equal(one(place, "SELECT count(*) FROM pg_prepared_statements"), STORE_OK);
    assert_in_range(atoi(text_at(place, 0)), 2, POSTGRES_STATEMENTS_MAX);
}

static void test_copy(void **state)
{
    struct place *place = *state;
    assert_int_equal(script(place, "CREATE TABLE t (a int PRIMARY KEY, b text)"), STORE_OK);
    assert_int_equal(
        postgres_link_copy(&place->link, "COPY t FROM STDIN", SPAN("1\tun\\n\n2\t\\N\n")),
        STORE_OK);
    assert_int_equal(one(place, "SELECT b = E'un\\n' FROM t WHERE a = 1"), STORE_OK);
    assert_string_equal(text_at(place, 0), "t");
    assert_int_equal(postgres_link_copy(&place->link, "COPY t FROM STDIN", SPAN("3\ta\n1\tb\n")),
                     STORE_DUPLICATE);
    assert_int_equal(postgres_link_copy(&place->link, "COPY nowhere FROM STDIN", SPAN("1\n")),
                     STORE_FAILED);
    assert_int_equal(one(place, "SELECT count(*) FROM t"), STORE_OK);
    assert_string_equal(text_at(place, 0), "2");
}

static void test_nul_byte(void **state)
{
    struct place *place = *state;
    const struct value bad = value_text(SPAN("a\0b"));
    postgres_link_queue(&place->link, SPAN("SELECT $1::text"), &bad, 1);
    assert_int_equal(run(place), STORE_FAILED);
    assert_non_null(strstr(place->problem, "NUL"));
    assert_int_equal(one(place, "SELECT 1"), STORE_OK);
}

static void test_ended_by_the_server(void **state)
{
    struct place *place = *state;
    assert_int_equal(postgres_link_ping(&place->link), STORE_OK);
    assert_int_equal(one(place, "SELECT pg_terminate_backend(pg_backend_pid())"),
                     STORE_UNAVAILABLE);
    assert_true(place->link.broken);
    assert_non_null(strstr(place->problem, "terminating connection"));
    assert_int_equal(one(place, "SELECT 1"), STORE_UNAVAILABLE);
    assert_int_equal(postgres_link_ping(&place->link), STORE_UNAVAILABLE);
    assert_int_equal(script(place, "SELECT 1"), STORE_UNAVAILABLE);
    assert_int_equal(postgres_link_copy(&place->link, "COPY t FROM STDIN", SPAN("1\n")),
                     STORE_UNAVAILABLE);
}

/* A server that is there but says nothing: the wait ends, and the link with it. */
static void test_silent_server(void **state)
{
    struct place *place = *state;
    pid_t backend = PQbackendPID(place->link.conn);
    kill(backend, SIGSTOP);
    postgres_link_queue(&place->link, SPAN("SELECT 1"), NULL, 0);
    enum store_result result = postgres_link_run(&place->link, 50 * NSEC_PER_MSEC);
    kill(backend, SIGCONT);
    assert_int_equal(result, STORE_UNAVAILABLE);
    assert_true(place->link.broken);
    assert_non_null(strstr(place->problem, "does not answer"));
}

static void test_crash(void **state)
{
    struct place *place = *state;
    struct postgres_link late = {0};
    char problem[256];
    struct error err = {0};
    assert_true(postgres_server_crash(&server));
    assert_int_equal(one(place, "SELECT 1"), STORE_UNAVAILABLE);
    assert_true(place->link.broken);
    assert_int_equal(postgres_link_open(&late, url, problem, sizeof(problem), &err), -1);
    assert_non_null(strstr(err.message, server.dir));
    assert_non_null(strstr(err.message, "check that the server is running"));
    assert_true(postgres_server_again(&server));
    assert_int_equal(postgres_link_open(&late, url, problem, sizeof(problem), &err), 0);
    assert_int_equal(postgres_link_ping(&late), STORE_OK);
    postgres_link_close(&late);
}

static void test_bad_url(void **state)
{
    (void)state;
    struct postgres_link link;
    char problem[256];
    struct error err = {0};
    assert_int_equal(
        postgres_link_open(&link, "postgres://a:secret@h:port%%/x", problem, sizeof(problem), &err),
        -1);
    assert_non_null(strstr(err.message, "--database"));
    assert_null(strstr(err.message, "secret"));
}

#define CASE(function) cmocka_unit_test_setup_teardown(function, make_place, remove_place)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_many_at_once),
        CASE(test_failure_undoes),
        CASE(test_failure_of_the_commit),
        CASE(test_transaction_is_rolled_back),
        CASE(test_meanings),
        CASE(test_tries_again),
        CASE(test_plans_that_are_gone),
        CASE(test_bounded_statements),
        CASE(test_copy),
        CASE(test_nul_byte),
        CASE(test_ended_by_the_server),
        CASE(test_silent_server),
        CASE(test_crash),
        cmocka_unit_test(test_bad_url),
    };
    int status = postgres_server_start(&server);
    if (status == 0 && !postgres_server_database(&server, url))
        status = 1;
    if (status == 0)
        status = cmocka_run_group_tests(tests, NULL, NULL);
    postgres_server_stop(&server);
    return status;
}
