/* SPDX-License-Identifier: Apache-2.0
 *
 * Rows are written as JSON while they are delivered, and put together at the end.
 */
#include "keneyapp/routes/family.h"

#include <stdlib.h>

#include "base/mem.h"
#include "keneyapp/http/message.h"
#include "keneyapp/model/json.h"

/* A row's JSON in a text. */
struct piece {
    int64_t patient;
    size_t start, end;
};

struct pieces {
    struct strbuf text;
    struct piece *items; /* children: by patient, then as they came */
    size_t count, cap;
    int owner_field; /* of the row: the patient's id */
};

static const struct kind {
    enum family_member member;
    enum entity_id entity;
    const char *name;
} KINDS[] = {
    {FAMILY_APPOINTMENTS, ENTITY_APPOINTMENTS, "appointments"},
    {FAMILY_PRESCRIPTIONS, ENTITY_PRESCRIPTIONS, "prescriptions"},
};

struct family {
    struct pieces patients;
    struct pieces children[COUNT_OF(KINDS)];
    unsigned members;
};

static void pieces_add(void *context, const struct entity *entity, const struct value *row)
{
    struct pieces *pieces = context;
    if (pieces->count == pieces->cap) {
        pieces->cap = MAX_OF((size_t)64, pieces->cap * 2);
        pieces->items = mem_grow(pieces->items, pieces->cap, sizeof(*pieces->items));
    }
    struct piece *piece = &pieces->items[pieces->count++];
    piece->patient = row[pieces->owner_field].number;
    piece->start = pieces->text.len;
    json_add_row(&pieces->text, entity, row);
    piece->end = pieces->text.len;
}

static int by_patient(const void *a, const void *b)
{
    const struct piece *left = a, *right = b;
    if (left->patient != right->patient)
        return left->patient < right->patient ? -1 : 1;
    return left->start < right->start ? -1 : 1;
}

struct family *family_new(void)
{
    struct family *family = NEW(struct family);
    strbuf_init(&family->patients.text, RESPONSE_BODY_MAX_BYTES);
    for (size_t i = 0; i < COUNT_OF(KINDS); i++) {
        strbuf_init(&family->children[i].text, RESPONSE_BODY_MAX_BYTES);
        family->children[i].owner_field =
            entity_field(entity_get(KINDS[i].entity), SPAN("patient_id"));
    }
    return family;
}

static void pieces_done(struct pieces *pieces)
{
    strbuf_done(&pieces->text);
    free(pieces->items);
}

void family_free(struct family **family)
{
    struct family *f = TAKE(*family);
    if (!f)
        return;
    pieces_done(&f->patients);
    for (size_t i = 0; i < COUNT_OF(KINDS); i++)
        pieces_done(&f->children[i]);
    free(f);
}

void family_add(void *context, const struct entity *entity, const struct value *row)
{
    struct family *family = context;
    pieces_add(&family->patients, entity, row);
}

static enum store_result read_all(const struct family *family, struct session *session,
                                  const struct kind *kind, struct pieces *children)
{
    size_t count = family->patients.count;
    int64_t *ids = NEW_ARRAY(int64_t, MAX_OF(count, (size_t)1));
    for (size_t i = 0; i < count; i++)
        ids[i] = family->patients.items[i].patient;
    struct list_query query = {
        .limit = -1,
        .filters =
            {{.field = children->owner_field, .kind = FILTER_IN, .ids = ids, .id_count = count}},
        .filter_count = 1,
    };
    enum store_result result =
        count ? session_list(session, kind->entity, &query, pieces_add, children, NULL) : STORE_OK;
    free(ids);
    return result;
}

static enum store_result read_row_by_row(const struct family *family, struct session *session,
                                         const struct kind *kind, struct pieces *children)
{
    enum store_result result = STORE_OK;
    for (size_t i = 0; i < family->patients.count && result == STORE_OK; i++) {
        struct list_query query = {
            .limit = -1,
            .filters = {{.field = children->owner_field,
                         .kind = FILTER_EQUAL,
                         .value = value_int(family->patients.items[i].patient)}},
            .filter_count = 1,
        };
        result = session_list(session, kind->entity, &query, pieces_add, children, NULL);
    }
    return result;
}

enum store_result family_read(struct family *family, struct session *session, unsigned members,
                              bool row_by_row)
{
    enum store_result result = STORE_OK;
    family->members = members;
    for (size_t i = 0; i < COUNT_OF(KINDS) && result == STORE_OK; i++) {
        struct pieces *children = &family->children[i];
        if (!(members & KINDS[i].member))
            continue;
        result = row_by_row ? read_row_by_row(family, session, &KINDS[i], children)
                            : read_all(family, session, &KINDS[i], children);
        if (children->count)
            qsort(children->items, children->count, sizeof(*children->items), by_patient);
    }
    return result;
}

/* Index of the first child of `patient`, or of whoever comes after. */
static size_t first_child(const struct pieces *children, int64_t patient)
{
    size_t low = 0, high = children->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (children->items[middle].patient < patient)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void write_children(const struct pieces *children, const char *name, int64_t patient,
                           struct strbuf *out)
{
    strbuf_addf(out, ",\"%s\":[", name);
    size_t first = first_child(children, patient);
    for (size_t i = first; i < children->count && children->items[i].patient == patient; i++) {
        const struct piece *child = &children->items[i];
        if (i > first)
            strbuf_addc(out, ',');
        strbuf_add(out, children->text.ptr + child->start, child->end - child->start);
    }
    strbuf_addc(out, ']');
}

void family_write(const struct family *family, struct strbuf *out)
{
    const struct pieces *patients = &family->patients;
    for (size_t i = 0; i < patients->count; i++) {
        const struct piece *patient = &patients->items[i];
        if (i)
            strbuf_addc(out, ',');
        /* All but the brace that ends it. */
        strbuf_add(out, patients->text.ptr + patient->start, patient->end - patient->start - 1);
        for (size_t k = 0; k < COUNT_OF(KINDS); k++)
            if (family->members & KINDS[k].member)
                write_children(&family->children[k], KINDS[k].name, patient->patient, out);
        strbuf_addc(out, '}');
    }
}
