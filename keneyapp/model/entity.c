/* SPDX-License-Identifier: Apache-2.0
 *
 * The field tables.
 */
#include "keneyapp/model/entity.h"

#include <stdlib.h>

#include "base/util.h"
#include "keneyapp/model/appointment.h"
#include "keneyapp/model/role.h"

static const char *const GENDERS[] = {"male", "female", "other", NULL};

#define ID                                                                                         \
    {                                                                                              \
        .name = "id", .type = FIELD_INT, .flags = FIELD_SERVER | FIELD_FIXED | FIELD_SORTED        \
    }
#define TENANT                                                                                     \
    {                                                                                              \
        .name = "tenant_id", .type = FIELD_INT, .flags = FIELD_SERVER | FIELD_FIXED,               \
        .fallback = "1", .references = "tenants"                                                   \
    }
#define STAMP(field_name, more)                                                                    \
    {                                                                                              \
        .name = (field_name), .type = FIELD_DATETIME, .flags = FIELD_SERVER | FIELD_STAMP | (more) \
    }
#define CREATED_AT STAMP("created_at", FIELD_FIXED | FIELD_SORTED)
#define UPDATED_AT STAMP("updated_at", 0)
#define REQUIRED_TEXT(field_name, max_bytes, more)                                                 \
    {                                                                                              \
        .name = (field_name), .type = FIELD_TEXT, .flags = FIELD_REQUIRED | (more), .min = 1,      \
        .max = (max_bytes)                                                                         \
    }
#define TEXT(field_name, max_bytes, more)                                                          \
    {                                                                                              \
        .name = (field_name), .type = FIELD_TEXT, .flags = (more), .max = (max_bytes)              \
    }
#define REFERENCE(field_name, table_name, more)                                                    \
    {                                                                                              \
        .name = (field_name), .type = FIELD_INT, .flags = FIELD_REQUIRED | FIELD_FIXED | (more),   \
        .min = 1, .max = INT64_MAX, .references = (table_name)                                     \
    }
#define FLAG(field_name, default_text)                                                             \
    {                                                                                              \
        .name = (field_name), .type = FIELD_BOOL, .flags = FIELD_SERVER,                           \
        .fallback = (default_text)                                                                 \
    }
#define LOGGED(field_name, field_type)                                                             \
    {                                                                                              \
        .name = (field_name), .type = (field_type), .flags = FIELD_SERVER | FIELD_FIXED            \
    }

static const struct field TENANT_FIELDS[] = {
    ID,
    REQUIRED_TEXT("name", 200, 0),
    REQUIRED_TEXT("slug", 60, FIELD_FIXED),
    FLAG("is_active", "1"),
    CREATED_AT,
    UPDATED_AT,
};

static const struct index_def TENANT_INDEXES[] = {
    {.name = "idx_tenants_slug", .columns = "slug", .unique = 1},
};

static const struct field USER_FIELDS[] = {
    ID,
    TENANT,
    {.name = "email", .type = FIELD_EMAIL, .flags = FIELD_REQUIRED, .min = 3, .max = 254},
    REQUIRED_TEXT("username", 100, FIELD_SORTED | FIELD_HANDLE),
    {.name = "hashed_password",
     .type = FIELD_TEXT,
     .flags = FIELD_REQUIRED | FIELD_HIDDEN,
     .min = 1,
     .max = 128},
    REQUIRED_TEXT("full_name", 200, 0),
    {.name = "role", .type = FIELD_CHOICE, .flags = FIELD_REQUIRED, .choices = ROLE_NAMES},
    FLAG("is_active", "1"),
    FLAG("is_locked", "0"),
    {.name = "locked_until", .type = FIELD_DATETIME, .flags = FIELD_SERVER | FIELD_HIDDEN},
    {.name = "failed_login_attempts",
     .type = FIELD_INT,
     .flags = FIELD_SERVER | FIELD_HIDDEN,
     .fallback = "0"},
    FLAG("mfa_enabled", "0"),
    {.name = "mfa_secret", .type = FIELD_TEXT, .flags = FIELD_SERVER | FIELD_HIDDEN, .max = 64},
    {.name = "last_login", .type = FIELD_DATETIME, .flags = FIELD_SERVER},
    STAMP("password_changed_at", 0),
    CREATED_AT,
    UPDATED_AT,
};

/* lower() is of ASCII letters on both databases: PostgreSQL's columns have the collation "C". RFC
 * 5321 lets a mail server tell local parts apart by case; none does, and people type them as they
 * like. */
