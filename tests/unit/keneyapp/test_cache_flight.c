/* SPDX-License-Identifier: Apache-2.0 */
#include <pthread.h>
#include <sched.h>

#include "keneyapp/cache/flight.h"
#include "support/test.h"

enum {
    THREADS = 32,
};

static nsec_t soon(void)
{
    return clock_now(clock_monotonic()) + 60 * NSEC_PER_SEC;
}

static struct cache_key key_of(const char *text)
{
    struct cache_key key = {.hash = 7, .len = strlen(text)};
    strcpy(key.text, text);
    return key;
}

static struct entry *answer(const char *body)
{
    struct cached_parts parts = {.body = span_cstr(body)};
    return entry_new(NULL, &parts, 0, 0);
}

/* What one of several threads does, and what came of it. */
struct traveller {
    struct flights *flights;
    pthread_t thread;
    enum flight_role role;
    struct flight *flight;
    struct entry *entry;
};

static void *travel(void *context)
{
    struct traveller *traveller = context;
    struct cache_key key = key_of("key");
    traveller->role =
        flights_join(traveller->flights, &key, 1, soon(), &traveller->flight, &traveller->entry);
    return NULL;
}

static void start(struct traveller *travellers, size_t count, struct flights *flights)
{
    for (size_t i = 0; i < count; i++) {
        travellers[i] = (struct traveller){.flights = flights};
        assert_int_equal(pthread_create(&travellers[i].thread, NULL, travel, &travellers[i]), 0);
    }
}

static struct flight *lead(struct flights *flights, const char *text, uint64_t stamp)
{
    struct cache_key key = key_of(text);
    struct flight *flight = NULL;
    struct entry *entry = NULL;
    assert_int_equal(flights_join(flights, &key, stamp, soon(), &flight, &entry), FLIGHT_LEAD);
    assert_null(entry);
    return flight;
}

static void wait_for_followers(const struct flight *flight, unsigned count)
{
    while (flight_followers(flight) < count)
        sched_yield();
}

static void test_everyone_gets_the_leaders_answer(void **state)
{
    struct traveller travellers[THREADS - 1];
    struct flights *flights = flights_new();
    struct flight *flight = lead(flights, "key", 1);
    start(travellers, COUNT_OF(travellers), flights);
    wait_for_followers(flight, COUNT_OF(travellers));
    struct entry *entry = answer("body");
    flight_land(flight, entry);
    flight_free(&flight);
    assert_null(flight);
    for (size_t i = 0; i < COUNT_OF(travellers); i++) {
        pthread_join(travellers[i].thread, NULL);
        assert_int_equal(travellers[i].role, FLIGHT_FOLLOWED);
        assert_ptr_equal(travellers[i].entry, entry);
        entry_unref(&travellers[i].entry);
    }
    assert_int_equal(entry->references, 1);
    entry_unref(&entry);
    flights_free(&flights);
}

static void test_a_leader_that_gives_up_is_told(void **state)
{
    struct traveller travellers[3];
    struct flights *flights = flights_new();
    struct flight *flight = lead(flights, "key", 1);
    start(travellers, COUNT_OF(travellers), flights);
    wait_for_followers(flight, COUNT_OF(travellers));
    flight_free(&flight);
    for (size_t i = 0; i < COUNT_OF(travellers); i++) {
        pthread_join(travellers[i].thread, NULL);
        assert_int_equal(travellers[i].role, FLIGHT_GIVEN_UP);
        assert_null(travellers[i].entry);
    }
    flight = lead(flights, "key", 1); /* the way is free */
    flight_free(&flight);
    flights_free(&flights);
}

static void test_only_the_same_key_and_stamp_is_followed(void **state)
{
    struct flights *flights = flights_new();
    struct flight *first = lead(flights, "key", 1);
    struct flight *other_key = lead(flights, "kez", 1); /* of one hash */
    struct flight *after_a_write = lead(flights, "key", 2);
    flight_free(&first);
    flight_free(&other_key);
    flight_free(&after_a_write);
    flights_free(&flights);
}

static void test_waiting_ends(void **state)
{
    struct flights *flights = flights_new();
    struct flight *flight = lead(flights, "key", 1), *none = NULL;
    struct cache_key key = key_of("key");
    struct entry *entry = NULL;
    assert_int_equal(flights_join(flights, &key, 1, 0, &none, &entry), FLIGHT_LATE);
    assert_null(none);
    assert_int_equal(flight_followers(flight), 0);
    struct flight *alone = flight_alone(flights, &key, 1);
    flight_free(&alone);
    flight_free(&flight);
    flights_free(&flights);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_everyone_gets_the_leaders_answer),
        cmocka_unit_test(test_a_leader_that_gives_up_is_told),
        cmocka_unit_test(test_only_the_same_key_and_stamp_is_followed),
        cmocka_unit_test(test_waiting_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
