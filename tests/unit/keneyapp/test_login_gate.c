/* SPDX-License-Identifier: Apache-2.0 */
#include <pthread.h>
#include <semaphore.h>
#include <sodium.h>

#include "keneyapp/auth/login_gate.h"
#include "support/test.h"

/* A verification that waits to be let go, and says yes to "right". */
static struct {
    sem_t started, go, told;
} hashing;

static bool slow_verify(const char *hash, struct span password)
{
    sem_post(&hashing.started);
    sem_wait(&hashing.go);
    return span_equal(password, SPAN("right"));
}

struct attempt {
    struct login_attempt login;
    bool verified;
};

static void on_verdict(struct login_attempt *login, bool verified)
{
    CONTAINER_OF(login, struct attempt, login)->verified = verified;
    sem_post(&hashing.told);
}

static struct attempt attempt_of(const char *username, const char *password, const char *hash)
{
    return (struct attempt){.login = {.username = span_cstr(username),
                                      .password = span_cstr(password),
                                      .stored_hash = hash,
                                      .on_verdict = on_verdict}};
}

static struct virtual_clock virtual_time;

static struct login_gate *new_gate(nsec_t remember_ns)
{
    struct login_gate_config config = {.threads = 1,
                                       .remember_ns = remember_ns,
                                       .verify = slow_verify,
                                       .clock = &virtual_time.clock};
    virtual_clock_init(&virtual_time, NSEC_PER_SEC);
    struct error err = {0};
    struct login_gate *gate = login_gate_new(&config, &err);
    assert_non_null(gate);
    return gate;
}

/* Through the gate as a route does it; true when a hash was computed. */
static bool sign_in(struct login_gate *gate, struct attempt *attempt)
{
    if (login_gate_remembers(gate, &attempt->login)) {
        attempt->verified = true;
        return false;
    }
    assert_true(login_gate_submit(gate, &attempt->login));
    sem_wait(&hashing.started);
    sem_post(&hashing.go);
    sem_wait(&hashing.told);
    return true;
}

static void test_remembers_for_a_while(void **state)
{
    struct login_gate *gate = new_gate(60 * NSEC_PER_SEC);
    struct attempt first = attempt_of("a", "right", "hash"), again = first, later = first;
    assert_true(sign_in(gate, &first));
    assert_true(first.verified);
    virtual_clock_advance(&virtual_time, 59 * NSEC_PER_SEC);
    assert_false(sign_in(gate, &again));
    assert_true(again.verified);
    virtual_clock_advance(&virtual_time, NSEC_PER_SEC);
    assert_true(sign_in(gate, &later));
    assert_int_equal(login_gate_hashes(gate), 2);
    assert_int_equal(login_gate_hits(gate), 1);
    login_gate_free(&gate);
}

static void test_never_remembers_what_differs(void **state)
{
    static const char *const OTHERS[][3] = {
        {"b", "right", "hash"}, /* somebody else */
        {"a", "wrong", "hash"},
        {"a", "right", "new hash"}, /* the password was changed */
        {"arigh", "t", "hash"},     /* the same letters, cut elsewhere */
    };
    struct login_gate *gate = new_gate(60 * NSEC_PER_SEC);
    struct attempt first = attempt_of("a", "right", "hash");
    assert_true(sign_in(gate, &first));
    for (size_t i = 0; i < COUNT_OF(OTHERS); i++) {
        struct attempt other = attempt_of(OTHERS[i][0], OTHERS[i][1], OTHERS[i][2]);
        assert_true(sign_in(gate, &other));
    }
    login_gate_free(&gate);
}

static void test_failures_are_not_remembered(void **state)
{
    struct login_gate *gate = new_gate(60 * NSEC_PER_SEC);
    struct attempt first = attempt_of("a", "wrong", "hash"), again = first;
    assert_true(sign_in(gate, &first));
    assert_false(first.verified);
    assert_true(sign_in(gate, &again));
    assert_false(again.verified);
    login_gate_free(&gate);
}

static void test_memory_can_be_off(void **state)
{
    struct login_gate *gate = new_gate(0);
    struct attempt first = attempt_of("a", "right", "hash"), again = first;
    assert_true(sign_in(gate, &first));
    assert_true(sign_in(gate, &again));
    login_gate_free(&gate);
}

static void test_single_flight(void **state)
{
    enum {
        TOGETHER = 5,
    };
    struct login_gate *gate = new_gate(0);
    struct attempt attempts[TOGETHER];
    for (size_t i = 0; i < TOGETHER; i++) {
        attempts[i] = attempt_of("a", "right", "hash");
        assert_false(login_gate_remembers(gate, &attempts[i].login));
        assert_true(login_gate_submit(gate, &attempts[i].login));
        if (i == 0)
            sem_wait(&hashing.started);
    }
    sem_post(&hashing.go);
    for (size_t i = 0; i < TOGETHER; i++)
        sem_wait(&hashing.told);
    for (size_t i = 0; i < TOGETHER; i++)
        assert_true(attempts[i].verified);
    login_gate_free(&gate);
}

static void test_close_finishes_what_waits(void **state)
{
    struct login_gate *gate = new_gate(0);
    struct attempt running = attempt_of("a", "right", "hash");
    struct attempt waiting = attempt_of("b", "right", "hash");
    login_gate_remembers(gate, &running.login);
    login_gate_remembers(gate, &waiting.login);
    assert_true(login_gate_submit(gate, &running.login));
    assert_true(login_gate_submit(gate, &waiting.login));
    sem_post(&hashing.go);
    sem_post(&hashing.go);
    login_gate_close(gate);
    assert_true(running.verified);
    assert_true(waiting.verified);
    assert_false(login_gate_submit(gate, &running.login));
    login_gate_free(&gate);
}

static int set_up(void **state)
{
    sem_init(&hashing.started, 0, 0);
    sem_init(&hashing.go, 0, 0);
    sem_init(&hashing.told, 0, 0);
    return 0;
}

struct piece {
    struct login_work work;
    bool ran;
};

static void run_piece(struct login_work *work)
{
    CONTAINER_OF(work, struct piece, work)->ran = true;
    sem_post(&hashing.told);
}

/* Works and attempts that wait when the gate closes are done; what comes later is refused. */
static void test_other_work(void **state)
{
    struct login_gate *gate = new_gate(0);
    struct piece first = {.work.run = run_piece}, second = first, late = first;
    struct attempt attempt = attempt_of("a", "right", "hash");
    assert_true(login_gate_run(gate, &first.work));
    sem_wait(&hashing.told);
    assert_true(first.ran);
    assert_false(login_gate_remembers(gate, &attempt.login));
    assert_true(login_gate_submit(gate, &attempt.login));
    sem_wait(&hashing.started); /* the only thread is busy */
    assert_true(login_gate_run(gate, &second.work));
    sem_post(&hashing.go);
    login_gate_close(gate);
    assert_true(second.ran && attempt.verified);
    assert_false(login_gate_run(gate, &late.work));
    assert_int_equal(login_gate_hashes(gate), 1);
    login_gate_free(&gate);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_remembers_for_a_while, set_up),
        cmocka_unit_test_setup(test_never_remembers_what_differs, set_up),
        cmocka_unit_test_setup(test_failures_are_not_remembered, set_up),
        cmocka_unit_test_setup(test_memory_can_be_off, set_up),
        cmocka_unit_test_setup(test_single_flight, set_up),
        cmocka_unit_test_setup(test_close_finishes_what_waits, set_up),
        cmocka_unit_test_setup(test_other_work, set_up),
    };
    return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
