/* SPDX-License-Identifier: Apache-2.0
 *
 * keneyperf run FILE: loads the script, works out the plan, runs it. What the options mean is
 * decided by the front end (layers of JSON in k6's names) and by run/; here they are only gathered.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/strbuf.h"
#include "cli/command.h"
#include "cli/poller_option.h"
#include "cli/proxies.h"
#include "cli/run_options.h"
#include "http/proxy_rules.h"
#include "metrics/registry.h"
#include "run/bench.h"
#include "run/run.h"
#include "run/source.h"

extern char **environ;

enum {
    LAYER_MAX_BYTES = 16 << 20,
    MAX_WORKERS = 256,
    MAX_WATCHED = 64,
};

/* Everything that one `run` needs, with one end. */
struct invocation {
    const struct options *options;
    enum source_kind kind;
    struct log log, console;
    struct arena arena;
    struct map env;
    struct registry *registry;
    struct source *source;
    struct proxy_rules *proxies; /* of the environment; NULL: none */
    struct strbuf config_json, env_json, flags_json;
    pid_t pids[MAX_WATCHED];
    size_t pid_count;
};

static void invocation_done(struct invocation *inv)
{
    source_free(&inv->source);
    proxy_rules_free(&inv->proxies);
    registry_free(&inv->registry);
    map_done(&inv->env);
    strbuf_done(&inv->config_json);
    strbuf_done(&inv->env_json);
    strbuf_done(&inv->flags_json);
    arena_done(&inv->arena);
}

