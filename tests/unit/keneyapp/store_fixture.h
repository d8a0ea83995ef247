/* SPDX-License-Identifier: Apache-2.0
 *
 * What the cases of a store (store_cases.h) work with: an empty database of their own, and rows to
 * put into it.
 */
#ifndef TESTS_UNIT_KENEYAPP_STORE_FIXTURE_H
#define TESTS_UNIT_KENEYAPP_STORE_FIXTURE_H

#include "keneyapp/store/sql.h"
#include "keneyapp/store/store.h"

#define NOW_NS (INT64_C(1800000000) * NSEC_PER_SEC)
#define NOW    "2027-01-15T08:00:00Z"

enum {
    URL_BYTES = 256,
};

/* How to come by empty databases, and how to get past the store: one per kind of store. */
struct store_rig {
    int (*make)(char url[URL_BYTES]); /* 0, or -1 */
    void (*remove)(const char *url);
    bool (*script)(const char *url, const char *sql); /* as another program would */
    const struct dialect *dialect;
};

struct place {
    const struct store_rig *rig;
    char url[URL_BYTES];
    struct store_options options;
    struct store *store;
    struct session *session;
    int64_t other_tenant;
};

/* Set-up and tear-down of a case, whose initial state is the rig. */
int place_make(void **state);
int place_remove(void **state);

/* Closes the store, and opens it with place->options. */
void place_open_again(struct place *place);

int place_field(enum entity_id id, const char *name);

/* A row that has everything it needs; `text` is in each of its texts that is free. */
void make_patient(struct value *row, const char *email);
void make_user(struct value *row, const char *username, const char *role);
void make_appointment(struct value *row, int64_t patient, int64_t doctor, const char *when,
                      int64_t minutes);
void make_prescription(struct value *row, int64_t patient, int64_t doctor);

void set_text(enum entity_id id, struct value *row, const char *name, const char *text);
void set_int(enum entity_id id, struct value *row, const char *name, int64_t number);
uint64_t mask_of(enum entity_id id, const char *name);

/* These succeed, or the case fails. */
int64_t add_row(struct session *session, enum entity_id id, const struct value *row);
int64_t add_patient(struct session *session, const char *email);
int64_t add_doctor(struct session *session, const char *username);
int64_t count_of(struct session *session, enum entity_id id);

/* Rows that came, by id; and the last one's texts. */
struct seen {
    int64_t ids[256];
    size_t count;
    char texts[ENTITY_FIELDS_MAX][256]; /* numbers as text; "(null)" */
};

void see(void *context, const struct entity *entity, const struct value *row);

/* The row's field as text, or "(none)". */
const char *text_in(struct session *session, enum entity_id id, int64_t row_id, const char *name,
                    struct seen *seen);

/* Lists into `seen` and holds the total against a list without limit. */
void list_rows(struct session *session, enum entity_id id, const struct list_query *query,
               struct seen *seen);

#endif
