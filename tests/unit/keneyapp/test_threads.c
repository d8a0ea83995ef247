/* SPDX-License-Identifier: Apache-2.0
 *
 * A system that gives no more threads: each owner of threads says so, and leaves none behind. The
 * linker gives pthread_create() to this file (--wrap).
 */
#include <errno.h>
#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>

#include "base/mem.h"
#include "keneyapp/auth/login_gate.h"
#include "keneyapp/http/handlers.h"
#include "keneyapp/jobs/job_runner.h"
#include "keneyapp/jobs/refresher.h"
#include "keneyapp/telemetry/audit.h"
#include "keneyapp/telemetry/log_queue.h"
#include "support/test.h"

enum {
    WANTED = 4,
};

/* Threads the system still gives. */
static unsigned allowance;

int __real_pthread_create(pthread_t *thread, const pthread_attr_t *attr, void *(*run)(void *),
                          void *context);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attr, void *(*run)(void *),
                          void *context);

int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attr, void *(*run)(void *),
                          void *context)
{
    if (!allowance)
        return EAGAIN;
    allowance--;
    return __real_pthread_create(thread, attr, run, context);
}

/* A store that only counts its open sessions. */
struct bare_store {
    struct store store;
    int sessions;
};

static struct session *bare_session_new(struct store *store, struct error *err)
{
    struct session *session = NEW(struct session);
    session->store = store;
    CONTAINER_OF(store, struct bare_store, store)->sessions++;
    return session;
}

static void bare_session_free(struct session *session)
{
    CONTAINER_OF(session->store, struct bare_store, store)->sessions--;
    free(session);
}

static const struct store_ops BARE_OPS = {
    .session_new = bare_session_new,
    .session_free = bare_session_free,
};

static struct session *away_session_new(struct store *store, struct error *err)
{
    error_set(err, EXIT_INVALID_CONFIG, "the database is away");
    return NULL;
}

static const struct store_ops AWAY_OPS = {.session_new = away_session_new};

static struct store away = {.ops = &AWAY_OPS};

/* Who takes a session gets none. */
static struct pool *empty_pool(void)
{
    struct pool_config config;
    struct error err = {0};
    pool_config_defaults(&config);
    struct pool *pool = pool_new(&away, &config, &err);
    assert_non_null(pool);
    return pool;
}

static bool verify(const char *hash, struct span password)
{
    return false;
}

static void assert_sentence(const struct error *err, const char *what)
{
    print_message("%s\n", err->message);
    assert_int_equal(err->code, EXIT_INVALID_CONFIG);
    assert_non_null(strstr(err->message, what));
    assert_non_null(strstr(err->message, "ulimit -u"));
}

static void test_handlers(void **state)
{
    struct handlers_config config = {.threads = WANTED, .clock = clock_monotonic()};
    for (unsigned given = 0; given < WANTED; given++) {
        struct error err = {0};
        allowance = given;
        assert_null(handlers_new(&config, &err));
        assert_sentence(&err, "--handlers");
    }
}

static void test_login_gate(void **state)
{
    struct login_gate_config config = {
        .threads = WANTED, .verify = verify, .clock = clock_monotonic()};
    for (unsigned given = 0; given < WANTED; given++) {
        struct error err = {0};
        allowance = given;
        assert_null(login_gate_new(&config, &err));
        assert_sentence(&err, "hashing thread");
    }
}

static void test_audit_writer(void **state)
{
    struct bare_store bare = {.store.ops = &BARE_OPS};
    struct log log = {.fd = -1};
    struct error err = {0};
    struct audit_config config;
    audit_config_defaults(&config);
    config.store = &bare.store;
    config.log = &log;
    allowance = 0;
    assert_null(audit_writer_new(&config, &err));
    assert_sentence(&err, "audit log");
    assert_int_equal(bare.sessions, 0);
}

static void test_log_queue(void **state)
{
    struct log log = {.fd = -1};
    struct error err = {0};
    allowance = 0;
    assert_null(log_queue_new(&log, 4096, &err));
    assert_sentence(&err, "log's thread");
    assert_null(log.write);
}

static void test_job_runner(void **state)
{
    struct job_runner_config config;
    job_runner_config_defaults(&config);
    config.threads = WANTED;
    config.pool = empty_pool();
    for (unsigned given = 0; given < WANTED; given++) {
        struct error err = {0};
        allowance = given;
        assert_null(job_runner_new(&config, &err));
        assert_sentence(&err, "job thread");
    }
    pool_free(&config.pool);
}

static void test_refresher(void **state)
{
    struct refresher_config config = {.clock = clock_monotonic()};
    struct error err = {0};
    allowance = 0;
    assert_null(refresher_new(&config, &err));
    assert_sentence(&err, "dashboard");
}

static void test_enough(void **state)
{
    struct handlers_config config = {.threads = WANTED, .clock = clock_monotonic()};
    struct error err = {0};
    allowance = WANTED;
    struct handlers *handlers = handlers_new(&config, &err);
    assert_non_null(handlers);
    assert_int_equal(allowance, 0);
    handlers_free(&handlers);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_handlers),     cmocka_unit_test(test_login_gate),
        cmocka_unit_test(test_audit_writer), cmocka_unit_test(test_log_queue),
        cmocka_unit_test(test_job_runner),   cmocka_unit_test(test_refresher),
        cmocka_unit_test(test_enough),
    };
    return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
