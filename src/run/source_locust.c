/* SPDX-License-Identifier: Apache-2.0
 *
 * A locustfile as a test.
 */
#include "run/source_locust.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/log.h"
#include "base/map.h"
#include "base/mem.h"
#include "load/duration.h"
#include "load/plan.h"
#include "metrics/registry.h"
#include "run/bridge.h"
#include "run/descriptors.h"
#include "run/locust_plan.h"
#include "run/python.h"
#include "run/source.h"
#include "script/locust/locust_metrics.h"
#include "slo/openslo.h"
#include "slo/threshold_set.h"

enum {
    END_WITHIN_MS = 2000, /* of an interpreter that closed its connection */
};

/* What one load of a file needs, with one end. */
struct loading {
    const struct source_config *config;
    json_t *options; /* both layers in one */
    struct plan *plan;
    struct bridge *bridge;
};

static void loading_done(struct loading *loading)
{
    json_decref(loading->options);
    plan_free(&loading->plan);
    bridge_free(&loading->bridge);
}

/* The command line's length of the test takes the place of the environment's. */
static int merge_options(struct loading *loading, struct error *err)
{
    const char *const layers[] = {loading->config->env_json, loading->config->flags_json};
    loading->options = json_object();
    for (size_t i = 0; i < COUNT_OF(layers); i++) {
        json_error_t problem;
        json_t *layer = layers[i] ? json_loads(layers[i], 0, &problem) : json_object();
        if (!layer)
            return error_set(err, EXIT_INVALID_CONFIG, "the options cannot be read: %s",
                             problem.text);
        if (json_object_get(layer, "duration"))
            json_object_del(loading->options, "stages");
        if (json_object_get(layer, "stages"))
            json_object_del(loading->options, "duration");
        json_object_update(loading->options, layer);
        json_decref(layer);
    }
    return 0;
}

static int declare_thresholds(const struct plan *plan, struct registry *registry, struct error *err)
{
    AUTO(threshold_set_free) struct threshold_set *set = threshold_set_new();
    for (size_t i = 0; i < plan->threshold_count && !plan->no_thresholds; i++) {
        if (threshold_set_add(set, registry, span_cstr(plan->thresholds[i].selector),
                              span_cstr(plan->thresholds[i].expression), err) < 0)
            return -1;
    }
    return 0;
}

/* The run's judge binds them to the same series later. */
static int declare_objectives(const char *path, struct registry *registry, struct error *err)
{
    if (!path)
        return 0;
    AUTO(openslo_free) struct openslo *slo = openslo_read(path, err);
    return slo ? openslo_bind(slo, registry, err) : -1;
}

static json_t *selectors_of(const struct registry *registry)
{
    json_t *list = json_array();
    for (uint32_t i = 0; i < registry_series_count(registry); i++) {
        const struct series *series = registry_series(registry, i);
        if (series->match_count > 0)
            json_array_append_new(list, json_string(series->name));
    }
    return list;
}

static json_t *seconds_of(const json_t *duration)
{
    nsec_t ns;
    if (!json_is_string(duration) ||
        duration_parse(span_cstr(json_string_value(duration)), &ns) < 0)
        return json_null();
    return json_real((double)ns / 1e9);
}

static json_t *stages_of(const json_t *options)
{
    const json_t *stages = json_object_get(options, "stages");
    size_t i;
    json_t *stage;
    if (!stages)
        return json_null();
    json_t *list = json_array();
    json_array_foreach((json_t *)stages, i, stage)
    {
        json_t *pair = json_pack("[o, O]", seconds_of(json_object_get(stage, "duration")),
                                 json_object_get(stage, "target"));
        json_array_append_new(list, pair);
    }
    return list;
}

static json_t *texts(const char *const *list, size_t count)
{
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(array, json_string(list[i]));
    return array;
}

static json_t *stream_numbers(const struct bridge *bridge)
{
    json_t *array = json_array();
    for (unsigned i = 0; i < bridge->stream_count; i++)
        json_array_append_new(array, json_integer(bridge->stream_numbers[i]));
    return array;
}

static const char *level_of(const struct log *log)
{
    return log->level == LOG_DEBUG ? "DEBUG" : "INFO";
}

/* `member` of the options, or null. */
static json_t *option(const json_t *options, const char *member)
{
    json_t *value = json_object_get(options, member);
    return value ? json_incref(value) : json_null();
}

static json_t *settings_of(const struct loading *loading, const struct registry *registry)
{
    const struct source_config *config = loading->config;
    const json_t *options = loading->options;
    return json_pack("{ss ss so so so so so so so so sb so si so so ss? sf ss}", //
                     "type", "settings",                                         //
                     "file", config->path,                                       //
                     "users", option(options, "vus"),                            //
                     "spawn_rate", option(options, "spawnRate"),                 //
                     "run_time", seconds_of(json_object_get(options, "duration")), "stages",
                     stages_of(options),                             //
                     "host", option(options, "host"),                //
                     "tags", option(options, "includeTags"),         //
                     "exclude_tags", option(options, "excludeTags"), //
                     "hosts", option(options, "hosts"),              //
                     "insecure", json_is_true(json_object_get(options, "insecureSkipTLSVerify")),
                     "arguments", texts(config->arguments, config->argument_count), //
                     "workers", (int)config->workers,                               //
                     "snapshot_fds", stream_numbers(loading->bridge),               //
                     "selectors", selectors_of(registry),                           //
                     "ca_file", config->ca_file,                                    //
                     "time_scale", config->time_scale,                              //
                     "log_level", level_of(config->log));
}

