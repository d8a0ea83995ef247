/* SPDX-License-Identifier: Apache-2.0
 *
 * Two caches, as two processes of a clinic have them, and a real Redis between them that goes away
 * in every way it can. Nothing here depends on how long something takes: what is waited for comes,
 * or the test ends after PATIENCE_S.
 */
#include <hiredis/hiredis.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sodium.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/strbuf.h"
#include "keneyapp/auth/vault.h"
#include "keneyapp/cache/cache.h"
#include "keneyapp/model/entity.h"
#include "support/redis.h"
#include "support/test.h"

#define TTL_NS   (600 * NSEC_PER_SEC)
#define PATIENTS (1u << ENTITY_PATIENTS)
#define KEY      "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define SECRET   "Fatou Diallo"

enum {
    PATIENCE_S = 30,
    NOT_INSTALLED = 77,
};

static const char *const ROUTES[] = {"/api/v1/patients"};

static struct redis_server *server;
static struct vault *vault;

/* What was said last about Redis. */
static struct {
    pthread_mutex_t mutex;
    char sentence[512];
} said = {.mutex = PTHREAD_MUTEX_INITIALIZER};

static void on_redis(void *context, bool up, const char *sentence)
{
    pthread_mutex_lock(&said.mutex);
    snprintf(said.sentence, sizeof(said.sentence), "%s", sentence);
    pthread_mutex_unlock(&said.mutex);
}

static bool was_said(const char *words)
{
    pthread_mutex_lock(&said.mutex);
    bool found = strstr(said.sentence, words) != NULL;
    pthread_mutex_unlock(&said.mutex);
    return found;
}

static struct cache *cache_at(const char *url)
{
    struct cache_config config;
    struct error err = {0};
    cache_config_defaults(&config);
    config.routes = ROUTES;
    config.route_count = COUNT_OF(ROUTES);
    config.redis_url = url;
    config.redis_wait_ms = 2000; /* a busy machine is no Redis that hangs */
    config.vault = vault;
    config.on_redis = on_redis;
    struct cache *cache = cache_new(&config, &err);
    if (!cache)
        fail_msg("%s", err.message);
    return cache;
}

static long long figure(struct cache *cache, const char *name)
{
    AUTO(strbuf_done) struct strbuf out = STRBUF_INIT(64 * 1024);
    char line[128];
    snprintf(line, sizeof(line), "\n%s ", name);
    cache_render(cache, &out);
    const char *at = strstr(strbuf_cstr(&out), line);
    if (!at)
        fail_msg("no %s in %s", name, strbuf_cstr(&out));
    return atoll(at + strlen(line));
}

static void wait_for(struct cache *cache, const char *name, long long value)
{
    nsec_t end_ns = clock_now(clock_monotonic()) + PATIENCE_S * NSEC_PER_SEC;
    while (figure(cache, name) != value) {
        if (clock_now(clock_monotonic()) > end_ns)
            fail_msg("%s is not %lld but %lld", name, value, figure(cache, name));
        poll(NULL, 0, 1);
    }
}

static void wait_until_trusted(struct cache *cache)
{
    wait_for(cache, "keneyapp_cache_redis_up", 1);
    wait_for(cache, "keneyapp_cache_memory_trusted", 1);
}

static struct cache_request question(int64_t tenant)
{
    return (struct cache_request){.tenant = tenant,
                                  .role = "doctor",
                                  .path = SPAN("/api/v1/patients"),
                                  .query = SPAN("search=" SECRET),
                                  .entities = PATIENTS,
                                  .ttl_ns = TTL_NS};
}

/* The answer's number; or -1: it has to be computed, and nobody does. */
static int ask(struct cache *cache, int64_t tenant)
{
    struct cache_request request = question(tenant);
    struct cached *cached;
    struct flight *flight;
    if (cache_begin(cache, &request, &cached, &flight) == CACHE_LEAD) {
        cache_abandon(cache, &flight);
        return -1;
    }
    int number = atoi(cached->body.ptr);
    cached_unref(&cached);
    return number;
}

