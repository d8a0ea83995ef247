/* SPDX-License-Identifier: Apache-2.0
 *
 * The value of a Host header: "clinic.example:8443", "[::1]", or nothing (RFC 9112 §3.2).
 */
#ifndef KENEYAPP_HTTP_HOST_H
#define KENEYAPP_HTTP_HOST_H

#include <stdbool.h>

#include "base/span.h"

/* By its form: uri-host [ ":" port ], where an address within brackets is not looked into further
 * than its characters. An empty one is valid: what a client sends for a target without a host. */
bool host_is_valid(struct span host);

#endif
