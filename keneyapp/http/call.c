/* SPDX-License-Identifier: Apache-2.0
 *
 * Sessions of calls.
 */
#include "keneyapp/http/call.h"

#include "keneyapp/app.h"
#include "keneyapp/store/pool.h"

static void take(struct call *call, enum store_result *ret_why)
{
    nsec_t begun = clock_now(call->app->clock);
    call->session = pool_take(call->app->pool, ret_why);
    call->timing.pool_ns += clock_now(call->app->clock) - begun;
    if (call->session)
        call->session->problem[0] = '\0'; /* what follows is this call's */
}

struct session *call_session(struct call *call, struct response *response)
{
    enum store_result why;
    if (!call->session)
        take(call, &why);
    if (call->session)
        session_for(call->session, call->user.id ? call->user.tenant_id : TENANT_DEFAULT);
    else
        response_store_problem(response, why);
    return call->session;
}

void call_release(struct call *call)
{
    pool_give(call->app->pool, &call->session);
}
