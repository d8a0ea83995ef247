/* SPDX-License-Identifier: Apache-2.0
 *
 * Reports about patients: asking for one is a row in the queue of jobs, and answered at once; who
 * made it and when is asked of the same row.
 */
#include <stdio.h>
#include <string.h>

#include "keneyapp/app.h"
#include "keneyapp/http/call.h"
#include "keneyapp/http/query.h"
#include "keneyapp/jobs/job_runner.h"
#include "keneyapp/jobs/patient_report.h"
#include "keneyapp/jobs/report_writer.h"
#include "keneyapp/model/json.h"
#include "keneyapp/routes/routes.h"

/* ?format=, text without one; NULL: the complaint is in the response. */
static const struct report_format *read_format(const struct request *request,
                                               struct response *response, struct call *call)
{
    struct span name = query_value(request->query, SPAN("format"), call->arena);
    const struct report_format *format = report_format_of(name.ptr ? name : SPAN("text"));
    if (format)
        return format;
    AUTO(complaints_done) struct complaints complaints;
    complaints_init(&complaints);
    complaints_add(&complaints, "query", "format", "enum", "Input should be 'text' or 'html'");
    response_invalid(response, &complaints);
    return NULL;
}

/* The naive way: the client waits for the report. */
static enum store_result make_now(struct session *session, struct call *call, struct job_row *job)
{
    job->tenant_id = call->user.tenant_id;
    return job_runner_run_now(call->app->jobs, session, job);
}

static enum store_result add_job(struct session *session, struct call *call,
                                 const struct report_format *format, int64_t *ret_id)
{
    struct job_row job = {
        .user_id = call->user.id, .kind = PATIENT_REPORT_KIND, .subject_id = call->path_id};
    snprintf(job.format, sizeof(job.format), "%s", format->name);
    store_time_text(call->app->wall(), job.created_at);
    enum store_result result = session_find(session, ENTITY_PATIENTS, call->path_id);
    if (result == STORE_OK)
        result = session_job_add(session, &job, &job.id);
    *ret_id = job.id;
    if (result != STORE_OK || !call->app->without_background)
        return result;
    return make_now(session, call, &job);
}

enum handled route_report_start(const struct request *request, struct response *response,
                                struct call *call)
{
    int64_t id = 0;
    const struct report_format *format = read_format(request, response, call);
    struct session *session = format ? call_session(call, response) : NULL;
    if (!session)
        return HANDLED;
    enum store_result result = add_job(session, call, format, &id);
    if (result == STORE_NOT_FOUND)
        response_problem(response, 404, "Patient not found");
    else if (result != STORE_OK)
        response_store_problem(response, result);
    if (result != STORE_OK)
        return HANDLED;
    if (!call->app->without_background)
        job_runner_wake(call->app->jobs);
    response->status = 202;
    response->location = arena_printf(call->arena, "/api/v1/reports/%lld", (long long)id);
    strbuf_addf(&response->body, "{\"message\":\"Report generation started\",\"job_id\":%lld}",
                (long long)id);
    return HANDLED;
}

static void add_time(struct strbuf *out, const char *name, const char *time)
{
    strbuf_addf(out, ",\"%s\":", name);
    if (time[0])
        json_add_text(out, span_cstr(time));
    else
        strbuf_adds(out, "null");
}

static void write_state(struct response *response, const struct job_row *job,
                        const struct strbuf *result)
{
    struct strbuf *out = &response->body;
    strbuf_addf(out, "{\"id\":%lld,\"state\":\"%s\",\"patient_id\":%lld,\"format\":\"%s\"",
                (long long)job->id, job->state, (long long)job->subject_id, job->format);
    strbuf_addf(out, ",\"attempts\":%d", job->attempts);
    add_time(out, "created_at", job->created_at);
    add_time(out, "finished_at", job->finished_at);
    if (strcmp(job->state, "failed") == 0) {
        strbuf_adds(out, ",\"reason\":");
        json_add_text(out, strbuf_span(result));
    }
    strbuf_addc(out, '}');
}

static void write_content(struct response *response, struct call *call, const struct job_row *job,
                          const struct strbuf *result)
{
    const struct report_format *format = report_format_of(span_cstr(job->format));
    if (strcmp(job->state, "done") != 0 || !format) {
        response_problem(
            response, 409,
            arena_printf(call->arena, "The report is not there: its state is %s", job->state));
        return;
    }
    response->content_type = format->content_type;
    response->cache_control = "no-store";
    response->disposition =
        arena_printf(call->arena, "inline; filename=\"report-%lld.%s\"", (long long)job->id,
                     strcmp(format->name, "html") == 0 ? "html" : "txt");
    strbuf_add_span(&response->body, strbuf_span(result));
}

/* A program asks with ?content=1, a browser says what it likes to read. */
static bool wants_content(const struct request *request, struct call *call)
{
    struct span content = query_value(request->query, SPAN("content"), call->arena);
    if (content.ptr)
        return span_equal(content, SPAN("1"));
    struct span first =
        span_cut(span_cut(request->accept, ',', &(struct span){0}), ';', &(struct span){0});
    return span_equal_nocase(span_trim(first), SPAN("text/html")) ||
           span_equal_nocase(span_trim(first), SPAN("text/plain"));
}

/* One that is done ends with its patient, whose data it has. */
static enum store_result find_report(struct session *session, struct call *call,
                                     struct job_row *ret_job, struct strbuf *ret_result)
{
    enum store_result found = session_job_get(session, call->path_id, ret_job, ret_result);
    if (found == STORE_OK && strcmp(ret_job->kind, PATIENT_REPORT_KIND) != 0)
        return STORE_NOT_FOUND;
    if (found != STORE_OK || strcmp(ret_job->state, "done") != 0)
        return found;
    return session_find(session, ENTITY_PATIENTS, ret_job->subject_id);
}

enum handled route_report_get(const struct request *request, struct response *response,
                              struct call *call)
{
    AUTO(strbuf_done) struct strbuf result = STRBUF_INIT(JOB_RESULT_MAX_BYTES);
    struct job_row job;
    struct session *session = call_session(call, response);
    if (!session)
        return HANDLED;
    enum store_result found = find_report(session, call, &job, &result);
    if (found == STORE_NOT_FOUND)
        response_problem(response, 404, "Report not found");
    else if (found != STORE_OK)
        response_store_problem(response, found);
    else if (wants_content(request, call))
        write_content(response, call, &job, &result);
    else
        write_state(response, &job, &result);
    return HANDLED;
}
