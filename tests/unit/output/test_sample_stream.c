/* SPDX-License-Identifier: Apache-2.0
 *
 * The ring alone, then workers' threads through the stream into an output that remembers.
 */
#include <pthread.h>
#include <semaphore.h>
#include <string.h>

#include "base/error.h"
#include "output/output.h"
#include "output/sample_ring.h"
#include "output/sample_stream.h"
#include "support/test.h"

static void push_value(struct sample_ring *ring, double value)
{
    struct sample sample = {.value = value};
    sample_ring_push(ring, &sample);
}

static void test_ring_wraps_and_drops(void **state)
{
    AUTO(sample_ring_free) struct sample_ring *ring = sample_ring_new(4);
    const struct sample *samples;
    assert_int_equal(sample_ring_peek(ring, &samples), 0);
    for (int i = 0; i < 6; i++)
        push_value(ring, i);
    assert_int_equal(sample_ring_dropped(ring), 2);
    assert_int_equal(sample_ring_peek(ring, &samples), 4);
    assert_true(samples[0].value == 0 && samples[3].value == 3);
    sample_ring_release(ring, 3);
    push_value(ring, 6);
    push_value(ring, 7);
    assert_int_equal(sample_ring_peek(ring, &samples), 1);
    assert_true(samples[0].value == 3);
    sample_ring_release(ring, 1);
    assert_int_equal(sample_ring_peek(ring, &samples), 2);
    assert_true(samples[0].value == 6 && samples[1].value == 7);
    assert_int_equal(sample_ring_dropped(ring), 2);
}

enum {
    WORKERS = 3,
    SAMPLES = 20000, /* fewer than a ring holds */
    FLOOD = 200000,  /* more */
};

/* Samples carry the worker in metric_id and a counter in value. */
struct memory_output {
    struct output output;
    uint64_t written;
    double next[WORKERS];
    bool in_order, closed, fails;
    sem_t *entered, *go_on; /* NULL: does not wait */
};

static int memory_write(struct output *output, const struct sample *samples, size_t count,
                        struct error *err)
{
    struct memory_output *memory = CONTAINER_OF(output, struct memory_output, output);
    if (memory->fails)
        return error_set(err, EXIT_USAGE, "out of paper");
    if (memory->entered) {
        sem_post(memory->entered);
        sem_wait(memory->go_on);
        memory->entered = NULL;
    }
    for (size_t i = 0; i < count; i++) {
        double *next = &memory->next[samples[i].metric_id];
        memory->in_order &= samples[i].value >= *next;
        *next = samples[i].value + 1;
    }
    memory->written += count;
    return 0;
}

static int memory_close(struct output **output, struct error *err)
{
    CONTAINER_OF(*output, struct memory_output, output)->closed = true;
    *output = NULL;
    return 0;
}

static const struct output_ops memory_ops = {
    .name = "memory", .write = memory_write, .close = memory_close};

struct worker {
    pthread_t thread;
    struct sample_stream *stream;
    unsigned index;
};

static void *worker_main(void *arg)
{
    const struct worker *worker = arg;
    sample_fn *fn;
    void *fn_arg;
    sample_stream_tap(worker->stream, worker->index, &fn, &fn_arg);
    for (int i = 0; i < SAMPLES; i++)
        fn(fn_arg, worker->index, NULL, i, i);
    return NULL;
}

static void test_all_arrive(void **state)
{
    struct memory_output first = {{&memory_ops}, .in_order = true};
    struct memory_output second = {{&memory_ops}, .in_order = true};
    struct output *outputs[] = {&first.output, &second.output};
    struct worker workers[WORKERS];
    uint64_t dropped = 1;
    struct sample_stream *stream = sample_stream_new(outputs, 2, WORKERS, NULL);
    assert_non_null(stream);
    for (unsigned i = 0; i < WORKERS; i++) {
        workers[i] = (struct worker){.stream = stream, .index = i};
        pthread_create(&workers[i].thread, NULL, worker_main, &workers[i]);
    }
    for (unsigned i = 0; i < WORKERS; i++)
        pthread_join(workers[i].thread, NULL);
    assert_int_equal(sample_stream_close(&stream, &dropped, NULL), 0);
    assert_null(stream);
    assert_int_equal(dropped, 0);
    assert_true(first.in_order && first.closed && second.closed);
    assert_int_equal(first.written, WORKERS * SAMPLES);
    assert_int_equal(second.written, WORKERS * SAMPLES);
}

/* While the output hangs, the ring fills and the rest is dropped; nothing is lost uncounted. */
static void test_slow_output_drops(void **state)
{
    sem_t entered, go_on;
    sem_init(&entered, 0, 0);
    sem_init(&go_on, 0, 0);
    struct memory_output slow = {
        {&memory_ops}, .in_order = true, .entered = &entered, .go_on = &go_on};
    struct output *outputs[] = {&slow.output};
    uint64_t dropped;
    sample_fn *fn;
    void *arg;
    struct sample_stream *stream = sample_stream_new(outputs, 1, 1, NULL);
    sample_stream_tap(stream, 0, &fn, &arg);
    fn(arg, 0, NULL, 0, 0);
    sem_wait(&entered);
    for (int i = 1; i < FLOOD; i++)
        fn(arg, 0, NULL, i, i);
    assert_true(sample_stream_dropped(stream) > 0);
    sem_post(&go_on);
    assert_int_equal(sample_stream_close(&stream, &dropped, NULL), 0);
    assert_true(dropped > 0 && slow.in_order);
    assert_int_equal(slow.written + dropped, FLOOD);
    sem_destroy(&entered);
    sem_destroy(&go_on);
}

/* One output that fails is closed and named; the other goes on. */
static void test_failed_output(void **state)
{
    struct memory_output bad = {{&memory_ops}, .fails = true};
    struct memory_output good = {{&memory_ops}, .in_order = true};
    struct output *outputs[] = {&bad.output, &good.output};
    struct error err = {0};
    uint64_t dropped;
    struct worker worker = {.stream = sample_stream_new(outputs, 2, 1, NULL)};
    worker_main(&worker);
    assert_int_equal(sample_stream_close(&worker.stream, &dropped, &err), -1);
    assert_string_equal(err.message, "out of paper");
    assert_true(bad.closed && good.closed);
    assert_int_equal(good.written, SAMPLES);
}

static void test_close_nothing(void **state)
{
    struct sample_stream *none = NULL;
    uint64_t dropped = 1;
    assert_int_equal(sample_stream_close(&none, &dropped, NULL), 0);
    assert_int_equal(dropped, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ring_wraps_and_drops), cmocka_unit_test(test_all_arrive),
        cmocka_unit_test(test_slow_output_drops),    cmocka_unit_test(test_failed_output),
        cmocka_unit_test(test_close_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
