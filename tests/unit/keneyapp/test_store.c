/* SPDX-License-Identifier: Apache-2.0 */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "keneyapp/data/seed.h"
#include "keneyapp/store/store.h"
#include "support/test.h"

#define NOW (INT64_C(1800000000) * NSEC_PER_SEC)

struct place {
    char dir[64], path[96];
    struct store *store;
    struct session *session;
};

static int make_place(void **state)
{
    struct place *place = NEW(struct place);
    struct error err = {0};
    snprintf(place->dir, sizeof(place->dir), "/tmp/keneyapp-store-XXXXXX");
    if (!mkdtemp(place->dir))
        return -1;
    snprintf(place->path, sizeof(place->path), "%s/x.db", place->dir);
    *state = place;
    if (store_open(place->path, NULL, &place->store, &err) != 0 ||
        store_migrate(place->store, &err) != 0)
        return -1;
    place->session = session_new(place->store, &err);
    return place->session ? 0 : -1;
}

static int remove_place(void **state)
{
    struct place *place = *state;
    session_free(&place->session);
    store_free(&place->store);
    unlink(place->path);
    int rc = rmdir(place->dir);
    free(place);
    return rc;
}

static void seed_small(struct place *place)
{
    struct seed_size size = {.patients = 30, .appointments = 40, .prescriptions = 20};
    struct error err = {0};
    bool seeded;
    assert_int_equal(seed_fill(place->session, &size, NOW, &seeded, &err), 0);
    assert_true(seeded);
}

static int64_t count(struct place *place, enum entity_id entity)
{
    int64_t rows = -1;
    assert_int_equal(session_count(place->session, entity, &rows), STORE_OK);
    return rows;
}

struct seen {
    int64_t rows, first_id, last_id;
    char last_name[64];
};

static void on_row(void *context, const struct entity *entity, const struct value *row)
{
    struct seen *seen = context;
    int name = entity_field(entity, SPAN("last_name"));
    if (!seen->rows++)
        seen->first_id = row[0].number;
    seen->last_id = row[0].number;
    if (name >= 0)
        snprintf(seen->last_name, sizeof(seen->last_name), "%.*s", SPAN_ARG(row[name].text));
}

static void test_empty(void **state)
{
    struct place *place = *state;
    struct seen seen = {0};
    assert_int_equal(count(place, ENTITY_PATIENTS), 0);
    assert_int_equal(session_list(place->session, ENTITY_PATIENTS,
                                  &(struct list_query){.limit = 10}, on_row, &seen, NULL),
                     STORE_OK);
    assert_int_equal(seen.rows, 0);
    assert_int_equal(session_get(place->session, ENTITY_PATIENTS, 1, on_row, &seen),
                     STORE_NOT_FOUND);
}

static void test_seed(void **state)
{
    struct place *place = *state;
    struct seed_size size = {.patients = 5};
    struct error err = {0};
    bool seeded;
    seed_small(place);
    assert_int_equal(count(place, ENTITY_PATIENTS), 30);
    assert_int_equal(count(place, ENTITY_APPOINTMENTS), 40);
    assert_int_equal(count(place, ENTITY_PRESCRIPTIONS), 20);
    assert_int_equal(count(place, ENTITY_USERS), 13);
    assert_int_equal(seed_fill(place->session, &size, NOW, &seeded, &err), 0);
    assert_false(seeded);
    assert_int_equal(count(place, ENTITY_PATIENTS), 30);
}

static void test_same_seed_same_rows(void **state)
{
    struct place *place = *state;
    void *other_state = NULL;
    struct seen one = {0}, two = {0};
    assert_int_equal(make_place(&other_state), 0);
    struct place *other = other_state;
    seed_small(place);
    seed_small(other);
    assert_int_equal(session_get(place->session, ENTITY_PATIENTS, 17, on_row, &one), STORE_OK);
    assert_int_equal(session_get(other->session, ENTITY_PATIENTS, 17, on_row, &two), STORE_OK);
    assert_string_equal(one.last_name, two.last_name);
    assert_int_equal(remove_place(&other_state), 0);
}

static const struct page_case {
    int64_t skip, limit, rows, first, last;
} PAGES[] = {
    {0, 10, 10, 1, 10}, {25, 10, 5, 26, 30},  {30, 10, 0, 0, 0},
    {29, 1, 1, 30, 30}, {0, 1000, 30, 1, 30}, {INT64_MAX, 10, 0, 0, 0},
};

static void test_pages(void **state)
{
    struct place *place = *state;
    seed_small(place);
    for (size_t i = 0; i < COUNT_OF(PAGES); i++) {
        struct seen seen = {0};
        assert_int_equal(
            session_list(place->session, ENTITY_PATIENTS,
                         &(struct list_query){.skip = PAGES[i].skip, .limit = PAGES[i].limit},
                         on_row, &seen, NULL),
            STORE_OK);
        assert_int_equal(seen.rows, PAGES[i].rows);
        assert_int_equal(seen.first_id, PAGES[i].first);
        assert_int_equal(seen.last_id, PAGES[i].last);
    }
}

static void patient(struct value *row, const char *email)
{
    const struct entity *entity = entity_get(ENTITY_PATIENTS);
    for (size_t i = 0; i < entity->field_count; i++)
        row[i] = (struct value){0};
    static const char *const FILLED[] = {"first_name", "last_name",  "date_of_birth", "gender",
                                         "phone",      "created_at", "updated_at"};
    for (size_t i = 0; i < COUNT_OF(FILLED); i++)
        row[entity_field(entity, span_cstr(FILLED[i]))] = value_text(SPAN("x'\"; DROP TABLE"));
    row[entity_field(entity, SPAN("tenant_id"))] = value_int(1);
    row[entity_field(entity, SPAN("email"))] = value_text(span_cstr(email));
}

