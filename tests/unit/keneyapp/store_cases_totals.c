/* SPDX-License-Identifier: Apache-2.0
 *
 * Totals of lists: right after every kind of write, for each tenant, in a database that was made by
 * an older program, and beside writers.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "keneyapp/store/migrations.h"
#include "support/test.h"
#include "unit/keneyapp/store_cases.h"

enum {
    BATCH = 60, /* enough for COPY on PostgreSQL */
    PAGE = 250,
    MOMENTS = 24 * 28,
    WRITTEN = 150, /* rows beside the reader */
};

static const char *const STATUSES[] = {"scheduled", "completed", "cancelled", "nonsense"};

static struct list_query of_status(const char *status)
{
    return (struct list_query){.limit = PAGE,
                               .filters = {{.field = place_field(ENTITY_APPOINTMENTS, "status"),
                                            .kind = FILTER_EQUAL,
                                            .value = value_text(span_cstr(status))}},
                               .filter_count = 1};
}

/* How many appointments there are of each status, by the totals, which are held against the rows:
 * "scheduled completed cancelled nonsense". */
static void expect_totals(struct session *session, const char *expected)
{
    char text[64] = "";
    for (size_t i = 0; i < COUNT_OF(STATUSES); i++) {
        struct list_query query = of_status(STATUSES[i]);
        struct seen seen = {0};
        int64_t total = -1;
        size_t len = strlen(text);
        assert_int_equal(session_list(session, ENTITY_APPOINTMENTS, &query, see, &seen, &total),
                         STORE_OK);
        assert_int_equal(total, seen.count);
        snprintf(text + len, sizeof(text) - len, "%s%lld", i ? " " : "", (long long)total);
    }
    assert_string_equal(text, expected);
}

/* A moment of its own for each number, so that no two appointments overlap. */
static const char *moment(size_t number)
{
    static char moments[MOMENTS][32];
    assert_in_range(number, 0, MOMENTS - 1);
    snprintf(moments[number], sizeof(moments[0]), "2027-02-%02zuT%02zu:00:00Z", number / 24 + 1,
             number % 24);
    return moments[number];
}

struct visits {
    int64_t patients[2], doctor;
    int64_t ids[BATCH];
};

/* A batch: two thirds scheduled, one third completed, each patient's a half. */
static void add_visits(struct session *session, const char *doctor, struct visits *ret)
{
    size_t width = entity_get(ENTITY_APPOINTMENTS)->field_count;
    AUTO(mem_free) struct value *rows = NEW_ARRAY(struct value, BATCH * width);
    ret->patients[0] = add_patient(session, NULL);
    ret->patients[1] = add_patient(session, NULL);
    ret->doctor = add_doctor(session, doctor);
    for (size_t i = 0; i < BATCH; i++) {
        struct value row[ENTITY_FIELDS_MAX];
        make_appointment(row, ret->patients[i * 2 / BATCH], ret->doctor, moment(i), 30);
        set_text(ENTITY_APPOINTMENTS, row, "status", STATUSES[i % 3 == 2]);
        memcpy(&rows[i * width], row, width * sizeof(row[0]));
    }
    assert_int_equal(session_insert(session, ENTITY_APPOINTMENTS, rows, BATCH, ret->ids), STORE_OK);
}

static enum store_result set_status(struct session *session, int64_t id, const char *status)
{
    struct value row[ENTITY_FIELDS_MAX] = {0};
    uint64_t mask = mask_of(ENTITY_APPOINTMENTS, "status");
    set_text(ENTITY_APPOINTMENTS, row, "status", status);
    return session_update(session, ENTITY_APPOINTMENTS, &id, row, &mask, 1);
}

static void test_inserts(void **state)
{
    struct place *place = *state;
    struct visits visits;
    struct value row[ENTITY_FIELDS_MAX];
    int64_t id;
    expect_totals(place->session, "0 0 0 0");
    add_visits(place->session, "one", &visits);
    expect_totals(place->session, "40 20 0 0");
    make_appointment(row, visits.patients[0], visits.doctor, moment(BATCH), 30);
    set_text(ENTITY_APPOINTMENTS, row, "status", "cancelled");
    add_row(place->session, ENTITY_APPOINTMENTS, row);
    expect_totals(place->session, "40 20 1 0");
    make_appointment(row, visits.patients[0], visits.doctor, moment(0), 30);
    assert_int_equal(session_insert(place->session, ENTITY_APPOINTMENTS, row, 1, &id),
                     STORE_CONFLICT);
    expect_totals(place->session, "40 20 1 0");
}

