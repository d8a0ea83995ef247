/* SPDX-License-Identifier: Apache-2.0
 *
 * The parts of the PostgreSQL store to each other. A session is one link (postgres_link.h) and one
 * builder of statements. One operation is one round trip wherever nothing depends on an answer.
 */
#ifndef KENEYAPP_STORE_POSTGRES_PRIVATE_H
#define KENEYAPP_STORE_POSTGRES_PRIVATE_H

#include "keneyapp/store/postgres_link.h"
#include "keneyapp/store/sql.h"
#include "keneyapp/store/store.h"

struct postgres_store {
    struct store store;
    char *url;
    struct postgres_fixed *fixed;
    unsigned max_sessions; /* when it was opened */
};

struct postgres_session {
    struct session session;
    struct postgres_store *store;
    struct postgres_link link;
    struct sql sql;
    bool in_transaction; /* the caller's */
    bool begun;          /* BEGIN is queued or sent: it goes out with the first statement */
    bool failed;         /* only a rollback is possible */
};

struct postgres_session *postgres_of(struct session *session);

/* Queues what s->sql holds, with its parameters. Returns the index of the result. */
size_t postgres_queue(struct postgres_session *s);

/* The same of one of the statements that are the same everywhere. */
size_t postgres_queue_fixed(struct postgres_session *s, enum sql_fixed which,
                            const struct value *params, size_t count);
size_t postgres_queue_text(struct postgres_session *s, const char *sql, const struct value *params,
                           size_t count);

/* One round trip with everything queued. */
enum store_result postgres_run(struct postgres_session *s);
enum store_result postgres_run_for(struct postgres_session *s, nsec_t limit_ns);

const PGresult *postgres_result(const struct postgres_session *s, size_t index);

/* A round trip with one fixed statement; STORE_NOT_FOUND when it wrote no row. */
enum store_result postgres_change(struct postgres_session *s, enum sql_fixed which,
                                  const struct value *params, size_t count);

/* Says so when the transaction has failed and only a rollback is possible. */
bool postgres_blocked(struct postgres_session *s);

enum store_result postgres_begin(struct session *session);
enum store_result postgres_commit(struct session *session);
void postgres_rollback(struct session *session);

/* postgres_write.c */
enum store_result postgres_tidy(struct session *session);
enum store_result postgres_insert(struct session *session, enum entity_id id,
                                  const struct value *rows, size_t count, int64_t *ret_ids);
enum store_result postgres_update(struct session *session, enum entity_id id, const int64_t *ids,
                                  const struct value *rows, const uint64_t *masks, size_t count);
enum store_result postgres_remove(struct session *session, enum entity_id id, const int64_t *ids,
                                  size_t count, size_t *ret_removed);
enum store_result postgres_audit(struct session *session, const struct audit_row *rows,
                                 size_t count);

/* postgres_accounts.c */
enum store_result postgres_user_by_name(struct session *session, struct span username,
                                        struct store_user *ret_user);
enum store_result postgres_user_by_id(struct session *session, int64_t user_id,
                                      struct store_user *ret_user);
enum store_result postgres_set_password(struct session *session, int64_t user_id, struct span was,
                                        struct span hash, struct span now);
enum store_result postgres_sign_in_failed(struct session *session, int64_t user_id,
                                          int max_failures, struct span now,
                                          struct span locked_until, bool *ret_locked);
enum store_result postgres_sign_in_reset(struct session *session, int64_t user_id, struct span now);
enum store_result postgres_tenant_add(struct session *session, struct span name, struct span slug,
                                      struct span now, int64_t *ret_id);
enum store_result postgres_tenant_by_slug(struct session *session, struct span slug,
                                          int64_t *ret_id);

/* postgres_work.c */
enum store_result postgres_stats(struct session *session, const struct stats_times *times,
                                 struct clinic_stats *ret_stats);
enum store_result postgres_refresh_stats(struct session *session, const struct stats_times *times);
enum store_result postgres_job_add(struct session *session, const struct job_row *job,
                                   int64_t *ret_id);
enum store_result postgres_job_take(struct session *session, struct span now,
                                    struct span lease_until, struct job_row *ret_job);
enum store_result postgres_job_finish(struct session *session, const struct job_row *job, bool good,
                                      struct span now, struct span text);
enum store_result postgres_job_retry(struct session *session, const struct job_row *job,
                                     struct span due);
enum store_result postgres_job_get(struct session *session, int64_t job_id, struct job_row *ret_job,
                                   struct strbuf *result);

/* postgres_keys.c: what is searched, folded anew; the caller has begun a transaction by a script.
 */
enum store_result postgres_fold_keys(struct postgres_session *s);

/* postgres_upkeep.c: what concerns the database as a whole */
int postgres_migrate(struct store *store, struct error *err);
int postgres_version(struct store *store, int *ret_version, struct error *err);
int postgres_count_free(struct store *store, unsigned *ret_sessions, struct error *err);
int postgres_backup(struct store *store, const char *path, struct error *err);

#endif
