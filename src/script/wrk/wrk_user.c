/* SPDX-License-Identifier: Apache-2.0
 *
 * One virtual user: a thread of the script on a coroutine, which waits only between calls into Lua.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/log.h"
#include "base/mem.h"
#include "load/host.h"
#include "script/wrk/request_text.h"
#include "script/wrk/wrk_test_private.h"

/* Of a user's coroutine; only touched pages cost memory. */
#define STACK_BYTES ((size_t)512 * 1024)

/* wrk's interval. */
#define RATE_INTERVAL_NS (100 * NSEC_PER_MSEC)

struct user {
    struct wrk_test *test;
    struct wrk_thread *thread;
    struct vu *vu;
    struct span base; /* of all its URLs */
    char *own_base;   /* NULL: the test's */
    nsec_t interval_start_ns;
    unsigned interval_count;
};

/* thread.addr of the script's own choice: plain HTTP goes there by its number. */
static int choose_base(struct user *user, struct error *err)
{
    struct wrk_test *test = user->test;
    const char *address = wrk_thread_address(user->thread);
    user->base = test->base;
    if (strcmp(address, wrk_script_address(test->script)) == 0)
        return 0;
    if (test->url.is_tls)
        return error_set(err, EXIT_SCRIPT_EXCEPTION,
                         "thread.addr = %s: a user of an https test cannot choose its address; "
                         "give the address with --hosts %.*s=%s, or use 'keneyperf as wrk'",
                         address, SPAN_ARG(test->url.host), address);
    user->own_base = mem_new(1, strlen(address) + sizeof("http://"));
    strcpy(stpcpy(user->own_base, "http://"), address);
    user->base = span_cstr(user->own_base);
    return 0;
}

static void user_free(void *instance)
{
    struct user *user = instance;
    free(user->own_base);
    free(user);
}

static void *user_new(void *script, struct vu *vu, struct error *err)
{
    struct wrk_test *test = script;
    struct user *user = NEW(struct user);
    user->test = test;
    user->vu = vu;
    user->thread = wrk_thread_new(test->script, err);
    if (user->thread && choose_base(user, err) == 0)
        return user;
    user_free(user);
    return NULL;
}

/* The script failed: as in wrk, nobody goes on. */
static void fail(struct user *user, const struct error *err)
{
    char text[1200];
    error_text(err, text, sizeof(text));
    host_throw(user->vu, span_cstr(text));
}

static void fail_text(struct user *user, struct span text, const char *at, const char *reason)
{
    struct error err = {0};
    unsigned line, column;
    request_text_place(text, at, &line, &column);
    error_set(&err, EXIT_SCRIPT_EXCEPTION,
              "what request() returned is no HTTP/1 request that can be sent: %s at line %u, "
              "column %u of it",
              reason, line, column);
    fail(user, &err);
}

/* Until the scenario's time is over; where iterations are counted, the others make them. */
static void rest(struct user *user)
{
    struct vu_facts facts;
    host_vu_facts(user->vu, &facts);
    enum executor_kind kind = facts.scenario->kind;
    if (kind == EXECUTOR_SHARED_ITERATIONS || kind == EXECUTOR_PER_VU_ITERATIONS)
        return;
    nsec_t end_ns = facts.scenario_start_ns + scenario_duration_ns(facts.scenario);
    host_wait(user->vu, end_ns);
}

static enum wrk_error error_of(enum outcome outcome)
{
    if (outcome == OUTCOME_TIMEOUT)
        return WRK_ERROR_TIMEOUT;
    if (outcome == OUTCOME_BROKEN_PIPE)
        return WRK_ERROR_WRITE;
    return outcome_category(outcome) == OUTCOME_CATEGORY_UNDELIVERED ? WRK_ERROR_CONNECT
                                                                     : WRK_ERROR_READ;
}

static void count_rate(struct user *user, nsec_t now_ns)
{
    nsec_t elapsed_ns = now_ns - user->interval_start_ns;
    user->interval_count++;
    if (user->interval_start_ns && elapsed_ns < RATE_INTERVAL_NS)
        return;
    if (user->interval_start_ns) {
        pthread_mutex_lock(&user->test->lock);
        histogram_add(&user->test->rates, user->interval_count * 1e9 / (double)elapsed_ns);
        pthread_mutex_unlock(&user->test->lock);
    }
    user->interval_start_ns = now_ns;
    user->interval_count = 0;
}

static bool is_answered(const struct response *response)
{
    return outcome_category(response->outcome) == OUTCOME_CATEGORY_ANSWERED;
}

static void say_once(struct user *user, const struct request *request)
{
    uint64_t bit = UINT64_C(1) << request->response.outcome;
    _Static_assert(OUTCOME_COUNT <= 64, "a bit for each outcome");
    if ((atomic_fetch_or(&user->test->said, bit) & bit) == 0)
        log_printf(host_log(user->vu), LOG_WARNING,
                   "%.*s %.*s: %s (others that fail so are only counted)",
                   SPAN_ARG(request->method), SPAN_ARG(request->url), request->response.error);
}

