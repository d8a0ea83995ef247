/* SPDX-License-Identifier: Apache-2.0
 *
 * The data folder: keneyapp.db, token.key, ca.pem, ca-key.pem, server.pem, server-key.pem. What is
 * missing is made; what is there is kept. Secrets are readable by their owner only.
 */
#ifndef KENEYAPP_HOME_H
#define KENEYAPP_HOME_H

#include "base/clock.h"
#include "base/error.h"
#include "keneyapp/auth/certificate.h"

struct home {
    char *dir, *database, *ca; /* paths */
    struct strbuf token_key;   /* signs access tokens */
    struct certificate_set certificates;
};

/* Makes folder, keys and certificates when they are missing (the database is the store's).
 * `wall_ns` is the time since 1970, for the certificates. */
MUST_CHECK int home_open(struct home *home, const char *dir, nsec_t wall_ns, struct error *err);

/* Wipes the secrets from memory. */
void home_done(struct home *home);

#endif
