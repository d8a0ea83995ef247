/* SPDX-License-Identifier: Apache-2.0
 *
 * Counts and locks in a short memory. Failures are forgotten when they are a lock's time old.
 */
#include "keneyapp/auth/lockout.h"

#include <stdlib.h>

#include "base/mem.h"
#include "keneyapp/auth/memo.h"

struct tries {
    unsigned failures;
    nsec_t locked_until_ns; /* 0: not */
    bool is_kept;           /* so is the user in the database */
};

struct lockouts {
    nsec_t lock_ns;
    struct clock *clock;
    struct memo *names;
};

struct lockouts *lockouts_new(nsec_t lock_ns, struct clock *clock)
{
    struct lockouts *lockouts = NEW(struct lockouts);
    lockouts->lock_ns = lock_ns;
    lockouts->clock = clock;
    lockouts->names = memo_new(LOCKOUT_NAMES, sizeof(struct tries));
    return lockouts;
}

void lockouts_free(struct lockouts **lockouts)
{
    struct lockouts *l = TAKE(*lockouts);
    if (!l)
        return;
    memo_free(&l->names);
    free(l);
}

nsec_t lockouts_lock_ns(const struct lockouts *lockouts)
{
    return lockouts->lock_ns;
}

static unsigned wait_s(const struct tries *tries, nsec_t now_ns)
{
    nsec_t left_ns = tries->locked_until_ns - now_ns;
    return left_ns <= 0 ? 0 : (unsigned)((left_ns + NSEC_PER_SEC - 1) / NSEC_PER_SEC);
}

static bool find(struct lockouts *lockouts, struct span name, struct tries *ret_tries)
{
    return memo_get(lockouts->names, memo_key_nocase(lockouts->names, name),
                    clock_now(lockouts->clock), ret_tries);
}

unsigned lockouts_wait_s(struct lockouts *lockouts, struct span name)
{
    struct tries tries;
    return find(lockouts, name, &tries) ? wait_s(&tries, clock_now(lockouts->clock)) : 0;
}

struct attempt_end {
    nsec_t now_ns, lock_ns;
    unsigned wait_s;
};

static nsec_t count_failure(void *context, void *value)
{
    struct attempt_end *end = context;
    struct tries *tries = value;
    end->wait_s = wait_s(tries, end->now_ns);
    if (end->wait_s)
        return tries->locked_until_ns;
    if (++tries->failures == LOCKOUT_FAILURES)
        *tries = (struct tries){.locked_until_ns = end->now_ns + end->lock_ns};
    return end->now_ns + end->lock_ns;
}

unsigned lockouts_count(struct lockouts *lockouts, struct span name, bool right)
{
    struct memo_key key = memo_key_nocase(lockouts->names, name);
    struct attempt_end end = {.now_ns = clock_now(lockouts->clock), .lock_ns = lockouts->lock_ns};
    unsigned locked_s = lockouts_wait_s(lockouts, name);
    if (!lockouts->lock_ns || locked_s)
        return locked_s;
    if (right)
        memo_drop(lockouts->names, key);
    else
        memo_change(lockouts->names, key, end.now_ns, count_failure, &end);
    return end.wait_s;
}

static nsec_t keep(void *context, void *value)
{
    struct tries *tries = value;
    tries->is_kept = true;
    return tries->locked_until_ns;
}

void lockouts_keep(struct lockouts *lockouts, struct span name)
{
    if (lockouts_wait_s(lockouts, name))
        memo_change(lockouts->names, memo_key_nocase(lockouts->names, name),
                    clock_now(lockouts->clock), keep, NULL);
}

bool lockouts_is_kept(struct lockouts *lockouts, struct span name)
{
    struct tries tries;
    return find(lockouts, name, &tries) && tries.is_kept;
}

void lockouts_forget(struct lockouts *lockouts, struct span name)
{
    memo_drop(lockouts->names, memo_key_nocase(lockouts->names, name));
}