static void answer(struct cache *cache, int64_t tenant, int number)
{
    struct cache_request request = question(tenant);
    struct cached *cached;
    struct flight *flight;
    char body[64];
    snprintf(body, sizeof(body), "%d " SECRET, number);
    struct cached_parts parts = {
        .body = span_cstr(body), .content_type = SPAN("application/json"), .etag = SPAN("\"e\"")};
    assert_int_equal(cache_begin(cache, &request, &cached, &flight), CACHE_LEAD);
    cached = cache_put(cache, &flight, &parts);
    cached_unref(&cached);
}

static void publish(const char *news)
{
    redisContext *context = redisConnectUnix(redis_server_socket(server));
    freeReplyObject(redisCommand(context, "PUBLISH keneyapp:news %s", news));
    redisFree(context);
}

/* Until the cache has heard of all that was published before. */
static void wait_for_news(struct cache *cache)
{
    enum {
        NOBODY = 999,
    };
    struct cache_request request = question(NOBODY);
    struct cached *cached;
    cache_invalidate(cache, NOBODY, PATIENTS); /* the other one left an answer there */
    answer(cache, NOBODY, 1);
    publish("test 999 2");
    while ((cached = cache_peek(cache, &request)))
        cached_unref(&cached);
}

/* Two that have seen each other come: nothing is dropped any more. */
struct pair {
    struct cache *a, *b;
};

static struct pair pair_new(void)
{
    struct pair pair = {.a = cache_at(redis_server_url(server))};
    wait_until_trusted(pair.a);
    pair.b = cache_at(redis_server_url(server));
    wait_until_trusted(pair.b);
    wait_for_news(pair.a);
    return pair;
}

static void pair_done(struct pair *pair)
{
    cache_free(&pair->a);
    cache_free(&pair->b);
}

static void test_what_one_computed_the_other_finds(void **state)
{
    struct pair pair = pair_new();
    answer(pair.a, 1, 42);
    struct cache_request request = question(1);
    struct cached *cached;
    struct flight *flight;
    assert_int_equal(cache_begin(pair.b, &request, &cached, &flight), CACHE_HIT);
    assert_string_equal(cached->body.ptr, "42 " SECRET);
    assert_string_equal(cached->content_type.ptr, "application/json");
    assert_string_equal(cached->etag, "\"e\"");
    assert_int_equal(cached->gzip.len, 0);
    assert_true(cached->stale_ns <= clock_now(clock_monotonic()) + TTL_NS);
    cached_unref(&cached);
    assert_int_equal(ask(pair.b, 2), -1);
    pair_done(&pair);
}

static void test_a_write_of_one_ends_the_answers_of_the_other(void **state)
{
    struct pair pair = pair_new();
    struct cache_request request = question(3);
    answer(pair.a, 3, 1);
    assert_int_equal(ask(pair.b, 3), 1); /* it is in b's memory now */
    cache_invalidate(pair.a, 3, PATIENTS);
    assert_int_equal(ask(pair.a, 3), -1);
    struct cached *cached;
    while ((cached = cache_peek(pair.b, &request))) /* until the news is there */
        cached_unref(&cached);
    for (int i = 0; i < 100; i++)
        assert_int_equal(ask(pair.b, 3), -1);
    answer(pair.b, 3, 2);
    assert_int_equal(ask(pair.a, 3), 2);
    pair_done(&pair);
}

/* What b never had in its memory is as new as Redis says, without waiting for news. */
static void test_redis_itself_is_never_late(void **state)
{
    struct pair pair = pair_new();
    for (int64_t tenant = 100; tenant < 200; tenant++) {
        answer(pair.a, tenant, 1);
        cache_invalidate(pair.a, tenant, PATIENTS);
        assert_int_equal(ask(pair.b, tenant), -1);
    }
    pair_done(&pair);
}

static void test_what_was_read_before_a_write_does_not_get_there(void **state)
{
    struct pair pair = pair_new();
    struct cache_request request = question(4);
    struct cached *cached;
    struct flight *flight;
    struct cached_parts old = {.body = SPAN("1")};
    assert_int_equal(cache_begin(pair.b, &request, &cached, &flight), CACHE_LEAD);
    cache_invalidate(pair.a, 4, PATIENTS);
    cached = cache_put(pair.b, &flight, &old);
    cached_unref(&cached);
    assert_int_equal(ask(pair.a, 4), -1);
    pair_done(&pair);
}

