/* SPDX-License-Identifier: Apache-2.0 */
#include <pthread.h>
#include <sodium.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/strbuf.h"
#include "keneyapp/cache/cache.h"
#include "keneyapp/model/entity.h"
#include "support/test.h"

#define TTL_NS        (30 * NSEC_PER_SEC)
#define PATIENTS      (1u << ENTITY_PATIENTS)
#define APPOINTMENTS  (1u << ENTITY_APPOINTMENTS)
#define PRESCRIPTIONS (1u << ENTITY_PRESCRIPTIONS)

static const char *const ROUTES[] = {"/api/v1/patients", "/api/v1/dashboard/stats"};

static struct virtual_clock virtual_time;

static struct cache *new_cache(bool without)
{
    struct cache_config config;
    struct error err = {0};
    cache_config_defaults(&config);
    virtual_clock_init(&virtual_time, NSEC_PER_SEC);
    config.clock = &virtual_time.clock;
    config.routes = ROUTES;
    config.route_count = COUNT_OF(ROUTES);
    config.without = without;
    struct cache *cache = cache_new(&config, &err);
    assert_non_null(cache);
    return cache;
}

static struct cache_request patients(void)
{
    return (struct cache_request){.tenant = 1,
                                  .role = "doctor",
                                  .path = SPAN("/api/v1/patients"),
                                  .query = SPAN("limit=20"),
                                  .entities = PATIENTS,
                                  .ttl_ns = TTL_NS};
}

static const struct cached_parts PARTS = {.body = SPAN("[1, 2]"),
                                          .gzip = SPAN("zip"),
                                          .brotli = SPAN("br"),
                                          .content_type = SPAN("application/json"),
                                          .etag = SPAN("\"12\"")};

static bool peek(struct cache *cache, const struct cache_request *request)
{
    struct cached *cached = cache_peek(cache, request);
    bool found = cached != NULL;
    cached_unref(&cached);
    return found;
}

static struct flight *lead(struct cache *cache, const struct cache_request *request)
{
    struct cached *cached;
    struct flight *flight;
    assert_int_equal(cache_begin(cache, request, &cached, &flight), CACHE_LEAD);
    assert_null(cached);
    return flight;
}

static void put(struct cache *cache, struct flight *flight)
{
    struct cached *cached = cache_put(cache, &flight, &PARTS);
    assert_null(flight);
    assert_non_null(cached);
    cached_unref(&cached);
}

static void test_an_answer_comes_back_whole(void **state)
{
    struct cache *cache = new_cache(false);
    struct cache_request request = patients();
    struct cached *cached;
    struct flight *flight;
    assert_false(peek(cache, &request));
    put(cache, lead(cache, &request));
    assert_int_equal(cache_begin(cache, &request, &cached, &flight), CACHE_HIT);
    assert_null(flight);
    assert_true(span_equal(cached->body, PARTS.body));
    assert_true(span_equal(cached->gzip, PARTS.gzip));
    assert_true(span_equal(cached->brotli, PARTS.brotli));
    assert_string_equal(cached->content_type.ptr, "application/json");
    assert_string_equal(cached->etag, "\"12\"");
    assert_true(cached->stale_ns == NSEC_PER_SEC + TTL_NS);
    struct cached *other = cached_ref(cached);
    cached_unref(&cached);
    cache_free(&cache);
    assert_true(span_equal(other->body, PARTS.body));
    cached_unref(&other);
}

static void test_only_the_same_question_has_the_same_answer(void **state)
{
    struct cache *cache = new_cache(false);
    struct cache_request asked = patients();
    put(cache, lead(cache, &asked));
    struct cache_request others[] = {asked, asked, asked, asked, asked, asked, asked};
    others[0].tenant = 2;
    others[1].role = "nurse";
    others[2].query = SPAN("limit=2");
    others[3].path = SPAN("/api/v1/patients/");
    others[4].route = 1;
    others[5].query = SPAN_EMPTY;
    others[6].path = SPAN("/api/v1/patients?limit=20"); /* the same letters, cut elsewhere */
    others[6].query = SPAN_EMPTY;
    for (size_t i = 0; i < COUNT_OF(others); i++)
        if (peek(cache, &others[i]))
            fail_msg("request %zu", i);
    assert_true(peek(cache, &asked));
    cache_free(&cache);
}

