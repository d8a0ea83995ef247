/* SPDX-License-Identifier: Apache-2.0
 *
 * Where the clinic's rows live, behind one interface: SQLite (store/sqlite*.c) and PostgreSQL
 * (store/postgres*.c), each a table of operations. All SQL is in this folder; nothing here knows
 * HTTP.
 *
 * A store is opened once. Work with it needs a session: a connection with its prepared statements,
 * taken from the pool (store/pool.h). Sessions are not thread-safe; the store is.
 *
 * A session acts for one tenant at a time (session_for()). Every statement on an entity is bound
 * to that tenant inside the store, so a forgotten check in a handler cannot show another clinic's
 * rows. Fields with FIELD_SEALED are sealed and opened on the way (store/sealing.h): callers see
 * plain text, the database never does. Times are text in UTC, to the second, as model/moment.h
 * makes them ("2026-01-31T12:00:00Z"), on both databases and in both directions.
 */
#ifndef KENEYAPP_STORE_STORE_H
#define KENEYAPP_STORE_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/list.h"
#include "base/span.h"
#include "base/strbuf.h"
#include "base/util.h"
#include "keneyapp/model/entity.h"
#include "keneyapp/model/value.h"

enum store_result {
    STORE_OK,
    STORE_NOT_FOUND,
    STORE_DUPLICATE,     /* a unique index says no */
    STORE_BAD_REFERENCE, /* a row that is referred to is not there (in this tenant), or one that
                            is to be removed is still referred to */
    STORE_CONFLICT,      /* the doctor has another appointment at that time */
    STORE_BUSY,          /* no connection came free within the pool's timeout */
    STORE_UNAVAILABLE,   /* the database is away or held: worth a 503 and another try */
    STORE_FULL,          /* the disk is full: 507 */
    STORE_FAILED,        /* damage or a bug: session_problem() has the sentence */
};

/* Called once per row, during the call that asked; `row` and its texts are valid until return. It
 * must not use the session. */
typedef void on_row_fn(void *context, const struct entity *entity, const struct value *row);

enum filter_kind {
    FILTER_EQUAL,
    FILTER_FROM,   /* >= */
    FILTER_BEFORE, /* < */
    FILTER_IN,     /* an integer field, one of `ids` */
};

struct filter {
    int field; /* index into the entity's fields; not one with FIELD_SEALED */
    enum filter_kind kind;
    struct value value; /* borrowed for the call; all kinds but FILTER_IN */
    const int64_t *ids; /* borrowed for the call; FILTER_IN */
    size_t id_count;
};

enum {
    FILTERS_MAX = 6,
    SEARCH_WORDS_MAX = 8, /* further words of a search are not looked at */
};

struct list_query {
    int64_t skip, limit; /* limit < 0: every row (the clinic without pagination) */
    int sort_field;      /* index of a field with FIELD_SORTED; 0 is id; ties by id; a field with
                            FIELD_SEARCHED is sorted as it is searched, so e and é are a tie */
    bool descending;
    struct span search; /* borrowed for the call; every word of it begins a field with
                           FIELD_SEARCHED, whatever its case and accents (model/fold.h); empty:
                           every row */
    struct filter filters[FILTERS_MAX];
    size_t filter_count;
};

/* What signing in and every request needs of a user. Texts are cut to fit. */
struct store_user {
    int64_t id, tenant_id;
    char username[104];
    char hashed_password[132];
    char role[16];
    bool is_active; /* and so is the tenant */
    bool is_locked;
    char locked_until[32]; /* ISO 8601; empty while is_locked: until someone unlocks */
    int failed_attempts;   /* since the last good one or the last lock */
};

/* One line of the audit log. */
struct audit_row {
    char timestamp[32]; /* ISO 8601, UTC */
    int64_t tenant_id;  /* 0: TENANT_DEFAULT, when nobody is signed in */
    int64_t user_id;    /* 0 when nobody is signed in */
    char username[104];
    char action[12];        /* CREATE, READ, LOGIN */
    char resource_type[16]; /* "patients" */
    int64_t resource_id;    /* 0 for a list */
    char ip_address[48];
    char user_agent[120];
    char correlation_id[68];
    struct span details; /* JSON; borrowed for as long as the row is used */
    bool success;
    bool signed_in; /* the user's last_login moves to `timestamp` */
};

/* Figures of the dashboard: the guide's view and the original's answer, of the session's tenant. */
struct clinic_stats {
    int64_t patients, appointments, prescriptions, doctors;
    int64_t new_patients;       /* 30 days */
    int64_t appointments_today; /* UTC */
    int64_t scheduled, completed, cancelled;
    int64_t recent_patients, recent_appointments, recent_prescriptions; /* 7 days */
    char refreshed_at[32];                                              /* ISO 8601 */
};

