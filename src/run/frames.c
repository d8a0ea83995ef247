/* SPDX-License-Identifier: Apache-2.0
 *
 * Frames over a stream socket.
 */
#include "run/frames.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    LENGTH_BYTES = 4,
    HEAD_BYTES = LENGTH_BYTES + 1,
    MAX_BYTES = 256 << 20, /* of type and payload */
    CHUNK_BYTES = 64 << 10,
    CHUNKS_A_FILL = 16,
};

void frame_reader_init(struct frame_reader *reader, int fd)
{
    *reader = (struct frame_reader){.fd = fd};
    strbuf_init(&reader->in,
                (size_t)MAX_BYTES + LENGTH_BYTES + (size_t)CHUNKS_A_FILL * CHUNK_BYTES);
}

static void close_fd(struct frame_reader *reader)
{
    if (reader->fd >= 0)
        close(reader->fd);
    reader->fd = -1;
}

void frame_reader_done(struct frame_reader *reader)
{
    close_fd(reader);
    strbuf_done(&reader->in);
}

void frame_reader_fill(struct frame_reader *reader)
{
    strbuf_consume(&reader->in, reader->taken);
    reader->taken = 0;
    for (int i = 0; i < CHUNKS_A_FILL && reader->fd >= 0; i++) {
        char *room = strbuf_reserve(&reader->in, CHUNK_BYTES);
        ssize_t n = room ? recv(reader->fd, room, CHUNK_BYTES, MSG_DONTWAIT) : 0;
        if (n > 0)
            strbuf_commit(&reader->in, (size_t)n);
        else if (n < 0 && (errno == EAGAIN || errno == EINTR))
            return;
        else
            close_fd(reader);
    }
}

enum step frame_reader_next(struct frame_reader *reader, struct frame *ret_frame)
{
    struct span left = span_from(strbuf_span(&reader->in), reader->taken);
    const unsigned char *head = (const unsigned char *)left.ptr;
    if (left.len < HEAD_BYTES)
        return STEP_MORE;
    size_t len = head[0] | (size_t)head[1] << 8 | (size_t)head[2] << 16 | (size_t)head[3] << 24;
    if (len == 0 || len > MAX_BYTES)
        return STEP_FAILED;
    if (left.len < LENGTH_BYTES + len)
        return STEP_MORE;
    *ret_frame = (struct frame){head[4], span_of(left.ptr + HEAD_BYTES, len - 1)};
    reader->taken += LENGTH_BYTES + len;
    return STEP_DONE;
}

static int write_all(int fd, struct span bytes)
{
    while (bytes.len) {
        ssize_t n = send(fd, bytes.ptr, bytes.len, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -1;
        bytes = span_from(bytes, (size_t)n);
    }
    return 0;
}

int frame_write(int fd, enum frame_type type, struct span payload)
{
    const size_t len = payload.len + 1;
    const unsigned char head[HEAD_BYTES] = {
        len & 0xff, len >> 8 & 0xff, len >> 16 & 0xff, len >> 24 & 0xff, type,
    };
    if (write_all(fd, span_of((const char *)head, sizeof(head))) < 0)
        return -1;
    return write_all(fd, payload);
}
