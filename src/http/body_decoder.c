/* SPDX-License-Identifier: Apache-2.0
 *
 * The chain of decoders: each stage hands its output to the next, the last one to the caller.
 */
#include "http/body_decoder.h"

#include <stdlib.h>

#include "base/mem.h"
#include "http/body_coding_private.h"

#define MAX_STAGES   4
#define OUTPUT_BYTES ((size_t)8 * 1024)

static const struct body_coding *const CODINGS[] = {
    &body_coding_gzip,
    &body_coding_deflate,
    &body_coding_brotli,
    &body_coding_zstd,
};

struct stage {
    const struct body_coding *coding;
    void *state;
    uint64_t written;
    bool in_stream; /* input has come since the last stream ended */
    bool is_over;   /* a stream that cannot repeat has ended: the rest is ignored */
};

struct body_decoder {
    struct stage stages[MAX_STAGES]; /* in the order of decoding */
    size_t stage_count;
    uint64_t max_bytes;
    enum body_result result;
    on_decoded_fn *on_decoded;
    void *arg;
};

/* One stage */

static enum body_result feed_stage(struct body_decoder *decoder, size_t index, struct span input);

static enum body_result pass_on(struct body_decoder *decoder, size_t index, struct span output)
{
    struct stage *stage = &decoder->stages[index];
    if (output.len > decoder->max_bytes - stage->written)
        return BODY_RESULT_TOO_LARGE;
    stage->written += output.len;
    if (index + 1 < decoder->stage_count)
        return feed_stage(decoder, index + 1, output);
    if (output.len)
        decoder->on_decoded(decoder->arg, output);
    return BODY_RESULT_OK;
}

/* One call of the library: some input used, some output handed on. */
static enum body_result advance(struct body_decoder *decoder, size_t index, struct span *input,
                                bool *ret_may_have_more)
{
    struct stage *stage = &decoder->stages[index];
    char out[OUTPUT_BYTES];
    size_t written = 0, before = input->len;
    enum step step = stage->coding->decode(stage->state, input, out, sizeof(out), &written);
    bool is_stuck = step == STEP_MORE && before && input->len == before && !written;
    if (step == STEP_FAILED || is_stuck)
        return BODY_RESULT_CORRUPT;
    stage->in_stream = step == STEP_MORE;
    stage->is_over = step == STEP_DONE && !stage->coding->may_repeat;
    *ret_may_have_more = step == STEP_MORE && written == sizeof(out);
    return pass_on(decoder, index, span_of(out, written));
}

static enum body_result feed_stage(struct body_decoder *decoder, size_t index, struct span input)
{
    struct stage *stage = &decoder->stages[index];
    enum body_result result = BODY_RESULT_OK;
    bool may_have_more = false;
    while (result == BODY_RESULT_OK && !stage->is_over && (input.len || may_have_more))
        result = advance(decoder, index, &input, &may_have_more);
    return result;
}

/* The chain */

static const struct body_coding *find_coding(struct span name)
{
    for (size_t i = 0; i < COUNT_OF(CODINGS); i++)
        if (span_equal_nocase(name, CODINGS[i]->name) ||
            (name.len && span_equal_nocase(name, CODINGS[i]->alias)))
            return CODINGS[i];
    return NULL;
}

/* The last coding of the header was applied last and is undone first: stages are put in front. */
static void add_stage(struct body_decoder *decoder, const struct body_coding *coding)
{
    if (decoder->stage_count == MAX_STAGES) {
        decoder->result = BODY_RESULT_TOO_MANY_CODINGS;
        return;
    }
    memmove(decoder->stages + 1, decoder->stages,
            decoder->stage_count * sizeof(decoder->stages[0]));
    decoder->stages[0] = (struct stage){.coding = coding, .state = coding->open()};
    decoder->stage_count++;
    if (!decoder->stages[0].state)
        decoder->result = BODY_RESULT_CORRUPT;
}

struct body_decoder *body_decoder_new(struct span content_encoding, uint64_t max_bytes,
                                      on_decoded_fn *on_decoded, void *arg)
{
    struct body_decoder *decoder = NULL;
    while (content_encoding.len) {
        struct span name = span_trim(span_cut(content_encoding, ',', &content_encoding));
        const struct body_coding *coding = find_coding(name);
        if (!coding)
            continue;
        if (!decoder)
            decoder = NEW(struct body_decoder);
        add_stage(decoder, coding);
    }
    if (!decoder)
        return NULL;
    decoder->max_bytes = max_bytes;
    decoder->on_decoded = on_decoded;
    decoder->arg = arg;
    return decoder;
}

void body_decoder_free(struct body_decoder **decoder)
{
    if (!*decoder)
        return;
    for (size_t i = 0; i < (*decoder)->stage_count; i++)
        if ((*decoder)->stages[i].state)
            (*decoder)->stages[i].coding->close((*decoder)->stages[i].state);
    free(TAKE(*decoder));
}

enum body_result body_decoder_feed(struct body_decoder *decoder, struct span bytes)
{
    if (decoder->result == BODY_RESULT_OK)
        decoder->result = feed_stage(decoder, 0, bytes);
    return decoder->result;
}

enum body_result body_decoder_finish(struct body_decoder *decoder)
{
    for (size_t i = 0; i < decoder->stage_count; i++)
        if (decoder->result == BODY_RESULT_OK && decoder->stages[i].in_stream)
            decoder->result = BODY_RESULT_TRUNCATED;
    return decoder->result;
}

const char *body_result_text(enum body_result result)
{
    static const char *const TEXTS[] = {
#define X(symbol, text) text,
        BODY_RESULTS(X)
#undef X
    };
    return TEXTS[result];
}
