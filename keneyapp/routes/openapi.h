/* SPDX-License-Identifier: Apache-2.0
 *
 * The OpenAPI 3.1 document: every route of the table, with schemas from the field tables. Names of
 * schemas in a route's `body` and `answer` are
 *   - an entity's label without spaces: "Patient" (a row), "PatientCreate" (what a new one takes),
 *     "PatientUpdate" (its changes), "PatientChange" (changes with an id, for many at once),
 *     "PatientPage" (a list with total, skip and limit)
 *   - the name of a body or an answer in routes/answers.c
 *   - any of these with "[]" behind: an array of it.
 */
#ifndef KENEYAPP_ROUTES_OPENAPI_H
#define KENEYAPP_ROUTES_OPENAPI_H

#include "base/span.h"
#include "keneyapp/http/router.h"
#include "keneyapp/model/shape.h"

/* An answer that no field table describes: its members as "name:type", with spaces between. Types
 * are text, number (whole), decimal, bool, moment, object, list, or the name of a schema; a name
 * with a question mark behind need not be there, a type with one may be null. */
struct answer_schema {
    const char *name;
    const char *members;
};

/* routes/answers.c; NULL when there is none of this name. */
const struct answer_schema *answer_schema(const char *name);
const struct shape *body_shape(const char *name);

/* The document as JSON text; free() it. */
char *openapi_document(const struct route *routes, size_t count);

#endif
