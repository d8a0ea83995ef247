/* SPDX-License-Identifier: Apache-2.0
 *
 * Content decoding: the first line of the input is a Content-Encoding, the rest the body. Whole
 * and in pieces must give the same bytes while all is well, and never more than the limit.
 */
#include "base/rng.h"
#include "base/strbuf.h"
#include "fuzz/fuzz.h"
#include "http/body_decoder.h"

#define MAX_BYTES ((size_t)256 * 1024)

static void append(void *arg, struct span bytes)
{
    FUZZ_CHECK(bytes.len > 0);
    strbuf_add_span(arg, bytes);
}

/* `rng` NULL: in one piece. -1: nothing to decode. */
static int decode(struct span encoding, struct span body, struct rng *rng, struct strbuf *out)
{
    enum body_result result = BODY_RESULT_OK;
    AUTO(body_decoder_free)
    struct body_decoder *decoder = body_decoder_new(encoding, MAX_BYTES, append, out);
    if (!decoder)
        return -1;
    while (body.len && result == BODY_RESULT_OK) {
        size_t len = rng ? 1 + rng_below(rng, MIN_OF(body.len, (size_t)50)) : body.len;
        result = body_decoder_feed(decoder, span_head(body, len));
        body = span_from(body, len);
    }
    enum body_result end = body_decoder_finish(decoder);
    FUZZ_CHECK(result == BODY_RESULT_OK || result == end);
    return (int)end;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct rng rng;
    struct span body;
    struct span encoding = span_cut(span_of((const char *)data, size), '\n', &body);
    AUTO(strbuf_done) struct strbuf whole = STRBUF_INIT(MAX_BYTES);
    AUTO(strbuf_done) struct strbuf pieces = STRBUF_INIT(MAX_BYTES);
    rng_seed(&rng, span_hash(body));
    int first = decode(encoding, body, NULL, &whole);
    int second = decode(encoding, body, &rng, &pieces);
    FUZZ_CHECK(!whole.overflow && !pieces.overflow);
    FUZZ_CHECK((first == BODY_RESULT_OK) == (second == BODY_RESULT_OK));
    if (first == BODY_RESULT_OK)
        FUZZ_CHECK(span_equal(strbuf_span(&whole), strbuf_span(&pieces)));
    return 0;
}
