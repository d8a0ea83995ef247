/* SPDX-License-Identifier: Apache-2.0
 *
 * The sockets that clients connect to.
 */
#ifndef KENEYAPP_HTTP_LISTENER_H
#define KENEYAPP_HTTP_LISTENER_H

#include "base/error.h"

struct listener {
    int fd;           /* -1: none */
    char address[72]; /* "127.0.0.1:8000", "[::1]:8443": with the real port */
};

/* Binds `address` (HOST:PORT or [HOST]:PORT, port 0 takes a free one; "off" gives fd -1). `flag` is
 * the option it came from, for the remedy. */
MUST_CHECK int listener_open(const char *address, const char *flag, struct listener *ret_listener,
                             struct error *err);

/* Closes the socket unless it was handed over (fd -1). */
void listener_done(struct listener *listener);

#endif
