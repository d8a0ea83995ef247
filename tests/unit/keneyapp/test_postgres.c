/* SPDX-License-Identifier: Apache-2.0
 *
 * What only a store with a server has to show: several processes, COPY, the materialized view,
 * a crash. What every store has to do is in test_store.c.
 */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "keneyapp/store/store.h"
#include "support/postgres.h"
#include "support/test.h"

#define NOW "2026-01-31T12:00:00Z"

enum {
    WRITERS = 4,
    ROWS_MAX = 400
};

static struct postgres_server server;

struct place {
    char url[POSTGRES_URL_BYTES];
    struct store *store;
    struct session *session;
    int64_t doctor, patient;
};

static struct session *another(struct place *place)
{
    struct error err = {0};
    struct session *session = session_new(place->store, &err);
    if (!session)
        fprintf(stderr, "%s\n", err.message);
    assert_non_null(session);
    return session;
}

static void set(enum entity_id id, struct value *row, const char *field, struct value value)
{
    row[entity_field(entity_get(id), span_cstr(field))] = value;
}

/* A row with what every row of the entity needs; texts are "x". */
static void fill(enum entity_id id, struct value *row)
{
    const struct entity *entity = entity_get(id);
    for (size_t i = 0; i < entity->field_count; i++) {
        const struct field *field = &entity->fields[i];
        row[i] = entity_initial(field, SPAN(NOW));
        if (row[i].kind != VALUE_NULL || !(field->flags & FIELD_REQUIRED))
            continue;
        row[i] = field->type == FIELD_DATE       ? value_text(SPAN("1970-01-02"))
                 : field->type == FIELD_DATETIME ? value_text(SPAN(NOW))
                 : field->type == FIELD_INT      ? value_int(1)
                                                 : value_text(SPAN("x"));
    }
}

static void make_people(struct place *place)
{
    struct value row[ENTITY_FIELDS_MAX];
    fill(ENTITY_USERS, row);
    set(ENTITY_USERS, row, "username", value_text(SPAN("doctor")));
    set(ENTITY_USERS, row, "email", value_text(SPAN("doctor@clinic.example")));
    set(ENTITY_USERS, row, "role", value_text(SPAN("doctor")));
    assert_int_equal(session_insert(place->session, ENTITY_USERS, row, 1, &place->doctor),
                     STORE_OK);
    fill(ENTITY_PATIENTS, row);
    assert_int_equal(session_insert(place->session, ENTITY_PATIENTS, row, 1, &place->patient),
                     STORE_OK);
}

static int make_place(void **state)
{
    struct place *place = NEW(struct place);
    struct error err = {0};
    *state = place;
    if (!postgres_server_database(&server, place->url) ||
        store_open(place->url, NULL, &place->store, &err) != 0 ||
        store_migrate(place->store, &err) != 0) {
        fprintf(stderr, "%s\n", err.message);
        return -1;
    }
    place->session = another(place);
    make_people(place);
    return 0;
}

static int remove_place(void **state)
{
    struct place *place = *state;
    session_free(&place->session);
    store_free(&place->store);
    free(place);
    return 0;
}

static int64_t count(struct session *session, enum entity_id id)
{
    int64_t rows = -1;
    assert_int_equal(session_count(session, id, &rows), STORE_OK);
    return rows;
}

static enum store_result book(struct session *session, struct place *place, const char *when,
                              int64_t *ret_id)
{
    struct value row[ENTITY_FIELDS_MAX];
    fill(ENTITY_APPOINTMENTS, row);
    set(ENTITY_APPOINTMENTS, row, "patient_id", value_int(place->patient));
    set(ENTITY_APPOINTMENTS, row, "doctor_id", value_int(place->doctor));
    set(ENTITY_APPOINTMENTS, row, "appointment_date", value_text(span_cstr(when)));
    return session_insert(session, ENTITY_APPOINTMENTS, row, 1, ret_id);
}

