/* SPDX-License-Identifier: Apache-2.0
 *
 * Order on the wire: Host, User-Agent, Content-Length, then the headers by name, then what the
 * transport adds. Found by looking at what hey 0.1.4 sends.
 */
#include "cli/as/hey/request.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/strbuf.h"
#include "cli/as/hey/go_quote.h"
#include "cli/as/hey/go_url.h"
#include "cli/as/hey/options.h"
#include "http/basic_auth.h"
#include "http/charset.h"
#include "http/redirect_rules.h"
#include "http/request_rules.h"
#include "http/url.h"

enum {
    TEXT_MAX_BYTES = 1 << 20,
};

static const struct span USER_AGENT = {"hey/0.0.1", 9};

static int by_name(const void *a, const void *b)
{
    return span_compare(((const struct header *)a)->name, ((const struct header *)b)->name);
}

/* net/http writes these by its own rules, whatever the user says; hey takes User-Agent. */
static bool is_own(struct span name)
{
    static const struct span OWN[] = {
        {"Host", 4},    {"User-Agent", 10}, {"Content-Length", 14}, {"Transfer-Encoding", 17},
        {"Trailer", 7},
    };
    for (size_t i = 0; i < COUNT_OF(OWN); i++) {
        if (span_equal(OWN[i], name))
            return true;
    }
    return false;
}

static void set(struct headers *headers, struct arena *arena, struct span name, struct span value)
{
    struct span canonical = headers_canonical_name(arena, name);
    if (!is_own(canonical))
        headers_set(headers, arena, canonical, value);
}

static struct span basic(struct arena *arena, struct span user, struct span password)
{
    AUTO(strbuf_done) struct strbuf text = STRBUF_INIT(TEXT_MAX_BYTES);
    basic_auth_write(user, password, &text);
    return arena_dup_span(arena, strbuf_span(&text));
}

static void set_given(const struct hey_options *options, struct arena *arena,
                      struct headers *headers)
{
    struct span name, value, password, credentials;
    set(headers, arena, SPAN("Content-Type"), span_cstr(options->content_type));
    if (hey_authorization_parse(options->authorization, &credentials)) {
        struct span user = span_cut(credentials, ':', &password);
        set(headers, arena, SPAN("Authorization"), basic(arena, user, password));
    }
    for (size_t i = 0; i < options->header_count; i++) {
        if (hey_header_parse(options->headers[i], &name, &value))
            set(headers, arena, name, value);
    }
    if (options->accept[0])
        set(headers, arena, SPAN("Accept"), span_cstr(options->accept));
}

static void add_length(struct hey_request *request, struct arena *arena)
{
    char digits[32];
    if (request->body.len == 0 && !request_rules_expects_body(request->method))
        return;
    snprintf(digits, sizeof(digits), "%zu", request->body.len);
    headers_add(&request->headers, arena, SPAN("Content-Length"), span_cstr(digits));
}

/* The transport asks for gzip only when it would decode the answer itself. */
static bool asks_for_gzip(const struct hey_request *request)
{
    return !request->disable_compression && !span_equal(request->method, SPAN("HEAD")) &&
           headers_get(&request->given, SPAN("Accept-Encoding")).len == 0 &&
           headers_get(&request->given, SPAN("Range")).len == 0;
}

