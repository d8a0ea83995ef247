/* SPDX-License-Identifier: Apache-2.0
 *
 * Two clinics in one database: neither sees, counts, changes or refers to a row of the other.
 */
#include <stdio.h>

#include "support/test.h"
#include "unit/keneyapp/store_cases.h"

struct clinic {
    int64_t patient, doctor, appointment, prescription;
};

static void fill(struct session *session, int64_t tenant, const char *doctor, struct clinic *clinic)
{
    struct value row[ENTITY_FIELDS_MAX];
    session_for(session, tenant);
    clinic->patient = add_patient(session, "same@b.example");
    clinic->doctor = add_doctor(session, doctor);
    make_appointment(row, clinic->patient, clinic->doctor, NOW, 30);
    clinic->appointment = add_row(session, ENTITY_APPOINTMENTS, row);
    make_prescription(row, clinic->patient, clinic->doctor);
    clinic->prescription = add_row(session, ENTITY_PRESCRIPTIONS, row);
}

/* The session acts for the second one afterwards. */
static void fill_both(struct place *place, struct clinic *one, struct clinic *two)
{
    fill(place->session, TENANT_DEFAULT, "one", one);
    fill(place->session, place->other_tenant, "two", two);
}

static int64_t row_of(const struct clinic *clinic, enum entity_id id)
{
    switch (id) {
    case ENTITY_USERS:
        return clinic->doctor;
    case ENTITY_PATIENTS:
        return clinic->patient;
    case ENTITY_APPOINTMENTS:
        return clinic->appointment;
    default:
        return clinic->prescription;
    }
}

static void test_reads(void **state)
{
    struct place *place = *state;
    struct clinic one, two;
    struct seen seen;
    fill_both(place, &one, &two);
    for (int i = ENTITY_USERS; i <= ENTITY_PRESCRIPTIONS; i++) {
        enum entity_id id = (enum entity_id)i;
        list_rows(place->session, id, &(struct list_query){.limit = 10}, &seen);
        assert_int_equal(seen.count, 1);
        assert_int_equal(seen.ids[0], row_of(&two, id));
        assert_string_not_equal(seen.texts[1], "1"); /* tenant_id */
        assert_int_equal(count_of(place->session, id), 1);
        assert_int_equal(session_get(place->session, id, row_of(&one, id), see, &seen),
                         STORE_NOT_FOUND);
        assert_int_equal(session_get(place->session, id, row_of(&two, id), see, &seen), STORE_OK);
        int64_t ids[] = {row_of(&one, id), row_of(&two, id)};
        struct list_query query = {.limit = 10, .filter_count = 1};
        query.filters[0] =
            (struct filter){.field = 0, .kind = FILTER_IN, .ids = ids, .id_count = 2};
        list_rows(place->session, id, &query, &seen);
        assert_int_equal(seen.count, 1);
    }
}

static void test_searches_and_filters(void **state)
{
    struct place *place = *state;
    struct clinic one, two;
    struct seen seen;
    fill_both(place, &one, &two);
    list_rows(place->session, ENTITY_PATIENTS,
              &(struct list_query){.limit = 10, .search = SPAN("same@ alpha")}, &seen);
    assert_int_equal(seen.count, 1);
    assert_int_equal(seen.ids[0], two.patient);
    struct list_query query = {.limit = 10, .filter_count = 1};
    query.filters[0] = (struct filter){.field = place_field(ENTITY_APPOINTMENTS, "patient_id"),
                                       .value = value_int(one.patient)};
    list_rows(place->session, ENTITY_APPOINTMENTS, &query, &seen);
    assert_int_equal(seen.count, 0);
    query.filters[0].field = place_field(ENTITY_APPOINTMENTS, "tenant_id");
    query.filters[0].value = value_int(TENANT_DEFAULT);
    list_rows(place->session, ENTITY_APPOINTMENTS, &query, &seen);
    assert_int_equal(seen.count, 0);
}

static void test_writes(void **state)
{
    struct place *place = *state;
    struct clinic one, two;
    struct seen seen;
    fill_both(place, &one, &two);
    for (int i = ENTITY_USERS; i <= ENTITY_PRESCRIPTIONS; i++) {
        enum entity_id id = (enum entity_id)i;
        struct value row[ENTITY_FIELDS_MAX] = {0};
        int64_t theirs = row_of(&one, id);
        uint64_t mask = mask_of(id, "updated_at");
        size_t removed = 99;
        set_text(id, row, "updated_at", "2030-01-01T00:00:00Z");
        assert_int_equal(session_update(place->session, id, &theirs, row, &mask, 1),
                         STORE_NOT_FOUND);
        assert_int_equal(session_remove(place->session, id, &theirs, 1, &removed), STORE_OK);
        assert_int_equal(removed, 0);
        session_for(place->session, TENANT_DEFAULT);
        assert_string_equal(text_in(place->session, id, theirs, "updated_at", &seen), NOW);
        session_for(place->session, place->other_tenant);
    }
}

