/* SPDX-License-Identifier: Apache-2.0
 *
 * The option table of `keneyperf run`.
 */
#include "cli/run_options.h"

#include <string.h>

#include "base/error.h"

/* clang-format off */
const struct option_spec RUN_OPTIONS[] = {
    {'u', "vus", OPTION_INTEGER, "N", "K6_VUS", "vus", "virtual users"},
    {'d', "duration", OPTION_DURATION, "TIME", "K6_DURATION", "duration", "how long"},
    {'i', "iterations", OPTION_INTEGER, "N", "K6_ITERATIONS", "iterations", "iterations, shared among the users"},
    {'s', "stage", OPTION_STAGE, "TIME:N", "K6_STAGES", "stages", "ramp to N users over TIME (repeatable)"},
    {'r', "spawn-rate", OPTION_NUMBER, "N", NULL, "spawnRate", "users that are started a second (default 1)"},
    {'H', "host", OPTION_TEXT, "URL", NULL, "host", "base of the locustfile's paths, like https://api.keneyapp.com"},
    {0, "tags", OPTION_LIST, "TAGS", NULL, "includeTags", "only tasks with one of these tags"},
    {0, "exclude-tags", OPTION_LIST, "TAGS", NULL, "excludeTags", "no tasks with one of these tags"},
    {0, "threshold", OPTION_REPEAT, "SERIES:EXPR", NULL, "thresholds", "like 'http_req_duration:p(95)<200' (repeatable); a k6 script has its own"},
    {'e', "env", OPTION_REPEAT, "NAME=VALUE", NULL, NULL, "a variable for the script's __ENV, or a locustfile's environment (repeatable)"},
    {0, "include-system-env-vars", OPTION_FLAG, NULL, "K6_INCLUDE_SYSTEM_ENV_VARS", NULL, "the environment is in __ENV too (default true)"},
    {'c', "config", OPTION_TEXT, "FILE", "K6_CONFIG", NULL, "options as JSON, below the script's own"},
    {0, "hosts", OPTION_PAIR, "NAME=IP", "KENEYPERF_HOSTS", "hosts", "connect to IP[:PORT] or unix:PATH for NAME[:PORT] (repeatable)"},
    {0, "ca", OPTION_TEXT, "FILE", "KENEYPERF_CA", NULL, "trust these certificates too (PEM)"},
    {0, "insecure-skip-tls-verify", OPTION_FLAG, NULL, "K6_INSECURE_SKIP_TLS_VERIFY", "insecureSkipTLSVerify", "accept any certificate"},
    {0, "time-scale", OPTION_NUMBER, "F", "KENEYPERF_TIME_SCALE", NULL, "rehearsal: multiply every duration of the plan by F, not the script's own sleep()"},
    {0, "allow-unsupported", OPTION_FLAG, NULL, NULL, NULL, "run although an option of the script has no effect here"},
    {0, "workers", OPTION_INTEGER, "N", NULL, NULL, "threads that make the load (default: one per processor), or processes of a locustfile (default: 1)"},
    {0, "poller", OPTION_TEXT, "NAME", NULL, NULL, "how the kernel tells of events: auto, epoll or io_uring (default auto)"},
    {0, "slo", OPTION_TEXT, "FILE", NULL, NULL, "judge the run by this OpenSLO file; a failed row is exit code 99"},
    {0, "watch-pid", OPTION_LIST, "PID", NULL, NULL, "measure CPU and memory of this process meanwhile (repeatable)"},
    {'o', "out", OPTION_REPEAT, "json=FILE", "K6_OUT", NULL, "write every sample as JSON lines; .gz is compressed, - is stdout"},
    {0, "summary-export", OPTION_TEXT, "FILE", "K6_SUMMARY_EXPORT", NULL, "write the summary as JSON"},
    {0, "summary-mode", OPTION_TEXT, "MODE", "K6_SUMMARY_MODE", NULL, "compact, full or disabled (default compact)"},
    {0, "no-summary", OPTION_FLAG, NULL, "K6_NO_SUMMARY", NULL, "print no summary"},
    {0, "summary-trend-stats", OPTION_LIST, "STATS", "K6_SUMMARY_TREND_STATS", "summaryTrendStats", "columns of trends, like avg,min,med,max,p(95),count"},
    {0, "summary-time-unit", OPTION_TEXT, "UNIT", "K6_SUMMARY_TIME_UNIT", "summaryTimeUnit", "s, ms or us instead of a fitting one"},
    {0, "no-thresholds", OPTION_FLAG, NULL, "K6_NO_THRESHOLDS", "noThresholds", "do not judge the script's thresholds"},
    {0, "no-setup", OPTION_FLAG, NULL, "K6_NO_SETUP", "noSetup", "do not call setup()"},
    {0, "no-teardown", OPTION_FLAG, NULL, "K6_NO_TEARDOWN", "noTeardown", "do not call teardown()"},
    {0, "max-redirects", OPTION_INTEGER, "N", "K6_MAX_REDIRECTS", "maxRedirects", "redirects that are followed (default 10)"},
    {0, "rps", OPTION_INTEGER, "N", "K6_RPS", "rps", "at most N requests a second, all users together"},
    {0, "user-agent", OPTION_TEXT, "TEXT", "K6_USER_AGENT", "userAgent", "User-Agent header"},
    {0, "dns", OPTION_TEXT, "SETTINGS", "K6_DNS", "dns", "how names are resolved: ttl=5m,select=random,policy=preferIPv4"},
    {0, "no-connection-reuse", OPTION_FLAG, NULL, "K6_NO_CONNECTION_REUSE", "noConnectionReuse", "a new connection for every request"},
    {0, "no-vu-connection-reuse", OPTION_FLAG, NULL, "K6_NO_VU_CONNECTION_REUSE", "noVUConnectionReuse", "close connections after every iteration"},
    {0, "min-iteration-duration", OPTION_DURATION, "TIME", "K6_MIN_ITERATION_DURATION", "minIterationDuration", "an iteration takes at least this long"},
    {'w', "throw", OPTION_FLAG, NULL, "K6_THROW", "throw", "failed requests throw an exception"},
    {0, "system-tags", OPTION_LIST, "TAGS", "K6_SYSTEM_TAGS", "systemTags", "tags that samples carry"},
    {0, "tag", OPTION_PAIR, "NAME=VALUE", "K6_TAGS", "tags", "a tag for every sample (repeatable)"},
    {0, "discard-response-bodies", OPTION_FLAG, NULL, "K6_DISCARD_RESPONSE_BODIES", "discardResponseBodies", "keep no bodies"},
    {0, "console-output", OPTION_TEXT, "FILE", "K6_CONSOLE_OUTPUT", NULL, "console.log() goes there"},
    {'q', "quiet", OPTION_FLAG, NULL, NULL, NULL, "no banner, no progress"},
    {'v', "verbose", OPTION_FLAG, NULL, NULL, NULL, "debug messages too"},
    {0, "no-color", OPTION_FLAG, NULL, "K6_NO_COLOR", NULL, "plain text"},
    {0, "log-format", OPTION_TEXT, "FORMAT", "K6_LOG_FORMAT", NULL, "text, json or raw"},
    {0, "log-output", OPTION_TEXT, "WHERE", "K6_LOG_OUTPUT", NULL, "stderr, stdout, none or file=PATH"},
    {0, "compatibility-mode", OPTION_TEXT, "MODE", "K6_COMPATIBILITY_MODE", NULL, "extended or base, as k6"},
    {0, "no-usage-report", OPTION_FLAG, NULL, "K6_NO_USAGE_REPORT", NULL, "accepted for k6's sake: nothing is ever reported"},
    {0, "batch", OPTION_INTEGER, "N", NULL, NULL, "not supported yet"},
    {0, "batch-per-host", OPTION_INTEGER, "N", NULL, NULL, "not supported yet"},
    {0, "blacklist-ip", OPTION_LIST, "CIDR", "K6_BLACKLIST_IPS", NULL, "not supported yet"},
    {0, "block-hostnames", OPTION_LIST, "NAMES", "K6_BLOCK_HOSTNAMES", NULL, "not supported yet"},
    {0, "execution-segment", OPTION_TEXT, "RANGE", NULL, NULL, "not supported yet"},
    {0, "execution-segment-sequence", OPTION_TEXT, "LIST", NULL, NULL, "not supported yet"},
    {'p', "paused", OPTION_FLAG, NULL, "K6_PAUSED", NULL, "not supported yet"},
    {'l', "linger", OPTION_FLAG, NULL, "K6_LINGER", NULL, "not supported yet"},
    {'a', "address", OPTION_TEXT, "ADDRESS", "K6_ADDRESS", NULL, "not supported yet"},
    {0, "http-debug", OPTION_FLAG, NULL, "K6_HTTP_DEBUG", NULL, "not supported yet"},
    {0, "local-ips", OPTION_TEXT, "IPS", "K6_LOCAL_IPS", NULL, "not supported yet"},
    {0, "traces-output", OPTION_TEXT, "WHERE", "K6_TRACES_OUTPUT", NULL, "not supported yet"},
    {0, "secret-source", OPTION_TEXT, "WHERE", "K6_SECRET_SOURCE", NULL, "not supported yet"},
    OPTIONS_END,
};

