/* SPDX-License-Identifier: Apache-2.0
 *
 * /proc, the control group (version 2 only: what Debian 12 has), and the limits of this process.
 */
#include "keneyapp/telemetry/process.h"

#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/sysinfo.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "keneyapp/telemetry/prometheus.h"

enum {
    FILE_BYTES = 4096,
    /* Positions in /proc/self/stat, counted from the state, which is field 3. */
    STAT_UTIME = 14 - 3,
    STAT_STIME = 15 - 3,
    STAT_THREADS = 20 - 3,
    STAT_START = 22 - 3,
    STAT_VSIZE = 23 - 3,
    STAT_RSS = 24 - 3,
    STAT_FIELDS,
};

/* The beginning of a file; empty when it cannot be read. */
static struct span read_head(const char *path, char *buf)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd >= 0 ? read(fd, buf, FILE_BYTES) : -1;
    if (fd >= 0)
        close(fd);
    return n > 0 ? span_of(buf, (size_t)n) : SPAN_EMPTY;
}

/* The first number of `text`; 0 when it begins with something else. */
static uint64_t number(struct span text)
{
    size_t digits = 0;
    uint64_t value = 0;
    while (digits < text.len && text.ptr[digits] >= '0' && text.ptr[digits] <= '9')
        digits++;
    return span_to_u64(span_head(text, digits), UINT64_MAX, &value) == 0 ? value : 0;
}

int process_parse_stat(struct span text, struct process_figures *figures)
{
    struct span fields[STAT_FIELDS], rest;
    size_t end = text.len;
    while (end > 0 && text.ptr[end - 1] != ')')
        end--;
    rest = span_trim(span_from(text, end));
    for (int i = 0; i < STAT_FIELDS; i++)
        fields[i] = span_cut(rest, ' ', &rest);
    if (end == 0 || !fields[STAT_RSS].len)
        return -1;
    double ticks = (double)sysconf(_SC_CLK_TCK);
    figures->cpu_s = (double)(number(fields[STAT_UTIME]) + number(fields[STAT_STIME])) / ticks;
    figures->threads = number(fields[STAT_THREADS]);
    figures->start_s = (double)number(fields[STAT_START]) / ticks;
    figures->virtual_bytes = number(fields[STAT_VSIZE]);
    figures->resident_bytes = number(fields[STAT_RSS]) * (uint64_t)sysconf(_SC_PAGESIZE);
    return 0;
}

double process_parse_cpu_max(struct span text)
{
    struct span period;
    struct span quota = span_cut(text, ' ', &period);
    uint64_t quota_us = number(quota), period_us = number(period);
    return period_us ? (double)quota_us / (double)period_us : 0;
}

/* The system's start, in seconds since 1970. */
static double boot_s(void)
{
    struct timespec since_boot;
    clock_gettime(CLOCK_BOOTTIME, &since_boot);
    return (double)clock_wall() / (double)NSEC_PER_SEC - (double)since_boot.tv_sec -
           (double)since_boot.tv_nsec / (double)NSEC_PER_SEC;
}

/* Linux 6.2 and later have the number as the folder's size; before, there is only counting. */
static uint64_t count_open_files(void)
{
    struct stat status;
    uint64_t count = 0;
    if (stat("/proc/self/fd", &status) == 0 && status.st_size > 0)
        return (uint64_t)status.st_size;
    DIR *folder = opendir("/proc/self/fd");
    if (!folder)
        return 0;
    while (readdir(folder))
        count++;
    closedir(folder);
    return count > 3 ? count - 3 : 0; /* ".", ".." and the folder itself */
}

/* A file of this process's control group. */
static struct span read_group(const char *name, char *buf)
{
    char group[FILE_BYTES], path[FILE_BYTES + 64];
    struct span line = read_head("/proc/self/cgroup", group), ignored;
    if (!span_starts_with(line, SPAN("0::/")))
        return SPAN_EMPTY;
    line = span_cut(span_from(line, 3), '\n', &ignored);
    snprintf(path, sizeof(path), "/sys/fs/cgroup%.*s/%s", SPAN_ARG(line), name);
    return read_head(path, buf);
}

static double usable_cpus(void)
{
    char buf[FILE_BYTES];
    cpu_set_t set;
    double cpus = sched_getaffinity(0, sizeof(set), &set) == 0 ? CPU_COUNT(&set) : 1;
    double quota = process_parse_cpu_max(read_group("cpu.max", buf));
    return quota > 0 && quota < cpus ? quota : cpus;
}

static uint64_t usable_memory(void)
{
    char buf[FILE_BYTES];
    struct sysinfo machine;
    uint64_t limit = number(read_group("memory.max", buf)), all = 0;
    if (sysinfo(&machine) == 0)
        all = (uint64_t)machine.totalram * machine.mem_unit;
    return limit && limit < all ? limit : all;
}

void process_read(struct process_figures *ret_figures)
{
    char buf[FILE_BYTES];
    struct rlimit files;
    *ret_figures = (struct process_figures){0};
    if (process_parse_stat(read_head("/proc/self/stat", buf), ret_figures) == 0)
        ret_figures->start_s += boot_s();
    ret_figures->open_files = count_open_files();
    if (getrlimit(RLIMIT_NOFILE, &files) == 0)
        ret_figures->open_files_max = files.rlim_cur;
    ret_figures->cpus = usable_cpus();
    ret_figures->memory_bytes = usable_memory();
}

void process_render(const struct process_figures *figures, struct strbuf *out)
{
    const struct {
        const char *name, *type, *help;
        double value;
    } series[] = {
        {"process_cpu_seconds_total", "counter", "User and system CPU seconds spent.",
         figures->cpu_s},
        {"process_resident_memory_bytes", "gauge", "Memory in RAM.",
         (double)figures->resident_bytes},
        {"process_virtual_memory_bytes", "gauge", "Address space in use.",
         (double)figures->virtual_bytes},
        {"process_open_fds", "gauge", "Open file descriptors.", (double)figures->open_files},
        {"process_max_fds", "gauge", "File descriptors that may be open.",
         (double)figures->open_files_max},
        {"process_start_time_seconds", "gauge", "Start of the process, seconds since 1970.",
         figures->start_s},
        {"process_threads", "gauge", "Threads of the process.", (double)figures->threads},
        {"keneyapp_cpu_limit_cores", "gauge", "Cores that the process may use.", figures->cpus},
        {"keneyapp_memory_limit_bytes", "gauge", "Memory that the process may use.",
         (double)figures->memory_bytes},
    };

    for (size_t i = 0; i < COUNT_OF(series); i++)
        prometheus_single(out, series[i].name, series[i].type, series[i].help, series[i].value);
}
