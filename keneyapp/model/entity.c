/* SPDX-License-Identifier: Apache-2.0
 *
 * The field tables.
 */
#include "keneyapp/model/entity.h"

#include <stdlib.h>

#include "base/util.h"
#include "keneyapp/model/role.h"

static const char *const GENDERS[] = {"male", "female", "other", NULL};
static const char *const APPOINTMENT_STATUSES[] = {
    "scheduled", "confirmed", "in_progress", "completed", "cancelled", "no_show", NULL};

#define ID                                                                                         \
    {                                                                                              \
        .name = "id", .type = FIELD_INT, .flags = FIELD_SERVER                                     \
    }
#define TENANT                                                                                     \
    {                                                                                              \
        .name = "tenant_id", .type = FIELD_INT, .flags = FIELD_SERVER, .fallback = "1"             \
    }
#define STAMP(field_name)                                                                          \
    {                                                                                              \
        .name = (field_name), .type = FIELD_DATETIME, .flags = FIELD_SERVER | FIELD_STAMP          \
    }
#define REQUIRED_TEXT(field_name, max_bytes)                                                       \
    {                                                                                              \
        .name = (field_name), .type = FIELD_TEXT, .flags = FIELD_REQUIRED, .min = 1,               \
        .max = (max_bytes)                                                                         \
    }
#define TEXT(field_name, max_bytes)                                                                \
    {                                                                                              \
        .name = (field_name), .type = FIELD_TEXT, .max = (max_bytes)                               \
    }
#define REFERENCE(field_name, table_name)                                                          \
    {                                                                                              \
        .name = (field_name), .type = FIELD_INT, .flags = FIELD_REQUIRED, .min = 1,                \
        .max = INT64_MAX, .references = (table_name)                                               \
    }
#define FLAG(field_name, default_text)                                                             \
    {                                                                                              \
        .name = (field_name), .type = FIELD_BOOL, .flags = FIELD_SERVER,                           \
        .fallback = (default_text)                                                                 \
    }

static const struct field USER_FIELDS[] = {
    ID,
    TENANT,
    {.name = "email", .type = FIELD_EMAIL, .flags = FIELD_REQUIRED, .min = 3, .max = 254},
    REQUIRED_TEXT("username", 100),
    {.name = "hashed_password",
     .type = FIELD_TEXT,
     .flags = FIELD_REQUIRED | FIELD_HIDDEN,
     .min = 1,
     .max = 128},
    REQUIRED_TEXT("full_name", 200),
    {.name = "role", .type = FIELD_CHOICE, .flags = FIELD_REQUIRED, .choices = ROLE_NAMES},
    FLAG("is_active", "1"),
    FLAG("is_locked", "0"),
    {.name = "failed_login_attempts",
     .type = FIELD_INT,
     .flags = FIELD_SERVER | FIELD_HIDDEN,
     .fallback = "0"},
    FLAG("mfa_enabled", "0"),
    {.name = "mfa_secret", .type = FIELD_TEXT, .flags = FIELD_SERVER | FIELD_HIDDEN, .max = 64},
    {.name = "last_login", .type = FIELD_DATETIME, .flags = FIELD_SERVER},
    STAMP("password_changed_at"),
    STAMP("created_at"),
    STAMP("updated_at"),
};

static const struct index_def USER_INDEXES[] = {
    {.name = "idx_users_username", .columns = "username", .unique = 1},
    {.name = "idx_users_email", .columns = "email", .unique = 1},
    {.name = "idx_users_tenant_role", .columns = "tenant_id, role"},
    {.name = "idx_active_users", .columns = "username", .where = "is_active = 1"},
};

static const struct field PATIENT_FIELDS[] = {
    ID,
    TENANT,
    REQUIRED_TEXT("first_name", 100),
    REQUIRED_TEXT("last_name", 100),
    {.name = "date_of_birth", .type = FIELD_DATE, .flags = FIELD_REQUIRED | FIELD_PAST},
    {.name = "gender", .type = FIELD_CHOICE, .flags = FIELD_REQUIRED, .choices = GENDERS},
    {.name = "email", .type = FIELD_EMAIL, .min = 3, .max = 254},
    REQUIRED_TEXT("phone", 30),
    TEXT("address", 500),
    TEXT("medical_history", 10000),
    TEXT("allergies", 2000),
    TEXT("blood_type", 5),
    TEXT("emergency_contact", 200),
    TEXT("emergency_phone", 30),
    {.name = "ins_number", .type = FIELD_DIGITS15},
    {.name = "social_security_number", .type = FIELD_DIGITS15},
    STAMP("created_at"),
    STAMP("updated_at"),
};

static const struct index_def PATIENT_INDEXES[] = {
    {.name = "idx_patients_tenant_email", .columns = "tenant_id, email", .unique = 1},
    {.name = "idx_patients_last_name", .columns = "last_name"},
    {.name = "idx_patients_phone", .columns = "phone"},
    {.name = "idx_patients_date_of_birth", .columns = "date_of_birth"},
    {.name = "idx_patients_created_at", .columns = "created_at"},
    {.name = "idx_patients_ins_number", .columns = "ins_number"},
    {.name = "idx_patients_social_security_number", .columns = "social_security_number"},
};

static const struct field APPOINTMENT_FIELDS[] = {
    ID,
    TENANT,
    REFERENCE("patient_id", "patients"),
    REFERENCE("doctor_id", "users"),
    {.name = "appointment_date", .type = FIELD_DATETIME, .flags = FIELD_REQUIRED},
    {.name = "duration_minutes", .type = FIELD_INT, .min = 1, .max = 1440, .fallback = "30"},
    {.name = "status",
     .type = FIELD_CHOICE,
     .flags = FIELD_LATER,
     .fallback = "scheduled",
     .choices = APPOINTMENT_STATUSES},
    REQUIRED_TEXT("reason", 500),
    TEXT("notes", 5000),
    STAMP("created_at"),
    STAMP("updated_at"),
};

static const struct index_def APPOINTMENT_INDEXES[] = {
    {.name = "idx_appointments_date", .columns = "appointment_date"},
    {.name = "idx_appointments_patient_date", .columns = "patient_id, appointment_date"},
    {.name = "idx_appointments_lookup", .columns = "patient_id, doctor_id, appointment_date"},
    {.name = "idx_appointments_doctor", .columns = "doctor_id"},
    {.name = "idx_appointments_status", .columns = "status"},
    {.name = "idx_appointments_created_at", .columns = "created_at"},
};

static const struct field PRESCRIPTION_FIELDS[] = {
    ID,
    TENANT,
    REFERENCE("patient_id", "patients"),
    REFERENCE("doctor_id", "users"),
    REQUIRED_TEXT("medication_name", 200),
    TEXT("atc_code", 50),
    TEXT("atc_display", 200),
    REQUIRED_TEXT("dosage", 100),
    REQUIRED_TEXT("frequency", 100),
    REQUIRED_TEXT("duration", 100),
    TEXT("instructions", 2000),
    STAMP("prescribed_date"),
    {.name = "refills", .type = FIELD_INT, .min = 0, .max = 99, .fallback = "0"},
    STAMP("created_at"),
    STAMP("updated_at"),
};

static const struct index_def PRESCRIPTION_INDEXES[] = {
    {.name = "idx_prescriptions_patient", .columns = "patient_id"},
    {.name = "idx_prescriptions_doctor", .columns = "doctor_id"},
    {.name = "idx_prescriptions_date", .columns = "prescribed_date"},
    {.name = "idx_prescriptions_atc_code", .columns = "atc_code"},
    {.name = "idx_prescriptions_created_at", .columns = "created_at"},
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