/* All that is in Redis, names and values. */
static void read_all(struct strbuf *out)
{
    redisContext *context = redisConnectUnix(redis_server_socket(server));
    redisReply *keys = redisCommand(context, "KEYS *");
    assert_true(keys->elements > 1);
    for (size_t i = 0; i < keys->elements; i++) {
        strbuf_add(out, keys->element[i]->str, keys->element[i]->len);
        redisReply *value = redisCommand(context, "GET %s", keys->element[i]->str);
        if (value->type == REDIS_REPLY_STRING)
            strbuf_add(out, value->str, value->len);
        freeReplyObject(value);
    }
    freeReplyObject(keys);
    redisFree(context);
}

static void test_redis_sees_neither_questions_nor_answers(void **state)
{
    AUTO(strbuf_done) struct strbuf all = STRBUF_INIT(16 * 1024 * 1024);
    struct pair pair = pair_new();
    answer(pair.a, 5, 1);
    read_all(&all);
    assert_null(memmem(all.ptr, all.len, "Fatou", 5));
    assert_null(memmem(all.ptr, all.len, "Diallo", 6));
    assert_null(memmem(all.ptr, all.len, "search", 6));
    pair_done(&pair);
}

/* Replaces every answer in Redis. */
static void spoil(const char *command)
{
    redisContext *context = redisConnectUnix(redis_server_socket(server));
    redisReply *keys = redisCommand(context, "KEYS keneyapp:answer:*");
    for (size_t i = 0; i < keys->elements; i++)
        freeReplyObject(redisCommand(context, command, keys->element[i]->str));
    freeReplyObject(keys);
    redisFree(context);
}

static void test_garbage_is_as_good_as_nothing(void **state)
{
    static const struct {
        const char *name, *command;
    } CASES[] = {
        {"short", "SET %s x PX 60000"},
        {"long", "SET %s 0123456789012345678901234567890123456789012345678901234567890 PX 60000"},
        {"one byte changed", "SETRANGE %s 30 x"},
        {"more behind it", "APPEND %s x"},
        {"without an end", "PERSIST %s"},
        {"gone", "DEL %s"},
    };

    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        redis_server_do(server, "FLUSHALL");
        struct pair pair = pair_new();
        answer(pair.a, 6, 1);
        spoil(CASES[i].command);
        if (ask(pair.b, 6) != -1)
            fail_msg("%s", CASES[i].name);
        answer(pair.b, 7, 2);
        assert_int_equal(ask(pair.a, 7), 2);
        pair_done(&pair);
    }
}

static void test_another_type_under_our_names(void **state)
{
    redis_server_do(server, "FLUSHALL");
    struct pair pair = pair_new();
    answer(pair.a, 6, 1);
    spoil("DEL %s");
    spoil("SET unused %s");
    redis_server_do(server, "DEL keneyapp:generations");
    redis_server_do(server, "SET keneyapp:generations x");
    assert_int_equal(ask(pair.b, 6), -1);
    wait_for(pair.b, "keneyapp_cache_redis_connects_total", 2);
    wait_until_trusted(pair.b);
    answer(pair.b, 6, 2);
    assert_int_equal(ask(pair.b, 6), 2);
    pair_done(&pair);
}

static void test_values_cannot_change_places(void **state)
{
    redis_server_do(server, "FLUSHALL");
    struct pair pair = pair_new();
    spoil("DEL %s"); /* what pair_new() left */
    answer(pair.a, 8, 1);
    redisContext *context = redisConnectUnix(redis_server_socket(server));
    redisReply *first = redisCommand(context, "KEYS keneyapp:answer:*");
    redisReply *value = redisCommand(context, "GET %s", first->element[0]->str);
    answer(pair.a, 9, 2);
    redisReply *both = redisCommand(context, "KEYS keneyapp:answer:*");
    for (size_t i = 0; i < both->elements; i++)
        freeReplyObject(redisCommand(context, "SET %s %b PX 60000", both->element[i]->str,
                                     value->str, value->len));
    assert_int_equal(ask(pair.b, 9), -1);
    assert_int_equal(figure(pair.b, "keneyapp_cache_redis_unreadable_total"), 1);
    assert_int_equal(ask(pair.b, 8), 1);
    freeReplyObject(first);
    freeReplyObject(value);
    freeReplyObject(both);
    redisFree(context);
    pair_done(&pair);
}

