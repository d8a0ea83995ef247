/* SPDX-License-Identifier: Apache-2.0
 *
 * Proxies of the environment.
 */
#include "cli/proxies.h"

#include <stdlib.h>

#include "http/proxy_rules.h"

static const char *variable(const char *upper, const char *lower)
{
    const char *text = getenv(upper);
    return text && text[0] ? text : getenv(lower);
}

struct proxy_rules *proxies_from_environment(void)
{
    /* In a CGI program HTTP_PROXY is a header that its client chose (RFC 3875 §4.1.18). */
    const char *http =
        getenv("REQUEST_METHOD") ? getenv("http_proxy") : variable("HTTP_PROXY", "http_proxy");
    return proxy_rules_new(http, variable("HTTPS_PROXY", "https_proxy"),
                           variable("NO_PROXY", "no_proxy"));
}
