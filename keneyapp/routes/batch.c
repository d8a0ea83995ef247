/* SPDX-License-Identifier: Apache-2.0
 *
 * Up to a thousand patients in one request: all of them or none. One statement per table and
 * request where the store can; --without batch goes row by row (store/store.h).
 */
#include <stdio.h>

#include "keneyapp/app.h"
#include "keneyapp/http/call.h"
#include "keneyapp/routes/entities.h"
#include "keneyapp/routes/listing.h"
#include "keneyapp/routes/routes.h"
#include "keneyapp/telemetry/audit_queue.h"

enum {
    BATCH_ROWS_MAX = 1000,
};

typedef int read_rows_fn(const struct validation *validation, const struct entity *entity,
                         struct span body, size_t max, struct validated_rows *ret_rows);

static void refuse_batch(struct response *response, const struct complaints *complaints,
                         size_t count)
{
    char sentence[128];
    if (complaints->count) {
        response_invalid(response, complaints);
        return;
    }
    snprintf(sentence, sizeof(sentence),
             "A batch has at most %d patients, this one has %zu: send it in parts", BATCH_ROWS_MAX,
             count);
    response_problem(response, 413, sentence);
}

static bool read_rows(const struct request *request, struct response *response, struct call *call,
                      read_rows_fn *read, struct validated_rows *ret)
{
    AUTO(complaints_done) struct complaints complaints;
    struct validation validation = entities_validation(call, &complaints);
    if (read(&validation, entity_get(call->entity), strbuf_span(&request->body), BATCH_ROWS_MAX,
             ret) == 0)
        return true;
    refuse_batch(response, &complaints, ret->count);
    return false;
}

/* For the audit log: how many rows, and which were meant. */
static void note_rows(struct call *call, const char *what, size_t rows, const int64_t *ids,
                      size_t count)
{
    AUTO(strbuf_done) struct strbuf details = STRBUF_INIT(AUDIT_DETAILS_MAX_BYTES);
    strbuf_addf(&details, "{\"%s\":%zu,\"ids\":[", what, rows);
    for (size_t i = 0; i < count; i++)
        strbuf_addf(&details, "%s%lld", i ? "," : "", (long long)ids[i]);
    strbuf_adds(&details, "]}");
    call->audit.details = arena_dup_span(call->arena, strbuf_span(&details));
}

static void found_row(void *context, const struct entity *entity, const struct value *row)
{
    *(int64_t *)context = row[0].number;
}

/* The id of the patient with this email, 0 when there is none. */
static int64_t owner_of(struct session *session, int email_field, const struct value *email)
{
    int64_t id = 0;
    struct list_query query = {
        .limit = 1,
        .filters = {{.field = email_field, .kind = FILTER_EQUAL, .value = *email}},
        .filter_count = 1,
    };
    if (email->kind != VALUE_TEXT ||
        session_list(session, ENTITY_PATIENTS, &query, found_row, &id, NULL) != STORE_OK)
        return 0;
    return id;
}

/* An earlier row of the batch with the same email, or -1. */
static ptrdiff_t twin_of(const struct validated_rows *rows, size_t at, size_t width, size_t email)
{
    const struct value *mine = &rows->rows[at * width + email];
    for (size_t i = 0; i < at && mine->kind == VALUE_TEXT; i++)
        if (span_equal_nocase(rows->rows[i * width + email].text, mine->text))
            return (ptrdiff_t)i;
    return -1;
}

/* After the fact: which row it was that the store did not take. */
static void refuse_duplicate(struct session *session, struct response *response,
                             const struct validated_rows *rows)
{
    const struct entity *entity = entity_get(ENTITY_PATIENTS);
    size_t email = (size_t)entity_field(entity, SPAN("email"));
    char sentence[128] = "A patient with one of these emails exists already";
    for (size_t i = 0; i < rows->count; i++) {
        ptrdiff_t twin = twin_of(rows, i, entity->field_count, email);
        int64_t owner = owner_of(session, (int)email, &rows->rows[i * entity->field_count + email]);
        if (twin >= 0)
            snprintf(sentence, sizeof(sentence), "Rows %td and %zu have the same email", twin, i);
        else if (owner && (!rows->ids || rows->ids[i] != owner))
            snprintf(sentence, sizeof(sentence),
                     "Row %zu: a patient with this email exists already", i);
        else
            continue;
        break;
    }
    response_problem(response, 409, sentence);
}

/* Or which row it was that is not there. */
static void refuse_missing(struct session *session, struct response *response,
                           const struct validated_rows *rows)
{
    char sentence[96] = "Patient not found";
    for (size_t i = 0; i < rows->count; i++) {
        int64_t found;
        if (session_get(session, ENTITY_PATIENTS, rows->ids[i], found_row, &found) !=
            STORE_NOT_FOUND)
            continue;
        snprintf(sentence, sizeof(sentence), "Row %zu: patient %lld not found", i,
                 (long long)rows->ids[i]);
        break;
    }
    response_problem(response, 404, sentence);
}