static void test_flushall(void **state)
{
    struct pair pair = pair_new();
    answer(pair.a, 10, 1);
    redis_server_do(server, "FLUSHALL");
    cache_invalidate(pair.a, 10, PATIENTS); /* makes the generations, without an epoch */
    assert_int_equal(ask(pair.b, 10), -1);  /* sees that */
    wait_for(pair.b, "keneyapp_cache_redis_connects_total", 2);
    wait_until_trusted(pair.b);
    answer(pair.b, 10, 2);
    assert_int_equal(ask(pair.b, 10), 2);
    pair_done(&pair);
}

/* What Redis had saved is from before a write that it was told of. */
static void test_an_old_snapshot_is_not_believed(void **state)
{
    struct pair pair = pair_new();
    answer(pair.a, 11, 1);
    redis_server_do(server, "SAVE");
    cache_invalidate(pair.a, 11, PATIENTS);
    redis_server_kill(server);
    redis_server_start(server);
    assert_int_equal(redis_server_do(server, "EXISTS keneyapp:generations"), 1);
    wait_for(pair.b, "keneyapp_cache_redis_connects_total", 2);
    wait_until_trusted(pair.b);
    assert_int_equal(ask(pair.b, 11), -1);
    pair_done(&pair);
}

static void test_a_write_while_redis_is_away(void **state)
{
    struct pair pair = pair_new();
    answer(pair.a, 12, 1);
    assert_int_equal(ask(pair.b, 12), 1);
    redis_server_do(server, "SAVE");
    redis_server_kill(server);
    wait_for(pair.a, "keneyapp_cache_memory_trusted", 0);
    wait_for(pair.b, "keneyapp_cache_memory_trusted", 0);
    assert_true(was_said("Redis is away"));
    cache_invalidate(pair.a, 12, PATIENTS);
    assert_int_equal(ask(pair.a, 12), -1);
    assert_int_equal(ask(pair.b, 12), -1); /* memory is not used */
    redis_server_start(server);
    wait_until_trusted(pair.a);
    wait_until_trusted(pair.b);
    assert_true(was_said("Redis is there"));
    assert_int_equal(ask(pair.a, 12), -1);
    assert_int_equal(ask(pair.b, 12), -1);
    pair_done(&pair);
}

/* The first who asks finds out; nobody after him waits. */
static void test_a_redis_that_hangs(void **state)
{
    struct pair pair = pair_new();
    answer(pair.a, 13, 1);
    redis_server_hang(server, true);
    for (int i = 0; i < 1000; i++)
        assert_int_equal(ask(pair.b, 1000 + i), -1);
    cache_invalidate(pair.b, 13, PATIENTS);
    cache_invalidate(pair.b, 13, PATIENTS);
    assert_int_equal(figure(pair.b, "keneyapp_cache_redis_up"), 0);
    wait_for(pair.b, "keneyapp_cache_redis_failures_total", 1);
    redis_server_hang(server, false);
    wait_until_trusted(pair.b);
    assert_int_equal(ask(pair.b, 13), -1);
    pair_done(&pair);
}

/* A Redis that is full takes no answers; and when it takes no news of writes, it is not used. */
static void test_a_redis_that_is_full(void **state)
{
    struct pair pair = pair_new();
    redis_server_do(server, "CONFIG SET maxmemory 1");
    answer(pair.a, 14, 1);
    assert_int_equal(ask(pair.a, 14), 1);
    assert_int_equal(figure(pair.a, "keneyapp_cache_redis_refused_total"), 1);
    assert_int_equal(figure(pair.a, "keneyapp_cache_redis_up"), 1);
    cache_invalidate(pair.a, 14, PATIENTS);
    assert_int_equal(figure(pair.a, "keneyapp_cache_redis_up"), 0);
    assert_int_equal(ask(pair.a, 14), -1);
    redis_server_do(server, "CONFIG SET maxmemory 0");
    wait_until_trusted(pair.a);
    wait_until_trusted(pair.b);
    assert_int_equal(ask(pair.b, 14), -1);
    pair_done(&pair);
}