static void count(struct user *user, const struct request *request)
{
    const struct response *response = &request->response;
    struct wrk_test *test = user->test;
    if (!is_answered(response)) {
        say_once(user, request);
        atomic_fetch_add(&test->errors[error_of(response->outcome)], 1);
        return;
    }
    atomic_fetch_add(&test->answers, 1);
    if (response->status > 399)
        atomic_fetch_add(&test->errors[WRK_ERROR_STATUS], 1);
    count_rate(user, response->timings.end_ns);
}

static bool hand_over(struct user *user, struct arena *arena, const struct response *response)
{
    size_t n = response->headers.count;
    struct wrk_header *headers = ARENA_NEW_ARRAY(arena, struct wrk_header, n + 1);
    for (size_t i = 0; i < n; i++) {
        const struct header *header = &response->headers.items[i];
        headers[i] = (struct wrk_header){header->name, header->value};
    }
    if (wrk_thread_response(user->thread, (unsigned)response->status, headers, n, response->body) ==
        0)
        return true;
    fail(user, wrk_thread_error(user->thread));
    return false;
}

static void fill_request(struct user *user, const struct request_text *text,
                         struct request *request)
{
    struct span fields = text->fields, name, value;
    bool wants_response = wrk_script_wants_response(user->test->script);
    struct arena *arena = request->arena;
    request->method = text->method;
    request->url =
        span_cstr(arena_printf(arena, "%.*s%.*s", SPAN_ARG(user->base), SPAN_ARG(text->target)));
    if (user->own_base)
        request->name = span_cstr(
            arena_printf(arena, "%.*s%.*s", SPAN_ARG(user->test->base), SPAN_ARG(text->target)));
    while (request_text_field(&fields, &name, &value))
        headers_add(&request->headers, arena, name, value);
    request->body = text->body;
    request->headers_as_given = true;
    request->max_redirects = 0;
    request->jar = NULL;
    request->discard_body = !wants_response;
    request->keep_headers = wants_response;
}

/* False: the iteration ends here. */
static bool send_one(struct user *user, const struct request_text *text)
{
    struct arena *arena = host_iteration_arena(user->vu);
    struct request *request = ARENA_NEW(arena, struct request);
    host_request_init(user->vu, request, arena);
    fill_request(user, text, request);
    if (!host_request(user->vu, request))
        return false;
    count(user, request);
    if (wrk_script_wants_response(user->test->script) && is_answered(&request->response) &&
        !hand_over(user, arena, &request->response))
        return false;
    return !wrk_thread_is_stopped(user->thread);
}

/* What cannot be sent on a connection that KeneyPerf makes. */
static const char *unsendable(const struct request_text *text)
{
    if (text->is_chunked)
        return "a chunked body (give it a Content-Length)";
    if (text->target.ptr[0] != '/')
        return "a target that is no path";
    return NULL;
}

static void send_all(struct user *user, struct span message)
{
    struct span left = message;
    while (left.len) {
        struct request_text text;
        struct request_problem problem;
        enum step step = request_text_next(&left, &text, &problem);
        if (step == STEP_MORE && left.ptr > message.ptr && strspn(left.ptr, "\r\n") >= left.len)
            return;
        if (step != STEP_DONE) {
            fail_text(user, message, step == STEP_MORE ? message.ptr + message.len : problem.at,
                      step == STEP_MORE ? "incomplete request" : problem.reason);
            return;
        }
        if (unsendable(&text)) {
            fail_text(user, message, text.target.ptr, unsendable(&text));
            return;
        }
        if (!send_one(user, &text))
            return;
    }
}

static bool wait_delay(struct user *user)
{
    nsec_t delay_ns;
    if (!wrk_script_wants_delay(user->test->script))
        return true;
    if (wrk_thread_delay(user->thread, &delay_ns) == 0)
        return host_sleep(user->vu, delay_ns);
    fail(user, wrk_thread_error(user->thread));
    return false;
}

static bool get_message(struct user *user, struct span *ret_message)
{
    *ret_message = wrk_thread_message(user->thread);
    if (!wrk_script_is_dynamic(user->test->script))
        return true;
    if (wrk_thread_request(user->thread, 0, ret_message) == 0)
        return true;
    fail(user, wrk_thread_error(user->thread));
    return false;
}

static void user_iterate(void *instance, struct vu *vu, const struct scenario *scenario)
{
    struct user *user = instance;
    struct span message;
    if (!wrk_thread_is_stopped(user->thread) && wait_delay(user) && get_message(user, &message) &&
        !wrk_thread_is_stopped(user->thread))
        send_all(user, message);
    if (wrk_thread_is_stopped(user->thread))
        rest(user);
}

const struct front_end *wrk_front_end(void)
{
    static const struct front_end FRONT_END = {
        .name = "wrk",
        .stack_bytes = STACK_BYTES,
        .vu_new = user_new,
        .vu_iterate = user_iterate,
        .vu_free = user_free,
    };
    return &FRONT_END;
}
