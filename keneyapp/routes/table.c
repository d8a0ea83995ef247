/* SPDX-License-Identifier: Apache-2.0
 *
 * Every path of the clinic: who may call it, what the audit log calls it, what its answer is made
 * of or makes stale, and what the OpenAPI document says of it (routes/openapi.h).
 */
#include "keneyapp/routes/listing.h"
#include "keneyapp/routes/routes.h"

#define USERS         ENTITY_BIT(ENTITY_USERS)
#define PATIENTS      ENTITY_BIT(ENTITY_PATIENTS)
#define APPOINTMENTS  ENTITY_BIT(ENTITY_APPOINTMENTS)
#define PRESCRIPTIONS ENTITY_BIT(ENTITY_PRESCRIPTIONS)
#define FAMILY        (APPOINTMENTS | PRESCRIPTIONS) /* what goes with a patient, or comes along */

/* Parts of a row: who is asked; by whom; about what, as the audit log has it; how long an answer
 * may be kept, or what a success makes stale; the success. */
#define AT(verb, path, handler)    .method = HTTP_##verb, .pattern = (path), .handle = (handler)
#define BY(who)                    .roles = (who)
#define ON(entity_id, what, name)  .entity = (entity_id), .action = (what), .resource = (name)
#define KEPT(seconds, made_of)     .ttl_s = (seconds), .entities = (made_of)
#define STALE(bits)                .entities = (bits)
#define RATE(requests)             .rate_per_minute = (requests)
#define ID(name)                   .id_name = (name)
#define BATCH_BODY                 .body_max_bytes = 8 * 1024 * 1024
#define SAYS(text, status, schema) .summary = (text), .success = (status), .answer = (schema)