static void test_updates(void **state)
{
    struct place *place = *state;
    struct session *session = place->session;
    struct visits visits;
    struct value rows[3 * ENTITY_FIELDS_MAX] = {0};
    size_t width = entity_get(ENTITY_APPOINTMENTS)->field_count;
    uint64_t status = mask_of(ENTITY_APPOINTMENTS, "status");
    uint64_t reason = mask_of(ENTITY_APPOINTMENTS, "reason"), masks[] = {status, reason, status};
    add_visits(session, "one", &visits);
    assert_int_equal(set_status(session, visits.ids[0], "completed"), STORE_OK);
    expect_totals(session, "39 21 0 0");
    assert_int_equal(set_status(session, visits.ids[0], "completed"), STORE_OK);
    expect_totals(session, "39 21 0 0");
    for (size_t i = 0; i < COUNT_OF(masks); i++) {
        set_text(ENTITY_APPOINTMENTS, &rows[i * width], "reason", "Another one");
        set_text(ENTITY_APPOINTMENTS, &rows[i * width], "status", "cancelled");
    }
    assert_int_equal(session_update(session, ENTITY_APPOINTMENTS, visits.ids, rows, masks, 3),
                     STORE_OK);
    expect_totals(session, "39 19 2 0"); /* the first and the third were completed */
    assert_int_equal(set_status(session, 4711, "cancelled"), STORE_NOT_FOUND);
    expect_totals(session, "39 19 2 0");
}

static void test_removals(void **state)
{
    struct place *place = *state;
    struct session *session = place->session;
    struct visits visits;
    add_visits(session, "one", &visits);
    assert_int_equal(session_remove(session, ENTITY_APPOINTMENTS, visits.ids, 3, NULL), STORE_OK);
    expect_totals(session, "38 19 0 0");
    assert_int_equal(session_remove(session, ENTITY_PATIENTS, &visits.patients[0], 1, NULL),
                     STORE_OK);
    expect_totals(session, "20 10 0 0");
    assert_int_equal(session_remove(session, ENTITY_PATIENTS, &visits.patients[1], 1, NULL),
                     STORE_OK);
    expect_totals(session, "0 0 0 0");
}

/* The totals are those of the transaction, and go with it. */
static void test_transactions(void **state)
{
    struct place *place = *state;
    struct session *session = place->session;
    struct visits visits;
    add_visits(session, "one", &visits);
    for (int round = 0; round < 2; round++) {
        assert_int_equal(session_begin(session), STORE_OK);
        assert_int_equal(set_status(session, visits.ids[0], "completed"), STORE_OK);
        assert_int_equal(session_remove(session, ENTITY_APPOINTMENTS, &visits.ids[2], 1, NULL),
                         STORE_OK);
        expect_totals(session, "39 20 0 0");
        if (round == 0)
            session_rollback(session);
        else
            assert_int_equal(session_commit(session), STORE_OK);
        expect_totals(session, round ? "39 20 0 0" : "40 20 0 0");
    }
}

static void test_tenants(void **state)
{
    struct place *place = *state;
    struct visits one, two;
    add_visits(place->session, "one", &one);
    session_for(place->session, place->other_tenant);
    expect_totals(place->session, "0 0 0 0");
    add_visits(place->session, "two", &two);
    assert_int_equal(set_status(place->session, two.ids[0], "cancelled"), STORE_OK);
    assert_int_equal(set_status(place->session, one.ids[0], "cancelled"), STORE_NOT_FOUND);
    expect_totals(place->session, "39 20 1 0");
    session_for(place->session, TENANT_DEFAULT);
    expect_totals(place->session, "40 20 0 0");
}

/* What narrows further is counted. */
static void test_more_conditions(void **state)
{
    struct place *place = *state;
    struct visits visits;
    struct seen seen;
    add_visits(place->session, "one", &visits);
    struct list_query query = of_status("scheduled");
    query.filters[query.filter_count++] =
        (struct filter){.field = place_field(ENTITY_APPOINTMENTS, "patient_id"),
                        .kind = FILTER_EQUAL,
                        .value = value_int(visits.patients[0])};
    list_rows(place->session, ENTITY_APPOINTMENTS, &query, &seen);
    assert_int_equal(seen.count, 20);
    query = of_status("scheduled");
    query.filters[0].kind = FILTER_FROM; /* "completed" comes before it */
    list_rows(place->session, ENTITY_APPOINTMENTS, &query, &seen);
    assert_int_equal(seen.count, 40);
    query = of_status("scheduled");
    query.search = SPAN("check"); /* appointments have nothing to search in */
    list_rows(place->session, ENTITY_APPOINTMENTS, &query, &seen);
    assert_int_equal(seen.count, 0);
}

