/* SPDX-License-Identifier: Apache-2.0
 *
 * Keeps password hashing from being the speed of the clinic. Three rules:
 *
 *  - At most one hash per core at once: hashing has its own few threads and a bounded queue.
 *  - Single flight: attempts with the same user, password and stored hash share one verification.
 *  - A verified login is remembered for a short time (`remember_ns`, 0 switches it off): not the
 *    password, but a BLAKE2b fingerprint of user, password and stored hash under a random key that
 *    exists only in this process's memory. A changed password has another stored hash, so what
 *    was remembered no longer fits. Failures are never remembered.
 *
 * What else is to be hashed goes through the same threads, so that the first rule holds for all.
 *
 * All functions may be called by any thread.
 */
#ifndef KENEYAPP_AUTH_LOGIN_GATE_H
#define KENEYAPP_AUTH_LOGIN_GATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/list.h"
#include "base/span.h"

enum {
    LOGIN_FINGERPRINT_BYTES = 32,
    LOGIN_QUEUE_MAX = 4096, /* attempts that may wait for a hash */
};

struct login_gate;

/* Owned by the caller, who keeps it and its texts alive until `on_verdict`. */
struct login_attempt {
    struct span username, password; /* borrowed */
    const char *stored_hash;        /* borrowed */
    /* Called once, on a hashing thread. */
    void (*on_verdict)(struct login_attempt *attempt, bool verified);

    /* The gate's own. */
    struct list link;
    struct list followers;
    unsigned char fingerprint[LOGIN_FINGERPRINT_BYTES];
};

/* Something else that takes a hash: a new password. Owned by the caller, who keeps it alive until
 * `run`, which is called once, on a hashing thread. */
struct login_work {
    void (*run)(struct login_work *work);
    struct list link; /* the gate's own */
};

struct login_gate_config {
    unsigned threads;                                       /* hashes at once */
    nsec_t remember_ns;                                     /* 0: never */
    bool (*verify)(const char *hash, struct span password); /* password_verify, or a test's */
    struct clock *clock;
};

/* NULL with a sentence when a thread cannot be started. */
MUST_CHECK struct login_gate *login_gate_new(const struct login_gate_config *config,
                                             struct error *err);

/* From here on login_gate_submit() refuses; returns when every accepted attempt has its verdict. */
void login_gate_close(struct login_gate *gate);

/* Closes first. NULL-safe. */
void login_gate_free(struct login_gate **gate);

/* True when this very login was verified a short time ago. Fills the attempt's fingerprint: call
 * it before login_gate_submit(). */
bool login_gate_remembers(struct login_gate *gate, struct login_attempt *attempt);

/* False when too many are waiting; then `on_verdict` is not called. */
bool login_gate_submit(struct login_gate *gate, struct login_attempt *attempt);

/* False when too many are waiting; then `run` is not called. */
bool login_gate_run(struct login_gate *gate, struct login_work *work);

/* Since the start: verifications computed, and logins that needed none. */
uint64_t login_gate_hashes(struct login_gate *gate);
uint64_t login_gate_hits(struct login_gate *gate);

#endif
