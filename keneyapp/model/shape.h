/* SPDX-License-Identifier: Apache-2.0
 *
 * Objects that are no rows: the parameters of a query, the body of a sign-in. The same field tables
 * as for entities, so that validation and OpenAPI treat both alike.
 */
#ifndef KENEYAPP_MODEL_SHAPE_H
#define KENEYAPP_MODEL_SHAPE_H

#include "keneyapp/model/entity.h"

struct shape {
    const char *name; /* of its schema in the OpenAPI document; NULL for queries */
    const struct field *fields;
    size_t field_count;
};

#define SHAPE(shape_name, field_table)                                                             \
    {                                                                                              \
        .name = (shape_name), .fields = (field_table), .field_count = COUNT_OF(field_table)        \
    }

#endif
