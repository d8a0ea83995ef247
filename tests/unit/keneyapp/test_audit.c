/* SPDX-License-Identifier: Apache-2.0
 *
 * The audit log's writer, over a store that only counts, and can be away.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "keneyapp/telemetry/audit.h"
#include "support/test.h"

/* A store whose audit log is a number in memory; the rest is never called. */
struct counting_store {
    struct store store;
    enum store_result answer;
    size_t answers;   /* how often `answer` is given; then STORE_OK */
    atomic_bool away; /* `answer` is given as long as this is set */
    bool unreachable; /* no session can be had but for the first */
    size_t rows, transactions, sessions;
    struct audit_row last;
    char last_details[32 * 1024];
    int64_t id_sum;
    pthread_mutex_t *gate; /* writing waits for it; NULL: none */
};

static struct session *counting_session_new(struct store *store, struct error *err)
{
    struct counting_store *counting = CONTAINER_OF(store, struct counting_store, store);
    if (counting->unreachable && counting->sessions) {
        counting->unreachable = false;
        error_set(err, 1, "away");
        return NULL;
    }
    counting->sessions++;
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
    if (store->gate) {
        pthread_mutex_lock(store->gate);
        pthread_mutex_unlock(store->gate);
    }
    store->transactions++;
    if (atomic_load(&store->away))
        return store->answer;
    if (store->answers) {
        store->answers--;
        return store->answer;
    }
    store->rows += count;
    store->last = rows[count - 1];
    snprintf(store->last_details, sizeof(store->last_details), "%.*s",
             SPAN_ARG(store->last.details));
    for (size_t i = 0; i < count; i++)
        store->id_sum += rows[i].resource_id;
    return STORE_OK;
}

static const struct store_ops COUNTING_OPS = {
    .session_new = counting_session_new,
    .session_free = counting_session_free,
    .audit = counting_audit,
};

static struct log silent = {.fd = -1};

static struct audit_writer *new_writer(struct counting_store *store, bool strict, size_t max_bytes)
{
    struct audit_config config;
    struct error err = {0};
    audit_config_defaults(&config);
    store->store.ops = &COUNTING_OPS;
    config.store = &store->store;
    config.log = &silent;
    config.strict = strict;
    config.retry_ns = NSEC_PER_USEC;
    if (max_bytes)
        config.max_bytes = max_bytes;
    struct audit_writer *writer = audit_writer_new(&config, &err);
    assert_non_null(writer);
    return writer;
}

static const struct audit_entry ENTRY = {
    .action = "READ", .resource_type = "patients", .resource_id = 1, .success = true};

enum {
    THREADS = 4,
    ROWS_EACH = 20000,
};

static void *add_rows(void *context)
{
    for (int i = 0; i < ROWS_EACH; i++)
        assert_true(audit_writer_add(context, &ENTRY, NULL));
    return NULL;
}

static void test_no_row_is_lost(void **state)
{
    struct counting_store counting = {0};
    struct audit_writer *writer = new_writer(&counting, false, 0);
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, add_rows, writer);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    audit_writer_free(&writer);
    assert_int_equal(counting.rows, THREADS * ROWS_EACH);
    assert_int_equal(counting.id_sum, THREADS * ROWS_EACH);
    assert_true(counting.transactions < THREADS * ROWS_EACH / 100);
}

static void test_ends_without_rows(void **state)
{
    struct counting_store counting = {0};
    struct audit_writer *writer = new_writer(&counting, false, 0);
    audit_writer_free(&writer);
    audit_writer_free(&writer);
    assert_int_equal(counting.transactions, 0);
}

static const struct outage_case {
    const char *name;
    enum store_result answer;
    size_t answers;
    bool unreachable;
    size_t rows;
} OUTAGES[] = {
    {"damage that passes", STORE_FAILED, 2, false, ROWS_EACH},
    {"damage that stays", STORE_FAILED, 1000000, false, 0},
    {"away for longer", STORE_UNAVAILABLE, 50, false, ROWS_EACH},
    {"away, and no new connection at first", STORE_UNAVAILABLE, 1, true, ROWS_EACH},
};

static void test_outages(void **state)
{
    for (size_t i = 0; i < COUNT_OF(OUTAGES); i++) {
        struct counting_store counting = {.answer = OUTAGES[i].answer,
                                          .answers = OUTAGES[i].answers,
                                          .unreachable = OUTAGES[i].unreachable};
        print_message("%s\n", OUTAGES[i].name);
        struct audit_writer *writer = new_writer(&counting, false, 0);
        add_rows(writer);
        audit_writer_free(&writer);
        assert_int_equal(counting.rows, OUTAGES[i].rows);
        assert_int_equal(counting.answers > 0, OUTAGES[i].rows == 0);
    }
}

