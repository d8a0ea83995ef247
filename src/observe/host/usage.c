/* SPDX-License-Identifier: Apache-2.0
 *
 * Averages and peaks. CPU is a growing counter: its average is a difference over the whole time.
 * Memory is a level: its average is that of the samples.
 */
#include "observe/host/usage.h"

#include "base/util.h"

/* Ticks and the clock are not read at one instant: a short interval can show more than there is. */
static double cpu_percent(const struct usage_meter *meter, double seconds, nsec_t ns)
{
    double available = (double)ns / NSEC_PER_SEC * meter->cores;
    double percent = available > 0 ? 100 * seconds / available : 0;
    return MAX_OF(MIN_OF(percent, 100.0), 0.0);
}

static void raise_peak(struct usage_level *level, double value)
{
    level->peak = MAX_OF(level->peak, value);
}

static void end_interval(struct usage_meter *meter, const struct usage_sample *sample)
{
    const struct usage_sample *mark = &meter->mark;
    nsec_t ns = sample->now_ns - mark->now_ns;
    if (ns < meter->interval_ns / 2)
        return;
    raise_peak(&meter->cpu, cpu_percent(meter, sample->cpu_seconds - mark->cpu_seconds, ns));
    raise_peak(&meter->host_cpu,
               cpu_percent(meter, sample->host_busy_seconds - mark->host_busy_seconds, ns));
    meter->mark = *sample;
}

void usage_add(struct usage_meter *meter, const struct usage_sample *sample)
{
    if (meter->samples++ == 0)
        meter->first = meter->mark = *sample;
    else
        end_interval(meter, sample);
    raise_peak(&meter->memory, sample->memory);
    raise_peak(&meter->host_memory, sample->host_memory);
    meter->memory.avg += sample->memory;
    meter->host_memory.avg += sample->host_memory;
    meter->last = *sample;
}

void usage_result(const struct usage_meter *meter, struct host_usage *ret_usage)
{
    const struct usage_sample *first = &meter->first, *last = &meter->last;
    nsec_t ns = last->now_ns - first->now_ns;
    double count = (double)MAX_OF(meter->samples, (size_t)1);
    *ret_usage = (struct host_usage){
        .cpu = {cpu_percent(meter, last->cpu_seconds - first->cpu_seconds, ns), meter->cpu.peak},
        .memory = {meter->memory.avg / count, meter->memory.peak},
        .host_cpu = {cpu_percent(meter, last->host_busy_seconds - first->host_busy_seconds, ns),
                     meter->host_cpu.peak},
        .host_memory = {meter->host_memory.avg / count, meter->host_memory.peak},
        .samples = meter->samples,
    };
    raise_peak(&ret_usage->cpu, ret_usage->cpu.avg);
    raise_peak(&ret_usage->host_cpu, ret_usage->host_cpu.avg);
}
