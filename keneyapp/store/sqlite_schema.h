/* SPDX-License-Identifier: Apache-2.0
 *
 * The SQL that follows from the field tables: tables, indexes, and the statements on one entity.
 * Shared by the files of the SQLite store only.
 */
#ifndef KENEYAPP_STORE_SQLITE_SCHEMA_H
#define KENEYAPP_STORE_SQLITE_SCHEMA_H

#include "base/strbuf.h"
#include "keneyapp/model/entity.h"

enum {
    SCHEMA_VERSION = 1, /* PRAGMA user_version */
    SCHEMA_MAX_BYTES = 64 * 1024,
};

/* Everything an empty database needs, as one script. */
void sqlite_schema_script(struct strbuf *out);

void sqlite_schema_list(struct strbuf *out, const struct entity *entity);
void sqlite_schema_get(struct strbuf *out, const struct entity *entity);
void sqlite_schema_insert(struct strbuf *out, const struct entity *entity);

#endif