/* Memory is full while nothing is written: who asks is told before the last quarter, who adds when
 * there is nothing left hears that too, and nobody waits. */
static void test_bounded(void **state)
{
    pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
    struct counting_store counting = {.gate = &gate};
    struct audit_writer *writer = new_writer(&counting, false, (size_t)20 * AUDIT_CHUNK_BYTES);
    struct audit_figures figures;
    size_t added = 0, roomy = 0;
    pthread_mutex_lock(&gate);
    for (; audit_writer_add(writer, &ENTRY, NULL); added++)
        roomy += audit_writer_has_room(writer);
    assert_true(roomy > added / 2 && roomy < added * 4 / 5);
    audit_writer_figures(writer, &figures);
    assert_int_equal(figures.lost, 1);
    assert_int_equal(figures.waiting, added);
    assert_false(audit_writer_has_room(writer));
    pthread_mutex_unlock(&gate);
    audit_writer_free(&writer);
    assert_int_equal(counting.rows, added);
}

struct strict_request {
    struct audit_waiter waiter;
    pthread_mutex_t mutex;
    pthread_cond_t answered;
    int answer; /* -1: none yet */
};

static void on_written(struct audit_waiter *waiter, bool written)
{
    struct strict_request *request = CONTAINER_OF(waiter, struct strict_request, waiter);
    pthread_mutex_lock(&request->mutex);
    request->answer = written;
    pthread_cond_signal(&request->answered);
    pthread_mutex_unlock(&request->mutex);
}

static int ask_strictly(struct audit_writer *writer)
{
    struct strict_request request = {.waiter.done = on_written,
                                     .mutex = PTHREAD_MUTEX_INITIALIZER,
                                     .answered = PTHREAD_COND_INITIALIZER,
                                     .answer = -1};
    assert_true(audit_writer_add(writer, &ENTRY, &request.waiter));
    pthread_mutex_lock(&request.mutex);
    while (request.answer < 0)
        pthread_cond_wait(&request.answered, &request.mutex);
    pthread_mutex_unlock(&request.mutex);
    return request.answer;
}

static void *ask_often(void *context)
{
    for (int i = 0; i < 200; i++)
        assert_int_equal(ask_strictly(context), 1);
    return NULL;
}

static void test_strict(void **state)
{
    struct counting_store counting = {0};
    struct audit_writer *writer = new_writer(&counting, true, 0);
    pthread_t threads[THREADS];
    assert_true(audit_writer_is_strict(writer));
    assert_int_equal(ask_strictly(writer), 1);
    assert_int_equal(counting.rows, 1); /* in the database before the answer */
    for (int i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, ask_often, writer);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(counting.rows, 1 + THREADS * 200);
    audit_writer_free(&writer);
}

static void test_strict_refusal(void **state)
{
    struct counting_store counting = {.answer = STORE_UNAVAILABLE, .answers = 1};
    struct audit_writer *writer = new_writer(&counting, true, 0);
    assert_int_equal(ask_strictly(writer), 0);
    assert_int_equal(ask_strictly(writer), 1);
    audit_writer_free(&writer);
    assert_int_equal(counting.rows, 2); /* the refused one was kept */
}

/* The end of a server: nobody is left behind, and nobody may wait from then on. */
static void test_settled(void **state)
{
    struct counting_store counting = {0};
    struct audit_writer *writer = new_writer(&counting, true, 0);
    struct strict_request request = {.waiter.done = on_written,
                                     .mutex = PTHREAD_MUTEX_INITIALIZER,
                                     .answered = PTHREAD_COND_INITIALIZER,
                                     .answer = -1};
    assert_true(audit_writer_add(writer, &ENTRY, &request.waiter));
    audit_writer_settle(writer);
    assert_int_equal(request.answer, 1);
    assert_false(audit_writer_add(writer, &ENTRY, &request.waiter));
    audit_writer_free(&writer);
    assert_int_equal(counting.rows, 2); /* it is kept all the same */
}

static void *ask_once(void *context)
{
    return (void *)(intptr_t)ask_strictly(context);
}

/* While the database is away everybody is told after one try, not when it is back. */
static void test_strict_outage(void **state)
{
    struct counting_store counting = {.answer = STORE_UNAVAILABLE, .away = true};
    struct audit_writer *writer = new_writer(&counting, true, 0);
    pthread_t threads[THREADS];
    void *answer;
    for (int i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, ask_once, writer);
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], &answer);
        assert_null(answer);
    }
    audit_writer_settle(writer);
    atomic_store(&counting.away, false);
    audit_writer_free(&writer);
    assert_int_equal(counting.rows, THREADS);
}

