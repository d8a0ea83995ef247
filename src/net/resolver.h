/* SPDX-License-Identifier: Apache-2.0
 *
 * Names to addresses without blocking: IP literals, the user's `hosts`, a cache with one lifetime
 * for all names (k6's dns.ttl), then /etc/hosts and DNS through c-ares. Lookups of the same name
 * that are under way are shared. Failures are not cached. The loop's thread only.
 */
#ifndef NET_RESOLVER_H
#define NET_RESOLVER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/list.h"
#include "base/span.h"
#include "net/address.h"

struct error;
struct loop;
struct map;
struct resolver;

/* Which family is taken when a name has both. */
enum dns_policy {
    DNS_PREFER_IPV4,
    DNS_PREFER_IPV6,
    DNS_ONLY_IPV4,
    DNS_ONLY_IPV6,
    DNS_ANY,
};

/* Which of several addresses is taken. */
enum dns_select {
    DNS_RANDOM,
    DNS_FIRST,
    DNS_ROUND_ROBIN,
};

struct resolver_config {
    const struct map *hosts; /* net/hosts.h; may be NULL; used during resolver_new() only */
    nsec_t ttl_ns;           /* 0: no cache; NSEC_NEVER: for ever */
    enum dns_policy policy;
    enum dns_select select;
    bool keep_all; /* a preferred family comes first, but the other stays, for resolver_next() */
    const char *servers; /* "IP[:PORT],…" instead of the system's name servers; may be NULL */
};

enum resolver_problem {
    RESOLVER_OK,
    RESOLVER_NO_SUCH_HOST, /* the name does not exist or has no address of the wanted family */
    RESOLVER_FAILED,       /* no answer from the name servers */
};

/* One lookup under way; embedded in its owner. */
struct resolver_query {
    struct list link; /* private */
    uint16_t port;    /* private */

    /* Once, never from inside resolver_start(). `problem_text` is static and "" when all is
     * well; `address` is valid during the call. */
    void (*fn)(struct resolver_query *query, enum resolver_problem problem,
               const struct address *address, const char *problem_text);
};

/* Nothing is opened before the first name that needs DNS. NULL and `err` (104) for bad `hosts`. */
struct resolver *resolver_new(struct loop *loop, const struct resolver_config *config,
                              struct error *err);

/* Lookups under way end without a call. */
void resolver_free(struct resolver **resolver);

/* STEP_DONE: `*ret_address` is the answer and `fn` will not be called. STEP_MORE: it will.
 * STEP_FAILED: there can be no such name (empty, longer than 253 bytes, below "invalid"), or
 * c-ares cannot start; no call either. `name` in lower case. */
MUST_CHECK enum step resolver_start(struct resolver *resolver, struct resolver_query *query,
                                    struct span name, uint16_t port, struct address *ret_address);

/* The address of `name` that comes after `failed`; false when that is the last one known. Of use
 * with `keep_all` and DNS_FIRST: walks all addresses, those of the preferred family first. */
MUST_CHECK bool resolver_next(const struct resolver *resolver, struct span name,
                              const struct address *failed, struct address *ret_address);

/* The query's `fn` is not called any more; harmless when it is not under way. */
void resolver_cancel(struct resolver_query *query);

#endif
