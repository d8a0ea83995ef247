/* SPDX-License-Identifier: Apache-2.0
 *
 * Many at once, and a process that is killed.
 */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/test.h"
#include "unit/keneyapp/store_cases.h"

enum {
    WRITERS = 4,
    ROWS_EACH = 25,
    ACKNOWLEDGED = 40, /* writes before the kill */
};

struct writer {
    struct place *place;
    int number, failures;
    int64_t doctor, patient, booked;
};

/* Every writer wants every hour. */
static void *write_rows(void *context)
{
    struct writer *writer = context;
    struct error err = {0};
    struct session *session = session_new(writer->place->store, &err);
    struct value row[ENTITY_FIELDS_MAX];
    int64_t id;
    for (int i = 0; session && i < ROWS_EACH; i++) {
        char email[32], when[32];
        snprintf(email, sizeof(email), "%d-%d@b.example", writer->number, i);
        snprintf(when, sizeof(when), "2027-02-%02dT10:00:00Z", i + 1);
        make_patient(row, email);
        writer->failures += session_insert(session, ENTITY_PATIENTS, row, 1, &id) != STORE_OK;
        make_appointment(row, writer->patient, writer->doctor, when, 60);
        enum store_result result = session_insert(session, ENTITY_APPOINTMENTS, row, 1, &id);
        writer->booked += result == STORE_OK;
        writer->failures += result != STORE_OK && result != STORE_CONFLICT;
    }
    writer->failures += !session;
    session_free(&session);
    return NULL;
}

/* Nobody is turned away, counters are right, and each hour was had by one of them. */
static void test_many_writers(void **state)
{
    struct place *place = *state;
    struct writer writers[WRITERS];
    pthread_t threads[WRITERS];
    int64_t doctor = add_doctor(place->session, "doc"), patient = add_patient(place->session, NULL);
    int64_t booked = 0;
    for (int i = 0; i < WRITERS; i++) {
        writers[i] =
            (struct writer){.place = place, .number = i, .doctor = doctor, .patient = patient};
        assert_int_equal(pthread_create(&threads[i], NULL, write_rows, &writers[i]), 0);
    }
    for (int i = 0; i < WRITERS; i++) {
        pthread_join(threads[i], NULL);
        assert_int_equal(writers[i].failures, 0);
        booked += writers[i].booked;
    }
    assert_int_equal(booked, ROWS_EACH);
    assert_int_equal(count_of(place->session, ENTITY_APPOINTMENTS), ROWS_EACH);
    assert_int_equal(count_of(place->session, ENTITY_PATIENTS), WRITERS * ROWS_EACH + 1);
}

/* Two runners of jobs never have the same one. */
static void *take_jobs(void *context)
{
    struct writer *writer = context;
    struct error err = {0};
    struct session *session = session_new(writer->place->store, &err);
    struct job_row job;
    while (session &&
           session_job_take(session, SPAN(NOW), SPAN("2028-01-01T00:00:00Z"), &job) == STORE_OK)
        writer->booked += job.attempts == 1;
    session_free(&session);
    return NULL;
}

static void test_many_job_runners(void **state)
{
    struct place *place = *state;
    struct writer writers[WRITERS] = {0};
    pthread_t threads[WRITERS];
    struct job_row job = {.kind = "report", .format = "text", .created_at = NOW};
    int64_t id, taken = 0;
    for (int i = 0; i < ROWS_EACH; i++)
        assert_int_equal(session_job_add(place->session, &job, &id), STORE_OK);
    for (int i = 0; i < WRITERS; i++) {
        writers[i].place = place;
        assert_int_equal(pthread_create(&threads[i], NULL, take_jobs, &writers[i]), 0);
    }
    for (int i = 0; i < WRITERS; i++) {
        pthread_join(threads[i], NULL);
        taken += writers[i].booked;
    }
    assert_int_equal(taken, ROWS_EACH);
}

/* The child: tells of a patient when the store said that it is there. */
static void write_until_killed(const char *url, int pipe_fd)
{
    struct error err = {0};
    struct store *store = NULL;
    struct session *session = NULL;
    struct value row[ENTITY_FIELDS_MAX];
    if (store_open(url, NULL, &store, &err) == 0)
        session = session_new(store, &err);
    for (int i = 0; session; i++) {
        char email[32];
        int64_t id;
        snprintf(email, sizeof(email), "%d@killed.example", i);
        make_patient(row, email);
        if (session_insert(session, ENTITY_PATIENTS, row, 1, &id) != STORE_OK ||
            write(pipe_fd, &id, sizeof(id)) != sizeof(id))
            break;
    }
    _exit(1);
}

/* kill -9 in the middle of writing: every patient we were told of is there, and is counted. */
static void test_killed_process(void **state)
{
    struct place *place = *state;
    struct seen seen;
    int fds[2], status;
    int64_t ids[4096];
    size_t count = 0;
    session_free(&place->session);
    store_free(&place->store);
    assert_int_equal(pipe(fds), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        close(fds[0]);
        write_until_killed(place->url, fds[1]);
    }
    close(fds[1]);
    while (count < ACKNOWLEDGED && read(fds[0], &ids[count], sizeof(ids[0])) == sizeof(ids[0]))
        count++;
    kill(child, SIGKILL);
    while (count < COUNT_OF(ids) && read(fds[0], &ids[count], sizeof(ids[0])) == sizeof(ids[0]))
        count++;
    close(fds[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    assert_true(count >= ACKNOWLEDGED);
    place_open_again(place);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(session_get(place->session, ENTITY_PATIENTS, ids[i], see, &seen),
                         STORE_OK);
    struct list_query everyone = {.limit = -1};
    list_rows(place->session, ENTITY_PATIENTS, &everyone, &seen);
    assert_int_equal(count_of(place->session, ENTITY_PATIENTS), seen.count);
    assert_true(seen.count - count <= 1);
}

int store_cases_faults(const struct store_rig *rig)
{
    const struct CMUnitTest tests[] = {
        STORE_CASE(test_many_writers),
        STORE_CASE(test_many_job_runners),
        STORE_CASE(test_killed_process),
    };
    return cmocka_run_group_tests_name("faults", tests, NULL, NULL);
}
