/* SPDX-License-Identifier: Apache-2.0
 *
 * Plain options are rows with a type and an offset into the plan; the others have a reader.
 */
#include "script/k6/option_table.h"

#include <stddef.h>
#include <string.h>

#include "base/error.h"
#include "base/log.h"
#include "load/plan.h"
#include "script/k6/option_thresholds.h"
#include "script/k6/option_values.h"

typedef int read_option_fn(const json_t *value, struct plan *plan, struct error *err);

enum option_kind {
    KIND_BOOL,
    KIND_INTEGER,
    KIND_DURATION,
    KIND_TEXT,
    KIND_MAP,
    KIND_READER,
    KIND_ELSEWHERE,   /* how long and how many: option_scenarios.c */
    KIND_HARMLESS,    /* has a meaning only inside of k6; nothing changes without it */
    KIND_UNSUPPORTED, /* would change what the test does */
};

static int read_redirects(const json_t *value, struct plan *plan, struct error *err)
{
    int64_t count;
    if (option_integer("maxRedirects", value, &count, err) < 0)
        return -1;
    if (count < 0 || count > 1000)
        return option_wrong("maxRedirects", value, "between 0 and 1000", err);
    plan->max_redirects = (int)count;
    return 0;
}

static int read_hosts(const json_t *value, struct plan *plan, struct error *err)
{
    plan->client.hosts = &plan->hosts;
    return option_map("hosts", value, &plan->arena, &plan->hosts, err);
}

static int read_trend_stats(const json_t *value, struct plan *plan, struct error *err)
{
    return option_list("summaryTrendStats", value, &plan->arena, &plan->summary_trend_stats,
                       &plan->summary_trend_stat_count, err);
}

static int read_time_unit(const json_t *value, struct plan *plan, struct error *err)
{
    const char *text;
    if (option_text("summaryTimeUnit", value, &plan->arena, &text, err) < 0)
        return -1;
    if (*text && strcmp(text, "s") != 0 && strcmp(text, "ms") != 0 && strcmp(text, "us") != 0)
        return option_wrong("summaryTimeUnit", value, "\"s\", \"ms\" or \"us\"", err);
    plan->summary_time_unit = text;
    return 0;
}

static int read_system_tags(const json_t *value, struct plan *plan, struct error *err)
{
    static const struct {
        const char *name;
        enum system_tag bit;
    } TAGS[] = {
        {"proto", TAG_PROTO},
        {"subproto", TAG_SUBPROTO},
        {"status", TAG_STATUS},
        {"method", TAG_METHOD},
        {"url", TAG_URL},
        {"name", TAG_NAME},
        {"group", TAG_GROUP},
        {"check", TAG_CHECK},
        {"error", TAG_ERROR},
        {"error_code", TAG_ERROR_CODE},
        {"tls_version", TAG_TLS_VERSION},
        {"scenario", TAG_SCENARIO},
        {"service", TAG_SERVICE},
        {"expected_response", TAG_EXPECTED_RESPONSE},
        {"ip", TAG_IP},
        {"vu", TAG_VU},
        {"iter", TAG_ITER},
        {"ocsp_status", TAG_OCSP_STATUS},
    };

    const char **given;
    size_t count;
    if (option_list("systemTags", value, &plan->arena, &given, &count, err) < 0)
        return -1;
    plan->client.system_tags = 0;
    for (size_t i = 0; i < count; i++) {
        size_t tag = 0;
        while (tag < COUNT_OF(TAGS) && strcmp(given[i], TAGS[tag].name) != 0)
            tag++;
        if (tag == COUNT_OF(TAGS))
            return error_set(
                err, EXIT_INVALID_CONFIG,
                "option systemTags: there is no system tag \"%s\"; known are proto, subproto, "
                "status, method, url, name, group, check, error, error_code, "
                "tls_version, scenario, service, expected_response, ip, vu, iter and "
                "ocsp_status",
                given[i]);
        plan->client.system_tags |= TAGS[tag].bit;
    }
    return 0;
}

/* TLS record versions, as OpenSSL numbers them. */
static int tls_version(const json_t *value, int *ret, struct error *err)
{
    static const char *const NAMES[] = {"tls1.0", "tls1.1", "tls1.2", "tls1.3"};
    for (size_t i = 0; json_is_string(value) && i < COUNT_OF(NAMES); i++) {
        if (strcmp(json_string_value(value), NAMES[i]) == 0) {
            *ret = 0x0301 + (int)i;
            return 0;
        }
    }
    return option_wrong("tlsVersion", value, "one of \"tls1.0\" to \"tls1.3\"", err);
}

