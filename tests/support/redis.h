/* SPDX-License-Identifier: Apache-2.0
 *
 * A real Redis for a test: on a Unix socket in a folder of its own, ended with the test whatever
 * happens to it.
 */
#ifndef TESTS_SUPPORT_REDIS_H
#define TESTS_SUPPORT_REDIS_H

#include <stdbool.h>

struct redis_server;

/* Ready to answer. NULL: redis-server is not installed. Ends the program when it does not come. */
struct redis_server *redis_server_new(void);

/* Ends it, and its folder. */
void redis_server_free(struct redis_server **server);

/* unix:///…; as long as the server. */
const char *redis_server_url(const struct redis_server *server);
const char *redis_server_socket(const struct redis_server *server);

/* Ends it at once (kill -9), and starts it on the same folder: what it had saved is there again. */
void redis_server_kill(struct redis_server *server);
void redis_server_start(struct redis_server *server);

/* Stops and continues the process: it hangs. */
void redis_server_hang(struct redis_server *server, bool hang);

/* One command with words separated by spaces; ends the program when it fails. The integer that it
 * answers with, or 0. */
long long redis_server_do(const struct redis_server *server, const char *words);

#endif
