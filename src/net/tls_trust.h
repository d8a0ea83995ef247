/* SPDX-License-Identifier: Apache-2.0
 *
 * Trust anchors: the system's, and those of a file. Reading the system's bundle takes some 20 ms of
 * processor time, so all workers of a run share one store, and where the system has a hashed
 * directory (Debian does) an anchor is read when it is needed. Any thread.
 */
#ifndef NET_TLS_TRUST_H
#define NET_TLS_TRUST_H

#include <openssl/x509.h>

struct error;

struct tls_trust {
    X509_STORE *store;
};

/* `ca_file` is a PEM file or a hashed directory, or NULL. NULL and `err` (104) when it cannot be
 * read. */
struct tls_trust *tls_trust_new(const char *ca_file, struct error *err);
void tls_trust_free(struct tls_trust **trust);

#endif
