/* SPDX-License-Identifier: Apache-2.0
 *
 * What migrations make of rows that are there already.
 */
#include <stdio.h>

#include "support/test.h"
#include "unit/keneyapp/store_cases.h"

enum {
    LETTERS = 5, /* the migration that takes accents off keys and case off names */
    PATIENTS = 1200,
};

/* As a program from before LETTERS left it. */
static void go_back(struct place *place, const char *more)
{
    char script[2048];
    session_free(&place->session);
    store_free(&place->store);
    snprintf(script, sizeof(script),
             "DROP INDEX idx_users_username; DROP INDEX idx_users_email;"
             "DROP INDEX idx_patients_tenant_email;"
             "CREATE UNIQUE INDEX idx_users_username ON users (username);"
             "CREATE UNIQUE INDEX idx_users_email ON users (email);"
             "CREATE UNIQUE INDEX idx_patients_tenant_email ON patients (tenant_id, email);"
             "DELETE FROM schema_version WHERE number >= %d; %s",
             LETTERS, more);
    assert_true(place->rig->script(place->url, script));
}

static void add_patients(struct session *session)
{
    static const char *const NAMES[] = {"Lef\u00e8vre", "Smith", "C\u0153ur"};
    static struct value rows[PATIENTS][ENTITY_FIELDS_MAX], row[ENTITY_FIELDS_MAX];
    int64_t ids[PATIENTS];
    size_t width = entity_get(ENTITY_PATIENTS)->field_count;
    struct value *all = &rows[0][0];
    for (size_t i = 0; i < PATIENTS; i++) {
        make_patient(row, NULL);
        set_text(ENTITY_PATIENTS, row, "last_name", NAMES[i % COUNT_OF(NAMES)]);
        memcpy(all + i * width, row, width * sizeof(row[0]));
    }
    assert_int_equal(session_insert(session, ENTITY_PATIENTS, all, PATIENTS, ids), STORE_OK);
}

static int64_t count_found(struct session *session, const char *search)
{
    struct list_query query = {.limit = 1, .search = span_cstr(search)};
    struct seen seen = {0};
    int64_t total = -1;
    assert_int_equal(session_list(session, ENTITY_PATIENTS, &query, see, &seen, &total), STORE_OK);
    return total;
}

static void test_keys_are_folded_anew(void **state)
{
    struct place *place = *state;
    add_patients(place->session);
    go_back(place, "UPDATE patients SET last_name_key = 'lef\u00e8vre', first_name_key = 'x'"
                   " WHERE last_name = 'Lef\u00e8vre';"
                   "UPDATE patients SET last_name_key = 'c\u0153ur' WHERE last_name LIKE 'C%';");
    place_open_again(place);
    assert_int_equal(count_found(place->session, "lefevre"), PATIENTS / 3);
    assert_int_equal(count_found(place->session, "LEF\u00c8VRE alpha"), PATIENTS / 3);
    assert_int_equal(count_found(place->session, "coeur"), PATIENTS / 3);
    assert_int_equal(count_found(place->session, "smith"), PATIENTS / 3);
}

static void refuse(struct place *place, const char *says)
{
    struct error err = {0};
    assert_int_equal(store_open(place->url, NULL, &place->store, &err), 0);
    assert_int_equal(store_migrate(place->store, &err), -1);
    print_message("%s\n", err.message);
    assert_non_null(strstr(err.message, says));
    store_free(&place->store);
}

static void test_twins_are_named(void **state)
{
    struct place *place = *state;
    struct store_user user;
    add_doctor(place->session, "Marie");
    add_doctor(place->session, "otto");
    int64_t first = add_patient(place->session, "a@b.example");
    int64_t second = add_patient(place->session, "c@d.example");
    char says[128];
    go_back(place, "UPDATE users SET username = 'marie', email = 'MARIE'"
                   " WHERE username = 'otto';"
                   "UPDATE patients SET email = 'A@b.example' WHERE email = 'c@d.example';");
    refuse(place, "users Marie and marie have one name");
    refuse(place, "users Marie and marie have one e-mail address");
    snprintf(says, sizeof(says), "patients %lld and %lld have one e-mail address", (long long)first,
             (long long)second);
    refuse(place, says);
    assert_true(place->rig->script(
        place->url, "UPDATE users SET username = 'otto', email = 'o'"
                    " WHERE username = 'marie';"
                    "UPDATE patients SET email = NULL WHERE email = 'A@b.example';"));
    place_open_again(place);
    assert_int_equal(session_user(place->session, SPAN("mARIE"), &user), STORE_OK);
    assert_string_equal(user.username, "Marie");
    assert_int_equal(count_of(place->session, ENTITY_PATIENTS), 2);
    assert_int_equal(count_found(place->session, "a@b.example"), 1);
    assert_int_equal(count_found(place->session, "c@d.example"), 0); /* nobody's any more */
}

int store_cases_upgrades(const struct store_rig *rig)
{
    const struct CMUnitTest tests[] = {
        STORE_CASE(test_keys_are_folded_anew),
        STORE_CASE(test_twins_are_named),
    };
    return cmocka_run_group_tests_name("upgrades", tests, NULL, NULL);
}
