/* SPDX-License-Identifier: Apache-2.0
 *
 * The idle connections of one session, most recently used first: that one is the least likely to
 * have been closed meanwhile. A user has few, so a list does.
 */
#include "client/client_private.h"

struct connection *pool_take(struct session *session, const struct origin *origin)
{
    LIST_FOREACH (it, &session->idle) {
        struct connection *connection = CONTAINER_OF(it, struct connection, link);
        if (connection->origin == origin) {
            list_remove(it);
            return connection;
        }
    }
    return NULL;
}

void pool_put(struct session *session, struct connection *connection)
{
    list_push_front(&session->idle, &connection->link);
}

void pool_close_all(struct session *session)
{
    while (!list_empty(&session->idle))
        connection_close(CONTAINER_OF(list_first(&session->idle), struct connection, link));
    LIST_FOREACH_SAFE (it, &session->shared) {
        struct connection *connection = CONTAINER_OF(it, struct connection, link);
        if (multiplex_is_idle(connection->multiplex))
            connection_close(connection);
    }
}
