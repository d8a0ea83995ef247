/* SPDX-License-Identifier: Apache-2.0
 *
 * Rows from a seeded generator, all in one transaction: a seed that is cut off leaves nothing.
 */
#include "keneyapp/data/seed.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/mem.h"
#include "base/rng.h"
#include "keneyapp/auth/password.h"
#include "keneyapp/data/users.h"

#define NSEC_PER_DAY (86400 * NSEC_PER_SEC)
#define SEED_NUMBER  UINT64_C(20240115)

enum {
    DOCTORS_MIN = 8,
    PATIENTS_PER_DOCTOR = 1250,
    NAMED_DOCTORS = 2,   /* testuser, doctor */
    HISTORY_DAYS = 365,  /* patients came during the last year */
    PAST_DAYS = 180,     /* appointments: half a year back ... */
    CALENDAR_DAYS = 270, /* ... to a quarter ahead */
    DAY_QUARTERS = 40,   /* quarters of an hour from 8:00 to 18:00 */
    BATCH_ROWS = 500,
    BULK_PATIENTS = 5000, /* fewer are not worth setting indexes aside */
};

/* Rows on their way into one table. */
struct batch {
    enum entity_id id;
    const struct entity *entity;
    struct value *rows; /* BATCH_ROWS of them */
    size_t count;
    int64_t ids[BATCH_ROWS];
};

struct seeder {
    struct session *session;
    struct rng rng;
    struct arena arena; /* of one batch */
    struct batch batch;
    nsec_t day_ns; /* midnight UTC */
    struct seed_size size;
    int64_t *doctors, *patients; /* ids */
    size_t doctor_count, patient_count;
    struct error *err;
};

static const char *const FIRST_NAMES[] = {
    "Alpha", "Bravo", "Charlie", "Delta", "Echo", "Foxtrot", "Golf",  "Hotel",  "India", "Juliet",
    "Kilo",  "Lima",  "Mike",    "Oscar", "Papa", "Quebec",  "Romeo", "Sierra", "Tango", "Victor"};
static const char *const LAST_NAMES[] = {"Fixture",  "Placeholder", "Sampleton", "Mockwell",
                                         "Testcase", "Dummyfield",  "Synthetic", "Stubbins",
                                         "Exemplar", "Nobody",      "Demoson",   "Lorem",
                                         "Ipsum",    "Dolor",       "Specimen",  "Facsimile"};
static const char *const GENDERS[] = {"female", "male", "other"};
static const char *const BLOOD_TYPES[] = {"A+", "A-", "B+", "B-", "AB+", "AB-", "O+", "O-"};
static const char *const HISTORIES[] = {"None known", "Synthetic hypertension since 2019",
                                        "Synthetic appendectomy in 2012",
                                        "Synthetic asthma, well controlled"};
static const char *const ALLERGIES[] = {"None known", "Synthetic penicillin", "Synthetic pollen",
                                        "Synthetic peanuts"};
static const char *const REASONS[] = {"Yearly check-up",        "Follow-up",    "Vaccination",
                                      "Blood pressure control", "Test results", "First visit"};
static const char *const PAST_STATUSES[] = {"completed", "completed", "completed",
                                            "completed", "cancelled", "no_show"};
static const char *const NEXT_STATUSES[] = {"scheduled", "scheduled", "confirmed", "cancelled"};
static const char *const FREQUENCIES[] = {"once a day", "twice a day", "three times a day"};
static const char *const DURATIONS[] = {"5 days", "7 days", "14 days", "30 days"};

static const struct medicine {
    const char *name, *atc_code, *dosage;
} MEDICINES[] = {
    {"Paracetamol", "N02BE01", "500 mg"},       {"Ibuprofen", "M01AE01", "400 mg"},
    {"Amoxicillin", "J01CA04", "500 mg"},       {"Metformin", "A10BA02", "850 mg"},
    {"Atorvastatin", "C10AA05", "20 mg"},       {"Omeprazole", "A02BC01", "20 mg"},
    {"Salbutamol", "R03AC02", "100 \xc2\xb5g"}, {"Amlodipine", "C08CA01", "5 mg"},
};

