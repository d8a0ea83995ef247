/* SPDX-License-Identifier: Apache-2.0
 *
 * The lenient date format of cookies (RFC 6265 §5.1.1), which takes every form that servers send.
 */
#ifndef HTTP_COOKIE_DATE_H
#define HTTP_COOKIE_DATE_H

#include <stdint.h>

#include "base/span.h"
#include "base/util.h"

/* Seconds since 1970-01-01 UTC (negative before; years 1601 to 9999), or -1 for no date. */
MUST_CHECK int cookie_date_parse(struct span text, int64_t *ret_unix_s);

#endif