/* clang-format on */

/* Who understands an option beside k6 scripts; those that are not here are k6's alone. */
enum {
    LOCUST = 1,
    WRK = 2,
    NOT_K6 = 4,
};

static const struct audience {
    const char *name;
    unsigned kinds;
} AUDIENCES[] = {
    {"ca", LOCUST | WRK},
    {"duration", LOCUST | WRK},
    {"env", LOCUST},
    {"exclude-tags", LOCUST | NOT_K6},
    {"host", LOCUST | NOT_K6},
    {"hosts", LOCUST | WRK},
    {"insecure-skip-tls-verify", LOCUST | WRK},
    {"iterations", WRK},
    {"log-format", LOCUST | WRK},
    {"log-output", LOCUST | WRK},
    {"min-iteration-duration", WRK},
    {"no-color", LOCUST | WRK},
    {"no-connection-reuse", WRK},
    {"no-summary", LOCUST | WRK},
    {"no-thresholds", LOCUST | WRK},
    {"no-usage-report", LOCUST | WRK},
    {"no-vu-connection-reuse", WRK},
    {"out", WRK},
    {"quiet", LOCUST | WRK},
    {"rps", WRK},
    {"slo", LOCUST | WRK},
    {"spawn-rate", LOCUST | NOT_K6},
    {"stage", LOCUST | WRK},
    {"summary-export", LOCUST | WRK},
    {"summary-mode", LOCUST | WRK},
    {"summary-time-unit", LOCUST | WRK},
    {"summary-trend-stats", LOCUST | WRK},
    {"system-tags", WRK},
    {"tag", WRK},
    {"tags", LOCUST | NOT_K6},
    {"threshold", LOCUST | WRK | NOT_K6},
    {"time-scale", LOCUST | WRK},
    {"verbose", LOCUST | WRK},
    {"vus", LOCUST | WRK},
    {"watch-pid", LOCUST | WRK},
    {"workers", LOCUST | WRK},
};