/* ISO 8601 texts that bound the figures above. */
struct stats_times {
    char now[32], day_start[32], day_end[32], week_ago[32], month_ago[32];
};

/* A piece of stored work. Texts are cut to fit. */
struct job_row {
    int64_t id, tenant_id, user_id;
    char kind[24];      /* "patient_report" */
    int64_t subject_id; /* the patient's */
    char format[8];     /* text, html */
    char state[12];     /* queued, running, done, failed */
    int attempts;       /* how often it was taken */
    char created_at[32], finished_at[32];
};

/* For db_query_duration_seconds. */
enum query_class {
    QUERY_SIMPLE,  /* a key, a count, or a page of one table */
    QUERY_COMPLEX, /* search, filters, included rows, dashboards */
    QUERY_REPORT,  /* every row of something */
    QUERY_WRITE,   /* waiting for the turn and the disk included */
    QUERY_CLASSES,
};

struct vault;

/* What is switched off (--without), and what the store works with. All zero: everything on. */
struct store_options {
    bool without_indexes; /* indexes that are no rules are dropped by store_migrate(), until a
                             store_migrate() without this makes them again */
    bool without_matview; /* session_stats() counts each time */
    bool without_batch;   /* rows one by one, each committed where the caller has no transaction */
    const struct vault *vault; /* borrowed for the store's life; NULL: fields are not sealed */
    /* After each operation, on its thread; may be NULL. */
    void (*observe)(void *context, enum query_class class, nsec_t duration_ns);
    void *observe_context;
};

struct store;
struct session;

struct store_ops {
    void (*close)(struct store *store);
    int (*migrate)(struct store *store, struct error *err);
    int (*version)(struct store *store, int *ret_version, struct error *err);
    unsigned (*max_sessions)(const struct store *store); /* NULL: no limit */
    int (*backup)(struct store *store, const char *path, struct error *err);
    struct session *(*session_new)(struct store *store, struct error *err);
    void (*session_free)(struct session *session);
    enum store_result (*ping)(struct session *session, nsec_t idle_ns); /* NULL: never broken */
    enum store_result (*begin)(struct session *session);
    enum store_result (*commit)(struct session *session);
    void (*rollback)(struct session *session);
    enum store_result (*bulk)(struct session *session, bool begins); /* NULL: nothing to do */
    enum store_result (*tidy)(struct session *session);              /* NULL: nothing to do */
    enum store_result (*list)(struct session *session, enum entity_id id,
                              const struct list_query *query, on_row_fn *on_row, void *context,
                              int64_t *ret_total);
    enum store_result (*get)(struct session *session, enum entity_id id, int64_t row_id,
                             on_row_fn *on_row, void *context);
    enum store_result (*count)(struct session *session, enum entity_id id, int64_t *ret_count);
    enum store_result (*insert)(struct session *session, enum entity_id id,
                                const struct value *rows, size_t count, int64_t *ret_ids);
    enum store_result (*update)(struct session *session, enum entity_id id, const int64_t *ids,
                                const struct value *rows, const uint64_t *masks, size_t count);
    enum store_result (*remove)(struct session *session, enum entity_id id, const int64_t *ids,
                                size_t count, size_t *ret_removed);
    enum store_result (*user_by_name)(struct session *session, struct span username,
                                      struct store_user *ret_user);
    enum store_result (*user_by_id)(struct session *session, int64_t user_id,
                                    struct store_user *ret_user);
    enum store_result (*set_password)(struct session *session, int64_t user_id, struct span was,
                                      struct span hash, struct span now);
    enum store_result (*sign_in_failed)(struct session *session, int64_t user_id, int max_failures,
                                        struct span now, struct span locked_until,
                                        bool *ret_locked);
    enum store_result (*sign_in_reset)(struct session *session, int64_t user_id, struct span now);
    enum store_result (*tenant_add)(struct session *session, struct span name, struct span slug,
                                    struct span now, int64_t *ret_id);
    enum store_result (*tenant_by_slug)(struct session *session, struct span slug, int64_t *ret_id);
    enum store_result (*stats)(struct session *session, const struct stats_times *times,
                               struct clinic_stats *ret_stats);
    enum store_result (*refresh_stats)(struct session *session, const struct stats_times *times);
    enum store_result (*audit)(struct session *session, const struct audit_row *rows, size_t count);
    enum store_result (*job_add)(struct session *session, const struct job_row *job,
                                 int64_t *ret_id);
    enum store_result (*job_take)(struct session *session, struct span now, struct span lease_until,
                                  struct job_row *ret_job);
    enum store_result (*job_finish)(struct session *session, const struct job_row *job, bool good,
                                    struct span now, struct span result);
    enum store_result (*job_retry)(struct session *session, const struct job_row *job,
                                   struct span due);
    enum store_result (*job_get)(struct session *session, int64_t job_id, struct job_row *ret_job,
                                 struct strbuf *result);
};

