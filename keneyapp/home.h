/* SPDX-License-Identifier: Apache-2.0
 *
 * The data folder: keneyapp.db, keneyapp.lock, token.key, ca.pem, ca-key.pem, server.pem,
 * server-key.pem. What is missing is made; what is there is kept. Secrets are made readable by
 * their owner only.
 */
#ifndef KENEYAPP_HOME_H
#define KENEYAPP_HOME_H

#include "base/clock.h"
#include "base/error.h"
#include "keneyapp/auth/certificate.h"

struct home {
    char *dir, *database, *ca; /* paths */
    struct strbuf token_key;   /* signs access tokens */
    char *warning;             /* a sentence when others can read token.key, else NULL */
    struct certificate_set certificates;
};

/* Makes folder, keys and certificates when they are missing (the database is the store's).
 * `wall_ns` is the time since 1970, for the certificates. */
MUST_CHECK int home_open(struct home *home, const char *dir, nsec_t wall_ns, struct error *err);

/* Makes this process the one server of the folder, until it closes the descriptor or ends. The
 * descriptor, or -1 with a sentence when another process is; commands that do one thing need no
 * lock, the database orders what they write. */
MUST_CHECK int home_lock(const struct home *home, struct error *err);

/* Wipes the secrets from memory. */
void home_done(struct home *home);

#endif
