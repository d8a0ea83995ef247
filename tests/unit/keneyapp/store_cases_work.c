/* SPDX-License-Identifier: Apache-2.0
 *
 * Signing in, the dashboard, the audit log, jobs, sealed fields.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "keneyapp/auth/vault.h"
#include "support/test.h"
#include "unit/keneyapp/store_cases.h"

#define LATER "2027-01-15T08:30:00Z"

static void test_users(void **state)
{
    struct place *place = *state;
    struct store_user user;
    int64_t doctor = add_doctor(place->session, "testuser");
    assert_int_equal(session_user(place->session, SPAN("testuser"), &user), STORE_OK);
    assert_string_equal(user.role, "doctor");
    assert_int_equal(user.id, doctor);
    assert_int_equal(user.tenant_id, TENANT_DEFAULT);
    assert_true(user.is_active);
    assert_false(user.is_locked);
    assert_string_equal(user.locked_until, "");
    assert_int_equal(session_user(place->session, SPAN("nobody"), &user), STORE_NOT_FOUND);
    assert_int_equal(session_user(place->session, SPAN("TestUSER"), &user), STORE_OK);
    assert_string_equal(user.username, "testuser");
    assert_int_equal(session_user(place->session, SPAN("' OR 1=1 --"), &user), STORE_NOT_FOUND);
    assert_int_equal(session_user(place->session, SPAN(""), &user), STORE_NOT_FOUND);
    assert_int_equal(session_user_by_id(place->session, doctor, &user), STORE_OK);
    assert_string_equal(user.username, "testuser");
    assert_int_equal(session_user_by_id(place->session, 4711, &user), STORE_NOT_FOUND);
}

static void set_password(struct place *place, int64_t id, const char *was, const char *hash,
                         enum store_result result)
{
    assert_int_equal(
        session_set_password(place->session, id, span_cstr(was), span_cstr(hash), SPAN(LATER)),
        result);
}

/* Of several who follow the same hash, the first one does. */
static void test_passwords(void **state)
{
    struct place *place = *state;
    struct store_user user;
    int64_t id = add_doctor(place->session, "testuser");
    set_password(place, id, "", "first", STORE_OK);
    set_password(place, 4711, "", "first", STORE_NOT_FOUND);
    set_password(place, id, "first", "second", STORE_OK);
    set_password(place, id, "first", "third", STORE_NOT_FOUND);
    set_password(place, id, "", "", STORE_OK);
    set_password(place, id, "second", "third", STORE_NOT_FOUND);
    set_password(place, id, "", "fourth", STORE_OK);
    assert_int_equal(session_user(place->session, SPAN("testuser"), &user), STORE_OK);
    assert_string_equal(user.hashed_password, "fourth");
}

/* Names are unique over all tenants: who signs in says no tenant. */
static void test_names_are_unique(void **state)
{
    struct place *place = *state;
    struct value row[ENTITY_FIELDS_MAX];
    int64_t id;
    add_doctor(place->session, "testuser");
    session_for(place->session, place->other_tenant);

    static const struct {
        const char *name, *email;
        enum store_result result;
    } OTHERS[] = {
        {"testuser", "a", STORE_DUPLICATE},
        {"TestUser", "b", STORE_DUPLICATE},
        {"other", "TESTuser", STORE_DUPLICATE}, /* the address of testuser in the fixture */
        {"other", "c", STORE_OK},
    };

    for (size_t i = 0; i < COUNT_OF(OTHERS); i++) {
        make_user(row, OTHERS[i].name, "nurse");
        set_text(ENTITY_USERS, row, "email", OTHERS[i].email);
        assert_int_equal(session_insert(place->session, ENTITY_USERS, row, 1, &id),
                         OTHERS[i].result);
    }
}

static void fail_sign_in(struct session *session, int64_t id, bool locks)
{
    bool locked = !locks;
    assert_int_equal(session_sign_in_failed(session, id, 3, SPAN(NOW), SPAN(LATER), &locked),
                     STORE_OK);
    assert_int_equal(locked, locks);
}

/* The row as it is told: whether it is locked, and how many failures count. */
static void expect_lock(struct session *session, int64_t id, const char *until, int failures)
{
    struct store_user user;
    assert_int_equal(session_user_by_id(session, id, &user), STORE_OK);
    assert_int_equal(user.is_locked, until[0] != '\0');
    assert_string_equal(user.locked_until, until);
    assert_int_equal(user.failed_attempts, failures);
}

#define MUCH_LATER "2027-01-16T08:30:00Z"

/* A lock that is over begins a new count, whoever notices it first; a right password of before a
 * lock does not end it. */
