/* SPDX-License-Identifier: Apache-2.0
 *
 * A DNS server on loopback with four kinds of names: "both…" has the addresses 10.0.0.1, 10.0.0.2
 * and fd00::1, "local…" 127.0.0.2 and 127.0.0.1; "silent…" is never answered; all others do not
 * exist. One thread.
 */
#ifndef TESTS_UNIT_NET_NAME_SERVER_H
#define TESTS_UNIT_NET_NAME_SERVER_H

#include <stddef.h>

struct name_server;

struct name_server *name_server_new(void);
void name_server_free(struct name_server **server);

/* "127.0.0.1:PORT", until name_server_free(). */
const char *name_server_address(const struct name_server *server);

/* Questions so far. */
size_t name_server_count(struct name_server *server);

#endif
