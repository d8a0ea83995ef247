/* SPDX-License-Identifier: Apache-2.0
 *
 * SQL as text, in both dialects.
 */
#include "keneyapp/store/migrations.h"
#include "keneyapp/store/sql.h"
#include "support/test.h"

static struct sql sqlite, postgres;

static int make_builders(void **state)
{
    sql_init(&sqlite, &DIALECT_SQLITE);
    sql_init(&postgres, &DIALECT_POSTGRES);
    return 0;
}

static int drop_builders(void **state)
{
    sql_done(&sqlite);
    sql_done(&postgres);
    return 0;
}

static void ends_with(const struct sql *sql, const char *end)
{
    struct span text = strbuf_span(&sql->text);
    if (!span_ends_with(text, span_cstr(end)))
        fail_msg("%s\ndoes not end with\n%s", strbuf_cstr(&sql->text), end);
}

static bool says(const struct sql *sql, const char *part)
{
    return strstr(strbuf_cstr(&sql->text), part) != NULL;
}

static int field(enum entity_id id, const char *name)
{
    return entity_field(entity_get(id), span_cstr(name));
}

static void param_is(const struct sql *sql, size_t number, const char *text)
{
    assert_in_range(number, 1, sql->param_count);
    struct span is = sql->params[number - 1].text;
    assert_int_equal(is.len, strlen(text));
    assert_memory_equal(is.ptr, text, is.len);
}

static void test_list(void **state)
{
    struct list_query query = {.skip = 40, .limit = 20};
    sql_list(&sqlite, ENTITY_TENANTS, 7, &query, false);
    assert_string_equal(strbuf_cstr(&sqlite.text),
                        "SELECT id, name, slug, is_active, created_at, updated_at FROM tenants"
                        " WHERE id = ?1 ORDER BY id LIMIT ?2 OFFSET ?3");
    assert_int_equal(sqlite.params[0].number, 7);
    assert_int_equal(sqlite.params[1].number, 20);
    assert_int_equal(sqlite.params[2].number, 40);
    query.limit = -1;
    query.descending = true;
    query.sort_field = field(ENTITY_PATIENTS, "last_name");
    sql_list(&sqlite, ENTITY_PATIENTS, 7, &query, false);
    ends_with(&sqlite, " FROM patients WHERE tenant_id = ?1"
                       " ORDER BY last_name_key DESC, id DESC LIMIT -1 OFFSET ?2");
    sql_list(&postgres, ENTITY_PATIENTS, 7, &query, false);
    ends_with(&postgres, " FROM patients WHERE tenant_id = $1"
                         " ORDER BY last_name_key DESC, id DESC LIMIT ALL OFFSET $2");
    sql_list(&sqlite, ENTITY_AUDIT, 7, &(struct list_query){.limit = 1}, false);
    ends_with(&sqlite, " ORDER BY timestamp, id LIMIT ?2 OFFSET ?3");
}

/* The longest word leads, the last one of a number; the others have no index. */
static void test_search(void **state)
{
    struct list_query query = {.limit = 1, .search = SPAN(" Li  MARTIN ")};
    sql_count(&sqlite, ENTITY_PATIENTS, 7, &query);
    assert_true(says(&sqlite, "SELECT count(*) FROM patients WHERE +tenant_id = ?1 AND ("
                              "(tenant_id = ?1 AND first_name_key >= ?2 AND first_name_key < ?3)"
                              " OR "));
    assert_true(says(&sqlite, "(+tenant_id = ?1 AND +phone_key >= ?6 AND +phone_key < ?7))"));
    assert_int_equal(sqlite.param_count, 7);
    param_is(&sqlite, 2, "martin");
    param_is(&sqlite, 3, "martin\xf4\x8f\xbf\xbf");
    param_is(&sqlite, 4, "li martin");
    param_is(&sqlite, 6, "li");
    sql_count(&postgres, ENTITY_PATIENTS, 7, &query);
    assert_false(says(&postgres, "+"));
    assert_true(says(&postgres, "phone_key < $7))"));
    sql_list(&sqlite, ENTITY_PATIENTS, 7, &query, true);
    assert_true(says(&sqlite, " WHERE tenant_id = ?1 AND ((+tenant_id = ?1 AND +first_name_key"));
    query.search = SPAN("+336 12 3");
    sql_count(&sqlite, ENTITY_PATIENTS, 7, &query);
    param_is(&sqlite, 2, "3");
    param_is(&sqlite, 6, "+336 12 3");
    query.search = SPAN("1 2 3 4 5 6 7 8 9 10");
    sql_count(&sqlite, ENTITY_PATIENTS, 7, &query);
    assert_int_equal(sqlite.param_count, 1 + SEARCH_WORDS_MAX * (SEARCH_WORDS_MAX + 1));
}

