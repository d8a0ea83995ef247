/* SPDX-License-Identifier: Apache-2.0
 *
 * People of the clinic, from outside: what administrators change counts for the next request, and
 * who guesses passwords learns nothing, not even which names exist.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "scenario/clinic_case.h"
#include "support/test.h"

#define ADMIN signed_in("admin", "admin123")

/* A new user with the password "first-password"; the id. */
static int64_t add_user(const char *username, const char *role)
{
    assert_int_equal(ask("POST", "/api/v1/users", ADMIN,
                         text("{\"email\":\"%s@staff.example\",\"username\":\"%s\",\"full_name\":"
                              "\"Test Person\",\"role\":\"%s\",\"password\":\"first-password\"}",
                              username, username, role)),
                     201);
    return number_in_answer("id");
}

static unsigned me(const char *authorization)
{
    return ask("GET", "/api/v1/auth/me", authorization, NULL);
}

static unsigned set_status(int64_t id, const char *body)
{
    return ask("PATCH", text("/api/v1/users/%d/status", (int)id), ADMIN, body);
}

static void test_new_user(void **state)
{
    int64_t id = add_user("new-user", "nurse");
    assert_true(says("\"role\":\"nurse\""));
    assert_true(says("\"is_active\":true"));
    assert_false(says("argon2") || says("password\":") || says("first-password"));
    assert_int_equal(me(signed_in("new-user", "first-password")), 200);
    assert_int_equal(number_in_answer("id"), id);
    assert_int_equal(ask("GET", text("/api/v1/users/%d", (int)id), ADMIN, NULL), 200);
    assert_int_equal(ask("POST", "/api/v1/users", ADMIN,
                         "{\"email\":\"other@staff.example\",\"username\":\"new-user\","
                         "\"full_name\":\"x\",\"role\":\"nurse\",\"password\":\"12345678\"}"),
                     400);
    assert_int_equal(ask("POST", "/api/v1/users", ADMIN, "{\"role\":\"boss\",\"password\":\"x\"}"),
                     422);
    assert_true(says("\"email\"") && says("\"username\"") && says("\"full_name\"") &&
                says("\"role\"") && says("\"password\""));
    assert_int_equal(ask("GET", "/api/v1/users?limit=2", ADMIN, NULL), 200);
    assert_true(number_in_answer("total") > 2);
    assert_false(says("argon2"));
}

/* Names go into tokens whole, and are printed on terminals. */
static void test_names(void **state)
{
    static const struct name_case {
        const char *name, *repeated;
        int times;
        unsigned status;
    } NAMES[] = {
        {"longest", "x", 100, 201},
        {"too long", "x", 101, 422},
        {"accents", "\u00e9", 50, 201},
        {"too many accents", "\u00e9", 51, 422},
        {"line", "a\\nb", 1, 422},
        {"terminal", "\\u001b[2J", 1, 422},
        {"terminal, C1", "\\u009b2J", 1, 422},
        {"space", "a b", 1, 422},
    };

    for (size_t i = 0; i < COUNT_OF(NAMES); i++) {
        AUTO(strbuf_done) struct strbuf name = STRBUF_INIT(1024);
        print_message("%s\n", NAMES[i].name);
        for (int n = 0; n < NAMES[i].times; n++)
            strbuf_adds(&name, NAMES[i].repeated);
        assert_int_equal(
            ask("POST", "/api/v1/users", ADMIN,
                text("{\"email\":\"name%zu@staff.example\",\"username\":\"%s\",\"full_name\":\"x\","
                     "\"role\":\"nurse\",\"password\":\"first-password\"}",
                     i, strbuf_cstr(&name))),
            NAMES[i].status);
        if (NAMES[i].status == 201)
            assert_int_equal(me(signed_in(strbuf_cstr(&name), "first-password")), 200);
    }
}

