/* SPDX-License-Identifier: Apache-2.0
 *
 * What every answer says to a browser, against what others might make of it. All values are the
 * program's own: nothing that a client sent is in them.
 */
#ifndef KENEYAPP_HTTP_SECURITY_HEADERS_H
#define KENEYAPP_HTTP_SECURITY_HEADERS_H

#include <stdbool.h>
#include <stddef.h>

struct fixed_header {
    const char *name, *value;
};

/* `page`: the answer is a document that a browser shows; more is said then. Lives as long as the
 * program. */
const struct fixed_header *security_headers(bool page, size_t *ret_count);

#endif
