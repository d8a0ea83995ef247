/* SPDX-License-Identifier: Apache-2.0
 *
 * The life of a load of callers.
 */
#include "run/callers_run.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/mem.h"
#include "metrics/registry.h"
#include "run/descriptors.h"
#include "run/share.h"
#include "run/signals.h"

struct load {
    struct callers **workers;
    atomic_uint started; /* those that a signal may stop */
    atomic_bool is_stopping;
};

/* On the signals' thread, perhaps while workers are started. */
static void on_signal(void *arg)
{
    struct load *load = arg;
    atomic_store(&load->is_stopping, true);
    for (unsigned i = 0; i < atomic_load(&load->started); i++)
        callers_stop(load->workers[i]);
}

static int start(struct load *load, const struct callers_run_config *config,
                 const struct registry *registry, struct error *err)
{
    for (unsigned i = 0; i < config->workers; i++) {
        struct callers_config share = config->load;
        share.registry = registry;
        share.client = &config->client;
        share.users = (unsigned)share_of(config->load.users, config->workers, i);
        share.state = config->states[i];
        load->workers[i] = callers_start(&share, err);
        if (!load->workers[i])
            return -1;
        atomic_fetch_add(&load->started, 1);
        if (atomic_load(&load->is_stopping))
            callers_stop(load->workers[i]);
    }
    return 0;
}

static int run(struct load *load, const struct callers_run_config *config,
               const struct registry *registry, nsec_t *ret_duration_ns, struct error *err)
{
    struct signals *signals = signals_watch(on_signal, load, err);
    if (!signals)
        return -1;
    nsec_t begin_ns = clock_now(clock_monotonic());
    int result = start(load, config, registry, err);
    unsigned started = atomic_load(&load->started);
    for (unsigned i = 0; result < 0 && i < started; i++)
        callers_stop(load->workers[i]);
    for (unsigned i = 0; i < started; i++)
        callers_join(load->workers[i]);
    if (started)
        begin_ns = callers_begin_ns(load->workers[0]);
    *ret_duration_ns = clock_now(clock_monotonic()) - begin_ns;
    signals_unwatch(&signals);
    return result;
}

int callers_run(const struct callers_run_config *config, nsec_t *ret_duration_ns, struct error *err)
{
    struct load load = {0};
    if (descriptors_reserve(config->load.users, config->workers, err) < 0)
        return -1;
    AUTO(registry_free) struct registry *registry = registry_new();
    load.workers = NEW_ARRAY(struct callers *, config->workers);
    int result = run(&load, config, registry, ret_duration_ns, err);
    for (unsigned i = 0; i < config->workers; i++)
        callers_free(&load.workers[i]);
    free(load.workers);
    return result;
}
