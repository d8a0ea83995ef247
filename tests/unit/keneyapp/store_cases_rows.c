/* SPDX-License-Identifier: Apache-2.0
 *
 * Rows come, change and go; counters follow; appointments do not overlap.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/rng.h"
#include "keneyapp/data/seed.h"
#include "support/test.h"
#include "unit/keneyapp/store_cases.h"

static void seed_small(struct session *session)
{
    struct seed_size size = {.patients = 30, .appointments = 60, .prescriptions = 20};
    struct error err = {0};
    bool seeded;
    if (seed_fill(session, &size, NOW_NS, &seeded, &err) != 0)
        fail_msg("%s", err.message);
    assert_true(seeded);
}

static void test_empty(void **state)
{
    struct place *place = *state;
    struct seen seen;
    for (int id = 0; id < ENTITY_COUNT; id++) {
        bool is_tenants = id == ENTITY_TENANTS;
        list_rows(place->session, (enum entity_id)id, &(struct list_query){.limit = 10}, &seen);
        assert_int_equal(seen.count, is_tenants);
        assert_int_equal(count_of(place->session, (enum entity_id)id), is_tenants);
        assert_int_equal(session_get(place->session, (enum entity_id)id, 77, see, &seen),
                         STORE_NOT_FOUND);
    }
}

static void test_seed(void **state)
{
    struct place *place = *state;
    struct seed_size size = {.patients = 5};
    struct error err = {0};
    bool seeded;
    seed_small(place->session);
    assert_int_equal(count_of(place->session, ENTITY_PATIENTS), 30);
    assert_int_equal(count_of(place->session, ENTITY_APPOINTMENTS), 60);
    assert_int_equal(count_of(place->session, ENTITY_PRESCRIPTIONS), 20);
    assert_int_equal(count_of(place->session, ENTITY_USERS), 13);
    assert_int_equal(seed_fill(place->session, &size, NOW_NS, &seeded, &err), 0);
    assert_false(seeded);
    assert_int_equal(count_of(place->session, ENTITY_PATIENTS), 30);
}

static void test_same_seed_same_rows(void **state)
{
    struct place *place = *state;
    void *other_state = (void *)place->rig;
    struct seen one = {0}, two = {0};
    assert_int_equal(place_make(&other_state), 0);
    struct place *other = other_state;
    seed_small(place->session);
    seed_small(other->session);
    list_rows(place->session, ENTITY_APPOINTMENTS, &(struct list_query){.skip = 17, .limit = 1},
              &one);
    list_rows(other->session, ENTITY_APPOINTMENTS, &(struct list_query){.skip = 17, .limit = 1},
              &two);
    assert_memory_equal(one.texts, two.texts, sizeof(one.texts));
    assert_int_equal(place_remove(&other_state), 0);
}

static void test_insert(void **state)
{
    struct place *place = *state;
    struct value row[ENTITY_FIELDS_MAX];
    struct seen seen;
    int64_t unused;
    int64_t id = add_patient(place->session, "a@b.example");
    make_patient(row, "a@b.example");
    assert_int_equal(session_insert(place->session, ENTITY_PATIENTS, row, 1, &unused),
                     STORE_DUPLICATE);
    make_patient(row, "A@B.Example");
    assert_int_equal(session_insert(place->session, ENTITY_PATIENTS, row, 1, &unused),
                     STORE_DUPLICATE);
    assert_int_equal(count_of(place->session, ENTITY_PATIENTS), 1);
    assert_string_equal(text_in(place->session, ENTITY_PATIENTS, id, "last_name", &seen),
                        "x'\"; DROP TABLE");
    assert_string_equal(seen.texts[place_field(ENTITY_PATIENTS, "date_of_birth")], "1980-02-29");
    assert_string_equal(seen.texts[place_field(ENTITY_PATIENTS, "created_at")], NOW);
    assert_string_equal(seen.texts[place_field(ENTITY_PATIENTS, "address")], "(null)");
    assert_string_equal(seen.texts[place_field(ENTITY_PATIENTS, "tenant_id")], "1");
}

/* Nobody needs an address, and NULL is no duplicate of NULL. */
static void test_no_email(void **state)
{
    struct place *place = *state;
    add_patient(place->session, NULL);
    add_patient(place->session, NULL);
    assert_int_equal(count_of(place->session, ENTITY_PATIENTS), 2);
}

