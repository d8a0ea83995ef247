/* SPDX-License-Identifier: Apache-2.0
 *
 * The audit log's writer: requests leave an entry and go on; one thread writes what came in as one
 * transaction every 200 ms. What is accepted is written before the writer is freed; a crash loses
 * what came in since the last transaction.
 *
 * Strict mode (`--audit strict`) loses nothing: an answer waits until its entry is in the database.
 * No thread waits for that; the writer calls back, and commits without a pause, so that answers
 * that wait at the same time share a commit.
 *
 * Memory is bounded. While the database is away entries are kept and tried again. Before it does
 * anything that has to be audited, a request asks audit_writer_has_room(); the last quarter of the
 * memory is for those who asked before it got full. audit_writer_add() never waits.
 */
#ifndef KENEYAPP_TELEMETRY_AUDIT_H
#define KENEYAPP_TELEMETRY_AUDIT_H

#include "base/error.h"
#include "base/list.h"
#include "base/log.h"
#include "base/strbuf.h"
#include "keneyapp/store/store.h"
#include "keneyapp/telemetry/audit_queue.h"

struct audit_writer;

struct audit_config {
    struct store *store; /* this and the log: borrowed for the writer's life */
    struct log *log;
    bool strict;
    nsec_t pause_ns;  /* between transactions; not in strict mode */
    nsec_t retry_ns;  /* between tries when the database refuses */
    nsec_t grace_ns;  /* longest try at the end */
    size_t max_bytes; /* of entries that wait */
};

/* Embedded in what waits. */
struct audit_waiter {
    /* On the writer's thread, once; the waiter may be gone when it returns. False: the database
     * refused this entry or one before it; it is kept and tried again. */
    void (*done)(struct audit_waiter *waiter, bool written);
    struct list link; /* the writer's, like the number of the entry */
    uint64_t number;
};

/* 200 ms, 200 ms, 5 s, 16 MiB; not strict. */
void audit_config_defaults(struct audit_config *config);

/* NULL with a sentence when the database cannot be reached or the thread not be started. */
MUST_CHECK struct audit_writer *audit_writer_new(const struct audit_config *config,
                                                 struct error *err);

/* Writes what is queued first. NULL-safe. */
void audit_writer_free(struct audit_writer **writer);

bool audit_writer_is_strict(const struct audit_writer *writer);

/* Any thread; one atomic load. */
bool audit_writer_has_room(const struct audit_writer *writer);

/* Copies the entry. Any thread. `waiter` is NULL when nobody waits; otherwise it is called, unless
 * this returns false: then memory was full, and the entry is lost and counted; or it is kept, but
 * nobody may wait any more. */
bool audit_writer_add(struct audit_writer *writer, const struct audit_entry *entry,
                      struct audit_waiter *waiter);

/* From now on nobody may wait; returns when all who do have been called: at most one try of the
 * database later. Before what waits is taken apart. */
void audit_writer_settle(struct audit_writer *writer);

struct audit_figures {
    uint64_t written, lost; /* since the start; each loss is also logged */
    size_t waiting;
};

void audit_writer_figures(struct audit_writer *writer, struct audit_figures *ret_figures);

/* The same for Prometheus. */
void audit_writer_render(struct audit_writer *writer, struct strbuf *out);

#endif