static void test_filters(void **state)
{
    static const int64_t IDS[] = {3, -1, INT64_MIN};
    struct list_query query = {.limit = 1, .filter_count = 2};
    query.filters[0] = (struct filter){.field = field(ENTITY_APPOINTMENTS, "patient_id"),
                                       .kind = FILTER_IN,
                                       .ids = IDS,
                                       .id_count = COUNT_OF(IDS)};
    query.filters[1] = (struct filter){.field = field(ENTITY_APPOINTMENTS, "status"),
                                       .value = value_text(SPAN("x' OR 1=1"))};
    sql_count(&sqlite, ENTITY_APPOINTMENTS, 7, &query);
    ends_with(&sqlite, " WHERE +tenant_id = ?1 AND patient_id IN (SELECT value FROM json_each(?2))"
                       " AND status = ?3");
    param_is(&sqlite, 2, "[3,-1,-9223372036854775808]");
    param_is(&sqlite, 3, "x' OR 1=1");
    sql_count(&postgres, ENTITY_APPOINTMENTS, 7, &query);
    ends_with(&postgres,
              " WHERE tenant_id = $1 AND patient_id = ANY ($2::bigint[]) AND status = $3");
    param_is(&postgres, 2, "{3,-1,-9223372036854775808}");
}

/* A counter is read only where it says what was asked. */
static void test_kept_counts(void **state)
{
    struct list_query query = {.limit = 1, .filter_count = 1};
    query.filters[0] = (struct filter){.field = field(ENTITY_APPOINTMENTS, "status"),
                                       .value = value_text(SPAN("completed"))};
    sql_count(&postgres, ENTITY_APPOINTMENTS, 7, &query);
    ends_with(&postgres, " FROM value_counts WHERE tenant_id = $1 AND table_name = $2"
                         " AND field_name = $3 AND value = $4");
    assert_int_equal(postgres.params[0].number, 7);
    param_is(&postgres, 2, "appointments");
    param_is(&postgres, 3, "status");
    param_is(&postgres, 4, "completed");
    sql_count(&sqlite, ENTITY_APPOINTMENTS, 7, &query);
    ends_with(&sqlite, " FROM appointments WHERE tenant_id = ?1 AND status = ?2");
    query.filters[0].kind = FILTER_FROM;
    sql_count(&postgres, ENTITY_APPOINTMENTS, 7, &query);
    ends_with(&postgres, " FROM appointments WHERE tenant_id = $1 AND status >= $2");
    query.filters[0] = (struct filter){.field = field(ENTITY_APPOINTMENTS, "reason"),
                                       .value = value_text(SPAN("x"))};
    sql_count(&postgres, ENTITY_APPOINTMENTS, 7, &query);
    ends_with(&postgres, " FROM appointments WHERE tenant_id = $1 AND reason = $2");
}

