/* SPDX-License-Identifier: Apache-2.0
 *
 * Request bodies of forms: application/x-www-form-urlencoded, byte for byte as Go's
 * url.QueryEscape writes it, and multipart/form-data (RFC 7578). Order and boundary are the
 * caller's.
 */
#ifndef HTTP_FORM_H
#define HTTP_FORM_H

#include "base/span.h"
#include "base/strbuf.h"
#include "base/util.h"

/* Letters, digits and "-_.~" stay, a space becomes '+', all else %XX. */
void form_escape(struct span text, struct strbuf *out);

/* "name=value", after an '&' unless `out` is empty. */
void form_add(struct strbuf *out, struct span name, struct span value);

/* A file part; an empty content type stands for application/octet-stream. */
struct form_file {
    struct span field, filename, content_type, content;
};

/* One part each. Quotes and line breaks in names are escaped. */
void form_multipart_field(struct strbuf *out, struct span boundary, struct span name,
                          struct span value);

/* -1 when the content type has a control character; nothing is appended then. */
MUST_CHECK int form_multipart_file(struct strbuf *out, struct span boundary,
                                   const struct form_file *file);

/* After the last part. */
void form_multipart_end(struct strbuf *out, struct span boundary);

#endif
