/* SPDX-License-Identifier: Apache-2.0
 *
 * Wrong passwords by name (in any case), whether there is a user of that name or not: after so many
 * in a row the name is locked for a while, and the right password is refused like any other.
 * Whoever tries names therefore cannot tell from a lock who exists. The table is of fixed size and
 * in memory; for users who exist the database counts too (auth/sign_in.h), so that a lock survives
 * a restart, and ends here too when somebody unlocks the user from another server or by a command.
 *
 * An attempt that was under way when its name was locked learns nothing either: its verdict is
 * asked for here after the password was verified, and hundreds of guesses at once are five. Any
 * thread.
 */
#ifndef KENEYAPP_AUTH_LOCKOUT_H
#define KENEYAPP_AUTH_LOCKOUT_H

#include <stdbool.h>

#include "base/clock.h"
#include "base/span.h"

enum {
    LOCKOUT_FAILURES = 5,  /* in a row */
    LOCKOUT_NAMES = 16384, /* remembered at once */
};

struct lockouts;

/* `lock_ns` 0: names are never locked. `clock` is monotonic, and borrowed. */
struct lockouts *lockouts_new(nsec_t lock_ns, struct clock *clock);

/* NULL-safe. */
void lockouts_free(struct lockouts **lockouts);

/* How long a lock holds, as given at the start. */
nsec_t lockouts_lock_ns(const struct lockouts *lockouts);

/* Seconds until the name may be tried again, 0 when it may be now. */
unsigned lockouts_wait_s(struct lockouts *lockouts, struct span name);

/* An attempt's end. Not 0: the name is locked for so many seconds more, whatever was said. */
unsigned lockouts_count(struct lockouts *lockouts, struct span name, bool right);

/* The lock is in the database by now. */
void lockouts_keep(struct lockouts *lockouts, struct span name);

/* Whether it was put there: if it is not there any longer, somebody has ended it. */
bool lockouts_is_kept(struct lockouts *lockouts, struct span name);

/* An administrator has unlocked the user, or given them a new password. */
void lockouts_forget(struct lockouts *lockouts, struct span name);

#endif
