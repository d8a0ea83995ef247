/* SPDX-License-Identifier: Apache-2.0
 *
 * How a report looks: title, headings and named values, as plain text or as an HTML page. What
 * comes from the database can do no harm in either: markup is escaped, control characters are
 * spaces.
 */
#ifndef KENEYAPP_JOBS_REPORT_WRITER_H
#define KENEYAPP_JOBS_REPORT_WRITER_H

#include "base/strbuf.h"

struct report_format {
    const char *name;         /* "text": of ?format= and job_row.format */
    const char *content_type; /* of an answer */
    void (*begin)(struct strbuf *out, const char *title);
    void (*heading)(struct strbuf *out, struct span text);    /* "Appointments (3)" */
    void (*subheading)(struct strbuf *out, struct span text); /* "Appointment 12" */
    void (*value)(struct strbuf *out, struct span name, struct span text);
    void (*end)(struct strbuf *out);
};

/* By name; NULL: there is none. */
const struct report_format *report_format_of(struct span name);

#endif
