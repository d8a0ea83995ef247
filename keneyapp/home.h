/* SPDX-License-Identifier: Apache-2.0
 *
 * The data folder: keneyapp.db, keneyapp.lock, token.key, data.key, ca.pem, ca-key.pem, server.pem,
 * server-key.pem. What is missing is made; what is there is kept, and when it is no key it is an
 * error, because nobody else can tell what it was for. Secrets are made readable by their owner
 * only.
 *
 * Keys and certificates that are new are in memory until home_keep(). A home that is done without
 * it leaves the disk as it found it, but for a database in the folder, which is never removed.
 */
#ifndef KENEYAPP_HOME_H
#define KENEYAPP_HOME_H

#include <signal.h>

#include "base/clock.h"
#include "base/error.h"
#include "keneyapp/auth/certificate.h"
#include "keneyapp/auth/token_keys.h"
#include "keneyapp/new_files.h"

struct vault;

/* Ignored by who does not wait for it: a server may end just before it gets there. */
#define HOME_NEWS_SIGNAL SIGURG

struct home {
    char *dir, *database, *ca;    /* paths */
    char *lock;                   /* path */
    struct token_keys token_keys; /* sign access tokens */
    char *warning;                /* sentences when others can read a key's file, else NULL */
    struct certificate_set certificates;

    /* Its own. */
    struct new_files new_files;
    size_t made_from; /* bytes of `dir` that are the first folder which was made; 0: none was */
    bool made_lock, is_kept;
};

/* Reads keys and certificates, and makes those that are missing, and the folder (the database is
 * the store's). `wall_ns` is the time since 1970, for the certificates. home_done() is due after -1
 * too. */
MUST_CHECK int home_open(struct home *home, const char *dir, nsec_t wall_ns, struct error *err);

/* Writes what is new. Due when nothing can be refused any more, and before anything is sealed. */
MUST_CHECK int home_keep(struct home *home, struct error *err);

/* The vault for health data, with keys from the first of these that is given: `given` (what
 * KENEYAPP_DATA_KEY says), the file `key_file`, the folder's data.key, which is made when it is
 * missing. NULL with a sentence. The caller frees it. */
MUST_CHECK struct vault *home_vault(struct home *home, const char *key_file, const char *given,
                                    struct error *err);

/* After home_keep(). Puts a new key before the one that signs tokens now, and drops older ones;
 * tokens stay good. A server that runs keeps its keys until it is started again. */
MUST_CHECK int home_rotate_token_key(struct home *home, struct error *err);

/* Makes this process the one server of the folder, with its number in the lock's file, until it
 * closes the descriptor or ends. The descriptor, or -1 with a sentence when another process is;
 * commands that do one thing need no lock, the database orders what they write. */
MUST_CHECK int home_lock(struct home *home, struct error *err);

/* Tells the folder's server, if there is one and it is another process, that the database was
 * written to: whoever holds the lock gets HOME_NEWS_SIGNAL, whatever number the file has. */
void home_tell(const struct home *home);

/* Wipes the secrets from memory, and undoes what was not kept; a lock may be held until after. */
void home_done(struct home *home);

#endif
