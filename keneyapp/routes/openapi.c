/* SPDX-License-Identifier: Apache-2.0
 *
 * OpenAPI 3.1.0: paths from the route table; schemas are made when something refers to them.
 */
#include "keneyapp/routes/openapi.h"

#include <ctype.h>
#include <jansson.h>
#include <pthread.h>
#include <stdio.h>

#include "base/strbuf.h"
#include "keneyapp/model/schema.h"
#include "keneyapp/routes/routes.h"

enum {
    NAME_MAX_BYTES = 128,
};

static const char BEGINNING[] =
    "{\"openapi\":\"3.1.0\",\"info\":{\"title\":\"KeneyApp\",\"version\":\"" KENEYPERF_VERSION "\","
    "\"description\":\"A small clinic: patients, appointments, prescriptions. Sign in at "
    "/api/v1/auth/login and send the token as a bearer token. Paths answer with and without a "
    "slash at the end. Moments are UTC.\"},\"servers\":[{\"url\":\"/\"}],\"paths\":{},"
    "\"components\":{\"securitySchemes\":{\"bearer\":{\"type\":\"http\",\"scheme\":\"bearer\","
    "\"bearerFormat\":\"JWT\"}},\"schemas\":{}}}";

/* What may go wrong. */
static const struct refusal {
    unsigned status;
    const char *description;
    const char *schema;
    const char *header, *header_about; /* NULL: none */
} REFUSALS[] = {
    {400, "A row with these values exists already.", "Problem", NULL, NULL},
    {401, "No token, or one that is not valid any more.", "Problem", "WWW-Authenticate", "Bearer"},
    {403, "The role does not permit it.", "Problem", NULL, NULL},
    {404, "There is no such row.", "Problem", NULL, NULL},
    {409, "It contradicts what is there already.", "Problem", NULL, NULL},
    {413, "The body is too large, or has too many rows.", "Problem", NULL, NULL},
    {415, "The body is of another media type.", "Problem", NULL, NULL},
    {422, "What was sent is not right: every fault, with its place.", "ProblemList", NULL, NULL},
    {429, "Too many requests from this address.", "Problem", "Retry-After", "Seconds to wait."},
    {500, "A fault of the server.", "Problem", NULL, NULL},
    {503, "The server is busy, or its database is away.", "Problem", "Retry-After",
     "Seconds to wait."},
    {507, "The server's disk is full.", "Problem", NULL, NULL},
};

static json_t *refer(json_t *document, const char *name);

static json_t *member(json_t *object, const char *name)
{
    if (!json_object_get(object, name))
        json_object_set_new(object, name, json_object());
    return json_object_get(object, name);
}

/* "Audit row" -> "AuditRow" */
static void label_name(const struct entity *entity, char *ret)
{
    bool up = true;
    for (const char *c = entity->label; *c; c++) {
        if (*c != ' ')
            *ret++ = up ? (char)toupper((unsigned char)*c) : *c;
        up = *c == ' ';
    }
    *ret = '\0';
}

/* Rows of patients may have these inside (include=). */
static void add_children(json_t *document, json_t *patient)
{
    json_t *properties = json_object_get(patient, "properties");
    json_object_set_new(properties, "appointments", refer(document, "Appointment[]"));
    json_object_set_new(properties, "prescriptions", refer(document, "Prescription[]"));
}

static json_t *page_schema(json_t *document, const char *row_name)
{
    char items[NAME_MAX_BYTES + 2];
    snprintf(items, sizeof(items), "%s[]", row_name);
    return json_pack("{s:s, s:{s:o, s:{s:s}, s:{s:s}, s:{s:s}}, s:[s, s, s, s], s:b}", "type",
                     "object", "properties", "items", refer(document, items), "total", "type",
                     "integer", "skip", "type", "integer", "limit", "type", "integer", "required",
                     "items", "total", "skip", "limit", "additionalProperties", 0);
}