/* The list for the wire from what was given, with the URL's user and the referring URL. */
static void arrange(struct hey_request *request, struct span referer, struct arena *arena)
{
    struct headers sorted = {0};
    struct url url;
    const char *ignored;
    for (size_t i = 0; i < request->given.count; i++)
        headers_add(&sorted, arena, request->given.items[i].name, request->given.items[i].value);
    if (referer.len > 0)
        headers_set(&sorted, arena, SPAN("Referer"), referer);
    if (url_parse(request->url, &url, &ignored) == 0 && url.has_user &&
        !headers_find(&sorted, SPAN("Authorization")))
        headers_add(&sorted, arena, SPAN("Authorization"),
                    basic(arena, url_decode(arena, url.user), url_decode(arena, url.password)));
    if (sorted.count > 1)
        qsort(sorted.items, sorted.count, sizeof(*sorted.items), by_name);
    request->headers = (struct headers){0};
    if (request->host.len > 0)
        headers_add(&request->headers, arena, SPAN("Host"), request->host);
    headers_add(&request->headers, arena, SPAN("User-Agent"), USER_AGENT);
    add_length(request, arena);
    for (size_t i = 0; i < sorted.count; i++)
        headers_add(&request->headers, arena, sorted.items[i].name, sorted.items[i].value);
    if (asks_for_gzip(request))
        headers_add(&request->headers, arena, SPAN("Accept-Encoding"), SPAN("gzip"));
}

static struct span upper_case(struct arena *arena, const char *text)
{
    char *copy = arena_dup(arena, span_cstr(text[0] ? text : "GET"));
    for (char *p = copy; *p; p++) {
        if (*p >= 'a' && *p <= 'z')
            *p = (char)(*p - 'a' + 'A');
    }
    return span_cstr(copy);
}

/* net/http sends what stands before the first space or slash of a Host. */
static struct span host_of(const char *text)
{
    return span_of(text, strcspn(text, " /"));
}

int hey_request_first(const struct hey_options *options, struct span body, struct arena *arena,
                      struct hey_request *ret, struct strbuf *problem)
{
    struct hey_request request = {
        .method = upper_case(arena, options->method),
        .url = span_cstr(options->url),
        .body = body.len ? body : SPAN_EMPTY,
        .host = host_of(options->host),
        .disable_compression = options->disable_compression,
        .disable_redirects = options->disable_redirects,
    };
    if (!charset_is_token(request.method)) {
        strbuf_adds(problem, "net/http: invalid method ");
        go_quote(problem, request.method);
        return -1;
    }
    if (go_url_check(request.url, problem) < 0)
        return -1;
    set_given(options, arena, &request.given);
    arrange(&request, SPAN_EMPTY, arena);
    *ret = request;
    return 0;
}

static struct headers given_for(const struct hey_request *first, const struct url *from,
                                const struct url *to, struct arena *arena)
{
    struct headers given = {0};
    for (size_t i = 0; i < first->given.count; i++)
        headers_add(&given, arena, first->given.items[i].name, first->given.items[i].value);
    if (!redirect_rules_may_name_user(to->host, from->host))
        redirect_rules_drop_user(&given);
    return given;
}

static struct span referer_for(const struct url *from, const struct url *to, struct arena *arena)
{
    AUTO(strbuf_done) struct strbuf text = STRBUF_INIT(2 * URL_MAX_BYTES);
    if (from->is_tls && !to->is_tls)
        return SPAN_EMPTY;
    url_write_public(from, &text);
    return arena_dup_span(arena, strbuf_span(&text));
}

static struct span whole_url(const struct url *url, struct arena *arena)
{
    AUTO(strbuf_done) struct strbuf text = STRBUF_INIT(2 * URL_MAX_BYTES);
    strbuf_addf(&text, "%.*s://", SPAN_ARG(url->scheme));
    if (url->has_user)
        strbuf_addf(&text, "%.*s%s%.*s@", SPAN_ARG(url->user), url->has_password ? ":" : "",
                    SPAN_ARG(url->password));
    strbuf_addf(&text, "%.*s%.*s%s%.*s", SPAN_ARG(url->authority), SPAN_ARG(url->path),
                url->has_query ? "?" : "", SPAN_ARG(url->query));
    return arena_dup_span(arena, strbuf_span(&text));
}

