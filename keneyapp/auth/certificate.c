/* SPDX-License-Identifier: Apache-2.0
 *
 * X.509 by GnuTLS. A `struct pair` holds one certificate and its key while they are made.
 */
#include "keneyapp/auth/certificate.h"

#include <arpa/inet.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <sodium.h>

enum {
    PEM_MAX_BYTES = 16 * 1024,
    CA_DAYS = 3650,
    SERVER_DAYS = 825, /* the longest that Apple's clients accept */
    FRESH_DAYS = 7,
    SERIAL_BYTES = 16,
    SECONDS_PER_DAY = 86400,
};

struct pair {
    gnutls_x509_crt_t certificate;
    gnutls_x509_privkey_t key;
};

static void pair_done(struct pair *pair)
{
    if (pair->certificate)
        gnutls_x509_crt_deinit(pair->certificate);
    if (pair->key)
        gnutls_x509_privkey_deinit(pair->key);
}

void certificate_set_init(struct certificate_set *set)
{
    struct strbuf empty = STRBUF_INIT(PEM_MAX_BYTES);
    *set = (struct certificate_set){empty, empty, empty, empty};
}

void certificate_set_done(struct certificate_set *set)
{
    strbuf_done(&set->ca);
    strbuf_done(&set->ca_key);
    strbuf_done(&set->server);
    strbuf_done(&set->server_key);
}

static int failed(int rc, const char *what, struct error *err)
{
    return error_set(err, EXIT_INVALID_CONFIG,
                     "cannot make the %s: %s; remove the .pem files from the data folder to have "
                     "new ones made",
                     what, gnutls_strerror(rc));
}

/* Key, serial number, name and life of a new certificate; the extensions are the caller's. */
static int pair_make(struct pair *pair, const char *name, int days, nsec_t now_ns)
{
    unsigned bits = GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1);
    unsigned char serial[SERIAL_BYTES];
    randombytes_buf(serial, sizeof(serial));
    serial[0] = (unsigned char)((serial[0] & 0x3f) | 0x40); /* positive, RFC 5280 4.1.2.2 */
    time_t now = (time_t)(now_ns / NSEC_PER_SEC);
    int rc = gnutls_x509_privkey_init(&pair->key);
    if (rc >= 0)
        rc = gnutls_x509_privkey_generate(pair->key, GNUTLS_PK_ECDSA, bits, 0);
    if (rc >= 0)
        rc = gnutls_x509_crt_init(&pair->certificate);
    if (rc < 0)
        return rc;
    gnutls_x509_crt_t certificate = pair->certificate;
    gnutls_x509_crt_set_version(certificate, 3);
    gnutls_x509_crt_set_serial(certificate, serial, sizeof(serial));
    gnutls_x509_crt_set_key(certificate, pair->key);
    gnutls_x509_crt_set_activation_time(certificate, now - SECONDS_PER_DAY);
    gnutls_x509_crt_set_expiration_time(certificate, now + (time_t)days * SECONDS_PER_DAY);
    return gnutls_x509_crt_set_dn_by_oid(certificate, GNUTLS_OID_X520_COMMON_NAME, 0, name,
                                         (unsigned)strlen(name));
}

static int set_key_id(gnutls_x509_crt_t certificate, gnutls_x509_crt_t issuer)
{
    unsigned char id[64];
    size_t len = sizeof(id);
    int rc = gnutls_x509_crt_get_key_id(certificate, GNUTLS_KEYID_USE_SHA1, id, &len);
    if (rc >= 0)
        rc = gnutls_x509_crt_set_subject_key_id(certificate, id, len);
    len = sizeof(id);
    if (rc >= 0)
        rc = gnutls_x509_crt_get_key_id(issuer, GNUTLS_KEYID_USE_SHA1, id, &len);
    return rc < 0 ? rc : gnutls_x509_crt_set_authority_key_id(certificate, id, len);
}

static int sign_and_export(struct pair *pair, const struct pair *issuer, struct strbuf *certificate,
                           struct strbuf *key)
{
    gnutls_datum_t pem = {0};
    int rc = gnutls_x509_crt_sign2(pair->certificate, issuer->certificate, issuer->key,
                                   GNUTLS_DIG_SHA256, 0);
    if (rc >= 0)
        rc = gnutls_x509_crt_export2(pair->certificate, GNUTLS_X509_FMT_PEM, &pem);
    if (rc < 0)
        return rc;
    strbuf_add(certificate, pem.data, pem.size);
    gnutls_free(pem.data);
    rc = gnutls_x509_privkey_export2(pair->key, GNUTLS_X509_FMT_PEM, &pem);
    if (rc < 0)
        return rc;
    strbuf_add(key, pem.data, pem.size);
    sodium_memzero(pem.data, pem.size);
    gnutls_free(pem.data);
    return 0;
}

