/* SPDX-License-Identifier: Apache-2.0
 *
 * The user's Python as a child process.
 */
#include "run/bridge.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "base/map.h"
#include "base/mem.h"
#include "run/python.h"

extern char **environ;

enum {
    NUMBER_TEXT = 12,
};

/* The child's ends of all connections: control first. */
struct ends {
    int *fds;
    unsigned count;
};

static int connect_one(struct frame_reader *ret_reader, int *ret_end, struct error *err)
{
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
        return error_set(err, EXIT_USAGE,
                         "there can be no connection to Python: %s; more descriptors: ulimit -n",
                         strerror(errno));
    frame_reader_init(ret_reader, pair[0]);
    *ret_end = pair[1];
    return 0;
}

static int connect_all(struct bridge *bridge, struct ends *ends, struct error *err)
{
    if (connect_one(&bridge->control, &ends->fds[0], err) < 0)
        return -1;
    for (ends->count = 1; ends->count <= bridge->stream_count; ends->count++) {
        unsigned i = ends->count - 1;
        if (connect_one(&bridge->streams[i], &ends->fds[ends->count], err) < 0)
            return -1;
        bridge->stream_numbers[i] = ends->fds[ends->count];
    }
    return 0;
}

/* name=value of all, and where the control connection is. */
static char **environment(const struct map *env, int control)
{
    char **list = NEW_ARRAY(char *, env->count + 2);
    size_t count = 0;
    MAP_FOREACH (entry, env) {
        if (asprintf(&list[count++], "%s=%s", entry->key.ptr, (char *)entry->value) < 0)
            mem_exhausted(1, entry->key.len);
    }
    if (asprintf(&list[count], "KENEYPERF_RUN_FD=%d", control) < 0)
        mem_exhausted(1, NUMBER_TEXT);
    return list;
}

/* In the child. Nobody types to a load test, and its process group may not read the terminal. */
static NORETURN void become_python(const struct python *python, const struct ends *ends,
                                   char **child_environment)
{
    static char *const NO_ARGS[] = {NULL};
    struct error err;
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (unsigned i = 0; i < ends->count; i++)
        fcntl(ends->fds[i], F_SETFD, 0);
    int null_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (null_fd >= 0)
        dup2(null_fd, STDIN_FILENO);
    environ = child_environment;
    python_exec(python, NO_ARGS, &err);
    dprintf(STDERR_FILENO, "keneyperf: %s\n", err.message);
    _exit(EXIT_USAGE);
}

static int start(struct bridge *bridge, const struct python *python, const struct map *env,
                 const struct ends *ends, struct error *err)
{
    char **list = environment(env, ends->fds[0]);
    bridge->pid = fork();
    if (bridge->pid == 0)
        become_python(python, ends, list);
    for (size_t i = 0; list[i]; i++)
        free(list[i]);
    free(list);
    if (bridge->pid > 0) {
        setpgid(bridge->pid, bridge->pid); /* whoever comes first */
        bridge->pid_fd = pidfd_open(bridge->pid, 0);
    }
    if (bridge->pid < 0 || bridge->pid_fd < 0)
        return error_set(err, EXIT_USAGE, "Python cannot be started: %s; more processes: ulimit -u",
                         strerror(errno));
    return 0;
}

struct bridge *bridge_start(const struct python *python, const struct map *env, unsigned streams,
                            struct error *err)
{
    AUTO(bridge_free) struct bridge *bridge = NEW(struct bridge);
    AUTO(mem_free) int *fds = NEW_ARRAY(int, streams + 1);
    struct ends ends = {.fds = fds};
    bridge->pid = bridge->pid_fd = bridge->control.fd = -1;
    bridge->streams = NEW_ARRAY(struct frame_reader, streams);
    bridge->stream_numbers = NEW_ARRAY(int, streams);
    bridge->stream_count = streams;
    for (unsigned i = 0; i < streams; i++)
        bridge->streams[i].fd = -1;
    int result = connect_all(bridge, &ends, err);
    if (result == 0)
        result = start(bridge, python, env, &ends, err);
    for (unsigned i = 0; i < ends.count; i++)
        close(ends.fds[i]);
    return result == 0 ? TAKE(bridge) : NULL;
}

void bridge_free(struct bridge **ptr)
{
    struct bridge *bridge = TAKE(*ptr);
    if (!bridge)
        return;
    bridge_kill(bridge);
    if (bridge->pid > 0)
        bridge_reap(bridge, -1);
    if (bridge->pid_fd >= 0)
        close(bridge->pid_fd);
    frame_reader_done(&bridge->control);
    for (unsigned i = 0; i < bridge->stream_count; i++)
        frame_reader_done(&bridge->streams[i]);
    free(bridge->streams);
    free(bridge->stream_numbers);
    free(bridge->worker_pids);
    free(bridge);
}

int bridge_send(struct bridge *bridge, struct span json)
{
    return bridge->control.fd < 0 ? -1 : frame_write(bridge->control.fd, FRAME_JSON, json);
}

enum step bridge_wait_frame(struct bridge *bridge, struct frame *ret_frame)
{
    for (;;) {
        enum step step = frame_reader_next(&bridge->control, ret_frame);
        if (step != STEP_MORE || bridge->control.fd < 0)
            return step;
        struct pollfd fd = {.fd = bridge->control.fd, .events = POLLIN};
        poll(&fd, 1, -1);
        frame_reader_fill(&bridge->control);
    }
}

bool bridge_reap(struct bridge *bridge, int timeout_ms)
{
    struct pollfd fd = {.fd = bridge->pid_fd, .events = POLLIN};
    if (bridge->reaped)
        return true;
    if (bridge->pid_fd >= 0 && poll(&fd, 1, timeout_ms) <= 0)
        return false;
    bridge->reaped = waitpid(bridge->pid, &bridge->status, 0) == bridge->pid;
    return bridge->reaped;
}

void bridge_kill(struct bridge *bridge)
{
    /* Once the child is reaped, the number may be another's. */
    if (bridge->pid > 0 && !bridge->reaped)
        kill(-bridge->pid, SIGKILL);
}

const char *bridge_death_text(int signal, int exit_code, char *buf, size_t size)
{
    if (signal)
        snprintf(buf, size, "was killed by signal %d (%s)", signal, strsignal(signal));
    else
        snprintf(buf, size, "ended with exit code %d", exit_code);
    return buf;
}

const char *bridge_end_text(const struct bridge *bridge, char *buf, size_t size)
{
    bool killed = WIFSIGNALED(bridge->status);
    return bridge_death_text(killed ? WTERMSIG(bridge->status) : 0, WEXITSTATUS(bridge->status),
                             buf, size);
}