/* One user and one address, however they are typed; so are the guesses at a password. */
static void test_any_case(void **state)
{
    int64_t id = add_user("Marie-Lou", "nurse");
    const char *token = signed_in("MARIE-lou", "first-password");
    assert_int_equal(me(token), 200);
    assert_int_equal(number_in_answer("id"), id);
    assert_true(says("\"username\":\"Marie-Lou\""));
    static const char *const TWINS[][2] = {{"marie-lou", "a@staff.example"},
                                           {"other-lou", "MARIE-LOU@staff.EXAMPLE"}};
    for (size_t i = 0; i < COUNT_OF(TWINS); i++)
        assert_int_equal(ask("POST", "/api/v1/users", ADMIN,
                             text("{\"username\":\"%s\",\"email\":\"%s\",\"full_name\":\"x\","
                                  "\"role\":\"nurse\",\"password\":\"12345678\"}",
                                  TWINS[i][0], TWINS[i][1])),
                         400);
    assert_int_equal(set_status(id, "{\"is_active\":false}"), 200);
    assert_int_equal(me(token), 401);
    assert_int_equal(sign_in("marie-LOU", "first-password"), 403);
    assert_int_equal(set_status(id, "{\"is_active\":true}"), 200);
    static const char *const GUESSES[] = {"marie-lou", "Marie-lou", "mArie-lou", "MARIE-LOU",
                                          "marie-loU"};
    for (size_t i = 0; i < COUNT_OF(GUESSES); i++)
        assert_int_equal(sign_in(GUESSES[i], "wrong-password"), 401);
    assert_int_equal(sign_in("Marie-Lou", "first-password"), 403);
    assert_int_equal(set_status(id, "{\"is_locked\":false}"), 200);
    assert_int_equal(sign_in("Marie-Lou", "first-password"), 200);
}

/* Asks until the answer has the text; a busy disk may take its time. */
static void await(const char *path, const char *wanted)
{
    const char *admin = ADMIN;
    nsec_t until_ns = clock_now(clock_monotonic()) + 30 * NSEC_PER_SEC;
    do
        assert_int_equal(ask("GET", path, admin, NULL), 200);
    while (!says(wanted) && clock_now(clock_monotonic()) < until_ns);
    assert_true(says(wanted));
}

/* The list of doctors is kept for a minute; a command that adds one tells the server. */
static void test_new_doctor_by_command(void **state)
{
    static const char *const add[] = {"user", "add", "Commanded-Doctor", "--role", "doctor", NULL};
    assert_int_equal(ask("GET", "/api/v1/doctors", ADMIN, NULL), 200);
    assert_false(says("Commanded-Doctor"));
    assert_int_equal(clinic_command(add, "first-password\n"), 0);
    await("/api/v1/doctors", "Commanded-Doctor");
}

static void test_only_administrators(void **state)
{
    static const char *const NAMES[] = {"doctor", "nurse", "receptionist"};
    for (size_t i = 0; i < COUNT_OF(NAMES); i++) {
        const char *who = signed_in(NAMES[i], text("%s123", NAMES[i]));
        assert_int_equal(ask("GET", "/api/v1/users", who, NULL), 403);
        assert_int_equal(ask("GET", "/api/v1/users/1", who, NULL), 403);
        assert_int_equal(ask("POST", "/api/v1/users", who, "{}"), 403);
        assert_int_equal(ask("PATCH", "/api/v1/users/1/status", who, "{}"), 403);
        assert_int_equal(ask("PATCH", "/api/v1/users/1/role", who, "{}"), 403);
        assert_int_equal(ask("POST", "/api/v1/users/1/reset-password", who, "{}"), 403);
    }
    assert_int_equal(ask("GET", "/api/v1/users", "", NULL), 401);
    assert_int_equal(ask("GET", "/api/v1/users/999999", ADMIN, NULL), 404);
    assert_int_equal(set_status(999999, "{}"), 404);
}

static void test_inactive_at_once(void **state)
{
    int64_t id = add_user("inactive-user", "doctor");
    const char *token = signed_in("inactive-user", "first-password");
    assert_int_equal(me(token), 200);
    assert_int_equal(me(token), 200); /* from memory */
    assert_int_equal(set_status(id, "{\"is_active\":false}"), 200);
    assert_true(says("\"is_active\":false"));
    assert_int_equal(me(token), 401);
    assert_int_equal(sign_in("inactive-user", "first-password"), 403);
    assert_int_equal(sign_in("inactive-user", "wrong-password"), 401);
    assert_int_equal(set_status(id, "{\"is_active\":true}"), 200);
    assert_int_equal(me(token), 200);
}

