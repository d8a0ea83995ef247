/* SPDX-License-Identifier: Apache-2.0
 *
 * TLS 1.2 and 1.3 over another stream, by OpenSSL, as a client: SNI, verification of chain and
 * name, ALPN, session resumption. Records are written straight through to the stream below and
 * decrypted into the context's buffer: an idle connection holds no buffers.
 */
#ifndef NET_TLS_STREAM_H
#define NET_TLS_STREAM_H

#include <openssl/ssl.h>
#include <stdbool.h>

#include "base/span.h"
#include "net/stream.h"

struct tls_context;
struct tls_stream;

struct tls_peer {
    struct span host;        /* lower case, NUL-terminated; must outlive the stream */
    struct span session_key; /* "host:port"; must outlive the stream */
    bool is_ip;              /* host is an IP literal: no SNI, the certificate must name the IP */
    struct span alpn;        /* protocols on offer, in wire form (RFC 7301 §3.1); static */
};

/* Takes over the events of `below`, which is open. `context` and `below` are borrowed. NULL when
 * OpenSSL has no memory. */
struct tls_stream *tls_stream_new(struct tls_context *context, struct stream *below,
                                  const struct stream_events *events, void *owner,
                                  const struct tls_peer *peer);

/* Starts the handshake; on_open follows, perhaps from inside this call. */
void tls_stream_start(struct tls_stream *tls);

/* Not from inside one of its own events: stream_close() there, free later. */
void tls_stream_free(struct tls_stream **tls);

struct stream *tls_stream_base(struct tls_stream *tls);

/* After on_open. "tls1.2" or "tls1.3"; the suite by its IANA name. */
const char *tls_stream_version(const struct tls_stream *tls);
const char *tls_stream_cipher(const struct tls_stream *tls);

/* Whether the handshake went on with an earlier connection's session (RFC 8446 §2.2). */
bool tls_stream_is_resumed(const struct tls_stream *tls);

/* What the two sides agreed on, in OpenSSL's own names, static but for temp_key. */
struct tls_facts {
    const char *version, *cipher;   /* "TLSv1.3", "TLS_AES_256_GCM_SHA384" */
    int peer_key_bits, cipher_bits; /* of the certificate's key; 0: none */
    char temp_key[64];              /* of the server's part of the key exchange: "X25519 253 bits",
                                       "ECDH prime256v1 256 bits", "DH 2048 bits"; "" without */
};

/* After on_open. */
void tls_stream_facts(const struct tls_stream *tls, struct tls_facts *ret_facts);

/* The protocol that the peer picked; empty when it picked none. */
struct span tls_stream_alpn(const struct tls_stream *tls);

/* Why the peer's certificate was refused, static; "" when it was not. */
const char *tls_stream_verify_problem(const struct tls_stream *tls);

/* For the context: how OpenSSL reads and writes here. */
BIO_METHOD *tls_stream_bio_method(void);

/* For the context: OpenSSL's callback for a session that can be resumed. */
int tls_stream_on_session(SSL *ssl, SSL_SESSION *session);

#endif