/* One version, or { min, max }. */
static int read_tls_version(const json_t *value, struct plan *plan, struct error *err)
{
    const json_t *min = value, *max = value;
    if (json_is_object(value)) {
        min = json_object_get(value, "min");
        max = json_object_get(value, "max");
    }
    if (min && tls_version(min, &plan->client.tls_min_version, err) < 0)
        return -1;
    return max ? tls_version(max, &plan->client.tls_max_version, err) : 0;
}

/* Index of `value` among `names`, or -1. */
static int pick(const json_t *value, const char *const *names, size_t count)
{
    for (size_t i = 0; json_is_string(value) && i < count; i++)
        if (strcmp(json_string_value(value), names[i]) == 0)
            return (int)i;
    return -1;
}

static int read_dns_ttl(const json_t *value, struct plan *plan, struct error *err)
{
    const char *text = json_string_value(value);
    if (text && strcmp(text, "inf") == 0) {
        plan->client.dns_ttl_ns = NSEC_NEVER;
        return 0;
    }
    return option_duration("dns.ttl", value, &plan->client.dns_ttl_ns, err);
}

static int read_dns_policy(const json_t *value, struct plan *plan, struct error *err)
{
    static const char *const POLICIES[] = {
        [DNS_PREFER_IPV4] = "preferIPv4",
        [DNS_PREFER_IPV6] = "preferIPv6",
        [DNS_ONLY_IPV4] = "onlyIPv4",
        [DNS_ONLY_IPV6] = "onlyIPv6",
        [DNS_ANY] = "any",
    };
    int policy = pick(value, POLICIES, COUNT_OF(POLICIES));
    if (policy < 0)
        return option_wrong("dns.policy", value,
                            "\"preferIPv4\", \"preferIPv6\", \"onlyIPv4\", \"onlyIPv6\" or \"any\"",
                            err);
    plan->client.dns_policy = (enum dns_policy)policy;
    return 0;
}

static int read_dns_select(const json_t *value, struct plan *plan, struct error *err)
{
    static const char *const SELECTS[] = {
        [DNS_RANDOM] = "random",
        [DNS_FIRST] = "first",
        [DNS_ROUND_ROBIN] = "roundRobin",
    };
    int select = pick(value, SELECTS, COUNT_OF(SELECTS));
    if (select < 0)
        return option_wrong("dns.select", value, "\"random\", \"first\" or \"roundRobin\"", err);
    plan->client.dns_select = (enum dns_select)select;
    return 0;
}

static int read_dns(const json_t *value, struct plan *plan, struct error *err)
{
    if (!json_is_object(value))
        return option_wrong("dns", value, "an object { ttl, select, policy }", err);
    const json_t *ttl = json_object_get(value, "ttl");
    const json_t *select = json_object_get(value, "select");
    const json_t *policy = json_object_get(value, "policy");
    if ((ttl && read_dns_ttl(ttl, plan, err) < 0) ||
        (select && read_dns_select(select, plan, err) < 0))
        return -1;
    return policy ? read_dns_policy(policy, plan, err) : 0;
}

