/* SPDX-License-Identifier: Apache-2.0
 *
 * The store on SQLite: all cases of every store, and what only SQLite has.
 */
#include <sodium.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "keneyapp/store/sqlite.h"
#include "support/test.h"
#include "unit/keneyapp/store_cases.h"

static int make_file(char url[URL_BYTES])
{
    char dir[] = "/tmp/keneyapp-store-XXXXXX";
    if (!mkdtemp(dir))
        return -1;
    snprintf(url, URL_BYTES, "%s/x.db", dir);
    return 0;
}

static void remove_file(const char *url)
{
    static const char *const ENDS[] = {"", "-wal", "-shm", ".copy"};
    char path[URL_BYTES + 16];
    for (size_t i = 0; i < COUNT_OF(ENDS); i++) {
        snprintf(path, sizeof(path), "%s%s", url, ENDS[i]);
        unlink(path);
    }
    snprintf(path, sizeof(path), "%.*s", (int)(strrchr(url, '/') - url), url);
    rmdir(path);
}

static bool run_sql(const char *path, const char *script)
{
    sqlite3 *db;
    char *problem = NULL;
    bool good = sqlite3_open(path, &db) == SQLITE_OK &&
                sqlite3_exec(db, script, NULL, NULL, &problem) == SQLITE_OK;
    if (problem)
        print_message("%s\n", problem);
    sqlite3_free(problem);
    sqlite3_close(db);
    return good;
}

static const struct store_rig RIG = {make_file, remove_file, run_sql, &DIALECT_SQLITE};

static void test_opens_again(void **state)
{
    struct place *place = *state;
    add_patient(place->session, NULL);
    place_open_again(place);
    assert_int_equal(count_of(place->session, ENTITY_PATIENTS), 1);
}

static void test_says_why_not(void **state)
{
    struct store *store;
    struct error err = {0};
    assert_int_equal(store_open("/nowhere/x.db", NULL, &store, &err), -1);
    assert_non_null(strstr(err.message, "--data"));
    assert_int_equal(store_open("mysql://x", NULL, &store, &err), -1);
    assert_non_null(strstr(err.message, "mysql://x"));
}

static void test_newer_database(void **state)
{
    struct place *place = *state;
    struct store *store;
    struct error err = {0};
    assert_true(run_sql(place->url, "INSERT INTO schema_version VALUES (99, 'future', '" NOW "')"));
    assert_int_equal(store_open(place->url, NULL, &store, &err), -1);
    assert_non_null(strstr(err.message, "newer keneyapp"));
}

/* From before there were migrations: refused with a way out, and left as it is. */
static void test_unknown_database(void **state)
{
    struct place *place = *state;
    struct store *store;
    struct error err = {0};
    session_free(&place->session);
    store_free(&place->store);
    unlink(place->url);
    assert_true(run_sql(place->url, "CREATE TABLE patients (id INTEGER PRIMARY KEY)"));
    assert_int_equal(store_open(place->url, NULL, &store, &err), -1);
    assert_non_null(strstr(err.message, "--data"));
}

static bool has_index(struct place *place, const char *name)
{
    sqlite3 *db;
    sqlite3_stmt *statement;
    assert_int_equal(sqlite3_open(place->url, &db), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db,
                                        "SELECT 1 FROM sqlite_schema WHERE type = 'index'"
                                        " AND name = ?1",
                                        -1, &statement, NULL),
                     SQLITE_OK);
    sqlite3_bind_text(statement, 1, name, -1, SQLITE_STATIC);
    bool found = sqlite3_step(statement) == SQLITE_ROW;
    sqlite3_finalize(statement);
    sqlite3_close(db);
    return found;
}

static void test_indexes(void **state)
{
    static const char *const GUIDE[] = {"idx_patients_last_name", "idx_appointments_patient_date",
                                        "idx_audit_logs_timestamp", "idx_active_users",
                                        "idx_appointments_lookup"};
    struct place *place = *state;
    for (int without = 0; without <= 1; without++) {
        place->options.without_indexes = without;
        place_open_again(place);
        for (size_t i = 0; i < COUNT_OF(GUIDE); i++)
            assert_int_equal(has_index(place, GUIDE[i]), !without);
        assert_true(has_index(place, "idx_users_username"));
    }
}

/* No page more than there are: what SQLite says then is what it says when the disk is full. */
static void test_full(void **state)
{
    struct place *place = *state;
    struct value row[ENTITY_FIELDS_MAX];
    struct seen seen;
    char *text = NEW_ARRAY(char, 100001);
    memset(text, 'x', 100000);
    int64_t id = add_patient(place->session, "a@b.example"), unused;
    make_patient(row, "b@b.example");
    set_text(ENTITY_PATIENTS, row, "address", text);
    assert_int_equal(sqlite_limit_pages(place->session, 1), 0);
    assert_int_equal(session_insert(place->session, ENTITY_PATIENTS, row, 1, &unused), STORE_FULL);
    assert_int_equal(session_begin(place->session), STORE_OK);
    assert_int_equal(session_insert(place->session, ENTITY_PATIENTS, row, 1, &unused), STORE_FULL);
    session_rollback(place->session);
    assert_int_equal(count_of(place->session, ENTITY_PATIENTS), 1);
    assert_int_equal(session_get(place->session, ENTITY_PATIENTS, id, see, &seen), STORE_OK);
    assert_int_equal(sqlite_limit_pages(place->session, 1000000), 0);
    assert_int_equal(session_insert(place->session, ENTITY_PATIENTS, row, 1, &unused), STORE_OK);
    free(text);
}

static void test_backup(void **state)
{
    struct place *place = *state;
    struct error err = {0};
    struct store *copy;
    struct stat status;
    char path[URL_BYTES + 16];
    add_patient(place->session, NULL);
    snprintf(path, sizeof(path), "%s.copy", place->url);
    assert_int_equal(session_begin(place->session), STORE_OK);
    add_patient(place->session, NULL);
    assert_int_equal(store_backup(place->store, path, &err), 0);
    session_rollback(place->session);
    assert_int_equal(store_open(path, NULL, &copy, &err), 0);
    struct session *session = session_new(copy, &err);
    assert_int_equal(count_of(session, ENTITY_PATIENTS), 1);
    session_free(&session);
    store_free(&copy);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    assert_int_equal(store_backup(place->store, path, &err), -1); /* nothing is overwritten */
    assert_non_null(strstr(err.message, "exists"));
    assert_int_equal(store_backup(place->store, "/nowhere/x.db", &err), -1);
    assert_non_null(strstr(err.message, "/nowhere/x.db"));
}

int main(void)
{
    const struct store_rig *rig = &RIG;
    const struct CMUnitTest tests[] = {
        STORE_CASE(test_opens_again),    cmocka_unit_test(test_says_why_not),
        STORE_CASE(test_newer_database), STORE_CASE(test_unknown_database),
        STORE_CASE(test_indexes),        STORE_CASE(test_full),
        STORE_CASE(test_backup),
    };
    if (sodium_init() < 0)
        return 1;
    return store_cases(rig) + cmocka_run_group_tests_name("sqlite", tests, NULL, NULL);
}
