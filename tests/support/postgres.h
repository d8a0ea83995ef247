/* SPDX-License-Identifier: Apache-2.0
 *
 * A real PostgreSQL server for a test: a cluster of its own in a temporary folder, reachable only
 * through a Unix socket in there, with fsync as it is by default. It runs as the user "postgres"
 * (or "nobody") when the test runs as root, and ends with the test even when that crashes.
 */
#ifndef TESTS_SUPPORT_POSTGRES_H
#define TESTS_SUPPORT_POSTGRES_H

#include <stdbool.h>
#include <sys/types.h>

enum {
    POSTGRES_URL_BYTES = 256
};

struct postgres_server {
    char dir[64];  /* owned by the server's user */
    char bin[128]; /* folder of initdb and postgres */
    pid_t pid;     /* of the postmaster; 0 when it is down */
    uid_t uid;
    gid_t gid;
    int databases; /* made so far */
    char setting[128];
};

/* Makes the cluster and starts it. 77 when no PostgreSQL server is installed (say so and end with
 * that status), -1 when it does not start, 0. */
int postgres_server_start(struct postgres_server *server);

/* NAME=VALUE for every start from now on. */
void postgres_server_setting(struct postgres_server *server, const char *setting);

/* Crash and recovery: what pg_ctl restart -m immediate does, in two steps. */
bool postgres_server_crash(struct postgres_server *server);
bool postgres_server_again(struct postgres_server *server);

/* An empty database owned by "clinic", a role without any privilege; its URL into `url`. */
bool postgres_server_database(struct postgres_server *server, char url[POSTGRES_URL_BYTES]);

/* Runs SQL as the superuser in the database that `url` names. */
bool postgres_server_sql(struct postgres_server *server, const char *url, const char *sql);

/* Runs SQL, several statements perhaps, as the user that `url` names. */
bool postgres_server_script(const char *url, const char *sql);

/* Ends the server by its process id and removes the folder. */
void postgres_server_stop(struct postgres_server *server);

#endif
