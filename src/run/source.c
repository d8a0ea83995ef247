/* SPDX-License-Identifier: Apache-2.0
 *
 * From a file to a loaded test. k6 scripts, locustfiles and wrk scripts so far; the other kinds are
 * refused by name.
 */
#include "run/source.h"

#include <stdlib.h>

#include "base/error.h"
#include "base/mem.h"
#include "load/plan.h"
#include "run/bridge.h"
#include "run/source_locust.h"
#include "run/source_wrk.h"
#include "script/k6/k6_options.h"
#include "script/k6/k6_script.h"
#include "script/wrk/wrk_test.h"

struct source {
    struct k6_script *k6; /* one of these three */
    struct bridge *locust;
    struct wrk_test *wrk;
    struct plan *plan;
    struct run_script script;
};

/* What a file name ends in says who reads it; a k6 script may have any other name. */
static const struct kind {
    struct span ending;
    enum source_kind kind;
    const char *refusal; /* NULL: this one is here */
} KINDS[] = {
    {{".js", 3}, SOURCE_K6, NULL},
    {{".py", 3}, SOURCE_LOCUST, NULL},
    {{".ts", 3}, 0, "TypeScript is not supported yet; compile it to JavaScript first"},
    {{".jmx", 4}, 0, "JMeter plans are not supported yet"},
    {{".lua", 4}, SOURCE_WRK, NULL},
    {{".tar", 4}, 0, "k6 archives are not supported yet; run the script itself"},
};

int source_kind_of(const char *path, enum source_kind *ret_kind, struct error *err)
{
    enum source_kind kind = SOURCE_K6;
    for (size_t i = 0; i < COUNT_OF(KINDS); i++) {
        if (!span_ends_with(span_cstr(path), KINDS[i].ending))
            continue;
        if (KINDS[i].refusal)
            return error_set(err, EXIT_USAGE, "%s: %s", path, KINDS[i].refusal);
        kind = KINDS[i].kind;
    }
    *ret_kind = kind;
    return 0;
}

static int make_plan(struct source *source, const struct source_config *config, struct error *err)
{
    struct k6_layers layers = {
        .config_file = config->config_json,
        .environment = config->env_json,
        .command_line = config->flags_json,
        .allow_unsupported = config->allow_unsupported,
    };
    source->plan = k6_plan(source->k6, &layers, config->log, err);
    if (!source->plan)
        return -1;
    source->plan->workers = config->workers;
    source->plan->client.ca_file = config->ca_file;
    source->plan->client.proxies = config->proxies;
    source->plan->client.keep_all_tags = config->keep_all_tags;
    if (config->time_scale != 1)
        plan_scale_time(source->plan, config->time_scale);
    return 0;
}

static run_call_fn *exported(const struct source *source, struct span name, run_call_fn *fn)
{
    return k6_script_has_export(source->k6, name) ? fn : NULL;
}

static int load_k6(struct source *source, const struct source_config *config,
                   struct registry *registry, struct error *err)
{
    struct k6_env env = {
        .vars = config->env,
        .log = config->log,
        .console = config->console,
        .allow_unsupported = config->allow_unsupported,
    };
    if (k6_script_load(config->path, &env, registry, &source->k6, err) < 0 ||
        make_plan(source, config, err) < 0)
        return -1;
    source->script = (struct run_script){
        .front_end = k6_front_end(),
        .script = source->k6,
        .setup = exported(source, SPAN("setup"), k6_run_setup),
        .teardown = exported(source, SPAN("teardown"), k6_run_teardown),
        .handle_summary = exported(source, SPAN("handleSummary"), k6_run_handle_summary),
    };
    return 0;
}

static int load_locust(struct source *source, const struct source_config *config,
                       struct registry *registry, struct error *err)
{
    if (source_locust_load(config, registry, &source->locust, &source->plan, err) < 0)
        return -1;
    source->script = (struct run_script){.bridge = source->locust};
    return 0;
}

static int load_wrk(struct source *source, const struct source_config *config,
                    struct registry *registry, struct error *err)
{
    if (source_wrk_load(config, &source->wrk, &source->plan, err) < 0)
        return -1;
    source->script = (struct run_script){
        .front_end = wrk_front_end(),
        .script = source->wrk,
        .done = source_wrk_done,
    };
    return 0;
}

struct source *source_load(const struct source_config *config, struct registry *registry,
                           struct error *err)
{
    static int (*const LOADERS[])(struct source * source, const struct source_config *config,
                                  struct registry *registry, struct error *err) = {
        [SOURCE_K6] = load_k6,
        [SOURCE_LOCUST] = load_locust,
        [SOURCE_WRK] = load_wrk,
    };
    AUTO(source_free) struct source *source = NEW(struct source);
    enum source_kind kind;
    if (source_kind_of(config->path, &kind, err) < 0 ||
        LOADERS[kind](source, config, registry, err) < 0)
        return NULL;
    return TAKE(source);
}

void source_free(struct source **ptr)
{
    struct source *source = TAKE(*ptr);
    if (!source)
        return;
    plan_free(&source->plan);
    k6_script_free(&source->k6);
    bridge_free(&source->locust);
    wrk_test_free(&source->wrk);
    free(source);
}

const struct run_script *source_script(const struct source *source)
{
    return &source->script;
}

struct plan *source_plan(struct source *source)
{
    return source->plan;
}
