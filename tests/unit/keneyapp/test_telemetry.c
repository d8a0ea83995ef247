/* SPDX-License-Identifier: Apache-2.0 */
#include <pthread.h>
#include <stdlib.h>

#include "base/mem.h"
#include "keneyapp/telemetry/audit.h"
#include "keneyapp/telemetry/metrics.h"
#include "support/test.h"

static const char *const ENDPOINTS[] = {"/a", "/b/{id}"};
static const char *const METHODS[] = {"GET", "POST"};

static bool renders(const struct metrics *metrics, const char *line)
{
    AUTO(strbuf_done) struct strbuf text = STRBUF_INIT(1 << 20);
    metrics_render(metrics, &text);
    return strstr(strbuf_cstr(&text), line) != NULL;
}

static struct metrics *new_metrics(void)
{
    return metrics_new(ENDPOINTS, COUNT_OF(ENDPOINTS), METHODS, COUNT_OF(METHODS));
}

#define LABELS "{method=\"POST\",endpoint=\"/b/{id}\",status=\"201\""

static void test_counts_and_buckets(void **state)
{
    struct metrics *metrics = new_metrics();
    metrics_record(metrics, 1, 1, 201, 100 * NSEC_PER_MSEC);
    metrics_record(metrics, 1, 1, 201, 101 * NSEC_PER_MSEC);
    metrics_record(metrics, 1, 1, 201, 60 * NSEC_PER_SEC);
    assert_true(renders(metrics, "http_requests_total" LABELS "} 3\n"));
    assert_true(renders(metrics, "_bucket" LABELS ",le=\"0.075\"} 0\n"));
    assert_true(renders(metrics, "_bucket" LABELS ",le=\"0.1\"} 1\n"));
    assert_true(renders(metrics, "_bucket" LABELS ",le=\"0.15\"} 2\n"));
    assert_true(renders(metrics, "_bucket" LABELS ",le=\"10\"} 2\n"));
    assert_true(renders(metrics, "_bucket" LABELS ",le=\"+Inf\"} 3\n"));
    assert_true(renders(metrics, "_sum" LABELS "} 60.201000000\n"));
    assert_true(renders(metrics, "_count" LABELS "} 3\n"));
    assert_false(renders(metrics, "endpoint=\"/a\""));
    metrics_free(&metrics);
}

static void test_unknown_status_is_500(void **state)
{
    struct metrics *metrics = new_metrics();
    metrics_record(metrics, 0, 0, 299, 1);
    assert_true(renders(metrics, "{method=\"GET\",endpoint=\"/a\",status=\"500\"} 1\n"));
    metrics_free(&metrics);
}

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
        cmocka_unit_test(test_counts_and_buckets),
        cmocka_unit_test(test_unknown_status_is_500),
        cmocka_unit_test(test_no_row_is_lost),
        cmocka_unit_test(test_ends_without_rows),
        cmocka_unit_test(test_refusals_do_not_stop_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
