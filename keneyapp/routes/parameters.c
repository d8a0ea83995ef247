/* SPDX-License-Identifier: Apache-2.0
 *
 * The parameters of lists, and what they mean to a store.
 */
#include "keneyapp/model/appointment.h"
#include "keneyapp/model/json.h"
#include "keneyapp/routes/listing.h"

static const char *const ORDERS[] = {"asc", "desc", NULL};
static const char *const CHILDREN[] = {"appointments", "prescriptions", NULL};
static const char *const OUTCOMES[] = {"success", "failure", NULL};
static const char *const FORMATS[] = {"csv", "jsonl", NULL};

#define SKIP                                                                                       \
    {                                                                                              \
        .name = "skip", .type = FIELD_INT, .max = INT64_MAX, .fallback = "0",                      \
        .about = "Rows to leave out at the front."                                                 \
    }
#define LIMIT                                                                                      \
    {                                                                                              \
        .name = "limit", .type = FIELD_INT, .min = 1, .max = PAGE_LIMIT_MAX, .fallback = "100",    \
        .about = "Rows to answer at most."                                                         \
    }
#define SORT_BY                                                                                    \
    {                                                                                              \
        .name = "sort_by", .type = FIELD_CHOICE, .about = "The field that gives the order."        \
    }
#define SORT_ORDER                                                                                 \
    {                                                                                              \
        .name = "sort_order", .type = FIELD_CHOICE, .choices = ORDERS, .fallback = "asc",          \
        .about = "Ascending or descending."                                                        \
    }
#define INCLUDE                                                                                    \
    {                                                                                              \
        .name = "include", .type = FIELD_CHOICE, .flags = FIELD_SEVERAL, .choices = CHILDREN,      \
        .about = "What comes along inside of each patient; commas between. Prescriptions only "    \
                 "for those who may read them."                                                    \
    }
#define OF(parameter, sentence)                                                                    \
    {                                                                                              \
        .name = (parameter), .type = FIELD_INT, .min = 1, .max = INT64_MAX, .about = (sentence)    \
    }
#define WORD(parameter, longest, sentence)                                                         \
    {                                                                                              \
        .name = (parameter), .type = FIELD_TEXT, .max = (longest), .about = (sentence)             \
    }
#define FROM(parameter)                                                                            \
    {                                                                                              \
        .name = (parameter), .type = FIELD_DATETIME, .flags = FIELD_DAY,                           \
        .about = "The first moment, or day (UTC)."                                                 \
    }
#define UNTIL(parameter)                                                                           \
    {                                                                                              \
        .name = (parameter), .type = FIELD_DATETIME, .flags = FIELD_WHOLE_DAY,                     \
        .about = "The first moment that is too late, or the last day (UTC)."                       \
    }

static const struct field PAGE_FIELDS[] = {SKIP, LIMIT};

static const struct field PATIENTS_FIELDS[] = {
    SKIP,    LIMIT,      WORD("search", 200, "Words that a name, email or phone begins with."),
    SORT_BY, SORT_ORDER, INCLUDE,
};

static const struct field PATIENT_FIELDS[] = {INCLUDE};

static const struct field APPOINTMENTS_FIELDS[] = {
    SKIP,
    LIMIT,
    SORT_BY,
    SORT_ORDER,
    {.name = "status_filter",
     .type = FIELD_CHOICE,
     .choices = APPOINTMENT_STATUSES,
     .about = "Only appointments in this state."},
    {.name = "status",
     .type = FIELD_CHOICE,
     .choices = APPOINTMENT_STATUSES,
     .about = "The same as status_filter."},
    OF("doctor_id", "Only this doctor's."),
    OF("patient_id", "Only this patient's."),
    FROM("date_from"),
    UNTIL("date_to"),
};

static const struct field PRESCRIPTIONS_FIELDS[] = {
    SKIP,
    LIMIT,
    SORT_BY,
    SORT_ORDER,
    OF("doctor_id", "Only this doctor's."),
    OF("patient_id", "Only this patient's."),
    FROM("date_from"),
    UNTIL("date_to"),
};

#define AUDIT_FILTERS                                                                              \
    WORD("user", 100, "Only what this user name did."), WORD("action", 20, "Only this action."),   \
        WORD("resource_type", 30, "Only this kind of resource."), FROM("from"), UNTIL("to"),       \
    {                                                                                              \
        .name = "status", .type = FIELD_CHOICE, .choices = OUTCOMES,                               \
        .about = "Only what went well, or only what did not."                                      \
    }

static const struct field AUDIT_FIELDS[] = {SKIP, LIMIT, AUDIT_FILTERS};