static void test_locked_at_once(void **state)
{
    int64_t id = add_user("locked-user", "doctor");
    const char *token = signed_in("locked-user", "first-password");
    assert_int_equal(me(token), 200);
    assert_int_equal(set_status(id, "{\"is_locked\":true}"), 200);
    assert_int_equal(me(token), 401);
    assert_int_equal(sign_in("locked-user", "first-password"), 403);
    assert_int_equal(set_status(id, "{\"is_locked\":false}"), 200);
    assert_int_equal(me(token), 200);
    assert_int_equal(sign_in("locked-user", "first-password"), 200);
    assert_int_equal(set_status(id, "{\"is_locked\":\"maybe\"}"), 422);
}

static void test_role_at_once(void **state)
{
    int64_t id = add_user("promoted-user", "receptionist");
    const char *token = signed_in("promoted-user", "first-password");
    assert_int_equal(ask("GET", "/api/v1/prescriptions?limit=1", token, NULL), 403);
    assert_int_equal(
        ask("PATCH", text("/api/v1/users/%d/role", (int)id), ADMIN, "{\"role\":\"nurse\"}"), 200);
    assert_int_equal(ask("GET", "/api/v1/prescriptions?limit=1", token, NULL), 200);
    assert_int_equal(
        ask("PATCH", text("/api/v1/users/%d/role", (int)id), ADMIN, "{\"role\":\"owner\"}"), 422);
}

/* All in one second: what ends a token is not a comparison of times. */
static void test_own_password(void **state)
{
    add_user("changing-user", "nurse");
    const char *token = signed_in("changing-user", "first-password");
    const char *path = "/api/v1/auth/change-password";
    assert_int_equal(ask("POST", path, token,
                         "{\"current_password\":\"wrong\",\"new_password\":\"second-password\"}"),
                     400);
    assert_int_equal(ask("POST", path, token,
                         "{\"current_password\":\"first-password\",\"new_password\":\"short\"}"),
                     422);
    assert_int_equal(me(token), 200);
    assert_int_equal(
        ask("POST", path, token,
            "{\"current_password\":\"first-password\",\"new_password\":\"second-password\"}"),
        204);
    assert_int_equal(last.body.len, 0);
    assert_int_equal(me(token), 401);
    assert_int_equal(sign_in("changing-user", "first-password"), 401);
    assert_int_equal(me(signed_in("changing-user", "second-password")), 200);
    assert_int_equal(ask("POST", path, "", "{}"), 401);
}

/* Those who come with the same current password at the same time: one changes it, the others are
 * told what everybody is told whose current password is none. */
static void test_own_password_at_once(void **state)
{
    enum {
        TRIES = 6,
    };

    struct clinic_link links[TRIES];
    unsigned changed = 0, refused = 0;
    add_user("hurried-user", "nurse");
    const char *token = signed_in("hurried-user", "first-password");
    for (int i = 0; i < TRIES; i++) {
        const char *body = text("{\"current_password\":\"first-password\",\"new_password\":"
                                "\"next-password-%d\"}",
                                i);
        assert_true(clinic_link_open(&links[i], &clinic, false));
        const char *request =
            text("POST /api/v1/auth/change-password HTTP/1.1\r\nHost: x\r\n%s"
                 "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
                 token, strlen(body), body);
        assert_true(clinic_send(&links[i], span_cstr(request)));
    }
    int winner = -1;
    for (int i = 0; i < TRIES; i++) {
        struct clinic_answer answer;
        clinic_answer_init(&answer);
        assert_true(clinic_receive(&links[i], &answer, false));
        changed += answer.status == 204;
        refused += answer.status == 400 || answer.status == 401;
        winner = answer.status == 204 ? i : winner;
        clinic_answer_done(&answer);
        clinic_link_close(&links[i]);
    }
    assert_int_equal(changed, 1);
    assert_int_equal(refused, TRIES - 1);
    assert_int_equal(sign_in("hurried-user", "first-password"), 401);
    assert_int_equal(sign_in("hurried-user", text("next-password-%d", winner)), 200);
}

