/* SPDX-License-Identifier: Apache-2.0
 *
 * What all TLS connections of one worker share: versions, trust anchors, the sessions that can be
 * resumed (one per host and port) and the buffer that decrypted bytes pass through. The loop's
 * thread only.
 */
#ifndef NET_TLS_CONTEXT_H
#define NET_TLS_CONTEXT_H

#include <openssl/ssl.h>
#include <stdbool.h>

#include "base/map.h"
#include "base/span.h"

struct error;
struct tls_trust;

/* Bytes of the largest TLS record. */
#define TLS_RECORD_BYTES 16384

struct tls_config {
    const struct tls_trust *trust; /* borrowed; NULL only when insecure */
    bool insecure;                 /* no verification at all */
    const char *cert_file;         /* the client's certificate and chain, PEM; NULL: none */
    const char *key_file;          /* its key, PEM, no passphrase; NULL: also in cert_file */
    int min_version, max_version;  /* TLS1_2_VERSION…; 0: 1.2 and 1.3 */
    const char *ciphers;     /* OpenSSL's names, ':' between: suites of TLS 1.3 (TLS_…) and a
                                list for those before it; NULL: OpenSSL's own choice */
    const char *server_name; /* SNI instead of the peer's host; NULL: that */
    bool no_server_name;     /* no SNI (RFC 6066 §3) */
    bool no_alpn;            /* no protocols are offered (RFC 7301) */
};

struct tls_context {
    SSL_CTX *ssl;
    BIO_METHOD *bio_method; /* of tls_stream.c */
    bool insecure, no_server_name, no_alpn;
    char *server_name;   /* owned; NULL: the peer's host */
    struct map sessions; /* SSL_SESSION by "host:port" */
    char plain[TLS_RECORD_BYTES];
};

/* NULL and `err` (104): a certificate or key that cannot be used, versions that do not exist. */
struct tls_context *tls_context_new(const struct tls_config *config, struct error *err);

/* Every tls_stream of it must have been freed. */
void tls_context_free(struct tls_context **context);

/* The session to resume with, or NULL; borrowed. */
SSL_SESSION *tls_context_session(const struct tls_context *context, struct span key);

/* Takes over the reference. */
void tls_context_keep_session(struct tls_context *context, struct span key, SSL_SESSION *session);

#endif