struct store {
    const struct store_ops *ops;
    struct store_options options;
};

struct session {
    struct store *store;
    int64_t tenant_id; /* session_for(); 0 is TENANT_DEFAULT */
    char problem[256]; /* what went wrong last, for the log */
    bool broken;       /* set by the store: the connection is of no more use */

    /* The pool's own (store/pool.h). */
    struct list link;
    nsec_t opened_ns, given_ns;
};

/* Opens the database at `url`: a path is SQLite's (made when missing). It is reached and its
 * version looked at: one that is newer than the program is refused. It has no tables before
 * store_migrate(). `options` is copied; NULL: all zero. Returns 0, or -1 with a sentence. */
MUST_CHECK int store_open(const char *url, const struct store_options *options,
                          struct store **ret_store, struct error *err);

/* NULL-safe; every session has to be freed first. Cleanup functions for AUTO(). */
void store_free(struct store **store);
void session_free(struct session **session);

/* What is missing to the newest version (store/migrations.h): migrations in order, each one in a
 * transaction, one process at a time. Then the indexes, as the options have them. */
MUST_CHECK int store_migrate(struct store *store, struct error *err);

/* The database's version (0: empty) and the newest this program knows. */
MUST_CHECK int store_version(struct store *store, int *ret_version, int *ret_newest,
                             struct error *err);

/* Sessions that the database's server accepts in all, less those it keeps for itself; 0: any
 * number. As it was when the store was opened. */
unsigned store_max_sessions(const struct store *store);

/* A consistent copy of the whole database in a new file, which only its owner may read, while
 * others work. A file that is there already is an error. */
MUST_CHECK int store_backup(struct store *store, const char *path, struct error *err);

/* NULL with a sentence when the database cannot be reached. */
MUST_CHECK struct session *session_new(struct store *store, struct error *err);

/* STORE_OK while the connection lives. One that was used less than a second ago may be judged by a
 * look at its socket; after that, the database has to answer. */
MUST_CHECK enum store_result session_ping(struct session *session, nsec_t idle_ns);

/* From now on the session acts for this tenant; a new session acts for TENANT_DEFAULT. */
void session_for(struct session *session, int64_t tenant_id);

/* Writes between these are one transaction; on SQLite, other writers wait in line. After any
 * result but STORE_OK (and STORE_NOT_FOUND of a read) only session_rollback() is possible;
 * rolling back without a transaction is harmless. */
MUST_CHECK enum store_result session_begin(struct session *session);
MUST_CHECK enum store_result session_commit(struct session *session);
void session_rollback(struct session *session);

/* Within a transaction: begins, and ends, the filling of an empty clinic by many inserts. A store
 * may set indexes aside meanwhile. */
MUST_CHECK enum store_result session_bulk(struct session *session, bool begins);

/* After much was written and committed: what makes questions about it fast (statistics,
 * visibility). */
MUST_CHECK enum store_result session_tidy(struct session *session);

/* Rows, and into `ret_total` (which may be NULL) how many there are without skip and limit: from
 * the tenant's counters or counted, as of the same moment as the rows (on PostgreSQL not within the
 * caller's transaction, where each statement looks anew). ENTITY_TENANTS has the session's tenant
 * only. */
MUST_CHECK enum store_result session_list(struct session *session, enum entity_id id,
                                          const struct list_query *query, on_row_fn *on_row,
                                          void *context, int64_t *ret_total);

/* Between session_begin() and session_commit() nobody else changes the row, nor reads it there. */
MUST_CHECK enum store_result session_get(struct session *session, enum entity_id id, int64_t row_id,
                                         on_row_fn *on_row, void *context);

/* session_get() by somebody who only wants to know whether the row is there. */
MUST_CHECK enum store_result session_find(struct session *session, enum entity_id id,
                                          int64_t row_id);

/* Exact and cheap: the store keeps the number of rows of each tenant with every write. */
MUST_CHECK enum store_result session_count(struct session *session, enum entity_id id,
                                           int64_t *ret_count);

/* `count` rows, one after the other, each parallel to the entity's fields: all or nothing, in a
 * transaction of its own when none is open. Ids and tenant are given by the store, whatever the
 * rows say; the ids go into `ret_ids` in order. STORE_CONFLICT when an appointment that is not
 * cancelled or no_show would overlap with another one of its doctor. Not for ENTITY_AUDIT and
 * ENTITY_TENANTS. */
MUST_CHECK enum store_result session_insert(struct session *session, enum entity_id id,
                                            const struct value *rows, size_t count,
                                            int64_t *ret_ids);