static void wait_for_connects(struct pair *pair, int connects)
{
    wait_for(pair->a, "keneyapp_cache_redis_connects_total", connects);
    wait_for(pair->b, "keneyapp_cache_redis_connects_total", connects);
    wait_until_trusted(pair->a);
    wait_until_trusted(pair->b);
}

/* Who connects anew begins an epoch, which ends the other's answers too: both have to be there. */
static void test_connections_that_are_cut(void **state)
{
    struct pair pair = pair_new();
    answer(pair.a, 15, 1);
    redis_server_do(server, "CLIENT KILL TYPE normal");
    cache_invalidate(pair.a, 15, PATIENTS); /* on a connection that is gone */
    assert_int_equal(ask(pair.b, 15), -1);  /* as is b's */
    wait_for_connects(&pair, 2);
    redis_server_do(server, "CLIENT KILL TYPE pubsub");
    wait_for_connects(&pair, 3);
    answer(pair.a, 15, 2);
    assert_int_equal(ask(pair.a, 15), 2);
    assert_int_equal(ask(pair.b, 15), 2);
    pair_done(&pair);
}

/* Ends the connection that brings the news to the cache that came last. */
static void cut_last_news(void)
{
    redisContext *context = redisConnectUnix(redis_server_socket(server));
    redisReply *clients = redisCommand(context, "CLIENT LIST TYPE pubsub");
    long long last = 0;
    for (const char *at = clients->str; (at = strstr(at, "id=")); at++)
        if (at == clients->str || at[-1] == '\n')
            last = MAX_OF(last, atoll(at + 3));
    freeReplyObject(clients);
    freeReplyObject(redisCommand(context, "CLIENT KILL ID %lld", last));
    redisFree(context);
}

static void test_news_that_was_missed(void **state)
{
    struct pair pair = pair_new();
    answer(pair.a, 18, 1);
    assert_int_equal(ask(pair.b, 18), 1);
    cut_last_news();
    cache_invalidate(pair.a, 18, PATIENTS);
    wait_for(pair.b, "keneyapp_cache_redis_connects_total", 2);
    wait_until_trusted(pair.b);
    assert_int_equal(ask(pair.b, 18), -1);
    pair_done(&pair);
}

static void test_passwords(void **state)
{
    static const struct {
        const char *user;
        bool right;
    } CASES[] = {
        {":right%20one@", true}, {"default:right%20one@", true}, {":wrong@", false}, {"", false}};

    redisContext *context = redisConnectUnix(redis_server_socket(server));
    freeReplyObject(redisCommand(context, "ACL SETUSER default resetpass >%s", "right one"));
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        char url[256];
        snprintf(url, sizeof(url), "unix://%s%s?db=3", CASES[i].user, redis_server_socket(server));
        said.sentence[0] = '\0';
        struct cache *cache = cache_at(url);
        if (CASES[i].right)
            wait_until_trusted(cache);
        while (!was_said(CASES[i].right ? "is there" : "is away"))
            poll(NULL, 0, 1);
        assert_false(was_said("wrong@"));
        answer(cache, 16, 1);
        cache_free(&cache);
    }
    freeReplyObject(redisCommand(context, "ACL SETUSER default nopass"));
    redisFree(context);
}

/* A database of one number, which writers move through both caches, and what readers see of it. */
enum {
    ROWS_MAX = 200 * 1000,
};

struct clinic {
    struct pair pair;
    atomic_int row;                   /* the database */
    _Atomic nsec_t told_ns[ROWS_MAX]; /* when the write of that row was acknowledged; 0: not yet */
    atomic_bool end;
    bool hurry;
    _Atomic nsec_t latest_ns; /* how old an answer of another process was at most */
    atomic_int own_stale, hits;
};

