/* SPDX-License-Identifier: Apache-2.0
 *
 * The store on PostgreSQL: all cases of every store. What only PostgreSQL has is in
 * test_postgres.c.
 */
#include <sodium.h>
#include <string.h>

#include "support/postgres.h"
#include "support/test.h"
#include "unit/keneyapp/store_cases.h"

static struct postgres_server server;

static int make_database(char url[URL_BYTES])
{
    return postgres_server_database(&server, url) ? 0 : -1;
}

/* The server's folder goes as a whole. */
static void leave_database(const char *url)
{
}

int main(void)
{
    static const struct store_rig RIG = {make_database, leave_database, postgres_server_script,
                                         &DIALECT_POSTGRES};
    if (sodium_init() < 0)
        return 1;
    int status = postgres_server_start(&server);
    if (status != 0)
        return status == 77 ? 77 : 1;
    int failures = store_cases(&RIG);
    postgres_server_stop(&server);
    return failures;
}
