/* SPDX-License-Identifier: Apache-2.0
 *
 * The table. Pages bring scripts, styles, pictures and requests from their own origin only, nothing
 * inline; nobody may frame them. Data is no document at all.
 */
#include "keneyapp/http/security_headers.h"

#include "base/util.h"

enum {
    FOR_ALL = 5, /* the rest is for pages */
};

static const struct fixed_header HEADERS[] = {
    {"X-Content-Type-Options", "nosniff"},
    {"X-Frame-Options", "DENY"},
    {"X-XSS-Protection", "0"}, /* the filters that it switched did harm; browsers dropped them */
    {"Strict-Transport-Security", "max-age=31536000; includeSubDomains"},
    {"Content-Security-Policy",
     "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
     "frame-ancestors 'none'"},
    {"Referrer-Policy", "no-referrer"},
    {"Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()"},
    {"Cross-Origin-Opener-Policy", "same-origin"},
};

const struct fixed_header *security_headers(bool page, size_t *ret_count)
{
    *ret_count = page ? COUNT_OF(HEADERS) : FOR_ALL;
    return HEADERS;
}
