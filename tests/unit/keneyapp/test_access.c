/* SPDX-License-Identifier: Apache-2.0
 *
 * Who is asking, from memory and from a store that has one user and counts how often it is asked.
 */
#include <sodium.h>
#include <stdio.h>

#include "keneyapp/app.h"
#include "keneyapp/auth/access.h"
#include "keneyapp/auth/token_keys.h"
#include "keneyapp/auth/users_cache.h"
#include "support/test.h"

#define LIFE_NS (3600 * NSEC_PER_SEC)

static struct {
    struct store_user user;
    enum store_result result;
    unsigned reads;
    bool changes_meanwhile; /* somebody drops the user while the row is on its way */
    struct users_cache *cache;
} store;

static enum store_result read_user(struct session *session, struct span username,
                                   struct store_user *ret_user)
{
    store.reads++;
    if (store.result != STORE_OK)
        return store.result;
    if (!span_equal(username, span_cstr(store.user.username)))
        return STORE_NOT_FOUND;
    *ret_user = store.user;
    if (store.changes_meanwhile)
        users_cache_drop(store.cache, username);
    return STORE_OK;
}

static const struct store_ops OPS = {.user_by_name = read_user};
static struct store fake_store = {.ops = &OPS};
static struct session session = {.store = &fake_store};
static struct virtual_clock virtual_time;
static nsec_t wall_ns;
static struct token_keys keys;
static struct app app;
static struct strbuf authorization = {.max = 4096};

static nsec_t wall(void)
{
    return wall_ns;
}

/* A user with a token, in `authorization`; nothing is remembered. */
static int set_up(void **state)
{
    struct error err = {0};
    virtual_clock_init(&virtual_time, NSEC_PER_SEC);
    wall_ns = INT64_C(1800000000) * NSEC_PER_SEC;
    store.user = (struct store_user){.id = 7,
                                     .username = "testuser",
                                     .hashed_password = "$argon2id$one",
                                     .role = "doctor",
                                     .is_active = true};
    store.result = STORE_OK;
    store.reads = 0;
    store.changes_meanwhile = false;
    store.cache = users_cache_new(&virtual_time.clock);
    app = (struct app){
        .users = store.cache, .token_keys = &keys, .wall = wall, .clock = &virtual_time.clock};
    strbuf_reset(&authorization);
    strbuf_adds(&authorization, "Bearer ");
    if (token_keys_read(&keys, SPAN("a key that only this test knows, 1"), &err) != 0)
        return -1;
    access_token(&authorization, &keys, &store.user, wall_ns, LIFE_NS);
    return 0;
}

static int tear_down(void **state)
{
    users_cache_free(&store.cache);
    strbuf_done(&authorization);
    return 0;
}

static enum access peek(void)
{
    struct store_user user;
    const char *why;
    return access_peek(&app, strbuf_span(&authorization), &user, &why);
}

/* The status of the refusal, 0 when there is none. */
static unsigned check(void)
{
    struct request request = {.authorization = strbuf_span(&authorization)};
    struct response response = {.body = STRBUF_INIT(256)};
    struct call call = {.app = &app, .session = &session};
    bool known = access_check(&request, &response, &call);
    unsigned status = response.status;
    strbuf_done(&response.body);
    assert_true(!known || call.user.id == 7);
    return known ? 0 : status;
}

static void test_memory_of_two_seconds(void **state)
{
    assert_int_equal(peek(), ACCESS_UNKNOWN);
    assert_int_equal(check(), 0);
    assert_int_equal(peek(), ACCESS_KNOWN);
    assert_int_equal(check(), 0);
    assert_int_equal(store.reads, 1);
    virtual_clock_advance(&virtual_time, USERS_CACHE_AGE_NS);
    assert_int_equal(peek(), ACCESS_UNKNOWN);
    assert_int_equal(check(), 0);
    assert_int_equal(store.reads, 2);
}

static void deactivate(void)
{
    store.user.is_active = false;
}

static void lock(void)
{
    store.user.is_locked = true;
}

static void change_password(void)
{
    snprintf(store.user.hashed_password, sizeof(store.user.hashed_password), "$argon2id$two");
}

static void rename_user(void)
{
    snprintf(store.user.username, sizeof(store.user.username), "somebody-else");
}

static const struct change_case {
    const char *name;
    void (*change)(void);
} CHANGES[] = {
    {"deactivated", deactivate},
    {"locked", lock},
    {"password changed", change_password},
    {"gone", rename_user},
};

