/* SPDX-License-Identifier: Apache-2.0
 *
 * Who is behind an id, for pages that show lists and book appointments: doctors for everybody of
 * the staff (the list of users is the administrators'), and the patients of up to a hundred ids in
 * one request and one query.
 */
#include "keneyapp/http/call.h"
#include "keneyapp/http/query.h"
#include "keneyapp/model/json.h"
#include "keneyapp/routes/routes.h"

enum {
    IDS_MAX = 100,
};

static const struct field NAMES_FIELDS[] = {
    {.name = "ids",
     .type = FIELD_TEXT,
     .flags = FIELD_REQUIRED,
     .min = 1,
     .max = 2000,
     .example = "1,2,3",
     .about = "1 to 100 ids with commas between them."},
};

const struct shape NAMES_QUERY = SHAPE(NULL, NAMES_FIELDS);

/* A list under way. */
struct names {
    struct strbuf *out;
    const char *const *columns; /* texts, NULL-terminated */
    bool begun;
};

static void add_text(struct strbuf *out, const struct entity *entity, const struct value *row,
                     const char *column)
{
    const struct value *value = &row[entity_field(entity, span_cstr(column))];
    strbuf_addf(out, ",\"%s\":", column);
    json_add_text(out, value->text);
}

static void add_name(void *context, const struct entity *entity, const struct value *row)
{
    struct names *names = context;
    strbuf_adds(names->out, names->begun ? ",{\"id\":" : "{\"id\":");
    names->begun = true;
    json_add_int(names->out, row[0].number);
    for (const char *const *column = names->columns; *column; column++)
        add_text(names->out, entity, row, *column);
    strbuf_addc(names->out, '}');
}

static enum handled answer(struct call *call, struct response *response,
                           const struct list_query *query, const char *const *columns)
{
    struct session *session = call_session(call, response);
    struct names names = {.out = &response->body, .columns = columns};
    if (!session)
        return HANDLED;
    strbuf_adds(&response->body, "{\"items\":[");
    enum store_result result = session_list(session, call->entity, query, add_name, &names, NULL);
    strbuf_adds(&response->body, "]}");
    if (result != STORE_OK)
        response_store_problem(response, result);
    return HANDLED;
}

static struct filter equal(enum entity_id id, const char *field, struct value value)
{
    return (struct filter){.field = entity_field(entity_get(id), span_cstr(field)),
                           .kind = FILTER_EQUAL,
                           .value = value};
}

enum handled route_doctors(const struct request *request, struct response *response,
                           struct call *call)
{
    static const char *const COLUMNS[] = {"full_name", NULL};
    struct list_query query = {
        .limit = -1,
        .filters = {equal(ENTITY_USERS, "role", value_text(SPAN("doctor"))),
                    equal(ENTITY_USERS, "is_active", value_int(1))},
        .filter_count = 2,
    };
    return answer(call, response, &query, COLUMNS);
}

/* "1,2,3"; the number of ids, 0 when there is none or one is none. */
static size_t read_ids(struct span text, int64_t *ids)
{
    size_t count = 0;
    while (text.len) {
        uint64_t id;
        if (count == IDS_MAX || span_to_u64(span_cut(text, ',', &text), INT64_MAX, &id) != 0)
            return 0;
        ids[count++] = (int64_t)id;
    }
    return count;
}

enum handled route_patient_names(const struct request *request, struct response *response,
                                 struct call *call)
{
    static const char *const COLUMNS[] = {"first_name", "last_name", NULL};
    AUTO(complaints_done) struct complaints complaints;
    int64_t ids[IDS_MAX];
    struct filter filter = {.kind = FILTER_IN, .ids = ids};
    filter.id_count = read_ids(query_value(request->query, SPAN("ids"), call->arena), ids);
    complaints_init(&complaints);
    if (!filter.id_count) {
        complaints_add(&complaints, "query", "ids", "value_error",
                       "Input should be 1 to 100 ids with commas between them");
        response_invalid(response, &complaints);
        return HANDLED;
    }
    struct list_query query = {.limit = IDS_MAX, .filters = {filter}, .filter_count = 1};
    return answer(call, response, &query, COLUMNS);
}
