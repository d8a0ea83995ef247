/* SPDX-License-Identifier: Apache-2.0
 *
 * One content coding as body_decoder.c drives it: a state that turns input into output, piece by
 * piece. The libraries differ only behind this.
 */
#ifndef HTTP_BODY_CODING_PRIVATE_H
#define HTTP_BODY_CODING_PRIVATE_H

#include <stddef.h>

#include "base/span.h"
#include "base/util.h"

struct body_coding {
    struct span name, alias; /* as in Content-Encoding; no alias: empty */
    void *(*open)(void);
    void (*close)(void *state);

    /* Uses up some of `*input` and writes to `out`; `*ret_written` says how much. STEP_DONE: one
     * compressed stream is over (another may follow if may_repeat). STEP_MORE: call again, with
     * more input unless all of `out` was filled. */
    enum step (*decode)(void *state, struct span *input, char *out, size_t out_bytes,
                        size_t *ret_written);
    bool may_repeat; /* members or frames one after the other are one body */
};

extern const struct body_coding body_coding_gzip;
extern const struct body_coding body_coding_deflate;
extern const struct body_coding body_coding_brotli;
extern const struct body_coding body_coding_zstd;

#endif
