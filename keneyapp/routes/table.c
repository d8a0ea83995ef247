/* SPDX-License-Identifier: Apache-2.0
 *
 * Every path of the clinic, who may call it, and what the audit log calls it.
 */
#include "keneyapp/routes/routes.h"

enum {
    CLINICAL = ROLE_ADMIN | ROLE_DOCTOR | ROLE_NURSE,
    DESK = ROLE_ADMIN | ROLE_DOCTOR | ROLE_RECEPTIONIST,
    PRESCRIBERS = ROLE_ADMIN | ROLE_DOCTOR,
};

#define OPEN(route_pattern, handler)                                                               \
    {                                                                                              \
        .method = HTTP_GET, .pattern = (route_pattern), .handle = (handler), .inlined = true       \
    }
#define ENTITY_ROUTE(route_method, route_pattern, handler, who, entity_name, what, name)           \
    {                                                                                              \
        .method = (route_method), .pattern = (route_pattern), .handle = (handler), .roles = (who), \
        .entity = (entity_name), .action = (what), .resource = (name)                              \
    }

static const struct route ROUTES[] = {
    OPEN("/", route_root),
    OPEN("/health", route_health),
    {.method = HTTP_GET, .pattern = "/ready", .handle = route_ready},
    OPEN("/metrics", route_metrics),
    {.method = HTTP_POST,
     .pattern = "/api/v1/auth/login",
     .handle = route_login,
     .action = "LOGIN",
     .resource = "auth"},
    {.method = HTTP_GET,
     .pattern = "/api/v1/auth/me",
     .handle = route_me,
     .roles = ROLE_STAFF,
     .entity = ENTITY_USERS},
    ENTITY_ROUTE(HTTP_GET, "/api/v1/patients", route_list, ROLE_STAFF, ENTITY_PATIENTS, "READ",
                 "patients"),
    ENTITY_ROUTE(HTTP_POST, "/api/v1/patients", route_create, CLINICAL, ENTITY_PATIENTS, "CREATE",
                 "patients"),
    {.method = HTTP_GET,
     .pattern = "/api/v1/patients/{id}",
     .handle = route_get,
     .roles = ROLE_STAFF,
     .entity = ENTITY_PATIENTS,
     .action = "READ",
     .resource = "patients",
     .id_name = "patient_id"},
    ENTITY_ROUTE(HTTP_GET, "/api/v1/appointments", route_list, ROLE_STAFF, ENTITY_APPOINTMENTS,
                 "READ", "appointments"),
    ENTITY_ROUTE(HTTP_POST, "/api/v1/appointments", route_create, DESK, ENTITY_APPOINTMENTS,
                 "CREATE", "appointments"),
    {.method = HTTP_GET,
     .pattern = "/api/v1/appointments/{id}",
     .handle = route_get,
     .roles = ROLE_STAFF,
     .entity = ENTITY_APPOINTMENTS,
     .action = "READ",
     .resource = "appointments",
     .id_name = "appointment_id"},
    ENTITY_ROUTE(HTTP_GET, "/api/v1/prescriptions", route_list, CLINICAL, ENTITY_PRESCRIPTIONS,
                 "READ", "prescriptions"),
    ENTITY_ROUTE(HTTP_POST, "/api/v1/prescriptions", route_create, PRESCRIBERS,
                 ENTITY_PRESCRIPTIONS, "CREATE", "prescriptions"),
    {.method = HTTP_GET,
     .pattern = "/api/v1/prescriptions/{id}",
     .handle = route_get,
     .roles = CLINICAL,
     .entity = ENTITY_PRESCRIPTIONS,
     .action = "READ",
     .resource = "prescriptions",
     .id_name = "prescription_id"},
    {.method = HTTP_GET,
     .pattern = "/api/v1/dashboard/stats",
     .handle = route_stats,
     .roles = PRESCRIBERS,
     .action = "READ",
     .resource = "dashboard"},
};

const struct route *routes_table(size_t *ret_count)
{
    *ret_count = COUNT_OF(ROUTES);
    return ROUTES;
}