static void test_insert_many(void **state)
{
    enum {
        MANY = 1000,
    };

    struct place *place = *state;
    struct seen seen;
    size_t width = entity_get(ENTITY_PATIENTS)->field_count;
    struct value *rows = calloc(MANY * width, sizeof(*rows));
    int64_t ids[MANY];
    char emails[MANY][32];
    for (int i = 0; i < MANY; i++) {
        struct value row[ENTITY_FIELDS_MAX];
        snprintf(emails[i], sizeof(emails[i]), "%d@many.example", i);
        make_patient(row, emails[i]);
        memcpy(rows + (size_t)i * width, row, width * sizeof(*row));
    }
    assert_int_equal(session_insert(place->session, ENTITY_PATIENTS, rows, MANY, ids), STORE_OK);
    assert_int_equal(count_of(place->session, ENTITY_PATIENTS), MANY);
    for (int i = 0; i < MANY; i += 333)
        assert_string_equal(text_in(place->session, ENTITY_PATIENTS, ids[i], "email", &seen),
                            emails[i]);
    /* All or nothing: the last one is there already. */
    for (int i = 0; i < MANY - 1; i++)
        emails[i][0] = 'x';
    assert_int_equal(session_insert(place->session, ENTITY_PATIENTS, rows, MANY, ids),
                     STORE_DUPLICATE);
    assert_int_equal(count_of(place->session, ENTITY_PATIENTS), MANY);
    free(rows);
}

static void test_references(void **state)
{
    struct place *place = *state;
    struct value row[ENTITY_FIELDS_MAX];
    int64_t patient = add_patient(place->session, "a@b.example"), id;
    make_prescription(row, patient, 77);
    assert_int_equal(session_insert(place->session, ENTITY_PRESCRIPTIONS, row, 1, &id),
                     STORE_BAD_REFERENCE);
    make_appointment(row, 77, add_doctor(place->session, "doc"), NOW, 30);
    assert_int_equal(session_insert(place->session, ENTITY_APPOINTMENTS, row, 1, &id),
                     STORE_BAD_REFERENCE);
    assert_int_equal(count_of(place->session, ENTITY_PRESCRIPTIONS), 0);
    assert_int_equal(count_of(place->session, ENTITY_APPOINTMENTS), 0);
}

static void test_update(void **state)
{
    struct place *place = *state;
    struct value rows[2 * ENTITY_FIELDS_MAX] = {0};
    struct seen seen;
    int64_t ids[] = {add_patient(place->session, "a@b.example"), 4711};
    uint64_t mask = mask_of(ENTITY_PATIENTS, "first_name") | mask_of(ENTITY_PATIENTS, "phone") |
                    mask_of(ENTITY_PATIENTS, "created_at") | mask_of(ENTITY_PATIENTS, "email");
    uint64_t masks[] = {mask, mask};
    set_text(ENTITY_PATIENTS, rows, "first_name", "Zo\xc3\xa9");
    set_text(ENTITY_PATIENTS, rows, "phone", "1");
    set_text(ENTITY_PATIENTS, rows, "created_at", "1999-01-01T00:00:00Z");
    assert_int_equal(session_update(place->session, ENTITY_PATIENTS, ids, rows, masks, 1),
                     STORE_OK);
    assert_string_equal(text_in(place->session, ENTITY_PATIENTS, ids[0], "first_name", &seen),
                        "Zo\xc3\xa9");
    assert_string_equal(seen.texts[place_field(ENTITY_PATIENTS, "phone")], "1");
    assert_string_equal(seen.texts[place_field(ENTITY_PATIENTS, "email")], "(null)");
    assert_string_equal(seen.texts[place_field(ENTITY_PATIENTS, "created_at")], NOW);
    assert_string_equal(seen.texts[place_field(ENTITY_PATIENTS, "last_name")], "x'\"; DROP TABLE");
    /* The second one is missing, so the first one stays. */
    set_text(ENTITY_PATIENTS, rows, "phone", "2");
    assert_int_equal(session_update(place->session, ENTITY_PATIENTS, ids, rows, masks, 2),
                     STORE_NOT_FOUND);
    assert_string_equal(text_in(place->session, ENTITY_PATIENTS, ids[0], "phone", &seen), "1");
}

