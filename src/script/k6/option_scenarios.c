/* SPDX-License-Identifier: Apache-2.0
 *
 * One table says which field belongs to which executors, what type it has and where it goes; a
 * field that is not in the table, or not this executor's, is an error, as in k6.
 */
#include "script/k6/option_scenarios.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/log.h"
#include "load/plan.h"
#include "script/k6/option_values.h"

#define BIT(kind)  (1u << EXECUTOR_##kind)
#define ANY        (~0u)
#define LOOPING    (BIT(SHARED_ITERATIONS) | BIT(PER_VU_ITERATIONS) | BIT(CONSTANT_VUS))
#define ITERATIONS (BIT(SHARED_ITERATIONS) | BIT(PER_VU_ITERATIONS))
#define RAMPING    (BIT(RAMPING_VUS) | BIT(RAMPING_ARRIVAL_RATE))
#define ARRIVAL    (BIT(CONSTANT_ARRIVAL_RATE) | BIT(RAMPING_ARRIVAL_RATE))

/* For messages. */
#define EXECUTORS                                                                                  \
    "shared-iterations, per-vu-iterations, constant-vus, ramping-vus, constant-arrival-rate, "     \
    "ramping-arrival-rate"

enum field_kind {
    FIELD_INTEGER,
    FIELD_DURATION,
    FIELD_TEXT,
    FIELD_MAP,
    FIELD_STAGES,
    FIELD_BROWSER,
    FIELD_SKIP, /* read before the others */
};

static const struct field {
    const char *name;
    unsigned executors;
    enum field_kind kind;
    size_t offset; /* in struct scenario */
} FIELDS[] = {

#define AT(member) offsetof(struct scenario, member)
    {"executor", ANY, FIELD_SKIP, 0},
    {"startTime", ANY, FIELD_DURATION, AT(start_time_ns)},
    {"gracefulStop", ANY, FIELD_DURATION, AT(graceful_stop_ns)},
    {"exec", ANY, FIELD_TEXT, AT(exec)},
    {"env", ANY, FIELD_MAP, AT(env)},
    {"tags", ANY, FIELD_MAP, AT(tags)},
    {"options", ANY, FIELD_BROWSER, 0},
    {"vus", LOOPING, FIELD_INTEGER, AT(vus)},
    {"iterations", ITERATIONS, FIELD_INTEGER, AT(iterations)},
    {"maxDuration", ITERATIONS, FIELD_DURATION, AT(duration_ns)},
    {"duration", BIT(CONSTANT_VUS) | BIT(CONSTANT_ARRIVAL_RATE), FIELD_DURATION, AT(duration_ns)},
    {"startVUs", BIT(RAMPING_VUS), FIELD_INTEGER, AT(vus)},
    {"gracefulRampDown", BIT(RAMPING_VUS), FIELD_DURATION, AT(graceful_ramp_down_ns)},
    {"stages", RAMPING, FIELD_STAGES, 0},
    {"rate", BIT(CONSTANT_ARRIVAL_RATE), FIELD_INTEGER, AT(rate)},
    {"startRate", BIT(RAMPING_ARRIVAL_RATE), FIELD_INTEGER, AT(rate)},
    {"timeUnit", ARRIVAL, FIELD_DURATION, AT(time_unit_ns)},
    {"preAllocatedVUs", ARRIVAL, FIELD_INTEGER, AT(vus)},
    {"maxVUs", ARRIVAL, FIELD_INTEGER, AT(max_vus)},
#undef AT
};

/* Where an error message says it happened: "scenarios.NAME.FIELD". */
struct place {
    struct plan *plan;
    struct scenario *scenario;
    struct error *err;
};

static const char *full_name(const struct place *place, const char *field)
{
    return arena_printf(&place->plan->arena, "scenarios.%s.%s", place->scenario->name, field);
}

