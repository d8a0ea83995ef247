/* SPDX-License-Identifier: Apache-2.0
 *
 * with_postgres PROGRAM [ARGUMENT...]: runs a program beside a PostgreSQL server of its own, whose
 * URL it finds in KENEYAPP_DATABASE. The status is the program's; 77 when there is no server.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/postgres.h"

static int run(char **argv)
{
    int status = -1;
    pid_t pid = fork();
    if (pid == 0) {
        execv(argv[0], argv);
        perror(argv[0]);
        _exit(127);
    }
    waitpid(pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

int main(int argc, char **argv)
{
    struct postgres_server server;
    char url[POSTGRES_URL_BYTES];
    if (argc < 2) {
        fputs("usage: with_postgres PROGRAM [ARGUMENT...]\n", stderr);
        return 2;
    }
    int status = postgres_server_start(&server);
    if (status == 0)
        status = postgres_server_database(&server, url) && setenv("KENEYAPP_DATABASE", url, 1) == 0
                     ? run(argv + 1)
                     : 1;
    postgres_server_stop(&server);
    return status;
}
