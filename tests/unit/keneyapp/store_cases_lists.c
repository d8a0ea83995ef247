/* SPDX-License-Identifier: Apache-2.0
 *
 * Lists: pages, orders, searches, filters.
 */
#include <stdio.h>

#include "support/test.h"
#include "unit/keneyapp/store_cases.h"

static const struct person {
    const char *first, *last, *born, *email, *phone;
} PEOPLE[] = {
    {"Anna", "Zola", "1990-01-01", "anna@one.example", "+33 100"},
    {"\xc3\x89lodie", "Martin", "1980-01-01", "elodie@two.example", "+33 200"},
    {"bob", "\xc3\xa9toile", "1970-01-01", NULL, "+44 300"},
    {"Annabel", "martinez", "1980-01-01", "x_y@three.example", "+33 100"},
    {"Carl", "Anders", "2000-12-31", "carl%@four.example", "555"},
};

/* In the order of PEOPLE, so that the n-th has the n-th smallest id. */
static void add_people(struct session *session)
{
    for (size_t i = 0; i < COUNT_OF(PEOPLE); i++) {
        struct value row[ENTITY_FIELDS_MAX];
        make_patient(row, PEOPLE[i].email);
        set_text(ENTITY_PATIENTS, row, "first_name", PEOPLE[i].first);
        set_text(ENTITY_PATIENTS, row, "last_name", PEOPLE[i].last);
        set_text(ENTITY_PATIENTS, row, "date_of_birth", PEOPLE[i].born);
        set_text(ENTITY_PATIENTS, row, "phone", PEOPLE[i].phone);
        add_row(session, ENTITY_PATIENTS, row);
    }
}

/* The ids as places in PEOPLE: "0 2 3". */
static const char *people_in(const struct seen *seen, int64_t first_id, char *buf, size_t size)
{
    size_t at = 0;
    buf[0] = '\0';
    for (size_t i = 0; i < seen->count; i++)
        at += (size_t)snprintf(buf + at, size - at, "%s%lld", i ? " " : "",
                               (long long)(seen->ids[i] - first_id));
    return buf;
}

static int64_t first_id(struct session *session)
{
    struct seen seen;
    list_rows(session, ENTITY_PATIENTS, &(struct list_query){.limit = 1}, &seen);
    return seen.ids[0];
}

static void expect(struct session *session, const struct list_query *query, const char *people)
{
    struct seen seen;
    char text[64];
    list_rows(session, ENTITY_PATIENTS, query, &seen);
    assert_string_equal(people_in(&seen, first_id(session), text, sizeof(text)), people);
}

static const struct page_case {
    int64_t skip, limit;
    const char *people;
} PAGES[] = {
    {0, 100, "0 1 2 3 4"}, {0, -1, "0 1 2 3 4"}, {0, 2, "0 1"},
    {2, 2, "2 3"},         {4, 2, "4"},          {5, 2, ""},
    {3, -1, "3 4"},        {0, 0, ""},           {INT64_MAX, 10, ""},
};

static void test_pages(void **state)
{
    struct place *place = *state;
    add_people(place->session);
    for (size_t i = 0; i < COUNT_OF(PAGES); i++) {
        print_message("%lld, %lld\n", (long long)PAGES[i].skip, (long long)PAGES[i].limit);
        struct list_query query = {.skip = PAGES[i].skip, .limit = PAGES[i].limit};
        expect(place->session, &query, PAGES[i].people);
    }
}

static const struct order_case {
    const char *field;
    bool descending;
    const char *people;
} ORDERS[] = {
    {"id", false, "0 1 2 3 4"},           {"id", true, "4 3 2 1 0"},
    {"last_name", false, "4 2 1 3 0"},    {"last_name", true, "0 3 1 2 4"},
    {"first_name", false, "0 3 2 4 1"},   {"date_of_birth", false, "2 1 3 0 4"},
    {"date_of_birth", true, "4 0 3 1 2"}, {"created_at", false, "0 1 2 3 4"},
    {"created_at", true, "4 3 2 1 0"},
};

static void test_orders(void **state)
{
    struct place *place = *state;
    add_people(place->session);
    for (size_t i = 0; i < COUNT_OF(ORDERS); i++) {
        print_message("%s %d\n", ORDERS[i].field, ORDERS[i].descending);
        struct list_query query = {.limit = 10,
                                   .sort_field = place_field(ENTITY_PATIENTS, ORDERS[i].field),
                                   .descending = ORDERS[i].descending};
        expect(place->session, &query, ORDERS[i].people);
    }
}