int certificate_make_ca(struct certificate_set *set, nsec_t now_ns, struct error *err)
{
    AUTO(pair_done) struct pair ca = {0};
    int rc = pair_make(&ca, "KeneyApp local authority", CA_DAYS, now_ns);
    if (rc >= 0)
        rc = gnutls_x509_crt_set_basic_constraints(ca.certificate, 1, 0);
    if (rc >= 0)
        rc = gnutls_x509_crt_set_key_usage(ca.certificate,
                                           GNUTLS_KEY_KEY_CERT_SIGN | GNUTLS_KEY_CRL_SIGN);
    if (rc >= 0)
        rc = set_key_id(ca.certificate, ca.certificate);
    if (rc >= 0)
        rc = sign_and_export(&ca, &ca, &set->ca, &set->ca_key);
    return rc < 0 ? failed(rc, "certificate authority", err) : 0;
}

static gnutls_datum_t datum_of(const struct strbuf *pem)
{
    return (gnutls_datum_t){(unsigned char *)pem->ptr, (unsigned)pem->len};
}

static int pair_read(struct pair *pair, const struct strbuf *certificate, const struct strbuf *key)
{
    gnutls_datum_t certificate_pem = datum_of(certificate), key_pem = datum_of(key);
    int rc = gnutls_x509_crt_init(&pair->certificate);
    if (rc >= 0)
        rc = gnutls_x509_crt_import(pair->certificate, &certificate_pem, GNUTLS_X509_FMT_PEM);
    if (rc >= 0)
        rc = gnutls_x509_privkey_init(&pair->key);
    return rc < 0 ? rc : gnutls_x509_privkey_import(pair->key, &key_pem, GNUTLS_X509_FMT_PEM);
}

/* The guide's scripts ask for api.keneyapp.com; the rest is how people reach their own machine. */
static int set_server_names(gnutls_x509_crt_t certificate)
{
    static const char *const HOSTS[] = {"localhost", "api.keneyapp.com"};
    unsigned char ipv4[4] = {127, 0, 0, 1}, ipv6[16] = {[15] = 1};
    int rc = 0;
    for (size_t i = 0; i < COUNT_OF(HOSTS) && rc >= 0; i++)
        rc = gnutls_x509_crt_set_subject_alt_name(certificate, GNUTLS_SAN_DNSNAME, HOSTS[i],
                                                  (unsigned)strlen(HOSTS[i]), GNUTLS_FSAN_APPEND);
    if (rc >= 0)
        rc = gnutls_x509_crt_set_subject_alt_name(certificate, GNUTLS_SAN_IPADDRESS, ipv4,
                                                  sizeof(ipv4), GNUTLS_FSAN_APPEND);
    if (rc >= 0)
        rc = gnutls_x509_crt_set_subject_alt_name(certificate, GNUTLS_SAN_IPADDRESS, ipv6,
                                                  sizeof(ipv6), GNUTLS_FSAN_APPEND);
    return rc;
}

int certificate_make_server(struct certificate_set *set, nsec_t now_ns, struct error *err)
{
    AUTO(pair_done) struct pair ca = {0};
    AUTO(pair_done) struct pair server = {0};
    strbuf_reset(&set->server);
    strbuf_reset(&set->server_key);
    int rc = pair_read(&ca, &set->ca, &set->ca_key);
    if (rc >= 0)
        rc = pair_make(&server, "localhost", SERVER_DAYS, now_ns);
    if (rc >= 0)
        rc = gnutls_x509_crt_set_basic_constraints(server.certificate, 0, -1);
    if (rc >= 0)
        rc = gnutls_x509_crt_set_key_usage(server.certificate, GNUTLS_KEY_DIGITAL_SIGNATURE);
    if (rc >= 0)
        rc = gnutls_x509_crt_set_key_purpose_oid(server.certificate, GNUTLS_KP_TLS_WWW_SERVER, 0);
    if (rc >= 0)
        rc = set_server_names(server.certificate);
    if (rc >= 0)
        rc = set_key_id(server.certificate, ca.certificate);
    if (rc >= 0)
        rc = sign_and_export(&server, &ca, &set->server, &set->server_key);
    if (rc < 0)
        return failed(rc, "server certificate", err);
    strbuf_add_span(&set->server, strbuf_span(&set->ca));
    return 0;
}

bool certificate_is_fresh(struct span pem, nsec_t now_ns)
{
    gnutls_x509_crt_t certificate;
    gnutls_datum_t datum = {(unsigned char *)pem.ptr, (unsigned)pem.len};
    if (gnutls_x509_crt_init(&certificate) < 0)
        return false;
    time_t needed = (time_t)(now_ns / NSEC_PER_SEC) + (time_t)FRESH_DAYS * SECONDS_PER_DAY;
    bool fresh = gnutls_x509_crt_import(certificate, &datum, GNUTLS_X509_FMT_PEM) >= 0 &&
                 gnutls_x509_crt_get_expiration_time(certificate) > needed;
    gnutls_x509_crt_deinit(certificate);
    return fresh;
}