/* What this process changes counts for the next request. */
static void test_own_changes_count_at_once(void **state)
{
    for (size_t i = 0; i < COUNT_OF(CHANGES); i++) {
        print_message("%s\n", CHANGES[i].name);
        assert_int_equal(set_up(state), 0);
        assert_int_equal(check(), 0);
        CHANGES[i].change();
        users_cache_drop(app.users, SPAN("testuser"));
        assert_int_equal(peek(), ACCESS_UNKNOWN);
        assert_int_equal(check(), 401);
        assert_int_equal(peek(), ACCESS_UNKNOWN);
        users_cache_free(&store.cache);
    }
    assert_int_equal(set_up(state), 0);
}

/* What others change counts after two seconds at most. */
static void test_changes_of_others(void **state)
{
    for (size_t i = 0; i < COUNT_OF(CHANGES); i++) {
        print_message("%s\n", CHANGES[i].name);
        assert_int_equal(set_up(state), 0);
        assert_int_equal(check(), 0);
        CHANGES[i].change();
        virtual_clock_advance(&virtual_time, USERS_CACHE_AGE_NS - 1);
        assert_int_equal(check(), 0);
        virtual_clock_advance(&virtual_time, 1);
        assert_int_equal(check(), 401);
        users_cache_free(&store.cache);
    }
    assert_int_equal(set_up(state), 0);
}

static void test_role_of_now(void **state)
{
    struct store_user user;
    const char *why;
    assert_int_equal(check(), 0);
    snprintf(store.user.role, sizeof(store.user.role), "nurse");
    users_cache_drop(app.users, SPAN("testuser"));
    assert_int_equal(check(), 0);
    assert_int_equal(access_peek(&app, strbuf_span(&authorization), &user, &why), ACCESS_KNOWN);
    assert_string_equal(user.role, "nurse");
}

/* Somebody else changed the password and the user signed in there: the remembered row says no, the
 * database yes. */
static void test_memory_never_refuses(void **state)
{
    assert_int_equal(check(), 0);
    change_password();
    strbuf_reset(&authorization);
    strbuf_adds(&authorization, "Bearer ");
    access_token(&authorization, &keys, &store.user, wall_ns, LIFE_NS);
    assert_int_equal(peek(), ACCESS_UNKNOWN);
    assert_int_equal(check(), 0);
    assert_int_equal(peek(), ACCESS_KNOWN);
}

/* A row that was read before a change does not come back after it. */
static void test_change_while_reading(void **state)
{
    store.changes_meanwhile = true;
    assert_int_equal(check(), 0);
    assert_int_equal(peek(), ACCESS_UNKNOWN);
}

static void test_expiry_of_a_known_token(void **state)
{
    assert_int_equal(check(), 0);
    wall_ns += LIFE_NS - NSEC_PER_SEC;
    assert_int_equal(peek(), ACCESS_KNOWN);
    wall_ns += NSEC_PER_SEC;
    assert_int_equal(peek(), ACCESS_REFUSED);
    assert_int_equal(check(), 401);
}

static void test_store_problems(void **state)
{
    store.result = STORE_FAILED;
    assert_int_equal(check(), 500);
    assert_int_equal(peek(), ACCESS_UNKNOWN);
}

static void test_refused(void **state)
{
    static const char *const HEADERS[] = {"",
                                          "Bearer",
                                          "Bearer ",
                                          "Basic YTpi",
                                          "bearer x",
                                          "Bearer a.b.c",
                                          "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJ0ZXN0dXNlciJ9."};
    struct store_user user;
    const char *why = NULL;
    for (size_t i = 0; i < COUNT_OF(HEADERS); i++) {
        assert_int_equal(access_peek(&app, span_cstr(HEADERS[i]), &user, &why), ACCESS_REFUSED);
        assert_non_null(why);
    }
    assert_int_equal(access_peek(&app, SPAN_EMPTY, &user, &why), ACCESS_REFUSED);
    assert_int_equal(store.reads, 0);
    authorization.ptr[authorization.len - 1] ^= 4;
    assert_int_equal(check(), 401);
    assert_int_equal(store.reads, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_memory_of_two_seconds, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_own_changes_count_at_once, NULL, tear_down),
        cmocka_unit_test_setup_teardown(test_changes_of_others, NULL, tear_down),
        cmocka_unit_test_setup_teardown(test_role_of_now, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_memory_never_refuses, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_change_while_reading, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_expiry_of_a_known_token, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_store_problems, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_refused, set_up, tear_down),
    };
    return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
