/* SPDX-License-Identifier: Apache-2.0
 *
 * The HTTP server: libmicrohttpd with its own epoll threads, one per core and listener. They parse,
 * encrypt and send, and never wait: a request whose route may wait suspends its connection, runs on
 * the handler threads, and is resumed to be answered.
 *
 *   accept -> head -> route -> body -> (inlined) handler -> answer
 *                                   -> suspend -> handler thread [-> hashing thread] -> resume
 *
 * Bodies are bounded by REQUEST_BODY_MAX_BYTES, or their route's own number (413); how long a
 * connection may be idle or slow, by http/deadlines.h.
 */
#ifndef KENEYAPP_HTTP_SERVER_H
#define KENEYAPP_HTTP_SERVER_H

#include "base/error.h"
#include "base/span.h"
#include "keneyapp/app.h"
#include "keneyapp/http/listener.h"
#include "keneyapp/http/router.h"

struct handlers;
struct server;

struct server_config {
    const struct app *app;
    const struct route *routes;
    size_t route_count;
    const char *const *endpoints; /* server_endpoints()'s, for the log */
    struct handlers *handlers;
    unsigned threads;                      /* epoll threads per listener */
    unsigned connections_max;              /* per listener */
    unsigned connections_per_address;      /* per listener; 0: any number */
    nsec_t request_max_ns;                 /* for a request's head, and again for its body */
    const char *certificate_pem, *key_pem; /* for the TLS listener */
};

/* Serves on the listeners that have a socket, and takes the sockets over. Everything in `config` is
 * borrowed until server_free(). */
MUST_CHECK struct server *server_new(const struct server_config *config, struct listener *plain,
                                     struct listener *tls, struct error *err);

/* Accepts no more connections; requests on open ones are answered 503 from now on. Then close the
 * handlers and whatever else answers calls, and free the server. */
void server_quiesce(struct server *server);

/* Until every request that was accepted has its answer, ten seconds at most. After the handlers and
 * whatever else answers calls were closed. */
void server_drain(struct server *server);

/* Every accepted call has to be finished. NULL-safe. */
void server_free(struct server **server);

/* Number of endpoints for metrics: the routes, one for requests that match none, one for
 * pages. */
size_t server_endpoints(const struct route *routes, size_t count, const char **ret_names);

#endif
