/* SPDX-License-Identifier: Apache-2.0
 *
 * The parameters of lists.
 */
#include "keneyapp/http/query.h"
#include "keneyapp/routes/listing.h"

#define SKIP                                                                                       \
    {                                                                                              \
        .name = "skip", .type = FIELD_INT, .max = INT64_MAX, .fallback = "0",                      \
        .about = "Rows to leave out at the front."                                                 \
    }
#define LIMIT                                                                                      \
    {                                                                                              \
        .name = "limit", .type = FIELD_INT, .min = 1, .max = PAGE_LIMIT_MAX, .fallback = "100",    \
        .about = "Rows to answer at most."                                                         \
    }

static const struct field PAGE_FIELDS[] = {SKIP, LIMIT};

const struct shape PAGE_QUERY = SHAPE(NULL, PAGE_FIELDS);

static const char *const REPORT_FORMATS[] = {"text", "html", NULL};

static const struct field REPORT_FIELDS[] = {
    {.name = "format", .type = FIELD_CHOICE, .choices = REPORT_FORMATS, .fallback = "text"},
};

static const struct field REPORT_CONTENT_FIELDS[] = {
    {.name = "content",
     .type = FIELD_BOOL,
     .about = "1: the report itself, as text or HTML; so does Accept: text/html or text/plain."},
};

const struct shape REPORT_QUERY = SHAPE(NULL, REPORT_FIELDS);
const struct shape REPORT_CONTENT_QUERY = SHAPE(NULL, REPORT_CONTENT_FIELDS);
