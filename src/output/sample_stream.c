/* SPDX-License-Identifier: Apache-2.0
 *
 * Rings and their writer. The writer looks at the rings at a fixed pace instead of being woken: a
 * wake-up per sample would be a system call on a worker's thread. At DRAIN_MS a ring takes more
 * than six million samples a second before it is full.
 */
#include "output/sample_stream.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/thread.h"
#include "output/output.h"
#include "output/sample_ring.h"

enum {
    RING_SAMPLES = 1 << 16, /* 2 MiB per worker */
    DRAIN_MS = 10,
};

struct sample_stream {
    struct sample_ring **rings; /* by worker */
    unsigned worker_count;
    struct output **outputs; /* NULL where one has failed */
    size_t output_count;
    struct error error; /* the first one; code 0: none */
    pthread_t writer;
    int stop_fd; /* eventfd, readable when it is time to end */
};

static void on_sample(void *arg, uint32_t metric_id, const struct tag_set *tags, nsec_t wall_ns,
                      double value)
{
    struct sample sample = {
        .tags = tags, .wall_ns = wall_ns, .value = value, .metric_id = metric_id};
    sample_ring_push(arg, &sample);
}

static struct error *first_error(struct sample_stream *stream)
{
    return stream->error.code ? NULL : &stream->error;
}

static void close_output(struct sample_stream *stream, struct output **output)
{
    int result = output_close(output, first_error(stream));
    (void)result; /* it is in the stream's error */
}

static void write_samples(struct sample_stream *stream, const struct sample *samples, size_t count)
{
    for (size_t i = 0; i < stream->output_count; i++) {
        struct output **output = &stream->outputs[i];
        if (*output && output_write(*output, samples, count, first_error(stream)) < 0)
            close_output(stream, output);
    }
}

static void drain(struct sample_stream *stream)
{
    for (unsigned i = 0; i < stream->worker_count; i++) {
        const struct sample *samples;
        size_t count = sample_ring_peek(stream->rings[i], &samples);
        if (!count)
            continue;
        write_samples(stream, samples, count);
        sample_ring_release(stream->rings[i], count);
    }
}

static void *writer_main(void *arg)
{
    struct sample_stream *stream = arg;
    struct pollfd stop = {.fd = stream->stop_fd, .events = POLLIN};
    while (poll(&stop, 1, DRAIN_MS) <= 0)
        drain(stream);
    /* The workers have ended: a ring holds at most two pieces, before and behind its end. */
    drain(stream);
    drain(stream);
    return NULL;
}

/* Signals are for the thread that runs the test. */
static int start_writer(struct sample_stream *stream, struct error *err)
{
    stream->stop_fd = eventfd(0, EFD_CLOEXEC);
    if (stream->stop_fd < 0)
        return error_set(err, EXIT_INVALID_CONFIG,
                         "outputs cannot be written: %s; raise the limit on open files (ulimit -n)",
                         strerror(errno));
    return thread_start_deaf(&stream->writer, writer_main, stream, "the outputs' writer", err);
}

static void free_stream(struct sample_stream **stream)
{
    struct sample_stream *s = *stream;
    for (size_t i = 0; i < s->output_count; i++)
        close_output(s, &s->outputs[i]);
    for (unsigned i = 0; i < s->worker_count; i++)
        sample_ring_free(&s->rings[i]);
    if (s->stop_fd >= 0)
        close(s->stop_fd);
    mem_free(&s->outputs);
    mem_free(&s->rings);
    mem_free(stream);
}

struct sample_stream *sample_stream_new(struct output **outputs, size_t output_count,
                                        unsigned worker_count, struct error *err)
{
    struct sample_stream *stream = NEW(struct sample_stream);
    stream->outputs = NEW_ARRAY(struct output *, output_count);
    memcpy(stream->outputs, outputs, output_count * sizeof(outputs[0]));
    stream->output_count = output_count;
    stream->rings = NEW_ARRAY(struct sample_ring *, worker_count);
    stream->worker_count = worker_count;
    for (unsigned i = 0; i < worker_count; i++)
        stream->rings[i] = sample_ring_new(RING_SAMPLES);
    if (start_writer(stream, err) < 0)
        free_stream(&stream);
    return stream;
}

void sample_stream_tap(struct sample_stream *stream, unsigned worker, sample_fn **ret_fn,
                       void **ret_arg)
{
    *ret_fn = on_sample;
    *ret_arg = stream->rings[worker];
}

uint64_t sample_stream_dropped(const struct sample_stream *stream)
{
    uint64_t dropped = 0;
    for (unsigned i = 0; i < stream->worker_count; i++)
        dropped += sample_ring_dropped(stream->rings[i]);
    return dropped;
}

int sample_stream_close(struct sample_stream **stream, uint64_t *ret_dropped, struct error *err)
{
    struct sample_stream *s = *stream;
    *ret_dropped = 0;
    if (!s)
        return 0;
    eventfd_write(s->stop_fd, 1);
    pthread_join(s->writer, NULL);
    *ret_dropped = sample_stream_dropped(s);
    for (size_t i = 0; i < s->output_count; i++)
        close_output(s, &s->outputs[i]);
    int result = s->error.code ? -1 : 0;
    if (result < 0 && err)
        *err = s->error;
    free_stream(stream);
    return result;
}
