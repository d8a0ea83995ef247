/* SPDX-License-Identifier: Apache-2.0
 *
 * The watching thread. Only it touches the targets and the meter between start and stop; start and
 * stop take the first and the last sample themselves, before the thread and after it.
 */
#include "observe/host/process_watch.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/thread.h"
#include "observe/host/proc_text.h"

enum {
    INTERVAL_MS = 500,
    PROC_TEXT_BYTES = 4096, /* what is looked at stands in the first kilobyte */
};

struct target {
    pid_t pid;
    struct proc_process seen; /* last; `ended` once it is gone */
};

struct process_watch {
    struct target *targets;
    size_t target_count;
    struct usage_meter meter;
    pthread_t thread;
    int stop_fd; /* eventfd, readable when it is time to end */
};

static struct span read_proc(const char *path, char *buf)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return SPAN_EMPTY;
    ssize_t length = read(fd, buf, PROC_TEXT_BYTES);
    close(fd);
    return length > 0 ? span_of(buf, (size_t)length) : SPAN_EMPTY;
}

/* 0, or -1 when there is no such process. */
static int read_process(pid_t pid, struct proc_process *ret_process)
{
    char path[32], buf[PROC_TEXT_BYTES];
    snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
    return proc_text_process(read_proc(path, buf), ret_process);
}

static void look_at(struct target *target)
{
    struct proc_process now;
    if (target->seen.ended)
        return;
    /* The kernel may have given the number to another process since. */
    if (read_process(target->pid, &now) < 0 || now.start_time != target->seen.start_time)
        target->seen.ended = true;
    else
        target->seen = now;
}

static void add_targets(struct process_watch *watch, uint64_t total_bytes,
                        struct usage_sample *sample)
{
    uint64_t ticks = 0, pages = 0;
    for (size_t i = 0; i < watch->target_count; i++) {
        struct target *target = &watch->targets[i];
        look_at(target);
        ticks += target->seen.cpu_ticks;
        pages += target->seen.ended ? 0 : target->seen.rss_pages;
    }
    sample->cpu_seconds = (double)ticks / (double)sysconf(_SC_CLK_TCK);
    sample->memory = 100.0 * (double)pages * (double)sysconf(_SC_PAGESIZE) / (double)total_bytes;
}

/* 0, or -1 when /proc cannot be read. */
static int take_sample(struct process_watch *watch)
{
    char buf[PROC_TEXT_BYTES];
    struct proc_host_cpu cpu;
    struct proc_host_memory memory;
    if (proc_text_host_cpu(read_proc("/proc/stat", buf), &cpu) < 0 ||
        proc_text_host_memory(read_proc("/proc/meminfo", buf), &memory) < 0)
        return -1;
    struct usage_sample sample = {
        .now_ns = clock_now(clock_monotonic()),
        .host_busy_seconds = (double)cpu.busy_ticks / (double)sysconf(_SC_CLK_TCK),
        .host_memory = 100.0 - 100.0 * (double)memory.available_bytes / (double)memory.total_bytes,
    };
    add_targets(watch, memory.total_bytes, &sample);
    usage_add(&watch->meter, &sample);
    return 0;
}

/* A sample that cannot be taken is a gap: the next one covers its time too. */
static void sample_or_skip(struct process_watch *watch)
{
    int result = take_sample(watch);
    (void)result;
}

static void *watch_main(void *arg)
{
    struct process_watch *watch = arg;
    struct pollfd stop = {.fd = watch->stop_fd, .events = POLLIN};
    while (poll(&stop, 1, INTERVAL_MS) <= 0)
        sample_or_skip(watch);
    return NULL;
}

static int find_targets(struct process_watch *watch, const pid_t *pids, struct error *err)
{
    for (size_t i = 0; i < watch->target_count; i++) {
        struct target *target = &watch->targets[i];
        target->pid = pids[i];
        if (read_process(target->pid, &target->seen) < 0 || target->seen.ended)
            return error_set(err, EXIT_USAGE,
                             "there is no process %d to watch: give the number of one that runs on "
                             "this machine (pgrep NAME lists them)",
                             (int)target->pid);
    }
    if (take_sample(watch) < 0)
        return error_set(err, EXIT_USAGE,
                         "/proc/stat and /proc/meminfo cannot be read: mount /proc, "
                         "or run without watching");
    return 0;
}

/* Signals are for the thread that runs the test. */
static int start_thread(struct process_watch *watch, struct error *err)
{
    watch->stop_fd = eventfd(0, EFD_CLOEXEC);
    if (watch->stop_fd < 0)
        return error_set(err, EXIT_INVALID_CONFIG,
                         "processes cannot be watched: %s; raise the limit on open files "
                         "(ulimit -n)",
                         strerror(errno));
    return thread_start_deaf(&watch->thread, watch_main, watch, "the watching thread", err);
}

static void free_watch(struct process_watch **watch)
{
    if ((*watch)->stop_fd >= 0)
        close((*watch)->stop_fd);
    mem_free(&(*watch)->targets);
    mem_free(watch);
}

struct process_watch *process_watch_start(const pid_t *pids, size_t count, struct error *err)
{
    struct process_watch *watch = NEW(struct process_watch);
    watch->stop_fd = -1;
    watch->targets = NEW_ARRAY(struct target, count);
    watch->target_count = count;
    watch->meter.cores = (unsigned)sysconf(_SC_NPROCESSORS_ONLN);
    watch->meter.interval_ns = INTERVAL_MS * NSEC_PER_MSEC;
    if (find_targets(watch, pids, err) < 0 || start_thread(watch, err) < 0)
        free_watch(&watch);
    return watch;
}

void process_watch_stop(struct process_watch **watch, struct host_usage *ret_usage)
{
    struct process_watch *w = *watch;
    *ret_usage = (struct host_usage){0};
    if (!w)
        return;
    eventfd_write(w->stop_fd, 1);
    pthread_join(w->thread, NULL);
    sample_or_skip(w);
    usage_result(&w->meter, ret_usage);
    for (size_t i = 0; i < w->target_count; i++)
        ret_usage->gone += w->targets[i].seen.ended;
    free_watch(watch);
}
