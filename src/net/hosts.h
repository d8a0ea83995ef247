/* SPDX-License-Identifier: Apache-2.0
 *
 * The user's own names for addresses (k6's `hosts` option): "name[:port]" or "*.name[:port]" to
 * "ip[:port]" or "unix:path". Looked up exactly with the port, exactly without, then by the longest
 * wildcard. Names are compared in lower case. Built once, read-only afterwards; any thread.
 */
#ifndef NET_HOSTS_H
#define NET_HOSTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"
#include "net/address.h"

struct error;
struct hosts;
struct map;

/* `texts` maps name to address text (const char *) and may be NULL. NULL and `err` (104) for an
 * entry that cannot be understood. */
struct hosts *hosts_new(const struct map *texts, struct error *err);
void hosts_free(struct hosts **hosts);

/* `name` in lower case. False when nothing is said about it. */
bool hosts_find(const struct hosts *hosts, struct span name, uint16_t port,
                struct address *ret_address);

#endif
