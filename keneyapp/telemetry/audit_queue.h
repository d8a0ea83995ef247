/* SPDX-License-Identifier: Apache-2.0
 *
 * Audit entries on their way to the database, packed one after the other into chunks of memory: a
 * request copies some 200 bytes and goes on. Bounded; not thread-safe, its owner locks.
 */
#ifndef KENEYAPP_TELEMETRY_AUDIT_QUEUE_H
#define KENEYAPP_TELEMETRY_AUDIT_QUEUE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/clock.h"
#include "base/span.h"

struct audit_row;

enum {
    AUDIT_CHUNK_BYTES = 64 * 1024,
    AUDIT_DETAILS_MAX_BYTES = 24 * 1024, /* what a batch is about: a thousand ids */
};

/* What somebody did. Texts are borrowed. Those from outside are cut when they are too long for the
 * audit log, and what is not UTF-8 in them replaced, when they are written. */
struct audit_entry {
    nsec_t wall_ns; /* since 1970 */
    int64_t tenant_id;
    int64_t user_id;           /* 0 when nobody is signed in */
    int64_t resource_id;       /* 0 for a list */
    const char *action;        /* static: "READ" */
    const char *resource_type; /* static: "patients" */
    struct span username, ip_address, user_agent, correlation_id;
    struct span details; /* JSON of the clinic's own making */
    bool success;
    bool signed_in; /* the user's last_login moves to `wall_ns` */
};

struct audit_chunk {
    struct audit_chunk *next;
    size_t used; /* of bytes */
    _Alignas(8) char bytes[AUDIT_CHUNK_BYTES - 16];
};

struct audit_queue {
    struct audit_chunk *first, *last, *spare;
    size_t chunks, chunks_max; /* in use; spare ones do not count */
    size_t entries;
};

void audit_queue_init(struct audit_queue *queue, size_t max_bytes);

/* Frees everything, entries too. */
void audit_queue_done(struct audit_queue *queue);

/* Copies the entry. False when the queue is full. */
bool audit_queue_add(struct audit_queue *queue, const struct audit_entry *entry);

/* All chunks, oldest first; they count as in use until they are given back. NULL when empty. */
struct audit_chunk *audit_queue_take(struct audit_queue *queue);
void audit_queue_give(struct audit_queue *queue, struct audit_chunk *chunks);

/* Of the memory that may be used, in hundredths. */
unsigned audit_queue_fill(const struct audit_queue *queue);

/* Reads the entry at `*offset` of the list of chunks (0 at first) and moves on, in the order in
 * which they were added: false at the end. Its details are the chunk's. */
bool audit_chunk_next(struct audit_chunk **chunk, size_t *offset, struct audit_row *ret_row);

#endif
