/* SPDX-License-Identifier: Apache-2.0
 *
 * Rows as CSV (RFC 4180), for spreadsheets. A text that a spreadsheet would take for a formula gets
 * an apostrophe in front, so that what somebody typed into a form is never run.
 */
#ifndef KENEYAPP_ROUTES_CSV_H
#define KENEYAPP_ROUTES_CSV_H

#include "base/strbuf.h"
#include "keneyapp/model/entity.h"

/* The names of the visible fields, as a line. */
void csv_add_names(struct strbuf *out, const struct entity *entity);

/* The row without the end of its line. */
void csv_add_row(struct strbuf *out, const struct entity *entity, const struct value *row);

#endif
