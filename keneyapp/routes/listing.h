/* SPDX-License-Identifier: Apache-2.0
 *
 * Lists of any entity: from query parameters to rows, as JSON.
 */
#ifndef KENEYAPP_ROUTES_LISTING_H
#define KENEYAPP_ROUTES_LISTING_H

#include "keneyapp/model/shape.h"

/* What lists take (parameters.c). */
extern const struct shape PAGE_QUERY;

/* What reports take. */
extern const struct shape REPORT_QUERY, REPORT_CONTENT_QUERY;

#endif
