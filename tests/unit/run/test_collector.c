/* SPDX-License-Identifier: Apache-2.0 */
#include <pthread.h>

#include "metrics/recorder.h"
#include "metrics/registry.h"
#include "metrics/snapshot.h"
#include "run/collector.h"
#include "support/test.h"

enum {
    WORKERS = 4,
    SNAPSHOTS = 50,
    SAMPLES = 20,
};

struct producer {
    pthread_t thread;
    struct collector *collector;
    struct recorder *recorder;
};

static void *produce(void *arg)
{
    struct producer *producer = arg;
    for (int i = 0; i < SNAPSHOTS; i++) {
        for (int j = 0; j < SAMPLES; j++)
            recorder_add(producer->recorder, METRIC_HTTP_REQ_DURATION, NULL, j);
        collector_push(producer->collector, producer->recorder,
                       recorder_cut(producer->recorder, i));
    }
    return NULL;
}

static void test_every_sample_of_every_worker_arrives(void **state)
{
    struct registry *registry = registry_new();
    struct collector *collector = collector_new(registry, NULL);
    struct producer producers[WORKERS];
    for (unsigned i = 0; i < WORKERS; i++) {
        producers[i] = (struct producer){.collector = collector};
        producers[i].recorder = recorder_new(registry, i);
        assert_int_equal(pthread_create(&producers[i].thread, NULL, produce, &producers[i]), 0);
    }
    for (int i = 0; i < 100; i++)
        collector_drain(collector);
    for (unsigned i = 0; i < WORKERS; i++)
        pthread_join(producers[i].thread, NULL);
    collector_drain(collector);
    assert_false(collector_drain(collector));
    uint32_t series = registry_metric(registry, METRIC_HTTP_REQ_DURATION)->series_id;
    const struct sink *sink = snapshot_sink(collector_total(collector), series);
    assert_int_equal(sink->trend.count, WORKERS * SNAPSHOTS * SAMPLES);
    assert_true(sink->trend.max == SAMPLES - 1);
    for (unsigned i = 0; i < WORKERS; i++)
        recorder_free(&producers[i].recorder);
    collector_free(&collector);
    registry_free(&registry);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_sample_of_every_worker_arrives),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