static void test_lock_that_is_over(void **state)
{
    struct place *place = *state;
    struct session *session = place->session;
    bool locked;
    int64_t id = add_doctor(session, "doc");
    for (int i = 1; i <= 3; i++)
        fail_sign_in(session, id, i == 3);
    assert_int_equal(session_sign_in_reset(session, id, SPAN(NOW)), STORE_OK);
    expect_lock(session, id, LATER, 0);
    for (int i = 1; i <= 2; i++) {
        assert_int_equal(
            session_sign_in_failed(session, id, 3, SPAN(LATER), SPAN(MUCH_LATER), &locked),
            STORE_OK);
        assert_false(locked);
        expect_lock(session, id, "", i);
    }
    assert_int_equal(session_sign_in_failed(session, id, 3, SPAN(LATER), SPAN(MUCH_LATER), &locked),
                     STORE_OK);
    assert_true(locked);
    expect_lock(session, id, MUCH_LATER, 0);
    assert_int_equal(session_sign_in_reset(session, id, SPAN(MUCH_LATER)), STORE_OK);
    expect_lock(session, id, "", 0);
}

static void test_lock_out(void **state)
{
    struct place *place = *state;
    struct session *session = place->session;
    int64_t id = add_doctor(session, "doc");
    fail_sign_in(session, id, false);
    fail_sign_in(session, id, false);
    expect_lock(session, id, "", 2);
    assert_int_equal(session_sign_in_reset(session, id, SPAN(NOW)), STORE_OK);
    fail_sign_in(session, id, false);
    fail_sign_in(session, id, false);
    fail_sign_in(session, id, true);
    fail_sign_in(session, id, true);
    expect_lock(session, id, LATER, 0);
    assert_int_equal(session_sign_in_reset(session, id, SPAN(LATER)), STORE_OK);
    expect_lock(session, id, "", 0);
}

/* A lock without an end is somebody's decision: a right password does not undo it, a new one does.
 */
static void test_lock_for_good(void **state)
{
    struct place *place = *state;
    struct session *session = place->session;
    struct value row[ENTITY_FIELDS_MAX] = {0};
    struct store_user user;
    uint64_t mask = mask_of(ENTITY_USERS, "is_locked");
    int64_t id = add_doctor(session, "doc");
    set_int(ENTITY_USERS, row, "is_locked", 1);
    assert_int_equal(session_update(session, ENTITY_USERS, &id, row, &mask, 1), STORE_OK);
    assert_int_equal(session_sign_in_reset(session, id, SPAN(LATER)), STORE_OK);
    assert_int_equal(session_user_by_id(session, id, &user), STORE_OK);
    assert_true(user.is_locked);
    assert_string_equal(user.locked_until, "");
    assert_int_equal(session_set_password(session, id, SPAN_EMPTY, SPAN("new"), SPAN(NOW)),
                     STORE_OK);
    assert_int_equal(session_user_by_id(session, id, &user), STORE_OK);
    assert_false(user.is_locked);
}

static void fill_for_stats(struct session *session)
{
    struct value row[ENTITY_FIELDS_MAX];

    static const struct {
        const char *created_at, *when, *status;
    } VISITS[] = {
        {"2027-01-15T07:00:00Z", "2027-01-15T00:00:00Z", "scheduled"},
        {"2027-01-09T00:00:00Z", "2027-01-15T23:59:00Z", "completed"},
        {"2027-01-07T00:00:00Z", "2027-01-16T00:00:00Z", "completed"},
        {"2026-01-01T00:00:00Z", "2027-01-14T23:59:59Z", "cancelled"},
        {"2026-01-01T00:00:00Z", "2027-02-14T12:00:00Z", "no_show"},
    };

    int64_t doctor = add_doctor(session, "doc"), patient = 0;
    for (size_t i = 0; i < COUNT_OF(VISITS); i++) {
        make_patient(row, NULL);
        set_text(ENTITY_PATIENTS, row, "created_at", VISITS[i].created_at);
        patient = add_row(session, ENTITY_PATIENTS, row);
        make_appointment(row, patient, doctor, VISITS[i].when, 1);
        set_text(ENTITY_APPOINTMENTS, row, "status", VISITS[i].status);
        set_text(ENTITY_APPOINTMENTS, row, "created_at", VISITS[i].created_at);
        add_row(session, ENTITY_APPOINTMENTS, row);
    }
    make_prescription(row, patient, doctor);
    add_row(session, ENTITY_PRESCRIPTIONS, row);
}

