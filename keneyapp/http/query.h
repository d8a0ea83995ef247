/* SPDX-License-Identifier: Apache-2.0
 *
 * Names and values of application/x-www-form-urlencoded text: query strings and login forms.
 */
#ifndef KENEYAPP_HTTP_QUERY_H
#define KENEYAPP_HTTP_QUERY_H

#include "base/arena.h"
#include "base/span.h"
#include "keneyapp/model/complaints.h"

enum {
    PAGE_LIMIT_DEFAULT = 100,
    PAGE_LIMIT_MAX = 1000,
};

struct page {
    int64_t skip, limit;
};

/* The first value of `name`, decoded into `arena`; a span with a NULL pointer when absent. */
struct span query_value(struct span text, struct span name, struct arena *arena);

/* `skip` >= 0 (default 0) and `limit` 1..1000 (default 100); 0, or -1 with complaints. */
MUST_CHECK int query_page(struct span query, struct arena *arena, struct page *ret_page,
                          struct complaints *complaints);

#endif
