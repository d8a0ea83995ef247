/* SPDX-License-Identifier: Apache-2.0
 *
 * A server on loopback that does exactly what a test tells it: one script per connection, in the
 * order in which they are accepted; the last script serves all further ones. Each connection has
 * its own thread. With a certificate it speaks TLS.
 */
#ifndef TESTS_UNIT_CLIENT_PEER_H
#define TESTS_UNIT_CLIENT_PEER_H

#include <openssl/ssl.h>
#include <stddef.h>
#include <stdint.h>

/* One letter for each thing to do, then its text:
 *   read   one request: head, and body by its Content-Length
 *   send   text
 *   repeat text, until the other side has enough
 *   drip   text, a byte each millisecond, until the other side has enough
 *   hold   until the other side closes
 *   reset  close with RST
 *   again  from the first step
 *   http2  speak HTTP/2 (support/h2_server.h) until the other side closes; the text, if any, is how
 *          many streams it may have. What came is one "request" then
 *   secure speak TLS from here on; without this step a peer with a certificate does from the start
 * At the end the connection is closed. */
enum peer_op {
    PEER_END,
    PEER_READ,
    PEER_SEND,
    PEER_REPEAT,
    PEER_DRIP,
    PEER_HOLD,
    PEER_RESET,
    PEER_AGAIN,
    PEER_SECURE,
    PEER_HTTP2,
};

struct peer_step {
    enum peer_op op;
    const char *text;
};

#define PEER_SCRIPT(...)  ((const struct peer_step[]){__VA_ARGS__, {PEER_END, NULL}})
#define PEER_SCRIPTS(...) ((const struct peer_step *const[]){__VA_ARGS__, NULL})

/* Answers every request on a connection with `text`. */
#define PEER_ANSWERS(text) PEER_SCRIPT({PEER_READ, NULL}, {PEER_SEND, text}, {PEER_AGAIN, NULL})

/* Answers one request, then closes. */
#define PEER_ANSWERS_ONCE(text) PEER_SCRIPT({PEER_READ, NULL}, {PEER_SEND, text})

struct peer;

/* `scripts` ends with NULL and outlives the peer; `tls` may be NULL, else is borrowed. */
struct peer *peer_new(const struct peer_step *const *scripts, SSL_CTX *tls);

/* Every connection must have been closed by the other side. */
void peer_free(struct peer **peer);

uint16_t peer_port(const struct peer *peer);

/* Whole requests read so far, and connections accepted. */
size_t peer_request_count(struct peer *peer);
size_t peer_connection_count(struct peer *peer);

/* Returns when so many connections have been closed by the peer. */
void peer_wait_closed(struct peer *peer, size_t count);

/* The text of request `i` in order of arrival; valid until peer_free(). */
const char *peer_request(struct peer *peer, size_t i);

/* A server context with a fresh certificate for `name` ("localhost" or "127.0.0.1"), signed by
 * itself, written as PEM to `ca_path`. */
SSL_CTX *peer_tls_new(const char *name, const char *ca_path);

/* A fresh certificate for `name`, signed by itself, and its key, as PEM files. */
void peer_identity_new(const char *name, const char *cert_path, const char *key_path);

/* By ALPN the server picks `protocol` or, if the client does not offer that, none. */
void peer_tls_speak(SSL_CTX *tls, const char *protocol);

/* The server demands a certificate that `ca_path` vouches for. */
void peer_tls_demand(SSL_CTX *tls, const char *ca_path);

#endif
