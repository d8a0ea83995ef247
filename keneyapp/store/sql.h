/* SPDX-License-Identifier: Apache-2.0
 *
 * SQL from field tables, for both databases: the text of a statement with numbered parameters, and
 * the parameters' values in order. Tables and indexes are made here too (store/migrations.h).
 *
 * Beside its fields an entity's table has columns that only this folder knows: NAME_key for a field
 * with FIELD_SEARCHED (its folded text, model/fold.h), and appointments.ends_at, which the database
 * computes.
 */
#ifndef KENEYAPP_STORE_SQL_H
#define KENEYAPP_STORE_SQL_H

#include "base/arena.h"
#include "base/strbuf.h"
#include "keneyapp/store/store.h"

/* What the databases write differently. */
struct dialect {
    char mark;                                          /* before a parameter's number */
    const char *id_column;                              /* definition of the column `id` */
    const char *integer, *boolean, *text, *date, *time; /* types of columns */
    const char *ends_at;                                /* definition of appointments.ends_at */
    const char *day_before[2];                          /* around a time: the same a day before */
    const char *ids_in[2];    /* around a parameter that is a list of ids */
    char ids_open, ids_close; /* of such a parameter's value: "[1,2]", "{1,2}" */
    const char *unindexed;    /* before a column that is not to be looked up by an index */
    const char *every_row;    /* LIMIT of a list without one */
    const char *skip_locked;  /* after a SELECT: lock its row, pass over those that are locked */
    const char *returning_id; /* at the end of an INSERT */
    bool keeps_value_counts;  /* a table value_counts knows the values with FIELD_COUNTED */
    bool values_lead;         /* a filter's value is named in the order, when an index has both */
};

extern const struct dialect DIALECT_SQLITE, DIALECT_POSTGRES;

/* One statement at a time; the memory is used again. Values and their texts are valid until the
 * next builder call; texts of callers' values are borrowed. */
struct sql {
    const struct dialect *dialect;
    struct strbuf text;
    struct value *params; /* parallel to the numbers in `text`, from 1 */
    size_t param_count, param_cap;
    struct arena arena;
};

void sql_init(struct sql *sql, const struct dialect *dialect);
void sql_done(struct sql *sql);

/* SELECT of the fields in their order. `in_order`: walk the rows in the order asked for and leave
 * out what does not match; otherwise look up what matches, then sort. */
void sql_list(struct sql *sql, enum entity_id id, int64_t tenant, const struct list_query *query,
              bool in_order);

/* Whether walking is the better way when `matching` of `rows` rows match. */
bool sql_walk_in_order(enum entity_id id, const struct list_query *query, int64_t matching,
                       int64_t rows);

/* SELECT of how many rows match: counted, or read from what the database keeps of the values of a
 * field with FIELD_COUNTED. */
void sql_count(struct sql *sql, enum entity_id id, int64_t tenant, const struct list_query *query);

/* Nothing to filter or search: the counter knows the number of rows. */
bool sql_counts_all(const struct list_query *query);

/* An index has the rows with the filter's value, which is all that is asked for, in the order asked
 * for: a page is read from one end of them. */
bool sql_has_ordered_index(enum entity_id id, const struct list_query *query);

void sql_get(struct sql *sql, enum entity_id id, int64_t tenant, int64_t row_id);

/* The columns of an insert, comma-separated, without `id`: those whose values
 * sql_insert_values() gives. */
void sql_insert_columns(struct strbuf *out, enum entity_id id);
size_t sql_insert_width(enum entity_id id);

/* INSERT of `count` rows, without values; ends with the dialect's returning_id. */
void sql_insert_text(struct sql *sql, enum entity_id id, size_t count);

/* The parameters of an insert, row by row; the text stays. */
void sql_insert_values(struct sql *sql, enum entity_id id, int64_t tenant, const struct value *rows,
                       size_t count);

/* UPDATE of the fields in `mask`; a mask without any changes nothing but still finds the row. */
void sql_update(struct sql *sql, enum entity_id id, int64_t tenant, int64_t row_id,
                const struct value *row, uint64_t mask);

void sql_remove(struct sql *sql, enum entity_id id, int64_t tenant, const int64_t *ids,
                size_t count);

/* Gives a row when one of the appointments `ids` overlaps with another one of its doctor. */
void sql_overlaps(struct sql *sql, int64_t tenant, const int64_t *ids, size_t count);

/* Whether an update of these fields can make appointments overlap. */
bool sql_moves_appointment(enum entity_id id, uint64_t mask);

/* The parallel of ENTITY_AUDIT's fields, borrowed from `audit`. */
void sql_audit_row(const struct audit_row *audit, struct value *row);

/* SELECT of dashboard_stats' columns (tenant_id, the figures in the order of struct clinic_stats,
 * refreshed_at) for every tenant `t`; a WHERE may be added. `bounds` are expressions in the order
 * of struct stats_times. */
void sql_add_stats(struct strbuf *out, const char *const bounds[5]);

/* The statements that are the same everywhere but for the marks. */
enum sql_fixed {
    SQL_ROW_COUNT,      /* 1 tenant, 2 table -> number */
    SQL_USER_BY_NAME,   /* 1 username, folded (fold_ascii()) -> columns in the order of struct
                           store_user */
    SQL_USER_BY_ID,     /* 1 id -> the same */
    SQL_SET_PASSWORD,   /* 1 id, 2 hash, 3 now, 4 hash of before, or empty */
    SQL_SIGN_IN_FAILED, /* 1 id, 2 failures that lock, 3 locked until, 4 now -> is_locked */
    SQL_SIGN_IN_RESET,  /* 1 id, 2 now */
    SQL_SIGNED_IN,      /* 1 id, 2 now */
    SQL_TENANT_ADD,     /* 1 name, 2 slug, 3 now -> id */
    SQL_TENANT_BY_SLUG, /* 1 slug -> id */
    SQL_STATS,          /* 1 tenant -> the columns of dashboard_stats */
    SQL_JOB_ADD,        /* 1 tenant, 2 user, 3 kind, 4 subject, 5 format, 6 now -> id */
    SQL_JOB_WAITING,    /* 1 now -> the id that SQL_JOB_TAKE would take */
    SQL_JOB_TAKE,       /* 1 now, 2 lease until -> columns in the order of struct job_row */
    SQL_JOB_FINISH,     /* 1 id, 2 attempts, 3 state, 4 now, 5 result */
    SQL_JOB_RETRY,      /* 1 id, 2 attempts, 3 due */
    SQL_JOB_GET,        /* 1 id, 2 tenant -> columns of struct job_row, result */
    SQL_FIXED_COUNT,
};

void sql_add_fixed(struct strbuf *out, const struct dialect *dialect, enum sql_fixed which);

/* Whether an entity has searched fields, and so NAME_key columns. */
bool sql_has_keys(const struct entity *entity);

/* Tables and indexes, for migrations. */
void sql_add_table(struct strbuf *out, const struct dialect *dialect, enum entity_id id);
void sql_add_indexes(struct strbuf *out, enum entity_id id, bool unique);
void sql_drop_indexes(struct strbuf *out, enum entity_id id);

/* The one that sql_overlaps() cannot do without. */
void sql_add_overlap_index(struct strbuf *out);

#endif