/* PostgreSQL is led to the index that has the value and then the order. */
static void test_leading_value(void **state)
{
    struct list_query query = {.limit = 1, .filter_count = 1, .descending = true};
    query.filters[0] = (struct filter){.field = field(ENTITY_APPOINTMENTS, "status"),
                                       .value = value_text(SPAN("completed"))};
    sql_list(&postgres, ENTITY_APPOINTMENTS, 7, &query, false);
    ends_with(&postgres, " WHERE tenant_id = $1 AND status BETWEEN $2 AND $2"
                         " ORDER BY status DESC, id DESC LIMIT $3 OFFSET $4");
    sql_list(&sqlite, ENTITY_APPOINTMENTS, 7, &query, false);
    ends_with(&sqlite, " AND status = ?2 ORDER BY id DESC LIMIT ?3 OFFSET ?4");
    query.sort_field = field(ENTITY_APPOINTMENTS, "created_at");
    sql_list(&postgres, ENTITY_APPOINTMENTS, 7, &query, false);
    ends_with(&postgres, " AND status = $2 ORDER BY created_at DESC, id DESC LIMIT $3 OFFSET $4");
}

static const struct walk_case {
    int64_t skip, limit, matching, rows;
    const char *search, *sort;
    bool walks;
} WALKS[] = {
    {0, 20, 100000, 100000, "p", "id", true},
    {0, 20, 50, 100000, "p", "id", false},
    {0, 20, 0, 100000, "p", "id", false},
    {0, -1, 100000, 100000, "p", "id", false},
    {90000, 20, 5000, 100000, "p", "id", false},
    {0, 20, 10000, 100000, "p", "last_name", false}, /* they may all be at the end */
    {0, 20, 40000, 100000, "p", "last_name", true},
};

static void test_walks(void **state)
{
    for (size_t i = 0; i < COUNT_OF(WALKS); i++) {
        const struct walk_case *c = &WALKS[i];
        struct list_query query = {.skip = c->skip,
                                   .limit = c->limit,
                                   .search = span_cstr(c->search),
                                   .sort_field = field(ENTITY_PATIENTS, c->sort)};
        print_message("%zu\n", i);
        assert_int_equal(sql_walk_in_order(ENTITY_PATIENTS, &query, c->matching, c->rows),
                         c->walks);
    }
    /* An index has the appointments of a status by date: no need to walk past the others. */
    struct list_query query = {.limit = 20,
                               .filter_count = 1,
                               .sort_field = field(ENTITY_APPOINTMENTS, "appointment_date")};
    query.filters[0].field = field(ENTITY_APPOINTMENTS, "status");
    assert_false(sql_walk_in_order(ENTITY_APPOINTMENTS, &query, 90000, 100000));
    query.sort_field = field(ENTITY_APPOINTMENTS, "created_at");
    assert_true(sql_walk_in_order(ENTITY_APPOINTMENTS, &query, 90000, 100000));
}

static void test_insert(void **state)
{
    struct value rows[2 * ENTITY_FIELDS_MAX] = {0};
    size_t width = entity_get(ENTITY_PATIENTS)->field_count;
    rows[field(ENTITY_PATIENTS, "first_name")] = value_text(SPAN("\xc3\x89LISE"));
    rows[field(ENTITY_PATIENTS, "tenant_id")] = value_int(99);
    rows[(size_t)field(ENTITY_PATIENTS, "phone") + width] = value_text(SPAN("5"));
    sql_insert_text(&sqlite, ENTITY_PATIENTS, 2);
    assert_int_equal(sql_insert_width(ENTITY_PATIENTS), width - 1 + 4);
    assert_true(says(&sqlite, "INSERT INTO patients (tenant_id, first_name, "));
    assert_true(says(&sqlite, ", phone_key) VALUES (?1,?2,"));
    ends_with(&sqlite, ",?41,?42)");
    sql_insert_values(&sqlite, ENTITY_PATIENTS, 7, rows, 2);
    assert_int_equal(sqlite.param_count, 42);
    assert_int_equal(sqlite.params[0].number, 7);
    param_is(&sqlite, 2, "\xc3\x89LISE");
    param_is(&sqlite, 18, "elise");
    param_is(&sqlite, 42, "5");
    assert_int_equal(sqlite.params[40].kind, VALUE_NULL);
    sql_insert_text(&postgres, ENTITY_USERS, 1);
    ends_with(&postgres, ") RETURNING id");
}