static json_t *entity_schema(json_t *document, enum entity_id id, const char *label,
                             const char *suffix)
{
    const struct entity *entity = entity_get(id);
    if (strcmp(suffix, "Page") == 0)
        return page_schema(document, label);
    if (strcmp(suffix, "Create") == 0)
        return schema_new_row(entity);
    if (strcmp(suffix, "Update") == 0)
        return schema_changes(entity, false);
    if (strcmp(suffix, "Change") == 0)
        return schema_changes(entity, true);
    if (*suffix)
        return NULL;
    json_t *row = schema_row(entity);
    if (id == ENTITY_PATIENTS)
        add_children(document, row);
    return row;
}

static json_t *word_schema(const char *word)
{
    static const struct {
        const char *word, *type, *format;
    } WORDS[] = {
        {"text", "string", NULL},          {"number", "integer", NULL}, {"bool", "boolean", NULL},
        {"decimal", "number", NULL},       {"object", "object", NULL},  {"list", "array", NULL},
        {"moment", "string", "date-time"},
    };

    for (size_t i = 0; i < COUNT_OF(WORDS); i++)
        if (strcmp(word, WORDS[i].word) == 0)
            return json_pack("{s:s, s:s*}", "type", WORDS[i].type, "format", WORDS[i].format);
    return NULL;
}

/* The schema of "text", "Patient", "number?" and so on (struct answer_schema). */
static json_t *typed(json_t *document, struct span type)
{
    char name[NAME_MAX_BYTES];
    bool nullable = span_ends_with(type, SPAN("?"));
    snprintf(name, sizeof(name), "%.*s", (int)type.len - nullable, type.ptr);
    json_t *schema = word_schema(name);
    if (!schema)
        schema = refer(document, name);
    return nullable ? json_pack("{s:[o, {s:s}]}", "anyOf", schema, "type", "null") : schema;
}

static json_t *answer_object(json_t *document, const char *members)
{
    json_t *properties = json_object(), *required = json_array();
    struct span rest = span_cstr(members);
    while (rest.len) {
        char key[NAME_MAX_BYTES];
        struct span type;
        struct span name = span_cut(span_cut(rest, ' ', &rest), ':', &type);
        bool optional = span_ends_with(name, SPAN("?"));
        snprintf(key, sizeof(key), "%.*s", (int)name.len - optional, name.ptr);
        json_object_set_new(properties, key, typed(document, type));
        if (!optional)
            json_array_append_new(required, json_string(key));
    }
    return json_pack("{s:s, s:o, s:o, s:b}", "type", "object", "properties", properties, "required",
                     required, "additionalProperties", 0);
}

/* NULL when nothing has this name. */
static json_t *make_schema(json_t *document, const char *name)
{
    for (int id = 0; id < ENTITY_COUNT; id++) {
        char label[NAME_MAX_BYTES];
        label_name(entity_get((enum entity_id)id), label);
        size_t len = strlen(label);
        json_t *schema = strncmp(name, label, len) == 0
                             ? entity_schema(document, (enum entity_id)id, label, name + len)
                             : NULL;
        if (schema)
            return schema;
    }
    const struct shape *shape = body_shape(name);
    const struct answer_schema *answer = answer_schema(name);
    if (shape)
        return schema_shape(shape);
    return answer ? answer_object(document, answer->members) : NULL;
}

/* A reference to the schema of this name, which is made when it is not there yet. A name that
 * nothing has is referred to all the same: a test looks for those. */
static json_t *refer(json_t *document, const char *name)
{
    struct span item = span_cstr(name);
    if (span_ends_with(item, SPAN("[]"))) {
        char single[NAME_MAX_BYTES];
        snprintf(single, sizeof(single), "%.*s", (int)item.len - 2, name);
        return json_pack("{s:s, s:o}", "type", "array", "items", refer(document, single));
    }
    json_t *schemas = json_object_get(json_object_get(document, "components"), "schemas");
    if (!json_object_get(schemas, name)) {
        json_object_set_new(schemas, name, json_object()); /* ends circles */
        json_t *schema = make_schema(document, name);
        if (schema)
            json_object_set_new(schemas, name, schema);
        else
            json_object_del(schemas, name);
    }
    return json_pack("{s:s++}", "$ref", "#/components/schemas/", name, "");
}

