/* SPDX-License-Identifier: Apache-2.0
 *
 * Where Redis is:
 *
 *     redis://[[user]:password@]host[:port][/db]      the port is 6379, the database 0
 *     unix://[[user]:password@]/path/to/socket[?db=N]  redis+unix:// is the same
 *
 * User and password may be percent-encoded. rediss:// (TLS) is not spoken.
 */
#ifndef KENEYAPP_CACHE_REDIS_URL_H
#define KENEYAPP_CACHE_REDIS_URL_H

#include "base/error.h"
#include "base/span.h"

enum {
    REDIS_PORT = 6379,
    REDIS_DATABASE_MAX = 999999,
};

struct redis_url {
    char user[128], password[512]; /* empty: none */
    char host[256];                /* empty: `path` */
    int port;
    char path[108]; /* as long as a socket's name may be */
    unsigned database;
};

/* 0, or -1 with a sentence that never shows the password. */
MUST_CHECK int redis_url_parse(struct span text, struct redis_url *ret, struct error *err);

#endif