static enum store_result add_patients(struct session *session, size_t rows, int64_t *ret_ids)
{
    size_t width = entity_get(ENTITY_PATIENTS)->field_count;
    AUTO(mem_free) struct value *all = NEW_ARRAY(struct value, rows * width);
    for (size_t i = 0; i < rows; i++) {
        struct value row[ENTITY_FIELDS_MAX];
        fill(ENTITY_PATIENTS, row);
        set(ENTITY_PATIENTS, row, "last_name", value_text(SPAN("Tab\there\\ \n'quoted' \"É\" {}")));
        set(ENTITY_PATIENTS, row, "blood_type", i % 2 ? value_text(SPAN("")) : (struct value){0});
        memcpy(&all[i * width], row, width * sizeof(row[0]));
    }
    return session_insert(session, ENTITY_PATIENTS, all, rows, ret_ids);
}

/* Everything but the id, as one text. */
static void write_down(void *context, const struct entity *entity, const struct value *row)
{
    struct strbuf *out = context;
    strbuf_reset(out);
    for (size_t i = 1; i < entity->field_count; i++)
        strbuf_addf(out, "%s|%d|%lld|%.*s\n", entity->fields[i].name, row[i].kind,
                    (long long)row[i].number, SPAN_ARG(row[i].text));
}

static void test_copy_equals_insert(void **state)
{
    struct place *place = *state;
    int64_t ids[ROWS_MAX];
    AUTO(strbuf_done) struct strbuf first = STRBUF_INIT(65536), other = STRBUF_INIT(65536);
    assert_int_equal(add_patients(place->session, 43, ids), STORE_OK);
    assert_int_equal(add_patients(place->session, 300, ids + 43), STORE_OK);
    assert_int_equal(count(place->session, ENTITY_PATIENTS), 344);
    for (int i = 0; i < 343; i++) {
        if (i)
            assert_true(ids[i] > ids[i - 1]);
        assert_int_equal(session_get(place->session, ENTITY_PATIENTS, ids[i], write_down,
                                     (i == 0 || i == 1) ? &first : &other),
                         STORE_OK);
        if (i > 43 && (i - 43) % 2)
            assert_string_equal(strbuf_cstr(&first), strbuf_cstr(&other));
    }
    assert_non_null(strstr(strbuf_cstr(&first), "Tab\there\\ \n'quoted'"));
    assert_non_null(strstr(strbuf_cstr(&first), "created_at|2|0|" NOW "\n"));
}

/* All or nothing, also by COPY. */
static void test_copy_fails_whole(void **state)
{
    struct place *place = *state;
    size_t width = entity_get(ENTITY_PATIENTS)->field_count;
    AUTO(mem_free) struct value *rows = NEW_ARRAY(struct value, 60 * width);
    int64_t ids[60];
    for (size_t i = 0; i < 60; i++)
        fill(ENTITY_PATIENTS, &rows[i * width]);
    set(ENTITY_PATIENTS, &rows[3 * width], "email", value_text(SPAN("a@b.example")));
    set(ENTITY_PATIENTS, &rows[55 * width], "email", value_text(SPAN("a@b.example")));
    assert_int_equal(session_insert(place->session, ENTITY_PATIENTS, rows, 60, ids),
                     STORE_DUPLICATE);
    assert_int_equal(count(place->session, ENTITY_PATIENTS), 1);
    assert_int_equal(session_begin(place->session), STORE_OK);
    assert_int_equal(session_insert(place->session, ENTITY_PATIENTS, rows, 60, ids),
                     STORE_DUPLICATE);
    assert_int_equal(session_insert(place->session, ENTITY_PATIENTS, rows, 1, ids), STORE_FAILED);
    session_rollback(place->session);
    assert_int_equal(session_insert(place->session, ENTITY_PATIENTS, rows, 1, ids), STORE_OK);
    assert_int_equal(count(place->session, ENTITY_PATIENTS), 2);
}

struct writer {
    struct place *place;
    pthread_t thread;
    atomic_int good;
    int conflicts, others;
    int64_t ids[ROWS_MAX];
};

static void run_writers(struct place *place, struct writer *writers, void *(*work)(void *))
{
    for (int i = 0; i < WRITERS; i++) {
        writers[i] = (struct writer){.place = place};
        assert_int_equal(pthread_create(&writers[i].thread, NULL, work, &writers[i]), 0);
    }
    for (int i = 0; i < WRITERS; i++)
        pthread_join(writers[i].thread, NULL);
}