static const struct search_case {
    const char *search, *people;
} SEARCHES[] = {
    {"", "0 1 2 3 4"},
    {"   ", "0 1 2 3 4"},
    {"anna", "0 3"},
    {"ANNA", "0 3"},
    {"annab", "3"},
    {"nna", ""},
    {"martin", "1 3"},
    {"\xc3\xa9", "1 2"},
    {"e", "1 2"},
    {"elod", "1"},
    {"E\xcc\x81TOI", "2"}, /* the accent by itself */
    {"m\xc3\xa4rtin", "1 3"},
    {"\xc3\x89TOILE", "2"},
    {"anna mart", "3"},
    {"mart anna", "3"},
    {"  anna   zola ", "0"},
    {"anna bob", ""},
    {"a a a a a a a a", "0 3 4"},
    {"+33", "0 1 3"},
    {"+33 100", "0 3"}, /* "100" begins nothing by itself */
    {"100", ""},
    {"100 +33", ""},
    {"+33  100 zola anna", "0"},
    {"anna +33 1", "0 3"},
    {"an +33 200", ""},
    {"555", "4"},
    {"elodie@TWO.example", "1"},
    {"x_y", "3"},
    {"x%", ""},
    {"carl%", "4"},
    {"%", ""},
    {"_", ""},
    {"'", ""},
    {"' OR 1=1 --", ""},
    {"\\", ""},
    {"\xff", ""},
    {"an\xc3", ""},
};

static void test_searches(void **state)
{
    struct place *place = *state;
    add_people(place->session);
    for (size_t i = 0; i < COUNT_OF(SEARCHES); i++) {
        print_message("%s\n", SEARCHES[i].search);
        struct list_query query = {.limit = 10, .search = span_cstr(SEARCHES[i].search)};
        expect(place->session, &query, SEARCHES[i].people);
    }
}

/* A changed name is found by what it is now. */
static void test_search_follows_updates(void **state)
{
    struct place *place = *state;
    struct value row[ENTITY_FIELDS_MAX] = {0};
    uint64_t mask = mask_of(ENTITY_PATIENTS, "first_name");
    add_people(place->session);
    int64_t id = first_id(place->session) + 2;
    set_text(ENTITY_PATIENTS, row, "first_name", "Quentin");
    assert_int_equal(session_update(place->session, ENTITY_PATIENTS, &id, row, &mask, 1), STORE_OK);
    expect(place->session, &(struct list_query){.limit = 10, .search = SPAN("quent")}, "2");
    expect(place->session, &(struct list_query){.limit = 10, .search = SPAN("bob")}, "");
}

/* Both ways to a page of a search give the same. */
static void test_search_in_order(void **state)
{
    struct place *place = *state;
    add_people(place->session);
    for (int64_t limit = -1; limit <= 5; limit++) {
        struct list_query query = {.limit = limit,
                                   .search = SPAN("+33"),
                                   .sort_field = place_field(ENTITY_PATIENTS, "last_name"),
                                   .descending = true};
        static const char *const PEOPLE_BY_LIMIT[] = {"0 3 1", "",      "0",    "0 3",
                                                      "0 3 1", "0 3 1", "0 3 1"};
        expect(place->session, &query, PEOPLE_BY_LIMIT[limit + 1]);
    }
}

static void test_search_where_there_is_none(void **state)
{
    struct place *place = *state;
    struct seen seen;
    add_doctor(place->session, "doc");
    list_rows(place->session, ENTITY_USERS,
              &(struct list_query){.limit = 10, .search = SPAN("doc")}, &seen);
    assert_int_equal(seen.count, 0);
}

static int64_t add_visits(struct session *session, int64_t *patients, int64_t *doctors)
{
    struct value row[ENTITY_FIELDS_MAX];
    static const char *const STATUSES[] = {"scheduled", "completed"};
    int64_t first = 0;
    patients[0] = add_patient(session, NULL);
    patients[1] = add_patient(session, NULL);
    doctors[0] = add_doctor(session, "one");
    doctors[1] = add_doctor(session, "two");
    for (int i = 0; i < 8; i++) {
        char when[32];
        snprintf(when, sizeof(when), "2027-03-%02dT09:00:00Z", 8 - i);
        make_appointment(row, patients[i % 2], doctors[i / 4], when, 15 + i);
        set_text(ENTITY_APPOINTMENTS, row, "status", STATUSES[i % 4 / 2]);
        int64_t id = add_row(session, ENTITY_APPOINTMENTS, row);
        first = i ? first : id;
    }
    return first;
}

static struct filter filter_text(const char *name, enum filter_kind kind, const char *text)
{
    return (struct filter){.field = place_field(ENTITY_APPOINTMENTS, name),
                           .kind = kind,
                           .value = value_text(span_cstr(text))};
}

static struct filter filter_int(const char *name, enum filter_kind kind, int64_t number)
{
    return (struct filter){
        .field = place_field(ENTITY_APPOINTMENTS, name), .kind = kind, .value = value_int(number)};
}

