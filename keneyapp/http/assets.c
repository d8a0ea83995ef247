/* SPDX-License-Identifier: Apache-2.0
 *
 * A walk over a few dozen names; the table is written by the build (web/keneyapp/embed.c).
 */
#include "keneyapp/http/assets.h"

#include <stdio.h>

#include "keneyapp/http/accept_encoding.h"
#include "keneyapp/http/etag.h"

/* web/keneyapp/src/app.jsx has the same. */
const char *const PAGE_NAMES[] = {
    "/",      "/login", "/patients", "/patients/{id}", "/appointments", "/prescriptions",
    "/audit", "/users", NULL};

static bool matches(struct span name, struct span path)
{
    uint64_t id;
    if (!span_ends_with(name, SPAN("{id}")))
        return span_equal(name, path);
    struct span before = span_head(name, name.len - strlen("{id}"));
    return span_starts_with(path, before) &&
           span_to_u64(span_from(path, before.len), INT64_MAX, &id) == 0;
}

static bool is_page(struct span path)
{
    if (path.len > 1 && path.ptr[path.len - 1] == '/')
        path.len--;
    for (const char *const *name = PAGE_NAMES; *name; name++)
        if (matches(span_cstr(*name), path))
            return true;
    return false;
}

static const struct asset *find_file(struct span path)
{
    for (size_t i = 0; i < ASSET_COUNT; i++)
        if (span_equal(span_cstr(ASSETS[i].path), path))
            return &ASSETS[i];
    return NULL;
}

const struct asset *assets_find(struct span path)
{
    return find_file(is_page(path) ? SPAN("/index.html") : path);
}

bool assets_page_wanted(struct span accept)
{
    while (accept.len) {
        struct span item = span_cut(accept, ',', &accept);
        struct span type = span_trim(span_cut(item, ';', &(struct span){0}));
        if (span_equal_nocase(type, SPAN("text/html")))
            return true;
        if (span_equal_nocase(type, SPAN("application/json")))
            return false;
    }
    return false;
}

static struct span body_in(const struct asset *asset, struct span accept_encoding,
                           enum encoding *ret_encoding)
{
    const struct span bodies[ENCODINGS] = {asset->identity, asset->gzip, asset->brotli};
    struct accept_encoding accept;
    unsigned available = 0;
    for (unsigned i = 0; i < ENCODINGS; i++)
        available |= bodies[i].len ? 1u << i : 0;
    accept_encoding_parse(accept_encoding, &accept);
    *ret_encoding = accept_encoding_best(&accept, available);
    return bodies[*ret_encoding];
}

static bool may_be_file(const struct request *request)
{
    return (request->method == HTTP_GET || request->method == HTTP_HEAD) &&
           !span_starts_with(request->path, SPAN("/api/"));
}

bool assets_answer(const struct request *request, struct response *response)
{
    if (!may_be_file(request))
        return false;
    const struct asset *asset = assets_find(request->path);
    if (!asset || (!asset->immutable && !assets_page_wanted(request->accept)))
        return false;
    struct etag plain, etag;
    enum encoding encoding;
    struct span body = body_in(asset, request->accept_encoding, &encoding);
    snprintf(plain.text, sizeof(plain.text), "%s", asset->etag);
    etag_of_encoding(&plain, encoding, &etag);
    snprintf(response->etag, sizeof(response->etag), "%s", etag.text);
    response->cache_control = asset->immutable ? "public, max-age=31536000, immutable" : "no-cache";
    response->content_type = asset->content_type;
    if (etag_matches(request->if_none_match, &etag)) {
        response->status = 304;
        return true;
    }
    response->encoding = encoding_name(encoding);
    strbuf_add_span(&response->body, body);
    return true;
}

bool assets_answer_unknown(const struct request *request, struct response *response)
{
    if (!may_be_file(request) || !assets_page_wanted(request->accept))
        return false;
    const struct asset *asset = find_file(SPAN("/index.html"));
    enum encoding encoding;
    strbuf_add_span(&response->body, body_in(asset, request->accept_encoding, &encoding));
    response->encoding = encoding_name(encoding);
    response->content_type = asset->content_type;
    response->cache_control = "no-store";
    response->status = 404;
    return true;
}