static int read_stage(const struct place *place, const json_t *json, struct stage *stage)
{
    const char *key;
    json_t *value;
    *stage = (struct stage){PLAN_UNSET, PLAN_UNSET};
    if (!json_is_object(json))
        return option_wrong(full_name(place, "stages"), json, "{ duration, target }", place->err);
    json_object_foreach((json_t *)json, key, value)
    {
        int rc;
        if (!strcmp(key, "duration"))
            rc = option_duration(full_name(place, "stages.duration"), value, &stage->duration_ns,
                                 place->err);
        else if (!strcmp(key, "target"))
            rc = option_integer(full_name(place, "stages.target"), value, &stage->target,
                                place->err);
        else
            rc = error_set(place->err, EXIT_INVALID_CONFIG,
                           "option %s: unknown field \"%s\"; a stage has duration and target",
                           full_name(place, "stages"), key);
        if (rc < 0)
            return -1;
    }
    return 0;
}

static int read_stages(const struct place *place, const json_t *json)
{
    if (!json_is_array(json))
        return option_wrong(full_name(place, "stages"), json, "a list of { duration, target }",
                            place->err);
    size_t count = json_array_size(json);
    struct stage *stages = ARENA_NEW_ARRAY(&place->plan->arena, struct stage, count + 1);
    for (size_t i = 0; i < count; i++)
        if (read_stage(place, json_array_get(json, i), &stages[i]) < 0)
            return -1;
    place->scenario->stages = stages;
    place->scenario->stage_count = count;
    return 0;
}

static int refuse_browser(const struct place *place, const json_t *json)
{
    if (!json_is_object(json) || !json_object_get(json, "browser"))
        return 0;
    return error_set(place->err, EXIT_INVALID_CONFIG,
                     "option %s: browser scenarios are not supported; remove the scenario",
                     full_name(place, "options.browser"));
}

static int read_field(const struct place *place, const struct field *field, const json_t *json)
{
    const char *name = full_name(place, field->name);
    void *target = (char *)place->scenario + field->offset;
    struct arena *arena = &place->plan->arena;
    switch (field->kind) {
    case FIELD_INTEGER:
        return option_integer(name, json, target, place->err);
    case FIELD_DURATION:
        return option_duration(name, json, target, place->err);
    case FIELD_TEXT:
        return option_text(name, json, arena, target, place->err);
    case FIELD_MAP:
        return option_map(name, json, arena, target, place->err);
    case FIELD_STAGES:
        return read_stages(place, json);
    case FIELD_BROWSER:
        return refuse_browser(place, json);
    case FIELD_SKIP:
        break;
    }
    return 0;
}

static const struct field *find_field(const char *name, enum executor_kind kind)
{
    for (size_t i = 0; i < COUNT_OF(FIELDS); i++)
        if (!strcmp(name, FIELDS[i].name) && (FIELDS[i].executors & 1u << kind))
            return &FIELDS[i];
    return NULL;
}

static int read_executor(const char *name, const json_t *json, enum executor_kind *ret,
                         struct error *err)
{
    const char *executor = json_string_value(json_object_get(json, "executor"));
    if (!executor)
        return error_set(
            err, EXIT_INVALID_CONFIG,
            "scenario '%s' doesn't have a specified executor type; use one of " EXECUTORS, name);
    if (!strcmp(executor, "externally-controlled"))
        return error_set(err, EXIT_INVALID_CONFIG,
                         "scenario '%s': the executor externally-controlled was removed from k6; "
                         "use ramping-vus",
                         name);
    if (executor_from_name(span_cstr(executor), ret) < 0)
        return error_set(err, EXIT_INVALID_CONFIG,
                         "scenario '%s': unknown executor type '%s'; use one of " EXECUTORS, name,
                         executor);
    return 0;
}

static int read_scenario(const char *name, const json_t *json, struct plan *plan,
                         struct scenario *scenario, struct error *err)
{
    enum executor_kind kind;
    const char *key;
    json_t *value;
    if (!json_is_object(json))
        return option_wrong(arena_printf(&plan->arena, "scenarios.%s", name), json, "an object",
                            err);
    if (read_executor(name, json, &kind, err) < 0)
        return -1;
    scenario_init(scenario, arena_dup(&plan->arena, span_cstr(name)), kind);
    struct place place = {plan, scenario, err};
    json_object_foreach((json_t *)json, key, value)
    {
        const struct field *field = find_field(key, kind);
        if (!field)
            return error_set(err, EXIT_INVALID_CONFIG,
                             "scenario '%s': unknown field \"%s\" for the executor %s", name, key,
                             executor_name(kind));
        if (!json_is_null(value) && read_field(&place, field, value) < 0)
            return -1;
    }
    return 0;
}