static void expect_stats(struct place *place)
{
    struct clinic_stats stats;
    struct stats_times times;
    stats_times_at(NOW_NS, &times);
    assert_int_equal(session_stats(place->session, &times, &stats), STORE_OK);
    assert_int_equal(stats.patients, 5);
    assert_int_equal(stats.appointments, 5);
    assert_int_equal(stats.prescriptions, 1);
    assert_int_equal(stats.doctors, 1);
    assert_int_equal(stats.new_patients, 3);
    assert_int_equal(stats.appointments_today, 2);
    assert_int_equal(stats.scheduled, 1);
    assert_int_equal(stats.completed, 2);
    assert_int_equal(stats.cancelled, 1);
    assert_int_equal(stats.recent_patients, 2);
    assert_int_equal(stats.recent_appointments, 2);
    assert_int_equal(stats.recent_prescriptions, 1);
    assert_int_equal(strlen(stats.refreshed_at), strlen(NOW));
}

/* The figures are counted; PostgreSQL's view goes by its own clock, so only the live ones can be
 * held against known numbers on every store. */
static void test_live_stats(void **state)
{
    struct place *place = *state;
    fill_for_stats(place->session);
    expect_stats(place);
    place->options.without_matview = true;
    place_open_again(place);
    expect_stats(place);
}

/* What was counted stays until it is counted again. */
static void test_kept_stats(void **state)
{
    struct place *place = *state;
    struct clinic_stats stats;
    struct stats_times times;
    stats_times_at(clock_wall(), &times);
    add_patient(place->session, NULL);
    assert_int_equal(session_refresh_stats(place->session, &times), STORE_OK);
    add_patient(place->session, NULL);
    assert_int_equal(session_stats(place->session, &times, &stats), STORE_OK);
    assert_int_equal(stats.patients, 1);
    assert_int_equal(session_refresh_stats(place->session, &times), STORE_OK);
    assert_int_equal(session_stats(place->session, &times, &stats), STORE_OK);
    assert_int_equal(stats.patients, 2);
    place->options.without_matview = true;
    place_open_again(place);
    add_patient(place->session, NULL);
    assert_int_equal(session_stats(place->session, &times, &stats), STORE_OK);
    assert_int_equal(stats.patients, 3);
}

static void test_audit(void **state)
{
    enum {
        MANY = 5000,
    };

    struct place *place = *state;
    struct seen seen;
    struct audit_row *rows = NEW_ARRAY(struct audit_row, MANY);
    int64_t doctor = add_doctor(place->session, "doc");
    for (int i = 0; i < MANY; i++) {
        rows[i] = (struct audit_row){.action = "READ",
                                     .resource_type = "patients",
                                     .resource_id = i,
                                     .user_id = i % 10 ? 0 : doctor,
                                     .username = "d'oc",
                                     .correlation_id = "abc",
                                     .details = SPAN("{\"skip\":0}"),
                                     .success = i % 2,
                                     .signed_in = i % 10 == 0};
        if (rows[i].signed_in)
            snprintf(rows[i].action, sizeof(rows[i].action), "LOGIN");
        snprintf(rows[i].timestamp, sizeof(rows[i].timestamp), "2027-01-15T%02d:%02d:00Z",
                 i / 60 % 24, i % 60);
    }
    assert_int_equal(session_audit(place->session, rows, MANY), STORE_OK);
    assert_int_equal(session_audit(place->session, rows, 1), STORE_OK);
    assert_int_equal(session_audit(place->session, rows, 0), STORE_OK);
    assert_int_equal(count_of(place->session, ENTITY_AUDIT), MANY + 1);
    struct list_query query = {
        .limit = 2, .sort_field = place_field(ENTITY_AUDIT, "timestamp"), .descending = true};
    list_rows(place->session, ENTITY_AUDIT, &query, &seen);
    assert_string_equal(seen.texts[place_field(ENTITY_AUDIT, "timestamp")], "2027-01-15T23:59:00Z");
    assert_string_equal(seen.texts[place_field(ENTITY_AUDIT, "username")], "d'oc");
    assert_string_equal(seen.texts[place_field(ENTITY_AUDIT, "user_id")], "(null)");
    query.filter_count = 1;
    query.filters[0] = (struct filter){.field = place_field(ENTITY_AUDIT, "action"),
                                       .value = value_text(SPAN("LOGIN"))};
    list_rows(place->session, ENTITY_AUDIT, &query, &seen);
    assert_string_equal(text_in(place->session, ENTITY_USERS, doctor, "last_login", &seen),
                        rows[0].timestamp);
    query.filters[0] = (struct filter){.field = place_field(ENTITY_AUDIT, "username"),
                                       .value = value_text(SPAN("D'oc"))};
    list_rows(place->session, ENTITY_AUDIT, &query, &seen);
    assert_int_equal(seen.count, 2);
    free(rows);
}

