/* SPDX-License-Identifier: Apache-2.0
 *
 * The audit log for other programs: CSV (RFC 4180) or a JSON object a line, newest first. An export
 * is bounded; one that was cut says so in its name and its last line.
 */
#include <stdio.h>

#include "base/util.h"
#include "keneyapp/app.h"
#include "keneyapp/http/call.h"
#include "keneyapp/model/json.h"
#include "keneyapp/routes/csv.h"
#include "keneyapp/routes/entities.h"
#include "keneyapp/routes/listing.h"
#include "keneyapp/routes/routes.h"

enum {
    EXPORT_ROWS_MAX = 100000,
    EXPORT_MAX_BYTES = RESPONSE_BODY_MAX_BYTES - 64 * 1024, /* the last row and the end still fit */
};

struct export
{
    struct strbuf *out;
    bool is_csv;
    int64_t rows; /* written */
};

/* Rows that would make the answer larger than answers may be are left out, and counted so. */
static void export_row(void *context, const struct entity *entity, const struct value *row)
{
    struct export *export = context;
    if (export->out->len > EXPORT_MAX_BYTES)
        return;
    if (export->is_csv)
        csv_add_row(export->out, entity, row);
    else
        json_add_row(export->out, entity, row);
    strbuf_adds(export->out, export->is_csv ? "\r\n" : "\n");
    export->rows++;
}

static void tell_cut(struct export *export, int64_t total)
{
    if (export->is_csv)
        strbuf_addf(export->out,
                    "\"Cut after the %lld newest of %lld rows: narrow it with from and to\"\r\n",
                    (long long)export->rows, (long long)total);
    else
        strbuf_addf(export->out, "{\"cut_after\":%lld,\"total\":%lld}\n", (long long)export->rows,
                    (long long)total);
}

static const char *file_name(struct call *call, const struct export *export, int64_t total)
{
    char now[32];
    store_time_text(call->app->wall(), now);
    const char *cut = export->rows < total ? arena_printf(call->arena, "-newest-%lld-of-%lld",
                                                          (long long)export->rows, (long long)total)
                                           : "";
    return arena_printf(call->arena, "attachment; filename=\"audit-%.10s%s.%s\"", now, cut,
                        export->is_csv ? "csv" : "jsonl");
}

enum handled route_audit_export(const struct request *request, struct response *response,
                                struct call *call)
{
    const struct entity *entity = entity_get(call->entity);
    struct parameters parameters;
    struct list_query query;
    int64_t total;
    if (!entities_read_query(request, response, call, &parameters))
        return HANDLED;
    struct export export = {
        .out = &response->body,
        .is_csv = span_equal(parameters_value(&parameters, "format")->text, SPAN("csv")),
    };
    struct session *session = call_session(call, response);
    if (!session)
        return HANDLED;
    listing_query(entity, &parameters, &query);
    query.limit = EXPORT_ROWS_MAX;
    if (export.is_csv)
        csv_add_names(export.out, entity);
    enum store_result result =
        session_list(session, call->entity, &query, export_row, &export, &total);
    if (result != STORE_OK) {
        response_store_problem(response, result);
        return HANDLED;
    }
    if (export.rows < total)
        tell_cut(&export, total);
    response->content_type =
        export.is_csv ? "text/csv; charset=utf-8" : "application/x-ndjson; charset=utf-8";
    response->disposition = file_name(call, &export, total);
    call->audit.details =
        span_cstr(arena_printf(call->arena, "{\"rows\":%lld}", (long long)export.rows));
    return HANDLED;
}