static int open_log(const char *where, struct log *log, struct error *err)
{
    int fd = STDERR_FILENO;
    if (where && strcmp(where, "stdout") == 0)
        fd = STDOUT_FILENO;
    else if (where && strcmp(where, "none") == 0)
        fd = -1;
    else if (where && strncmp(where, "file=", 5) == 0)
        fd = open(where + 5, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    else if (where && strcmp(where, "stderr") != 0)
        return error_set(err, EXIT_USAGE, "--log-output %s: give stderr, stdout, none or file=PATH",
                         where);
    if (fd < 0 && strcmp(where, "none") != 0)
        return error_set(err, EXIT_USAGE, "%s cannot be opened; check the path", where + 5);
    log_init(log, fd);
    return 0;
}

static int set_log_format(struct log *log, const char *format, struct error *err)
{
    if (!format || !*format)
        return 0;
    if (strcmp(format, "text") == 0)
        log->format = LOG_FORMAT_TEXT;
    else if (strcmp(format, "json") == 0)
        log->format = LOG_FORMAT_JSON;
    else if (strcmp(format, "raw") == 0)
        log->format = LOG_FORMAT_RAW;
    else
        return error_set(err, EXIT_USAGE, "--log-format %s: give text, json or raw", format);
    log->color = false;
    return 0;
}

static bool wants_color(const struct options *options, int fd)
{
    return isatty(fd) && !options_flag(options, "no-color") && !getenv("NO_COLOR");
}

static int set_up_logs(struct invocation *inv, struct error *err)
{
    const struct options *options = inv->options;
    const char *console = options_text(options, "console-output");
    if (open_log(options_text(options, "log-output"), &inv->log, err) < 0 ||
        set_log_format(&inv->log, options_text(options, "log-format"), err) < 0)
        return -1;
    inv->log.color = inv->log.color && wants_color(options, inv->log.fd);
    if (options_flag(options, "verbose"))
        inv->log.level = LOG_DEBUG;
    inv->console = inv->log;
    inv->console.fd = -1;
    if (!console)
        return 0;
    inv->console.fd = open(console, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (inv->console.format == LOG_FORMAT_TERMINAL)
        inv->console.format = LOG_FORMAT_TEXT;
    if (inv->console.fd < 0)
        return error_set(err, EXIT_USAGE, "%s cannot be opened; check the path", console);
    return 0;
}

/* A variable needs a name. */
static int check_env(const struct options *options, struct error *err)
{
    const char *pair;
    for (size_t i = 0; (pair = options_each(options, "env", i)); i++) {
        if (*pair == '=' || !*pair)
            return error_set(err, EXIT_USAGE,
                             "invalid environment variable name '': give NAME=VALUE to --env");
    }
    return 0;
}

static void add_variable(struct invocation *inv, const char *pair)
{
    struct span value, name = span_cut(span_cstr(pair), '=', &value);
    map_put(&inv->env, name)->value = arena_dup(&inv->arena, value);
}

/* __ENV: the environment, then -e. "-e NAME" without a value takes the environment's. */
static void collect_env(struct invocation *inv)
{
    const char *system = options_text(inv->options, "include-system-env-vars");
    const char *pair;
    for (char **entry = environ; (!system || strcmp(system, "true") == 0) && *entry; entry++)
        add_variable(inv, *entry);
    for (size_t i = 0; (pair = options_each(inv->options, "env", i)); i++) {
        const char *inherited = strchr(pair, '=') ? NULL : getenv(pair);
        if (inherited)
            map_put(&inv->env, span_cstr(pair))->value = (char *)inherited;
        else
            add_variable(inv, pair);
    }
}

static int collect_layers(struct invocation *inv, struct error *err)
{
    const char *config = options_text(inv->options, "config");
    strbuf_init(&inv->config_json, LAYER_MAX_BYTES);
    strbuf_init(&inv->env_json, LAYER_MAX_BYTES);
    strbuf_init(&inv->flags_json, LAYER_MAX_BYTES);
    options_json(inv->options, OPTION_FROM_ENV, &inv->env_json);
    options_json(inv->options, OPTION_FROM_COMMAND_LINE, &inv->flags_json);
    if (!config || file_read(config, &inv->config_json, err) == 0)
        return 0;
    err->code = EXIT_INVALID_CONFIG;
    return -1;
}

static int collect_pids(struct invocation *inv, struct error *err)
{
    const char *text;
    for (size_t i = 0; (text = options_each(inv->options, "watch-pid", i)); i++) {
        struct span rest = span_cstr(text);
        while (rest.len) {
            uint64_t pid;
            struct span one = span_cut(rest, ',', &rest);
            if (span_to_u64(one, INT32_MAX, &pid) < 0 || inv->pid_count == MAX_WATCHED)
                return error_set(err, EXIT_USAGE, "--watch-pid %s: give up to %d process ids", text,
                                 MAX_WATCHED);
            inv->pids[inv->pid_count++] = (pid_t)pid;
        }
    }
    return 0;
}

/* A locustfile's variables are per process, so one is what it expects. */
static int workers_of(const struct invocation *inv, unsigned *ret_workers, struct error *err)
{
    const char *text = options_text(inv->options, "workers");
    uint64_t workers = inv->kind == SOURCE_LOCUST ? 1 : bench_cpu_count();
    if (text && (span_to_u64(span_cstr(text), MAX_WORKERS, &workers) < 0 || workers == 0))
        return error_set(err, EXIT_USAGE, "--workers %s: give a number from 1 to %d", text,
                         MAX_WORKERS);
    *ret_workers = (unsigned)workers;
    return 0;
}

static int time_scale_of(const struct options *options, double *ret_scale, struct error *err)
{
    const char *text = options_text(options, "time-scale");
    *ret_scale = text ? strtod(text, NULL) : 1;
    if (!(*ret_scale > 0 && *ret_scale <= 1000))
        return error_set(err, EXIT_USAGE, "--time-scale %s: give a factor above 0, like 0.02",
                         text);
    return 0;
}

static int load_source(struct invocation *inv, struct error *err)
{
    struct source_config config = {
        .path = inv->options->arguments[0],
        .env = &inv->env,
        .console = inv->console.fd < 0 ? NULL : &inv->console,
        .log = &inv->log,
        .config_json = inv->config_json.len ? strbuf_cstr(&inv->config_json) : NULL,
        .env_json = strbuf_cstr(&inv->env_json),
        .flags_json = strbuf_cstr(&inv->flags_json),
        .arguments = inv->options->arguments + 1,
        .argument_count = inv->options->argument_count - 1,
        .slo_file = options_text(inv->options, "slo"),
        .ca_file = options_text(inv->options, "ca"),
        .proxies = inv->proxies = proxies_from_environment(),
        .keep_all_tags = options_text(inv->options, "out") != NULL,
        .allow_unsupported = options_flag(inv->options, "allow-unsupported"),
    };
    if (workers_of(inv, &config.workers, err) < 0 ||
        time_scale_of(inv->options, &config.time_scale, err) < 0)
        return -1;
    inv->registry = registry_new();
    inv->source = source_load(&config, inv->registry, err);
    return inv->source ? 0 : -1;
}

static int summary_mode_of(const struct options *options, enum summary_mode *ret_mode,
                           struct error *err)
{
    static const char *const NAMES[] = {"compact", "full", "disabled"};
    const char *text = options_text(options, "summary-mode");
    *ret_mode = options_flag(options, "no-summary") ? SUMMARY_DISABLED : SUMMARY_COMPACT;
    for (size_t i = 0; text && i < COUNT_OF(NAMES); i++) {
        if (strcmp(text, NAMES[i]) == 0) {
            *ret_mode = (enum summary_mode)i;
            return 0;
        }
    }
    return text ? error_set(err, EXIT_USAGE, "--summary-mode %s: give compact, full or disabled",
                            text)
                : 0;
}

/* Both mean the same here. */
static int check_compatibility(const struct options *options, struct error *err)
{
    const char *text = options_text(options, "compatibility-mode");
    if (!text || !*text || strcmp(text, "extended") == 0 || strcmp(text, "base") == 0)
        return 0;
    return error_set(err, EXIT_USAGE, "--compatibility-mode %s: give extended or base", text);
}

static const char **collect_outputs(const struct options *options, size_t *ret_count)
{
    size_t count = 0;
    while (options_each(options, "out", count))
        count++;
    const char **outputs = mem_new(count, sizeof(*outputs));
    for (size_t i = 0; i < count; i++)
        outputs[i] = options_each(options, "out", i);
    *ret_count = count;
    return outputs;
}

static int check_arguments(struct invocation *inv, struct error *err)
{
    const struct options *options = inv->options;
    if (options->argument_count == 0)
        return error_set(err, EXIT_USAGE, "give one script, like examples/clinic.js");
    if (source_kind_of(options->arguments[0], &inv->kind, err) < 0 ||
        run_options_check(options, inv->kind, err) < 0)
        return -1;
    if (options->argument_count > 1 && inv->kind == SOURCE_K6)
        return error_set(err, EXIT_USAGE,
                         "give one script, like examples/clinic.js; \"%s\" is one "
                         "too many",
                         options->arguments[1]);
    return 0;
}

static int run_invocation(struct invocation *inv, struct error *err)
{
    struct run_config config = {
        .log = &inv->log,
        .watch_pids = inv->pids,
        .slo_file = options_text(inv->options, "slo"),
        .summary_export = options_text(inv->options, "summary-export"),
        .quiet = options_flag(inv->options, "quiet"),
        .color = wants_color(inv->options, STDOUT_FILENO),
    };
    AUTO(mem_free) const char **outputs = collect_outputs(inv->options, &config.output_count);
    config.outputs = outputs;
    if (check_arguments(inv, err) < 0 || check_env(inv->options, err) < 0 ||
        check_compatibility(inv->options, err) < 0 || collect_layers(inv, err) < 0 ||
        collect_pids(inv, err) < 0 ||
        summary_mode_of(inv->options, &config.summary_mode, err) < 0 ||
        poller_option(inv->options, 0, &config.poller, err) < 0)
        return -1;
    if (inv->kind != SOURCE_LOCUST)
        log_printf(&inv->log, LOG_DEBUG, "poller: %s", poller_kind_name(config.poller));
    collect_env(inv);
    if (load_source(inv, err) < 0)
        return -1;
    config.script = source_script(inv->source);
    config.plan = source_plan(inv->source);
    config.registry = inv->registry;
    config.watch_pid_count = inv->pid_count;
    return run_execute(&config);
}

static int run(const struct options *options)
{
    struct error err = {0};
    char text[1200];
    AUTO(invocation_done) struct invocation inv = {.options = options, .env = MAP_INIT};
    arena_init(&inv.arena, 16384);
    log_init(&inv.log, STDERR_FILENO);
    int code = set_up_logs(&inv, &err) < 0 ? -1 : run_invocation(&inv, &err);
    if (code >= 0)
        return code;
    log_printf(&inv.log, LOG_ERROR, "%s", error_text(&err, text, sizeof(text)));
    return err.code;
}

const struct command COMMAND_RUN = {
    .name = "run",
    .arguments = "FILE [options]",
    .summary = "run a load test: a k6 script, a locustfile or a wrk script, as it is",
    .details =
        "Runs a k6 script (.js) with k6's options, variables (K6_…) and exit codes, or a\n"
        "locustfile (.py) with the same; what follows -- is for the file's own parser.\n"
        "Locust's own options (--users, --run-time, --headless, --csv, ...) are those\n"
        "of 'keneyperf as locust'; here it is --vus, --duration, --summary-export.\n"
        "A wrk script (.lua) takes its URL behind it; what follows -- is for its init(). Each\n"
        "user is one of its threads.\n"
        "Exit codes: 0 all well, 99 a threshold or an SLO failed, 104 bad options,\n"
        "105 interrupted, 107 the script failed, 108 aborted by the script,\n"
        "110 failed by it, 255 usage.",
    .options = RUN_OPTIONS,
    .run = run,
};
