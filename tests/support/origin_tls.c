/* SPDX-License-Identifier: Apache-2.0
 *
 * The scripted origin's certificate: an authority and a leaf, made at start, valid for a day. The
 * authority's key is forgotten.
 */
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>

#include "support/origin.h"

enum {
    VALID_S = 86400,
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

static X509 *certificate(const char *name, EVP_PKEY *key, const char *issuer)
{
    X509 *cert = X509_new();
    must(cert != NULL, "certificate");
    X509_set_version(cert, X509_VERSION_3);
    ASN1_INTEGER_set_int64(X509_get_serialNumber(cert), clock_wall());
    X509_gmtime_adj(X509_getm_notBefore(cert), -60);
    X509_gmtime_adj(X509_getm_notAfter(cert), VALID_S);
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

SSL_CTX *origin_tls_new(const char *ca_file, const char *cert_name)
{
    static const char AUTHORITY[] = "Scripted Origin Authority";
    char names[300];
    EVP_PKEY *ca_key = EVP_EC_gen("P-256"), *key = EVP_EC_gen("P-256");
    must(ca_key && key, "key generation");
    X509 *ca = certificate(AUTHORITY, ca_key, AUTHORITY);
    extend(ca, NID_basic_constraints, "critical,CA:TRUE");
    must(X509_sign(ca, ca_key, EVP_sha256()) > 0, "signature");

    X509 *leaf = certificate(cert_name ? cert_name : "localhost", key, AUTHORITY);
    snprintf(names, sizeof(names), "DNS:%s%s", cert_name ? cert_name : "localhost",
             cert_name ? "" : ",IP:127.0.0.1");
    extend(leaf, NID_subject_alt_name, names);
    must(X509_sign(leaf, ca_key, EVP_sha256()) > 0, "signature");

    SSL_CTX *tls = SSL_CTX_new(TLS_server_method());
    must(tls && SSL_CTX_use_certificate(tls, leaf) == 1 && SSL_CTX_use_PrivateKey(tls, key) == 1,
         "TLS context");
    if (ca_file)
        write_pem(ca_file, ca);
    X509_free(ca);
    X509_free(leaf);
    EVP_PKEY_free(ca_key);
    EVP_PKEY_free(key);
    return tls;
}