static void test_insert(void **state)
{
    struct place *place = *state;
    struct value row[ENTITY_FIELDS_MAX];
    struct seen seen = {0};
    int64_t id = 0, unused;
    patient(row, "a@b.example");
    assert_int_equal(session_insert(place->session, ENTITY_PATIENTS, row, 1, &id), STORE_OK);
    assert_int_equal(session_insert(place->session, ENTITY_PATIENTS, row, 1, &unused),
                     STORE_DUPLICATE);
    assert_int_equal(count(place, ENTITY_PATIENTS), 1);
    assert_int_equal(session_get(place->session, ENTITY_PATIENTS, id, on_row, &seen), STORE_OK);
    assert_string_equal(seen.last_name, "x'\"; DROP TABLE");
}

static void test_references(void **state)
{
    struct place *place = *state;
    const struct entity *entity = entity_get(ENTITY_PRESCRIPTIONS);
    struct value row[ENTITY_FIELDS_MAX];
    int64_t id;
    for (size_t i = 1; i < entity->field_count; i++)
        row[i] = entity->fields[i].type == FIELD_INT ? value_int(77) : value_text(SPAN("x"));
    row[0] = (struct value){0};
    assert_int_equal(session_insert(place->session, ENTITY_PRESCRIPTIONS, row, 1, &id),
                     STORE_BAD_REFERENCE);
    assert_int_equal(count(place, ENTITY_PRESCRIPTIONS), 0);
}

static void test_rollback(void **state)
{
    struct place *place = *state;
    struct value row[ENTITY_FIELDS_MAX];
    int64_t id;
    patient(row, "a@b.example");
    assert_int_equal(session_begin(place->session), STORE_OK);
    assert_int_equal(session_insert(place->session, ENTITY_PATIENTS, row, 1, &id), STORE_OK);
    session_rollback(place->session);
    assert_int_equal(count(place, ENTITY_PATIENTS), 0);
}

static void test_users(void **state)
{
    struct place *place = *state;
    struct store_user user;
    seed_small(place);
    assert_int_equal(session_user(place->session, SPAN("testuser"), &user), STORE_OK);
    assert_string_equal(user.role, "doctor");
    assert_true(user.is_active);
    assert_false(user.is_locked);
    assert_int_equal(session_user(place->session, SPAN("nobody"), &user), STORE_NOT_FOUND);
    assert_int_equal(session_user(place->session, SPAN("TESTUSER"), &user), STORE_NOT_FOUND);
    assert_int_equal(session_set_password(place->session, user.id, SPAN("new"), SPAN("now")),
                     STORE_OK);
    assert_int_equal(session_user(place->session, SPAN("testuser"), &user), STORE_OK);
    assert_string_equal(user.hashed_password, "new");
}

static void test_stats(void **state)
{
    struct place *place = *state;
    struct clinic_stats stats;
    struct stats_times times;
    stats_times_at(NOW, &times);
    seed_small(place);
    assert_int_equal(session_stats(place->session, &times, &stats), STORE_OK);
    assert_int_equal(stats.patients, 30);
    assert_int_equal(stats.appointments, 40);
    assert_int_equal(stats.prescriptions, 20);
    assert_int_equal(stats.doctors, 10);
    assert_true(stats.recent_patients <= stats.new_patients);
    assert_true(stats.new_patients <= stats.patients);
    assert_true(stats.scheduled + stats.completed + stats.cancelled <= stats.appointments);
}

static void test_audit(void **state)
{
    struct place *place = *state;
    struct audit_row rows[3] = {
        {.timestamp = "2026-01-01T00:00:00Z", .action = "LOGIN", .user_id = 1, .signed_in = true},
        {.timestamp = "2026-01-01T00:00:01Z", .action = "READ", .user_id = 1, .success = true},
        {.timestamp = "2026-01-01T00:00:02Z", .action = "LOGIN", .user_id = 1, .signed_in = true},
    };
    seed_small(place);
    assert_int_equal(session_audit(place->session, rows, COUNT_OF(rows)), STORE_OK);
    assert_int_equal(session_audit(place->session, rows, 0), STORE_OK);
}

static void test_opens_again(void **state)
{
    struct place *place = *state;
    struct error err = {0};
    seed_small(place);
    session_free(&place->session);
    store_free(&place->store);
    assert_int_equal(store_open(place->path, NULL, &place->store, &err), 0);
    place->session = session_new(place->store, &err);
    assert_non_null(place->session);
    assert_int_equal(count(place, ENTITY_PATIENTS), 30);
}

static void test_says_why_not(void **state)
{
    struct store *store;
    struct error err = {0};
    assert_int_equal(store_open("/nowhere/x.db", NULL, &store, &err), -1);
    assert_non_null(strstr(err.message, "--data"));
}

#define WITH_PLACE(test) cmocka_unit_test_setup_teardown((test), make_place, remove_place)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_PLACE(test_empty),
        WITH_PLACE(test_seed),
        WITH_PLACE(test_same_seed_same_rows),
        WITH_PLACE(test_pages),
        WITH_PLACE(test_insert),
        WITH_PLACE(test_references),
        WITH_PLACE(test_rollback),
        WITH_PLACE(test_users),
        WITH_PLACE(test_stats),
        WITH_PLACE(test_audit),
        WITH_PLACE(test_opens_again),
        cmocka_unit_test(test_says_why_not),
    };
    return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