static void *add_and_remove(void *context)
{
    struct writer *writer = context;
    AUTO(session_free) struct session *session = another(writer->place);
    int64_t ids[3];
    for (int i = 0; i < 15; i++) {
        bool begun = i % 3 == 0 && session_begin(session) == STORE_OK;
        if (add_patients(session, 3, ids) != STORE_OK ||
            session_remove(session, ENTITY_PATIENTS, ids, 1, NULL) != STORE_OK)
            writer->others++;
        if (begun)
            session_rollback(session);
        else
            writer->good += 2;
    }
    return NULL;
}

static void test_counters_are_exact(void **state)
{
    struct place *place = *state;
    struct writer writers[WRITERS];
    int64_t good = 1, total = 0;
    run_writers(place, writers, add_and_remove);
    for (int i = 0; i < WRITERS; i++) {
        assert_int_equal(writers[i].others, 0);
        good += writers[i].good;
    }
    assert_int_equal(count(place->session, ENTITY_PATIENTS), good);
    AUTO(strbuf_done) struct strbuf last = STRBUF_INIT(65536);
    const struct list_query all = {.limit = -1};
    assert_int_equal(session_list(place->session, ENTITY_PATIENTS, &all, write_down, &last, &total),
                     STORE_OK);
    assert_int_equal(total, good);
}

static void keep_failures(void *context, const struct entity *entity, const struct value *row)
{
    *(int64_t *)context = row[entity_field(entity, SPAN("failed_login_attempts"))].number;
}

static enum store_result count_up(struct session *session, int64_t id)
{
    const size_t field =
        (size_t)entity_field(entity_get(ENTITY_USERS), SPAN("failed_login_attempts"));
    const uint64_t mask = UINT64_C(1) << field;
    struct value row[ENTITY_FIELDS_MAX] = {0};
    int64_t seen = 0;
    enum store_result result = session_begin(session);
    if (result == STORE_OK)
        result = session_get(session, ENTITY_USERS, id, keep_failures, &seen);
    row[field] = value_int(seen + 1);
    if (result == STORE_OK)
        result = session_update(session, ENTITY_USERS, &id, row, &mask, 1);
    return result == STORE_OK ? session_commit(session) : result;
}

static void *count_up_often(void *context)
{
    struct writer *writer = context;
    AUTO(session_free) struct session *session = another(writer->place);
    for (int i = 0; i < 10; i++)
        writer->good += count_up(session, writer->place->doctor) == STORE_OK;
    return NULL;
}

/* What was read in a transaction is still so when it writes. */
static void test_look_and_write(void **state)
{
    struct place *place = *state;
    struct writer writers[WRITERS];
    int64_t seen;
    run_writers(place, writers, count_up_often);
    for (int i = 0; i < WRITERS; i++)
        assert_int_equal(writers[i].good, 10);
    assert_int_equal(session_get(place->session, ENTITY_USERS, place->doctor, keep_failures, &seen),
                     STORE_OK);
    assert_int_equal(seen, 10 * WRITERS);
}

/* Everybody wants the same ten slots of the same doctor. */
static void *book_them_all(void *context)
{
    struct writer *writer = context;
    AUTO(session_free) struct session *session = another(writer->place);
    for (int i = 0; i < 10; i++) {
        char when[32];
        int64_t id;
        snprintf(when, sizeof(when), "2026-02-01T%02d:10:00Z", 8 + i);
        enum store_result result = book(session, writer->place, when, &id);
        writer->good += result == STORE_OK;
        writer->conflicts += result == STORE_CONFLICT;
    }
    return NULL;
}

static void test_no_double_booking(void **state)
{
    struct place *place = *state;
    struct writer writers[WRITERS];
    int good = 0, conflicts = 0;
    run_writers(place, writers, book_them_all);
    for (int i = 0; i < WRITERS; i++) {
        good += writers[i].good;
        conflicts += writers[i].conflicts;
    }
    assert_int_equal(good, 10);
    assert_int_equal(conflicts, 10 * (WRITERS - 1));
}

