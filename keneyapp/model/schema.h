/* SPDX-License-Identifier: Apache-2.0
 *
 * JSON Schemas (2020-12, as OpenAPI 3.1 uses them) of what field tables describe. What is answered
 * is described whole; what is asked for may bring members that nobody looks at. Each function
 * returns a new reference.
 */
#ifndef KENEYAPP_MODEL_SCHEMA_H
#define KENEYAPP_MODEL_SCHEMA_H

#include <jansson.h>

#include "keneyapp/model/shape.h"

/* One value: of a member, or of a parameter. */
json_t *schema_field(const struct field *field);

/* A row as json_add_row() writes it. */
json_t *schema_row(const struct entity *entity);

/* What validate_new_row() and validate_changes() accept; `with_id` for changes of many rows. */
json_t *schema_new_row(const struct entity *entity);
json_t *schema_changes(const struct entity *entity, bool with_id);

/* What validate_shape() accepts. */
json_t *schema_shape(const struct shape *shape);

#endif
