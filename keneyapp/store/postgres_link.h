/* SPDX-License-Identifier: Apache-2.0
 *
 * One connection to PostgreSQL, as the PostgreSQL store uses it: statements are queued and go out
 * together in one round trip (libpq's pipeline mode), each prepared once per connection under a
 * name. What is queued between two runs is one transaction, unless a transaction is open already.
 *
 * No wait is without end: an answer that does not come within the time limit makes the link broken,
 * and a broken link says STORE_UNAVAILABLE until it is closed. One thread at a time.
 */
#ifndef KENEYAPP_STORE_POSTGRES_LINK_H
#define KENEYAPP_STORE_POSTGRES_LINK_H

#include <libpq-fe.h>
#include <stdbool.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/span.h"
#include "base/util.h"
#include "keneyapp/model/value.h"
#include "keneyapp/store/postgres_statements.h"
#include "keneyapp/store/store.h"

/* How long one run may take: reading and writing rows, and what goes through whole tables. */
#define POSTGRES_REPLY_NS      (45 * NSEC_PER_SEC)
#define POSTGRES_LONG_REPLY_NS (1800 * NSEC_PER_SEC)

/* Something that the next run sends. */
struct postgres_item {
    struct span sql; /* NUL-terminated */
    uint64_t hash;   /* of it */
    size_t param_count;
    const char *const *params;
    PGresult *result;
};

struct postgres_link {
    PGconn *conn;
    bool broken;
    char *problem; /* the session's */
    size_t problem_bytes;
    struct arena scratch; /* parameters of the queued statements */
    struct postgres_item *items;
    size_t item_count, item_cap;
    bool ran;            /* items are of the last run: the next one to be queued starts anew */
    const char *refused; /* why what was queued cannot be sent; NULL when it can */
    struct postgres_statements statements;
};

/* Connects to `url` (postgres://...). `problem` (of `problem_bytes`) takes the sentence of a
 * failure; both are borrowed as long as the link lives. Returns 0, or -1 with a sentence that names
 * the host and a remedy. */
MUST_CHECK int postgres_link_open(struct postgres_link *link, const char *url, char *problem,
                                  size_t problem_bytes, struct error *err);
void postgres_link_close(struct postgres_link *link);

/* Adds a statement to what the next run sends; text and parameters are copied. Returns its index
 * for postgres_link_result(). */
size_t postgres_link_queue(struct postgres_link *link, struct span sql, const struct value *params,
                           size_t count);

/* Sends what was queued and waits for all answers. A deadlock or a serialisation failure is tried
 * again when no transaction was open before. After a failure nothing of the run has happened, and a
 * transaction that was open is to be rolled back by the caller. */
MUST_CHECK enum store_result postgres_link_run(struct postgres_link *link, nsec_t limit_ns);

/* Forgets what was queued. */
void postgres_link_drop(struct postgres_link *link);

/* Of the last run that said STORE_OK; valid until something is queued. */
const PGresult *postgres_link_result(const struct postgres_link *link, size_t index);

/* Rows that the statement wrote. */
size_t postgres_link_affected(const struct postgres_link *link, size_t index);

/* One statement at once, for scripts of several and for what cannot be prepared. */
MUST_CHECK enum store_result postgres_link_script(struct postgres_link *link, const char *sql,
                                                  nsec_t limit_ns);

/* COPY ... FROM STDIN with `data` in its text format. */
MUST_CHECK enum store_result postgres_link_copy(struct postgres_link *link, const char *sql,
                                                struct span data);

/* Ends the open transaction, if there is one. */
void postgres_link_rollback(struct postgres_link *link);

/* A look at the socket: the server has not closed the connection, as far as one can tell without
 * asking. */
bool postgres_link_is_quiet(const struct postgres_link *link);

/* Whether the server answers. */
MUST_CHECK enum store_result postgres_link_ping(struct postgres_link *link);

/* What an SQLSTATE (five letters; PostgreSQL manual, appendix A) means to callers of the store. */
enum store_result postgres_link_meaning(const char *sqlstate);

#endif
