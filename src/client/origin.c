/* SPDX-License-Identifier: Apache-2.0
 *
 * Interned origins: connections of one origin can be told by pointer. Most requests go where the
 * last one went, so that one is compared before any key is built.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "client/client_private.h"

static bool is_origin(const struct origin *origin, const struct url *url)
{
    return origin->port == url->port && origin->is_tls == url->is_tls &&
           span_equal_nocase(origin->host, url->host);
}

static struct origin *make(struct span key, const struct url *url)
{
    struct origin *origin = NEW(struct origin);
    struct address ignored;
    char *host = mem_dup(url->host.ptr, url->host.len);
    for (size_t i = 0; i < url->host.len; i++)
        host[i] = (char)(host[i] >= 'A' && host[i] <= 'Z' ? host[i] | 0x20 : host[i]);
    *origin = (struct origin){
        .key = key,
        .host = span_of(host, url->host.len),
        .port = url->port,
        .is_tls = url->is_tls,
        .is_ip = address_parse(span_of(host, url->host.len), 0, &ignored) == 0,
    };
    return origin;
}

const struct origin *origin_of(struct client *client, const struct url *url)
{
    if (client->last_origin && is_origin(client->last_origin, url))
        return client->last_origin;
    strbuf_reset(&client->scratch);
    url_write_origin(url, &client->scratch);
    struct map_entry *entry = map_put(&client->origins, strbuf_span(&client->scratch));
    if (!entry->value)
        entry->value = make(entry->key, url);
    client->last_origin = entry->value;
    return entry->value;
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
