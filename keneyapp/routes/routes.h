/* SPDX-License-Identifier: Apache-2.0
 *
 * The clinic's routes. Handlers hold no SQL and know no server library; the table in table.c says
 * who may call them.
 */
#ifndef KENEYAPP_ROUTES_ROUTES_H
#define KENEYAPP_ROUTES_ROUTES_H

#include "keneyapp/http/router.h"

/* Lives as long as the program. */
const struct route *routes_table(size_t *ret_count);

/* lists.c: {items, total, skip, limit}; all rows of the path's patient as an array. */
enum handled route_list(const struct request *request, struct response *response,
                        struct call *call);
enum handled route_list_of_patient(const struct request *request, struct response *response,
                                   struct call *call);

/* entities.c: one row; 201 with the new row; the changed row; 204. */
enum handled route_get(const struct request *request, struct response *response, struct call *call);
enum handled route_create(const struct request *request, struct response *response,
                          struct call *call);
enum handled route_update(const struct request *request, struct response *response,
                          struct call *call);
enum handled route_remove(const struct request *request, struct response *response,
                          struct call *call);

/* batch.c */
enum handled route_batch_create(const struct request *request, struct response *response,
                                struct call *call);
enum handled route_batch_update(const struct request *request, struct response *response,
                                struct call *call);
enum handled route_batch_remove(const struct request *request, struct response *response,
                                struct call *call);

/* audit.c */
enum handled route_audit_export(const struct request *request, struct response *response,
                                struct call *call);

/* openapi.c */
enum handled route_openapi(const struct request *request, struct response *response,
                           struct call *call);

/* auth.c */
enum handled route_login(const struct request *request, struct response *response,
                         struct call *call);
enum handled route_me(const struct request *request, struct response *response, struct call *call);
enum handled route_change_password(const struct request *request, struct response *response,
                                   struct call *call);

/* users.c */
enum handled route_user_create(const struct request *request, struct response *response,
                               struct call *call);
enum handled route_user_status(const struct request *request, struct response *response,
                               struct call *call);
enum handled route_user_role(const struct request *request, struct response *response,
                             struct call *call);
enum handled route_user_reset_password(const struct request *request, struct response *response,
                                       struct call *call);

/* dashboard.c */
enum handled route_stats(const struct request *request, struct response *response,
                         struct call *call);

/* dashboard.c */
enum handled route_refresh(const struct request *request, struct response *response,
                           struct call *call);

/* reports.c */
enum handled route_report_start(const struct request *request, struct response *response,
                                struct call *call);
enum handled route_report_get(const struct request *request, struct response *response,
                              struct call *call);

/* operations.c */
enum handled route_root(const struct request *request, struct response *response,
                        struct call *call);
enum handled route_health(const struct request *request, struct response *response,
                          struct call *call);
enum handled route_ready(const struct request *request, struct response *response,
                         struct call *call);
enum handled route_metrics(const struct request *request, struct response *response,
                           struct call *call);

/* names.c: {items: [{id, full_name}]}, active ones only; {items: [{id, first_name, last_name}]}. */
extern const struct shape NAMES_QUERY;
enum handled route_doctors(const struct request *request, struct response *response,
                           struct call *call);
enum handled route_patient_names(const struct request *request, struct response *response,
                                 struct call *call);

/* vitals.c: 204, or what is wrong with the report. */
enum handled route_vitals(const struct request *request, struct response *response,
                          struct call *call);

#endif
