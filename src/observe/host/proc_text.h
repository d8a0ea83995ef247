/* SPDX-License-Identifier: Apache-2.0
 *
 * Readers of three files under /proc (proc(5)), as pure functions of their text. CPU times are in
 * ticks of sysconf(_SC_CLK_TCK) per second.
 */
#ifndef OBSERVE_HOST_PROC_TEXT_H
#define OBSERVE_HOST_PROC_TEXT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"

/* /proc/PID/stat: the process with all its threads, without its children. */
struct proc_process {
    bool ended;          /* a zombie: its times are final, its memory is gone */
    uint64_t cpu_ticks;  /* user and system */
    uint64_t start_time; /* in ticks since boot; with the pid it names the process for ever */
    uint64_t rss_pages;
};

/* First line of /proc/stat: all cores together since boot. */
struct proc_host_cpu {
    uint64_t busy_ticks;
};

/* /proc/meminfo */
struct proc_host_memory {
    uint64_t total_bytes, available_bytes;
};

/* 0, or -1 when the text is not of that form. */
MUST_CHECK int proc_text_process(struct span text, struct proc_process *ret_process);
MUST_CHECK int proc_text_host_cpu(struct span text, struct proc_host_cpu *ret_cpu);
MUST_CHECK int proc_text_host_memory(struct span text, struct proc_host_memory *ret_memory);

#endif
