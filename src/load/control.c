/* SPDX-License-Identifier: Apache-2.0
 *
 * The control page. Everything on the iteration path is one atomic operation; only the rare change
 * of the state takes the watchers' mutex.
 */
#include "load/control.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct control *control_new(size_t scenario_count)
{
    struct control *control = NEW(struct control);
    control->scenarios = NEW_ARRAY(struct scenario_counters, MAX_OF(scenario_count, (size_t)1));
    control->scenario_count = scenario_count;
    atomic_init(&control->next_vu_id, 1);
    pthread_mutex_init(&control->watchers_mutex, NULL);
    list_init(&control->watchers);
    return control;
}

void control_free(struct control **control)
{
    if (!*control)
        return;
    pthread_mutex_destroy(&(*control)->watchers_mutex);
    free((*control)->scenarios);
    free(*control);
    *control = NULL;
}

void control_watch(struct control *control, struct control_watcher *watcher)
{
    pthread_mutex_lock(&control->watchers_mutex);
    list_push_back(&control->watchers, &watcher->link);
    pthread_mutex_unlock(&control->watchers_mutex);
}

void control_unwatch(struct control *control, struct control_watcher *watcher)
{
    pthread_mutex_lock(&control->watchers_mutex);
    list_remove(&watcher->link);
    pthread_mutex_unlock(&control->watchers_mutex);
}

static void notify(struct control *control)
{
    pthread_mutex_lock(&control->watchers_mutex);
    LIST_FOREACH (link, &control->watchers) {
        struct control_watcher *watcher = CONTAINER_OF(link, struct control_watcher, link);
        watcher->fn(watcher);
    }
    pthread_mutex_unlock(&control->watchers_mutex);
}

void control_start(struct control *control, nsec_t start_ns)
{
    atomic_store(&control->start_ns, start_ns);
    int expected = CONTROL_STARTING;
    if (atomic_compare_exchange_strong(&control->state, &expected, CONTROL_RUNNING))
        notify(control);
}

static void set_message(struct control *control, const char *message, size_t len)
{
    len = MIN_OF(len, sizeof(control->message) - 1);
    if (len > 0)
        memcpy(control->message, message, len);
    control->message[len] = '\0';
}

void control_abort(struct control *control, enum abort_reason reason, const char *message,
                   size_t len)
{
    int expected = ABORT_NONE;
    if (!atomic_compare_exchange_strong(&control->abort_reason, &expected, reason))
        return;
    set_message(control, message, len);
    atomic_store(&control->state, CONTROL_STOPPING);
    notify(control);
}

void control_fail(struct control *control)
{
    atomic_store(&control->failed_by_script, 1);
}

void control_count_active(struct control *control, struct scenario_counters *counters, int change)
{
    atomic_fetch_add(&counters->active_vus, change);
    int64_t active = atomic_fetch_add(&control->vus_active, change) + change;
    int64_t peak = atomic_load(&control->vus_peak);
    while (active > peak && !atomic_compare_exchange_weak(&control->vus_peak, &peak, active))
        continue;
}

int64_t control_take_iteration(struct scenario_counters *counters, int64_t limit)
{
    int64_t taken = atomic_load(&counters->next_iteration);
    while (taken < limit) {
        if (atomic_compare_exchange_weak(&counters->next_iteration, &taken, taken + 1))
            return taken;
    }
    return -1;
}

int64_t control_take_remaining(struct scenario_counters *counters, int64_t limit)
{
    return limit - atomic_exchange(&counters->next_iteration, limit);
}

nsec_t control_take_rps_slot(struct control *control, int64_t rps, nsec_t now_ns)
{
    int64_t next = atomic_load(&control->next_request_ns);
    for (;;) {
        nsec_t slot = MAX_OF(next, now_ns);
        if (atomic_compare_exchange_weak(&control->next_request_ns, &next,
                                         slot + NSEC_PER_SEC / rps))
            return slot;
    }
}

bool control_take_tick(struct control *control, nsec_t tick_ns)
{
    int64_t last = atomic_load(&control->last_tick_ns);
    while (last < tick_ns) {
        if (atomic_compare_exchange_weak(&control->last_tick_ns, &last, tick_ns))
            return true;
    }
    return false;
}
