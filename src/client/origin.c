/* SPDX-License-Identifier: Apache-2.0
 *
 * Interned origins: connections of one origin can be told by pointer. Most requests go where the
 * last one went, so that one is compared before any key is built.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "client/client_private.h"

static bool is_origin(const struct origin *origin, const struct transport *transport,
                      const struct url *url)
{
    return origin->transport == transport && origin->port == url->port &&
           origin->is_tls == url->is_tls && span_equal_nocase(origin->host, url->host);
}

struct span origin_host_text(struct span host)
{
    char *text = mem_dup(host.ptr, host.len);
    for (size_t i = 0; i < host.len; i++)
        text[i] = (char)(text[i] >= 'A' && text[i] <= 'Z' ? text[i] | 0x20 : text[i]);
    return span_of(text, host.len);
}

/* A proxy that is asked for plain HTTP speaks HTTP/1.1. */
static enum http_version version_of(const struct client *client, const struct transport *transport,
                                    bool is_tls)
{
    enum http_version version = client->config.http_version;
    if (!is_tls && (version == HTTP_AUTO || transport->proxy.host.len > 0))
        return HTTP_1_1;
    return version;
}

static struct origin *make(const struct client *client, struct span key,
                           const struct transport *transport, const struct url *url)
{
    struct origin *origin = NEW(struct origin);
    struct address ignored;
    struct span host = origin_host_text(url->host);
    *origin = (struct origin){
        .key = key,
        .transport = transport,
        .host = host,
        .port = url->port,
        .is_tls = url->is_tls,
        .is_ip = address_parse(host, 0, &ignored) == 0,
        .version = version_of(client, transport, url->is_tls),
    };
    return origin;
}

const struct origin *origin_of(struct client *client, const struct transport *transport,
                               const struct url *url)
{
    if (client->last_origin && is_origin(client->last_origin, transport, url))
        return client->last_origin;
    strbuf_reset(&client->scratch);
    url_write_origin(url, &client->scratch);
    if (transport->number > 0)
        strbuf_addf(&client->scratch, " %zu", transport->number);
    struct map_entry *entry = map_put(&client->origins, strbuf_span(&client->scratch));
    if (!entry->value)
        entry->value = make(client, entry->key, transport, url);
    client->last_origin = entry->value;
    return entry->value;
}

/* Interned origins are the client's own memory; const keeps all others from changing them. */
void origin_note_http1(const struct origin *origin)
{
    ((struct origin *)origin)->version = HTTP_1_1;
}

void origin_free_all(struct client *client)
{
    MAP_FOREACH (entry, &client->origins) {
        struct origin *origin = entry->value;
        free((char *)origin->host.ptr);
        free(origin);
    }
    map_done(&client->origins);
}
