/* SPDX-License-Identifier: Apache-2.0
 *
 * zlib's state is reset between bodies. Brotli's encoder has no reset: it gets its memory from a
 * block that the thread keeps, because at this size malloc() would map and unmap it every time.
 * Both write into nine tenths of the body's size: what does not fit there is not worth it.
 *
 * The levels are for answers made on the spot: of docs/decisions/020-gzip-and-brotli-answers.md the
 * fastest that save nearly all there is to save.
 */
#include "keneyapp/http/compress.h"

#include <brotli/encode.h>
#include <pthread.h>
#include <stdlib.h>
#define ZLIB_CONST
#include <zlib.h>

#include "base/mem.h"

enum {
    GZIP_LEVEL = 1,
    GZIP_WINDOW_BITS = 15 + 16, /* 16: gzip's header and checksum */
    GZIP_MEMORY_LEVEL = 8,
    BROTLI_QUALITY = 1,
    BROTLI_WINDOW_BITS = 18,
    BROTLI_BLOCK_BYTES = 3 << 19,
    ALIGNMENT = 16,
};

/* Memory that is handed out upwards and taken back all at once. */
struct block {
    char *ptr; /* NULL until the first use */
    size_t used;
};

struct compressor {
    z_stream gzip;
    bool gzip_ready;
    struct block brotli;
};

static pthread_key_t thread_key;
static pthread_once_t thread_once = PTHREAD_ONCE_INIT;

static void compressor_free(void *context)
{
    struct compressor *compressor = context;
    if (compressor->gzip_ready)
        deflateEnd(&compressor->gzip);
    free(compressor->brotli.ptr);
    free(compressor);
}

static void make_key(void)
{
    pthread_key_create(&thread_key, compressor_free);
}

static struct compressor *of_thread(void)
{
    pthread_once(&thread_once, make_key);
    struct compressor *compressor = pthread_getspecific(thread_key);
    if (!compressor) {
        compressor = NEW(struct compressor);
        pthread_setspecific(thread_key, compressor);
    }
    return compressor;
}

/* The compressed length, or 0 when it is more than `room`. */
static size_t gzip(struct compressor *compressor, struct span body, char *out, size_t room)
{
    z_stream *stream = &compressor->gzip;
    if (!compressor->gzip_ready && deflateInit2(stream, GZIP_LEVEL, Z_DEFLATED, GZIP_WINDOW_BITS,
                                                GZIP_MEMORY_LEVEL, Z_DEFAULT_STRATEGY) != Z_OK)
        mem_exhausted(1, sizeof(*stream));
    compressor->gzip_ready = true;
    deflateReset(stream);
    stream->next_in = (const Bytef *)body.ptr;
    stream->avail_in = (uInt)body.len;
    stream->next_out = (Bytef *)out;
    stream->avail_out = (uInt)room;
    return deflate(stream, Z_FINISH) == Z_STREAM_END ? room - stream->avail_out : 0;
}

static void *block_take(void *context, size_t size)
{
    struct block *block = context;
    size = (size + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
    if (!block->ptr)
        block->ptr = mem_new(1, BROTLI_BLOCK_BYTES);
    if (size > BROTLI_BLOCK_BYTES - block->used)
        return mem_new(1, size);
    void *taken = block->ptr + block->used;
    block->used += size;
    return taken;
}

static void block_give(void *context, void *ptr)
{
    const struct block *block = context;
    if (ptr && ((char *)ptr < block->ptr || (char *)ptr >= block->ptr + BROTLI_BLOCK_BYTES))
        free(ptr);
}

static size_t brotli(struct compressor *compressor, struct span body, char *out, size_t room)
{
    compressor->brotli.used = 0;
    BrotliEncoderState *state =
        BrotliEncoderCreateInstance(block_take, block_give, &compressor->brotli);
    if (!state)
        mem_exhausted(1, BROTLI_BLOCK_BYTES);
    BrotliEncoderSetParameter(state, BROTLI_PARAM_QUALITY, BROTLI_QUALITY);
    BrotliEncoderSetParameter(state, BROTLI_PARAM_LGWIN, BROTLI_WINDOW_BITS);
    BrotliEncoderSetParameter(state, BROTLI_PARAM_MODE, BROTLI_MODE_TEXT);
    BrotliEncoderSetParameter(state, BROTLI_PARAM_SIZE_HINT, (uint32_t)body.len);
    const uint8_t *in = (const uint8_t *)body.ptr;
    uint8_t *to = (uint8_t *)out;
    size_t left = body.len, space = room;
    BROTLI_BOOL good =
        BrotliEncoderCompressStream(state, BROTLI_OPERATION_FINISH, &left, &in, &space, &to, NULL);
    bool whole = good && BrotliEncoderIsFinished(state);
    BrotliEncoderDestroyInstance(state);
    return whole ? room - space : 0;
}

bool compress_body(enum encoding encoding, struct span body, struct strbuf *out)
{
    size_t room = body.len - body.len / 10;
    if (body.len < COMPRESS_MIN_BYTES || body.len > UINT32_MAX || room > out->max - out->len)
        return false;
    char *to = strbuf_reserve(out, room);
    if (!to)
        return false;
    size_t len = encoding == ENCODING_BROTLI ? brotli(of_thread(), body, to, room)
                                             : gzip(of_thread(), body, to, room);
    strbuf_commit(out, len);
    return len > 0;
}