/* Changes the fields in masks[i] (a bit per field index; bits of FIELD_FIXED fields are not looked
 * at) of the row ids[i] to those of the i-th row. All or nothing; STORE_NOT_FOUND when a row is
 * missing. Appointments are checked as in session_insert(). `updated_at` is the caller's to bring.
 * Not for ENTITY_AUDIT. */
MUST_CHECK enum store_result session_update(struct session *session, enum entity_id id,
                                            const int64_t *ids, const struct value *rows,
                                            const uint64_t *masks, size_t count);

/* All in one transaction; ids that do not exist are not counted into `ret_removed` (which may be
 * NULL). A patient's appointments and prescriptions go with it. Not for ENTITY_AUDIT and
 * ENTITY_TENANTS. */
MUST_CHECK enum store_result session_remove(struct session *session, enum entity_id id,
                                            const int64_t *ids, size_t count, size_t *ret_removed);

/* Users of any tenant; names are the same in any case of their ASCII letters. */
MUST_CHECK enum store_result session_user(struct session *session, struct span username,
                                          struct store_user *ret_user);
MUST_CHECK enum store_result session_user_by_id(struct session *session, int64_t user_id,
                                                struct store_user *ret_user);

/* Of any tenant. Also unlocks. `was` is the hash that this one follows: when it is another by now,
 * nothing changes; empty: whatever it is. STORE_NOT_FOUND: there is no such user, or no such hash.
 */
MUST_CHECK enum store_result session_set_password(struct session *session, int64_t user_id,
                                                  struct span was, struct span hash,
                                                  struct span now);

/* One more wrong password. The one that makes `max_failures` locks the account until
 * `locked_until` (ISO 8601), and counting starts anew. An account that is locked at `now` stays as
 * it is. */
MUST_CHECK enum store_result session_sign_in_failed(struct session *session, int64_t user_id,
                                                    int max_failures, struct span now,
                                                    struct span locked_until, bool *ret_locked);

/* A right password: no failures, and no lock whose end was before `now`. */
MUST_CHECK enum store_result session_sign_in_reset(struct session *session, int64_t user_id,
                                                   struct span now);

/* STORE_DUPLICATE when the slug is taken. */
MUST_CHECK enum store_result session_tenant_add(struct session *session, struct span name,
                                                struct span slug, struct span now, int64_t *ret_id);
MUST_CHECK enum store_result session_tenant_by_slug(struct session *session, struct span slug,
                                                    int64_t *ret_id);

/* The figures as of the last session_refresh_stats() of any process; counted now before the first
 * one, and always without_matview. */
MUST_CHECK enum store_result session_stats(struct session *session, const struct stats_times *times,
                                           struct clinic_stats *ret_stats);

/* Counts the figures of every tenant anew; readers see the old ones until it is done. */
MUST_CHECK enum store_result session_refresh_stats(struct session *session,
                                                   const struct stats_times *times);

/* All rows in one transaction, which is on the disk when this returns STORE_OK. */
MUST_CHECK enum store_result session_audit(struct session *session, const struct audit_row *rows,
                                           size_t count);

/* Jobs: a queue that survives restarts. Adding takes kind, subject_id, format, user_id and
 * created_at from `job`, the tenant from the session. */
MUST_CHECK enum store_result session_job_add(struct session *session, const struct job_row *job,
                                             int64_t *ret_id);

/* Of any tenant: the oldest that is queued and due, or running with its lease over; it is running
 * then, until `lease_until`, and `attempts` of the row is the number of this lease.
 * STORE_NOT_FOUND: there is none. Two processes never take the same. */
MUST_CHECK enum store_result session_job_take(struct session *session, struct span now,
                                              struct span lease_until, struct job_row *ret_job);

/* Of any tenant, while the job is still the caller's: nobody has taken it since `job->attempts`.
 * Else STORE_NOT_FOUND. `result` is kept sealed; for a failed job, a sentence. */
MUST_CHECK enum store_result session_job_finish(struct session *session, const struct job_row *job,
                                                bool good, struct span now, struct span result);

/* As session_job_finish(), but the job is queued again, and due at `due`. */
MUST_CHECK enum store_result session_job_retry(struct session *session, const struct job_row *job,
                                               struct span due);

/* Of the session's tenant. `result` (which may be NULL) gets what session_job_finish() brought. */
MUST_CHECK enum store_result session_job_get(struct session *session, int64_t job_id,
                                             struct job_row *ret_job, struct strbuf *result);

/* The last failure as a sentence, valid until the next call on this session. */
const char *session_problem(const struct session *session);

/* `wall_ns` (nanoseconds since 1970) as "2026-01-31T12:00:00Z"; `buf` holds 32 bytes. */
const char *store_time_text(nsec_t wall_ns, char *buf);

/* The bounds of a dashboard drawn at `wall_ns`. */
void stats_times_at(nsec_t wall_ns, struct stats_times *ret_times);

#endif