static unsigned audience_of(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(AUDIENCES); i++) {
        if (strcmp(AUDIENCES[i].name, name) == 0)
            return AUDIENCES[i].kinds;
    }
    return 0;
}

static int check_for_k6(const char *name, struct error *err)
{
    if (!(audience_of(name) & NOT_K6))
        return 0;
    if (strcmp(name, "threshold") == 0)
        return error_set(err, EXIT_USAGE,
                         "--threshold is for locustfiles and wrk scripts: write it into the "
                         "script's own options.thresholds");
    return error_set(err, EXIT_USAGE, "--%s is for locustfiles only; leave it out", name);
}

static int check_for_locust(const char *name, struct error *err)
{
    if (audience_of(name) & LOCUST)
        return 0;
    if (strcmp(name, "out") == 0)
        return error_set(err, EXIT_USAGE,
                         "--out: raw samples of a locustfile are not supported "
                         "yet; leave it out, and K6_OUT unset");
    return error_set(err, EXIT_USAGE, "--%s has no meaning for a locustfile; leave it out", name);
}

/* What has no effect, with what to do instead. */
static int check_for_wrk(const char *name, struct error *err)
{
    if (audience_of(name) & WRK)
        return 0;
    if (strcmp(name, "host") == 0)
        return error_set(err, EXIT_USAGE,
                         "--host is for locustfiles only; give a wrk script its URL behind the "
                         "file, and headers in wrk.headers");
    if (strcmp(name, "env") == 0)
        return error_set(err, EXIT_USAGE,
                         "--env has no meaning for a wrk script; set the variable before the "
                         "command, for os.getenv(), or give the value behind the URL, for init()");
    return error_set(err, EXIT_USAGE, "--%s has no meaning for a wrk script; leave it out", name);
}

/* K6_ variables that mean nothing to a file of another kind are k6's own business, but for the one
 * that would leave a file without samples. */
static bool concerns(const struct option_value *value, enum source_kind kind)
{
    return value->source == OPTION_FROM_COMMAND_LINE || kind == SOURCE_K6 ||
           strcmp(value->spec->name, "out") == 0;
}

int run_options_check(const struct options *options, enum source_kind kind, struct error *err)
{
    static int (*const CHECKS[])(const char *name, struct error *err) = {
        [SOURCE_K6] = check_for_k6,
        [SOURCE_LOCUST] = check_for_locust,
        [SOURCE_WRK] = check_for_wrk,
    };
    for (size_t i = 0; i < options->value_count; i++) {
        const struct option_spec *spec = options->values[i].spec;
        if (!concerns(&options->values[i], kind))
            continue;
        if (strcmp(spec->help, "not supported yet") == 0)
            return error_set(err, EXIT_USAGE, "--%s of k6 is not supported yet; leave it out",
                             spec->name);
        int result = CHECKS[kind](spec->name, err);
        if (result < 0)
            return -1;
    }
    return 0;
}