static void refuse_rows(struct session *session, struct response *response,
                        enum store_result result, const struct validated_rows *rows)
{
    if (result == STORE_DUPLICATE)
        refuse_duplicate(session, response, rows);
    else if (result == STORE_NOT_FOUND)
        refuse_missing(session, response, rows);
    else
        response_store_problem(response, result);
}

/* The rows as they are now, by id, and the end of the answer. */
static void write_patients(struct session *session, struct response *response, const int64_t *ids,
                           size_t count)
{
    struct listing listing = {.out = &response->body};
    struct list_query query = {
        .limit = -1,
        .filters = {{.field = 0, .kind = FILTER_IN, .ids = ids, .id_count = count}},
        .filter_count = 1,
    };
    strbuf_adds(&response->body, ",\"patients\":[");
    enum store_result result =
        session_list(session, ENTITY_PATIENTS, &query, listing_add, &listing, NULL);
    strbuf_adds(&response->body, "]}");
    if (result != STORE_OK)
        response_store_problem(response, result);
}

enum handled route_batch_create(const struct request *request, struct response *response,
                                struct call *call)
{
    struct validated_rows rows;
    int64_t ids[BATCH_ROWS_MAX];
    if (!read_rows(request, response, call, validate_new_rows, &rows))
        return HANDLED;
    rows.ids = NULL; /* new rows have none */
    struct session *session = call_session(call, response);
    if (!session)
        return HANDLED;
    enum store_result result = session_insert(session, call->entity, rows.rows, rows.count, ids);
    if (result != STORE_OK) {
        refuse_rows(session, response, result, &rows);
        return HANDLED;
    }
    note_rows(call, "created", rows.count, ids, rows.count);
    response->status = 201;
    strbuf_addf(&response->body, "{\"created\":%zu,\"total\":%zu", rows.count, rows.count);
    write_patients(session, response, ids, rows.count);
    return HANDLED;
}

static void stamp_rows(struct call *call, struct validated_rows *rows)
{
    const struct entity *entity = entity_get(call->entity);
    size_t field = (size_t)entity_field(entity, SPAN("updated_at"));
    char *now = arena_alloc(call->arena, 32);
    store_time_text(call->app->wall(), now);
    for (size_t i = 0; i < rows->count; i++) {
        rows->rows[i * entity->field_count + field] = value_text(span_cstr(now));
        rows->masks[i] |= UINT64_C(1) << field;
    }
}

enum handled route_batch_update(const struct request *request, struct response *response,
                                struct call *call)
{
    struct validated_rows rows;
    if (!read_rows(request, response, call, validate_many_changes, &rows))
        return HANDLED;
    struct session *session = call_session(call, response);
    if (!session)
        return HANDLED;
    stamp_rows(call, &rows);
    enum store_result result =
        session_update(session, call->entity, rows.ids, rows.rows, rows.masks, rows.count);
    if (result != STORE_OK) {
        refuse_rows(session, response, result, &rows);
        return HANDLED;
    }
    note_rows(call, "updated", rows.count, rows.ids, rows.count);
    strbuf_addf(&response->body, "{\"updated\":%zu", rows.count);
    write_patients(session, response, rows.ids, rows.count);
    return HANDLED;
}

/* From the query, or else from the body. */
static bool read_ids(const struct request *request, struct response *response, struct call *call,
                     int64_t **ret_ids, size_t *ret_count)
{
    AUTO(complaints_done) struct complaints complaints;
    struct validation validation = entities_validation(call, &complaints);
    struct span body = strbuf_span(&request->body);
    int rc = body.len ? validate_ids(&validation, "patient_ids", body, BATCH_ROWS_MAX, ret_ids,
                                     ret_count)
                      : query_ids(&validation, request->query, "patient_ids", BATCH_ROWS_MAX,
                                  ret_ids, ret_count);
    if (rc != 0)
        refuse_batch(response, &complaints, *ret_count);
    return rc == 0;
}

enum handled route_batch_remove(const struct request *request, struct response *response,
                                struct call *call)
{
    int64_t *ids;
    size_t count, removed = 0;
    if (!read_ids(request, response, call, &ids, &count))
        return HANDLED;
    struct session *session = call_session(call, response);
    if (!session)
        return HANDLED;
    enum store_result result = session_remove(session, call->entity, ids, count, &removed);
    if (result != STORE_OK) {
        response_store_problem(response, result);
        return HANDLED;
    }
    note_rows(call, "deleted", removed, ids, count);
    strbuf_addf(&response->body, "{\"deleted\":%zu,\"requested\":%zu}", removed, count);
    return HANDLED;
}
