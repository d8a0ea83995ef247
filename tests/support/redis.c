/* SPDX-License-Identifier: Apache-2.0 */
#include "support/redis.h"

#include <hiredis/hiredis.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"

enum {
    PATIENCE_MS = 20 * 1000,
    NOT_INSTALLED = 127,
};

struct redis_server {
    pid_t pid;
    char folder[64], socket[96], url[128];
};

static void give_up(const char *what)
{
    fprintf(stderr, "redis-server: %s\n", what);
    exit(1);
}

static void run(const struct redis_server *server, pid_t parent)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(1);
    execlp("redis-server", "redis-server", "--port", "0", "--unixsocket", server->socket, "--dir",
           server->folder, "--save", "", "--appendonly", "no", "--loglevel", "warning", "--logfile",
           "redis.log", "--maxclients", "200", (char *)NULL);
    _exit(NOT_INSTALLED);
}

/* 1: it answers, 0: not yet, -1: it ended because it is not there. */
static int answers(struct redis_server *server)
{
    int status;
    if (waitpid(server->pid, &status, WNOHANG) == server->pid) {
        if (WIFEXITED(status) && WEXITSTATUS(status) == NOT_INSTALLED)
            return -1;
        give_up("ended before it answered");
    }
    redisContext *context = redisConnectUnix(server->socket);
    redisReply *reply = context && !context->err ? redisCommand(context, "PING") : NULL;
    bool good = reply && reply->type == REDIS_REPLY_STATUS;
    if (reply)
        freeReplyObject(reply);
    if (context)
        redisFree(context);
    return good;
}

/* False: it is not installed. */
static bool start(struct redis_server *server)
{
    pid_t parent = getpid();
    int answer = 0;
    server->pid = fork();
    if (server->pid == 0)
        run(server, parent);
    for (int waited_ms = 0; server->pid > 0 && waited_ms < PATIENCE_MS && answer == 0; waited_ms++)
        if ((answer = answers(server)) == 0)
            poll(NULL, 0, 1);
    if (answer == 0)
        give_up("does not answer");
    return answer > 0;
}

struct redis_server *redis_server_new(void)
{
    struct redis_server *server = NEW(struct redis_server);
    strcpy(server->folder, "/tmp/keneyapp-redis-XXXXXX");
    if (!mkdtemp(server->folder))
        give_up("no folder for it in /tmp");
    snprintf(server->socket, sizeof(server->socket), "%s/socket", server->folder);
    snprintf(server->url, sizeof(server->url), "unix://%s", server->socket);
    if (!start(server)) {
        rmdir(server->folder);
        free(server);
        return NULL;
    }
    return server;
}

void redis_server_kill(struct redis_server *server)
{
    if (server->pid <= 0)
        return;
    kill(server->pid, SIGKILL);
    waitpid(server->pid, NULL, 0);
    server->pid = 0;
    unlink(server->socket);
}

void redis_server_start(struct redis_server *server)
{
    start(server);
}

void redis_server_free(struct redis_server **server)
{
    static const char *const FILES[] = {"dump.rdb", "redis.log"};
    struct redis_server *s = TAKE(*server);
    char path[128];
    if (!s)
        return;
    redis_server_kill(s);
    for (size_t i = 0; i < COUNT_OF(FILES); i++) {
        snprintf(path, sizeof(path), "%s/%s", s->folder, FILES[i]);
        unlink(path);
    }
    rmdir(s->folder);
    free(s);
}

const char *redis_server_url(const struct redis_server *server)
{
    return server->url;
}

const char *redis_server_socket(const struct redis_server *server)
{
    return server->socket;
}

void redis_server_hang(struct redis_server *server, bool hang)
{
    kill(server->pid, hang ? SIGSTOP : SIGCONT);
}

long long redis_server_do(const struct redis_server *server, const char *words)
{
    enum {
        WORDS_MAX = 16,
    };

    redisContext *context = redisConnectUnix(server->socket);
    AUTO(mem_free) char *copy = mem_strdup(words);
    const char *arguments[WORDS_MAX];
    char *word, *rest = copy;
    int count = 0;
    void *reply = NULL;
    while (count < WORDS_MAX && (word = strsep(&rest, " ")))
        arguments[count++] = word;
    if (context && !context->err)
        reply = redisCommandArgv(context, count, arguments, NULL);
    const redisReply *answer = reply;
    if (!answer || answer->type == REDIS_REPLY_ERROR)
        give_up(answer ? answer->str : words);
    long long integer = answer->type == REDIS_REPLY_INTEGER ? answer->integer : 0;
    freeReplyObject(reply);
    redisFree(context);
    return integer;
}
