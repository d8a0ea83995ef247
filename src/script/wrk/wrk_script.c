/* SPDX-License-Identifier: Apache-2.0
 *
 * The main state: what happens before the threads and after them.
 */
#include "script/wrk/wrk_script.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "net/hosts.h"
#include "script/wrk/address_object.h"
#include "script/wrk/stats_object.h"
#include "script/wrk/wrk_private.h"

/* As wrk: the place twice, since Lua's message has its own. */
static void print_load_error(const char *file, const struct error *err)
{
    if (err->file[0])
        fprintf(stderr, "%s: %s:%d: %s\n", file, err->file, err->line, err->message);
    else
        fprintf(stderr, "%s: %s\n", file, err->message);
}

/* What wrk leaves its user to guess. */
static void print_load_remark(const struct script_state *state)
{
    fprintf(stderr, "keneyperf: %s\n",
            state->is_loaded ? "the script ended there; the load is what it had set until then"
                             : "the script is not used; the load is that of a run without -s");
}

int wrk_script_open_state(struct wrk_script *script, struct wrk_thread *thread,
                          struct script_state *state)
{
    const char *file = script->config.file;
    if (script_state_init(state, script, thread) < 0)
        return -1;
    if (!file || script_state_run_file(state, file) == 0)
        return 0;
    if (script->config.is_strict || state->has_ended)
        return -1;
    print_load_error(file, &state->error);
    if (!thread)
        print_load_remark(state);
    return 0;
}

/* What wrk calls the port: as written, or the scheme. */
static struct span service_of(const struct wrk_script_config *config)
{
    return config->port.ptr ? config->port : config->scheme;
}

static int fail_unreachable(struct wrk_script *script)
{
    const struct wrk_script_config *config = &script->config;
    return error_set(&script->state.error, EXIT_SCRIPT_EXCEPTION,
                     "unable to connect to %.*s:%.*s %s", SPAN_ARG(config->host),
                     SPAN_ARG(service_of(config)), strerror(script->state.connect_errno));
}

static bool take_first_address(struct wrk_script *script)
{
    lua_State *L = script->state.L;
    const struct address *first = NULL;
    script_state_push_wrk(&script->state, "addrs");
    if (lua_istable(L, -1)) {
        lua_rawgeti(L, -1, 1);
        first = address_object_at(L, -1);
        if (first)
            script->first = *first;
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
    return first != NULL;
}

/* wrk.resolve(), which may be the script's own, has to leave an address in wrk.addrs. */
static int resolve(struct wrk_script *script)
{
    struct script_state *state = &script->state;
    script_state_push_wrk(state, "resolve");
    script_push_span(state->L, script->config.host);
    script_push_span(state->L, service_of(&script->config));
    if (script_state_call(state, 2, 0) < 0)
        return -1;
    if (!take_first_address(script))
        return fail_unreachable(script);
    address_port_text(&script->first, script->address_text);
    return 0;
}

int wrk_script_new(const struct wrk_script_config *config, struct wrk_script **ret,
                   struct error *err)
{
    AUTO(wrk_script_free) struct wrk_script *script = NEW(struct wrk_script);
    script->config = *config;
    pthread_mutex_init(&script->lock, NULL);
    script->hosts = hosts_new(config->hosts, err);
    if (!script->hosts)
        return -1;
    if (wrk_script_open_state(script, NULL, &script->state) < 0 || resolve(script) < 0) {
        *err = script->state.error;
        return -1;
    }
    *ret = TAKE(script);
    return 0;
}

static void thread_free(struct wrk_thread *thread)
{
    wrk_lane_free_all(thread);
    script_state_done(&thread->state);
    free(thread);
}

void wrk_script_free(struct wrk_script **ptr)
{
    struct wrk_script *script = TAKE(*ptr);
    if (!script)
        return;
    for (size_t i = 0; i < script->thread_count; i++)
        thread_free(script->threads[i]);
    free(script->threads);
    script_state_done(&script->state);
    hosts_free(&script->hosts);
    pthread_mutex_destroy(&script->lock);
    free(script);
}

void wrk_error_panic(const struct error *err, char *buf, size_t size)
{
    static const char PANIC[] = "PANIC: unprotected error in call to Lua API";
    if (err->file[0])
        snprintf(buf, size, "%s (%s:%d: %s)", PANIC, err->file, err->line, err->message);
    else
        snprintf(buf, size, "%s (%s)", PANIC, err->message);
}

size_t wrk_script_thread_count(const struct wrk_script *script)
{
    return script->thread_count;
}

struct wrk_thread *wrk_script_thread(const struct wrk_script *script, size_t i)
{
    return script->threads[i];
}

bool wrk_script_is_dynamic(const struct wrk_script *script)
{
    return script->is_dynamic;
}

bool wrk_script_wants_response(const struct wrk_script *script)
{
    return script->wants_response;
}

bool wrk_script_wants_delay(const struct wrk_script *script)
{
    return script->wants_delay;
}

const char *wrk_script_address(const struct wrk_script *script)
{
    return script->address_text;
}

unsigned wrk_script_pipelined(const struct wrk_script *script)
{
    return script->pipelined;
}

int wrk_script_done(struct wrk_script *script, const struct wrk_summary *summary,
                    const struct wrk_stats *latency, const struct wrk_stats *requests,
                    struct error *err)
{
    struct script_state *state = &script->state;
    if (!script_state_push_function(state, "done"))
        return 0;
    stats_object_push_summary(state, summary);
    stats_object_push(state, latency);
    stats_object_push(state, requests);
    if (script_state_call(state, 3, 0) == 0)
        return 0;
    *err = state->error;
    return -1;
}
