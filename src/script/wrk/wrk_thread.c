/* SPDX-License-Identifier: Apache-2.0
 *
 * One thread's state: how it begins, and the calls of the load. A message is a Lua string that the
 * state keeps for the connection that sends it, so that nothing is copied.
 */
#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "script/wrk/request_text.h"
#include "script/wrk/thread_object.h"
#include "script/wrk/wrk_private.h"

/* A longer delay() never ends. */
static const double DELAY_MAX_MS = 1e9;

/* wrk.setup(thread), in the main state. */
static int set_up(struct wrk_script *script, struct wrk_thread *thread)
{
    struct script_state *main_state = &script->state;
    script_state_push_wrk(main_state, "setup");
    thread_object_push(main_state, thread);
    if (script_state_call(main_state, 1, 0) == 0)
        return 0;
    thread->state.error = main_state->error;
    return -1;
}

/* A wrk.setup() of the script's own may have left that out. */
static void choose_address(struct wrk_script *script, struct wrk_thread *thread)
{
    if (!thread->has_address)
        thread->address = script->first;
    thread->has_address = true;
    address_port_text(&thread->address, thread->address_text);
}

static void push_arguments(lua_State *L, const struct wrk_script_config *config)
{
    lua_newtable(L);
    lua_pushstring(L, config->url);
    lua_rawseti(L, -2, 0);
    for (size_t i = 0; i < config->argument_count; i++) {
        lua_pushstring(L, config->arguments[i]);
        lua_rawseti(L, -2, (int)i + 1);
    }
}

/* wrk.init(args), where wrk.thread is there for the first time. */
static int initialize(struct wrk_script *script, struct wrk_thread *thread)
{
    struct script_state *state = &thread->state;
    lua_getglobal(state->L, "wrk");
    if (!lua_istable(state->L, -1)) {
        lua_pop(state->L, 1);
        return error_set(&state->error, EXIT_SCRIPT_EXCEPTION,
                         "the script has replaced the table wrk; give the variable another name");
    }
    thread_object_push(state, thread);
    lua_setfield(state->L, -2, "thread");
    lua_pop(state->L, 1);
    script_state_push_wrk(state, "init");
    push_arguments(state->L, &script->config);
    return script_state_call(state, 1, 0);
}

/* Calls request(); its result is on the stack. The function is looked up each time: scripts replace
 * it while they run. */
static int call_request(struct wrk_thread *thread)
{
    struct script_state *state = &thread->state;
    if (!script_state_push_function(state, "request"))
        script_state_push_wrk(state, "request");
    return script_state_call(state, 0, 1);
}

static int fail_message(struct script_state *state, struct span text, const char *reason,
                        const char *at)
{
    unsigned line, column;
    request_text_place(text, at, &line, &column);
    state->error = (struct error){0};
    return error_set(&state->error, EXIT_SCRIPT_EXCEPTION, "%s at %u:%u", reason, line, column);
}

/* As wrk, lenient with what follows the first whole request and is none yet. */
static int count_requests(struct script_state *state, struct span text, unsigned *ret_count)
{
    struct request_text request = {0};
    struct request_problem problem;
    struct span rest = text;
    unsigned count = 0;
    enum step step = STEP_DONE;
    while (step == STEP_DONE && (rest.len || count == 0)) {
        if (request.closes && rest.len)
            return fail_message(
                state, text, "data received after completed connection: close message", rest.ptr);
        step = request_text_next(&rest, &request, &problem);
        count += step == STEP_DONE;
    }
    if (step == STEP_FAILED)
        return fail_message(state, text, problem.reason, problem.at);
    if (count == 0)
        return fail_message(state, text, "incomplete request", text.ptr + text.len);
    *ret_count = count;
    return 0;
}

/* What the first thread says about the script holds for all. */
static int examine(struct wrk_script *script, struct wrk_thread *thread)
{
    struct script_state *state = &thread->state;
    script->is_dynamic = script_state_has_function(state, "request");
    script->wants_response = script_state_has_function(state, "response");
    script->wants_delay = script_state_has_function(state, "delay");
    if (call_request(thread) < 0)
        return -1;
    size_t len = 0;
    const char *text = lua_tolstring(state->L, -1, &len);
    int result = count_requests(state, span_of(text ? text : "", len), &script->pipelined);
    lua_pop(state->L, 1);
    return result;
}