static json_t *content(json_t *document, const char *media, const char *schema)
{
    bool is_json = strcmp(media, "application/json") == 0;
    json_t *what = is_json ? refer(document, schema) : json_pack("{s:s}", "type", "string");
    return json_pack("{s:{s:o}}", media, "schema", what);
}

static void add_response(json_t *responses, unsigned status, json_t *response)
{
    char code[16];
    snprintf(code, sizeof(code), "%u", status);
    json_object_set_new(responses, code, response);
}

static void add_refusal(json_t *document, json_t *responses, unsigned status)
{
    for (size_t i = 0; i < COUNT_OF(REFUSALS); i++) {
        const struct refusal *refusal = &REFUSALS[i];
        if (refusal->status != status)
            continue;
        json_t *response = json_pack("{s:s, s:o}", "description", refusal->description, "content",
                                     content(document, "application/json", refusal->schema));
        if (refusal->header)
            json_object_set_new(response, "headers",
                                json_pack("{s:{s:s, s:{s:s}}}", refusal->header, "description",
                                          refusal->header_about, "schema", "type", "string"));
        add_response(responses, status, response);
    }
}

static void add_refusals(json_t *document, json_t *responses, const struct route *route)
{
    const unsigned always[] = {
        route->roles ? 401 : 0,
        route->roles ? 403 : 0,
        route->id_name ? 404 : 0,
        route->body ? 413 : 0,
        route->body || route->query || route->id_name ? 422 : 0,
        route->rate_per_minute ? 429 : 0,
        route->inlined ? 0 : 500,
        route->inlined ? 0 : 503,
        route->method != HTTP_GET ? 507 : 0,
    };
    for (size_t i = 0; i < COUNT_OF(always); i++)
        if (always[i])
            add_refusal(document, responses, always[i]);
    for (size_t i = 0; i < COUNT_OF(route->refusals); i++)
        if (route->refusals[i])
            add_refusal(document, responses, route->refusals[i]);
}

static json_t *responses_of(json_t *document, const struct route *route)
{
    const char *media = route->media ? route->media : "application/json";
    json_t *responses = json_object();
    json_t *success = json_pack("{s:s}", "description", route->answer ? "Done." : "Done; no body.");
    if (route->answer)
        json_object_set_new(success, "content", content(document, media, route->answer));
    add_response(responses, route->success ? route->success : 200, success);
    add_refusals(document, responses, route);
    return responses;
}

/* A choice without choices is a field that the entity's lists may be sorted by. */
static json_t *parameter_schema(const struct field *field, const struct entity *entity)
{
    json_t *schema = schema_field(field);
    json_object_del(schema, "description"); /* the parameter's own */
    if (field->fallback)
        json_object_set_new(schema, "default",
                            field->type == FIELD_INT ? json_integer(atoll(field->fallback))
                                                     : json_string(field->fallback));
    if (field->type != FIELD_CHOICE || field->choices)
        return schema;
    json_t *names = json_array();
    for (size_t i = 0; i < entity->field_count; i++)
        if (entity->fields[i].flags & FIELD_SORTED)
            json_array_append_new(names, json_string(entity->fields[i].name));
    json_object_set_new(schema, "enum", names);
    return schema;
}

static json_t *parameters_of(const struct route *route)
{
    json_t *list = json_array();
    if (route->id_name)
        json_array_append_new(list, json_pack("{s:s, s:s, s:b, s:{s:s, s:i}}", "name",
                                              route->id_name, "in", "path", "required", 1, "schema",
                                              "type", "integer", "minimum", 0));
    for (size_t i = 0; route->query && i < route->query->field_count; i++) {
        const struct field *field = &route->query->fields[i];
        json_array_append_new(list,
                              json_pack("{s:s, s:s, s:b, s:s, s:o}", "name", field->name, "in",
                                        "query", "required", (field->flags & FIELD_REQUIRED) != 0,
                                        "description", field->about ? field->about : "", "schema",
                                        parameter_schema(field, entity_get(route->entity))));
    }
    return list;
}

