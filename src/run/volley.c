/* SPDX-License-Identifier: Apache-2.0
 *
 * The life of a load of callers.
 */
#include "run/volley.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/mem.h"
#include "metrics/registry.h"
#include "run/descriptors.h"
#include "run/share.h"
#include "run/signals.h"

struct volley {
    struct callers **workers;
    atomic_uint started; /* those that a signal may stop */
    atomic_bool is_stopping;
};

/* On the signals' thread, perhaps while workers are started. */
static void on_signal(void *arg)
{
    struct volley *volley = arg;
    atomic_store(&volley->is_stopping, true);
    for (unsigned i = 0; i < atomic_load(&volley->started); i++)
        callers_stop(volley->workers[i]);
}

static int start(struct volley *volley, const struct volley_config *config,
                 const struct registry *registry, struct error *err)
{
    for (unsigned i = 0; i < config->workers; i++) {
        struct callers_config load = config->load;
        load.registry = registry;
        load.client = &config->client;
        load.users = (unsigned)share_of(config->load.users, config->workers, i);
        load.state = config->states[i];
        volley->workers[i] = callers_start(&load, err);
        if (!volley->workers[i])
            return -1;
        atomic_fetch_add(&volley->started, 1);
        if (atomic_load(&volley->is_stopping))
            callers_stop(volley->workers[i]);
    }
    return 0;
}

static int run(struct volley *volley, const struct volley_config *config,
               const struct registry *registry, nsec_t *ret_duration_ns, struct error *err)
{
    struct signals *signals = signals_watch(on_signal, volley, err);
    if (!signals)
        return -1;
    nsec_t begin_ns = clock_now(clock_monotonic());
    int result = start(volley, config, registry, err);
    unsigned started = atomic_load(&volley->started);
    for (unsigned i = 0; result < 0 && i < started; i++)
        callers_stop(volley->workers[i]);
    for (unsigned i = 0; i < started; i++)
        callers_join(volley->workers[i]);
    if (started)
        begin_ns = callers_begin_ns(volley->workers[0]);
    *ret_duration_ns = clock_now(clock_monotonic()) - begin_ns;
    signals_unwatch(&signals);
    return result;
}

int volley_run(const struct volley_config *config, nsec_t *ret_duration_ns, struct error *err)
{
    struct volley volley = {0};
    if (descriptors_reserve(config->load.users, config->workers, err) < 0)
        return -1;
    AUTO(registry_free) struct registry *registry = registry_new();
    volley.workers = NEW_ARRAY(struct callers *, config->workers);
    int result = run(&volley, config, registry, ret_duration_ns, err);
    for (unsigned i = 0; i < config->workers; i++)
        callers_free(&volley.workers[i]);
    free(volley.workers);
    return result;
}
