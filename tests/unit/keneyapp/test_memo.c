/* SPDX-License-Identifier: Apache-2.0 */
#include <pthread.h>
#include <sodium.h>
#include <stdio.h>

#include "keneyapp/auth/memo.h"
#include "support/test.h"

static void put(struct memo *memo, const char *name, int value, nsec_t until_ns)
{
    struct memo_key key = memo_key(memo, span_cstr(name));
    memo_put(memo, key, memo_generation(memo, key), until_ns, &value);
}

/* The value, or -1. */
static int get(struct memo *memo, const char *name, nsec_t now_ns)
{
    int value;
    return memo_get(memo, memo_key(memo, span_cstr(name)), now_ns, &value) ? value : -1;
}

static void test_until_its_time(void **state)
{
    AUTO(memo_free) struct memo *memo = memo_new(100, sizeof(int));
    assert_int_equal(get(memo, "a", 0), -1);
    put(memo, "a", 1, 100);
    put(memo, "b", 2, 200);
    assert_int_equal(get(memo, "a", 99), 1);
    assert_int_equal(get(memo, "a", 100), -1);
    assert_int_equal(get(memo, "b", 100), 2);
    put(memo, "a", 3, 300);
    assert_int_equal(get(memo, "a", 100), 3);
    put(memo, "", 4, 300);
    assert_int_equal(get(memo, "", 100), 4);
}

/* A value of before the drop does not come in after it. */
static void test_drop(void **state)
{
    AUTO(memo_free) struct memo *memo = memo_new(100, sizeof(int));
    struct memo_key key = memo_key(memo, SPAN("a"));
    int old = 1;
    uint64_t generation = memo_generation(memo, key);
    memo_drop(memo, key);
    memo_put(memo, key, generation, 100, &old);
    assert_int_equal(get(memo, "a", 0), -1);
    put(memo, "a", 2, 100);
    assert_int_equal(get(memo, "a", 0), 2);
    memo_drop(memo, key);
    assert_int_equal(get(memo, "a", 0), -1);
}

/* However many come, the newest stay: they end last. */
static void test_bounded(void **state)
{
    enum {
        NAMES = 5000,
        ROOM = 256,
    };

    AUTO(memo_free) struct memo *memo = memo_new(ROOM, sizeof(int));
    char name[16];
    size_t kept = 0;
    for (int i = 0; i < NAMES; i++) {
        snprintf(name, sizeof(name), "name %d", i);
        put(memo, name, i, 1000 + i);
        assert_int_equal(get(memo, name, 0), i);
    }
    for (int i = 0; i < NAMES; i++) {
        snprintf(name, sizeof(name), "name %d", i);
        kept += get(memo, name, 0) == i;
    }
    assert_int_equal(kept, ROOM);
}

static nsec_t add(void *context, void *value)
{
    *(int *)value += *(int *)context;
    return 100;
}

static void test_change(void **state)
{
    AUTO(memo_free) struct memo *memo = memo_new(100, sizeof(int));
    struct memo_key key = memo_key(memo, SPAN("a"));
    int two = 2;
    memo_change(memo, key, 0, add, &two);
    memo_change(memo, key, 99, add, &two);
    assert_int_equal(get(memo, "a", 99), 4);
    memo_change(memo, key, 100, add, &two); /* its time is over: from zero again */
    assert_int_equal(get(memo, "a", 0), 2);
}

static void *work(void *context)
{
    struct memo *memo = context;
    struct memo_key key = memo_key(memo, SPAN("shared"));
    int one = 1;
    for (int i = 0; i < 10000; i++) {
        memo_change(memo, key, 0, add, &one);
        put(memo, "other", i, 100);
        get(memo, "other", 0);
    }
    return NULL;
}

static void test_threads(void **state)
{
    AUTO(memo_free) struct memo *memo = memo_new(100, sizeof(int));
    pthread_t threads[4];
    for (size_t i = 0; i < COUNT_OF(threads); i++)
        assert_int_equal(pthread_create(&threads[i], NULL, work, memo), 0);
    for (size_t i = 0; i < COUNT_OF(threads); i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    assert_int_equal(get(memo, "shared", 0), 40000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_until_its_time), cmocka_unit_test(test_drop),
        cmocka_unit_test(test_bounded),        cmocka_unit_test(test_change),
        cmocka_unit_test(test_threads),
    };
    return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
