/* SPDX-License-Identifier: Apache-2.0
 *
 * Merging the layers, then handing the result to the tables.
 */
#include "script/k6/k6_options.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/log.h"
#include "load/plan.h"
#include "script/k6/k6_script.h"
#include "script/k6/option_scenarios.h"
#include "script/k6/option_table.h"

struct layer {
    const char *name; /* for messages */
    const char *json;
};

static const char *const LENGTHS[] = {"duration", "iterations", "stages", "scenarios"};

static json_t *parse_layer(const struct layer *layer, struct error *err)
{
    json_error_t problem;
    json_t *options = json_loads(layer->json, JSON_DECODE_ANY, &problem);
    if (!options)
        error_set(err, EXIT_INVALID_CONFIG, "parsing options from %s: %s (line %d)", layer->name,
                  problem.text, problem.line);
    else if (!json_is_object(options)) {
        error_set(err, EXIT_INVALID_CONFIG, "parsing options from %s: %.100s is not an object",
                  layer->name, layer->json);
        json_decref(options);
        options = NULL;
    }
    return options;
}

static bool is_given(const json_t *options, const char *name)
{
    const json_t *value = json_object_get(options, name);
    return value && !json_is_null(value);
}

/* What says how long to run comes from one layer only. */
static void wipe_lengths(json_t *merged, const json_t *upper, const char *layer, struct log *log)
{
    bool any = false;
    for (size_t i = 0; i < COUNT_OF(LENGTHS); i++)
        any |= is_given(upper, LENGTHS[i]);
    for (size_t i = 0; any && i < COUNT_OF(LENGTHS); i++) {
        if (is_given(merged, LENGTHS[i]) && strcmp(LENGTHS[i], "scenarios") == 0)
            log_printf(log, LOG_WARNING, "the scenarios configured before are overridden by the %s",
                       layer);
        json_object_del(merged, LENGTHS[i]);
    }
}

static int merge_layer(json_t *merged, const struct layer *layer, struct log *log,
                       struct error *err)
{
    const char *name;
    json_t *value;
    if (!layer->json)
        return 0;
    json_t *options = parse_layer(layer, err);
    if (!options)
        return -1;
    wipe_lengths(merged, options, layer->name, log);
    json_object_foreach(options, name, value)
    {
        if (!json_is_null(value))
            json_object_set(merged, name, value);
    }
    json_decref(options);
    return 0;
}

/* NULL and `err`. */
static json_t *merge_layers(const struct k6_script *script, const struct k6_layers *layers,
                            struct log *log, struct error *err)
{
    const struct layer all[] = {
        {"config file", layers->config_file},
        {"script", script ? k6_script_options_json(script) : NULL},
        {"environment", layers->environment},
        {"command line", layers->command_line},
    };
    json_t *merged = json_object();
    for (size_t i = 0; i < COUNT_OF(all); i++) {
        if (merge_layer(merged, &all[i], log, err) < 0) {
            json_decref(merged);
            return NULL;
        }
    }
    return merged;
}

static int check_functions(const struct plan *plan, const struct k6_script *script,
                           struct error *err)
{
    for (size_t i = 0; script && i < plan->scenario_count; i++) {
        const struct scenario *scenario = &plan->scenarios[i];
        if (!k6_script_has_export(script, span_cstr(scenario->exec)))
            return error_set(
                err, EXIT_INVALID_CONFIG,
                "There were problems with the specified script configuration:\n\t- "
                "executor %s: function '%s' not found in exports; export it, or name another one "
                "as exec",
                scenario->name, scenario->exec);
    }
    return 0;
}

static void keep_json(struct plan *plan, const json_t *options)
{
    json_t *complete = option_table_complete(options);
    char *text = json_dumps(complete, JSON_COMPACT);
    plan->options_json = arena_dup(&plan->arena, span_cstr(text));
    free(text);
    json_decref(complete);
}

static int fill(struct plan *plan, json_t *options, const struct k6_layers *layers, struct log *log,
                struct error *err)
{
    json_t *scenarios = option_scenarios_from(options, log, err);
    if (!scenarios)
        return -1;
    json_object_set_new(options, "scenarios", scenarios);
    if (option_scenarios_apply(scenarios, plan, err) < 0 ||
        option_table_apply(options, layers->allow_unsupported, plan, log, err) < 0)
        return -1;
    keep_json(plan, options);
    return plan_validate(plan, err);
}

/* As Go's client: HTTP/2 where the server picks it, unless Go's own switch says no. */
static enum http_version http_version(void)
{
    const char *debug = getenv("GODEBUG");
    return debug && strstr(debug, "http2client=0") ? HTTP_1_1 : HTTP_AUTO;
}

struct plan *k6_plan(const struct k6_script *script, const struct k6_layers *layers,
                     struct log *log, struct error *err)
{
    json_t *options = merge_layers(script, layers, log, err);
    if (!options)
        return NULL;
    struct plan *plan = plan_new();
    plan->client.http_version = http_version();
    const char *path = script ? k6_script_path(script) : layers->script_path;
    plan->script_path = arena_dup(&plan->arena, span_cstr(path));
    if (fill(plan, options, layers, log, err) < 0 || check_functions(plan, script, err) < 0)
        plan_free(&plan);
    json_decref(options);
    return plan;
}