static struct job_row take(struct place *place, const char *now, const char *until, int64_t id,
                           int attempts)
{
    struct job_row job = {0};
    enum store_result result =
        session_job_take(place->session, span_cstr(now), span_cstr(until), &job);
    assert_int_equal(result, id ? STORE_OK : STORE_NOT_FOUND);
    assert_int_equal(job.id, id);
    assert_int_equal(job.attempts, attempts);
    return job;
}

static const struct job_row NEW_JOB = {
    .user_id = 7, .subject_id = 8, .kind = "report", .format = "html", .created_at = NOW};

static void finish(struct place *place, const struct job_row *job, bool good, const char *text,
                   enum store_result result)
{
    assert_int_equal(session_job_finish(place->session, job, good, SPAN(LATER), span_cstr(text)),
                     result);
}

static void expect_job(struct place *place, int64_t id, const char *state, const char *result)
{
    AUTO(strbuf_done) struct strbuf text = STRBUF_INIT(4096);
    struct job_row job;
    assert_int_equal(session_job_get(place->session, id, &job, &text), STORE_OK);
    assert_string_equal(job.state, state);
    assert_string_equal(job.finished_at, result[0] ? LATER : "");
    assert_string_equal(strbuf_cstr(&text), result);
    assert_string_equal(job.format, "html");
    assert_string_equal(job.created_at, NOW);
    assert_int_equal(job.subject_id, 8);
}

static void test_jobs(void **state)
{
    struct place *place = *state;
    int64_t first, second;
    take(place, NOW, LATER, 0, 0);
    assert_int_equal(session_job_add(place->session, &NEW_JOB, &first), STORE_OK);
    assert_int_equal(session_job_add(place->session, &NEW_JOB, &second), STORE_OK);
    struct job_row job = take(place, NOW, LATER, first, 1);
    take(place, NOW, LATER, second, 1);
    take(place, NOW, LATER, 0, 0);
    expect_job(place, first, "running", "");
    finish(place, &job, true, "<p>'done'</p>", STORE_OK);
    /* The other one's runner is gone: when its lease is over, somebody else has it. */
    job = take(place, LATER, "2027-01-15T09:00:00Z", second, 2);
    finish(place, &job, false, "why", STORE_OK);
    take(place, "2028-01-01T00:00:00Z", "2029-01-01T00:00:00Z", 0, 0);
    expect_job(place, first, "done", "<p>'done'</p>");
    expect_job(place, second, "failed", "why");
    job.id = 4711;
    finish(place, &job, true, "x", STORE_NOT_FOUND);
}

/* A runner whose lease is over finds that the job is somebody else's, before and after its end. */
static void test_late_jobs(void **state)
{
    struct place *place = *state;
    int64_t id;
    assert_int_equal(session_job_add(place->session, &NEW_JOB, &id), STORE_OK);
    struct job_row late = take(place, NOW, LATER, id, 1);
    struct job_row job = take(place, LATER, MUCH_LATER, id, 2);
    finish(place, &late, true, "old", STORE_NOT_FOUND);
    assert_int_equal(session_job_retry(place->session, &late, SPAN(LATER)), STORE_NOT_FOUND);
    expect_job(place, id, "running", "");
    finish(place, &job, true, "new", STORE_OK);
    finish(place, &late, false, "old", STORE_NOT_FOUND);
    finish(place, &job, false, "twice", STORE_NOT_FOUND);
    assert_int_equal(session_job_retry(place->session, &job, SPAN(LATER)), STORE_NOT_FOUND);
    expect_job(place, id, "done", "new");
}

/* After a failure, a job is queued, but nobody takes it before it is due. */
static void test_jobs_again(void **state)
{
    struct place *place = *state;
    int64_t id;
    assert_int_equal(session_job_add(place->session, &NEW_JOB, &id), STORE_OK);
    struct job_row job = take(place, NOW, MUCH_LATER, id, 1);
    assert_int_equal(session_job_retry(place->session, &job, SPAN(LATER)), STORE_OK);
    expect_job(place, id, "queued", "");
    take(place, NOW, MUCH_LATER, 0, 0);
    job = take(place, LATER, MUCH_LATER, id, 2);
    finish(place, &job, true, "done at last", STORE_OK);
}

#define KEY_ONE "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define KEY_TWO "ffeeddccbbaa99887766554433221100ffeeddccbbaa99887766554433221100"