static const struct option_row {
    const char *name;
    enum option_kind kind;
    size_t offset; /* in struct plan */
    read_option_fn *read;
} ROWS[] = {

#define AT(member) offsetof(struct plan, member)
    {"batch", KIND_HARMLESS, 0, NULL},
    {"batchPerHost", KIND_HARMLESS, 0, NULL},
    {"blacklistIPs", KIND_UNSUPPORTED, 0, NULL},
    {"blockHostnames", KIND_UNSUPPORTED, 0, NULL},
    {"cloud", KIND_HARMLESS, 0, NULL},
    {"consoleOutput", KIND_UNSUPPORTED, 0, NULL},
    {"discardResponseBodies", KIND_BOOL, AT(discard_response_bodies), NULL},
    {"dns", KIND_READER, 0, read_dns},
    {"duration", KIND_ELSEWHERE, 0, NULL},
    {"executionSegment", KIND_UNSUPPORTED, 0, NULL},
    {"executionSegmentSequence", KIND_UNSUPPORTED, 0, NULL},
    {"ext", KIND_HARMLESS, 0, NULL},
    {"handleSummaryTimeout", KIND_DURATION, AT(handle_summary_timeout_ns), NULL},
    {"hosts", KIND_READER, 0, read_hosts},
    {"httpDebug", KIND_UNSUPPORTED, 0, NULL},
    {"insecureSkipTLSVerify", KIND_BOOL, AT(client.insecure_skip_tls_verify), NULL},
    {"iterations", KIND_ELSEWHERE, 0, NULL},
    {"linger", KIND_HARMLESS, 0, NULL},
    {"localIPs", KIND_UNSUPPORTED, 0, NULL},
    {"maxRedirects", KIND_READER, 0, read_redirects},
    {"metricSamplesBufferSize", KIND_HARMLESS, 0, NULL},
    {"minIterationDuration", KIND_DURATION, AT(min_iteration_duration_ns), NULL},
    {"noConnectionReuse", KIND_BOOL, AT(client.no_connection_reuse), NULL},
    {"noCookiesReset", KIND_BOOL, AT(no_cookies_reset), NULL},
    {"noSetup", KIND_BOOL, AT(no_setup), NULL},
    {"noTeardown", KIND_BOOL, AT(no_teardown), NULL},
    {"noThresholds", KIND_BOOL, AT(no_thresholds), NULL},
    {"noUsageReport", KIND_HARMLESS, 0, NULL},
    {"noVUConnectionReuse", KIND_BOOL, AT(no_vu_connection_reuse), NULL},
    {"paused", KIND_UNSUPPORTED, 0, NULL},
    {"rps", KIND_INTEGER, AT(rps), NULL},
    {"scenarios", KIND_ELSEWHERE, 0, NULL},
    {"setupTimeout", KIND_DURATION, AT(setup_timeout_ns), NULL},
    {"stages", KIND_ELSEWHERE, 0, NULL},
    {"summaryTimeUnit", KIND_READER, 0, read_time_unit},
    {"summaryTrendStats", KIND_READER, 0, read_trend_stats},
    {"systemTags", KIND_READER, 0, read_system_tags},
    {"tags", KIND_MAP, AT(tags), NULL},
    {"teardownTimeout", KIND_DURATION, AT(teardown_timeout_ns), NULL},
    {"thresholds", KIND_READER, 0, option_thresholds_apply},
    {"throw", KIND_BOOL, AT(throw_on_error), NULL},
    {"tlsAuth", KIND_UNSUPPORTED, 0, NULL},
    {"tlsCipherSuites", KIND_UNSUPPORTED, 0, NULL},
    {"tlsVersion", KIND_READER, 0, read_tls_version},
    {"userAgent", KIND_TEXT, AT(client.user_agent), NULL},
    {"vus", KIND_ELSEWHERE, 0, NULL},
#undef AT
};

static const struct option_row *find_row(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(ROWS); i++)
        if (strcmp(name, ROWS[i].name) == 0)
            return &ROWS[i];
    return NULL;
}

static bool is_off(const json_t *value)
{
    return json_is_null(value) || json_is_false(value) ||
           (json_is_string(value) && *json_string_value(value) == '\0') ||
           (json_is_array(value) && json_array_size(value) == 0);
}

static int refuse(const char *name, const json_t *value, bool allow, struct log *log,
                  struct error *err)
{
    if (is_off(value))
        return 0;
    if (!allow)
        return error_set(err, EXIT_INVALID_CONFIG,
                         "option %s is not supported yet: remove it, or run without it by "
                         "--allow-unsupported",
                         name);
    log_printf(log, LOG_WARNING, "option %s is not supported yet and has no effect", name);
    return 0;
}

static int apply_row(const struct option_row *row, const json_t *value, struct plan *plan,
                     struct error *err)
{
    void *target = (char *)plan + row->offset;
    switch (row->kind) {
    case KIND_BOOL:
        return option_bool(row->name, value, target, err);
    case KIND_INTEGER:
        return option_integer(row->name, value, target, err);
    case KIND_DURATION:
        return option_duration(row->name, value, target, err);
    case KIND_TEXT:
        return option_text(row->name, value, &plan->arena, target, err);
    case KIND_MAP:
        return option_map(row->name, value, &plan->arena, target, err);
    case KIND_READER:
        return row->read(value, plan, err);
    default:
        return 0;
    }
}

int option_table_apply(const json_t *options, bool allow_unsupported, struct plan *plan,
                       struct log *log, struct error *err)
{
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)options, name, value)
    {
        const struct option_row *row = find_row(name);
        int rc = 0;
        if (!row)
            log_printf(log, LOG_WARNING,
                       "There were unknown fields in the options exported in the script: \"%s\"",
                       name);
        else if (row->kind == KIND_UNSUPPORTED)
            rc = refuse(name, value, allow_unsupported, log, err);
        else if (!json_is_null(value))
            rc = apply_row(row, value, plan, err);
        if (rc < 0)
            return -1;
    }
    return 0;
}

json_t *option_table_complete(const json_t *options)
{
    json_t *complete = json_object();
    for (size_t i = 0; i < COUNT_OF(ROWS); i++)
        json_object_set_new(complete, ROWS[i].name, json_pack("n"));
    json_object_update(complete, (json_t *)options);
    return complete;
}
