/* SPDX-License-Identifier: Apache-2.0
 *
 * The connection pool over a store that is only a few counters. Time is virtual; where a thread
 * really waits, the test waits until the pool says so.
 */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "keneyapp/store/pool.h"
#include "support/test.h"

enum {
    LINE = 5,     /* threads that wait in line */
    HAMMERS = 64, /* threads that hammer */
    BLOWS = 200,  /* each */
};

struct fake_store {
    struct store store;
    atomic_int open, opened, pings, rollbacks;
    atomic_bool away; /* no session can be opened */
    atomic_bool ping_fails;
    unsigned max_sessions;
};

static struct fake_store *fake_of(struct store *store)
{
    return CONTAINER_OF(store, struct fake_store, store);
}

static struct session *fake_session_new(struct store *store, struct error *err)
{
    struct fake_store *fake = fake_of(store);
    if (atomic_load(&fake->away)) {
        error_set(err, EXIT_INVALID_CONFIG, "it is away");
        return NULL;
    }
    struct session *session = NEW(struct session);
    session->store = store;
    atomic_fetch_add(&fake->open, 1);
    atomic_fetch_add(&fake->opened, 1);
    return session;
}

static void fake_session_free(struct session *session)
{
    atomic_fetch_sub(&fake_of(session->store)->open, 1);
    free(session);
}

static void fake_rollback(struct session *session)
{
    atomic_fetch_add(&fake_of(session->store)->rollbacks, 1);
}

static enum store_result fake_ping(struct session *session, nsec_t idle_ns)
{
    struct fake_store *fake = fake_of(session->store);
    atomic_fetch_add(&fake->pings, 1);
    return atomic_load(&fake->ping_fails) ? STORE_UNAVAILABLE : STORE_OK;
}

static unsigned fake_max_sessions(const struct store *store)
{
    return CONTAINER_OF(store, const struct fake_store, store)->max_sessions;
}

static const struct store_ops FAKE_OPS = {
    .session_new = fake_session_new,
    .session_free = fake_session_free,
    .ping = fake_ping,
    .max_sessions = fake_max_sessions,
    .rollback = fake_rollback,
};

struct world {
    struct fake_store fake;
    struct virtual_clock time;
    struct pool_config config;
    struct pool *pool;
    int news_away, news_back;
};

static void on_away(void *context, const char *problem)
{
    struct world *world = context;
    *(problem ? &world->news_away : &world->news_back) += 1;
}

static int make_world(void **state)
{
    struct world *world = NEW(struct world);
    world->fake.store.ops = &FAKE_OPS;
    virtual_clock_init(&world->time, NSEC_PER_SEC);
    pool_config_defaults(&world->config);
    world->config.size = 2;
    world->config.overflow = 1;
    world->config.clock = &world->time.clock;
    world->config.on_away = on_away;
    world->config.context = world;
    *state = world;
    return 0;
}

static int remove_world(void **state)
{
    struct world *world = *state;
    pool_free(&world->pool);
    int left = world->fake.open;
    free(world);
    return left;
}

static void open_pool(struct world *world)
{
    struct error err = {0};
    world->pool = pool_new(&world->fake.store, &world->config, &err);
    assert_non_null(world->pool);
}

static struct session *take(struct world *world)
{
    enum store_result why = STORE_OK;
    struct session *session = pool_take(world->pool, &why);
    assert_non_null(session);
    return session;
}

static void assert_refused(struct world *world, enum store_result expected)
{
    enum store_result why = STORE_OK;
    assert_null(pool_take(world->pool, &why));
    assert_int_equal(why, expected);
}

static struct pool_figures figures(struct world *world)
{
    struct pool_figures now;
    pool_figures(world->pool, &now);
    return now;
}

static void test_opens_when_needed(void **state)
{
    struct world *world = *state;
    open_pool(world);
    assert_int_equal(world->fake.open, 0);
    struct session *a = take(world);
    assert_int_equal(world->fake.open, 1);
    pool_give(world->pool, &a);
    assert_null(a);
    a = take(world);
    assert_int_equal(world->fake.opened, 1);
    pool_give(world->pool, &a);
    assert_int_equal(world->fake.rollbacks, 2);
}

