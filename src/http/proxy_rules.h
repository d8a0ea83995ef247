/* SPDX-License-Identifier: Apache-2.0
 *
 * Which proxy a URL goes through, by the variables HTTP_PROXY, HTTPS_PROXY and NO_PROXY as Go reads
 * them (documentation of golang.org/x/net/http/httpproxy), which is what k6 does. `localhost` and
 * loopback addresses never go through one. Built once, read-only afterwards; any thread.
 */
#ifndef HTTP_PROXY_RULES_H
#define HTTP_PROXY_RULES_H

#include "http/url.h"

struct proxy_rules;

/* Proxies of http and https URLs: a URL, or host:port; NULL or "": none. `no_proxy` is a list with
 * commas: "*", IP, CIDR prefix, name (also of all below it) or .name (only those below it), each
 * with an optional port. NULL when no URL goes through a proxy. */
struct proxy_rules *proxy_rules_new(const char *http_proxy, const char *https_proxy,
                                    const char *no_proxy);
void proxy_rules_free(struct proxy_rules **rules);

/* The proxy's URL, which lives as long as the rules, or NULL. */
const char *proxy_rules_find(const struct proxy_rules *rules, const struct url *url);

#endif
