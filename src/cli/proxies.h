/* SPDX-License-Identifier: Apache-2.0
 *
 * HTTP_PROXY, HTTPS_PROXY and NO_PROXY, or the same in lower case.
 */
#ifndef CLI_PROXIES_H
#define CLI_PROXIES_H

struct proxy_rules;

/* What the environment says; NULL when it names no proxy. The caller's to free. */
struct proxy_rules *proxies_from_environment(void);

#endif