static void test_time_and_writes_end_an_answer(void **state)
{
    static const struct {
        const char *name;
        int64_t tenant;
        unsigned written;
        nsec_t later_ns;
        bool kept;
    } CASES[] = {
        {"nothing happened", 1, 0, 0, true},
        {"just before its end", 1, 0, TTL_NS - 1, true},
        {"its time is over", 1, 0, TTL_NS, false},
        {"a write to one of its entities", 1, APPOINTMENTS, 0, false},
        {"a write to the other, and to more", 1, PATIENTS | PRESCRIPTIONS, 0, false},
        {"a write to what it is not made of", 1, PRESCRIPTIONS, 0, true},
        {"a write of another tenant", 2, PATIENTS, 0, true},
    };

    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        struct cache *cache = new_cache(false);
        struct cache_request request = patients();
        request.entities = PATIENTS | APPOINTMENTS;
        put(cache, lead(cache, &request));
        cache_invalidate(cache, CASES[i].tenant, CASES[i].written);
        virtual_clock_advance(&virtual_time, CASES[i].later_ns);
        if (peek(cache, &request) != CASES[i].kept)
            fail_msg("%s", CASES[i].name);
        cache_free(&cache);
    }
}

static void test_what_was_read_before_a_write_is_not_kept(void **state)
{
    struct cache *cache = new_cache(false);
    struct cache_request request = patients();
    struct flight *old = lead(cache, &request); /* reads the database ... */
    cache_invalidate(cache, 1, PATIENTS);       /* ... which is then written to */
    struct flight *new = lead(cache, &request); /* does not wait for the old rows */
    put(cache, old);
    assert_false(peek(cache, &request));
    put(cache, new);
    assert_true(peek(cache, &request));
    cache_free(&cache);
}

static void test_old_rows_do_not_replace_new_ones(void **state)
{
    struct cache *cache = new_cache(false);
    struct cache_request request = patients();
    struct flight *old = lead(cache, &request);
    cache_invalidate(cache, 1, PATIENTS);
    put(cache, lead(cache, &request));
    put(cache, old);
    assert_true(peek(cache, &request));
    cache_free(&cache);
}

static void test_a_failure_is_not_kept(void **state)
{
    struct cache *cache = new_cache(false);
    struct cache_request request = patients();
    struct flight *flight = lead(cache, &request);
    cache_abandon(cache, &flight);
    assert_null(flight);
    flight = lead(cache, &request);
    cache_abandon(cache, &flight);
    cache_abandon(cache, &flight); /* nothing is under way: nothing happens */
    cache_free(&cache);
}

static void test_what_is_not_cached_still_gets_through(void **state)
{
    char long_query[CACHE_KEY_MAX_BYTES];
    memset(long_query, 'a', sizeof(long_query));
    struct cache_request requests[] = {patients(), patients(), patients(), patients()};
    requests[0].ttl_ns = 0;
    requests[1].query = span_of(long_query, sizeof(long_query));
    requests[2].query = span_of("a\0b", 3);
    for (size_t i = 0; i < COUNT_OF(requests); i++) {
        struct cache *cache = new_cache(i == COUNT_OF(requests) - 1);
        struct flight *flight = lead(cache, &requests[i]);
        assert_null(flight);
        cache_abandon(cache, &flight);
        struct cached *cached = cache_put(cache, &flight, &PARTS);
        assert_string_equal(cached->etag, "\"12\"");
        assert_string_equal(cached->body.ptr, "[1, 2]");
        cached_unref(&cached);
        assert_false(peek(cache, &requests[i]));
        cache_invalidate(cache, 1, PATIENTS);
        cache_free(&cache);
    }
}

static void test_too_small(void **state)
{
    struct cache_config config;
    struct error err = {0};
    cache_config_defaults(&config);
    config.bytes_max = 1000;
    assert_null(cache_new(&config, &err));
    assert_non_null(strstr(err.message, "--cache-bytes"));
}