#define PICK(seeder, array) ((array)[rng_below(&(seeder)->rng, COUNT_OF(array))])

static void set(struct value *row, const struct entity *entity, const char *name,
                struct value value)
{
    row[entity_field(entity, span_cstr(name))] = value;
}

static void set_text(struct value *row, const struct entity *entity, const char *name,
                     const char *text)
{
    set(row, entity, name, value_text(span_cstr(text)));
}

static const char *time_text(struct seeder *seeder, nsec_t wall_ns)
{
    return store_time_text(wall_ns, arena_alloc(&seeder->arena, 32));
}

static int failed(struct seeder *seeder)
{
    return error_set(seeder->err, EXIT_INVALID_CONFIG,
                     "cannot write synthetic rows: %s; check the disk, or start with an empty "
                     "folder (--data)",
                     session_problem(seeder->session));
}

static void begin_batch(struct seeder *seeder, enum entity_id id)
{
    seeder->batch.id = id;
    seeder->batch.entity = entity_get(id);
    seeder->batch.count = 0;
}

static int insert_batch(struct seeder *seeder)
{
    struct batch *batch = &seeder->batch;
    enum store_result result =
        session_insert(seeder->session, batch->id, batch->rows, batch->count, batch->ids);
    if (result == STORE_OK && batch->id == ENTITY_PATIENTS) {
        memcpy(seeder->patients + seeder->patient_count, batch->ids,
               batch->count * sizeof(batch->ids[0]));
        seeder->patient_count += batch->count;
    }
    batch->count = 0;
    arena_reset(&seeder->arena);
    return result == STORE_OK ? 0 : failed(seeder);
}

/* The next row of the batch, with what it has when nobody says anything. */
static struct value *new_row(struct seeder *seeder, nsec_t created_ns)
{
    struct batch *batch = &seeder->batch;
    struct span stamp = span_cstr(time_text(seeder, created_ns));
    struct value *row = batch->rows + batch->count++ * batch->entity->field_count;
    for (size_t i = 0; i < batch->entity->field_count; i++)
        row[i] = entity_initial(&batch->entity->fields[i], stamp);
    return row;
}

static void doctor_name(size_t number, char *name, size_t size)
{
    snprintf(name, size, "synthetic-doctor-%zu", number);
}

/* The mark of a demo clinic: synthetic doctors, whom nothing but a seed makes without a password.
 */
static enum store_result find_synthetic_doctor(struct session *session, bool *ret_found)
{
    *ret_found = false;
    for (size_t i = 1; i <= DOCTORS_MIN && !*ret_found; i++) {
        char name[40];
        struct store_user user;
        doctor_name(i, name, sizeof(name));
        enum store_result result = session_user(session, span_cstr(name), &user);
        if (result != STORE_OK && result != STORE_NOT_FOUND)
            return result;
        *ret_found = result == STORE_OK && strcmp(user.hashed_password, PASSWORD_NONE) == 0;
    }
    return STORE_OK;
}

int seed_check(struct session *session, struct error *err)
{
    int64_t users, patients;
    bool is_demo;
    if (session_count(session, ENTITY_USERS, &users) != STORE_OK ||
        session_count(session, ENTITY_PATIENTS, &patients) != STORE_OK ||
        find_synthetic_doctor(session, &is_demo) != STORE_OK)
        return error_set(err, EXIT_INVALID_CONFIG, "cannot see whether the database is empty: %s",
                         session_problem(session));
    if (is_demo || users + patients == 0)
        return 0;
    return error_set(err, EXIT_INVALID_CONFIG,
                     "this clinic has users or patients of its own, and the passwords of the demo "
                     "users are public: nothing was added; for synthetic people take an empty "
                     "folder (--data DIR) or an empty database (--database URL)");
}

