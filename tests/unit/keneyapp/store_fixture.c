/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/keneyapp/store_fixture.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "support/test.h"

void place_open_again(struct place *place)
{
    struct error err = {0};
    session_free(&place->session);
    store_free(&place->store);
    if (store_open(place->url, &place->options, &place->store, &err) != 0 ||
        store_migrate(place->store, &err) != 0)
        fail_msg("%s", err.message);
    place->session = session_new(place->store, &err);
    assert_non_null(place->session);
}

int place_make(void **state)
{
    struct place *place = NEW(struct place);
    place->rig = *state;
    *state = place;
    if (place->rig->make(place->url) != 0)
        return -1;
    place_open_again(place);
    assert_int_equal(session_tenant_add(place->session, SPAN("Other clinic"), SPAN("other"),
                                        SPAN(NOW), &place->other_tenant),
                     STORE_OK);
    return 0;
}

int place_remove(void **state)
{
    struct place *place = *state;
    *state = (void *)place->rig;
    session_free(&place->session);
    store_free(&place->store);
    place->rig->remove(place->url);
    free(place);
    return 0;
}

int place_field(enum entity_id id, const char *name)
{
    int field = entity_field(entity_get(id), span_cstr(name));
    assert_true(field >= 0);
    return field;
}

void set_text(enum entity_id id, struct value *row, const char *name, const char *text)
{
    row[place_field(id, name)] = value_text(span_cstr(text));
}

void set_int(enum entity_id id, struct value *row, const char *name, int64_t number)
{
    row[place_field(id, name)] = value_int(number);
}

uint64_t mask_of(enum entity_id id, const char *name)
{
    return UINT64_C(1) << place_field(id, name);
}

static void begin_row(enum entity_id id, struct value *row)
{
    const struct entity *entity = entity_get(id);
    for (size_t i = 0; i < entity->field_count; i++)
        row[i] = entity_initial(&entity->fields[i], SPAN(NOW));
}

void make_patient(struct value *row, const char *email)
{
    begin_row(ENTITY_PATIENTS, row);
    set_text(ENTITY_PATIENTS, row, "first_name", "Alpha");
    set_text(ENTITY_PATIENTS, row, "last_name", "x'\"; DROP TABLE");
    set_text(ENTITY_PATIENTS, row, "date_of_birth", "1980-02-29");
    set_text(ENTITY_PATIENTS, row, "gender", "other");
    set_text(ENTITY_PATIENTS, row, "phone", "+33 1 99 00 00 00");
    set_text(ENTITY_PATIENTS, row, "email", email);
}

void make_user(struct value *row, const char *username, const char *role)
{
    begin_row(ENTITY_USERS, row);
    set_text(ENTITY_USERS, row, "username", username);
    set_text(ENTITY_USERS, row, "email", username);
    set_text(ENTITY_USERS, row, "full_name", username);
    set_text(ENTITY_USERS, row, "hashed_password", "!");
    set_text(ENTITY_USERS, row, "role", role);
}

void make_appointment(struct value *row, int64_t patient, int64_t doctor, const char *when,
                      int64_t minutes)
{
    begin_row(ENTITY_APPOINTMENTS, row);
    set_int(ENTITY_APPOINTMENTS, row, "patient_id", patient);
    set_int(ENTITY_APPOINTMENTS, row, "doctor_id", doctor);
    set_text(ENTITY_APPOINTMENTS, row, "appointment_date", when);
    set_int(ENTITY_APPOINTMENTS, row, "duration_minutes", minutes);
    set_text(ENTITY_APPOINTMENTS, row, "reason", "Check-up");
}

void make_prescription(struct value *row, int64_t patient, int64_t doctor)
{
    begin_row(ENTITY_PRESCRIPTIONS, row);
    set_int(ENTITY_PRESCRIPTIONS, row, "patient_id", patient);
    set_int(ENTITY_PRESCRIPTIONS, row, "doctor_id", doctor);
    set_text(ENTITY_PRESCRIPTIONS, row, "medication_name", "Paracetamol");
    set_text(ENTITY_PRESCRIPTIONS, row, "dosage", "500 mg");
    set_text(ENTITY_PRESCRIPTIONS, row, "frequency", "once a day");
    set_text(ENTITY_PRESCRIPTIONS, row, "duration", "5 days");
}

int64_t add_row(struct session *session, enum entity_id id, const struct value *row)
{
    int64_t row_id = 0;
    enum store_result result = session_insert(session, id, row, 1, &row_id);
    if (result != STORE_OK)
        fail_msg("result %d: %s", result, session_problem(session));
    return row_id;
}

int64_t add_patient(struct session *session, const char *email)
{
    struct value row[ENTITY_FIELDS_MAX];
    make_patient(row, email);
    return add_row(session, ENTITY_PATIENTS, row);
}

int64_t add_doctor(struct session *session, const char *username)
{
    struct value row[ENTITY_FIELDS_MAX];
    make_user(row, username, "doctor");
    return add_row(session, ENTITY_USERS, row);
}

int64_t count_of(struct session *session, enum entity_id id)
{
    int64_t rows = -1;
    assert_int_equal(session_count(session, id, &rows), STORE_OK);
    return rows;
}

void see(void *context, const struct entity *entity, const struct value *row)
{
    struct seen *seen = context;
    for (size_t i = 0; i < entity->field_count; i++) {
        char *text = seen->texts[i];
        size_t size = sizeof(seen->texts[i]);
        if (row[i].kind == VALUE_INT)
            snprintf(text, size, "%lld", (long long)row[i].number);
        else if (row[i].kind == VALUE_TEXT)
            snprintf(text, size, "%.*s", SPAN_ARG(row[i].text));
        else
            snprintf(text, size, "(null)");
    }
    if (seen->count < COUNT_OF(seen->ids))
        seen->ids[seen->count] = row[0].number;
    seen->count++;
}

const char *text_in(struct session *session, enum entity_id id, int64_t row_id, const char *name,
                    struct seen *seen)
{
    seen->count = 0;
    enum store_result result = session_get(session, id, row_id, see, seen);
    if (result == STORE_NOT_FOUND)
        return "(none)";
    assert_int_equal(result, STORE_OK);
    return seen->texts[place_field(id, name)];
}

void list_rows(struct session *session, enum entity_id id, const struct list_query *query,
               struct seen *seen)
{
    struct list_query all = *query;
    struct seen everything = {0};
    int64_t total = -1, same = -1;
    all.skip = 0;
    all.limit = -1;
    *seen = (struct seen){0};
    enum store_result result = session_list(session, id, query, see, seen, &total);
    if (result != STORE_OK)
        fail_msg("result %d: %s", result, session_problem(session));
    assert_int_equal(session_list(session, id, &all, see, &everything, &same), STORE_OK);
    assert_int_equal(total, everything.count);
    assert_int_equal(total, same);
    for (size_t i = 0; i < seen->count && i < COUNT_OF(seen->ids); i++)
        if ((size_t)query->skip + i < COUNT_OF(everything.ids))
            assert_int_equal(seen->ids[i], everything.ids[(size_t)query->skip + i]);
}