static void test_reset_password(void **state)
{
    int64_t id = add_user("forgetful-user", "nurse");
    const char *token = signed_in("forgetful-user", "first-password");
    const char *path = text("/api/v1/users/%d/reset-password", (int)id);
    assert_int_equal(me(token), 200);
    assert_int_equal(ask("POST", path, ADMIN, "{\"new_password\":\"1234567\"}"), 422);
    assert_int_equal(ask("POST", path, ADMIN, "{\"new_password\":\"second-password\"}"), 204);
    assert_int_equal(me(token), 401);
    assert_int_equal(sign_in("forgetful-user", "first-password"), 401);
    assert_int_equal(sign_in("forgetful-user", "second-password"), 200);
}

static void test_last_administrator(void **state)
{
    me(ADMIN);
    int64_t id = number_in_answer("id");
    const char *role_path = text("/api/v1/users/%d/role", (int)id);
    assert_int_equal(ask("PATCH", role_path, ADMIN, "{\"role\":\"doctor\"}"), 409);
    assert_int_equal(set_status(id, "{\"is_active\":false}"), 409);
    assert_int_equal(set_status(id, "{\"is_locked\":true}"), 409);
    assert_int_equal(set_status(id, "{\"is_active\":true}"), 200);
    int64_t second = add_user("second-admin", "admin");
    const char *second_token = signed_in("second-admin", "first-password");
    assert_int_equal(ask("PATCH", text("/api/v1/users/%d/role", (int)second), second_token,
                         "{\"role\":\"doctor\"}"),
                     200);
    assert_int_equal(ask("GET", "/api/v1/users", second_token, NULL), 403);
    assert_int_equal(set_status(id, "{\"is_active\":false}"), 409);
}

static void test_super_administrators(void **state)
{
    const char *const add[] = {"user", "add", "root-user", "--role", "super_admin", NULL};
    int64_t nurse = add_user("ambitious-user", "nurse");
    const char *role_path = text("/api/v1/users/%d/role", (int)nurse);
    assert_int_equal(ask("PATCH", role_path, ADMIN, "{\"role\":\"super_admin\"}"), 403);
    assert_int_equal(ask("POST", "/api/v1/users", ADMIN,
                         "{\"email\":\"r@staff.example\",\"username\":\"r\",\"full_name\":\"r\","
                         "\"role\":\"super_admin\",\"password\":\"12345678\"}"),
                     403);
    assert_int_equal(clinic_command(add, "root-password\n"), 0);
    const char *root = signed_in("root-user", "root-password");
    me(root);
    int64_t root_id = number_in_answer("id");
    assert_int_equal(set_status(root_id, "{\"is_active\":false}"), 403);
    assert_int_equal(ask("POST", text("/api/v1/users/%d/reset-password", (int)root_id), ADMIN,
                         "{\"new_password\":\"taken-over\"}"),
                     403);
    assert_int_equal(ask("PATCH", role_path, root, "{\"role\":\"super_admin\"}"), 200);
}

static double metric(const char *name)
{
    ask("GET", "/metrics", "", NULL);
    const char *line = strstr(strbuf_cstr(&last.body), text("\n%s ", name));
    assert_non_null(line);
    return strtod(strchr(line + 1, ' '), NULL);
}

struct attempts {
    unsigned status[8];
    char bodies[8][256];
    bool retry_after[8];
    double hashes;
};

static void guess(const char *username, struct attempts *ret)
{
    double before = metric("keneyapp_login_hashes_total");
    for (size_t i = 0; i < COUNT_OF(ret->status); i++) {
        ret->status[i] = sign_in(username, text("guess number %zu", i));
        ret->retry_after[i] = has_header("\r\nRetry-After: ");
        snprintf(ret->bodies[i], sizeof(ret->bodies[i]), "%s", strbuf_cstr(&last.body));
    }
    ret->hashes = metric("keneyapp_login_hashes_total") - before;
}

/* Words, statuses and the number of hashes are the same for who exists, who does not, and who has
 * no password. */