/* maxVUs without a value is preAllocatedVUs. */
static void complete(struct scenario *scenario)
{
    if (scenario->max_vus == PLAN_UNSET && scenario->vus != PLAN_UNSET)
        scenario->max_vus = scenario->vus;
}

int option_scenarios_apply(const json_t *scenarios, struct plan *plan, struct error *err)
{
    const char *name;
    json_t *json;
    size_t count = json_object_size(scenarios);
    plan->scenarios = ARENA_NEW_ARRAY(&plan->arena, struct scenario, count + 1);
    json_object_foreach((json_t *)scenarios, name, json)
    {
        struct scenario *scenario = &plan->scenarios[plan->scenario_count++];
        if (read_scenario(name, json, plan, scenario, err) < 0)
            return -1;
        complete(scenario);
    }
    return 0;
}

static const json_t *given(const json_t *options, const char *name)
{
    const json_t *value = json_object_get(options, name);
    return json_is_null(value) ? NULL : value;
}

static int check_exclusive(const json_t *options, struct error *err)
{
    static const char *const PAIRS[][2] = {
        {"iterations", "stages"},  {"iterations", "scenarios"}, {"duration", "stages"},
        {"duration", "scenarios"}, {"stages", "scenarios"},
    };
    for (size_t i = 0; i < COUNT_OF(PAIRS); i++)
        if (given(options, PAIRS[i][0]) && given(options, PAIRS[i][1]))
            return error_set(err, EXIT_INVALID_CONFIG,
                             "using `%s` and `%s` options simultaneously is not allowed; keep one",
                             PAIRS[i][0], PAIRS[i][1]);
    return 0;
}

static void copy(json_t *scenario, const char *to, const json_t *options, const char *from)
{
    const json_t *value = given(options, from);
    if (value)
        json_object_set(scenario, to, (json_t *)value);
}

static json_t *new_default(const char *executor)
{
    json_t *scenario = json_object();
    json_object_set_new(scenario, "executor", json_pack("s", executor));
    return scenario;
}

static bool is_empty(const json_t *value)
{
    return (json_is_array(value) && json_array_size(value) == 0) ||
           (json_is_object(value) && json_object_size(value) == 0);
}

static void warn_if_empty(const json_t *options, const char *name, struct log *log)
{
    if (is_empty(given(options, name)))
        log_printf(log, LOG_WARNING,
                   "`%s` was explicitly set to an empty value, running the script with 1 iteration "
                   "in 1 VU",
                   name);
}

/* The shortcuts (k6: execution_config_shortcuts); `vus` alone means one iteration each. */
static json_t *from_shortcuts(const json_t *options, struct log *log)
{
    json_t *scenario;
    if (given(options, "iterations")) {
        scenario = new_default("shared-iterations");
        copy(scenario, "vus", options, "vus");
        copy(scenario, "iterations", options, "iterations");
        copy(scenario, "maxDuration", options, "duration");
    } else if (given(options, "duration")) {
        scenario = new_default("constant-vus");
        copy(scenario, "vus", options, "vus");
        copy(scenario, "duration", options, "duration");
    } else if (given(options, "stages") && !is_empty(given(options, "stages"))) {
        scenario = new_default("ramping-vus");
        copy(scenario, "startVUs", options, "vus");
        copy(scenario, "stages", options, "stages");
    } else if (given(options, "vus")) {
        scenario = new_default("shared-iterations");
        copy(scenario, "vus", options, "vus");
        copy(scenario, "iterations", options, "vus");
    } else {
        warn_if_empty(options, "stages", log);
        warn_if_empty(options, "scenarios", log);
        scenario = new_default("per-vu-iterations");
    }
    return scenario;
}

json_t *option_scenarios_from(const json_t *options, struct log *log, struct error *err)
{
    if (check_exclusive(options, err) < 0)
        return NULL;
    const json_t *scenarios = given(options, "scenarios");
    if (scenarios && !json_is_object(scenarios)) {
        option_wrong("scenarios", scenarios, "an object of scenarios by name", err);
        return NULL;
    }
    if (scenarios && !is_empty(scenarios))
        return json_deep_copy(scenarios);
    json_t *result = json_object();
    json_object_set_new(result, "default", from_shortcuts(options, log));
    return result;
}
