/* SPDX-License-Identifier: Apache-2.0
 *
 * The audit log's writer: requests leave a row and go on; one thread writes all that came in since
 * the last time as one transaction. What is accepted is written before the writer is freed. A full
 * queue makes the next request wait: an audit row is never dropped silently.
 */
#ifndef KENEYAPP_TELEMETRY_AUDIT_H
#define KENEYAPP_TELEMETRY_AUDIT_H

#include "base/error.h"
#include "base/log.h"
#include "base/strbuf.h"
#include "keneyapp/store/store.h"

struct audit_writer;

/* `store` and `log` are borrowed for the writer's life. NULL with a sentence when the session
 * cannot be opened or the thread not be started. */
MUST_CHECK struct audit_writer *audit_writer_new(struct store *store, struct log *log,
                                                 struct error *err);

/* Writes what is queued first. NULL-safe. */
void audit_writer_free(struct audit_writer **writer);

/* Copies the row. Any thread. */
void audit_writer_add(struct audit_writer *writer, const struct audit_row *row);

/* Rows written, and rows lost because the database refused them (each loss is also logged). */
uint64_t audit_writer_written(struct audit_writer *writer);
uint64_t audit_writer_lost(struct audit_writer *writer);

/* The same for Prometheus. */
void audit_writer_render(struct audit_writer *writer, struct strbuf *out);

#endif