/* "get_patients_patient_id", from "/api/v1/patients/{patient_id}" */
static void operation_id(const char *method, const char *path, char *ret, size_t size)
{
    struct span rest = span_cstr(path);
    if (span_starts_with(rest, SPAN("/api/v1")))
        rest = span_from(rest, 7);
    int len = snprintf(ret, size, "%s_%.*s", method, SPAN_ARG(span_from(rest, 1)));
    for (int i = 0; i < len; i++)
        ret[i] = isalnum((unsigned char)ret[i]) ? ret[i] : '_';
}

static void describe_rights(const struct route *route, struct strbuf *out)
{
    const char *before = "For ";
    for (size_t i = 0; route->roles && ROLE_NAMES[i]; i++) {
        if (!(role_of(ROLE_NAMES[i]) & (route->roles | ROLE_SUPER_ADMIN)))
            continue;
        strbuf_addf(out, "%s%s", before, ROLE_NAMES[i]);
        before = ", ";
    }
    strbuf_adds(out, route->roles ? "." : "For everyone, without a token.");
    if (route->rate_per_minute)
        strbuf_addf(out, " Where limits are on: %u requests a minute and address.",
                    route->rate_per_minute);
}

static json_t *operation_of(json_t *document, const struct route *route, const char *method,
                            const char *path)
{
    char id[NAME_MAX_BYTES];
    AUTO(strbuf_done) struct strbuf rights = STRBUF_INIT(1024);
    operation_id(method, path, id, sizeof(id));
    describe_rights(route, &rights);
    json_t *security = route->roles ? json_pack("[{s:[]}]", "bearer") : json_array();
    json_t *operation =
        json_pack("{s:s, s:s, s:s, s:[s], s:o, s:o}", "operationId", id, "summary",
                  route->summary ? route->summary : id, "description", strbuf_cstr(&rights), "tags",
                  route->resource ? route->resource : "operations", "security", security,
                  "parameters", parameters_of(route));
    if (route->body)
        json_object_set_new(operation, "requestBody",
                            json_pack("{s:b, s:o}", "required", 1, "content",
                                      content(document, "application/json", route->body)));
    json_object_set_new(operation, "responses", responses_of(document, route));
    return operation;
}

/* The table's pattern with the id's own name between the braces. */
static void template_of(const struct route *route, char *ret, size_t size)
{
    const char *open = strchr(route->pattern, '{');
    const char *close = open ? strchr(open, '}') : NULL;
    if (close)
        snprintf(ret, size, "%.*s{%s}%s", (int)(open - route->pattern), route->pattern,
                 route->id_name, close + 1);
    else
        snprintf(ret, size, "%s", route->pattern);
}

char *openapi_document(const struct route *routes, size_t count)
{
    json_t *document = json_loads(BEGINNING, 0, NULL);
    for (size_t i = 0; i < count; i++) {
        char path[NAME_MAX_BYTES], method[16];
        template_of(&routes[i], path, sizeof(path));
        snprintf(method, sizeof(method), "%s", http_method_name(routes[i].method));
        for (char *c = method; *c; c++)
            *c = (char)tolower((unsigned char)*c);
        json_t *item = member(json_object_get(document, "paths"), path);
        json_object_set_new(item, method, operation_of(document, &routes[i], method, path));
    }
    char *text = json_dumps(document, JSON_COMPACT);
    json_decref(document);
    return text;
}

static struct span kept;

static void make_kept(void)
{
    size_t count;
    const struct route *routes = routes_table(&count);
    kept = span_cstr(openapi_document(routes, count));
}

/* That of the clinic's own routes, made on the first call and kept. */
static struct span own_text(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, make_kept);
    return kept;
}

enum handled route_openapi(const struct request *request, struct response *response,
                           struct call *call)
{
    strbuf_add_span(&response->body, own_text());
    response->cache_control = "public, max-age=300";
    return HANDLED;
}