/* A child waits for the pipe's end, so that both go at once. Its status is what booking said. */
static pid_t book_in_child(struct place *place, const char *when, int go[2])
{
    pid_t pid = fork();
    if (pid != 0)
        return pid;
    struct error err = {0};
    struct store *store;
    char c;
    int64_t id;
    close(go[1]);
    if (store_open(place->url, NULL, &store, &err) != 0)
        _exit(99);
    struct session *session = session_new(store, &err);
    if (!session || read(go[0], &c, 1) != 0)
        _exit(99);
    _exit((int)book(session, place, when, &id));
}

static void test_two_processes_book(void **state)
{
    struct place *place = *state;
    for (int i = 0; i < 5; i++) {
        int go[2], status[2];
        char when[32];
        snprintf(when, sizeof(when), "2026-03-%02dT09:00:00Z", i + 1);
        assert_int_equal(pipe(go), 0);
        pid_t one = book_in_child(place, when, go), two = book_in_child(place, when, go);
        close(go[0]);
        close(go[1]);
        assert_int_equal(waitpid(one, &status[0], 0), one);
        assert_int_equal(waitpid(two, &status[1], 0), two);
        int results[] = {WEXITSTATUS(status[0]), WEXITSTATUS(status[1])};
        assert_true((results[0] == STORE_OK && results[1] == STORE_CONFLICT) ||
                    (results[1] == STORE_OK && results[0] == STORE_CONFLICT));
    }
    assert_int_equal(count(place->session, ENTITY_APPOINTMENTS), 5);
}

static const struct overlap_case {
    const char *when;
    enum store_result result;
} OVERLAPS[] = {
    {"2026-02-01T10:00:00Z", STORE_OK},
    {"2026-02-01T10:00:00Z", STORE_CONFLICT},
    {"2026-02-01T10:29:59Z", STORE_CONFLICT},
    {"2026-02-01T10:30:00Z", STORE_OK},
    {"2026-02-01T09:30:00Z", STORE_OK},
    {"2026-02-01T09:00:01Z", STORE_CONFLICT},
    {"2026-02-01T11:00:00+01:00", STORE_CONFLICT},
};

static void test_overlaps(void **state)
{
    struct place *place = *state;
    int64_t id, first;
    assert_int_equal(book(place->session, place, "2026-02-05T10:00:00Z", &first), STORE_OK);
    for (size_t i = 0; i < COUNT_OF(OVERLAPS); i++)
        assert_int_equal(book(place->session, place, OVERLAPS[i].when, &id), OVERLAPS[i].result);
    /* Moving one onto another, and out of the way by cancelling it. */
    const struct entity *entity = entity_get(ENTITY_APPOINTMENTS);
    int date = entity_field(entity, SPAN("appointment_date"));
    int state_field = entity_field(entity, SPAN("status"));
    struct value row[ENTITY_FIELDS_MAX] = {0};
    uint64_t mask = UINT64_C(1) << date;
    row[date] = value_text(SPAN("2026-02-01T10:10:00Z"));
    assert_int_equal(session_update(place->session, ENTITY_APPOINTMENTS, &first, row, &mask, 1),
                     STORE_CONFLICT);
    row[state_field] = value_text(SPAN("cancelled"));
    mask |= UINT64_C(1) << state_field;
    assert_int_equal(session_update(place->session, ENTITY_APPOINTMENTS, &first, row, &mask, 1),
                     STORE_OK);
    mask = UINT64_C(1) << state_field;
    row[state_field] = value_text(SPAN("confirmed"));
    assert_int_equal(session_update(place->session, ENTITY_APPOINTMENTS, &first, row, &mask, 1),
                     STORE_CONFLICT);
}