static void test_render(void **state)
{
    static const char *const LINES[] = {
        "keneyapp_cache_hits_total{level=\"memory\",route=\"/api/v1/patients\"} 2\n",
        "keneyapp_cache_misses_total{level=\"memory\",route=\"/api/v1/patients\"} 1\n",
        "# TYPE keneyapp_cache_evictions_total counter\n",
        "keneyapp_cache_entries 1\n",
        "keneyapp_cache_bytes_max 67108864\n",
    };
    AUTO(strbuf_done) struct strbuf out = STRBUF_INIT(64 * 1024);
    struct cache *cache = new_cache(false);
    struct cache_request request = patients();
    put(cache, lead(cache, &request));
    assert_true(peek(cache, &request) && peek(cache, &request));
    cache_render(cache, &out);
    for (size_t i = 0; i < COUNT_OF(LINES); i++)
        if (!strstr(strbuf_cstr(&out), LINES[i]))
            fail_msg("no %s in %s", LINES[i], strbuf_cstr(&out));
    assert_null(strstr(strbuf_cstr(&out), "stats"));
    cache_free(&cache);
}

/* A counter that stands for the database: writers move it and invalidate before they say so,
 * readers may never see less than what was said before they began. */
struct clinic {
    struct cache *cache;
    atomic_int database, told, computed;
    atomic_bool failed;
};

static int read_through(struct clinic *clinic)
{
    struct cache_request request = patients();
    struct flight *flight = NULL;
    struct cached *cached = cache_peek(clinic->cache, &request);
    if (!cached && cache_begin(clinic->cache, &request, &cached, &flight) == CACHE_LEAD) {
        int row = atomic_load(&clinic->database);
        char text[16];
        struct cached_parts parts = {.body = span_of(text, (size_t)sprintf(text, "%d", row))};
        if (atomic_fetch_add(&clinic->computed, 1) % 16 == 7) {
            cache_abandon(clinic->cache, &flight);
            return row;
        }
        cached = cache_put(clinic->cache, &flight, &parts);
    }
    int seen = atoi(cached->body.ptr);
    cached_unref(&cached);
    return seen;
}

static void *write_often(void *context)
{
    struct clinic *clinic = context;
    for (int i = 0; i < 300; i++) {
        int row = atomic_fetch_add(&clinic->database, 1) + 1;
        cache_invalidate(clinic->cache, 1, PATIENTS);
        int told = atomic_load(&clinic->told);
        while (told < row && !atomic_compare_exchange_weak(&clinic->told, &told, row))
            ;
    }
    return NULL;
}

static void *read_often(void *context)
{
    struct clinic *clinic = context;
    for (int i = 0; i < 3000; i++) {
        int told = atomic_load(&clinic->told);
        if (read_through(clinic) < told)
            atomic_store(&clinic->failed, true);
    }
    return NULL;
}

static void test_nobody_sees_what_was_before_a_write_he_was_told_of(void **state)
{
    struct clinic clinic = {.cache = new_cache(false)};
    pthread_t threads[32];
    for (size_t i = 0; i < COUNT_OF(threads); i++)
        assert_int_equal(
            pthread_create(&threads[i], NULL, i < 2 ? write_often : read_often, &clinic), 0);
    for (size_t i = 0; i < COUNT_OF(threads); i++)
        pthread_join(threads[i], NULL);
    assert_false(atomic_load(&clinic.failed));
    assert_int_equal(read_through(&clinic), 600);
    cache_free(&clinic.cache);
}

static void *compute_once(void *context)
{
    struct clinic *clinic = context;
    assert_int_equal(read_through(clinic), 0);
    return NULL;
}

static void test_a_cold_key_is_computed_once(void **state)
{
    struct clinic clinic = {.cache = new_cache(false)};
    pthread_t threads[32];
    for (size_t i = 0; i < COUNT_OF(threads); i++)
        assert_int_equal(pthread_create(&threads[i], NULL, compute_once, &clinic), 0);
    for (size_t i = 0; i < COUNT_OF(threads); i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(atomic_load(&clinic.computed), 1);
    cache_free(&clinic.cache);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_answer_comes_back_whole),
        cmocka_unit_test(test_only_the_same_question_has_the_same_answer),
        cmocka_unit_test(test_time_and_writes_end_an_answer),
        cmocka_unit_test(test_what_was_read_before_a_write_is_not_kept),
        cmocka_unit_test(test_old_rows_do_not_replace_new_ones),
        cmocka_unit_test(test_a_failure_is_not_kept),
        cmocka_unit_test(test_what_is_not_cached_still_gets_through),
        cmocka_unit_test(test_too_small),
        cmocka_unit_test(test_render),
        cmocka_unit_test(test_nobody_sees_what_was_before_a_write_he_was_told_of),
        cmocka_unit_test(test_a_cold_key_is_computed_once),
    };
    return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
