/* SPDX-License-Identifier: Apache-2.0
 *
 * What processes of one run tell each other: frames over a stream socket (docs/internals/run.md).
 * Length of what follows (u32, little endian), type (u8), payload.
 */
#ifndef RUN_FRAMES_H
#define RUN_FRAMES_H

#include <stdbool.h>

#include "base/span.h"
#include "base/strbuf.h"

enum frame_type {
    FRAME_JSON = 'J',
    FRAME_DICTIONARY = 'D',
    FRAME_SNAPSHOT = 'S',
};

struct frame {
    int type; /* enum frame_type, or whatever the other side wrote */
    struct span payload;
};

struct frame_reader {
    int fd; /* a socket, owned; -1 once the other side has closed it */
    struct strbuf in;
    size_t taken; /* bytes of `in` that were handed out */
};

void frame_reader_init(struct frame_reader *reader, int fd);
void frame_reader_done(struct frame_reader *reader);

/* Takes what has come, without waiting; a limited amount, so that one that never ends holds nobody.
 * Frames that were handed out are gone. */
void frame_reader_fill(struct frame_reader *reader);

/* The next whole frame, valid until the next fill. STEP_MORE: not there yet; STEP_FAILED: its
 * length is out of all reason (0, or more than 256 MiB). */
enum step frame_reader_next(struct frame_reader *reader, struct frame *ret_frame);

/* Waits until all is written. -1 when the other side is gone. */
MUST_CHECK int frame_write(int fd, enum frame_type type, struct span payload);

#endif