/* What a program made that knew the first `count` migrations, and what was written there since. */
static void write_old_database(struct strbuf *out, const struct dialect *dialect,
                               const struct migration *all, size_t count)
{
    migrations_write_table(out, dialect);
    for (size_t i = 0; i < count; i++) {
        all[i].write(out, dialect);
        strbuf_addf(out, "INSERT INTO schema_version VALUES (%d, '%s', '" NOW "');\n",
                    all[i].number, all[i].name);
    }
    strbuf_adds(out, "INSERT INTO patients (first_name, last_name, date_of_birth, gender, phone,"
                     " created_at, updated_at)"
                     " VALUES ('a', 'b', '2000-01-01', 'other', '1', '" NOW "', '" NOW "');\n"
                     "INSERT INTO users (email, username, hashed_password, full_name, role,"
                     " password_changed_at, created_at, updated_at)"
                     " VALUES ('d', 'd', '!', 'd', 'doctor', '" NOW "', '" NOW "', '" NOW "');\n");
    for (int i = 0; i < 6; i++)
        strbuf_addf(out,
                    "INSERT INTO appointments (patient_id, doctor_id, appointment_date, status,"
                    " reason, created_at, updated_at) VALUES (1, 1, '%s', '%s', 'x', '" NOW
                    "', '" NOW "');\n",
                    moment((size_t)i), STATUSES[i / 4]);
}

static void expect_upgraded(struct store *store)
{
    struct error err = {0};
    int version, newest;
    int64_t id = 1;
    assert_int_equal(store_migrate(store, &err), 0);
    assert_int_equal(store_migrate(store, &err), 0);
    assert_int_equal(store_version(store, &version, &newest, &err), 0);
    assert_int_equal(version, newest);
    AUTO(session_free) struct session *session = session_new(store, &err);
    assert_non_null(session);
    assert_int_equal(count_of(session, ENTITY_PATIENTS), 1);
    expect_totals(session, "4 2 0 0");
    assert_int_equal(set_status(session, 1, "cancelled"), STORE_OK);
    expect_totals(session, "3 2 1 0");
    assert_int_equal(session_remove(session, ENTITY_PATIENTS, &id, 1, NULL), STORE_OK);
    expect_totals(session, "0 0 0 0");
}

/* A database of each older version gets what it lacks, and keeps its rows. */
static void test_upgrades(void **state)
{
    struct place *place = *state;
    size_t count;
    const struct migration *all = migrations(&count);
    for (size_t known = 1; known < count; known++) {
        AUTO(strbuf_done) struct strbuf script = STRBUF_INIT(2 * MIGRATION_MAX_BYTES);
        char url[URL_BYTES];
        struct store *store;
        struct error err = {0};
        int version, newest;
        assert_int_equal(place->rig->make(url), 0);
        write_old_database(&script, place->rig->dialect, all, known);
        assert_true(place->rig->script(url, strbuf_cstr(&script)));
        assert_int_equal(store_open(url, NULL, &store, &err), 0);
        assert_int_equal(store_version(store, &version, &newest, &err), 0);
        assert_int_equal(version, all[known - 1].number);
        assert_int_equal(newest, all[count - 1].number);
        expect_upgraded(store);
        store_free(&store);
        place->rig->remove(url);
    }
}

struct writer {
    struct store *store;
    pthread_t thread;
    atomic_bool over;
};

static void *write_patients(void *context)
{
    struct writer *writer = context;
    struct error err = {0};
    AUTO(session_free) struct session *session = session_new(writer->store, &err);
    for (int i = 0; session && i < WRITTEN; i++)
        add_patient(session, NULL);
    writer->over = true;
    return NULL;
}

/* Lists that are longer than the table, as long as somebody writes: the total is what came. */
static void test_beside_a_writer(void **state)
{
    struct place *place = *state;
    struct writer writer = {.store = place->store};
    const struct list_query queries[] = {{.limit = PAGE}, {.limit = PAGE, .search = SPAN("alpha")}};
    int64_t total = 0, apart = 0, failed = 0;
    struct seen seen;
    assert_int_equal(pthread_create(&writer.thread, NULL, write_patients, &writer), 0);
    for (size_t i = 0; !writer.over; i++) {
        seen.count = 0;
        failed += session_list(place->session, ENTITY_PATIENTS, &queries[i % COUNT_OF(queries)],
                               see, &seen, &total) != STORE_OK;
        apart += total != (int64_t)seen.count;
    }
    pthread_join(writer.thread, NULL);
    assert_int_equal(failed, 0);
    assert_int_equal(apart, 0);
    assert_int_equal(count_of(place->session, ENTITY_PATIENTS), WRITTEN);
}

int store_cases_totals(const struct store_rig *rig)
{
    const struct CMUnitTest tests[] = {
        STORE_CASE(test_inserts),  STORE_CASE(test_updates),
        STORE_CASE(test_removals), STORE_CASE(test_transactions),
        STORE_CASE(test_tenants),  STORE_CASE(test_more_conditions),
        STORE_CASE(test_upgrades), STORE_CASE(test_beside_a_writer),
    };
    return cmocka_run_group_tests_name("totals", tests, NULL, NULL);
}