struct person {
    struct clinic *clinic;
    struct cache *cache;
    atomic_int *own; /* the last row that was told of through the same cache */
};

static int look(struct clinic *clinic, struct cache *cache)
{
    struct cache_request request = question(50);
    struct flight *flight = NULL;
    struct cached *cached = cache_peek(cache, &request);
    if (cached || cache_begin(cache, &request, &cached, &flight) == CACHE_HIT) {
        atomic_fetch_add(&clinic->hits, 1);
    } else {
        char body[32];
        int row = atomic_load(&clinic->row);
        struct cached_parts parts = {.body = span_of(body, (size_t)sprintf(body, "%d", row))};
        cached = cache_put(cache, &flight, &parts);
    }
    int row = atoi(cached->body.ptr);
    cached_unref(&cached);
    return row;
}

/* How long ago a newer row than this one was acknowledged when the reader began. */
static void judge(struct clinic *clinic, int row, nsec_t began_ns)
{
    nsec_t told_ns = atomic_load(&clinic->told_ns[row + 1]);
    nsec_t late_ns = told_ns && told_ns < began_ns ? began_ns - told_ns : 0;
    nsec_t latest_ns = atomic_load(&clinic->latest_ns);
    while (late_ns > latest_ns &&
           !atomic_compare_exchange_weak(&clinic->latest_ns, &latest_ns, late_ns))
        ;
}

static void *reader(void *context)
{
    struct person *person = context;
    struct clinic *clinic = person->clinic;
    while (!atomic_load(&clinic->end)) {
        int own = atomic_load(person->own);
        nsec_t began_ns = clock_now(clock_monotonic());
        int row = look(clinic, person->cache);
        if (row < own)
            atomic_fetch_add(&clinic->own_stale, 1);
        judge(clinic, row, began_ns);
    }
    return NULL;
}

static void *writer(void *context)
{
    struct person *person = context;
    struct clinic *clinic = person->clinic;
    while (!atomic_load(&clinic->end)) {
        int row = atomic_fetch_add(&clinic->row, 1) + 1;
        if (row >= ROWS_MAX - 1)
            break;
        cache_invalidate(person->cache, 50, PATIENTS);
        atomic_store(&clinic->told_ns[row], clock_now(clock_monotonic()));
        int own = atomic_load(person->own);
        while (own < row && !atomic_compare_exchange_weak(person->own, &own, row))
            ;
        if (!clinic->hurry)
            poll(NULL, 0, 1); /* a clinic reads more than it writes */
    }
    return NULL;
}

/* Everybody, until `during` returns. */
static void work(struct clinic *clinic, void (*during)(struct clinic *clinic))
{
    struct person people[8];
    atomic_int own[2] = {0};
    pthread_t threads[COUNT_OF(people)];
    clinic->pair = pair_new();
    for (size_t i = 0; i < COUNT_OF(people); i++) {
        people[i] = (struct person){clinic, i % 2 ? clinic->pair.b : clinic->pair.a, &own[i % 2]};
        assert_int_equal(pthread_create(&threads[i], NULL, i < 2 ? writer : reader, &people[i]), 0);
    }
    during(clinic);
    atomic_store(&clinic->end, true);
    for (size_t i = 0; i < COUNT_OF(people); i++)
        pthread_join(threads[i], NULL);
    pair_done(&clinic->pair);
}

static void disturb(struct clinic *clinic)
{
    struct pair *pair = &clinic->pair;
    for (int i = 0; i < 3; i++) {
        redis_server_do(server, "SAVE");
        redis_server_kill(server);
        wait_for(pair->b, "keneyapp_cache_memory_trusted", 0);
        redis_server_start(server);
        wait_until_trusted(pair->a);
        wait_until_trusted(pair->b);
        redis_server_do(server, "CLIENT KILL TYPE normal");
        redis_server_do(server, "FLUSHALL");
        redis_server_hang(server, true);
        poll(NULL, 0, 400);
        redis_server_hang(server, false);
        wait_until_trusted(pair->a);
        wait_until_trusted(pair->b);
        redis_server_do(server, "CLIENT KILL TYPE pubsub");
        poll(NULL, 0, 100);
        wait_until_trusted(pair->a);
        wait_until_trusted(pair->b);
    }
}