static void test_update_all_or_nothing(void **state)
{
    struct place *place = *state;
    int64_t ids[3];
    int field = entity_field(entity_get(ENTITY_PATIENTS), SPAN("phone"));
    size_t width = entity_get(ENTITY_PATIENTS)->field_count;
    AUTO(mem_free) struct value *rows = NEW_ARRAY(struct value, 3 * width);
    uint64_t masks[3];
    assert_int_equal(add_patients(place->session, 2, ids), STORE_OK);
    ids[2] = 999999;
    for (size_t i = 0; i < 3; i++) {
        rows[i * width + (size_t)field] = value_text(SPAN("0102"));
        masks[i] = UINT64_C(1) << field;
    }
    assert_int_equal(session_update(place->session, ENTITY_PATIENTS, ids, rows, masks, 3),
                     STORE_NOT_FOUND);
    AUTO(strbuf_done) struct strbuf text = STRBUF_INIT(65536);
    assert_int_equal(session_get(place->session, ENTITY_PATIENTS, ids[0], write_down, &text),
                     STORE_OK);
    assert_non_null(strstr(strbuf_cstr(&text), "phone|2|0|x\n"));
    assert_int_equal(session_update(place->session, ENTITY_PATIENTS, ids, rows, masks, 2),
                     STORE_OK);
    assert_int_equal(session_get(place->session, ENTITY_PATIENTS, ids[1], write_down, &text),
                     STORE_OK);
    assert_non_null(strstr(strbuf_cstr(&text), "phone|2|0|0102\n"));
}

static void *take_jobs(void *context)
{
    struct writer *writer = context;
    AUTO(session_free) struct session *session = another(writer->place);
    struct job_row job;
    enum store_result result;
    while ((result = session_job_take(session, SPAN("2026-01-31T12:00:00Z"),
                                      SPAN("2026-01-31T12:05:00Z"), &job)) == STORE_OK)
        writer->ids[writer->good++] = job.id;
    writer->others = result != STORE_NOT_FOUND;
    return NULL;
}

static void test_jobs_are_taken_once(void **state)
{
    struct place *place = *state;
    struct writer writers[WRITERS];
    struct job_row job = {.kind = "patient_report", .format = "text", .created_at = NOW};
    int taken = 0;
    int64_t id, sum = 0, wanted = 0;
    job.user_id = place->doctor;
    job.subject_id = place->patient;
    for (int i = 0; i < 40; i++) {
        assert_int_equal(session_job_add(place->session, &job, &id), STORE_OK);
        wanted += id;
    }
    run_writers(place, writers, take_jobs);
    for (int i = 0; i < WRITERS; i++) {
        assert_int_equal(writers[i].others, 0);
        taken += writers[i].good;
        for (int j = 0; j < writers[i].good; j++)
            sum += writers[i].ids[j];
    }
    /* Those that were locked at the moment of a look were passed over, and taken by their holder.
     */
    assert_int_equal(taken, 40);
    assert_int_equal(sum, wanted);
}

static struct clinic_stats stats(struct session *session)
{
    struct stats_times times;
    struct clinic_stats figures = {0};
    stats_times_at(INT64_C(1769860800) * NSEC_PER_SEC, &times); /* NOW */
    assert_int_equal(session_stats(session, &times, &figures), STORE_OK);
    return figures;
}

static void *read_stats(void *context)
{
    struct writer *writer = context;
    AUTO(session_free) struct session *session = another(writer->place);
    for (int i = 0; i < 40; i++)
        writer->good += stats(session).patients >= 1;
    return NULL;
}

/* Readers never wait for a refresh, and never see none. */
static void test_refresh_beside_readers(void **state)
{
    struct place *place = *state;
    struct stats_times times;
    struct writer readers[WRITERS];
    int64_t ids[60];
    stats_times_at(INT64_C(1769860800) * NSEC_PER_SEC, &times);
    assert_int_equal(stats(place->session).patients, 1);
    assert_int_equal(session_refresh_stats(place->session, &times), STORE_OK);
    assert_int_equal(add_patients(place->session, 60, ids), STORE_OK);
    assert_int_equal(stats(place->session).patients, 1);
    assert_string_equal(stats(place->session).refreshed_at, NOW);
    for (int i = 0; i < WRITERS; i++) {
        readers[i] = (struct writer){.place = place};
        assert_int_equal(pthread_create(&readers[i].thread, NULL, read_stats, &readers[i]), 0);
    }
    for (int i = 0; i < 3; i++)
        assert_int_equal(session_refresh_stats(place->session, &times), STORE_OK);
    for (int i = 0; i < WRITERS; i++) {
        pthread_join(readers[i].thread, NULL);
        assert_int_equal(readers[i].good, 40);
    }
    assert_int_equal(stats(place->session).patients, 61);
    assert_int_equal(stats(place->session).doctors, 1);
}