static void test_overflow_is_closed(void **state)
{
    struct world *world = *state;
    struct session *sessions[3];
    open_pool(world);
    for (size_t i = 0; i < COUNT_OF(sessions); i++)
        sessions[i] = take(world);
    assert_int_equal(figures(world).overflow, 1);
    assert_int_equal(figures(world).in_use, 3);
    for (size_t i = 0; i < COUNT_OF(sessions); i++)
        pool_give(world->pool, &sessions[i]);
    assert_int_equal(figures(world).open, 2);
    assert_int_equal(figures(world).overflow, 0);
    assert_int_equal(figures(world).closed, 1);
    assert_int_equal(world->fake.open, 2);
}

static void test_none_free(void **state)
{
    struct world *world = *state;
    struct session *sessions[3];
    world->config.timeout_ns = 0;
    open_pool(world);
    for (size_t i = 0; i < COUNT_OF(sessions); i++)
        sessions[i] = take(world);
    assert_refused(world, STORE_BUSY);
    assert_int_equal(figures(world).timeouts, 1);
    pool_give(world->pool, &sessions[0]);
    sessions[0] = take(world);
    for (size_t i = 0; i < COUNT_OF(sessions); i++)
        pool_give(world->pool, &sessions[i]);
}

/* Nobody ever gives one back, so the wait ends with its timeout, in real time. */
static void test_wait_ends(void **state)
{
    struct world *world = *state;
    world->config.size = 1;
    world->config.overflow = 0;
    world->config.timeout_ns = NSEC_PER_MSEC;
    world->config.clock = clock_monotonic();
    open_pool(world);
    struct session *only = take(world);
    assert_refused(world, STORE_BUSY);
    assert_int_equal(figures(world).waiting, 0);
    pool_give(world->pool, &only);
}

static void test_recycles(void **state)
{
    struct world *world = *state;
    world->config.recycle_ns = 3600 * NSEC_PER_SEC;
    open_pool(world);
    struct session *session = take(world);
    pool_give(world->pool, &session);
    virtual_clock_advance(&world->time, 3599 * NSEC_PER_SEC);
    session = take(world);
    assert_int_equal(world->fake.opened, 1);
    pool_give(world->pool, &session);
    virtual_clock_advance(&world->time, NSEC_PER_SEC);
    session = take(world);
    assert_int_equal(world->fake.opened, 2);
    assert_int_equal(world->fake.open, 1);
    pool_give(world->pool, &session);
}

static void test_never_recycles(void **state)
{
    struct world *world = *state;
    world->config.recycle_ns = 0;
    open_pool(world);
    struct session *session = take(world);
    pool_give(world->pool, &session);
    virtual_clock_advance(&world->time, 1000000 * NSEC_PER_SEC);
    session = take(world);
    assert_int_equal(world->fake.opened, 1);
    pool_give(world->pool, &session);
}

static void test_ping(void **state)
{
    struct world *world = *state;
    open_pool(world);
    struct session *session = take(world);
    assert_int_equal(world->fake.pings, 0); /* a new one needs none */
    pool_give(world->pool, &session);
    session = take(world);
    assert_int_equal(world->fake.pings, 1);
    assert_int_equal(world->fake.opened, 1);
    pool_give(world->pool, &session);
    world->fake.ping_fails = true;
    session = take(world);
    assert_int_equal(world->fake.opened, 2);
    assert_int_equal(figures(world).closed, 1);
    pool_give(world->pool, &session);
}

static void test_no_ping(void **state)
{
    struct world *world = *state;
    world->config.pre_ping = false;
    open_pool(world);
    struct session *session = take(world);
    pool_give(world->pool, &session);
    session = take(world);
    pool_give(world->pool, &session);
    assert_int_equal(world->fake.pings, 0);
}

static void test_broken_ones_go(void **state)
{
    struct world *world = *state;
    open_pool(world);
    struct session *session = take(world);
    session->broken = true;
    pool_give(world->pool, &session);
    assert_int_equal(world->fake.open, 0);
    session = take(world);
    assert_false(session->broken);
    pool_give(world->pool, &session);
}

