/* SPDX-License-Identifier: Apache-2.0
 *
 * An HdrHistogram log (format 1.3): one line an interval and tag, readable by HdrHistogram's own
 * tools, which merge and plot them. Layout: docs/internals/hdr-log.md. One thread.
 */
#ifndef OUTPUT_HDR_LOG_H
#define OUTPUT_HDR_LOG_H

#include "base/clock.h"
#include "base/util.h"

struct error;
struct hdr_log;
struct histogram;

/* Makes the file ("-": standard output); `title` is one line for people. NULL and `err` (255). */
struct hdr_log *hdr_log_new(const char *path, const char *title, struct error *err);

/* What stands at the top: the first interval begins at `wall_ns`. Once, before the first of them.
 */
void hdr_log_begin(struct hdr_log *log, nsec_t wall_ns);

/* The values (ms) of an interval that began `start_ns` after the first. `tag`: NULL or letters,
 * digits and '_'. What cannot be written is told at the end. */
void hdr_log_add(struct hdr_log *log, const char *tag, nsec_t start_ns, nsec_t length_ns,
                 const struct histogram *trend);

/* Closes the file: 0, or -1 and `err` (255) when some of it could not be written. */
MUST_CHECK int hdr_log_end(struct hdr_log **log, struct error *err);

/* Closes it, whatever became of it. */
void hdr_log_free(struct hdr_log **log);

#endif