static const struct field AUDIT_EXPORT_FIELDS[] = {
    {.name = "format",
     .type = FIELD_CHOICE,
     .choices = FORMATS,
     .fallback = "csv",
     .about = "CSV (RFC 4180) or a JSON object a line."},
    AUDIT_FILTERS,
};

/* The list itself may have commas: read with query_ids(). */
static const struct field PATIENT_IDS_FIELDS[] = {
    {.name = "patient_ids",
     .type = FIELD_TEXT,
     .about = "Ids with commas between, or one parameter each; or a JSON body "
              "{\"patient_ids\": [...]} in place of it.",
     .example = "1,2,3"},
};

const struct shape PAGE_QUERY = SHAPE(NULL, PAGE_FIELDS);
const struct shape PATIENTS_QUERY = SHAPE(NULL, PATIENTS_FIELDS);
const struct shape PATIENT_QUERY = SHAPE(NULL, PATIENT_FIELDS);
const struct shape APPOINTMENTS_QUERY = SHAPE(NULL, APPOINTMENTS_FIELDS);
const struct shape PRESCRIPTIONS_QUERY = SHAPE(NULL, PRESCRIPTIONS_FIELDS);
const struct shape AUDIT_QUERY = SHAPE(NULL, AUDIT_FIELDS);
const struct shape PATIENT_IDS_QUERY = SHAPE(NULL, PATIENT_IDS_FIELDS);
const struct shape AUDIT_EXPORT_QUERY = SHAPE(NULL, AUDIT_EXPORT_FIELDS);

static const char *const REPORT_FORMATS[] = {"text", "html", NULL};

static const struct field REPORT_FIELDS[] = {
    {.name = "format", .type = FIELD_CHOICE, .choices = REPORT_FORMATS, .fallback = "text"},
};

static const struct field REPORT_CONTENT_FIELDS[] = {
    {.name = "content",
     .type = FIELD_BOOL,
     .about = "1: the report itself, as text or HTML; so does Accept: text/html or text/plain."},
};

const struct shape REPORT_QUERY = SHAPE(NULL, REPORT_FIELDS);
const struct shape REPORT_CONTENT_QUERY = SHAPE(NULL, REPORT_CONTENT_FIELDS);

/* Which field a parameter filters by, where the entity has it. */
static const struct {
    const char *parameter, *field;
    enum filter_kind kind;
} FILTERS[] = {
    {"status_filter", "status", FILTER_EQUAL},
    {"status", "status", FILTER_EQUAL},
    {"doctor_id", "doctor_id", FILTER_EQUAL},
    {"patient_id", "patient_id", FILTER_EQUAL},
    {"user", "username", FILTER_EQUAL},
    {"action", "action", FILTER_EQUAL},
    {"resource_type", "resource_type", FILTER_EQUAL},
    {"date_from", "appointment_date", FILTER_FROM},
    {"date_to", "appointment_date", FILTER_BEFORE},
    {"date_from", "prescribed_date", FILTER_FROM},
    {"date_to", "prescribed_date", FILTER_BEFORE},
    {"from", "timestamp", FILTER_FROM},
    {"to", "timestamp", FILTER_BEFORE},
};

static void add_filters(const struct entity *entity, const struct parameters *parameters,
                        struct list_query *query)
{
    for (size_t i = 0; i < COUNT_OF(FILTERS); i++) {
        const struct value *value = parameters_value(parameters, FILTERS[i].parameter);
        int field = entity_field(entity, span_cstr(FILTERS[i].field));
        if (value->kind == VALUE_NULL || field < 0)
            continue;
        query->filters[query->filter_count++] =
            (struct filter){.field = field, .kind = FILTERS[i].kind, .value = *value};
    }
}

void listing_query(const struct entity *entity, const struct parameters *parameters,
                   struct list_query *ret)
{
    const struct value *limit = parameters_value(parameters, "limit");
    *ret = (struct list_query){
        .skip = parameters_value(parameters, "skip")->number,
        .limit = limit->kind == VALUE_INT ? limit->number : -1,
        .sort_field = (int)parameters_value(parameters, "sort_by")->number,
        .descending = span_equal(parameters_value(parameters, "sort_order")->text, SPAN("desc")),
        .search = span_trim(parameters_value(parameters, "search")->text),
    };
    if (entity == entity_get(ENTITY_AUDIT)) { /* a log is read from its end */
        ret->sort_field = entity_field(entity, SPAN("timestamp"));
        ret->descending = true;
    }
    add_filters(entity, parameters, ret);
}

void listing_add(void *context, const struct entity *entity, const struct value *row)
{
    struct listing *listing = context;
    if (listing->begun)
        strbuf_addc(listing->out, ',');
    listing->begun = true;
    json_add_row(listing->out, entity, row);
}
