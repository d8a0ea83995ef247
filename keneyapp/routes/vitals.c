/* SPDX-License-Identifier: Apache-2.0
 *
 * What browsers report about the pages: {"page": "/patients/{id}", "lcp": 812.5, "cls": 0.02, ...}.
 * Open to everyone, for the sign-in page reports, too: so a report is small, can make no new
 * series, and comes as application/json, which a foreign page cannot send without being allowed to
 * first.
 */
#include <jansson.h>

#include "keneyapp/app.h"
#include "keneyapp/routes/routes.h"
#include "keneyapp/telemetry/web_vitals.h"

enum {
    REPORT_MAX_BYTES = 2048,
};

struct report {
    int page;
    double values[VITALS_COUNT]; /* negative: not said */
};

static bool is_json(struct span content_type)
{
    struct span type = span_trim(span_cut(content_type, ';', &(struct span){0}));
    return span_equal_nocase(type, SPAN("application/json"));
}

static void read_page(const json_t *object, const struct web_vitals *vitals, struct report *report,
                      struct complaints *complaints)
{
    const json_t *page = json_object_get(object, "page");
    struct span name = span_of(json_string_value(page), json_string_length(page));
    report->page = web_vitals_page(vitals, name);
    if (!page)
        complaints_add(complaints, "body", "page", "missing", "Field required");
    else if (report->page < 0)
        complaints_add(complaints, "body", "page", "enum", "Input should be the name of a page");
}

static void read_value(const json_t *object, enum web_vital vital, struct report *report,
                       struct complaints *complaints)
{
    const char *member = web_vital_member(vital);
    const json_t *given = json_object_get(object, member);
    report->values[vital] = -1;
    if (!given || json_is_null(given))
        return;
    double value = json_number_value(given);
    if (!json_is_number(given))
        complaints_add(complaints, "body", member, "float_type", "Input should be a valid number");
    else if (value < 0)
        complaints_add(complaints, "body", member, "greater_than_equal",
                       "Input should be greater than or equal to 0");
    else if (value > web_vital_max(vital))
        complaints_add(complaints, "body", member, "less_than_equal", "Input is too large");
    else
        report->values[vital] = value;
}

static int read_report(struct span body, const struct web_vitals *vitals, struct report *report,
                       struct complaints *complaints)
{
    json_t *object = json_loadb(body.ptr ? body.ptr : "", body.len, JSON_REJECT_DUPLICATES, NULL);
    if (json_is_object(object)) {
        read_page(object, vitals, report, complaints);
        for (int vital = 0; vital < VITALS_COUNT; vital++)
            read_value(object, (enum web_vital)vital, report, complaints);
    } else {
        complaints_add(complaints, "body", NULL, "json_invalid", "JSON decode error");
    }
    json_decref(object);
    return complaints->count ? -1 : 0;
}

static void record(struct web_vitals *vitals, const struct report *report)
{
    for (int vital = 0; vital < VITALS_COUNT; vital++)
        if (report->values[vital] >= 0)
            web_vitals_record(vitals, report->page, (enum web_vital)vital, report->values[vital]);
}

enum handled route_vitals(const struct request *request, struct response *response,
                          struct call *call)
{
    AUTO(complaints_done) struct complaints complaints;
    struct report report = {.page = -1};
    complaints_init(&complaints);
    if (!is_json(request->content_type))
        response_problem(response, 415, "A report is application/json");
    else if (request->body.len > REPORT_MAX_BYTES)
        response_problem(response, 413, "A report has at most 2048 bytes");
    else if (read_report(strbuf_span(&request->body), call->app->vitals, &report, &complaints) != 0)
        response_invalid(response, &complaints);
    else
        response->status = 204;
    if (response->status == 204)
        record(call->app->vitals, &report);
    return HANDLED;
}