static int add_user(struct seeder *seeder, const char *username, const char *password,
                    const char *role, int64_t *ret_id)
{
    char hash[PASSWORD_HASH_BYTES] = PASSWORD_NONE;
    if (password)
        password_hash(span_cstr(password), hash);
    struct new_user user = {
        .username = username,
        .role = role,
        .full_name = arena_printf(&seeder->arena, "Demo %s", username),
        .hash = hash,
        .now = span_cstr(time_text(seeder, seeder->day_ns)),
    };
    return users_add(seeder->session, &user, ret_id) == STORE_OK ? 0 : failed(seeder);
}

/* The user's id, made when missing; doctors join the list that appointments pick from. */
static int ensure_user(struct seeder *seeder, const char *username, const char *password,
                       const char *role)
{
    struct store_user user = {0};
    enum store_result result = session_user(seeder->session, span_cstr(username), &user);
    if (result != STORE_OK && add_user(seeder, username, password, role, &user.id) != 0)
        return -1;
    if (strcmp(role, "doctor") == 0)
        seeder->doctors[seeder->doctor_count++] = user.id;
    return 0;
}

static size_t synthetic_doctors(const struct seeder *seeder)
{
    return (size_t)MAX_OF(DOCTORS_MIN, seeder->size.patients / PATIENTS_PER_DOCTOR);
}

static int ensure_users(struct seeder *seeder)
{
    static const struct {
        const char *name, *password, *role;
    } USERS[] = {
        {SEED_USERNAME, SEED_PASSWORD, "doctor"},
        {"admin", "admin123", "admin"},
        {"doctor", "doctor123", "doctor"},
        {"nurse", "nurse123", "nurse"},
        {"receptionist", "receptionist123", "receptionist"},
    };

    for (size_t i = 0; i < COUNT_OF(USERS); i++)
        if (ensure_user(seeder, USERS[i].name, USERS[i].password, USERS[i].role) != 0)
            return -1;
    for (size_t i = 1; i <= synthetic_doctors(seeder); i++) {
        char name[40];
        doctor_name(i, name, sizeof(name));
        if (ensure_user(seeder, name, NULL, "doctor") != 0)
            return -1;
    }
    return 0;
}

static const char *phone(struct seeder *seeder)
{
    unsigned n = (unsigned)rng_below(&seeder->rng, 10000);
    return arena_printf(&seeder->arena, "+33 1 99 00 %02u %02u", n / 100, n % 100);
}

/* Month 99 does not exist, so neither does the number's owner. */
static const char *national_number(struct seeder *seeder)
{
    return arena_printf(&seeder->arena, "1%02u99%010llu", (unsigned)rng_below(&seeder->rng, 100),
                        (unsigned long long)rng_below(&seeder->rng, 10000000000));
}

static nsec_t past_moment(struct seeder *seeder, unsigned days)
{
    nsec_t day = (nsec_t)rng_below(&seeder->rng, days) + 1;
    return seeder->day_ns - day * NSEC_PER_DAY +
           (nsec_t)rng_below(&seeder->rng, 86400) * NSEC_PER_SEC;
}

static void set_contact(struct seeder *seeder, const struct entity *entity, struct value *row,
                        int64_t number)
{
    struct arena *arena = &seeder->arena;
    set_text(row, entity, "email",
             arena_printf(arena, "patient%05lld@patients.example", (long long)number));
    set_text(row, entity, "phone", phone(seeder));
    set_text(row, entity, "address",
             arena_printf(arena, "%u Example Street, 00000 Testville",
                          (unsigned)rng_below(&seeder->rng, 200) + 1));
    set_text(row, entity, "emergency_contact",
             arena_printf(arena, "%s %s", PICK(seeder, FIRST_NAMES), PICK(seeder, LAST_NAMES)));
    set_text(row, entity, "emergency_phone", phone(seeder));
}

