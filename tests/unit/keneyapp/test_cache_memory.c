/* SPDX-License-Identifier: Apache-2.0 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "keneyapp/cache/counters.h"
#include "keneyapp/cache/key.h"
#include "keneyapp/cache/memory.h"
#include "support/test.h"

enum {
    LATER_NS = 1000,
    BODY_BYTES = 10 * 1000,
};

static const char *const ROUTES[] = {"/a", "/b"};

struct fixture {
    struct counters *counters;
    struct memory *memory;
};

static struct fixture fixture_new(size_t bytes, unsigned shards)
{
    struct fixture fixture = {.counters = counters_new(ROUTES, COUNT_OF(ROUTES))};
    fixture.memory = memory_new(bytes, shards, fixture.counters);
    return fixture;
}

static void fixture_done(struct fixture *fixture)
{
    memory_free(&fixture->memory);
    counters_free(&fixture->counters);
}

static struct cache_key key_of(const char *text, uint64_t hash)
{
    struct cache_key key = {.route = 1, .hash = hash, .len = strlen(text)};
    strcpy(key.text, text);
    return key;
}

static void put(struct fixture *fixture, const char *text, size_t body_bytes, uint64_t stamp)
{
    struct cache_key key = key_of(text, span_hash(span_cstr(text)));
    char *body = mem_new(body_bytes, 1);
    struct cached_parts parts = {.body = span_of(body, body_bytes), .etag = span_cstr(text)};
    struct entry *entry = entry_new(&key, &parts, stamp, LATER_NS);
    memory_put(fixture->memory, entry);
    entry_unref(&entry);
    free(body);
}

static bool has_at(struct fixture *fixture, const char *text, uint64_t stamp, nsec_t now_ns)
{
    struct cache_key key = key_of(text, span_hash(span_cstr(text)));
    struct entry *entry = memory_get(fixture->memory, &key, stamp, now_ns);
    if (entry)
        assert_string_equal(entry->cached.etag, text);
    bool found = entry != NULL;
    entry_unref(&entry);
    return found;
}

static bool has(struct fixture *fixture, const char *text)
{
    return has_at(fixture, text, 0, 0);
}

static void test_keeps_what_was_used_last(void **state)
{
    struct fixture fixture = fixture_new(4 * BODY_BYTES, 1);
    put(&fixture, "a", BODY_BYTES, 0);
    put(&fixture, "b", BODY_BYTES, 0);
    put(&fixture, "c", BODY_BYTES, 0);
    assert_true(has(&fixture, "a")); /* b is the oldest now */
    put(&fixture, "d", BODY_BYTES, 0);
    assert_false(has(&fixture, "b"));
    assert_true(has(&fixture, "a") && has(&fixture, "c") && has(&fixture, "d"));
    assert_int_equal(counters_get(fixture.counters, COUNTER_EVICTION, LEVEL_MEMORY, 1), 1);
    put(&fixture, "e", BODY_BYTES, 0);
    assert_false(has(&fixture, "a"));
    fixture_done(&fixture);
}

static void test_never_takes_more_than_its_bytes(void **state)
{
    enum {
        BYTES = 1024 * 1024,
        ENTRIES = 20 * 1000,
    };

    static const size_t BODIES[] = {0, 100, 5000, 60 * 1000};
    struct fixture fixture = fixture_new(BYTES, 4);
    struct memory_figures figures;
    for (int i = 0; i < ENTRIES; i++) {
        char text[16];
        snprintf(text, sizeof(text), "%d", i);
        put(&fixture, text, BODIES[i % COUNT_OF(BODIES)], 0);
        memory_figures(fixture.memory, &figures);
        assert_true(figures.bytes <= BYTES);
        assert_true(figures.bytes >= figures.entries * sizeof(struct entry));
    }
    assert_true(figures.entries > 10);
    memory_clear(fixture.memory);
    memory_figures(fixture.memory, &figures);
    assert_int_equal(figures.entries, 0);
    assert_int_equal(figures.bytes, 0);
    fixture_done(&fixture);
}

static void test_what_is_too_large_drives_nothing_out(void **state)
{
    struct fixture fixture = fixture_new(4 * BODY_BYTES, 1);
    put(&fixture, "small", BODY_BYTES, 0);
    put(&fixture, "large", 4 * BODY_BYTES, 0);
    assert_true(has(&fixture, "small"));
    assert_false(has(&fixture, "large"));
    assert_int_equal(counters_get(fixture.counters, COUNTER_EVICTION, LEVEL_MEMORY, 1), 1);
    put(&fixture, "small", 4 * BODY_BYTES, 1); /* takes the older one's place, which is none */
    assert_false(has(&fixture, "small"));
    fixture_done(&fixture);
}

