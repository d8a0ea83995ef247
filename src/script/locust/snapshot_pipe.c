/* SPDX-License-Identifier: Apache-2.0
 *
 * Frames of snapshots, written whole.
 */
#include "script/locust/snapshot_pipe.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/strbuf.h"
#include "metrics/snapshot.h"

enum {
    FRAME_MAX_BYTES = 256 << 20,
    HEADER_BYTES = 5,
};

struct snapshot_pipe {
    int fd;
    struct strbuf frame;
};

static void begin_frame(struct snapshot_pipe *pipe, char type)
{
    const char header[HEADER_BYTES] = {0, 0, 0, 0, type};
    strbuf_reset(&pipe->frame);
    strbuf_add(&pipe->frame, header, sizeof(header));
}

static void write_all(struct snapshot_pipe *pipe, struct span left)
{
    while (left.len > 0 && pipe->fd >= 0) {
        ssize_t n = write(pipe->fd, left.ptr, left.len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            close(pipe->fd);
            pipe->fd = -1;
            return;
        }
        left = span_from(left, (size_t)n);
    }
}

static void end_frame(struct snapshot_pipe *pipe)
{
    uint32_t length = (uint32_t)(pipe->frame.len - (HEADER_BYTES - 1));
    for (int i = 0; i < HEADER_BYTES - 1; i++)
        pipe->frame.ptr[i] = (char)(length >> (8 * i));
    write_all(pipe, strbuf_span(&pipe->frame));
}

struct snapshot_pipe *snapshot_pipe_new(int fd, const struct registry *registry)
{
    struct snapshot_pipe *pipe = NEW(struct snapshot_pipe);
    pipe->fd = fd;
    strbuf_init(&pipe->frame, FRAME_MAX_BYTES);
    begin_frame(pipe, 'D');
    snapshot_encode_dictionary(registry, &pipe->frame);
    end_frame(pipe);
    return pipe;
}

void snapshot_pipe_write(struct snapshot_pipe *pipe, const struct snapshot *snapshot)
{
    begin_frame(pipe, 'S');
    snapshot_encode(snapshot, &pipe->frame);
    end_frame(pipe);
}

void snapshot_pipe_free(struct snapshot_pipe **ptr)
{
    struct snapshot_pipe *pipe = TAKE(*ptr);
    if (!pipe)
        return;
    if (pipe->fd >= 0)
        close(pipe->fd);
    strbuf_done(&pipe->frame);
    free(pipe);
}