static void test_filters(void **state)
{
    struct place *place = *state;
    int64_t patients[2], doctors[2];
    int64_t first = add_visits(place->session, patients, doctors);

    const struct filter_case {
        const char *visits;
        size_t count;
        struct filter filters[3];
    } cases[] = {
        {"2 3 6 7", 1, {filter_text("status", FILTER_EQUAL, "completed")}},
        {"", 1, {filter_text("status", FILTER_EQUAL, "Completed")}},
        {"1 3 5 7", 1, {filter_int("patient_id", FILTER_EQUAL, patients[1])}},
        {"3",
         3,
         {filter_int("patient_id", FILTER_EQUAL, patients[1]),
          filter_int("doctor_id", FILTER_EQUAL, doctors[0]),
          filter_text("status", FILTER_EQUAL, "completed")}},
        {"0 1 2", 1, {filter_text("appointment_date", FILTER_FROM, "2027-03-06T09:00:00Z")}},
        {"3 4 5 6 7", 1, {filter_text("appointment_date", FILTER_BEFORE, "2027-03-06T09:00:00Z")}},
        {"2 3",
         2,
         {filter_text("appointment_date", FILTER_FROM, "2027-03-05T00:00:00Z"),
          filter_text("appointment_date", FILTER_BEFORE, "2027-03-07T00:00:00Z")}},
        {"5 6 7", 1, {filter_int("duration_minutes", FILTER_FROM, 20)}},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct seen seen;
        char text[64];
        struct list_query query = {.limit = 10, .filter_count = cases[i].count};
        memcpy(query.filters, cases[i].filters, sizeof(cases[i].filters));
        list_rows(place->session, ENTITY_APPOINTMENTS, &query, &seen);
        assert_string_equal(people_in(&seen, first, text, sizeof(text)), cases[i].visits);
        query.sort_field = place_field(ENTITY_APPOINTMENTS, "appointment_date");
        query.descending = true; /* which is the order of ids here */
        query.limit = 2;
        list_rows(place->session, ENTITY_APPOINTMENTS, &query, &seen);
        people_in(&seen, first, text, sizeof(text));
        assert_memory_equal(text, cases[i].visits, strlen(text));
    }
}

static void test_filter_in(void **state)
{
    struct place *place = *state;
    struct seen seen;
    char text[64];
    int64_t patients[2], doctors[2];
    int64_t first = add_visits(place->session, patients, doctors);
    int64_t ids[] = {patients[1], 4711, patients[0], -1, INT64_MAX, INT64_MIN};
    struct list_query query = {.limit = 3, .filter_count = 1};
    query.filters[0] = filter_int("patient_id", FILTER_IN, 0);
    query.filters[0].ids = ids;
    for (query.filters[0].id_count = 0; query.filters[0].id_count <= COUNT_OF(ids);
         query.filters[0].id_count++) {
        static const char *const VISITS[] = {"",      "1 3 5", "1 3 5", "0 1 2",
                                             "0 1 2", "0 1 2", "0 1 2"};
        list_rows(place->session, ENTITY_APPOINTMENTS, &query, &seen);
        assert_string_equal(people_in(&seen, first, text, sizeof(text)),
                            VISITS[query.filters[0].id_count]);
    }
}

/* Slower, but the same rows; and back again. */
static void test_without_indexes(void **state)
{
    struct place *place = *state;
    add_people(place->session);
    for (int round = 0; round < 2; round++) {
        place->options.without_indexes = !place->options.without_indexes;
        place_open_again(place);
        expect(place->session, &(struct list_query){.limit = 10, .search = SPAN("anna")}, "0 3");
        struct list_query query = {.limit = 10,
                                   .sort_field = place_field(ENTITY_PATIENTS, "last_name")};
        expect(place->session, &query, "4 2 1 3 0");
        struct value row[ENTITY_FIELDS_MAX];
        int64_t unused;
        make_patient(row, PEOPLE[0].email);
        assert_int_equal(session_insert(place->session, ENTITY_PATIENTS, row, 1, &unused),
                         STORE_DUPLICATE);
    }
}

int store_cases_lists(const struct store_rig *rig)
{
    const struct CMUnitTest tests[] = {
        STORE_CASE(test_pages),           STORE_CASE(test_orders),
        STORE_CASE(test_searches),        STORE_CASE(test_search_follows_updates),
        STORE_CASE(test_search_in_order), STORE_CASE(test_search_where_there_is_none),
        STORE_CASE(test_filters),         STORE_CASE(test_filter_in),
        STORE_CASE(test_without_indexes),
    };
    return cmocka_run_group_tests_name("lists", tests, NULL, NULL);
}