static void test_database_away(void **state)
{
    struct world *world = *state;
    world->fake.away = true;
    open_pool(world);
    assert_refused(world, STORE_UNAVAILABLE);
    world->fake.away = false;
    assert_refused(world, STORE_UNAVAILABLE); /* nobody tries for 100 ms */
    virtual_clock_advance(&world->time, 100 * NSEC_PER_MSEC);
    struct session *session = take(world);
    assert_int_equal(world->news_away, 1);
    assert_int_equal(world->news_back, 1);
    pool_give(world->pool, &session);
}

/* The pauses double up to two seconds, and start again after a success. */
static void test_backoff(void **state)
{
    static const nsec_t PAUSES_MS[] = {100, 200, 400, 800, 1600, 2000, 2000};
    struct world *world = *state;
    world->fake.away = true;
    open_pool(world);
    for (size_t i = 0; i < COUNT_OF(PAUSES_MS); i++) {
        assert_refused(world, STORE_UNAVAILABLE);
        virtual_clock_advance(&world->time, PAUSES_MS[i] * NSEC_PER_MSEC - 1);
        world->fake.away = false;
        assert_refused(world, STORE_UNAVAILABLE);
        world->fake.away = true;
        virtual_clock_advance(&world->time, 1);
    }
    assert_int_equal(world->news_away, 1);
    world->fake.away = false;
    struct session *session = take(world);
    session->broken = true;
    world->fake.away = true;
    pool_give(world->pool, &session);
    assert_refused(world, STORE_UNAVAILABLE);
    virtual_clock_advance(&world->time, 100 * NSEC_PER_MSEC);
    world->fake.away = false;
    session = take(world);
    pool_give(world->pool, &session);
    assert_int_equal(world->news_away, 2);
}

static const struct limit_case {
    unsigned accepted, beside;
    bool without, good;
} LIMITS[] = {
    {0, 100, false, true}, {3, 0, false, true}, {2, 0, false, false},
    {3, 1, false, false},  {4, 1, false, true}, {1, 1, true, true},
};

static void test_limit_of_the_server(void **state)
{
    struct world *world = *state;
    for (size_t i = 0; i < COUNT_OF(LIMITS); i++) {
        struct error err = {0};
        world->fake.max_sessions = LIMITS[i].accepted;
        world->config.beside = LIMITS[i].beside;
        world->config.without = LIMITS[i].without;
        struct pool *pool = pool_new(&world->fake.store, &world->config, &err);
        assert_int_equal(pool != NULL, LIMITS[i].good);
        assert_int_equal(strstr(err.message, "max_connections") != NULL, !LIMITS[i].good);
        pool_free(&pool);
    }
}

static void test_without(void **state)
{
    struct world *world = *state;
    struct session *sessions[10];
    world->config.without = true;
    open_pool(world);
    for (size_t i = 0; i < COUNT_OF(sessions); i++)
        sessions[i] = take(world);
    assert_int_equal(world->fake.open, 10);
    for (size_t i = 0; i < COUNT_OF(sessions); i++)
        pool_give(world->pool, &sessions[i]);
    assert_int_equal(world->fake.open, 0);
    world->fake.away = true;
    assert_refused(world, STORE_UNAVAILABLE);
}

/* One who waits in line, and when the turn came. */
struct customer {
    struct world *world;
    pthread_t thread;
    enum store_result why;
    struct session *session;
    atomic_int *turns;
    int turn;
};

static void *wait_in_line(void *context)
{
    struct customer *customer = context;
    customer->session = pool_take(customer->world->pool, &customer->why);
    customer->turn = atomic_fetch_add(customer->turns, 1);
    if (customer->session)
        pool_give(customer->world->pool, &customer->session);
    return NULL;
}

static void queue_up(struct world *world, struct customer *line, atomic_int *turns)
{
    for (unsigned i = 0; i < LINE; i++) {
        line[i] = (struct customer){.world = world, .turns = turns};
        assert_int_equal(pthread_create(&line[i].thread, NULL, wait_in_line, &line[i]), 0);
        while (figures(world).waiting != i + 1)
            sched_yield();
    }
}

