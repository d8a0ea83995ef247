/* SPDX-License-Identifier: Apache-2.0
 *
 * One user's connections, cookies and byte counts.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "client/client_private.h"
#include "http/cookie_jar.h"

struct session *session_new(struct client *client)
{
    struct session *session = NEW(struct session);
    session->client = client;
    session->jar = cookie_jar_new();
    list_init(&session->idle);
    list_init(&session->shared);
    list_init(&session->exchanges);
    list_push_back(&client->sessions, &session->link);
    client->live_objects++;
    return session;
}

void session_free(struct session **ptr)
{
    struct session *session = *ptr;
    if (!session)
        return;
    struct client *client = session->client;
    while (!list_empty(&session->exchanges)) {
        struct exchange *exchange = CONTAINER_OF(session->exchanges.next, struct exchange, link);
        exchange->ops->on_abandon(exchange);
    }
    pool_close_all(session);
    client->counts.bytes_sent += session->traffic.sent;
    client->counts.bytes_received += session->traffic.received;
    client->live_objects--;
    list_remove(&session->link);
    cookie_jar_free(&session->jar);
    free(session);
    *ptr = NULL;
}

struct cookie_jar *session_jar(struct session *session)
{
    return session->jar;
}

void session_clear_cookies(struct session *session)
{
    cookie_jar_reset(session->jar);
}

void session_close_idle(struct session *session)
{
    pool_close_all(session);
}

void session_take_bytes(struct session *session, uint64_t *ret_sent, uint64_t *ret_received)
{
    *ret_sent = session->traffic.sent - session->taken.sent;
    *ret_received = session->traffic.received - session->taken.received;
    session->taken = session->traffic;
}
