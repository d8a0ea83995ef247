/* SPDX-License-Identifier: Apache-2.0
 *
 * Where the clinic's rows live, behind one interface: SQLite today (store/sqlite.c), other
 * databases by another table of operations. All SQL is in this folder; nothing here knows HTTP.
 *
 * A store is opened once. Work with it needs a session: a connection with its prepared statements,
 * taken from the pool (store/pool.h). Sessions are not thread-safe; the store is.
 */
#ifndef KENEYAPP_STORE_STORE_H
#define KENEYAPP_STORE_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/list.h"
#include "base/span.h"
#include "base/util.h"
#include "keneyapp/model/entity.h"
#include "keneyapp/model/value.h"

enum store_result {
    STORE_OK,
    STORE_NOT_FOUND,
    STORE_DUPLICATE,     /* a unique index says no */
    STORE_BAD_REFERENCE, /* a row that is referred to does not exist */
    STORE_CONFLICT,      /* the doctor has another appointment at that time */
    STORE_BUSY,          /* no connection came free within the pool's timeout */
    STORE_UNAVAILABLE,   /* the database is away: worth a 503 and another try */
    STORE_FULL,          /* the disk is full */
    STORE_FAILED,        /* disk, lock or damage: session_problem() has the sentence */
};

/* Called once per row, during the call that asked; `row` and its texts are valid until return. */
typedef void on_row_fn(void *context, const struct entity *entity, const struct value *row);

/* What signing in and every request needs of a user. Texts are cut to fit. */
struct store_user {
    int64_t id;
    char username[104];
    char hashed_password[132];
    char role[16];
    bool is_active, is_locked;
};

/* One line of the audit log. Texts are copied by whoever keeps a row. */
struct audit_row {
    char timestamp[32]; /* ISO 8601, UTC */
    int64_t user_id;    /* 0 when nobody is signed in */
    char username[104];
    char action[12];        /* CREATE, READ, LOGIN */
    char resource_type[16]; /* "patients" */
    int64_t resource_id;    /* 0 for a list */
    char ip_address[48];
    char user_agent[120];
    char details[160]; /* JSON */
    bool success;
    bool signed_in; /* the user's last_login moves to `timestamp` */
};

/* Figures of the dashboard: the guide's view and the original's answer. */
struct clinic_stats {
    int64_t patients, appointments, prescriptions, doctors;
    int64_t new_patients;       /* 30 days */
    int64_t appointments_today; /* UTC */
    int64_t scheduled, completed, cancelled;
    int64_t recent_patients, recent_appointments, recent_prescriptions; /* 7 days */
};

/* ISO 8601 texts that bound the figures above. */
struct stats_times {
    char day_start[32], day_end[32], week_ago[32], month_ago[32];
};

struct store;
struct session;

struct store_ops {
    void (*close)(struct store *store);
    struct session *(*session_new)(struct store *store, struct error *err);
    void (*session_free)(struct session *session);
    enum store_result (*ping)(struct session *session, nsec_t idle_ns); /* NULL: never broken */
    unsigned (*max_sessions)(const struct store *store);                /* NULL: no limit */
    enum store_result (*begin)(struct session *session);
    enum store_result (*commit)(struct session *session);
    void (*rollback)(struct session *session);
    enum store_result (*list)(struct session *session, enum entity_id entity, int64_t skip,
                              int64_t limit, on_row_fn *on_row, void *context);
    enum store_result (*get)(struct session *session, enum entity_id entity, int64_t id,
                             on_row_fn *on_row, void *context);
    enum store_result (*count)(struct session *session, enum entity_id entity, int64_t *ret_count);
    enum store_result (*insert)(struct session *session, enum entity_id entity,
                                const struct value *row, int64_t *ret_id);
    enum store_result (*user_by_name)(struct session *session, struct span username,
                                      struct store_user *ret_user);
    enum store_result (*user_set_password)(struct session *session, int64_t user_id,
                                           struct span hash, struct span now);
    enum store_result (*stats)(struct session *session, const struct stats_times *times,
                               struct clinic_stats *ret_stats);
    enum store_result (*audit)(struct session *session, const struct audit_row *rows, size_t count);
};

struct store {
    const struct store_ops *ops;
};

struct session {
    struct store *store;
    char problem[256]; /* what went wrong last, for the log */
    bool broken;       /* set by the store: the connection is of no more use */

    /* The pool's own (store/pool.h). */
    struct list link;
    nsec_t opened_ns, given_ns;
};

/* Opens the SQLite database at `path`, making it (WAL mode) and its tables when they are missing.
 * Returns 0, or -1 with a sentence. */
MUST_CHECK int store_sqlite_open(const char *path, struct store **ret_store, struct error *err);

/* NULL-safe; every session has to be freed first. Cleanup functions for AUTO(). */
void store_free(struct store **store);
void session_free(struct session **session);

/* NULL with a sentence when the database cannot be reached. */
MUST_CHECK struct session *session_new(struct store *store, struct error *err);

/* STORE_OK while the connection lives. One that was used less than a second ago may be judged by a
 * look at its socket; after that, the database has to answer. */
MUST_CHECK enum store_result session_ping(struct session *session, nsec_t idle_ns);

/* Sessions that the database's server accepts in all, less those it keeps for itself; 0: any
 * number. As it was when the store was opened. */
unsigned store_max_sessions(const struct store *store);

/* Writes between these are one transaction; other writers of this process wait. */
MUST_CHECK enum store_result session_begin(struct session *session);
MUST_CHECK enum store_result session_commit(struct session *session);
void session_rollback(struct session *session);

/* Rows by ascending id. */
MUST_CHECK enum store_result session_list(struct session *session, enum entity_id entity,
                                          int64_t skip, int64_t limit, on_row_fn *on_row,
                                          void *context);
MUST_CHECK enum store_result session_get(struct session *session, enum entity_id entity, int64_t id,
                                         on_row_fn *on_row, void *context);

/* Exact and cheap: the store keeps the number of rows with every write. */
MUST_CHECK enum store_result session_count(struct session *session, enum entity_id entity,
                                           int64_t *ret_count);

/* `row` is parallel to the entity's fields; an `id` of kind NULL is given by the store. */
MUST_CHECK enum store_result session_insert(struct session *session, enum entity_id entity,
                                            const struct value *row, int64_t *ret_id);

MUST_CHECK enum store_result session_user(struct session *session, struct span username,
                                          struct store_user *ret_user);
MUST_CHECK enum store_result session_set_password(struct session *session, int64_t user_id,
                                                  struct span hash, struct span now);
MUST_CHECK enum store_result session_stats(struct session *session, const struct stats_times *times,
                                           struct clinic_stats *ret_stats);

/* All rows in one transaction. */
MUST_CHECK enum store_result session_audit(struct session *session, const struct audit_row *rows,
                                           size_t count);

/* The last failure as a sentence, valid until the next call on this session. */
const char *session_problem(const struct session *session);

/* `wall_ns` (nanoseconds since 1970) as "2026-01-31T12:00:00Z"; `buf` holds 32 bytes. */
const char *store_time_text(nsec_t wall_ns, char *buf);

/* The bounds of a dashboard drawn at `wall_ns`. */
void stats_times_at(nsec_t wall_ns, struct stats_times *ret_times);

#endif
