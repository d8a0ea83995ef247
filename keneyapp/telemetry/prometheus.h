/* SPDX-License-Identifier: Apache-2.0
 *
 * Prometheus' text format 0.0.4, a line at a time: a family's name, type and help once, then its
 * values. Label texts are ours (route patterns, names of tables), so nothing in them is escaped.
 */
#ifndef KENEYAPP_TELEMETRY_PROMETHEUS_H
#define KENEYAPP_TELEMETRY_PROMETHEUS_H

#include <stdint.h>

#include "base/strbuf.h"

/* `type` is "counter", "gauge" or "histogram"; `help` one sentence. */
void prometheus_family(struct strbuf *out, const char *name, const char *type, const char *help);

/* `labels` are like `level="memory",route="/health"`, or "". */
void prometheus_value(struct strbuf *out, const char *name, const char *labels, double value);
void prometheus_count(struct strbuf *out, const char *name, const char *labels, uint64_t value);

/* A family with one value and no labels. */
void prometheus_single(struct strbuf *out, const char *name, const char *type, const char *help,
                       double value);

#endif