/* The script may have changed since examine(), so that a dynamic one asks again each time. */
static int keep_message(struct wrk_thread *thread)
{
    if (thread->script->is_dynamic)
        return 0;
    return wrk_thread_request(thread, 0, &thread->message);
}

static void add_slots(struct wrk_thread *thread)
{
    lua_newtable(thread->state.L);
    thread->slots = luaL_ref(thread->state.L, LUA_REGISTRYINDEX);
}

/* The whole start of a thread, in wrk's order. */
static int start(struct wrk_script *script, struct wrk_thread *thread)
{
    if (wrk_script_open_state(script, thread, &thread->state) < 0)
        return -1;
    add_slots(thread);
    if (set_up(script, thread) < 0 || initialize(script, thread) < 0)
        return -1;
    choose_address(script, thread);
    if (script->thread_count == 1 && examine(script, thread) < 0)
        return -1;
    if (keep_message(thread) < 0)
        return -1;
    thread->is_stopped = false; /* nothing runs yet that could stop */
    return 0;
}

struct wrk_thread *wrk_thread_new(struct wrk_script *script, struct error *err)
{
    struct wrk_thread *thread = NEW(struct wrk_thread);
    thread->script = script;
    list_init(&thread->lanes);
    pthread_mutex_lock(&script->lock);
    script->threads = GROW_ARRAY(script->threads, script->thread_count + 1);
    script->threads[script->thread_count++] = thread;
    int result = start(script, thread);
    pthread_mutex_unlock(&script->lock);
    if (result == 0)
        return thread;
    *err = thread->state.error;
    return NULL;
}

const char *wrk_thread_address(const struct wrk_thread *thread)
{
    return thread->address_text;
}

struct span wrk_thread_message(const struct wrk_thread *thread)
{
    return thread->message;
}

int wrk_thread_request(struct wrk_thread *thread, unsigned slot, struct span *ret_message)
{
    struct script_state *state = &thread->state;
    lua_State *L = state->L;
    size_t len;
    if (call_request(thread) < 0)
        return -1;
    const char *text = lua_tolstring(L, -1, &len);
    if (!text || len == 0) {
        state->error = (struct error){0};
        error_set(&state->error, EXIT_SCRIPT_EXCEPTION,
                  "request() must return a request as text; it returned %s",
                  text ? "an empty string" : luaL_typename(L, -1));
        lua_pop(L, 1);
        return -1;
    }
    lua_rawgeti(L, LUA_REGISTRYINDEX, thread->slots);
    lua_insert(L, -2);
    lua_rawseti(L, -2, (int)slot + 1);
    lua_pop(L, 1);
    *ret_message = span_of(text, len);
    return 0;
}

int wrk_thread_response(struct wrk_thread *thread, unsigned status,
                        const struct wrk_header *headers, size_t header_count, struct span body)
{
    struct script_state *state = &thread->state;
    lua_State *L = state->L;
    if (!script_state_push_function(state, "response"))
        return 0;
    lua_pushinteger(L, (lua_Integer)status);
    lua_createtable(L, 0, (int)header_count);
    for (size_t i = 0; i < header_count; i++) {
        script_push_span(L, headers[i].name);
        script_push_span(L, headers[i].value);
        lua_rawset(L, -3);
    }
    script_push_span(L, body);
    return script_state_call(state, 3, 0);
}

int wrk_thread_delay(struct wrk_thread *thread, nsec_t *ret_delay_ns)
{
    struct script_state *state = &thread->state;
    *ret_delay_ns = 0;
    if (!script_state_push_function(state, "delay"))
        return 0;
    if (script_state_call(state, 0, 1) < 0)
        return -1;
    double ms = lua_tonumber(state->L, -1);
    lua_pop(state->L, 1);
    if (ms > 0)
        *ret_delay_ns = (nsec_t)(trunc(fmin(ms, DELAY_MAX_MS))) * NSEC_PER_MSEC;
    return 0;
}

bool wrk_thread_is_stopped(const struct wrk_thread *thread)
{
    return thread->is_stopped;
}

const struct error *wrk_thread_error(const struct wrk_thread *thread)
{
    return &thread->state.error;
}