static void add_patient(struct seeder *seeder, int64_t number)
{
    const struct entity *entity = seeder->batch.entity;
    struct value *row = new_row(seeder, past_moment(seeder, HISTORY_DAYS));
    set_text(row, entity, "first_name", PICK(seeder, FIRST_NAMES));
    set_text(
        row, entity, "last_name",
        arena_printf(&seeder->arena, "%s-%05lld", PICK(seeder, LAST_NAMES), (long long)number));
    set_text(row, entity, "date_of_birth",
             arena_printf(&seeder->arena, "%04u-%02u-%02u",
                          1930 + (unsigned)rng_below(&seeder->rng, 90),
                          1 + (unsigned)rng_below(&seeder->rng, 12),
                          1 + (unsigned)rng_below(&seeder->rng, 28)));
    set_text(row, entity, "gender", PICK(seeder, GENDERS));
    set_contact(seeder, entity, row, number);
    set_text(row, entity, "medical_history", PICK(seeder, HISTORIES));
    set_text(row, entity, "allergies", PICK(seeder, ALLERGIES));
    set_text(row, entity, "blood_type", PICK(seeder, BLOOD_TYPES));
    set_text(row, entity, "ins_number", national_number(seeder));
    set_text(row, entity, "social_security_number", national_number(seeder));
}

static void set_people(struct seeder *seeder, struct value *row, int64_t doctor)
{
    int64_t patient = seeder->patients[rng_below(&seeder->rng, seeder->patient_count)];
    set(row, seeder->batch.entity, "patient_id", value_int(patient));
    set(row, seeder->batch.entity, "doctor_id", value_int(doctor));
}

/* A doctor's calendar, in quarters of an hour that the clinic is open, is cut into as many pieces
 * as the doctor has appointments; each one lies somewhere within its piece, so no two overlap. */
struct slot {
    int64_t quarter, quarters;
    int64_t doctor;
};

static struct slot pick_slot(struct seeder *seeder, int64_t number)
{
    int64_t doctors = (int64_t)seeder->doctor_count;
    int64_t pieces = (seeder->size.appointments + doctors - 1) / doctors;
    int64_t piece = (number - 1) / doctors;
    int64_t calendar = (int64_t)CALENDAR_DAYS * DAY_QUARTERS;
    int64_t from = piece * calendar / pieces, until = (piece + 1) * calendar / pieces;
    int64_t length = MAX_OF(until - from, 1);
    struct slot slot = {.doctor = seeder->doctors[(number - 1) % doctors]};
    slot.quarter = from + (int64_t)rng_below(&seeder->rng, (uint64_t)length);
    int64_t left = MAX_OF(until - slot.quarter, 1);
    slot.quarters = 1 + (int64_t)rng_below(&seeder->rng, (uint64_t)MIN_OF(left, 4));
    return slot;
}

static void add_appointment(struct seeder *seeder, int64_t number)
{
    const struct entity *entity = seeder->batch.entity;
    struct slot slot = pick_slot(seeder, number);
    int64_t day = slot.quarter / DAY_QUARTERS - PAST_DAYS;
    int64_t minutes = 8 * 60 + 15 * (slot.quarter % DAY_QUARTERS);
    nsec_t when = seeder->day_ns + day * NSEC_PER_DAY + minutes * 60 * NSEC_PER_SEC;
    struct value *row =
        new_row(seeder, (day < 0 ? when : seeder->day_ns) -
                            (1 + (nsec_t)rng_below(&seeder->rng, 30)) * NSEC_PER_DAY);
    set_people(seeder, row, slot.doctor);
    set_text(row, entity, "appointment_date", time_text(seeder, when));
    set(row, entity, "duration_minutes", value_int(15 * slot.quarters));
    set_text(row, entity, "status",
             day < 0 ? PICK(seeder, PAST_STATUSES) : PICK(seeder, NEXT_STATUSES));
    set_text(row, entity, "reason", PICK(seeder, REASONS));
    set_text(row, entity, "notes",
             arena_printf(&seeder->arena, "Synthetic appointment %lld", (long long)number));
}

