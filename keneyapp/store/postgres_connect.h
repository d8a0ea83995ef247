/* SPDX-License-Identifier: Apache-2.0
 *
 * From a URL to a connection.
 */
#ifndef KENEYAPP_STORE_POSTGRES_CONNECT_H
#define KENEYAPP_STORE_POSTGRES_CONNECT_H

#include <libpq-fe.h>

#include "base/error.h"

/* Connects to `url` (postgres://...), five seconds at most: non-blocking and in pipeline mode; the
 * caller's to PQfinish(). NULL with a sentence that names the host and a remedy. */
PGconn *postgres_connect(const char *url, struct error *err);

#endif
