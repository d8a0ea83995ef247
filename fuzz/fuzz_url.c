/* SPDX-License-Identifier: Apache-2.0
 *
 * URLs: the first line of the input is one, the rest is a reference to resolve against it. What
 * is accepted must be safe to put on the wire and must mean the same when written and read again.
 */
#include "fuzz/fuzz.h"
#include "http/charset.h"
#include "http/url.h"

static void check_target(const struct url *url)
{
    AUTO(strbuf_done) struct strbuf target = STRBUF_INIT(4 * URL_MAX_BYTES);
    url_write_target(url, &target);
    FUZZ_CHECK(target.len > 0 && target.ptr[0] == '/' && !target.overflow);
    for (size_t i = 0; i < target.len; i++)
        FUZZ_CHECK(target.ptr[i] > ' ' && target.ptr[i] < 0x7f);
}

static void check_written_again(const struct url *url)
{
    AUTO(strbuf_done) struct strbuf text = STRBUF_INIT(2 * URL_MAX_BYTES);
    struct url again;
    const char *problem;
    url_write_public(url, &text);
    FUZZ_CHECK(url_parse(strbuf_span(&text), &again, &problem) == 0);
    FUZZ_CHECK(url_same_origin(url, &again) && !again.has_user);
    FUZZ_CHECK(span_equal(url->path, again.path) && span_equal(url->query, again.query));
    FUZZ_CHECK(span_equal(url->fragment, again.fragment));
}

static void check_url(const struct url *url)
{
    AUTO(strbuf_done) struct strbuf origin = STRBUF_INIT(2 * URL_MAX_BYTES);
    FUZZ_CHECK(url->host.len > 0 && url->port > 0);
    FUZZ_CHECK(charset_is_field_value(url->authority) && span_find(url->authority, ' ') < 0);
    url_write_origin(url, &origin);
    FUZZ_CHECK(charset_is_field_value(strbuf_span(&origin)));
    check_target(url);
    check_written_again(url);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span reference;
    struct span text = span_cut(span_of((const char *)data, size), '\n', &reference);
    struct url base, url;
    const char *problem = NULL;
    if (url_parse(text, &base, &problem) < 0) {
        FUZZ_CHECK(problem);
        return 0;
    }
    check_url(&base);
    AUTO(arena_done) struct arena arena;
    arena_init(&arena, 4096);
    (void)url_decode(&arena, base.user);
    if (url_resolve(&base, reference, &arena, &url, &problem) == 0)
        check_url(&url);
    return 0;
}
