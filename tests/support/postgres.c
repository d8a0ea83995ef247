/* SPDX-License-Identifier: Apache-2.0 */
#include "support/postgres.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <grp.h>
#include <libpq-fe.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    START_TRIES = 600,
    TRY_MS = 50,
    ARGS_MAX = 24
};

/* The newest of Debian's versions from 15 on. */
static bool find_programs(struct postgres_server *server)
{
    glob_t found;
    bool good = false;
    if (glob("/usr/lib/postgresql/*/bin/initdb", 0, NULL, &found) == 0) {
        const char *path = found.gl_pathv[found.gl_pathc - 1];
        int version = atoi(path + strlen("/usr/lib/postgresql/"));
        snprintf(server->bin, sizeof(server->bin), "%.*s", (int)(strrchr(path, '/') - path), path);
        good = version >= 15;
        globfree(&found);
    }
    return good;
}

static void find_user(struct postgres_server *server)
{
    struct passwd *user = getpwnam("postgres");
    if (!user)
        user = getpwnam("nobody");
    server->uid = geteuid() == 0 && user ? user->pw_uid : geteuid();
    server->gid = geteuid() == 0 && user ? user->pw_gid : getegid();
}

/* In the child: another user, no output but to the log, an end with the test. */
static void become_server(const struct postgres_server *server, pid_t parent)
{
    char log[96];
    snprintf(log, sizeof(log), "%s/log", server->dir);
    if (geteuid() == 0 &&
        (setgroups(0, NULL) != 0 || setgid(server->gid) != 0 || setuid(server->uid) != 0))
        _exit(126);
    prctl(PR_SET_PDEATHSIG, SIGQUIT);
    int fd = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (getppid() != parent || fd < 0 || dup2(fd, STDOUT_FILENO) < 0 ||
        dup2(fd, STDERR_FILENO) < 0 || chdir(server->dir) != 0)
        _exit(126);
}

static pid_t spawn(const struct postgres_server *server, const char *const argv[])
{
    pid_t parent = getpid();
    pid_t pid = fork();
    if (pid != 0)
        return pid;
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    become_server(server, parent);
    execv(argv[0], (char *const *)argv);
    _exit(127);
}

static int wait_for(pid_t pid)
{
    int status = -1;
    while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    return pid > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static bool make_cluster(struct postgres_server *server)
{
    char program[160];
    snprintf(program, sizeof(program), "%s/initdb", server->bin);
    const char *const argv[] = {program, "-D",   "data", "-U",       "root_of_all", "-A", "trust",
                                "-E",    "UTF8", "-N",   "--locale", "C.UTF-8",     NULL};
    snprintf(server->dir, sizeof(server->dir), "/tmp/keneyapp-postgres-XXXXXX");
    return mkdtemp(server->dir) && chown(server->dir, server->uid, server->gid) == 0 &&
           wait_for(spawn(server, argv)) == 0;
}

static void server_url(const struct postgres_server *server, const char *user, const char *database,
                       char url[POSTGRES_URL_BYTES])
{
    snprintf(url, POSTGRES_URL_BYTES, "postgres://%s@/%s?host=%s", user, database, server->dir);
}

static bool await_ready(struct postgres_server *server)
{
    char url[POSTGRES_URL_BYTES];
    server_url(server, "root_of_all", "postgres", url);
    for (int i = 0; i < START_TRIES; i++) {
        if (PQping(url) == PQPING_OK)
            return true;
        if (waitpid(server->pid, NULL, WNOHANG) == server->pid)
            break;
        nanosleep(&(struct timespec){.tv_nsec = TRY_MS * 1000000L}, NULL);
    }
    return false;
}

bool postgres_server_again(struct postgres_server *server)
{
    char program[160];
    snprintf(program, sizeof(program), "%s/postgres", server->bin);
    /* After a crash every file is synced before recovery: one by one that takes seconds. */
    const char *const argv[] = {
        program,
        "-D",
        "data",
        "-k",
        server->dir,
        "-c",
        "listen_addresses=",
        "-c",
        "recovery_init_sync_method=syncfs",
        "-c",
        server->setting[0] ? server->setting : "max_connections=100",
        NULL,
    };
    server->pid = spawn(server, argv);
    if (server->pid > 0 && await_ready(server))
        return true;
    fprintf(stderr, "the PostgreSQL server does not start; its log is %s/log\n", server->dir);
    return false;
}

void postgres_server_setting(struct postgres_server *server, const char *setting)
{
    snprintf(server->setting, sizeof(server->setting), "%s", setting);
}

bool postgres_server_crash(struct postgres_server *server)
{
    pid_t pid = server->pid;
    server->pid = 0;
    return pid > 0 && kill(pid, SIGQUIT) == 0 && wait_for(pid) >= 0;
}

int postgres_server_start(struct postgres_server *server)
{
    char url[POSTGRES_URL_BYTES];
    *server = (struct postgres_server){0};
    if (!find_programs(server)) {
        printf("skipped: no PostgreSQL server from 15 on is installed (Debian: postgresql)\n");
        return 77;
    }
    find_user(server);
    if (!make_cluster(server) || !postgres_server_again(server))
        return -1;
    server_url(server, "root_of_all", "postgres", url);
    return postgres_server_sql(server, url, "CREATE ROLE clinic LOGIN") ? 0 : -1;
}

bool postgres_server_script(const char *url, const char *sql)
{
    PGconn *conn = PQconnectdb(url);
    PGresult *result = PQexec(conn, sql);
    ExecStatusType status = PQresultStatus(result);
    bool good = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
    if (!good)
        fprintf(stderr, "%s: %s", sql, PQerrorMessage(conn));
    PQclear(result);
    PQfinish(conn);
    return good;
}

bool postgres_server_sql(struct postgres_server *server, const char *url, const char *sql)
{
    char as_root[POSTGRES_URL_BYTES], database[64] = "";
    sscanf(strstr(url, "@/") ? strstr(url, "@/") : "", "@/%63[^?]", database);
    server_url(server, "root_of_all", database, as_root);
    return postgres_server_script(as_root, sql);
}

bool postgres_server_database(struct postgres_server *server, char url[POSTGRES_URL_BYTES])
{
    char name[32], sql[96], as_root[POSTGRES_URL_BYTES];
    snprintf(name, sizeof(name), "clinic%d", ++server->databases);
    snprintf(sql, sizeof(sql), "CREATE DATABASE %s OWNER clinic", name);
    server_url(server, "root_of_all", "postgres", as_root);
    server_url(server, "clinic", name, url);
    return postgres_server_script(as_root, sql);
}

void postgres_server_stop(struct postgres_server *server)
{
    const char *const argv[] = {"/bin/rm", "-rf", server->dir, NULL};
    if (server->pid > 0)
        postgres_server_crash(server);
    if (!server->dir[0])
        return;
    pid_t pid = fork();
    if (pid == 0) {
        execv(argv[0], (char *const *)argv);
        _exit(127);
    }
    wait_for(pid);
    server->dir[0] = '\0';
}