/* Callers see plain text; without the key, what is in the database is none. */
static void test_sealing(void **state)
{
    struct place *place = *state;
    struct error err = {0};
    struct value row[ENTITY_FIELDS_MAX];
    struct seen seen;
    struct vault *one = vault_new(SPAN(KEY_ONE), &err), *two = vault_new(SPAN(KEY_TWO), &err);
    assert_non_null(one);
    assert_non_null(two);
    make_patient(row, NULL);
    set_text(ENTITY_PATIENTS, row, "allergies", "before there was a key");
    int64_t before = add_row(place->session, ENTITY_PATIENTS, row);
    place->options.vault = one;
    place_open_again(place);
    set_text(ENTITY_PATIENTS, row, "allergies", "Peanuts \xf0\x9f\xa5\x9c");
    set_text(ENTITY_PATIENTS, row, "address", "");
    int64_t id = add_row(place->session, ENTITY_PATIENTS, row);
    assert_string_equal(text_in(place->session, ENTITY_PATIENTS, id, "allergies", &seen),
                        "Peanuts \xf0\x9f\xa5\x9c");
    assert_string_equal(seen.texts[place_field(ENTITY_PATIENTS, "address")], "");
    assert_string_equal(seen.texts[place_field(ENTITY_PATIENTS, "medical_history")], "(null)");
    assert_string_equal(text_in(place->session, ENTITY_PATIENTS, before, "allergies", &seen),
                        "before there was a key");
    uint64_t mask = mask_of(ENTITY_PATIENTS, "medical_history");
    set_text(ENTITY_PATIENTS, row, "medical_history", "Asthma");
    assert_int_equal(session_update(place->session, ENTITY_PATIENTS, &id, row, &mask, 1), STORE_OK);
    list_rows(place->session, ENTITY_PATIENTS, &(struct list_query){.limit = 10}, &seen);
    assert_string_equal(seen.texts[place_field(ENTITY_PATIENTS, "medical_history")], "Asthma");
    place->options.vault = NULL;
    place_open_again(place);
    assert_memory_equal(text_in(place->session, ENTITY_PATIENTS, id, "allergies", &seen), "s1:", 3);
    assert_memory_equal(seen.texts[place_field(ENTITY_PATIENTS, "medical_history")], "s1:", 3);
    place->options.vault = two;
    place_open_again(place);
    assert_int_equal(session_get(place->session, ENTITY_PATIENTS, id, see, &seen), STORE_FAILED);
    assert_non_null(strstr(session_problem(place->session), "key"));
    place->options.vault = NULL;
    place_open_again(place);
    vault_free(&one);
    vault_free(&two);
}

struct observed {
    int times[QUERY_CLASSES];
};

static void observe(void *context, enum query_class class, nsec_t duration_ns)
{
    struct observed *observed = context;
    assert_true(duration_ns >= 0);
    observed->times[class]++;
}

static void test_observer(void **state)
{
    struct place *place = *state;
    struct observed seen_by_class = {0};
    struct seen seen = {0};
    place->options.observe = observe;
    place->options.observe_context = &seen_by_class;
    place_open_again(place);
    add_patient(place->session, NULL);
    assert_int_equal(seen_by_class.times[QUERY_WRITE], 1);
    struct list_query query = {.limit = 10};
    assert_int_equal(session_list(place->session, ENTITY_PATIENTS, &query, see, &seen, NULL), 0);
    assert_int_equal(seen_by_class.times[QUERY_SIMPLE], 1);
    query.search = SPAN("x");
    assert_int_equal(session_list(place->session, ENTITY_PATIENTS, &query, see, &seen, NULL), 0);
    assert_int_equal(seen_by_class.times[QUERY_COMPLEX], 1);
    query.limit = -1;
    assert_int_equal(session_list(place->session, ENTITY_PATIENTS, &query, see, &seen, NULL), 0);
    assert_int_equal(seen_by_class.times[QUERY_REPORT], 1);
}

int store_cases_work(const struct store_rig *rig)
{
    const struct CMUnitTest tests[] = {
        STORE_CASE(test_users),      STORE_CASE(test_names_are_unique),
        STORE_CASE(test_lock_out),   STORE_CASE(test_lock_for_good),
        STORE_CASE(test_live_stats), STORE_CASE(test_kept_stats),
        STORE_CASE(test_audit),      STORE_CASE(test_jobs),
        STORE_CASE(test_late_jobs),  STORE_CASE(test_jobs_again),
        STORE_CASE(test_passwords),  STORE_CASE(test_lock_that_is_over),
        STORE_CASE(test_sealing),    STORE_CASE(test_observer),
    };
    return cmocka_run_group_tests_name("work", tests, NULL, NULL);
}
