/* SPDX-License-Identifier: Apache-2.0
 *
 * Where a response leads, by http/redirect_rules.h, which k6 follows. With a cookie jar the
 * script's Cookie header stays behind always: the jar speaks for the new place.
 */
#include "client/client_private.h"
#include "http/redirect_rules.h"

/* The first hop shares its list with the script, which must not see it change. */
static struct headers copy_list(struct arena *arena, const struct headers *headers)
{
    struct headers copy = {0};
    if (headers->count == 0)
        return copy;
    copy.items = ARENA_NEW_ARRAY(arena, struct header, headers->count);
    copy.count = copy.cap = headers->count;
    memcpy(copy.items, headers->items, headers->count * sizeof(*headers->items));
    return copy;
}

static void change_method(struct call *call)
{
    if (redirect_rules_keeps_method(call->request->response.status))
        return;
    call->body = SPAN_EMPTY;
    if (!span_equal(call->method, SPAN("GET")) && !span_equal(call->method, SPAN("HEAD")))
        call->method = SPAN("GET");
}

static void set_referer(struct call *call, const struct url *from)
{
    struct strbuf *scratch = &call->exchange.session->client->scratch;
    struct span given = headers_get(&call->headers, SPAN("Referer"));
    call->referer = SPAN_EMPTY;
    if (from->is_tls && !call->url.is_tls) {
        headers_remove(&call->headers, SPAN("Referer"));
        return;
    }
    if (given.len > 0)
        return;
    strbuf_reset(scratch);
    url_write_public(from, scratch);
    call->referer = arena_dup_span(call->request->arena, strbuf_span(scratch));
}

int redirect_follow(struct call *call, const char **ret_problem)
{
    struct arena *arena = call->request->arena;
    struct url from = call->url, to;
    if (url_resolve(&from, call->location, arena, &to, ret_problem) < 0)
        return -1;
    call->redirects++;
    call->url = to;
    call->headers = copy_list(arena, &call->headers);
    if (call->request->jar)
        headers_remove(&call->headers, SPAN("Cookie"));
    if (!redirect_rules_may_name_user(to.host, from.host))
        redirect_rules_drop_user(&call->headers);
    /* A Host of the script's own means this host alone (Go keeps it for relative locations). */
    if (!url_same_origin(&from, &to))
        headers_remove(&call->headers, SPAN("Host"));
    change_method(call);
    set_referer(call, &from);
    return 0;
}
