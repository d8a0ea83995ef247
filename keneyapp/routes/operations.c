/* SPDX-License-Identifier: Apache-2.0
 *
 * For those who run the clinic: is it alive, can it work, what has it counted.
 */
#include "keneyapp/app.h"
#include "keneyapp/auth/login_gate.h"
#include "keneyapp/cache/cache.h"
#include "keneyapp/http/call.h"
#include "keneyapp/http/handlers.h"
#include "keneyapp/http/rate_limits.h"
#include "keneyapp/jobs/job_runner.h"
#include "keneyapp/jobs/refresher.h"
#include "keneyapp/routes/routes.h"
#include "keneyapp/store/pool.h"
#include "keneyapp/telemetry/audit.h"
#include "keneyapp/telemetry/metrics.h"
#include "keneyapp/telemetry/process.h"
#include "keneyapp/telemetry/prometheus.h"
#include "keneyapp/telemetry/web_vitals.h"

enum handled route_root(const struct request *request, struct response *response, struct call *call)
{
    strbuf_adds(&response->body, "{\"name\":\"KeneyApp\",\"version\":\"" KENEYPERF_VERSION
                                 "\",\"status\":\"running\"}");
    return HANDLED;
}

enum handled route_health(const struct request *request, struct response *response,
                          struct call *call)
{
    char now[32];
    strbuf_addf(&response->body,
                "{\"status\":\"healthy\",\"version\":\"" KENEYPERF_VERSION
                "\",\"timestamp\":\"%s\"}",
                store_time_text(call->app->wall(), now));
    return HANDLED;
}

/* A pool that others wait for works, and is loaded: an instance that is taken away for that leaves
 * its load to the rest. Asking would also keep the probe waiting. */
static const char *database_state(struct call *call, struct response *response)
{
    struct pool_figures pool;
    int64_t users;
    pool_figures(call->app->pool, &pool);
    if (pool.waiting)
        return "busy";
    struct session *session = call_session(call, response);
    bool good = session && session_count(session, ENTITY_USERS, &users) == STORE_OK;
    return good ? "up" : "down";
}

enum handled route_ready(const struct request *request, struct response *response,
                         struct call *call)
{
    const char *database = database_state(call, response);
    const char *cache = call->app->cache ? cache_state(call->app->cache) : "off";
    bool ready = strcmp(database, "down") != 0;
    strbuf_reset(&response->body);
    response->status = ready ? 200 : 503;
    strbuf_addf(&response->body,
                "{\"ready\":%s,\"checks\":{\"database\":\"%s\",\"cache\":\"%s\","
                "\"overall\":\"%s\"},\"version\":\"" KENEYPERF_VERSION "\"}",
                ready ? "true" : "false", database, cache, ready ? "up" : "down");
    return HANDLED;
}

static void render_build(struct strbuf *out)
{
    prometheus_family(out, "keneyapp_build_info", "gauge", "Always 1; the version is a label.");
    prometheus_value(out, "keneyapp_build_info", "version=\"" KENEYPERF_VERSION "\"", 1);
}

static void render_login_gate(struct login_gate *gate, struct strbuf *out)
{
    prometheus_single(out, "keneyapp_login_hashes_total", "counter",
                      "Password hashes computed to verify logins.",
                      (double)login_gate_hashes(gate));
    prometheus_single(out, "keneyapp_login_remembered_total", "counter",
                      "Logins that needed no hash of their own.", (double)login_gate_hits(gate));
}

static void render_process(struct strbuf *out)
{
    struct process_figures figures;
    process_read(&figures);
    process_render(&figures, out);
}

enum handled route_metrics(const struct request *request, struct response *response,
                           struct call *call)
{
    const struct app *app = call->app;
    struct strbuf *out = &response->body;
    response->content_type = "text/plain; version=0.0.4; charset=utf-8";
    metrics_render(app->metrics, out);
    web_vitals_render(app->vitals, out);
    pool_render(app->pool, out);
    handlers_render(app->handlers, out);
    if (app->cache)
        cache_render(app->cache, out);
    job_runner_render(app->jobs, out);
    if (app->refresher)
        refresher_render(app->refresher, out);
    rate_limits_render(app->limits, out);
    render_login_gate(app->gate, out);
    audit_writer_render(app->audit, out);
    render_process(out);
    render_build(out);
    return HANDLED;
}