static void *migrate(void *context)
{
    struct writer *writer = context;
    struct error err = {0};
    writer->good = store_migrate(writer->place->store, &err) == 0;
    return NULL;
}

static void test_migrating_together(void **state)
{
    struct place *place = *state;
    struct writer writers[WRITERS];
    struct place empty = {0};
    struct error err = {0};
    int version = -1, newest = 0;
    assert_true(postgres_server_database(&server, empty.url));
    assert_int_equal(store_open(empty.url, NULL, &empty.store, &err), 0);
    assert_int_equal(store_version(empty.store, &version, &newest, &err), 0);
    assert_int_equal(version, 0);
    run_writers(&empty, writers, migrate);
    for (int i = 0; i < WRITERS; i++)
        assert_int_equal(writers[i].good, 1);
    assert_int_equal(store_version(empty.store, &version, &newest, &err), 0);
    assert_int_equal(version, newest);
    store_free(&empty.store);
    assert_int_equal(count(place->session, ENTITY_PATIENTS), 1);
}

static void test_room_for_sessions(void **state)
{
    struct place *place = *state;
    struct error err = {0};
    struct store *store;
    /* 100 connections, 3 of them the superuser's, one of them ours. */
    assert_in_range(store_max_sessions(place->store), 80, 97);
    assert_true(postgres_server_sql(&server, place->url, "ALTER ROLE clinic CONNECTION LIMIT 7"));
    assert_int_equal(store_open(place->url, NULL, &store, &err), 0);
    assert_int_equal(store_max_sessions(store), 7);
    store_free(&store);
    assert_true(postgres_server_sql(&server, place->url, "ALTER ROLE clinic CONNECTION LIMIT -1"));
}

static void test_lost_session(void **state)
{
    struct place *place = *state;
    int64_t rows;
    assert_int_equal(session_ping(place->session, 0), STORE_OK);
    assert_int_equal(session_ping(place->session, NSEC_NEVER), STORE_OK);
    assert_true(postgres_server_sql(&server, place->url,
                                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                                    " WHERE usename = 'clinic'"));
    assert_int_equal(session_ping(place->session, NSEC_NEVER), STORE_UNAVAILABLE);
    assert_true(place->session->broken);
    assert_int_equal(session_count(place->session, ENTITY_PATIENTS, &rows), STORE_UNAVAILABLE);
}

/* Writes until the server is gone; counts what was acknowledged. */
static void *write_until_it_ends(void *context)
{
    struct writer *writer = context;
    AUTO(session_free) struct session *session = another(writer->place);
    while (writer->good < ROWS_MAX - 3 && !writer->others) {
        int64_t *ids = &writer->ids[writer->good];
        if (add_patients(session, 3, ids) == STORE_OK)
            writer->good += 3;
        else
            writer->others = 1 + session->broken;
    }
    return NULL;
}

static void ignore_row(void *context, const struct entity *entity, const struct value *row)
{
}

static void test_crash_under_writes(void **state)
{
    struct place *place = *state;
    struct writer writers[WRITERS];
    int64_t rows;
    for (int i = 0; i < WRITERS; i++) {
        writers[i] = (struct writer){.place = place};
        assert_int_equal(pthread_create(&writers[i].thread, NULL, write_until_it_ends, &writers[i]),
                         0);
    }
    for (int i = 0; i < WRITERS; i++)
        while (writers[i].good == 0)
            sched_yield();
    assert_true(postgres_server_crash(&server));
    for (int i = 0; i < WRITERS; i++)
        pthread_join(writers[i].thread, NULL);
    assert_int_equal(session_count(place->session, ENTITY_PATIENTS, &rows), STORE_UNAVAILABLE);
    assert_true(postgres_server_again(&server));
    session_free(&place->session);
    place->session = another(place);
    for (int i = 0; i < WRITERS; i++) {
        assert_true(writers[i].good > 0);
        if (writers[i].good < ROWS_MAX - 3)
            assert_int_equal(writers[i].others, 2); /* the session said that it was broken */
        for (int j = 0; j < writers[i].good; j++)
            assert_int_equal(
                session_get(place->session, ENTITY_PATIENTS, writers[i].ids[j], ignore_row, NULL),
                STORE_OK);
    }
    int64_t found = 0;
    const struct list_query all = {.limit = -1};
    assert_int_equal(session_list(place->session, ENTITY_PATIENTS, &all, ignore_row, NULL, &found),
                     STORE_OK);
    assert_int_equal(count(place->session, ENTITY_PATIENTS), found);
}