static const struct route ROUTES[] = {
    {AT(GET, "/", route_root), .inlined = true, SAYS("What this is", 200, "About")},
    {AT(GET, "/health", route_health), .inlined = true,
     SAYS("Whether the program runs", 200, "Health")},
    {AT(GET, "/ready", route_ready),
     SAYS("Whether it can work: the database answers", 200, "Ready")},
    {AT(GET, "/metrics", route_metrics), .inlined = true,
     SAYS("Figures for Prometheus", 200, "Text"), .media = "text/plain"},
    {AT(GET, "/api/v1/openapi.json", route_openapi), .inlined = true,
     SAYS("This document", 200, "Document")},

    {AT(POST, "/api/v1/auth/login", route_login), .action = "LOGIN", .resource = "auth", RATE(15),
     .body = "Login", .refusals = {401, 403}, SAYS("Sign in", 200, "Token")},
    {AT(GET, "/api/v1/auth/me", route_me), BY(ROLE_STAFF), .entity = ENTITY_USERS, RATE(30),
     SAYS("The user whose token this is", 200, "User")},
    {AT(POST, "/api/v1/auth/change-password", route_change_password), BY(ROLE_STAFF),
     ON(ENTITY_USERS, "UPDATE", "users"), RATE(10), .body = "PasswordChange", .refusals = {400},
     SAYS("Change one's own password; ends all tokens", 204, NULL)},

    {AT(GET, "/api/v1/users", route_list), BY(ROLE_ADMIN), ON(ENTITY_USERS, "READ", "users"),
     RATE(60), .query = &PAGE_QUERY, SAYS("List users", 200, "UserPage")},
    {AT(POST, "/api/v1/users", route_user_create), BY(ROLE_ADMIN),
     ON(ENTITY_USERS, "CREATE", "users"), STALE(USERS), RATE(10), .body = "NewUser",
     .refusals = {400}, SAYS("Add a user", 201, "User")},
    {AT(GET, "/api/v1/users/{id}", route_get), BY(ROLE_ADMIN), ON(ENTITY_USERS, "READ", "users"),
     ID("user_id"), RATE(60), SAYS("One user", 200, "User")},
    {AT(PATCH, "/api/v1/users/{id}/status", route_user_status), BY(ROLE_ADMIN),
     ON(ENTITY_USERS, "UPDATE", "users"), ID("user_id"), STALE(USERS), RATE(30),
     .body = "UserStatus", .refusals = {409},
     SAYS("Let a user in or keep them out, at once", 200, "User")},
    {AT(PATCH, "/api/v1/users/{id}/role", route_user_role), BY(ROLE_ADMIN),
     ON(ENTITY_USERS, "UPDATE", "users"), ID("user_id"), STALE(USERS), RATE(30), .body = "UserRole",
     .refusals = {409}, SAYS("Give a user another role", 200, "User")},
    {AT(POST, "/api/v1/users/{id}/reset-password", route_user_reset_password), BY(ROLE_ADMIN),
     ON(ENTITY_USERS, "UPDATE", "users"), ID("user_id"), RATE(10), .body = "PasswordReset",
     SAYS("Give a user a new password; also unlocks", 204, NULL)},

    {AT(GET, "/api/v1/doctors", route_doctors), BY(ROLE_STAFF), ON(ENTITY_USERS, "READ", "doctors"),
     KEPT(60, USERS), RATE(60), SAYS("The doctors by name, for booking", 200, "DoctorList")},
    {AT(GET, "/api/v1/patients/names", route_patient_names), BY(ROLE_STAFF),
     ON(ENTITY_PATIENTS, "READ", "patients"), KEPT(60, PATIENTS), RATE(60), .query = &NAMES_QUERY,
     SAYS("The names of patients by their ids", 200, "PatientNameList")},
    {AT(POST, "/api/v1/vitals", route_vitals), .inlined = true, RATE(60), .body = "VitalsReport",
     .refusals = {413, 415}, SAYS("What a browser measured of a page", 204, NULL)},

    {AT(GET, "/api/v1/patients", route_list), BY(ROLE_STAFF),
     ON(ENTITY_PATIENTS, "READ", "patients"), KEPT(120, PATIENTS), RATE(60),
     .entities_included = FAMILY, .query = &PATIENTS_QUERY,
     SAYS("List patients", 200, "PatientPage")},
    {AT(POST, "/api/v1/patients", route_create), BY(ROLES_CLINICAL),
     ON(ENTITY_PATIENTS, "CREATE", "patients"), STALE(PATIENTS), RATE(10), .body = "PatientCreate",
     .refusals = {400}, SAYS("Add a patient", 201, "Patient")},
    {AT(GET, "/api/v1/patients/{id}", route_get), BY(ROLE_STAFF),
     ON(ENTITY_PATIENTS, "READ", "patients"), ID("patient_id"), KEPT(300, PATIENTS), RATE(120),
     .entities_included = FAMILY, .query = &PATIENT_QUERY, SAYS("One patient", 200, "Patient")},
    {AT(PUT, "/api/v1/patients/{id}", route_update), BY(ROLES_PRESCRIBERS),
     ON(ENTITY_PATIENTS, "UPDATE", "patients"), ID("patient_id"), STALE(PATIENTS), RATE(10),
     .body = "PatientUpdate", .refusals = {400},
     SAYS("Change a patient: the members that are sent", 200, "Patient")},
    {AT(PATCH, "/api/v1/patients/{id}", route_update), BY(ROLES_PRESCRIBERS),
     ON(ENTITY_PATIENTS, "UPDATE", "patients"), ID("patient_id"), STALE(PATIENTS), RATE(10),
     .body = "PatientUpdate", .refusals = {400}, SAYS("The same as PUT", 200, "Patient")},
    {AT(DELETE, "/api/v1/patients/{id}", route_remove), BY(ROLE_ADMIN),
     ON(ENTITY_PATIENTS, "DELETE", "patients"), ID("patient_id"), STALE(PATIENTS | FAMILY), RATE(5),
     SAYS("Remove a patient, with appointments and prescriptions", 204, NULL)},

    {AT(POST, "/api/v1/batch/patients", route_batch_create), BY(ROLES_CLINICAL),
     ON(ENTITY_PATIENTS, "CREATE", "patients"), STALE(PATIENTS), RATE(10), BATCH_BODY,
     .body = "PatientCreate[]", .refusals = {409},
     SAYS("Add 1 to 1,000 patients: all or none", 201, "BatchCreated")},
    {AT(PUT, "/api/v1/batch/patients", route_batch_update), BY(ROLES_PRESCRIBERS),
     ON(ENTITY_PATIENTS, "UPDATE", "patients"), STALE(PATIENTS), RATE(10), BATCH_BODY,
     .body = "PatientChange[]", .refusals = {404, 409},
     SAYS("Change 1 to 1,000 patients: all or none", 200, "BatchUpdated")},
    {AT(DELETE, "/api/v1/batch/patients", route_batch_remove), BY(ROLE_ADMIN),
     ON(ENTITY_PATIENTS, "DELETE", "patients"), STALE(PATIENTS | FAMILY), RATE(5), BATCH_BODY,
     .query = &PATIENT_IDS_QUERY, .refusals = {413},
     SAYS("Remove 1 to 1,000 patients; ids that do not exist are left out", 200, "BatchDeleted")},

    {AT(GET, "/api/v1/appointments", route_list), BY(ROLE_STAFF),
     ON(ENTITY_APPOINTMENTS, "READ", "appointments"), KEPT(60, APPOINTMENTS), RATE(60),
     .query = &APPOINTMENTS_QUERY, SAYS("List appointments", 200, "AppointmentPage")},
    {AT(POST, "/api/v1/appointments", route_create), BY(ROLES_DESK),
     ON(ENTITY_APPOINTMENTS, "CREATE", "appointments"), STALE(APPOINTMENTS), RATE(20),
     .body = "AppointmentCreate", .refusals = {409},
     SAYS("Book an appointment; a doctor has one at a time", 201, "Appointment")},
    {AT(GET, "/api/v1/appointments/{id}", route_get), BY(ROLE_STAFF),
     ON(ENTITY_APPOINTMENTS, "READ", "appointments"), ID("appointment_id"), KEPT(180, APPOINTMENTS),
     RATE(120), SAYS("One appointment", 200, "Appointment")},
    {AT(PUT, "/api/v1/appointments/{id}", route_update), BY(ROLES_PRESCRIBERS),
     ON(ENTITY_APPOINTMENTS, "UPDATE", "appointments"), ID("appointment_id"), STALE(APPOINTMENTS),
     RATE(15), .body = "AppointmentUpdate", .refusals = {409},
     SAYS("Change an appointment: the members that are sent", 200, "Appointment")},
    {AT(PATCH, "/api/v1/appointments/{id}", route_update), BY(ROLES_PRESCRIBERS),
     ON(ENTITY_APPOINTMENTS, "UPDATE", "appointments"), ID("appointment_id"), STALE(APPOINTMENTS),
     RATE(15), .body = "AppointmentUpdate", .refusals = {409},
     SAYS("The same as PUT", 200, "Appointment")},
    {AT(DELETE, "/api/v1/appointments/{id}", route_remove), BY(ROLE_ADMIN),
     ON(ENTITY_APPOINTMENTS, "DELETE", "appointments"), ID("appointment_id"), STALE(APPOINTMENTS),
     RATE(10), SAYS("Remove an appointment", 204, NULL)},

    {AT(GET, "/api/v1/prescriptions", route_list), BY(ROLES_CLINICAL),
     ON(ENTITY_PRESCRIPTIONS, "READ", "prescriptions"), KEPT(90, PRESCRIPTIONS), RATE(60),
     .query = &PRESCRIPTIONS_QUERY, SAYS("List prescriptions", 200, "PrescriptionPage")},
    {AT(POST, "/api/v1/prescriptions", route_create), BY(ROLES_PRESCRIBERS),
     ON(ENTITY_PRESCRIPTIONS, "CREATE", "prescriptions"), STALE(PRESCRIPTIONS), RATE(20),
     .body = "PrescriptionCreate", SAYS("Prescribe", 201, "Prescription")},
    {AT(GET, "/api/v1/prescriptions/patient/{id}", route_list_of_patient), BY(ROLES_CLINICAL),
     ON(ENTITY_PRESCRIPTIONS, "READ", "prescriptions"), ID("patient_id"),
     KEPT(90, PATIENTS | PRESCRIPTIONS), RATE(60),
     SAYS("All prescriptions of a patient", 200, "Prescription[]")},
    {AT(GET, "/api/v1/prescriptions/{id}", route_get), BY(ROLES_CLINICAL),
     ON(ENTITY_PRESCRIPTIONS, "READ", "prescriptions"), ID("prescription_id"),
     KEPT(180, PRESCRIPTIONS), RATE(90), SAYS("One prescription", 200, "Prescription")},
    {AT(PUT, "/api/v1/prescriptions/{id}", route_update), BY(ROLES_PRESCRIBERS),
     ON(ENTITY_PRESCRIPTIONS, "UPDATE", "prescriptions"), ID("prescription_id"),
     STALE(PRESCRIPTIONS), RATE(10), .body = "PrescriptionUpdate",
     SAYS("Change a prescription: the members that are sent", 200, "Prescription")},
    {AT(PATCH, "/api/v1/prescriptions/{id}", route_update), BY(ROLES_PRESCRIBERS),
     ON(ENTITY_PRESCRIPTIONS, "UPDATE", "prescriptions"), ID("prescription_id"),
     STALE(PRESCRIPTIONS), RATE(10), .body = "PrescriptionUpdate",
     SAYS("The same as PUT", 200, "Prescription")},
    {AT(DELETE, "/api/v1/prescriptions/{id}", route_remove), BY(ROLES_PRESCRIBERS),
     ON(ENTITY_PRESCRIPTIONS, "DELETE", "prescriptions"), ID("prescription_id"),
     STALE(PRESCRIPTIONS), RATE(10), SAYS("Remove a prescription", 204, NULL)},

    {AT(GET, "/api/v1/audit", route_list), BY(ROLE_ADMIN), ON(ENTITY_AUDIT, "READ", "audit"),
     RATE(30), .query = &AUDIT_QUERY,
     SAYS("List the audit log, newest first", 200, "AuditRowPage")},
    {AT(GET, "/api/v1/audit/export", route_audit_export), BY(ROLE_ADMIN),
     ON(ENTITY_AUDIT, "EXPORT", "audit"), RATE(5), .query = &AUDIT_EXPORT_QUERY,
     .media = "text/csv",
     SAYS("The audit log as CSV or as lines of JSON: at most 100,000 rows, newest first", 200,
          "Text")},

    /* Short: other servers of the clinic do not hear of a refresh here. */
    {AT(GET, "/api/v1/dashboard/stats", route_stats), BY(ROLES_PRESCRIBERS), .action = "READ",
     .resource = "dashboard", KEPT(10, USERS | PATIENTS | APPOINTMENTS | PRESCRIPTIONS), RATE(30),
     .of_figures = true, SAYS("The clinic in figures", 200, "Statistics")},
    {AT(POST, "/api/v1/dashboard/refresh", route_refresh), BY(ROLE_ADMIN), .action = "UPDATE",
     .resource = "dashboard", RATE(10), SAYS("Count the figures anew", 202, "Message")},

    {AT(POST, "/api/v1/patients/{id}/report", route_report_start), BY(ROLES_PRESCRIBERS),
     .action = "CREATE", .resource = "reports", ID("patient_id"), RATE(10), .query = &REPORT_QUERY,
     SAYS("Start a report about a patient", 202, "ReportStart")},
    {AT(GET, "/api/v1/reports/{id}", route_report_get), BY(ROLES_CLINICAL), .action = "READ",
     .resource = "reports", ID("job_id"), RATE(120), .query = &REPORT_CONTENT_QUERY,
     .refusals = {409}, SAYS("A report's state, or the report itself", 200, "Report")},
};

const struct route *routes_table(size_t *ret_count)
{
    *ret_count = COUNT_OF(ROUTES);
    return ROUTES;
}
