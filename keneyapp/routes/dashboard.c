/* SPDX-License-Identifier: Apache-2.0
 *
 * The dashboard's figures: the members of the guide's materialized view (total_patients,
 * new_patients, total_doctors) and those of the web page.
 */
#include "keneyapp/app.h"
#include "keneyapp/cache/cache.h"
#include "keneyapp/http/call.h"
#include "keneyapp/jobs/refresher.h"
#include "keneyapp/routes/routes.h"

enum {
    ACTIVITY_WINDOW_DAYS = 7,
};

static void write_stats(struct strbuf *out, const struct clinic_stats *stats)
{
    strbuf_addf(out,
                "{\"total_patients\":%lld,\"new_patients\":%lld,\"total_doctors\":%lld,"
                "\"total_appointments\":%lld,\"total_prescriptions\":%lld,"
                "\"today_appointments\":%lld,",
                (long long)stats->patients, (long long)stats->new_patients,
                (long long)stats->doctors, (long long)stats->appointments,
                (long long)stats->prescriptions, (long long)stats->appointments_today);
    strbuf_addf(out,
                "\"appointments_by_status\":{\"scheduled\":%lld,\"completed\":%lld,"
                "\"cancelled\":%lld},",
                (long long)stats->scheduled, (long long)stats->completed,
                (long long)stats->cancelled);
    strbuf_addf(out,
                "\"recent_activity\":{\"patients\":%lld,\"appointments\":%lld,"
                "\"prescriptions\":%lld},",
                (long long)stats->recent_patients, (long long)stats->recent_appointments,
                (long long)stats->recent_prescriptions);
}

enum handled route_stats(const struct request *request, struct response *response,
                         struct call *call)
{
    struct clinic_stats stats = {0};
    struct stats_times times;
    stats_times_at(call->app->wall(), &times);
    struct session *session = call_session(call, response);
    if (!session)
        return HANDLED;
    enum store_result result = session_stats(session, &times, &stats);
    if (result != STORE_OK) {
        response_store_problem(response, result);
        return HANDLED;
    }
    write_stats(&response->body, &stats);
    strbuf_addf(&response->body, "\"activity_window_days\":%d,\"generated_at\":\"%s\"}",
                ACTIVITY_WINDOW_DAYS, stats.refreshed_at);
    return HANDLED;
}

/* Without somebody who refreshes, the caller waits for it. */
static enum store_result refresh_now(struct session *session, const struct app *app)
{
    struct stats_times times;
    stats_times_at(app->wall(), &times);
    return session_refresh_stats(session, &times);
}

enum handled route_refresh(const struct request *request, struct response *response,
                           struct call *call)
{
    if (call->app->refresher) {
        refresher_ask(call->app->refresher);
    } else {
        struct session *session = call_session(call, response);
        if (!session)
            return HANDLED;
        enum store_result result = refresh_now(session, call->app);
        if (result != STORE_OK) {
            response_store_problem(response, result);
            return HANDLED;
        }
        if (call->app->cache)
            cache_invalidate(call->app->cache, call->user.tenant_id, ENTITY_BIT(ENTITY_USERS));
    }
    response->status = 202;
    strbuf_adds(&response->body, "{\"message\":\"Refresh started\"}");
    return HANDLED;
}
