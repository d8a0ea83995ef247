/* SPDX-License-Identifier: Apache-2.0
 *
 * What a worker's users share, and the graveyard of closed connections.
 */
#include <assert.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/mem.h"
#include "client/client_private.h"

/* Longest single text that is built: a message with its body. */
#define SCRATCH_MAX_BYTES   ((size_t)1 << 31)

#define LASTING_CHUNK_BYTES 4096

struct client_config client_config_defaults(void)
{
    return (struct client_config){
        .user_agent = "KeneyPerf/" KENEYPERF_VERSION,
        .system_tags = TAG_DEFAULT,
        .dns_ttl_ns = 300 * NSEC_PER_SEC,
        .dns_policy = DNS_PREFER_IPV4,
        .dns_select = DNS_RANDOM,
        .connect_timeout_ns = 30 * NSEC_PER_SEC,
        .max_header_bytes = (size_t)1 << 20,
        .max_body_bytes = (size_t)1 << 30,
    };
}

static void dig(struct client *client)
{
    while (!list_empty(&client->graveyard)) {
        connection_free(CONTAINER_OF(list_pop_front(&client->graveyard), struct connection, link));
        client->live_objects--;
    }
}

static void bury(struct deferred *deferred)
{
    dig(CONTAINER_OF(deferred, struct client, bury));
}

void client_bury(struct client *client, struct connection *connection)
{
    list_push_back(&client->graveyard, &connection->link);
    loop_defer(client->loop, &client->bury);
}

static int open_parts(struct client *client, struct error *err)
{
    const struct client_config *config = &client->config;
    const struct resolver_config names = {
        .hosts = config->hosts,
        .ttl_ns = config->dns_ttl_ns,
        .policy = config->dns_policy,
        .select = config->dns_select,
        .servers = config->dns_servers,
        .keep_all = config->try_all_addresses,
    };
    const struct transport_config usual = {
        .insecure_skip_tls_verify = config->insecure_skip_tls_verify,
    };

    client->resolver = resolver_new(client->loop, &names, err);
    if (!client->resolver)
        return -1;
    client->usual = client_transport(client, &usual, err);
    return client->usual ? 0 : -1;
}

struct client *client_new(struct loop *loop, struct recorder *recorder, struct tag_table *tags,
                          const struct client_config *config, struct error *err)
{
    AUTO(client_free) struct client *client = NEW(struct client);
    *client = (struct client){
        .loop = loop,
        .clock = loop_clock(loop),
        .recorder = recorder,
        .tags = tags,
        .config = *config,
        .limits = http1_limits_defaults(),
        .tag_mask = record_tag_mask(config, tags),
        .bury.fn = bury,
    };
    client->limits.reading = config->reading;
    client->limits.head_bytes = config->max_header_bytes;
    client->limits.body_bytes = config->max_body_bytes;
    list_init(&client->sessions);
    list_init(&client->graveyard);
    strbuf_init(&client->scratch, SCRATCH_MAX_BYTES);
    strbuf_init(&client->frames, SCRATCH_MAX_BYTES);
    arena_init(&client->lasting, LASTING_CHUNK_BYTES);
    if (open_parts(client, err) < 0)
        return NULL;
    return TAKE(client);
}

void client_free(struct client **ptr)
{
    struct client *client = *ptr;
    if (!client)
        return;
    while (!list_empty(&client->sessions)) {
        struct session *session = CONTAINER_OF(client->sessions.next, struct session, link);
        session_free(&session);
    }
    deferred_cancel(&client->bury);
    dig(client);
    assert(client->live_objects == 0);
    transport_free_all(client);
    resolver_free(&client->resolver);
    origin_free_all(client);
    strbuf_done(&client->scratch);
    strbuf_done(&client->frames);
    arena_done(&client->lasting);
    free(client);
    *ptr = NULL;
}

const struct client_counts *client_counts(struct client *client)
{
    struct client_counts *told = &client->told;
    *told = client->counts;
    LIST_FOREACH (it, &client->sessions) {
        const struct session *session = CONTAINER_OF(it, struct session, link);
        told->bytes_sent += session->traffic.sent;
        told->bytes_received += session->traffic.received;
    }
    return told;
}

size_t client_live_objects(const struct client *client)
{
    return client->live_objects;
}
