/* SPDX-License-Identifier: Apache-2.0
 *
 * From thread to thread.
 */
#include "keneyapp/routes/new_password.h"

#include "keneyapp/app.h"
#include "keneyapp/auth/lockout.h"
#include "keneyapp/auth/users_cache.h"
#include "keneyapp/http/call.h"

static void finish(struct new_password *new_password)
{
    struct call *call = new_password->call;
    call_release(call);
    call->finish(call);
}

static void keep(struct task *task)
{
    struct new_password *new_password = CONTAINER_OF(task, struct new_password, task);
    struct session *session = call_session(new_password->call, new_password->response);
    if (session)
        new_password->keep(new_password, session);
    finish(new_password);
}

static void hash(struct login_work *work)
{
    struct new_password *new_password = CONTAINER_OF(work, struct new_password, work);
    password_hash(new_password->password, new_password->hash);
    new_password->task.run = keep;
    if (handlers_submit(new_password->call->app->handlers, &new_password->task))
        return;
    response_busy(new_password->response, "The server is busy");
    finish(new_password);
}

enum handled new_password_start(struct new_password *new_password)
{
    new_password->work.run = hash;
    call_release(new_password->call);
    if (login_gate_run(new_password->call->app->gate, &new_password->work))
        return HANDLED_LATER;
    response_busy(new_password->response, "Too many people are signing in");
    return HANDLED;
}

enum store_result new_password_set(const struct new_password *new_password, struct session *session,
                                   const struct store_user *user, struct span was)
{
    char now[32];
    struct span stamp = span_cstr(store_time_text(new_password->call->app->wall(), now));
    return session_set_password(session, user->id, was, span_cstr(new_password->hash), stamp);
}

void new_password_counts(const struct new_password *new_password, const struct store_user *user)
{
    const struct app *app = new_password->call->app;
    struct span name = span_cstr(user->username);
    users_cache_drop(app->users, name);
    lockouts_forget(app->lockouts, name);
    new_password->response->status = 204;
}
