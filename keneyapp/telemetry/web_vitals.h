/* SPDX-License-Identifier: Apache-2.0
 *
 * How fast the clinic's pages are where people sit: the Core Web Vitals that browsers report, as
 * histograms in Prometheus' text format. Recording is a few atomic additions; any thread.
 */
#ifndef KENEYAPP_TELEMETRY_WEB_VITALS_H
#define KENEYAPP_TELEMETRY_WEB_VITALS_H

#include "base/span.h"
#include "base/strbuf.h"

/* X(symbol, member of a report, metric, unit of a report, largest value, help). Edges of buckets
 * include what web.dev calls good and poor. */
#define WEB_VITAL_TABLE(X)                                                                         \
    X(LCP, "lcp", "web_vitals_lcp_seconds", 1e-3, 6e5, "Largest Contentful Paint.")                \
    X(FCP, "fcp", "web_vitals_fcp_seconds", 1e-3, 6e5, "First Contentful Paint.")                  \
    X(TTFB, "ttfb", "web_vitals_ttfb_seconds", 1e-3, 6e5, "Time to First Byte.")                   \
    X(INP, "inp", "web_vitals_inp_seconds", 1e-3, 6e5, "Interaction to Next Paint.")               \
    X(FID, "fid", "web_vitals_fid_seconds", 1e-3, 6e5, "First Input Delay.")                       \
    X(CLS, "cls", "web_vitals_cls", 1, 1e3, "Cumulative Layout Shift, a score without unit.")

#define WEB_VITAL_ENUM(symbol, member, metric, unit, max, help) VITAL_##symbol,

enum web_vital {
    WEB_VITAL_TABLE(WEB_VITAL_ENUM) VITALS_COUNT,
};

#undef WEB_VITAL_ENUM

struct web_vitals;

/* `pages` are the values of the label `page`, NULL-terminated, borrowed. */
struct web_vitals *web_vitals_new(const char *const *pages);

/* NULL-safe. */
void web_vitals_free(struct web_vitals **vitals);

/* Index of a page by its name, or -1: what browsers say does not make new series. */
int web_vitals_page(const struct web_vitals *vitals, struct span name);

/* The member of a report, and the largest value that is believed (in a report's unit: milliseconds,
 * or none). */
const char *web_vital_member(enum web_vital vital);
double web_vital_max(enum web_vital vital);

/* `value` in a report's unit, from 0 to web_vital_max(). */
void web_vitals_record(struct web_vitals *vitals, int page, enum web_vital vital, double value);

/* The families of which something was recorded. */
void web_vitals_render(const struct web_vitals *vitals, struct strbuf *out);

#endif
