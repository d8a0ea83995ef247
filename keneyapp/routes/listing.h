/* SPDX-License-Identifier: Apache-2.0
 *
 * Lists of any entity: from query parameters to what a store is asked for, and from rows to JSON.
 */
#ifndef KENEYAPP_ROUTES_LISTING_H
#define KENEYAPP_ROUTES_LISTING_H

#include "keneyapp/http/query.h"
#include "keneyapp/store/store.h"

/* What lists take (parameters.c). */
extern const struct shape PAGE_QUERY, PATIENTS_QUERY, PATIENT_QUERY, APPOINTMENTS_QUERY,
    PRESCRIPTIONS_QUERY, AUDIT_QUERY, AUDIT_EXPORT_QUERY, PATIENT_IDS_QUERY;

/* Page, order, search, and a filter for each other parameter that was given. Borrows from
 * `parameters`. */
void listing_query(const struct entity *entity, const struct parameters *parameters,
                   struct list_query *ret_query);

/* Rows as JSON objects with commas between. */
struct listing {
    struct strbuf *out;
    bool begun;
};

/* on_row_fn with a struct listing as context. */
void listing_add(void *context, const struct entity *entity, const struct value *row);

/* What reports take. */
extern const struct shape REPORT_QUERY, REPORT_CONTENT_QUERY;

#endif