#define AGENT_119                                                                                  \
    "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890"  \
    "1234567890123456789012345678"

static const struct text_case {
    const char *given, *kept;
} TEXTS[] = {
    {"", ""},
    {"curl/7.88.1", "curl/7.88.1"},
    {"caf\xc3\xa9", "caf\xc3\xa9"},
    {"a\xff\xfe"
     "b",
     "a??b"},
    {"\xc3", "?"},
    {"\xed\xa0\x80", "???"},
    {AGENT_119, AGENT_119},
    {AGENT_119 "x", AGENT_119},
    {AGENT_119 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", AGENT_119},
};

/* What comes in from outside cannot make a database refuse the batch. */
static void test_texts(void **state)
{
    assert_int_equal(strlen(AGENT_119), sizeof(((struct audit_row *)NULL)->user_agent) - 1);
    for (size_t i = 0; i < COUNT_OF(TEXTS); i++) {
        struct counting_store counting = {0};
        struct audit_writer *writer = new_writer(&counting, false, 0);
        struct audit_entry entry = {
            .wall_ns = 1769860800 * NSEC_PER_SEC,
            .tenant_id = 3,
            .user_id = 7,
            .resource_id = 9,
            .action = "READ",
            .resource_type = "patients",
            .username = SPAN("doctor"),
            .ip_address = SPAN("::1"),
            .user_agent = span_cstr(TEXTS[i].given),
            .correlation_id = SPAN("abc-1"),
            .details = SPAN("{\"limit\":20}"),
            .signed_in = true,
        };
        assert_true(audit_writer_add(writer, &entry, NULL));
        audit_writer_free(&writer);
        assert_string_equal(counting.last.user_agent, TEXTS[i].kept);
        assert_string_equal(counting.last.timestamp, "2026-01-31T12:00:00Z");
        assert_string_equal(counting.last.action, "READ");
        assert_string_equal(counting.last.resource_type, "patients");
        assert_string_equal(counting.last.username, "doctor");
        assert_string_equal(counting.last.ip_address, "::1");
        assert_string_equal(counting.last_details, "{\"limit\":20}");
        assert_string_equal(counting.last.correlation_id, "abc-1");
        assert_int_equal(counting.last.tenant_id, 3);
        assert_int_equal(counting.last.user_id, 7);
        assert_int_equal(counting.last.resource_id, 9);
        assert_true(counting.last.signed_in);
        assert_false(counting.last.success);
    }
}

/* The ids of a batch arrive whole, between entries that have little to say. */
static void test_long_details(void **state)
{
    enum {
        IDS = 1000,
    };

    struct counting_store counting = {0};
    struct audit_writer *writer = new_writer(&counting, false, 0);
    AUTO(strbuf_done) struct strbuf details = STRBUF_INIT(24 * 1024);
    struct audit_entry entry = {.action = "DELETE", .resource_type = "patients"};
    for (int i = 0; i < IDS; i++)
        strbuf_addf(&details, "%s%lld", i ? "," : "{\"deleted\":1000,\"ids\":[",
                    (long long)INT64_MAX - i);
    strbuf_adds(&details, "]}");
    assert_false(details.overflow);
    for (int i = 0; i < 9; i++) {
        entry.details = SPAN("{}");
        assert_true(audit_writer_add(writer, &entry, NULL));
        entry.details = strbuf_span(&details);
        assert_true(audit_writer_add(writer, &entry, NULL));
    }
    audit_writer_free(&writer);
    assert_int_equal(counting.rows, 18);
    assert_string_equal(counting.last_details, strbuf_cstr(&details));
}

/* A character that does not fit whole is left out. */
static void test_cut_between_characters(void **state)
{
    struct counting_store counting = {0};
    struct audit_writer *writer = new_writer(&counting, false, 0);
    struct audit_entry entry = ENTRY;
    char agent[256];
    memset(agent, 'x', 118);
    memcpy(agent + 118, "\xc3\xa9y", 4);
    entry.user_agent = span_cstr(agent);
    audit_writer_add(writer, &entry, NULL);
    audit_writer_free(&writer);
    assert_int_equal(strlen(counting.last.user_agent), 118);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_row_is_lost),
        cmocka_unit_test(test_ends_without_rows),
        cmocka_unit_test(test_outages),
        cmocka_unit_test(test_bounded),
        cmocka_unit_test(test_strict),
        cmocka_unit_test(test_strict_refusal),
        cmocka_unit_test(test_settled),
        cmocka_unit_test(test_strict_outage),
        cmocka_unit_test(test_texts),
        cmocka_unit_test(test_long_details),
        cmocka_unit_test(test_cut_between_characters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