static int send_settings(struct loading *loading, const struct registry *registry,
                         struct error *err)
{
    json_t *settings = settings_of(loading, registry);
    char *text = settings ? json_dumps(settings, JSON_COMPACT) : NULL;
    json_decref(settings);
    if (!text)
        return error_set(err, EXIT_INVALID_CONFIG,
                         "the options cannot be handed to Python: write them in UTF-8");
    /* A child that is gone says so by closing the connection. */
    int sent = bridge_send(loading->bridge, span_cstr(text));
    (void)sent;
    free(text);
    return 0;
}

static int fail_with(const json_t *failed, struct error *err)
{
    const char *message = json_string_value(json_object_get(failed, "message"));
    const char *file = json_string_value(json_object_get(failed, "file"));
    const char *reason = json_string_value(json_object_get(failed, "reason"));
    bool options = reason && strcmp(reason, "options") == 0;
    error_set(err, options ? EXIT_INVALID_CONFIG : EXIT_SCRIPT_EXCEPTION, "%s",
              message ? message : "the locustfile cannot be loaded");
    if (file)
        error_at(err, file, (int)json_integer_value(json_object_get(failed, "line")), 0);
    return -1;
}

static int fail_silent_child(struct loading *loading, struct error *err)
{
    char end[80];
    /* One that is just ending has an exit code of its own. */
    if (!bridge_reap(loading->bridge, END_WITHIN_MS)) {
        bridge_kill(loading->bridge);
        bridge_reap(loading->bridge, -1);
    }
    return error_set(err, EXIT_SCRIPT_EXCEPTION,
                     "Python %s before the test could begin; what it said stands above",
                     bridge_end_text(loading->bridge, end, sizeof(end)));
}

/* The interpreter's word on the file: "ready" or "failed". */
static json_t *wait_for_word(struct loading *loading, struct error *err)
{
    struct frame frame;
    while (bridge_wait_frame(loading->bridge, &frame) == STEP_DONE) {
        json_t *message = json_loadb(frame.payload.ptr, frame.payload.len, 0, NULL);
        const char *type = json_string_value(json_object_get(message, "type"));
        if (type && strcmp(type, "ready") == 0)
            return message;
        if (type && strcmp(type, "failed") == 0) {
            fail_with(message, err);
            json_decref(message);
            return NULL;
        }
        source_locust_log(message, loading->config->log);
        json_decref(message);
    }
    fail_silent_child(loading, err);
    return NULL;
}

static void keep_pids(struct bridge *bridge, const json_t *pids)
{
    bridge->worker_count = json_array_size(pids);
    bridge->worker_pids = NEW_ARRAY(pid_t, bridge->worker_count);
    for (size_t i = 0; i < bridge->worker_count; i++)
        bridge->worker_pids[i] = (pid_t)json_integer_value(json_array_get(pids, i));
}

static int complete(struct loading *loading, struct error *err)
{
    json_t *ready = wait_for_word(loading, err);
    if (!ready)
        return -1;
    struct plan *plan = loading->plan;
    int result = locust_plan_complete(plan, loading->options, ready, err);
    keep_pids(loading->bridge, json_object_get(ready, "pids"));
    plan->workers = loading->config->workers;
    if (result == 0 && loading->config->time_scale != 1)
        plan_scale_time(plan, loading->config->time_scale);
    json_decref(ready);
    return result;
}

static int declare_series(const struct loading *loading, struct registry *registry,
                          struct error *err)
{
    struct locust_metrics metrics;
    locust_metrics_declare(registry, &metrics);
    if (declare_thresholds(loading->plan, registry, err) < 0)
        return -1;
    return declare_objectives(loading->config->slo_file, registry, err);
}

static int start(struct loading *loading, struct error *err)
{
    struct python python;
    descriptors_raise(); /* the interpreter inherits the limit */
    if (python_find(&python, err) < 0)
        return -1;
    loading->bridge = bridge_start(&python, loading->config->env, loading->config->workers, err);
    return loading->bridge ? 0 : -1;
}

int source_locust_load(const struct source_config *config, struct registry *registry,
                       struct bridge **ret_bridge, struct plan **ret_plan, struct error *err)
{
    AUTO(loading_done) struct loading loading = {.config = config};
    if (merge_options(&loading, err) < 0)
        return -1;
    loading.plan = locust_plan_new(config->path, loading.options, err);
    if (!loading.plan || declare_series(&loading, registry, err) < 0 || start(&loading, err) < 0 ||
        send_settings(&loading, registry, err) < 0 || complete(&loading, err) < 0)
        return -1;
    *ret_bridge = TAKE(loading.bridge);
    *ret_plan = TAKE(loading.plan);
    return 0;
}

void source_locust_log(const json_t *message, struct log *log)
{
    static const struct {
        const char *name;
        enum log_level level;
    } LEVELS[] = {{"debug", LOG_DEBUG}, {"info", LOG_INFO}, {"warning", LOG_WARNING}};

    const char *type = json_string_value(json_object_get(message, "type"));
    const char *level = json_string_value(json_object_get(message, "level"));
    const char *text = json_string_value(json_object_get(message, "text"));
    enum log_level known = LOG_ERROR;
    if (!type || strcmp(type, "log") != 0 || !level || !text)
        return;
    for (size_t i = 0; i < COUNT_OF(LEVELS); i++) {
        if (strcmp(LEVELS[i].name, level) == 0)
            known = LEVELS[i].level;
    }
    log_line(log, known, "locust", span_cstr(text));
}