static void add_prescription(struct seeder *seeder, int64_t number)
{
    const struct entity *entity = seeder->batch.entity;
    const struct medicine *medicine = &PICK(seeder, MEDICINES);
    struct value *row = new_row(seeder, past_moment(seeder, HISTORY_DAYS));
    set_people(seeder, row, seeder->doctors[rng_below(&seeder->rng, seeder->doctor_count)]);
    set_text(row, entity, "medication_name", medicine->name);
    set_text(row, entity, "atc_code", medicine->atc_code);
    set_text(row, entity, "atc_display", medicine->name);
    set_text(row, entity, "dosage", medicine->dosage);
    set_text(row, entity, "frequency", PICK(seeder, FREQUENCIES));
    set_text(row, entity, "duration", PICK(seeder, DURATIONS));
    set_text(row, entity, "instructions",
             arena_printf(&seeder->arena, "Synthetic prescription %lld", (long long)number));
    set(row, entity, "refills", value_int((int64_t)rng_below(&seeder->rng, 6)));
}

static int add_rows(struct seeder *seeder, enum entity_id id, int64_t count,
                    void (*add)(struct seeder *seeder, int64_t number))
{
    begin_batch(seeder, id);
    for (int64_t number = 1; number <= count; number++) {
        add(seeder, number);
        bool is_full = seeder->batch.count == BATCH_ROWS || number == count;
        if (is_full && insert_batch(seeder) != 0)
            return -1;
    }
    return 0;
}

static int add_everything(struct seeder *seeder)
{
    bool is_bulk = seeder->size.patients >= BULK_PATIENTS;
    if (is_bulk && session_bulk(seeder->session, true) != STORE_OK)
        return failed(seeder);
    if (add_rows(seeder, ENTITY_PATIENTS, seeder->size.patients, add_patient) != 0 ||
        add_rows(seeder, ENTITY_APPOINTMENTS, seeder->size.appointments, add_appointment) != 0)
        return -1;
    if (add_rows(seeder, ENTITY_PRESCRIPTIONS, seeder->size.prescriptions, add_prescription) != 0)
        return -1;
    if (is_bulk && session_bulk(seeder->session, false) != STORE_OK)
        return failed(seeder);
    return 0;
}

void seed_size_for(int64_t patients, struct seed_size *size)
{
    *size = (struct seed_size){
        .patients = patients, .appointments = 2 * patients, .prescriptions = patients * 3 / 2};
}

void seed_size_defaults(struct seed_size *size)
{
    seed_size_for(10000, size);
}

/* Between begin and commit, so that two programs that seed at once do not both find it empty. */
static int fill(struct seeder *seeder, bool *ret_seeded)
{
    int64_t patients;
    if (seed_check(seeder->session, seeder->err) != 0)
        return -1;
    if (session_count(seeder->session, ENTITY_PATIENTS, &patients) != STORE_OK)
        return failed(seeder);
    *ret_seeded = patients == 0;
    if (ensure_users(seeder) != 0)
        return -1;
    return patients == 0 ? add_everything(seeder) : 0;
}

int seed_fill(struct session *session, const struct seed_size *size, nsec_t wall_ns,
              bool *ret_seeded, struct error *err)
{
    struct seeder seeder = {
        .session = session, .size = *size, .day_ns = wall_ns - wall_ns % NSEC_PER_DAY, .err = err};
    bool seeded = false;
    rng_seed(&seeder.rng, SEED_NUMBER);
    if (session_begin(session) != STORE_OK)
        return failed(&seeder);
    arena_init(&seeder.arena, 64 * 1024);
    seeder.batch.rows = NEW_ARRAY(struct value, BATCH_ROWS * ENTITY_FIELDS_MAX);
    seeder.patients = NEW_ARRAY(int64_t, (size_t)MAX_OF(size->patients, 1));
    seeder.doctors = NEW_ARRAY(int64_t, synthetic_doctors(&seeder) + NAMED_DOCTORS);
    int rc = fill(&seeder, &seeded);
    arena_done(&seeder.arena);
    free(seeder.batch.rows);
    free(seeder.patients);
    free(seeder.doctors);
    if (rc != 0)
        session_rollback(session);
    else if (session_commit(session) != STORE_OK)
        rc = failed(&seeder);
    if (rc == 0 && seeded && session_tidy(session) != STORE_OK)
        rc = failed(&seeder);
    if (rc == 0)
        *ret_seeded = seeded;
    return rc;
}
