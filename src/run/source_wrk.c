/* SPDX-License-Identifier: Apache-2.0
 *
 * The plan of a wrk script: k6's options without a script of k6, and thresholds as locustfiles have
 * them, since a Lua script says nothing about either.
 */
#include "run/source_wrk.h"

#include <jansson.h>
#include <stdlib.h>

#include "base/error.h"
#include "load/plan.h"
#include "metrics/registry.h"
#include "metrics/snapshot.h"
#include "run/run.h"
#include "run/source.h"
#include "run/threshold_options.h"
#include "script/k6/k6_options.h"
#include "script/wrk/wrk_test.h"

/* The command line without its thresholds, which are not in k6's shape. */
static struct plan *make_plan(const struct source_config *config, json_t *flags, struct error *err)
{
    json_object_del(flags, "thresholds");
    char *text = json_dumps(flags, JSON_COMPACT);
    struct k6_layers layers = {
        .script_path = config->path,
        .environment = config->env_json,
        .command_line = text,
    };
    struct plan *plan = k6_plan(NULL, &layers, config->log, err);
    free(text);
    if (!plan)
        return NULL;
    plan->workers = config->workers;
    plan->client.ca_file = config->ca_file;
    plan->client.keep_all_tags = config->keep_all_tags;
    plan->client.user_agent = ""; /* what the script gives is all that is sent */
    if (config->time_scale != 1)
        plan_scale_time(plan, config->time_scale);
    return plan;
}

static struct plan *plan_of(const struct source_config *config, struct error *err)
{
    json_error_t problem;
    json_t *flags = json_loads(config->flags_json, 0, &problem);
    if (!flags) {
        error_set(err, EXIT_INVALID_CONFIG, "the options cannot be read: %s", problem.text);
        return NULL;
    }
    json_t *thresholds = json_incref(json_object_get(flags, "thresholds"));
    struct plan *plan = make_plan(config, flags, err);
    if (plan && threshold_options_add(plan, thresholds, err) < 0)
        plan_free(&plan);
    json_decref(thresholds);
    json_decref(flags);
    return plan;
}

int source_wrk_load(const struct source_config *config, struct wrk_test **ret_test,
                    struct plan **ret_plan, struct error *err)
{
    if (config->argument_count == 0)
        return error_set(err, EXIT_USAGE,
                         "%s is a wrk script: give the URL behind it, like 'keneyperf run %s "
                         "https://api.keneyapp.com/'",
                         config->path, config->path);
    AUTO(plan_free) struct plan *plan = plan_of(config, err);
    if (!plan)
        return -1;
    struct wrk_test_config test = {
        .file = config->path,
        .url = config->arguments[0],
        .arguments = config->arguments + 1,
        .argument_count = config->argument_count - 1,
        .hosts = &plan->hosts,
    };
    if (wrk_test_new(&test, ret_test, err) < 0)
        return -1;
    plan->client.hosts = &plan->hosts;
    *ret_plan = TAKE(plan);
    return 0;
}

int source_wrk_done(void *script, const struct run_totals *totals, struct error *err)
{
    const struct sink *latency = snapshot_metric(totals->total, METRIC_HTTP_REQ_DURATION);
    const struct sink *received = snapshot_metric(totals->total, METRIC_DATA_RECEIVED);
    struct wrk_test_totals figures = {
        .load_ns = totals->load_ns,
        .bytes_received = received ? (uint64_t)received->sum : 0,
        .latency_ms = latency ? &latency->trend : NULL,
    };
    return wrk_test_done(script, &figures, err);
}
