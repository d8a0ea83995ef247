/* SPDX-License-Identifier: Apache-2.0
 *
 * What no entity's field table describes: the bodies of sign-in and the like as field tables, and
 * answers as lists of members.
 */
#include "keneyapp/model/role.h"
#include "keneyapp/routes/openapi.h"

static const struct field LOGIN_FIELDS[] = {
    {.name = "username",
     .type = FIELD_TEXT,
     .flags = FIELD_REQUIRED,
     .min = 1,
     .max = 100,
     .example = "doctor"},
    {.name = "password",
     .type = FIELD_TEXT,
     .flags = FIELD_REQUIRED | FIELD_SECRET,
     .min = 1,
     .max = 1024},
};

#define NEW_PASSWORD(field_name)                                                                   \
    {                                                                                              \
        .name = (field_name), .type = FIELD_TEXT, .flags = FIELD_REQUIRED | FIELD_SECRET,          \
        .min = 8, .max = 1024                                                                      \
    }

static const struct field PASSWORD_CHANGE_FIELDS[] = {
    {.name = "current_password",
     .type = FIELD_TEXT,
     .flags = FIELD_REQUIRED | FIELD_SECRET,
     .min = 1,
     .max = 1024},
    NEW_PASSWORD("new_password"),
};

static const struct field PASSWORD_RESET_FIELDS[] = {
    NEW_PASSWORD("new_password"),
};

static const struct field NEW_USER_FIELDS[] = {
    {.name = "email", .type = FIELD_EMAIL, .flags = FIELD_REQUIRED, .min = 3, .max = 254},
    {.name = "username",
     .type = FIELD_TEXT,
     .flags = FIELD_REQUIRED | FIELD_HANDLE,
     .min = 1,
     .max = 100,
     .about = "No spaces or control characters; the longest has 100 bytes."},
    {.name = "full_name", .type = FIELD_TEXT, .flags = FIELD_REQUIRED, .min = 1, .max = 200},
    {.name = "role", .type = FIELD_CHOICE, .flags = FIELD_REQUIRED, .choices = ROLE_NAMES},
    NEW_PASSWORD("password"),
};

static const struct field USER_STATUS_FIELDS[] = {
    {.name = "is_active", .type = FIELD_BOOL, .about = "Inactive users cannot do anything."},
    {.name = "is_locked",
     .type = FIELD_BOOL,
     .about = "true locks until somebody unlocks; false also forgets wrong passwords."},
};

static const struct field USER_ROLE_FIELDS[] = {
    {.name = "role", .type = FIELD_CHOICE, .flags = FIELD_REQUIRED, .choices = ROLE_NAMES},
};

static const struct shape BODIES[] = {
    SHAPE("Login", LOGIN_FIELDS),
    SHAPE("NewUser", NEW_USER_FIELDS),
    SHAPE("PasswordChange", PASSWORD_CHANGE_FIELDS),
    SHAPE("PasswordReset", PASSWORD_RESET_FIELDS),
    SHAPE("UserRole", USER_ROLE_FIELDS),
    SHAPE("UserStatus", USER_STATUS_FIELDS),
};

static const struct answer_schema ANSWERS[] = {
    {"Problem", "detail:text"},
    {"ProblemList", "detail:Fault[]"},
    {"Fault", "type:text loc:list msg:text"},
    {"Token", "access_token:text token_type:text expires_in?:number"},
    {"About", "name:text version:text status:text"},
    {"Health", "status:text version:text timestamp:moment"},
    {"Ready", "ready:bool checks:object version:text"},
    {"Document", "openapi:text info:object servers:list paths:object components:object"},
    {"Statistics",
     "total_patients:number new_patients:number total_doctors:number total_appointments:number "
     "total_prescriptions:number today_appointments:number appointments_by_status:StatusCounts "
     "recent_activity:RecentActivity activity_window_days:number generated_at:moment"},
    {"BatchCreated", "created:number total:number patients:Patient[]"},
    {"BatchUpdated", "updated:number patients:Patient[]"},
    {"BatchDeleted", "deleted:number requested:number"},
    {"StatusCounts", "scheduled:number completed:number cancelled:number"},
    {"DoctorList", "items:DoctorName[]"},
    {"DoctorName", "id:number full_name:text"},
    {"PatientNameList", "items:PatientName[]"},
    {"PatientName", "id:number first_name:text last_name:text"},
    {"VitalsReport",
     "page:text lcp?:decimal fcp?:decimal ttfb?:decimal inp?:decimal fid?:decimal cls?:decimal"},
    {"Message", "message:text"},
    {"ReportStart", "message:text job_id:number"},
    {"Report", "id:number state:text patient_id:number format:text attempts:number "
               "created_at:moment finished_at:moment? reason?:text"},
    {"RecentActivity", "patients:number appointments:number prescriptions:number"},
};

const struct shape *body_shape(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(BODIES); i++)
        if (strcmp(BODIES[i].name, name) == 0)
            return &BODIES[i];
    return NULL;
}

const struct answer_schema *answer_schema(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(ANSWERS); i++)
        if (strcmp(ANSWERS[i].name, name) == 0)
            return &ANSWERS[i];
    return NULL;
}
