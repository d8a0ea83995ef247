/* SPDX-License-Identifier: Apache-2.0
 *
 * Outcomes in Go's words, as hey 0.1.4 (Go 1.19) prints them.
 */
#include "cli/as/hey/error_text.h"

#include <ctype.h>
#include <string.h>

#include "base/strbuf.h"
#include "cli/as/hey/request.h"
#include "client/client.h"
#include "http/http1_parser.h"
#include "http/url.h"

bool hey_error_is_late(const struct response *response)
{
    return response->status > 0;
}

static void add_peer(struct strbuf *out, const struct response *response)
{
    bool is_ipv6 = strchr(response->remote_ip, ':') != NULL;
    if (response->remote_ip[0])
        strbuf_addf(out, is_ipv6 ? " [%s]:%u" : " %s:%u", response->remote_ip,
                    response->remote_port);
}

/* The system's sentences begin with a capital letter, Go's do not. */
static void add_lower(struct strbuf *out, const char *text)
{
    strbuf_addc(out, (char)tolower((unsigned char)text[0]));
    strbuf_adds(out, text[0] ? text + 1 : "");
}

/* Where no connection came about: the response names no peer then. */
static void add_destination(struct strbuf *out, struct span text)
{
    struct url url;
    const char *ignored;
    if (url_parse(text, &url, &ignored) == 0)
        strbuf_addf(out, url.is_ipv6 ? " [%.*s]:%u" : " %.*s:%u", SPAN_ARG(url.host), url.port);
}

static void add_dial(struct strbuf *out, const struct hey_request *hop, struct span proxy,
                     const struct response *response)
{
    strbuf_adds(out, proxy.len ? "proxyconnect tcp: dial tcp" : "dial tcp");
    add_destination(out, proxy.len ? proxy : hop->url);
    switch (response->outcome) {
    case OUTCOME_DIAL_REFUSED:
        strbuf_adds(out, ": connect: connection refused");
        break;
    case OUTCOME_DIAL_TIMEOUT:
        strbuf_adds(out, ": connect: connection timed out");
        break;
    case OUTCOME_DESCRIPTORS:
        strbuf_adds(out, ": socket: too many open files");
        break;
    default:
        strbuf_adds(out, ": connect: ");
        add_lower(out, response->error);
    }
}

static void add_lookup(struct strbuf *out, const struct hey_request *hop, struct span proxy,
                       const struct response *response)
{
    struct span text = proxy.len ? proxy : hop->url;
    struct url url;
    const char *ignored;
    bool is_known = response->outcome == OUTCOME_DNS_NO_SUCH_HOST;
    struct span host = url_parse(text, &url, &ignored) == 0 ? url.host : text;
    strbuf_addf(out, "%sdial tcp: lookup %.*s: %s", proxy.len ? "proxyconnect tcp: " : "",
                SPAN_ARG(host), is_known ? "no such host" : "server misbehaving");
}

/* OpenSSL says which version it was an alert of, Go from whom it came. */
static void add_tls(struct strbuf *out, const struct response *response)
{
    const char *alert = strstr(response->error, " alert ");
    if (alert)
        strbuf_addf(out, "remote error: tls: %s", alert + strlen(" alert "));
    else if (strstr(response->error, "closed the connection during the TLS handshake"))
        strbuf_adds(out, "EOF");
    else
        strbuf_addf(out, "tls: %s", response->error);
}

static void add_closed(struct strbuf *out, const struct response *response)
{
    bool is_within = strcmp(response->error, http1_problem_text(HTTP1_PROBLEM_TRUNCATED)) == 0;
    if (hey_error_is_late(response))
        strbuf_adds(out, "unexpected EOF");
    else if (is_within)
        strbuf_adds(out, "net/http: HTTP/1.x transport connection broken: unexpected EOF");
    else
        strbuf_adds(out, "EOF");
}

static void add_broken(struct strbuf *out, const struct response *response, const char *verb,
                       const char *what)
{
    strbuf_addf(out, "%s tcp", verb);
    add_peer(out, response);
    strbuf_addf(out, ": %s: %s", verb, what);
}

static void add_timeout(struct strbuf *out, const struct response *response)
{
    strbuf_addf(out, "context deadline exceeded (Client.Timeout %s)",
                hey_error_is_late(response) ? "or context cancellation while reading body"
                                            : "exceeded while awaiting headers");
}

static void add_malformed(struct strbuf *out, const struct response *response)
{
    if (!hey_error_is_late(response))
        strbuf_adds(out, "net/http: HTTP/1.x transport connection broken: ");
    strbuf_adds(out, response->error);
}

static void add_reason(struct strbuf *out, const struct hey_request *hop, struct span proxy,
                       const struct response *response)
{
    switch (response->outcome) {
    case OUTCOME_DIAL:
    case OUTCOME_DIAL_REFUSED:
    case OUTCOME_DIAL_TIMEOUT:
    case OUTCOME_DIAL_UNKNOWN_ERRNO:
    case OUTCOME_DESCRIPTORS:
        add_dial(out, hop, proxy, response);
        break;
    case OUTCOME_DNS:
    case OUTCOME_DNS_NO_SUCH_HOST:
        add_lookup(out, hop, proxy, response);
        break;
    case OUTCOME_RESET:
        add_broken(out, response, "read", "connection reset by peer");
        break;
    case OUTCOME_BROKEN_PIPE:
        add_broken(out, response, "write", "broken pipe");
        break;
    case OUTCOME_CLOSED:
        add_closed(out, response);
        break;
    case OUTCOME_TIMEOUT:
        add_timeout(out, response);
        break;
    case OUTCOME_TLS_HEADER:
        strbuf_adds(out, "http: server gave HTTP response to HTTPS client");
        break;
    case OUTCOME_TLS:
    case OUTCOME_TLS_VERSION:
    case OUTCOME_TLS_REFUSED:
    case OUTCOME_TLS_CLIENT_CERTIFICATE:
    case OUTCOME_TLS_NAME:
    case OUTCOME_TLS_CLOSED:
        add_tls(out, response);
        break;
    case OUTCOME_MALFORMED:
        add_malformed(out, response);
        break;
    default:
        if (!hey_request_unsupported(hop->url, out))
            strbuf_adds(out, response->error);
    }
}

void hey_error_text(struct strbuf *out, const struct hey_request *first,
                    const struct hey_request *hop, struct span proxy,
                    const struct response *response)
{
    if (!hey_error_is_late(response))
        hey_request_describe(first, hop->url, out);
    add_reason(out, hop, proxy, response);
}
