/* SPDX-License-Identifier: Apache-2.0
 *
 * Lists of any entity: from query parameters to rows, as JSON.
 */
#ifndef KENEYAPP_ROUTES_LISTING_H
#define KENEYAPP_ROUTES_LISTING_H

#include "keneyapp/model/shape.h"

/* What lists take (parameters.c). */
extern const struct shape PAGE_QUERY;

#endif