/* A new row is the session's, whatever it says, and refers to nothing of the other clinic. */
static void test_references(void **state)
{
    struct place *place = *state;
    struct clinic one, two;
    struct value row[ENTITY_FIELDS_MAX];
    struct seen seen;
    int64_t id;
    char other[24];
    fill_both(place, &one, &two);
    make_prescription(row, one.patient, two.doctor);
    assert_int_equal(session_insert(place->session, ENTITY_PRESCRIPTIONS, row, 1, &id),
                     STORE_BAD_REFERENCE);
    make_prescription(row, two.patient, one.doctor);
    assert_int_equal(session_insert(place->session, ENTITY_PRESCRIPTIONS, row, 1, &id),
                     STORE_BAD_REFERENCE);
    make_appointment(row, one.patient, one.doctor, "2027-05-01T00:00:00Z", 30);
    assert_int_equal(session_insert(place->session, ENTITY_APPOINTMENTS, row, 1, &id),
                     STORE_BAD_REFERENCE);
    make_patient(row, NULL);
    set_int(ENTITY_PATIENTS, row, "tenant_id", TENANT_DEFAULT);
    set_int(ENTITY_PATIENTS, row, "id", one.patient);
    id = add_row(place->session, ENTITY_PATIENTS, row);
    assert_int_not_equal(id, one.patient);
    snprintf(other, sizeof(other), "%lld", (long long)place->other_tenant);
    assert_string_equal(text_in(place->session, ENTITY_PATIENTS, id, "tenant_id", &seen), other);
    assert_int_equal(count_of(place->session, ENTITY_PATIENTS), 2);
    session_for(place->session, TENANT_DEFAULT);
    assert_int_equal(count_of(place->session, ENTITY_PATIENTS), 1);
}

static void test_stats_audit_and_jobs(void **state)
{
    struct place *place = *state;
    struct clinic one, two;
    struct clinic_stats stats;
    struct stats_times times;
    struct seen seen;
    struct job_row job = {.kind = "report", .format = "text", .created_at = NOW}, got;
    int64_t job_id;
    fill_both(place, &one, &two);
    add_patient(place->session, NULL);
    stats_times_at(NOW_NS, &times);
    for (int round = 0; round < 2; round++) {
        session_for(place->session, TENANT_DEFAULT);
        assert_int_equal(session_stats(place->session, &times, &stats), STORE_OK);
        assert_int_equal(stats.patients, 1);
        session_for(place->session, place->other_tenant);
        assert_int_equal(session_stats(place->session, &times, &stats), STORE_OK);
        assert_int_equal(stats.patients, 2);
        assert_int_equal(session_refresh_stats(place->session, &times), STORE_OK);
    }
    struct audit_row audit = {
        .timestamp = NOW, .tenant_id = place->other_tenant, .action = "READ", .resource_type = "x"};
    assert_int_equal(session_audit(place->session, &audit, 1), STORE_OK);
    assert_int_equal(session_job_add(place->session, &job, &job_id), STORE_OK);
    list_rows(place->session, ENTITY_AUDIT, &(struct list_query){.limit = 10}, &seen);
    assert_int_equal(seen.count, 1);
    session_for(place->session, TENANT_DEFAULT);
    list_rows(place->session, ENTITY_AUDIT, &(struct list_query){.limit = 10}, &seen);
    assert_int_equal(seen.count, 0);
    assert_int_equal(count_of(place->session, ENTITY_AUDIT), 0);
    assert_int_equal(session_job_get(place->session, job_id, &got, NULL), STORE_NOT_FOUND);
}

static void test_tenants(void **state)
{
    struct place *place = *state;
    struct seen seen;
    int64_t id;
    assert_int_equal(session_tenant_by_slug(place->session, SPAN("other"), &id), STORE_OK);
    assert_int_equal(id, place->other_tenant);
    assert_int_equal(session_tenant_by_slug(place->session, SPAN("default"), &id), STORE_OK);
    assert_int_equal(id, TENANT_DEFAULT);
    assert_int_equal(session_tenant_by_slug(place->session, SPAN("nobody"), &id), STORE_NOT_FOUND);
    assert_int_equal(
        session_tenant_add(place->session, SPAN("Again"), SPAN("other"), SPAN(NOW), &id),
        STORE_DUPLICATE);
    session_for(place->session, place->other_tenant);
    assert_string_equal(text_in(place->session, ENTITY_TENANTS, place->other_tenant, "slug", &seen),
                        "other");
    assert_string_equal(text_in(place->session, ENTITY_TENANTS, TENANT_DEFAULT, "slug", &seen),
                        "(none)");
    session_for(place->session, 4711);
    assert_int_equal(count_of(place->session, ENTITY_PATIENTS), 0);
}

/* A clinic that is switched off lets nobody in. */
static void test_inactive_tenant(void **state)
{
    struct place *place = *state;
    struct value row[ENTITY_FIELDS_MAX] = {0};
    struct store_user user;
    uint64_t mask = mask_of(ENTITY_TENANTS, "is_active");
    session_for(place->session, place->other_tenant);
    int64_t doctor = add_doctor(place->session, "doc");
    assert_int_equal(session_user(place->session, SPAN("doc"), &user), STORE_OK);
    assert_true(user.is_active);
    assert_int_equal(user.tenant_id, place->other_tenant);
    set_int(ENTITY_TENANTS, row, "is_active", 0);
    assert_int_equal(
        session_update(place->session, ENTITY_TENANTS, &place->other_tenant, row, &mask, 1),
        STORE_OK);
    assert_int_equal(session_user_by_id(place->session, doctor, &user), STORE_OK);
    assert_false(user.is_active);
}

int store_cases_tenants(const struct store_rig *rig)
{
    const struct CMUnitTest tests[] = {
        STORE_CASE(test_reads),
        STORE_CASE(test_searches_and_filters),
        STORE_CASE(test_writes),
        STORE_CASE(test_references),
        STORE_CASE(test_stats_audit_and_jobs),
        STORE_CASE(test_tenants),
        STORE_CASE(test_inactive_tenant),
    };
    return cmocka_run_group_tests_name("tenants", tests, NULL, NULL);
}