static void test_update(void **state)
{
    struct value row[ENTITY_FIELDS_MAX] = {0};
    uint64_t all = UINT64_MAX;
    row[field(ENTITY_TENANTS, "name")] = value_text(SPAN("N"));
    sql_update(&sqlite, ENTITY_TENANTS, 7, 8, row, all);
    assert_string_equal(strbuf_cstr(&sqlite.text),
                        "UPDATE tenants SET name = ?1, is_active = ?2, updated_at = ?3"
                        " WHERE id = ?4 AND id = ?5");
    sql_update(&postgres, ENTITY_PATIENTS, 7, 8, row,
               UINT64_C(1) << field(ENTITY_PATIENTS, "phone"));
    assert_string_equal(strbuf_cstr(&postgres.text),
                        "UPDATE patients SET phone = $1, phone_key = $2"
                        " WHERE tenant_id = $3 AND id = $4");
    sql_update(&sqlite, ENTITY_PATIENTS, 7, 8, row, 1);
    assert_string_equal(strbuf_cstr(&sqlite.text), "UPDATE patients SET updated_at = updated_at"
                                                   " WHERE tenant_id = ?1 AND id = ?2");
}

static void test_moves(void **state)
{
    uint64_t notes = UINT64_C(1) << field(ENTITY_APPOINTMENTS, "notes");
    uint64_t status = UINT64_C(1) << field(ENTITY_APPOINTMENTS, "status");
    assert_false(sql_moves_appointment(ENTITY_APPOINTMENTS, notes));
    assert_true(sql_moves_appointment(ENTITY_APPOINTMENTS, notes | status));
    assert_false(sql_moves_appointment(ENTITY_PATIENTS, UINT64_MAX));
}

/* No mark of the one dialect is left in the other. */
static void test_fixed(void **state)
{
    for (int which = 0; which < SQL_FIXED_COUNT; which++) {
        AUTO(strbuf_done) struct strbuf text = STRBUF_INIT(8192);
        sql_add_fixed(&text, &DIALECT_POSTGRES, (enum sql_fixed)which);
        assert_null(strchr(strbuf_cstr(&text), '?'));
        assert_non_null(strstr(strbuf_cstr(&text), "$1"));
        strbuf_reset(&text);
        sql_add_fixed(&text, &DIALECT_SQLITE, (enum sql_fixed)which);
        assert_null(strchr(strbuf_cstr(&text), '$'));
    }
}

static void test_tables(void **state)
{
    AUTO(strbuf_done) struct strbuf script = STRBUF_INIT(MIGRATION_MAX_BYTES);
    size_t count;
    const struct migration *all = migrations(&count);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(all[i].number, i + 1);
    all[0].write(&script, &DIALECT_POSTGRES);
    const char *text = strbuf_cstr(&script);
    assert_non_null(strstr(text, "FOREIGN KEY (tenant_id, patient_id) REFERENCES patients"
                                 " (tenant_id, id) ON DELETE CASCADE"));
    assert_non_null(strstr(text, "appointment_date TIMESTAMPTZ NOT NULL"));
    assert_non_null(strstr(text, "first_name_key TEXT COLLATE \"C\""));
    assert_non_null(strstr(text, "is_active BOOLEAN NOT NULL DEFAULT '1'"));
    assert_false(script.overflow);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_list),          cmocka_unit_test(test_search),
        cmocka_unit_test(test_filters),       cmocka_unit_test(test_kept_counts),
        cmocka_unit_test(test_leading_value), cmocka_unit_test(test_walks),
        cmocka_unit_test(test_insert),        cmocka_unit_test(test_update),
        cmocka_unit_test(test_moves),         cmocka_unit_test(test_fixed),
        cmocka_unit_test(test_tables),
    };
    return cmocka_run_group_tests(tests, make_builders, drop_builders);
}
