/* SPDX-License-Identifier: Apache-2.0
 *
 * What wrk does before its load: the host is looked up once and each of its addresses is connected
 * to and left at once; the first that lets somebody in is the one of the load. Blocks.
 */
#ifndef CLI_AS_WRK_PROBE_H
#define CLI_AS_WRK_PROBE_H

#include "base/util.h"
#include "net/address.h"

struct error;
struct map;
struct wrk_url;

/* `hosts` as KENEYPERF_HOSTS says; what it names is not looked up. -1 and `err` (1) with wrk's
 * line: "unable to resolve HOST:SERVICE PROBLEM" or "unable to connect to ...". */
MUST_CHECK int probe(const struct wrk_url *url, const struct map *hosts,
                     struct address *ret_address, struct error *err);

#endif