static void test_nobody_learns_names(void **state)
{
    static const char *const OTHERS[] = {"no-such-user", "synthetic-doctor-1"};
    struct attempts real, other;
    add_user("guessed-user", "doctor");
    guess("guessed-user", &real);
    assert_int_equal(real.status[4], 401);
    assert_int_equal(real.status[5], 403);
    assert_true(real.retry_after[5]);
    for (size_t i = 0; i < COUNT_OF(OTHERS); i++) {
        guess(OTHERS[i], &other);
        assert_memory_equal(real.status, other.status, sizeof(real.status));
        assert_memory_equal(real.retry_after, other.retry_after, sizeof(real.retry_after));
        assert_true(real.hashes == other.hashes);
        for (size_t j = 0; j < COUNT_OF(real.bodies); j++)
            assert_string_equal(real.bodies[j], other.bodies[j]);
    }
}

/* Until the database has the lock too, which is written after the answer. */
static void await_lock(int64_t id)
{
    await(text("/api/v1/users/%d", (int)id), "\"is_locked\":true");
}

/* The lock holds for the right password, and an administrator can end it. Tokens go on. */
static void test_lock_out(void **state)
{
    int64_t id = add_user("lockout-user", "doctor");
    const char *token = signed_in("lockout-user", "first-password");
    struct attempts attempts;
    guess("lockout-user", &attempts);
    assert_int_equal(sign_in("lockout-user", "first-password"), 403);
    assert_int_equal(me(token), 200);
    await_lock(id);
    assert_int_equal(sign_in("lockout-user", "first-password"), 403);
    assert_int_equal(me(token), 200);
    assert_int_equal(set_status(id, "{\"is_locked\":false}"), 200);
    assert_int_equal(sign_in("lockout-user", "first-password"), 200);
}

/* Another process ends the lock: by a command that unlocks, or that gives a new password. */
static void test_unlocked_from_elsewhere(void **state)
{
    static const struct way {
        const char *const words[4];
        const char *input, *password;
    } WAYS[] = {
        {{"user", "unlock", "elsewhere-user", NULL}, "", "first-password"},
        {{"passwd", "elsewhere-user", NULL}, "second-password\n", "second-password"},
    };

    int64_t id = add_user("elsewhere-user", "doctor");
    for (size_t i = 0; i < COUNT_OF(WAYS); i++) {
        struct attempts attempts;
        guess("elsewhere-user", &attempts);
        await_lock(id);
        assert_int_equal(sign_in("elsewhere-user", WAYS[i].password), 403);
        assert_int_equal(clinic_command(WAYS[i].words, WAYS[i].input), 0);
        assert_int_equal(sign_in("elsewhere-user", WAYS[i].password), 200);
    }
}

/* Guessing the current password with a stolen token is no way around. */
static void test_lock_out_of_changes(void **state)
{
    add_user("stolen-token-user", "doctor");
    const char *token = signed_in("stolen-token-user", "first-password");
    unsigned statuses[7];
    for (size_t i = 0; i < COUNT_OF(statuses); i++)
        statuses[i] =
            ask("POST", "/api/v1/auth/change-password", token,
                text("{\"current_password\":\"guess %zu\",\"new_password\":\"12345678\"}", i));
    assert_int_equal(statuses[4], 400);
    assert_int_equal(statuses[5], 403);
    assert_int_equal(sign_in("stolen-token-user", "first-password"), 403);
}

static void test_ends_cleanly(void **state)
{
    assert_int_equal(clinic_server_stop(&clinic), 0);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_new_user),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_any_case),
        cmocka_unit_test(test_new_doctor_by_command),
        cmocka_unit_test(test_only_administrators),
        cmocka_unit_test(test_inactive_at_once),
        cmocka_unit_test(test_locked_at_once),
        cmocka_unit_test(test_role_at_once),
        cmocka_unit_test(test_own_password),
        cmocka_unit_test(test_own_password_at_once),
        cmocka_unit_test(test_reset_password),
        cmocka_unit_test(test_last_administrator),
        cmocka_unit_test(test_super_administrators),
        cmocka_unit_test(test_nobody_learns_names),
        cmocka_unit_test(test_lock_out),
        cmocka_unit_test(test_unlocked_from_elsewhere),
        cmocka_unit_test(test_lock_out_of_changes),
        cmocka_unit_test(test_ends_cleanly),
    };
    if (clinic_begin(argc, argv, (const char *const[]){NULL}) != 0)
        return 1;
    int failures = cmocka_run_group_tests(tests, NULL, NULL);
    clinic_answer_done(&last);
    return failures;
}
