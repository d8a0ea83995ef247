/* SPDX-License-Identifier: Apache-2.0
 *
 * Headers that pick the form of an answer. The input is tried as Accept-Encoding, whose choice must
 * be available and acceptable, as If-None-Match, which must find a tag that is put in front, as
 * Accept, and as Host, where only printable ASCII can be valid.
 */
#include "base/strbuf.h"
#include "fuzz/fuzz.h"
#include "keneyapp/http/assets.h"
#include "keneyapp/http/etag.h"
#include "keneyapp/http/host.h"

static void check_encoding(struct span header)
{
    struct accept_encoding accept;
    accept_encoding_parse(header, &accept);
    for (unsigned available = 1; available < 1u << ENCODINGS; available += 2) {
        enum encoding best = accept_encoding_best(&accept, available);
        FUZZ_CHECK(best < ENCODINGS && (available & 1u << best));
        FUZZ_CHECK(best == ENCODING_IDENTITY || accept.weight[best] > 0);
        for (int i = 0; i < ENCODINGS; i++)
            FUZZ_CHECK(accept.weight[i] <= 1000 &&
                       (!(available & 1u << i) || accept.weight[i] <= accept.weight[best]));
    }
}

static void check_etag(struct span header)
{
    AUTO(strbuf_done) struct strbuf list = STRBUF_INIT(1 << 20);
    struct etag etag;
    etag_make(header, &etag);
    bool alone = etag_matches(header, &etag);
    FUZZ_CHECK(!alone || span_equal(span_trim(header), SPAN("*")));
    strbuf_addf(&list, " W/%s ,", etag.text);
    strbuf_add_span(&list, header);
    FUZZ_CHECK(etag_matches(strbuf_span(&list), &etag));
}

/* Only who names text/html gets a page. */
static void check_page(struct span header)
{
    AUTO(strbuf_done) struct strbuf text = STRBUF_INIT(1 << 20);
    strbuf_add_span(&text, header);
    FUZZ_CHECK(!assets_page_wanted(header) || strcasestr(strbuf_cstr(&text), "text/html") ||
               memchr(strbuf_cstr(&text), 0, text.len));
}

static void check_host(struct span header)
{
    bool valid = host_is_valid(header);
    for (size_t i = 0; valid && i < header.len; i++)
        FUZZ_CHECK(header.ptr[i] > ' ' && header.ptr[i] < 0x7f &&
                   !strchr("/?#@\\\"", header.ptr[i]));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span header = span_of((const char *)data, size);
    check_encoding(header);
    check_etag(header);
    check_page(header);
    check_host(header);
    return 0;
}
