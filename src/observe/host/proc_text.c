/* SPDX-License-Identifier: Apache-2.0
 *
 * Readers of files under /proc. Field numbers are proc(5)'s.
 */
#include "observe/host/proc_text.h"

enum {
    /* /proc/PID/stat */
    FIELD_STATE = 3,
    FIELD_UTIME = 14,
    FIELD_STIME = 15,
    FIELD_START_TIME = 22,
    FIELD_RSS = 24,

    /* "cpu" line of /proc/stat: user nice system idle iowait irq softirq steal; guest times, which
     * follow, are part of user and nice */
    CPU_IDLE = 3,
    CPU_IOWAIT = 4,
    CPU_FIELDS = 8,
};

/* Takes the next word off the front, skipping spaces; empty at the end. */
static struct span next_word(struct span *rest)
{
    while (rest->len && rest->ptr[0] == ' ')
        *rest = span_of(rest->ptr + 1, rest->len - 1);
    return span_cut(*rest, ' ', rest);
}

/* The name, field 2, stands in parentheses and may hold anything, ")" and spaces included: what
 * follows begins behind the last ")". */
static struct span behind_name(struct span text)
{
    for (size_t i = text.len; i > 0; i--) {
        if (text.ptr[i - 1] == ')')
            return span_from(text, i);
    }
    return SPAN_EMPTY;
}

int proc_text_process(struct span text, struct proc_process *ret_process)
{
    uint64_t values[FIELD_RSS + 1] = {0};
    struct span rest = behind_name(text);
    struct span state = next_word(&rest);
    if (state.len != 1)
        return -1;
    for (int field = FIELD_STATE + 1; field <= FIELD_RSS; field++) {
        struct span word = next_word(&rest);
        bool wanted = field == FIELD_UTIME || field == FIELD_STIME || field >= FIELD_START_TIME;
        if (!word.len || (wanted && span_to_u64(word, UINT64_MAX, &values[field]) < 0))
            return -1;
    }
    *ret_process = (struct proc_process){
        .ended = state.ptr[0] == 'Z' || state.ptr[0] == 'X',
        .cpu_ticks = values[FIELD_UTIME] + values[FIELD_STIME],
        .start_time = values[FIELD_START_TIME],
        .rss_pages = values[FIELD_RSS],
    };
    return 0;
}

int proc_text_host_cpu(struct span text, struct proc_host_cpu *ret_cpu)
{
    struct proc_host_cpu cpu = {0};
    struct span after, rest = span_cut(text, '\n', &after);
    if (!span_equal(next_word(&rest), SPAN("cpu")))
        return -1;
    for (int field = 0; field < CPU_FIELDS; field++) {
        uint64_t ticks;
        if (span_to_u64(next_word(&rest), UINT64_MAX, &ticks) < 0)
            return -1;
        if (field != CPU_IDLE && field != CPU_IOWAIT)
            cpu.busy_ticks += ticks;
    }
    *ret_cpu = cpu;
    return 0;
}

/* "MemTotal:       16384 kB" */
static int find_bytes(struct span text, struct span key, uint64_t *ret_bytes)
{
    while (text.len) {
        struct span line = span_cut(text, '\n', &text);
        struct span rest, name = span_cut(line, ':', &rest);
        uint64_t kib;
        if (!span_equal(name, key))
            continue;
        if (span_to_u64(next_word(&rest), UINT64_MAX / 1024, &kib) < 0)
            return -1;
        *ret_bytes = kib * 1024;
        return 0;
    }
    return -1;
}

int proc_text_host_memory(struct span text, struct proc_host_memory *ret_memory)
{
    struct proc_host_memory memory;
    if (find_bytes(text, SPAN("MemTotal"), &memory.total_bytes) < 0 ||
        find_bytes(text, SPAN("MemAvailable"), &memory.available_bytes) < 0 || !memory.total_bytes)
        return -1;
    *ret_memory = memory;
    return 0;
}
