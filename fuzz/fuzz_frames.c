/* SPDX-License-Identifier: Apache-2.0
 *
 * What a Python process says: the first byte of the input is the size of the pieces in which the
 * rest arrives. What comes out must be what went in, whole frames only.
 */
#include <sys/socket.h>
#include <unistd.h>

#include "base/util.h"
#include "fuzz/fuzz.h"
#include "run/frames.h"

enum {
    HEAD_BYTES = 5,
};

/* `frame` stands at the beginning of `rest`; returns what follows. */
static struct span check_frame(const struct frame *frame, struct span rest)
{
    size_t len = HEAD_BYTES + frame->payload.len;
    const unsigned char *head = (const unsigned char *)rest.ptr;
    FUZZ_CHECK(rest.len >= len);
    FUZZ_CHECK((head[0] | head[1] << 8 | head[2] << 16) == (int)(frame->payload.len + 1));
    FUZZ_CHECK(frame->type == head[HEAD_BYTES - 1]);
    FUZZ_CHECK(
        span_equal(frame->payload, span_head(span_from(rest, HEAD_BYTES), frame->payload.len)));
    return span_from(rest, len);
}

/* All frames that are there; false once the reader has given up. */
static bool take_frames(struct frame_reader *reader, struct span *rest)
{
    struct frame frame;
    enum step step;
    while ((step = frame_reader_next(reader, &frame)) == STEP_DONE)
        *rest = check_frame(&frame, *rest);
    return step == STEP_MORE;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int pair[2];
    struct frame_reader reader;
    if (size == 0 || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
        return 0;
    struct span input = span_of((const char *)data + 1, size - 1), rest = input;
    size_t piece = (size_t)data[0] + 1;
    frame_reader_init(&reader, pair[0]);
    for (bool goes_on = true; goes_on && input.len > 0;) {
        struct span now = span_head(input, MIN_OF(piece, input.len));
        FUZZ_CHECK(send(pair[1], now.ptr, now.len, MSG_NOSIGNAL) == (ssize_t)now.len);
        input = span_from(input, now.len);
        frame_reader_fill(&reader);
        goes_on = take_frames(&reader, &rest);
    }
    close(pair[1]);
    frame_reader_fill(&reader);
    FUZZ_CHECK(reader.fd == -1);
    frame_reader_done(&reader);
    return 0;
}
