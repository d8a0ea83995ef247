/* SPDX-License-Identifier: Apache-2.0
 *
 * Rows from a seeded generator, all in one transaction: a seed that is cut off leaves nothing.
 */
#include "keneyapp/data/seed.h"

#include <stdio.h>

#include "base/arena.h"
#include "base/rng.h"
#include "keneyapp/auth/password.h"
#include "keneyapp/data/users.h"

#define NSEC_PER_DAY (86400 * NSEC_PER_SEC)
#define SEED_NUMBER  UINT64_C(20240115)

enum {
    SYNTHETIC_DOCTORS = 8,
    HISTORY_DAYS = 365, /* patients came during the last year */
};

struct seeder {
    struct session *session;
    struct rng rng;
    struct arena arena; /* of one row */
    nsec_t day_ns;      /* midnight UTC */
    struct seed_size size;
    int64_t doctors[SYNTHETIC_DOCTORS + 2];
    size_t doctor_count;
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
    int at = entity_field(entity, span_cstr(name));
    if (at >= 0)
        row[at] = value;
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

static int insert(struct seeder *seeder, enum entity_id id, const struct value *row)
{
    int64_t row_id;
    enum store_result result = session_insert(seeder->session, id, row, &row_id);
    arena_reset(&seeder->arena);
    return result == STORE_OK ? 0 : failed(seeder);
}

static void begin_row(struct seeder *seeder, const struct entity *entity, struct value *row,
                      nsec_t created_ns)
{
    struct span stamp = span_cstr(time_text(seeder, created_ns));
    for (size_t i = 0; i < entity->field_count; i++)
        row[i] = entity_initial(&entity->fields[i], stamp);
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
    for (int i = 1; i <= SYNTHETIC_DOCTORS; i++) {
        char name[32];
        snprintf(name, sizeof(name), "synthetic-doctor-%d", i);
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

static int add_patient(struct seeder *seeder, int64_t number)
{
    const struct entity *entity = entity_get(ENTITY_PATIENTS);
    struct value row[ENTITY_FIELDS_MAX];
    begin_row(seeder, entity, row, past_moment(seeder, HISTORY_DAYS));
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
    return insert(seeder, ENTITY_PATIENTS, row);
}

static void set_people(struct seeder *seeder, const struct entity *entity, struct value *row)
{
    int64_t patient = 1 + (int64_t)rng_below(&seeder->rng, (uint64_t)seeder->size.patients);
    int64_t doctor = seeder->doctors[rng_below(&seeder->rng, seeder->doctor_count)];
    set(row, entity, "patient_id", value_int(patient));
    set(row, entity, "doctor_id", value_int(doctor));
}

/* Half a year back to a quarter ahead, quarters of an hour from 8:00 to 18:00. */
static int add_appointment(struct seeder *seeder, int64_t number)
{
    const struct entity *entity = entity_get(ENTITY_APPOINTMENTS);
    struct value row[ENTITY_FIELDS_MAX];
    int64_t day = (int64_t)rng_below(&seeder->rng, 270) - 180;
    nsec_t when = seeder->day_ns + day * NSEC_PER_DAY +
                  ((nsec_t)8 * 60 + 15 * (nsec_t)rng_below(&seeder->rng, 40)) * 60 * NSEC_PER_SEC;
    begin_row(seeder, entity, row,
              (day < 0 ? when : seeder->day_ns) -
                  (1 + (nsec_t)rng_below(&seeder->rng, 30)) * NSEC_PER_DAY);
    set_people(seeder, entity, row);
    set_text(row, entity, "appointment_date", time_text(seeder, when));
    set(row, entity, "duration_minutes", value_int(15 * (1 + (int64_t)rng_below(&seeder->rng, 4))));
    set_text(row, entity, "status",
             day < 0 ? PICK(seeder, PAST_STATUSES) : PICK(seeder, NEXT_STATUSES));
    set_text(row, entity, "reason", PICK(seeder, REASONS));
    set_text(row, entity, "notes",
             arena_printf(&seeder->arena, "Synthetic appointment %lld", (long long)number));
    return insert(seeder, ENTITY_APPOINTMENTS, row);
}

static int add_prescription(struct seeder *seeder, int64_t number)
{
    const struct entity *entity = entity_get(ENTITY_PRESCRIPTIONS);
    const struct medicine *medicine = &PICK(seeder, MEDICINES);
    struct value row[ENTITY_FIELDS_MAX];
    begin_row(seeder, entity, row, past_moment(seeder, HISTORY_DAYS));
    set_people(seeder, entity, row);
    set_text(row, entity, "medication_name", medicine->name);
    set_text(row, entity, "atc_code", medicine->atc_code);
    set_text(row, entity, "atc_display", medicine->name);
    set_text(row, entity, "dosage", medicine->dosage);
    set_text(row, entity, "frequency", PICK(seeder, FREQUENCIES));
    set_text(row, entity, "duration", PICK(seeder, DURATIONS));
    set_text(row, entity, "instructions",
             arena_printf(&seeder->arena, "Synthetic prescription %lld", (long long)number));
    set(row, entity, "refills", value_int((int64_t)rng_below(&seeder->rng, 6)));
    return insert(seeder, ENTITY_PRESCRIPTIONS, row);
}

static int add_rows(struct seeder *seeder, int64_t count,
                    int (*add)(struct seeder *seeder, int64_t number))
{
    for (int64_t number = 1; number <= count; number++)
        if (add(seeder, number) != 0)
            return -1;
    return 0;
}

static int add_everything(struct seeder *seeder)
{
    if (add_rows(seeder, seeder->size.patients, add_patient) != 0 ||
        add_rows(seeder, seeder->size.appointments, add_appointment) != 0)
        return -1;
    return add_rows(seeder, seeder->size.prescriptions, add_prescription);
}

void seed_size_defaults(struct seed_size *size)
{
    *size = (struct seed_size){.patients = 10000, .appointments = 20000, .prescriptions = 15000};
}

/* Between begin and commit, so that two programs that seed at once do not both find it empty. */
static int fill(struct seeder *seeder, bool *ret_seeded)
{
    int64_t patients;
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
    arena_init(&seeder.arena, 4096);
    int rc = fill(&seeder, &seeded);
    arena_done(&seeder.arena);
    if (rc != 0)
        session_rollback(session);
    else if (session_commit(session) != STORE_OK)
        rc = failed(&seeder);
    if (rc == 0)
        *ret_seeded = seeded;
    return rc;
}