static enum hey_redirect refuse(const struct hey_request *first, const struct hey_request *hop,
                                struct span location, struct strbuf *problem)
{
    AUTO(strbuf_done) struct strbuf why = STRBUF_INIT(TEXT_MAX_BYTES);
    if (go_url_check(location, &why) < 0) {
        hey_request_describe(first, hop->url, problem);
        strbuf_adds(problem, "failed to parse Location header ");
        go_quote(problem, location);
        strbuf_addf(problem, ": %s", strbuf_cstr(&why));
    } else {
        hey_request_describe(first, location, problem);
        if (!hey_request_unsupported(location, problem))
            strbuf_adds(problem, "the URL cannot be asked for");
    }
    return HEY_REDIRECT_FAILED;
}

enum hey_redirect hey_request_redirect(const struct hey_request *first,
                                       const struct hey_request *hop, int status,
                                       struct span location, struct arena *arena,
                                       struct hey_request *ret_next, struct strbuf *problem)
{
    struct url start, from, to;
    struct span ignored_rest;
    const char *ignored;
    if (first->disable_redirects || !redirect_rules_applies(status) || location.len == 0 ||
        (redirect_rules_keeps_method(status) && first->body.len > 0))
        return HEY_REDIRECT_NONE;
    if (hop->redirects + 1 >= HEY_MAX_REDIRECTS) {
        hey_request_describe(first, location, problem);
        strbuf_addf(problem, "stopped after %d redirects", HEY_MAX_REDIRECTS);
        return HEY_REDIRECT_FAILED;
    }
    if (url_parse(first->url, &start, &ignored) < 0 || url_parse(hop->url, &from, &ignored) < 0 ||
        url_resolve(&from, location, arena, &to, &ignored) < 0)
        return refuse(first, hop, location, problem);
    struct hey_request next = *hop;
    next.redirects++;
    next.url = whole_url(&to, arena);
    next.given = given_for(first, &start, &to, arena);
    /* A Host of the user's own goes along when the server means itself. */
    if (go_url_scheme(location, &ignored_rest).len > 0)
        next.host = SPAN_EMPTY;
    if (!redirect_rules_keeps_method(status)) {
        next.body = SPAN_EMPTY;
        if (!span_equal(next.method, SPAN("HEAD")))
            next.method = SPAN("GET");
    }
    arrange(&next, referer_for(&from, &to, arena), arena);
    *ret_next = next;
    return HEY_REDIRECT_FOLLOW;
}

static void add_public(struct strbuf *out, struct span text)
{
    AUTO(strbuf_done) struct strbuf shown = STRBUF_INIT(TEXT_MAX_BYTES);
    struct url url;
    const char *ignored;
    if (url_parse(text, &url, &ignored) < 0 || !url.has_password) {
        go_quote(out, text);
        return;
    }
    size_t before = (size_t)(url.password.ptr - text.ptr);
    strbuf_add_span(&shown, span_head(text, before));
    strbuf_adds(&shown, "***");
    strbuf_add_span(&shown, span_from(text, before + url.password.len));
    go_quote(out, strbuf_span(&shown));
}

void hey_request_describe(const struct hey_request *first, struct span url, struct strbuf *out)
{
    strbuf_add_span(out, span_head(first->method, 1));
    for (size_t i = 1; i < first->method.len; i++) {
        char c = first->method.ptr[i];
        strbuf_addc(out, c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c);
    }
    strbuf_addc(out, ' ');
    add_public(out, url);
    strbuf_adds(out, ": ");
}

bool hey_request_unsupported(struct span url, struct strbuf *out)
{
    struct span rest, scheme = go_url_scheme(url, &rest);
    if (!span_equal_nocase(scheme, SPAN("http")) && !span_equal_nocase(scheme, SPAN("https"))) {
        strbuf_adds(out, "unsupported protocol scheme ");
        go_quote(out, scheme);
        return true;
    }
    if (span_starts_with(rest, SPAN("//")) && rest.len > 2 && rest.ptr[2] != '/')
        return false;
    strbuf_adds(out, "http: no Host in request URL");
    return true;
}