static void test_nobody_sees_the_past_whatever_redis_does(void **state)
{
    struct clinic *clinic = NEW(struct clinic);
    work(clinic, disturb);
    print_message("%d writes, %d hits, another process's answer was at most %.1f ms old\n",
                  atomic_load(&clinic->row), atomic_load(&clinic->hits),
                  nsec_to_ms(atomic_load(&clinic->latest_ns)));
    assert_int_equal(atomic_load(&clinic->own_stale), 0);
    assert_true(atomic_load(&clinic->hits) > 100);
    assert_true(atomic_load(&clinic->latest_ns) < 2 * NSEC_PER_SEC);
    free(clinic);
}

static void wait_for_writes(struct clinic *clinic)
{
    enum {
        ENOUGH = 3000,
    };

    while (atomic_load(&clinic->row) < ENOUGH)
        poll(NULL, 0, 1);
}

/* Without a break between writes: answers are always about to change. */
static void test_one_sees_what_one_has_written(void **state)
{
    struct clinic *clinic = NEW(struct clinic);
    clinic->hurry = true;
    work(clinic, wait_for_writes);
    assert_int_equal(atomic_load(&clinic->own_stale), 0);
    free(clinic);
}

static void test_bad_urls(void **state)
{
    struct cache_config config;
    struct error err = {0};
    cache_config_defaults(&config);
    config.redis_url = "rediss://:geheim@localhost";
    config.vault = vault;
    assert_null(cache_new(&config, &err));
    assert_non_null(strstr(err.message, "rediss"));
    assert_null(strstr(err.message, "geheim"));
}

/* Nobody listens there: nothing fails, nothing is kept. */
static void test_no_redis_at_all(void **state)
{
    struct cache *cache = cache_at("redis://127.0.0.1:1/0");
    answer(cache, 17, 1);
    assert_int_equal(ask(cache, 17), -1);
    cache_invalidate(cache, 17, PATIENTS);
    assert_int_equal(figure(cache, "keneyapp_cache_redis_up"), 0);
    assert_true(figure(cache, "keneyapp_cache_memory_distrusted_total") > 0);
    cache_free(&cache);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_one_computed_the_other_finds),
        cmocka_unit_test(test_a_write_of_one_ends_the_answers_of_the_other),
        cmocka_unit_test(test_redis_itself_is_never_late),
        cmocka_unit_test(test_what_was_read_before_a_write_does_not_get_there),
        cmocka_unit_test(test_redis_sees_neither_questions_nor_answers),
        cmocka_unit_test(test_garbage_is_as_good_as_nothing),
        cmocka_unit_test(test_another_type_under_our_names),
        cmocka_unit_test(test_values_cannot_change_places),
        cmocka_unit_test(test_flushall),
        cmocka_unit_test(test_an_old_snapshot_is_not_believed),
        cmocka_unit_test(test_a_write_while_redis_is_away),
        cmocka_unit_test(test_a_redis_that_hangs),
        cmocka_unit_test(test_a_redis_that_is_full),
        cmocka_unit_test(test_connections_that_are_cut),
        cmocka_unit_test(test_news_that_was_missed),
        cmocka_unit_test(test_passwords),
        cmocka_unit_test(test_one_sees_what_one_has_written),
        cmocka_unit_test(test_nobody_sees_the_past_whatever_redis_does),
        cmocka_unit_test(test_bad_urls),
        cmocka_unit_test(test_no_redis_at_all),
    };
    struct error err = {0};
    signal(SIGPIPE, SIG_IGN);
    if (sodium_init() < 0)
        return 1;
    server = redis_server_new();
    if (!server) {
        fprintf(stderr, "skipped: redis-server is not installed (apt install redis-server)\n");
        return NOT_INSTALLED;
    }
    vault = vault_new(SPAN(KEY), &err);
    int failed = vault ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
    vault_free(&vault);
    redis_server_free(&server);
    return failed;
}