static void test_update_nothing(void **state)
{
    struct place *place = *state;
    struct value row[ENTITY_FIELDS_MAX] = {0};
    int64_t ids[] = {add_patient(place->session, "a@b.example")}, missing = 4711;
    uint64_t none = 0;
    assert_int_equal(session_update(place->session, ENTITY_PATIENTS, ids, row, &none, 1), STORE_OK);
    assert_int_equal(session_update(place->session, ENTITY_PATIENTS, &missing, row, &none, 1),
                     STORE_NOT_FOUND);
    assert_int_equal(session_update(place->session, ENTITY_PATIENTS, ids, row, &none, 0), STORE_OK);
}

static void test_update_to_a_duplicate(void **state)
{
    struct place *place = *state;
    struct value row[ENTITY_FIELDS_MAX] = {0};
    uint64_t mask = mask_of(ENTITY_PATIENTS, "email");
    add_patient(place->session, "a@b.example");
    int64_t id = add_patient(place->session, "b@b.example");
    set_text(ENTITY_PATIENTS, row, "email", "a@b.example");
    assert_int_equal(session_update(place->session, ENTITY_PATIENTS, &id, row, &mask, 1),
                     STORE_DUPLICATE);
}

/* A patient's rows go along; a doctor who is referred to stays. */
static void test_remove(void **state)
{
    struct place *place = *state;
    struct session *session = place->session;
    struct value row[ENTITY_FIELDS_MAX];
    size_t removed = 99;
    int64_t doctor = add_doctor(session, "doc");
    int64_t ids[] = {add_patient(session, "a@b.example"), 4711,
                     add_patient(session, "b@b.example")};
    make_appointment(row, ids[0], doctor, NOW, 30);
    add_row(session, ENTITY_APPOINTMENTS, row);
    make_prescription(row, ids[0], doctor);
    add_row(session, ENTITY_PRESCRIPTIONS, row);
    assert_int_equal(session_remove(session, ENTITY_USERS, &doctor, 1, &removed),
                     STORE_BAD_REFERENCE);
    assert_int_equal(session_remove(session, ENTITY_PATIENTS, ids, COUNT_OF(ids), &removed),
                     STORE_OK);
    assert_int_equal(removed, 2);
    assert_int_equal(count_of(session, ENTITY_PATIENTS), 0);
    assert_int_equal(count_of(session, ENTITY_APPOINTMENTS), 0);
    assert_int_equal(count_of(session, ENTITY_PRESCRIPTIONS), 0);
    assert_int_equal(session_remove(session, ENTITY_PATIENTS, ids, COUNT_OF(ids), NULL), STORE_OK);
    assert_int_equal(session_remove(session, ENTITY_USERS, &doctor, 1, &removed), STORE_OK);
    assert_int_equal(removed, 1);
    assert_int_equal(session_remove(session, ENTITY_USERS, ids, 0, &removed), STORE_OK);
    assert_int_equal(removed, 0);
}

/* An id is never given twice: the audit log speaks of ids. */
static void test_ids_are_not_used_again(void **state)
{
    struct place *place = *state;
    int64_t first = add_patient(place->session, "a@b.example");
    assert_int_equal(session_remove(place->session, ENTITY_PATIENTS, &first, 1, NULL), STORE_OK);
    assert_true(add_patient(place->session, "a@b.example") > first);
}

