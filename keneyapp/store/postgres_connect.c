/* SPDX-License-Identifier: Apache-2.0
 *
 * libpq's parameters for a clinic's connection, and its refusals with a remedy.
 */
#include "keneyapp/store/postgres_connect.h"

#include <string.h>

#include "base/util.h"

/* Before the URL, so that it may say otherwise. A peer that is gone is noticed by TCP within 20
 * seconds, whether data is on its way (tcp_user_timeout) or not (keepalives). */
static const char *const CONNECT_NAMES[] = {
    "application_name", "connect_timeout",
    "keepalives_idle",  "keepalives_interval",
    "keepalives_count", "tcp_user_timeout",
    "gssencmode",       "client_encoding",
    "dbname",           NULL,
};

enum {
    CONNECT_DBNAME = COUNT_OF(CONNECT_NAMES) - 2
};

static const char *const CONNECT_VALUES[COUNT_OF(CONNECT_NAMES)] = {
    "keneyapp", "5", "10", "3", "3", "20000", "disable", "UTF8",
};

/* libpq's own sentence names the host, the port and the reason, on one or more lines. */
static PGconn *refuse(PGconn *conn, struct error *err)
{
    const char *text = PQerrorMessage(conn);
    error_set(err, EXIT_INVALID_CONFIG,
              "cannot reach PostgreSQL at %s, port %s, database %s: %.*s; check that the server is "
              "running and accepts this user, and the URL of --database",
              PQhost(conn) && PQhost(conn)[0] ? PQhost(conn) : "localhost",
              PQport(conn) ? PQport(conn) : "5432", PQdb(conn) ? PQdb(conn) : "",
              (int)strcspn(text, "\n"), text);
    PQfinish(conn);
    return NULL;
}

static int check_url(const char *url, struct error *err)
{
    char *why = NULL;
    PQconninfoOption *options = PQconninfoParse(url, &why);
    int rc = 0;
    if (!options)
        rc = error_set(err, EXIT_INVALID_CONFIG,
                       "--database: %.*s; write it as postgres://USER:PASSWORD@HOST:5432/DATABASE",
                       why ? (int)strcspn(why, "\n") : 0, why ? why : "");
    PQconninfoFree(options);
    PQfreemem(why);
    return rc;
}

PGconn *postgres_connect(const char *url, struct error *err)
{
    const char *values[COUNT_OF(CONNECT_VALUES)];
    if (check_url(url, err) != 0)
        return NULL;
    memcpy(values, CONNECT_VALUES, sizeof(values));
    values[CONNECT_DBNAME] = url;
    PGconn *conn = PQconnectdbParams(CONNECT_NAMES, values, 1);
    if (PQstatus(conn) != CONNECTION_OK || PQsetnonblocking(conn, 1) != 0 ||
        !PQenterPipelineMode(conn))
        return refuse(conn, err);
    return conn;
}
