/* SPDX-License-Identifier: Apache-2.0
 *
 * What goes beside a run: raw samples to the outputs, and the processes that are watched.
 */
#include <stdlib.h>

#include "base/error.h"
#include "base/log.h"
#include "base/mem.h"
#include "load/plan.h"
#include "load/worker.h"
#include "output/output.h"
#include "run/run_private.h"
#include "slo/threshold.h"
#include "slo/threshold_set.h"

/* The thresholds as outputs describe them; the caller frees the array. */
static struct output_threshold *thresholds_of(const struct run *run, size_t *ret_count)
{
    const struct threshold_set *set = judge_set(run->judge);
    *ret_count = threshold_set_count(set);
    struct output_threshold *list = NEW_ARRAY(struct output_threshold, *ret_count);
    for (size_t i = 0; i < *ret_count; i++) {
        const struct threshold *threshold = threshold_set_at(set, i);
        list[i] = (struct output_threshold){
            .series_id = threshold->series->id,
            .expression = threshold->expression,
            .abort_on_fail = threshold->abort_on_fail,
            .delay_abort_ns = threshold->delay_abort_ns,
        };
    }
    return list;
}

static int open_all(struct run *run, struct output **outputs, size_t *ret_opened, struct error *err)
{
    struct output_config config = {.registry = run->config->registry};
    run->output_thresholds = thresholds_of(run, &config.threshold_count);
    config.thresholds = run->output_thresholds;
    for (size_t i = 0; i < run->config->output_count; i++) {
        outputs[i] = output_open(run->config->outputs[i], &config, err);
        if (!outputs[i])
            return -1;
        (*ret_opened)++;
    }
    return 0;
}

int run_open_outputs(struct run *run, struct error *err)
{
    size_t opened = 0;
    if (run->config->output_count == 0)
        return 0;
    AUTO(mem_free) struct output **outputs = mem_new(run->config->output_count, sizeof(*outputs));
    if (open_all(run, outputs, &opened, err) < 0) {
        for (size_t i = 0; i < opened; i++)
            (void)!output_close(&outputs[i], NULL);
        return -1;
    }
    run->samples = sample_stream_new(outputs, opened, run->config->plan->workers + 1, err);
    return run->samples ? 0 : -1;
}

void run_close_outputs(struct run *run)
{
    struct error err = {0};
    uint64_t dropped = 0;
    /* handleSummary() comes later and may record. */
    if (run->pool && run->pool->aux)
        recorder_tap(worker_recorder(run->pool->aux), NULL, NULL);
    if (run->samples && sample_stream_close(&run->samples, &dropped, &err) < 0)
        log_printf(run->config->log, LOG_ERROR, "%s", err.message);
    if (dropped)
        log_printf(run->config->log, LOG_WARNING,
                   "%llu samples are missing in the output: it could not be written fast enough; "
                   "use fewer users or a faster disk",
                   (unsigned long long)dropped);
    free(TAKE(run->output_thresholds));
}