/* Beside one of 30 minutes at 10:00. */
static const struct overlap_case {
    const char *when;
    int64_t minutes;
    enum store_result result;
} OVERLAPS[] = {
    {"2027-03-01T10:00:00Z", 30, STORE_CONFLICT}, {"2027-03-01T10:15:00Z", 5, STORE_CONFLICT},
    {"2027-03-01T09:45:00Z", 60, STORE_CONFLICT}, {"2027-03-01T10:29:59Z", 1, STORE_CONFLICT},
    {"2027-03-01T09:31:00Z", 30, STORE_CONFLICT}, {"2027-02-28T10:00:01Z", 1440, STORE_CONFLICT},
    {"2027-03-01T09:30:00Z", 30, STORE_OK},       {"2027-03-01T10:30:00Z", 30, STORE_OK},
    {"2027-02-28T10:00:00Z", 1440, STORE_OK},     {"2027-03-02T10:00:00Z", 30, STORE_OK},
};

static void test_overlaps(void **state)
{
    struct place *place = *state;
    struct session *session = place->session;
    struct value row[ENTITY_FIELDS_MAX];
    int64_t patient = add_patient(session, NULL), doctor = add_doctor(session, "doc"), id;
    int64_t other = add_doctor(session, "other");
    make_appointment(row, patient, doctor, "2027-03-01T10:00:00Z", 30);
    add_row(session, ENTITY_APPOINTMENTS, row);
    for (size_t i = 0; i < COUNT_OF(OVERLAPS); i++) {
        const struct overlap_case *c = &OVERLAPS[i];
        print_message("%s, %d minutes\n", c->when, (int)c->minutes);
        make_appointment(row, patient, other, c->when, c->minutes);
        id = add_row(session, ENTITY_APPOINTMENTS, row);
        assert_int_equal(session_remove(session, ENTITY_APPOINTMENTS, &id, 1, NULL), STORE_OK);
        make_appointment(row, patient, doctor, c->when, c->minutes);
        assert_int_equal(session_insert(session, ENTITY_APPOINTMENTS, row, 1, &id), c->result);
        if (c->result == STORE_OK)
            assert_int_equal(session_remove(session, ENTITY_APPOINTMENTS, &id, 1, NULL), STORE_OK);
        assert_int_equal(count_of(session, ENTITY_APPOINTMENTS), 1);
    }
}

/* Cancelled ones are in nobody's way, until they are not cancelled any more. */
static void test_overlaps_by_update(void **state)
{
    struct place *place = *state;
    struct session *session = place->session;
    struct value row[ENTITY_FIELDS_MAX];
    uint64_t mask = mask_of(ENTITY_APPOINTMENTS, "status");
    int64_t patient = add_patient(session, NULL), doctor = add_doctor(session, "doc");
    make_appointment(row, patient, doctor, "2027-03-01T10:00:00Z", 30);
    int64_t first = add_row(session, ENTITY_APPOINTMENTS, row);
    set_text(ENTITY_APPOINTMENTS, row, "status", "cancelled");
    int64_t second = add_row(session, ENTITY_APPOINTMENTS, row);
    set_text(ENTITY_APPOINTMENTS, row, "status", "confirmed");
    assert_int_equal(session_update(session, ENTITY_APPOINTMENTS, &second, row, &mask, 1),
                     STORE_CONFLICT);
    set_text(ENTITY_APPOINTMENTS, row, "status", "no_show");
    assert_int_equal(session_update(session, ENTITY_APPOINTMENTS, &first, row, &mask, 1), STORE_OK);
    set_text(ENTITY_APPOINTMENTS, row, "status", "confirmed");
    assert_int_equal(session_update(session, ENTITY_APPOINTMENTS, &second, row, &mask, 1),
                     STORE_OK);
    make_appointment(row, patient, doctor, "2027-03-01T10:30:00Z", 30);
    int64_t third = add_row(session, ENTITY_APPOINTMENTS, row);
    mask = mask_of(ENTITY_APPOINTMENTS, "duration_minutes");
    set_int(ENTITY_APPOINTMENTS, row, "duration_minutes", 31);
    assert_int_equal(session_update(session, ENTITY_APPOINTMENTS, &second, row, &mask, 1),
                     STORE_CONFLICT);
    assert_int_equal(session_update(session, ENTITY_APPOINTMENTS, &third, row, &mask, 1), STORE_OK);
}

