/* SPDX-License-Identifier: Apache-2.0 */
#include <pthread.h>
#include <stdlib.h>

#include "base/mem.h"
#include "keneyapp/telemetry/audit.h"
#include "support/test.h"

/* A store whose audit log is a number in memory; the rest is never called. */
struct counting_store {
    struct store store;
    bool refuses;
    size_t rows, transactions;
};

static struct session *counting_session_new(struct store *store, struct error *err)
{
    struct session *session = NEW(struct session);
    session->store = store;
    return session;
}

static void counting_session_free(struct session *session)
{
    free(session);
}

static enum store_result counting_audit(struct session *session, const struct audit_row *rows,
                                        size_t count)
{
    struct counting_store *store = CONTAINER_OF(session->store, struct counting_store, store);
    store->transactions++;
    if (store->refuses)
        return STORE_FAILED;
    store->rows += count;
    return STORE_OK;
}

static const struct store_ops COUNTING_OPS = {
    .session_new = counting_session_new,
    .session_free = counting_session_free,
    .audit = counting_audit,
};

enum {
    THREADS = 4,
    ROWS_EACH = 5000, /* more than the queue holds: requests have to wait */
};

static void *add_rows(void *context)
{
    struct audit_row row = {.action = "READ"};
    for (int i = 0; i < ROWS_EACH; i++)
        audit_writer_add(context, &row);
    return NULL;
}

static void test_no_row_is_lost(void **state)
{
    struct counting_store counting = {.store.ops = &COUNTING_OPS};
    struct log log = {.fd = -1};
    struct error err = {0};
    struct audit_writer *writer = audit_writer_new(&counting.store, &log, &err);
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, add_rows, writer);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    audit_writer_free(&writer);
    assert_int_equal(counting.rows, THREADS * ROWS_EACH);
    assert_true(counting.transactions < THREADS * ROWS_EACH / 4);
}

static void test_ends_without_rows(void **state)
{
    struct counting_store counting = {.store.ops = &COUNTING_OPS};
    struct log log = {.fd = -1};
    struct error err = {0};
    struct audit_writer *writer = audit_writer_new(&counting.store, &log, &err);
    audit_writer_free(&writer);
    audit_writer_free(&writer);
    assert_int_equal(counting.transactions, 0);
}

static void test_refusals_do_not_stop_it(void **state)
{
    struct counting_store counting = {.store.ops = &COUNTING_OPS, .refuses = true};
    struct log log = {.fd = -1};
    struct error err = {0};
    struct audit_writer *writer = audit_writer_new(&counting.store, &log, &err);
    add_rows(writer);
    audit_writer_free(&writer);
    assert_true(counting.transactions >= 1);
    assert_int_equal(counting.rows, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_row_is_lost),
        cmocka_unit_test(test_ends_without_rows),
        cmocka_unit_test(test_refusals_do_not_stop_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