/* Each takes its turn number while it has the only session, so the numbers are in line. */
static void test_first_come_first_served(void **state)
{
    struct world *world = *state;
    struct customer line[LINE];
    atomic_int turns = 0;
    world->config.size = 1;
    world->config.overflow = 0;
    open_pool(world);
    struct session *only = take(world);
    queue_up(world, line, &turns);
    pool_give(world->pool, &only);
    for (int i = 0; i < LINE; i++) {
        pthread_join(line[i].thread, NULL);
        assert_int_equal(line[i].turn, i);
    }
    assert_int_equal(world->fake.opened, 1);
}

/* The session that all wait for breaks, and the database is away: nobody waits for nothing. */
static void test_line_is_told(void **state)
{
    struct world *world = *state;
    struct customer line[LINE];
    atomic_int turns = 0;
    world->config.size = 1;
    world->config.overflow = 0;
    open_pool(world);
    struct session *only = take(world);
    queue_up(world, line, &turns);
    world->fake.away = true;
    only->broken = true;
    pool_give(world->pool, &only);
    for (int i = 0; i < LINE; i++) {
        pthread_join(line[i].thread, NULL);
        assert_int_equal(line[i].why, STORE_UNAVAILABLE);
    }
}

static void *hammer(void *context)
{
    struct world *world = context;
    for (int i = 0; i < BLOWS; i++) {
        enum store_result why;
        struct session *session = pool_take(world->pool, &why);
        if (!session)
            abort();           /* a cmocka assert would jump off this thread's stack */
        session->problem[0]++; /* two owners at once would be a race */
        session->broken = i % 17 == 0;
        pool_give(world->pool, &session);
    }
    return NULL;
}

static void test_hammer(void **state)
{
    struct world *world = *state;
    pthread_t threads[HAMMERS];
    world->config.clock = clock_monotonic();
    world->config.size = 4;
    world->config.overflow = 4;
    open_pool(world);
    for (size_t i = 0; i < HAMMERS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, hammer, world), 0);
    for (size_t i = 0; i < HAMMERS; i++)
        pthread_join(threads[i], NULL);
    struct pool_figures now = figures(world);
    assert_int_equal(now.in_use, 0);
    assert_int_equal(now.waiting, 0);
    assert_true(now.open <= 4);
    assert_int_equal(now.opened - now.closed, now.open);
    assert_int_equal(world->fake.open, now.open);
}

static void test_metrics(void **state)
{
    struct world *world = *state;
    AUTO(strbuf_done) struct strbuf out = STRBUF_INIT(1 << 16);
    open_pool(world);
    struct session *session = take(world);
    pool_render(world->pool, &out);
    assert_non_null(strstr(strbuf_cstr(&out), "\ndb_pool_size 2\n"));
    assert_non_null(strstr(strbuf_cstr(&out), "\ndb_pool_max 3\n"));
    assert_non_null(strstr(strbuf_cstr(&out), "\ndb_pool_in_use 1\n"));
    assert_non_null(strstr(strbuf_cstr(&out), "\ndb_pool_wait_seconds_bucket{le=\"30\"} 1\n"));
    assert_non_null(strstr(strbuf_cstr(&out), "\ndb_pool_wait_seconds_count 1\n"));
    pool_give(world->pool, &session);
}

#define WITH_WORLD(test) cmocka_unit_test_setup_teardown((test), make_world, remove_world)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_WORLD(test_opens_when_needed),
        WITH_WORLD(test_overflow_is_closed),
        WITH_WORLD(test_none_free),
        WITH_WORLD(test_wait_ends),
        WITH_WORLD(test_recycles),
        WITH_WORLD(test_never_recycles),
        WITH_WORLD(test_ping),
        WITH_WORLD(test_no_ping),
        WITH_WORLD(test_broken_ones_go),
        WITH_WORLD(test_database_away),
        WITH_WORLD(test_backoff),
        WITH_WORLD(test_limit_of_the_server),
        WITH_WORLD(test_without),
        WITH_WORLD(test_first_come_first_served),
        WITH_WORLD(test_line_is_told),
        WITH_WORLD(test_hammer),
        WITH_WORLD(test_metrics),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