static void test_overlap_within_a_batch(void **state)
{
    struct place *place = *state;
    size_t width = entity_get(ENTITY_APPOINTMENTS)->field_count;
    struct value rows[3 * ENTITY_FIELDS_MAX];
    int64_t ids[3];
    int64_t patient = add_patient(place->session, NULL), doctor = add_doctor(place->session, "doc");
    static const char *const TIMES[] = {"2027-03-01T10:00:00Z", "2027-03-01T11:00:00Z",
                                        "2027-03-01T10:20:00Z"};
    for (size_t i = 0; i < 3; i++)
        make_appointment(rows + i * width, patient, doctor, TIMES[i], 30);
    assert_int_equal(session_insert(place->session, ENTITY_APPOINTMENTS, rows, 3, ids),
                     STORE_CONFLICT);
    assert_int_equal(count_of(place->session, ENTITY_APPOINTMENTS), 0);
    assert_int_equal(session_insert(place->session, ENTITY_APPOINTMENTS, rows, 2, ids), STORE_OK);
}

static void test_rollback(void **state)
{
    struct place *place = *state;
    struct session *session = place->session;
    assert_int_equal(session_begin(session), STORE_OK);
    int64_t id = add_patient(session, "a@b.example");
    assert_int_equal(count_of(session, ENTITY_PATIENTS), 1);
    session_rollback(session);
    session_rollback(session);
    assert_int_equal(count_of(session, ENTITY_PATIENTS), 0);
    assert_int_equal(session_begin(session), STORE_OK);
    id = add_patient(session, "a@b.example");
    assert_int_equal(session_commit(session), STORE_OK);
    assert_int_equal(session_begin(session), STORE_OK);
    assert_int_equal(session_remove(session, ENTITY_PATIENTS, &id, 1, NULL), STORE_OK);
    session_rollback(session);
    assert_int_equal(count_of(session, ENTITY_PATIENTS), 1);
}

static int64_t rows_there(struct session *session, enum entity_id id)
{
    struct seen seen = {0};
    assert_int_equal(session_list(session, id, &(struct list_query){.limit = -1}, see, &seen, NULL),
                     STORE_OK);
    return (int64_t)seen.count;
}

/* Whatever happened, the counters are what counting gives. */
static void test_counters(void **state)
{
    struct place *place = *state;
    struct session *session = place->session;
    struct rng rng;
    int64_t patients[200], doctor = add_doctor(session, "doc");
    size_t count = 0;
    rng_seed(&rng, 4711);
    for (int step = 0; step < 150; step++) {
        struct value row[ENTITY_FIELDS_MAX];
        char email[32];
        unsigned act = (unsigned)rng_below(&rng, 10);
        int64_t *any = count ? &patients[rng_below(&rng, count)] : NULL;
        bool undo = rng_below(&rng, 4) == 0;
        snprintf(email, sizeof(email), "%d@b.example", step);
        assert_int_equal(session_begin(session), STORE_OK);
        if (act < 5 || !any) {
            int64_t id = add_patient(session, email);
            if (!undo)
                patients[count++] = id;
        } else if (act < 8) {
            make_prescription(row, *any, doctor);
            add_row(session, ENTITY_PRESCRIPTIONS, row);
        } else {
            assert_int_equal(session_remove(session, ENTITY_PATIENTS, any, 1, NULL), STORE_OK);
            if (!undo)
                *any = patients[--count];
        }
        if (undo)
            session_rollback(session);
        else
            assert_int_equal(session_commit(session), STORE_OK);
    }
    assert_int_equal(count_of(session, ENTITY_PATIENTS), count);
    for (int id = 0; id < ENTITY_COUNT; id++)
        assert_int_equal(count_of(session, (enum entity_id)id),
                         rows_there(session, (enum entity_id)id));
}

