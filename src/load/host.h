/* SPDX-License-Identifier: Apache-2.0
 *
 * All that a test script can ask for, whatever language it is written in. A front end marshals
 * its values into these calls and waits in its own way; what a request, a check or a sleep means
 * is decided here and below, once. A `struct vu` is one virtual user on one worker; all calls run
 * on that worker's thread.
 *
 * Blocking calls (host_request, host_sleep, host_yield) suspend the user's coroutine; outside of
 * a coroutine (a greenlet's or an event-driven front end) use the _start forms.
 */
#ifndef LOAD_HOST_H
#define LOAD_HOST_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/span.h"
#include "client/client.h"
#include "load/plan.h"
#include "metrics/tags.h"

struct control;
struct log;
struct vu;

/* What a front end implements. One `struct front_end_instance` per user (k6), made on the user's
 * worker and used only there. */
struct front_end {
    const char *name;
    size_t stack_bytes; /* of a user's coroutine */

    /* Makes the user ready: runs init code. On the user's coroutine. NULL and `err`. */
    void *(*vu_new)(void *script, struct vu *vu, struct error *err);

    /* One iteration of `scenario->exec`, on the user's coroutine. */
    void (*vu_iterate)(void *instance, struct vu *vu, const struct scenario *scenario);

    void (*vu_free)(void *instance);
};

/* One call of a script's setup(), teardown() or handleSummary(), through worker_run_once(). */
struct script_call {
    struct span input; /* handleSummary: the data as JSON */
    struct error *err; /* filled when the script threw (107) */
    bool failed;       /* without an error: handleSummary() returned nothing */

    /* setup: JSON text of the result, NULL for undefined. NUL-terminated, owned by the caller:
     * free(). */
    char *result;

    /* handleSummary: called for each output, once all are known to be good. Any bytes. */
    void (*deliver)(void *arg, struct span target, struct span content);
    void *arg;
};

/* Numbers a script can ask for (k6/execution). */
struct vu_facts {
    uint64_t id_in_test;     /* from 1; 0 in init, setup, teardown */
    uint64_t id_in_instance; /* the same on one machine */
    uint64_t iteration;      /* __ITER: of this user, all scenarios */
    uint64_t iteration_in_scenario;
    uint64_t scenario_iteration_in_test; /* unique over all workers */
    uint64_t scenario_iteration_in_instance;
    const struct scenario *scenario; /* NULL outside of one */
    nsec_t scenario_start_ns;
    double scenario_progress; /* 0..1 */
};

struct test_facts {
    nsec_t duration_ns; /* since the start of the test */
    uint64_t iterations_completed, iterations_interrupted;
    uint64_t vus_active, vus_initialized;
};

void host_vu_facts(const struct vu *vu, struct vu_facts *ret_facts);
void host_test_facts(const struct vu *vu, struct test_facts *ret_facts);
const struct plan *host_plan(const struct vu *vu);

/* Where console output and warnings go. */
struct log *host_log(const struct vu *vu);

/* Memory that ends with the iteration. */
struct arena *host_iteration_arena(struct vu *vu);

/* True once this iteration must end (deadline, abort): a front end's interrupt handler asks this
 * and unwinds. Blocking calls return at once from then on. */
bool host_interrupted(const struct vu *vu);

/* Fills what the plan decides: user agent, redirects, jar, tags, discard; the caller then
 * overrides. The request lives in `arena`. */
void host_request_init(struct vu *vu, struct request *request, struct arena *arena);

/* Sends and waits; takes request->on_done and arg for itself. False when the iteration was
 * interrupted meanwhile (no response then). Applies the rps limit. */
bool host_request(struct vu *vu, struct request *request);

/* Sends; request->on_done is called later on this thread, not on the user's coroutine. Requests
 * that are under way when the iteration ends are cut, without on_done. */
void host_request_start(struct vu *vu, struct request *request);

/* Cuts one that host_request_start() began and whose on_done has not come; it will not come. */
void host_request_cancel(struct request *request);

/* The same as request_close(): when its on_head came, it counts as answered. */
void host_request_close(struct request *request);

/* Waits; false when interrupted before its end. */
bool host_sleep(struct vu *vu, nsec_t duration_ns);

/* Lets the worker's other users run: long computations call it every few milliseconds. */
void host_yield(struct vu *vu);

/* Waits until a moment of the worker's clock (NSEC_NEVER: no end); false when interrupted before.
 */
bool host_wait(struct vu *vu, nsec_t until_ns);

/* One check. */
void host_check(struct vu *vu, struct span name, bool ok, const struct tag_set *tags);

/* A sample of a custom metric. */
void host_metric_add(struct vu *vu, uint32_t metric_id, double value, const struct tag_set *tags);

/* group(): nested groups are "::a::b". Returns the start for host_group_end(), which gets the same
 * name. Names with "::" are the caller's to refuse. */
nsec_t host_group_begin(struct vu *vu, struct span name);
void host_group_end(struct vu *vu, struct span name, nsec_t started_ns);
struct span host_group_path(const struct vu *vu);

/* The tags that samples of this user carry now: run < scenario < vu.tags, group. */
const struct tag_set *host_tags(struct vu *vu);
const struct tag_set *host_tags_with(struct vu *vu, const struct tag *tags, size_t count);

/* Until the user goes to another scenario; value.ptr NULL removes. */
void host_set_vu_tag(struct vu *vu, struct span key, struct span value);

struct session *host_session(struct vu *vu);

/* exec.test.abort(); `message` is copied and may be empty. */
void host_abort(struct vu *vu, struct span message);
/* The script failed so that the test must not go on (exit code 107); `message` is copied. */
void host_throw(struct vu *vu, struct span message);
/* exec.test.fail(), which the front end logs. */
void host_fail(struct vu *vu);

/* The result of setup(), JSON text; borrowed for the whole test; ptr NULL when undefined. */
struct span host_setup_data(const struct vu *vu);

#endif
