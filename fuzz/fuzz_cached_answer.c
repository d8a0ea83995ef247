/* SPDX-License-Identifier: Apache-2.0
 *
 * Packed answers, as they come out of Redis behind the seal: whatever is accepted lies inside of
 * the input and is written again as it was.
 */
#include "base/strbuf.h"
#include "fuzz/fuzz.h"
#include "keneyapp/cache/packed.h"

enum {
    INPUT_MAX_BYTES = 1024 * 1024,
};

static void check_inside(struct span part, struct span whole)
{
    if (part.len > 0)
        FUZZ_CHECK(part.ptr >= whole.ptr && part.ptr + part.len <= whole.ptr + whole.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO(strbuf_done) struct strbuf again = STRBUF_INIT(INPUT_MAX_BYTES);
    struct span input = span_of((const char *)data, size);
    struct packed packed;
    if (size > INPUT_MAX_BYTES || !packed_read(input, &packed))
        return 0;
    check_inside(packed.stamp, input);
    check_inside(packed.parts.body, input);
    check_inside(packed.parts.gzip, input);
    check_inside(packed.parts.brotli, input);
    check_inside(packed.parts.content_type, input);
    check_inside(packed.parts.etag, input);
    packed_write(&packed, &again);
    FUZZ_CHECK(span_equal(strbuf_span(&again), input));
    return 0;
}
