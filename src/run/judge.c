/* SPDX-License-Identifier: Apache-2.0
 *
 * Judges a run.
 */
#include "run/judge.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/strbuf.h"
#include "load/control.h"
#include "load/plan.h"
#include "run/run.h"
#include "slo/openslo.h"
#include "slo/threshold.h"
#include "slo/threshold_set.h"
#include "slo/verdict.h"

static const nsec_t EVALUATION_INTERVAL_NS = 2 * NSEC_PER_SEC;

enum {
    AGGREGATE_TEXT = 24,
};

struct judge {
    struct threshold_set *set;
    struct threshold_result *results;   /* one per threshold */
    struct summary_threshold *summary;  /* likewise, after judge_finally() */
    char (*aggregates)[AGGREGATE_TEXT]; /* likewise */
    bool thresholds_ok;
    nsec_t next_evaluation_ns;
    struct openslo *slo; /* NULL: none */
    struct verdict *verdict;
};

static int add_thresholds(struct judge *judge, const struct run_config *config, struct error *err)
{
    const struct plan *plan = config->plan;
    for (size_t i = 0; i < plan->threshold_count; i++) {
        const struct plan_threshold *threshold = &plan->thresholds[i];
        struct span expression =
            plan->no_thresholds ? SPAN_EMPTY : span_cstr(threshold->expression);
        struct error problem = {0};
        if (threshold_set_add(judge->set, config->registry, span_cstr(threshold->selector),
                              expression, &problem) < 0) {
            if (plan->no_thresholds)
                continue;
            *err = problem;
            return -1;
        }
        if (expression.ptr && threshold->abort_on_fail)
            threshold_set_abort(judge->set, threshold->delay_abort_ns);
    }
    return 0;
}

static int read_objectives(struct judge *judge, const struct run_config *config, struct error *err)
{
    if (!config->slo_file)
        return 0;
    judge->slo = openslo_read(config->slo_file, err);
    return judge->slo ? openslo_bind(judge->slo, config->registry, err) : -1;
}

struct judge *judge_new(const struct run_config *config, struct error *err)
{
    AUTO(judge_free) struct judge *judge = NEW(struct judge);
    judge->set = threshold_set_new();
    judge->next_evaluation_ns = EVALUATION_INTERVAL_NS;
    if (add_thresholds(judge, config, err) < 0 || read_objectives(judge, config, err) < 0)
        return NULL;
    size_t count = threshold_set_count(judge->set);
    judge->results = NEW_ARRAY(struct threshold_result, count);
    judge->summary = NEW_ARRAY(struct summary_threshold, count);
    judge->aggregates = mem_new(count, AGGREGATE_TEXT);
    return TAKE(judge);
}

void judge_free(struct judge **ptr)
{
    struct judge *judge = TAKE(*ptr);
    if (!judge)
        return;
    verdict_free(&judge->verdict);
    openslo_free(&judge->slo);
    threshold_set_free(&judge->set);
    free(judge->results);
    free(judge->summary);
    free(judge->aggregates);
    free(judge);
}

void judge_while_running(struct judge *judge, struct control *control, const struct snapshot *total,
                         nsec_t elapsed_ns)
{
    if (elapsed_ns < judge->next_evaluation_ns)
        return;
    judge->next_evaluation_ns = elapsed_ns + EVALUATION_INTERVAL_NS;
    threshold_set_evaluate(judge->set, total, elapsed_ns, false, judge->results);
    for (size_t i = 0; i < threshold_set_count(judge->set); i++) {
        const struct series *series = threshold_set_at(judge->set, i)->series;
        if (!judge->results[i].abort)
            continue;
        AUTO(strbuf_done) struct strbuf text = STRBUF_INIT(400);
        strbuf_addf(&text,
                    "thresholds on metrics '%s' were crossed; at least one has "
                    "abortOnFail enabled, stopping test prematurely",
                    series->name);
        control_abort(control, ABORT_BY_THRESHOLD, strbuf_cstr(&text), text.len);
    }
}

static void fill_summary(struct judge *judge)
{
    for (size_t i = 0; i < threshold_set_count(judge->set); i++) {
        const struct threshold *threshold = threshold_set_at(judge->set, i);
        aggregate_text(threshold->aggregate, judge->aggregates[i], AGGREGATE_TEXT);
        judge->summary[i] = (struct summary_threshold){
            .series = threshold->series,
            .expression = threshold->expression,
            .aggregate = judge->aggregates[i],
            .observed = judge->results[i].value,
            .ok = judge->results[i].ok,
        };
    }
}

void judge_finally(struct judge *judge, const struct snapshot *total, nsec_t elapsed_ns,
                   const struct run_facts *facts)
{
    judge->thresholds_ok =
        threshold_set_evaluate(judge->set, total, elapsed_ns, true, judge->results);
    fill_summary(judge);
    if (judge->slo)
        judge->verdict = verdict_new(judge->slo, total, facts);
}

const struct threshold_set *judge_set(const struct judge *judge)
{
    return judge->set;
}

bool judge_passed(const struct judge *judge)
{
    bool slo_failed = judge->verdict && judge->verdict->status == VERDICT_FAIL;
    return judge->thresholds_ok && !slo_failed;
}

const struct summary_threshold *judge_thresholds(const struct judge *judge, size_t *ret_count)
{
    *ret_count = threshold_set_count(judge->set);
    return judge->summary;
}

const struct verdict *judge_verdict(const struct judge *judge)
{
    return judge->verdict;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void judge_log_crossed(const struct judge *judge, struct log *log)
{
    AUTO(strbuf_done) struct strbuf text = STRBUF_INIT(4096);
    size_t count = 0;
    const char **names = NEW_ARRAY(const char *, threshold_set_count(judge->set));
    for (size_t i = 0; i < threshold_set_count(judge->set); i++) {
        if (!judge->summary[i].ok)
            names[count++] = judge->summary[i].series->name;
    }
    qsort(names, count, sizeof(*names), by_name);
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || strcmp(names[i], names[i - 1]) != 0)
            strbuf_addf(&text, "%s%s", i ? ", " : "", names[i]);
    }
    if (count)
        log_printf(log, LOG_ERROR, "thresholds on metrics '%s' have been crossed",
                   strbuf_cstr(&text));
    free(names);
}
