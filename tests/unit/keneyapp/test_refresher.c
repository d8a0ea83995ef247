/* SPDX-License-Identifier: Apache-2.0 */
#include <semaphore.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "keneyapp/jobs/refresher.h"
#include "support/test.h"

/* A store that counts its refreshes, and can refuse them. */
static struct {
    sem_t begun, go;
    atomic_bool refuses;
} counting;

static struct session *fake_session_new(struct store *store, struct error *err)
{
    struct session *session = NEW(struct session);
    session->store = store;
    return session;
}

static void fake_session_free(struct session *session)
{
    free(session);
}

static void fake_rollback(struct session *session)
{
}

static enum store_result fake_refresh(struct session *session, const struct stats_times *times)
{
    sem_post(&counting.begun);
    sem_wait(&counting.go);
    return atomic_load(&counting.refuses) ? STORE_UNAVAILABLE : STORE_OK;
}

static const struct store_ops FAKE_OPS = {
    .session_new = fake_session_new,
    .session_free = fake_session_free,
    .rollback = fake_rollback,
    .refresh_stats = fake_refresh,
};

static struct store store = {.ops = &FAKE_OPS};
static struct log log_to_nowhere = {.fd = -1};

static struct refresher *start(struct pool **ret_pool)
{
    struct pool_config pool;
    struct error err = {0};
    sem_init(&counting.begun, 0, 0);
    sem_init(&counting.go, 0, 0);
    atomic_store(&counting.refuses, false);
    pool_config_defaults(&pool);
    *ret_pool = pool_new(&store, &pool, &err);
    assert_non_null(*ret_pool);
    struct refresher_config config = {
        .pool = *ret_pool, .log = &log_to_nowhere, .clock = clock_monotonic(), .wall = clock_wall};
    struct refresher *refresher = refresher_new(&config, &err);
    assert_non_null(refresher);
    return refresher;
}

/* One round at the start; what is asked for while a round runs is one more. */
static void test_on_demand(void **state)
{
    struct pool *pool;
    struct refresher *refresher = start(&pool);
    sem_wait(&counting.begun);
    for (int i = 0; i < 10; i++)
        refresher_ask(refresher);
    sem_post(&counting.go);
    sem_wait(&counting.begun);
    sem_post(&counting.go);
    refresher_ask(refresher);
    sem_wait(&counting.begun);
    sem_post(&counting.go);
    refresher_free(&refresher);
    assert_int_not_equal(sem_trywait(&counting.begun), 0);
    pool_free(&pool);
}

static void test_refused(void **state)
{
    struct pool *pool;
    struct refresher *refresher = start(&pool);
    AUTO(strbuf_done) struct strbuf out = STRBUF_INIT(1 << 16);
    atomic_store(&counting.refuses, true);
    sem_wait(&counting.begun);
    refresher_ask(refresher);
    sem_post(&counting.go);
    sem_wait(&counting.begun); /* the first round is over */
    refresher_render(refresher, &out);
    assert_non_null(strstr(strbuf_cstr(&out), "\nkeneyapp_stats_refresh_failures_total 1\n"));
    assert_int_equal(refresher_rounds(refresher), 0);
    sem_post(&counting.go);
    refresher_free(&refresher);
    pool_free(&pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_on_demand),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
