/* SPDX-License-Identifier: Apache-2.0
 *
 * This process as the system sees it: the process_* series that Prometheus' client libraries agree
 * on, and what it may use, so that utilisation can be told without an agent on the host. Any
 * thread; a handful of files in /proc are read each time.
 */
#ifndef KENEYAPP_TELEMETRY_PROCESS_H
#define KENEYAPP_TELEMETRY_PROCESS_H

#include "base/span.h"
#include "base/strbuf.h"

struct process_figures {
    double cpu_s;   /* user and system */
    double start_s; /* since 1970 */
    uint64_t resident_bytes, virtual_bytes;
    uint64_t threads, open_files, open_files_max;
    double cpus;           /* cores that may be used: affinity and control group */
    uint64_t memory_bytes; /* that may be used: of the control group, else of the machine */
};

/* What cannot be read stays 0. */
void process_read(struct process_figures *ret_figures);

void process_render(const struct process_figures *figures, struct strbuf *out);

/* The fields of /proc/self/stat (proc_pid_stat(5)); the name in it may hold anything. 0 or -1. */
MUST_CHECK int process_parse_stat(struct span text, struct process_figures *figures);

/* cpu.max of a control group (cgroups(7), version 2): "max 100000" or "150000 100000"; the cores,
 * or 0 when there is no limit. */
double process_parse_cpu_max(struct span text);

#endif