static const struct index_def USER_INDEXES[] = {
    {.name = "idx_users_tenant_id", .columns = "tenant_id, id", .unique = 1},
    {.name = "idx_users_username", .columns = "lower(username)", .unique = 1},
    {.name = "idx_users_email", .columns = "lower(email)", .unique = 1},
    {.name = "idx_users_tenant_username", .columns = "tenant_id, username, id"},
    {.name = "idx_users_tenant_role", .columns = "tenant_id, role"},
    {.name = "idx_users_created_at", .columns = "tenant_id, created_at, id"},
    {.name = "idx_active_users", .columns = "username", .where = "is_active = true"},
};

static const struct field PATIENT_FIELDS[] = {
    ID,
    TENANT,
    REQUIRED_TEXT("first_name", 100, FIELD_SEARCHED | FIELD_SORTED),
    REQUIRED_TEXT("last_name", 100, FIELD_SEARCHED | FIELD_SORTED),
    {.name = "date_of_birth",
     .type = FIELD_DATE,
     .flags = FIELD_REQUIRED | FIELD_PAST | FIELD_SORTED},
    {.name = "gender", .type = FIELD_CHOICE, .flags = FIELD_REQUIRED, .choices = GENDERS},
    {.name = "email", .type = FIELD_EMAIL, .flags = FIELD_SEARCHED, .min = 3, .max = 254},
    REQUIRED_TEXT("phone", 30, FIELD_SEARCHED),
    TEXT("address", 500, FIELD_SEALED),
    TEXT("medical_history", 10000, FIELD_SEALED),
    TEXT("allergies", 2000, FIELD_SEALED),
    TEXT("blood_type", 5, 0),
    TEXT("emergency_contact", 200, FIELD_SEALED),
    TEXT("emergency_phone", 30, FIELD_SEALED),
    {.name = "ins_number", .type = FIELD_INS_NUMBER},
    {.name = "social_security_number", .type = FIELD_DIGITS15},
    CREATED_AT,
    UPDATED_AT,
};

/* The columns that end in _key are the searched fields, folded (model/fold.h). A list is always one
 * tenant's, so its column comes first, also in the guide's index on last names. */
static const struct index_def PATIENT_INDEXES[] = {
    {.name = "idx_patients_tenant_id", .columns = "tenant_id, id", .unique = 1},
    {.name = "idx_patients_tenant_email", .columns = "tenant_id, lower(email)", .unique = 1},
    {.name = "idx_patients_first_name", .columns = "tenant_id, first_name_key, id"},
    {.name = "idx_patients_last_name", .columns = "tenant_id, last_name_key, id"},
    {.name = "idx_patients_email", .columns = "tenant_id, email_key, id"},
    {.name = "idx_patients_phone", .columns = "tenant_id, phone_key, id"},
    {.name = "idx_patients_date_of_birth", .columns = "tenant_id, date_of_birth, id"},
    {.name = "idx_patients_created_at", .columns = "tenant_id, created_at, id"},
};

static const struct field APPOINTMENT_FIELDS[] = {
    ID,
    TENANT,
    REFERENCE("patient_id", "patients", FIELD_OWNED),
    REFERENCE("doctor_id", "users", FIELD_DOCTOR),
    {.name = "appointment_date",
     .type = FIELD_DATETIME,
     .flags = FIELD_REQUIRED | FIELD_SORTED | FIELD_LASTING,
     .about = "Its first moment, at the latest 9999-12-30T23:59:59Z."},
    {.name = "duration_minutes", .type = FIELD_INT, .min = 1, .max = 1440, .fallback = "30"},
    {.name = "status",
     .type = FIELD_CHOICE,
     .flags = FIELD_LATER | FIELD_COUNTED,
     .fallback = "scheduled",
     .choices = APPOINTMENT_STATUSES},
    REQUIRED_TEXT("reason", 500, 0),
    TEXT("notes", 5000, FIELD_SEALED),
    CREATED_AT,
    UPDATED_AT,
};

/* idx_appointments_doctor has all that the look for double bookings reads. */
static const struct index_def APPOINTMENT_INDEXES[] = {
    {.name = "idx_appointments_tenant_id", .columns = "tenant_id, id", .unique = 1},
    {.name = "idx_appointments_date", .columns = "tenant_id, appointment_date, id"},
    {.name = "idx_appointments_patient_date", .columns = "patient_id, appointment_date"},
    {.name = "idx_appointments_lookup", .columns = "patient_id, doctor_id, appointment_date"},
    {.name = "idx_appointments_doctor", .columns = "doctor_id, appointment_date, ends_at, status"},
    {.name = "idx_appointments_status", .columns = "tenant_id, status, id"},
    {.name = "idx_appointments_status_date", .columns = "tenant_id, status, appointment_date, id"},
    {.name = "idx_appointments_created_at", .columns = "tenant_id, created_at, id"},
};

