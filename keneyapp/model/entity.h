/* SPDX-License-Identifier: Apache-2.0
 *
 * What the clinic keeps. One field table per entity is the only place that knows an entity's
 * fields: the tables of a store (store/), what a request may contain (model/validate.h) and what
 * an answer shows (model/json.h) all follow it. A row is an array of struct value parallel to
 * `fields`.
 */
#ifndef KENEYAPP_MODEL_ENTITY_H
#define KENEYAPP_MODEL_ENTITY_H

#include <stddef.h>
#include <stdint.h>

#include "base/span.h"
#include "keneyapp/model/value.h"

enum field_type {
    FIELD_INT,        /* bounds are values */
    FIELD_BOOL,       /* 0 or 1 */
    FIELD_TEXT,       /* bounds are characters; one that may not be empty is not white space only */
    FIELD_EMAIL,      /* something@something, bounds are characters */
    FIELD_DIGITS15,   /* 15 digits (social security numbers) */
    FIELD_INS_NUMBER, /* 15 digits, the first a 1 */
    FIELD_DATE,       /* YYYY-MM-DD */
    FIELD_DATETIME,   /* YYYY-MM-DDTHH:MM:SSZ; requests may bring other forms (model/moment.h) */
    FIELD_CHOICE,     /* one of `choices` */
};

enum field_flag {
    FIELD_REQUIRED = 1 << 0, /* a new row has to bring it */
    FIELD_SERVER = 1 << 1,   /* set by the server; ignored in requests */
    FIELD_STAMP = 1 << 2,    /* the moment of insertion; implies set by the server */
    FIELD_HIDDEN = 1 << 3,   /* never in an answer */
    FIELD_FIXED = 1 << 5,    /* an update cannot change it */
    FIELD_SEALED = 1 << 6,   /* health data: sealed at rest (auth/vault.h) */
    FIELD_SEARCHED = 1 << 7, /* the words of a search are looked for in it */
    FIELD_SORTED = 1 << 8,   /* lists may be sorted by it: an index has that order */
    FIELD_OWNED = 1 << 9,    /* a reference: the row goes when the row that it refers to goes */
    FIELD_COUNTED = 1 << 10, /* of FIELD_CHOICE, never empty: lists are filtered by it alone, so a
                                store may keep how many rows have each value */

    FIELD_LATER = 1 << 16,     /* a new row starts with the fallback; changes may bring it */
    FIELD_PAST = 1 << 17,      /* a day that has begun somewhere on earth */
    FIELD_DAY = 1 << 18,       /* of FIELD_DATETIME: a day alone is its first moment */
    FIELD_WHOLE_DAY = 1 << 19, /* of FIELD_DATETIME: a day alone is the first moment of the next */
    FIELD_SEVERAL = 1 << 20,   /* of FIELD_CHOICE in queries: some of the choices, with commas */
    FIELD_HANDLE = 1 << 21,    /* of FIELD_TEXT: bounds are bytes; no spaces, nothing invisible */
    FIELD_SECRET = 1 << 22,    /* of FIELD_TEXT: a password, in which a space is as good as any */
    FIELD_LASTING = 1 << 23,   /* of FIELD_DATETIME: up to a day begins there, and ends by 9999 */
    FIELD_DOCTOR = 1 << 24,    /* of a reference: in a new row, a doctor who is active */
};

#define FIELD_DIGITS15_PATTERN   "^[0-9]{15}$"
#define FIELD_INS_NUMBER_PATTERN "^1[0-9]{14}$"

struct field {
    const char *name; /* of the column and of the JSON member */
    enum field_type type;
    unsigned flags; /* enum field_flag */
    int64_t min, max;
    const char *fallback;       /* the value when a new row does not bring one; NULL for none */
    const char *const *choices; /* NULL-terminated; for FIELD_CHOICE */
    const char *references;     /* table whose id this is; NULL for none */
    const char *about;          /* a sentence for the OpenAPI document; NULL for none */
    const char *example;        /* a good value there, as text; NULL: one made by type */
};

struct index_def {
    const char *name;
    const char *columns; /* comma-separated, as SQL wants them */
    const char *where;   /* condition of a partial index; NULL for all rows */
    int unique;          /* a rule, not only speed: it is there in any case */
};

struct entity {
    const char *label; /* "Patient", for sentences and the audit log */
    const char *table;
    const struct field *fields; /* the first is `id` */
    size_t field_count;
    const struct index_def *indexes;
    size_t index_count;
};

enum entity_id {
    ENTITY_USERS,
    ENTITY_PATIENTS,
    ENTITY_APPOINTMENTS,
    ENTITY_PRESCRIPTIONS,
    ENTITY_TENANTS,
    ENTITY_AUDIT, /* written by session_audit() only */
    ENTITY_COUNT,
};

enum {
    ENTITY_FIELDS_MAX = 32,
    TENANT_DEFAULT = 1, /* the clinic that every database begins with */
};

/* Lives as long as the program. */
const struct entity *entity_get(enum entity_id id);

/* What a new row has in a field that nobody gave: `now` (ISO 8601, borrowed), the fallback, or
 * nothing. */
struct value entity_initial(const struct field *field, struct span now);

/* Index of a field by name, or -1. */
int entity_field(const struct entity *entity, struct span name);

#endif
