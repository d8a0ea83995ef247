/* SPDX-License-Identifier: Apache-2.0
 *
 * Notes as tasks of the handler threads.
 */
#include "keneyapp/auth/sign_in.h"

#include <stdlib.h>

#include "base/mem.h"
#include "keneyapp/app.h"
#include "keneyapp/auth/lockout.h"
#include "keneyapp/auth/users_cache.h"
#include "keneyapp/http/handlers.h"
#include "keneyapp/store/pool.h"

struct note {
    struct task task;
    const struct app *app;
    struct store_user user;
    bool right;
};

bool sign_in_is_locked(const struct store_user *user, nsec_t now_ns)
{
    char now[32];
    return user->is_locked &&
           (!user->locked_until[0] || strcmp(user->locked_until, store_time_text(now_ns, now)) > 0);
}

static enum store_result count_failure(const struct note *note, struct session *session)
{
    char now[32], until[32];
    bool locked;
    nsec_t now_ns = note->app->wall();
    struct span stamp = span_cstr(store_time_text(now_ns, now));
    store_time_text(now_ns + lockouts_lock_ns(note->app->lockouts), until);
    return session_sign_in_failed(session, note->user.id, LOCKOUT_FAILURES, stamp, span_cstr(until),
                                  &locked);
}

static enum store_result forget_failures(const struct note *note, struct session *session)
{
    char now[32];
    struct span stamp = span_cstr(store_time_text(note->app->wall(), now));
    return session_sign_in_reset(session, note->user.id, stamp);
}

static void write_note(struct task *task)
{
    struct note *note = CONTAINER_OF(task, struct note, task);
    enum store_result why;
    struct session *session = pool_take(note->app->pool, &why);
    if (session)
        why = note->right ? forget_failures(note, session) : count_failure(note, session);
    pool_give(note->app->pool, &session);
    users_cache_drop(note->app->users, span_cstr(note->user.username));
    free(note);
}

void sign_in_note(const struct app *app, const struct store_user *user, bool right)
{
    bool news =
        right ? user->failed_attempts > 0 || user->is_locked : lockouts_lock_ns(app->lockouts) > 0;
    if (!news)
        return;
    struct note *note = NEW(struct note);
    *note = (struct note){.task.run = write_note, .app = app, .user = *user, .right = right};
    if (!handlers_submit(app->handlers, &note->task))
        free(note);
}