static const struct field PRESCRIPTION_FIELDS[] = {
    ID,
    TENANT,
    REFERENCE("patient_id", "patients", FIELD_OWNED),
    REFERENCE("doctor_id", "users", FIELD_DOCTOR),
    REQUIRED_TEXT("medication_name", 200, 0),
    TEXT("atc_code", 50, 0),
    TEXT("atc_display", 200, 0),
    REQUIRED_TEXT("dosage", 100, 0),
    REQUIRED_TEXT("frequency", 100, 0),
    REQUIRED_TEXT("duration", 100, 0),
    TEXT("instructions", 2000, FIELD_SEALED),
    STAMP("prescribed_date", FIELD_FIXED | FIELD_SORTED),
    {.name = "refills", .type = FIELD_INT, .min = 0, .max = 99, .fallback = "0"},
    CREATED_AT,
    UPDATED_AT,
};

static const struct index_def PRESCRIPTION_INDEXES[] = {
    {.name = "idx_prescriptions_tenant_id", .columns = "tenant_id, id", .unique = 1},
    {.name = "idx_prescriptions_patient", .columns = "patient_id"},
    {.name = "idx_prescriptions_doctor", .columns = "doctor_id"},
    {.name = "idx_prescriptions_date", .columns = "tenant_id, prescribed_date, id"},
    {.name = "idx_prescriptions_created_at", .columns = "tenant_id, created_at, id"},
};

static const struct field AUDIT_FIELDS[] = {
    ID,
    {.name = "tenant_id",
     .type = FIELD_INT,
     .flags = FIELD_SERVER | FIELD_FIXED,
     .fallback = "1"}, /* no reference: the log outlives what it is about */
    {.name = "timestamp",
     .type = FIELD_DATETIME,
     .flags = FIELD_SERVER | FIELD_STAMP | FIELD_FIXED | FIELD_SORTED},
    LOGGED("user_id", FIELD_INT),
    {.name = "username", .type = FIELD_TEXT, .flags = FIELD_SERVER | FIELD_FIXED | FIELD_HANDLE},
    LOGGED("action", FIELD_TEXT),
    LOGGED("resource_type", FIELD_TEXT),
    LOGGED("resource_id", FIELD_INT),
    LOGGED("ip_address", FIELD_TEXT),
    LOGGED("user_agent", FIELD_TEXT),
    LOGGED("correlation_id", FIELD_TEXT),
    LOGGED("details", FIELD_TEXT), /* JSON */
    LOGGED("status", FIELD_TEXT),  /* success, failure */
};

static const struct index_def AUDIT_INDEXES[] = {
    {.name = "idx_audit_logs_timestamp", .columns = "tenant_id, timestamp DESC, id DESC"},
};

#define ENTITY(label_text, table_name, field_table, index_table)                                   \
    {                                                                                              \
        .label = (label_text), .table = (table_name), .fields = (field_table),                     \
        .field_count = COUNT_OF(field_table), .indexes = (index_table),                            \
        .index_count = COUNT_OF(index_table)                                                       \
    }

static const struct entity ENTITIES[ENTITY_COUNT] = {
    [ENTITY_USERS] = ENTITY("User", "users", USER_FIELDS, USER_INDEXES),
    [ENTITY_PATIENTS] = ENTITY("Patient", "patients", PATIENT_FIELDS, PATIENT_INDEXES),
    [ENTITY_APPOINTMENTS] =
        ENTITY("Appointment", "appointments", APPOINTMENT_FIELDS, APPOINTMENT_INDEXES),
    [ENTITY_PRESCRIPTIONS] =
        ENTITY("Prescription", "prescriptions", PRESCRIPTION_FIELDS, PRESCRIPTION_INDEXES),
    [ENTITY_TENANTS] = ENTITY("Tenant", "tenants", TENANT_FIELDS, TENANT_INDEXES),
    [ENTITY_AUDIT] = ENTITY("Audit row", "audit_logs", AUDIT_FIELDS, AUDIT_INDEXES),
};

const struct entity *entity_get(enum entity_id id)
{
    return &ENTITIES[id];
}

struct value entity_initial(const struct field *field, struct span now)
{
    if (field->flags & FIELD_STAMP)
        return value_text(now);
    if (!field->fallback)
        return (struct value){0};
    if (field->type == FIELD_INT || field->type == FIELD_BOOL)
        return value_int(strtoll(field->fallback, NULL, 10));
    return value_text(span_cstr(field->fallback));
}

int entity_field(const struct entity *entity, struct span name)
{
    for (size_t i = 0; i < entity->field_count; i++)
        if (span_equal(span_cstr(entity->fields[i].name), name))
            return (int)i;
    return -1;
}
