/* SPDX-License-Identifier: Apache-2.0
 *
 * What a proxy answers to CONNECT: the first byte of the input is the size of the pieces in which
 * the rest arrives. There is one verdict at most, and a tunnel only by a status of 2xx.
 */
#include "base/util.h"
#include "fuzz/fuzz.h"
#include "net/tunnel.h"

struct verdict {
    int count;
    bool is_open;
};

static ssize_t take_all(struct stream *stream, const void *bytes, size_t len)
{
    return (ssize_t)len;
}

static void ignore(struct stream *stream)
{
}

static void on_tunnel(void *owner, const struct stream_failure *failure)
{
    struct verdict *verdict = owner;
    verdict->count++;
    verdict->is_open = !failure;
    FUZZ_CHECK(!failure || (failure->text && failure->sys_error >= 0 && failure->sys_error <= 999));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct stream_ops ops = {take_all, ignore, ignore, ignore};
    struct stream below = {.ops = &ops};
    struct verdict verdict = {0};
    if (size == 0)
        return 0;
    struct span input = span_of((const char *)data + 1, size - 1);
    const struct span whole = input;
    size_t piece = (size_t)data[0] + 1;
    struct tunnel *tunnel =
        tunnel_new(&below, SPAN("example.com:443"), SPAN("Basic eDp5"), on_tunnel, &verdict);
    tunnel_start(tunnel);
    while (verdict.count == 0 && input.len > 0) {
        struct span now = span_head(input, MIN_OF(piece, input.len));
        input = span_from(input, now.len);
        below.events->on_bytes(&below, now.ptr, now.len);
    }
    if (verdict.count == 0)
        below.events->on_end(&below, NULL);
    FUZZ_CHECK(verdict.count == 1);
    FUZZ_CHECK(!verdict.is_open ||
               (span_starts_with(whole, SPAN("HTTP/1.")) && span_find(whole, '2') >= 0));
    tunnel_free(&tunnel);
    return 0;
}