static void test_times_and_stamps(void **state)
{
    static const struct {
        const char *name;
        uint64_t kept, asked;
        nsec_t now_ns;
        bool found;
    } CASES[] = {
        {"as it was put", 5, 5, 0, true},
        {"just before its end", 5, 5, LATER_NS - 1, true},
        {"at its end", 5, 5, LATER_NS, false},
        {"older than a write", 5, 6, 0, false},
        {"newer than who asks knows", 6, 5, 0, true},
    };

    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        struct fixture fixture = fixture_new(4 * BODY_BYTES, 1);
        struct memory_figures figures;
        put(&fixture, "key", 1, CASES[i].kept);
        if (has_at(&fixture, "key", CASES[i].asked, CASES[i].now_ns) != CASES[i].found)
            fail_msg("%s", CASES[i].name);
        memory_figures(fixture.memory, &figures); /* what is no longer true takes no room */
        assert_int_equal(figures.entries, CASES[i].found);
        assert_int_equal(counters_get(fixture.counters, COUNTER_EVICTION, LEVEL_MEMORY, 1), 0);
        fixture_done(&fixture);
    }
}

static void test_an_older_answer_never_replaces_a_newer(void **state)
{
    struct fixture fixture = fixture_new(4 * BODY_BYTES, 1);
    struct memory_figures figures;
    put(&fixture, "key", 1, 7);
    put(&fixture, "key", 1, 6);
    assert_true(has_at(&fixture, "key", 7, 0));
    put(&fixture, "key", 1, 8);
    assert_true(has_at(&fixture, "key", 8, 0));
    memory_figures(fixture.memory, &figures);
    assert_int_equal(figures.entries, 1);
    fixture_done(&fixture);
}

static void test_equal_hashes_do_not_mix_answers(void **state)
{
    static const char *const TEXTS[] = {"one", "two", "three", "on"};
    struct fixture fixture = fixture_new(1024 * 1024, 1);
    for (size_t i = 0; i < COUNT_OF(TEXTS); i++) {
        struct cache_key key = key_of(TEXTS[i], 42);
        struct entry *none = memory_get(fixture.memory, &key, 0, 0);
        assert_null(none);
        struct cached_parts parts = {.body = span_cstr(TEXTS[i])};
        struct entry *entry = entry_new(&key, &parts, 0, LATER_NS);
        memory_put(fixture.memory, entry);
        entry_unref(&entry);
    }
    for (size_t i = 0; i < COUNT_OF(TEXTS); i++) {
        struct cache_key key = key_of(TEXTS[i], 42);
        struct entry *entry = memory_get(fixture.memory, &key, 0, 0);
        assert_non_null(entry);
        assert_string_equal(entry->cached.body.ptr, TEXTS[i]);
        entry_unref(&entry);
    }
    fixture_done(&fixture);
}

static void test_answers_outlive_the_memory(void **state)
{
    struct fixture fixture = fixture_new(4 * BODY_BYTES, 1);
    put(&fixture, "key", BODY_BYTES, 0);
    struct cache_key key = key_of("key", span_hash(SPAN("key")));
    struct entry *entry = memory_get(fixture.memory, &key, 0, 0);
    assert_non_null(entry);
    fixture_done(&fixture);
    assert_int_equal(entry->cached.body.len, BODY_BYTES);
    assert_int_equal(entry->cached.body.ptr[BODY_BYTES - 1], 0);
    entry_unref(&entry);
}

/* Readers, writers and a clearer on few keys: for the sanitizers. */
static void *churn(void *context)
{
    struct fixture *fixture = context;
    for (int i = 0; i < 3000; i++) {
        char text[16];
        snprintf(text, sizeof(text), "%d", i % 37);
        if (!has_at(fixture, text, (uint64_t)i / 500, i % 7 * (LATER_NS / 6)))
            put(fixture, text, (size_t)(i % 5) * 1000, (uint64_t)i / 500);
        if (i % 1000 == 999)
            memory_clear(fixture->memory);
    }
    return NULL;
}

static void test_threads(void **state)
{
    struct fixture fixture = fixture_new(64 * 1024, 4);
    pthread_t threads[6];
    for (size_t i = 0; i < COUNT_OF(threads); i++)
        assert_int_equal(pthread_create(&threads[i], NULL, churn, &fixture), 0);
    for (size_t i = 0; i < COUNT_OF(threads); i++)
        pthread_join(threads[i], NULL);
    fixture_done(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keeps_what_was_used_last),
        cmocka_unit_test(test_never_takes_more_than_its_bytes),
        cmocka_unit_test(test_what_is_too_large_drives_nothing_out),
        cmocka_unit_test(test_times_and_stamps),
        cmocka_unit_test(test_an_older_answer_never_replaces_a_newer),
        cmocka_unit_test(test_equal_hashes_do_not_mix_answers),
        cmocka_unit_test(test_answers_outlive_the_memory),
        cmocka_unit_test(test_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
