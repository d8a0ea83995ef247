/* SPDX-License-Identifier: Apache-2.0
 *
 * The scripted origin's TLS: its certificate (an authority and a leaf, made at start, valid for a
 * day; the authority's key is forgotten), what it demands of clients, and handshakes that go wrong.
 */
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "support/origin.h"

enum {
    DAY_S = 86400,
    HELLO_BYTES = 4096,
    HALF_BYTES = 60, /* of the server's first flight */
};

static void must(bool done, const char *what)
{
    if (done)
        return;
    fprintf(stderr, "origin: %s failed\n", what);
    exit(1);
}

static void set_name(X509_NAME *name, const char *text)
{
    must(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)text, -1, -1,
                                    0) == 1,
         "certificate name");
}

static void extend(X509 *cert, int nid, const char *value)
{
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, nid, value);
    must(extension && X509_add_ext(cert, extension, -1) == 1, "certificate extension");
    X509_EXTENSION_free(extension);
}

/* Valid for a day from `start_s` on, which counts from now. */
static X509 *certificate(const char *name, EVP_PKEY *key, const char *issuer, long start_s)
{
    X509 *cert = X509_new();
    must(cert != NULL, "certificate");
    X509_set_version(cert, X509_VERSION_3);
    ASN1_INTEGER_set_int64(X509_get_serialNumber(cert), clock_wall());
    X509_gmtime_adj(X509_getm_notBefore(cert), start_s);
    X509_gmtime_adj(X509_getm_notAfter(cert), start_s + DAY_S);
    X509_set_pubkey(cert, key);
    set_name(X509_get_subject_name(cert), name);
    set_name(X509_get_issuer_name(cert), issuer);
    return cert;
}

static void write_pem(const char *path, X509 *cert)
{
    FILE *file = fopen(path, "we");
    must(file && PEM_write_X509(file, cert) == 1 && fclose(file) == 0, path);
}

static bool is(const char *option, const char *value)
{
    return option && strcmp(option, value) == 0;
}

static long start_of(const struct origin_config *config)
{
    if (is(config->certificate, "expired"))
        return -2 * DAY_S;
    return is(config->certificate, "future") ? DAY_S : -60;
}

static X509 *make_leaf(const struct origin_config *config, EVP_PKEY *key, EVP_PKEY *ca_key,
                       const char *authority)
{
    char names[300];
    const char *name = config->cert_name ? config->cert_name : "localhost";
    bool signs_itself = is(config->certificate, "self-signed");
    X509 *leaf = certificate(name, key, signs_itself ? name : authority, start_of(config));
    snprintf(names, sizeof(names), "DNS:%s%s", name, config->cert_name ? "" : ",IP:127.0.0.1");
    extend(leaf, NID_subject_alt_name, names);
    must(X509_sign(leaf, signs_itself ? key : ca_key, EVP_sha256()) > 0, "signature");
    return leaf;
}

static int version_of(const char *text)
{
    must(is(text, "1.1") || is(text, "1.2") || is(text, "1.3"), "--tls-only");
    return is(text, "1.1") ? TLS1_1_VERSION : is(text, "1.2") ? TLS1_2_VERSION : TLS1_3_VERSION;
}

static int refuse_name(SSL *ssl, int *ret_alert, void *arg)
{
    *ret_alert = SSL_AD_UNRECOGNIZED_NAME;
    return SSL_TLSEXT_ERR_ALERT_FATAL;
}

static void demand(SSL_CTX *tls, const struct origin_config *config)
{
    if (config->tls_only) {
        SSL_CTX_set_security_level(tls, 0); /* for 1.1 */
        SSL_CTX_set_min_proto_version(tls, version_of(config->tls_only));
        SSL_CTX_set_max_proto_version(tls, version_of(config->tls_only));
    }
    if (config->ciphers)
        must(SSL_CTX_set_cipher_list(tls, config->ciphers) == 1, "cipher list");
    if (config->client_ca) {
        must(SSL_CTX_load_verify_locations(tls, config->client_ca, NULL) == 1, config->client_ca);
        SSL_CTX_set_verify(tls, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    }
    if (config->refuse_name)
        SSL_CTX_set_tlsext_servername_callback(tls, refuse_name);
}

SSL_CTX *origin_tls_new(const struct origin_config *config)
{
    static const char AUTHORITY[] = "Scripted Origin Authority";
    EVP_PKEY *ca_key = EVP_EC_gen("P-256"), *key = EVP_EC_gen("P-256");
    must(ca_key && key, "key generation");
    X509 *ca = certificate(AUTHORITY, ca_key, AUTHORITY, -60);
    extend(ca, NID_basic_constraints, "critical,CA:TRUE");
    must(X509_sign(ca, ca_key, EVP_sha256()) > 0, "signature");
    X509 *leaf = make_leaf(config, key, ca_key, AUTHORITY);

    SSL_CTX *tls = SSL_CTX_new(TLS_server_method());
    must(tls && SSL_CTX_use_certificate(tls, leaf) == 1 && SSL_CTX_use_PrivateKey(tls, key) == 1,
         "TLS context");
    SSL_CTX_set_session_id_context(tls, (const unsigned char *)"origin", 6);
    demand(tls, config);
    if (config->ca_file)
        write_pem(config->ca_file, ca);
    X509_free(ca);
    X509_free(leaf);
    EVP_PKEY_free(ca_key);
    EVP_PKEY_free(key);
    return tls;
}

/* The beginning of the true answer to the client's first message. */
static void send_half(struct origin_conn *conn, const char *hello, size_t len)
{
    char flight[HALF_BYTES];
    SSL *ssl = SSL_new(conn->origin->tls);
    BIO *from = BIO_new_mem_buf(hello, (int)len), *to = BIO_new(BIO_s_mem());
    must(ssl && from && to, "TLS connection");
    BIO_set_mem_eof_return(from, -1);
    SSL_set_bio(ssl, from, to);
    SSL_accept(ssl);
    must(BIO_read(to, flight, sizeof(flight)) == sizeof(flight), "the server's first flight");
    SSL_free(ssl);
    if (write(conn->fd, flight, sizeof(flight)) < 0)
        return; /* the client has gone, which is fine too */
}

static void fail_handshake(struct origin_conn *conn, const char *how)
{
    static const char NOISE[] = "\x16\x03\x03 a record, but by no means a handshake";
    char hello[HELLO_BYTES];
    ssize_t len = read(conn->fd, hello, sizeof(hello));
    if (len <= 0)
        return;
    if (is(how, "half") || is(how, "half-close"))
        send_half(conn, hello, (size_t)len);
    if (is(how, "noise") && write(conn->fd, NOISE, sizeof(NOISE) - 1) < 0)
        return;
    if (is(how, "reset"))
        origin_conn_reset(conn);
    if (is(how, "silent") || is(how, "half"))
        origin_conn_wait_for_end(conn);
}

bool origin_tls_accept(struct origin_conn *conn)
{
    const char *how = conn->origin->config.handshake;
    if (how) {
        fail_handshake(conn, how);
        return false;
    }
    conn->ssl = SSL_new(conn->origin->tls);
    return conn->ssl && SSL_set_fd(conn->ssl, conn->fd) == 1 && SSL_accept(conn->ssl) == 1;
}
