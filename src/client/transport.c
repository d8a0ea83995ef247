/* SPDX-License-Identifier: Apache-2.0
 *
 * Interned transports. What they have in common they share: trust anchors by CA file, TLS contexts
 * (with their sessions) by everything but the proxy.
 */
#include <stdlib.h>

#include "base/error.h"
#include "base/mem.h"
#include "client/client_private.h"
#include "http/basic_auth.h"
#include "http/proxy_rules.h"
#include "net/tls_context.h"
#include "net/tls_trust.h"

/* NUL between them: no path has one. */
static void add_part(struct strbuf *key, const char *text)
{
    if (text)
        strbuf_adds(key, text);
    strbuf_addc(key, '\0');
}

/* Everything but the proxy; returns the length. */
static size_t write_tls_key(struct strbuf *key, const struct transport_config *config)
{
    add_part(key, config->insecure_skip_tls_verify ? "insecure" : NULL);
    add_part(key, config->ca_file);
    add_part(key, config->cert_file);
    add_part(key, config->key_file);
    add_part(key, config->ciphers);
    add_part(key, config->server_name);
    strbuf_addf(key, "%d %d %d %d", config->tls_min_version, config->tls_max_version,
                config->no_server_name, config->no_alpn);
    add_part(key, NULL);
    return key->len;
}

/* The anchors of a CA file, or the client's own; NULL and `err` when they cannot be read. */
static const struct tls_trust *trust_of(struct client *client, const char *ca_file,
                                        struct error *err)
{
    struct span key = span_cstr(ca_file ? ca_file : "");
    struct tls_trust *trust = map_get(&client->trusts, key);
    if (!ca_file && client->config.trust)
        return client->config.trust;
    if (trust)
        return trust;
    trust = tls_trust_new(ca_file ? ca_file : client->config.ca_file, err);
    if (trust)
        map_put(&client->trusts, key)->value = trust;
    return trust;
}

static struct tls_context *make_tls(struct client *client, const struct transport_config *config,
                                    struct error *err)
{
    struct tls_config tls = {
        .insecure = config->insecure_skip_tls_verify,
        .cert_file = config->cert_file,
        .key_file = config->key_file,
        .min_version =
            config->tls_min_version ? config->tls_min_version : client->config.tls_min_version,
        .max_version =
            config->tls_max_version ? config->tls_max_version : client->config.tls_max_version,
        .ciphers = config->ciphers,
        .server_name = config->server_name,
        .no_server_name = config->no_server_name,
        .no_alpn = config->no_alpn,
    };
    if (!tls.insecure)
        tls.trust = trust_of(client, config->ca_file, err);
    return tls.insecure || tls.trust ? tls_context_new(&tls, err) : NULL;
}

static struct tls_context *tls_of(struct client *client, const struct transport_config *config,
                                  struct span key, struct error *err)
{
    struct tls_context *tls = map_get(&client->tls_contexts, key);
    if (tls)
        return tls;
    tls = make_tls(client, config, err);
    if (tls)
        map_put(&client->tls_contexts, key)->value = tls;
    return tls;
}

static struct span authorization_of(const struct url *url)
{
    AUTO(arena_done) struct arena arena;
    AUTO(strbuf_done) struct strbuf text = STRBUF_INIT(2 * URL_MAX_BYTES);
    arena_init(&arena, 1024);
    if (!url->has_user)
        return SPAN_EMPTY;
    basic_auth_write(url_decode(&arena, url->user), url_decode(&arena, url->password), &text);
    return span_of(mem_dup(text.ptr, text.len), text.len);
}

static int set_proxy(struct proxy *proxy, const char *text, struct error *err)
{
    struct url url;
    const char *problem;
    if (!text)
        return 0;
    if (url_parse(span_cstr(text), &url, &problem) < 0)
        return error_set(err, EXIT_INVALID_CONFIG, "the URL of the proxy: %s", problem);
    if (url.is_tls)
        return error_set(err, EXIT_INVALID_CONFIG,
                         "the URL of the proxy: TLS to a proxy is not supported; write "
                         "http://[user:password@]host:port");
    proxy->host = origin_host_text(url.host);
    proxy->port = url.port;
    proxy->authorization = authorization_of(&url);
    return 0;
}

static int set_local(struct transport *transport, const char *text, struct error *err)
{
    transport->has_local = text != NULL;
    if (!text || address_parse(span_cstr(text), 0, &transport->local) == 0)
        return 0;
    return error_set(err, EXIT_INVALID_CONFIG,
                     "the local address \"%.80s\" is no IP address; see ip address", text);
}

static void transport_free(struct transport **ptr)
{
    struct transport *transport = TAKE(*ptr);
    if (!transport)
        return;
    free((char *)transport->proxy.host.ptr);
    free((char *)transport->proxy.authorization.ptr);
    free(transport);
}

const struct transport *client_transport(struct client *client,
                                         const struct transport_config *config, struct error *err)
{
    AUTO(strbuf_done) struct strbuf text = STRBUF_INIT(SIZE_MAX / 2);
    size_t tls_len = write_tls_key(&text, config);
    add_part(&text, config->proxy);
    add_part(&text, config->local_address);
    strbuf_addf(&text, "%d", config->buffer_bytes);
    struct span key = strbuf_span(&text);
    struct transport *known = map_get(&client->transports, key);
    if (known)
        return known;
    AUTO(transport_free) struct transport *transport = NEW(struct transport);
    transport->number = client->transports.count;
    transport->tls = tls_of(client, config, span_head(key, tls_len), err);
    transport->buffer_bytes = config->buffer_bytes;
    if (!transport->tls || set_proxy(&transport->proxy, config->proxy, err) < 0 ||
        set_local(transport, config->local_address, err) < 0)
        return NULL;
    return map_put(&client->transports, key)->value = TAKE(transport);
}

const struct transport *transport_usual(struct client *client, const struct url *url)
{
    const struct proxy_rules *rules = client->config.proxies;
    const char *proxy = rules ? proxy_rules_find(rules, url) : NULL;
    struct error err = {0};
    if (!proxy)
        return client->usual;
    const struct transport_config config = {
        .insecure_skip_tls_verify = client->config.insecure_skip_tls_verify,
        .proxy = proxy,
    };
    return client_transport(client, &config, &err);
}

void transport_free_all(struct client *client)
{
    MAP_FOREACH (entry, &client->transports) {
        struct transport *transport = entry->value;
        transport_free(&transport);
    }
    MAP_FOREACH (entry, &client->tls_contexts) {
        struct tls_context *tls = entry->value;
        tls_context_free(&tls);
    }
    MAP_FOREACH (entry, &client->trusts) {
        struct tls_trust *trust = entry->value;
        tls_trust_free(&trust);
    }
    map_done(&client->transports);
    map_done(&client->tls_contexts);
    map_done(&client->trusts);
}
