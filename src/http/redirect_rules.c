/* SPDX-License-Identifier: Apache-2.0
 *
 * Go's rules for redirects.
 */
#include "http/redirect_rules.h"

#include "http/headers.h"

bool redirect_rules_applies(int status)
{
    return (status >= 301 && status <= 303) || redirect_rules_keeps_method(status);
}

bool redirect_rules_keeps_method(int status)
{
    return status == 307 || status == 308;
}

/* An address has no subdomains. */
bool redirect_rules_may_name_user(struct span host, struct span origin)
{
    if (span_equal_nocase(host, origin))
        return true;
    if (host.len <= origin.len + 1 || span_find(host, ':') >= 0)
        return false;
    struct span tail = span_from(host, host.len - origin.len);
    return host.ptr[host.len - origin.len - 1] == '.' && span_equal_nocase(tail, origin);
}

void redirect_rules_drop_user(struct headers *headers)
{
    headers_remove(headers, SPAN("Authorization"));
    headers_remove(headers, SPAN("Www-Authenticate"));
    headers_remove(headers, SPAN("Cookie"));
    headers_remove(headers, SPAN("Cookie2"));
}
