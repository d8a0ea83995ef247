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

unsigned sign_in_wait_s(const struct app *app, struct session *session, struct span name)
{
    struct store_user user;
    bool was_kept = lockouts_is_kept(app->lockouts, name); /* before the database is asked */
    enum store_result result = session_user(session, name, &user);
    if (was_kept && result == STORE_OK && !sign_in_is_locked(&user, app->wall()))
        lockouts_forget(app->lockouts, name);
    return lockouts_wait_s(app->lockouts, name);
}

static enum store_result count_failure(const struct note *note, struct session *session)
{
    char now[32], until[32];
    bool locked = false;
    nsec_t now_ns = note->app->wall();
    struct span stamp = span_cstr(store_time_text(now_ns, now));
    store_time_text(now_ns + lockouts_lock_ns(note->app->lockouts), until);
    enum store_result result = session_sign_in_failed(session, note->user.id, LOCKOUT_FAILURES,
                                                      stamp, span_cstr(until), &locked);
    if (result == STORE_OK && locked)
        lockouts_keep(note->app->lockouts, span_cstr(note->user.username));
    return result;
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