static void test_audit_batches(void **state)
{
    struct place *place = *state;
    static struct audit_row rows[120];
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        rows[i] = (struct audit_row){.user_id = place->doctor, .success = true, .signed_in = true};
        snprintf(rows[i].timestamp, sizeof(rows[i].timestamp), "2026-01-31T12:%02d:%02dZ",
                 (int)i / 60, (int)i % 60);
        snprintf(rows[i].action, sizeof(rows[i].action), "LOGIN");
        snprintf(rows[i].user_agent, sizeof(rows[i].user_agent), "back\\slash\ttab");
    }
    assert_int_equal(session_audit(place->session, rows, 1), STORE_OK);
    assert_int_equal(session_audit(place->session, rows, 20), STORE_OK);
    assert_int_equal(session_audit(place->session, rows, COUNT_OF(rows)), STORE_OK);
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        rows[i].signed_in = false;
    assert_int_equal(session_audit(place->session, rows, COUNT_OF(rows)), STORE_OK);
    assert_int_equal(count(place->session, ENTITY_AUDIT), 261);
    AUTO(strbuf_done) struct strbuf text = STRBUF_INIT(65536);
    assert_int_equal(session_get(place->session, ENTITY_USERS, place->doctor, write_down, &text),
                     STORE_OK);
    assert_non_null(strstr(strbuf_cstr(&text), "last_login|2|0|2026-01-31T12:01:59Z\n"));
    const struct list_query newest = {.limit = 1, .descending = true};
    assert_int_equal(session_list(place->session, ENTITY_AUDIT, &newest, write_down, &text, NULL),
                     STORE_OK);
    assert_non_null(strstr(strbuf_cstr(&text), "user_agent|2|0|back\\slash\ttab\n"));
}

/* No row can have it: nothing is found, and nothing is wrong. */
static void test_nul_bytes(void **state)
{
    struct place *place = *state;
    struct store_user user;
    int64_t total = -1, id;
    struct list_query query = {.limit = 10, .search = SPAN("\0x")};
    assert_int_equal(
        session_list(place->session, ENTITY_PATIENTS, &query, ignore_row, NULL, &total), STORE_OK);
    assert_int_equal(total, 0);
    assert_int_equal(session_user(place->session, SPAN("doctor\0"), &user), STORE_NOT_FOUND);
    struct value row[ENTITY_FIELDS_MAX];
    fill(ENTITY_PATIENTS, row);
    set(ENTITY_PATIENTS, row, "last_name", value_text(SPAN("a\0b")));
    assert_int_equal(session_insert(place->session, ENTITY_PATIENTS, row, 1, &id), STORE_FAILED);
    assert_int_equal(count(place->session, ENTITY_PATIENTS), 1);
}

#define CASE(function) cmocka_unit_test_setup_teardown(function, make_place, remove_place)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_copy_equals_insert),
        CASE(test_copy_fails_whole),
        CASE(test_counters_are_exact),
        CASE(test_look_and_write),
        CASE(test_no_double_booking),
        CASE(test_two_processes_book),
        CASE(test_overlaps),
        CASE(test_update_all_or_nothing),
        CASE(test_jobs_are_taken_once),
        CASE(test_refresh_beside_readers),
        CASE(test_migrating_together),
        CASE(test_room_for_sessions),
        CASE(test_lost_session),
        CASE(test_audit_batches),
        CASE(test_nul_bytes),
        CASE(test_crash_under_writes),
    };
    int status = postgres_server_start(&server);
    if (status == 0)
        status = cmocka_run_group_tests(tests, NULL, NULL);
    postgres_server_stop(&server);
    return status;
}