/* Filled at once or given up: rows, rules and searches are as they always are. */
static void test_bulk(void **state)
{
    struct place *place = *state;
    struct session *session = place->session;
    struct value row[ENTITY_FIELDS_MAX];
    struct seen seen;
    for (int kept = 0; kept <= 1; kept++) {
        int64_t unused;
        assert_int_equal(session_begin(session), STORE_OK);
        assert_int_equal(session_bulk(session, true), STORE_OK);
        int64_t patient = add_patient(session, "a@b.example"), doctor = add_doctor(session, "doc");
        make_appointment(row, patient, doctor, NOW, 30);
        add_row(session, ENTITY_APPOINTMENTS, row);
        assert_int_equal(session_bulk(session, false), STORE_OK);
        if (kept)
            assert_int_equal(session_commit(session), STORE_OK);
        else
            session_rollback(session);
        list_rows(session, ENTITY_PATIENTS, &(struct list_query){.limit = 9, .search = SPAN("a@")},
                  &seen);
        assert_int_equal(seen.count, kept);
        if (kept)
            assert_int_equal(session_insert(session, ENTITY_APPOINTMENTS, row, 1, &unused),
                             STORE_CONFLICT);
    }
}

/* One by one, each one committed: the rows before the bad one stay. */
static void test_without_batch(void **state)
{
    struct place *place = *state;
    size_t width = entity_get(ENTITY_PATIENTS)->field_count;
    struct value rows[3 * ENTITY_FIELDS_MAX];
    int64_t ids[3];
    static const char *const EMAILS[] = {"a@b.example", "b@b.example", "a@b.example"};
    place->options.without_batch = true;
    place_open_again(place);
    for (size_t i = 0; i < 3; i++)
        make_patient(rows + i * width, EMAILS[i]);
    assert_int_equal(session_insert(place->session, ENTITY_PATIENTS, rows, 3, ids),
                     STORE_DUPLICATE);
    assert_int_equal(count_of(place->session, ENTITY_PATIENTS), 2);
    uint64_t masks[] = {mask_of(ENTITY_PATIENTS, "phone"), mask_of(ENTITY_PATIENTS, "phone")};
    assert_int_equal(session_update(place->session, ENTITY_PATIENTS, ids, rows, masks, 2),
                     STORE_OK);
    size_t removed = 0;
    assert_int_equal(session_remove(place->session, ENTITY_PATIENTS, ids, 2, &removed), STORE_OK);
    assert_int_equal(removed, 2);
}

int store_cases_rows(const struct store_rig *rig)
{
    const struct CMUnitTest tests[] = {
        STORE_CASE(test_empty),
        STORE_CASE(test_seed),
        STORE_CASE(test_same_seed_same_rows),
        STORE_CASE(test_insert),
        STORE_CASE(test_no_email),
        STORE_CASE(test_insert_many),
        STORE_CASE(test_references),
        STORE_CASE(test_update),
        STORE_CASE(test_update_nothing),
        STORE_CASE(test_update_to_a_duplicate),
        STORE_CASE(test_remove),
        STORE_CASE(test_ids_are_not_used_again),
        STORE_CASE(test_overlaps),
        STORE_CASE(test_overlaps_by_update),
        STORE_CASE(test_overlap_within_a_batch),
        STORE_CASE(test_rollback),
        STORE_CASE(test_counters),
        STORE_CASE(test_bulk),
        STORE_CASE(test_without_batch),
    };
    return cmocka_run_group_tests_name("rows", tests, NULL, NULL);
}
