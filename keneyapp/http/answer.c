/* SPDX-License-Identifier: Apache-2.0
 *
 * Content coding, entity tag, 304.
 */
#include "keneyapp/http/answer.h"

#include <stdio.h>

#include "base/mem.h"
#include "keneyapp/app.h"
#include "keneyapp/http/compress.h"
#include "keneyapp/http/etag.h"

/* A client may keep it, but asks before it uses it again. */
#define REVALIDATED "private, no-cache"

enum encoding answer_encoding(const struct app *app, const struct request *request)
{
    struct accept_encoding accept;
    if (app->without_compression || !request->accept_encoding.len)
        return ENCODING_IDENTITY;
    accept_encoding_parse(request->accept_encoding, &accept);
    return accept_encoding_best(&accept,
                                1 << ENCODING_IDENTITY | 1 << ENCODING_GZIP | 1 << ENCODING_BROTLI);
}

static bool is_read(const struct request *request)
{
    return request->method == HTTP_GET || request->method == HTTP_HEAD;
}

/* Whose body it is does not matter any more when the client has it. */
static void drop_body(struct response *response)
{
    response->status = 304;
    response->content_type = NULL;
    response->encoding = NULL;
    strbuf_reset(&response->body);
    cached_unref(&response->cached);
}

static void tag(const struct request *request, struct response *response,
                const struct etag *identity, enum encoding encoding)
{
    struct etag etag;
    if (!response->cache_control)
        response->cache_control = REVALIDATED;
    etag_of_encoding(identity, encoding, &etag);
    snprintf(response->etag, sizeof(response->etag), "%s", etag.text);
    response->encoding = encoding_name(encoding);
    if (etag_matches(request->if_none_match, &etag))
        drop_body(response);
}

static bool encode(struct response *response, enum encoding encoding)
{
    AUTO(strbuf_done) struct strbuf coded = STRBUF_INIT(RESPONSE_BODY_MAX_BYTES);
    if (encoding == ENCODING_IDENTITY ||
        !compress_body(encoding, strbuf_span(&response->body), &coded))
        return false;
    struct strbuf plain = response->body;
    response->body = coded;
    coded = plain;
    response->encoding = encoding_name(encoding);
    return true;
}

void answer_finish(const struct app *app, const struct request *request, struct response *response)
{
    struct etag identity;
    enum encoding encoding = answer_encoding(app, request);
    if (response->cached || response->encoding || response->body.overflow)
        return;
    bool tagged = response->status == 200 && is_read(request);
    if (tagged)
        etag_make(strbuf_span(&response->body), &identity);
    if (!encode(response, encoding))
        encoding = ENCODING_IDENTITY;
    if (tagged)
        tag(request, response, &identity, encoding);
}

void answer_keep(const struct app *app, const struct request *request, struct response *response,
                 struct flight **flight)
{
    if (response->status != 200 || response->body.overflow) {
        cache_abandon(app->cache, flight);
        return;
    }
    AUTO(strbuf_done) struct strbuf coded = STRBUF_INIT(RESPONSE_BODY_MAX_BYTES);
    enum encoding encoding = answer_encoding(app, request);
    struct etag identity;
    etag_make(strbuf_span(&response->body), &identity);
    struct cached_parts parts = {
        .body = strbuf_span(&response->body),
        .content_type = span_cstr(response->content_type),
        .etag = span_cstr(identity.text),
    };
    if (encoding != ENCODING_IDENTITY && compress_body(encoding, parts.body, &coded))
        *(encoding == ENCODING_GZIP ? &parts.gzip : &parts.brotli) = strbuf_span(&coded);
    struct cached *cached = cache_put(app->cache, flight, &parts);
    strbuf_reset(&response->body);
    answer_from_cache(app, request, response, cached);
}

void answer_from_cache(const struct app *app, const struct request *request,
                       struct response *response, struct cached *cached)
{
    struct etag identity;
    enum encoding encoding = answer_encoding(app, request);
    if (!(encoding == ENCODING_GZIP ? cached->gzip : cached->brotli).len)
        encoding = ENCODING_IDENTITY;
    response->status = 200;
    response->cached = cached;
    response->cached_body = encoding == ENCODING_GZIP     ? cached->gzip
                            : encoding == ENCODING_BROTLI ? cached->brotli
                                                          : cached->body;
    response->content_type = cached->content_type.ptr;
    snprintf(identity.text, sizeof(identity.text), "%s", cached->etag);
    tag(request, response, &identity, encoding);
}
