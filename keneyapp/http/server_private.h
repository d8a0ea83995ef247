/* SPDX-License-Identifier: Apache-2.0
 *
 * Between the server's listeners (server.c) and the requests on them (server_request.c).
 */
#ifndef KENEYAPP_HTTP_SERVER_PRIVATE_H
#define KENEYAPP_HTTP_SERVER_PRIVATE_H

#include <microhttpd.h>
#include <stdatomic.h>

#include "keneyapp/http/server.h"

struct deadlines;

struct server {
    struct server_config config;
    struct MHD_Daemon *plain, *tls;
    struct deadlines *deadlines;
    int quiesced[2]; /* their sockets after server_quiesce(); -1 before */
    atomic_bool closing;
    atomic_uint accepted; /* whole requests whose answer is not sent */
};

/* libmicrohttpd's callbacks for a request: its target came, there is more of it, it is over.
 * `context` is the server; `*slot` becomes the exchange. */
void *server_on_target(void *context, const char *uri, struct MHD_Connection *connection);
enum MHD_Result server_on_request(void *context, struct MHD_Connection *connection, const char *url,
                                  const char *method, const char *version, const char *upload_data,
                                  size_t *upload_size, void **slot);
void server_on_completed(void *context, struct MHD_Connection *connection, void **slot,
                         enum MHD_RequestTerminationCode why);

#endif
