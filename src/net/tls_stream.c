/* SPDX-License-Identifier: Apache-2.0
 *
 * OpenSSL talks to the stream below through a BIO of our own: a write goes straight to
 * stream_send(), a read takes from the bytes that the stream below lends right now (`input`).
 * OpenSSL reads whole records only, and asks until the lent bytes are used up.
 */
#include "net/tls_stream.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/util.h"
#include "net/tls_context.h"

struct tls_stream {
    struct stream stream; /* first: handed to users */
    struct tls_context *context;
    struct stream *below;
    struct tls_peer peer;
    SSL *ssl;
    struct span input;            /* lent by the stream below, not yet read by OpenSSL */
    int write_error;              /* -errno of the stream below; 0 while it works */
    const char *version, *cipher; /* asked of OpenSSL once, not by every request */
    bool is_open, is_closed;
    bool is_broken;  /* nothing more comes from OpenSSL */
    bool wants_room; /* the stream above had a short send */
};

static struct tls_stream *tls_of(struct stream *stream)
{
    return CONTAINER_OF(stream, struct tls_stream, stream);
}

static int bio_write(BIO *bio, const char *bytes, int len)
{
    struct tls_stream *tls = BIO_get_data(bio);
    BIO_clear_retry_flags(bio);
    if (tls->write_error || len <= 0)
        return -1;
    ssize_t sent = stream_send(tls->below, bytes, (size_t)len);
    if (sent < 0) {
        tls->write_error = (int)sent;
        return -1;
    }
    if (sent == 0) {
        BIO_set_retry_write(bio);
        return -1;
    }
    return (int)sent;
}

static int bio_read(BIO *bio, char *bytes, int len)
{
    struct tls_stream *tls = BIO_get_data(bio);
    BIO_clear_retry_flags(bio);
    if (len <= 0)
        return 0;
    if (tls->input.len == 0) {
        BIO_set_retry_read(bio);
        return -1;
    }
    struct span taken = span_head(tls->input, (size_t)len);
    memcpy(bytes, taken.ptr, taken.len);
    tls->input = span_from(tls->input, taken.len);
    return (int)taken.len;
}

static long bio_ctrl(BIO *bio, int command, long number, void *ptr)
{
    return command == BIO_CTRL_FLUSH;
}

BIO_METHOD *tls_stream_bio_method(void)
{
    BIO_METHOD *method = BIO_meth_new(BIO_TYPE_SOURCE_SINK, "stream");
    BIO_meth_set_write(method, bio_write);
    BIO_meth_set_read(method, bio_read);
    BIO_meth_set_ctrl(method, bio_ctrl);
    return method;
}

int tls_stream_on_session(SSL *ssl, SSL_SESSION *session)
{
    struct tls_stream *tls = SSL_get_app_data(ssl);
    tls_context_keep_session(tls->context, tls->peer.session_key, session);
    return 1;
}

static enum stream_problem verify_problem(long result)
{
    switch (result) {
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
        return STREAM_TLS_HOSTNAME;
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_CERT_UNTRUSTED:
        return STREAM_TLS_UNKNOWN_AUTHORITY;
    case X509_V_ERR_CERT_HAS_EXPIRED:
        return STREAM_TLS_EXPIRED;
    case X509_V_ERR_CERT_NOT_YET_VALID:
        return STREAM_TLS_NOT_YET_VALID;
    default:
        return STREAM_TLS;
    }
}

/* A fatal alert of the peer's (RFC 8446 §6.2). Some that are about a certificate can only be about
 * ours. */
static enum stream_problem alert_problem(int alert)
{
    switch (alert) {
    case SSL_AD_PROTOCOL_VERSION:
        return STREAM_TLS_VERSION;
    case SSL_AD_HANDSHAKE_FAILURE:
        return STREAM_TLS_REFUSED;
    case SSL_AD_CERTIFICATE_REQUIRED:
    case SSL_AD_BAD_CERTIFICATE:
    case SSL_AD_UNSUPPORTED_CERTIFICATE:
    case SSL_AD_CERTIFICATE_REVOKED:
    case SSL_AD_CERTIFICATE_EXPIRED:
    case SSL_AD_CERTIFICATE_UNKNOWN:
    case SSL_AD_UNKNOWN_CA:
    case SSL_AD_ACCESS_DENIED:
        return STREAM_TLS_CLIENT_CERTIFICATE;
    case SSL_AD_UNRECOGNIZED_NAME:
        return STREAM_TLS_NAME;
    default:
        return STREAM_TLS;
    }
}

static enum stream_problem ssl_problem(const struct tls_stream *tls, unsigned long code)
{
    int reason = ERR_GET_REASON(code);
    if (ERR_GET_LIB(code) != ERR_LIB_SSL)
        return STREAM_TLS;
    if (reason >= SSL_AD_REASON_OFFSET && reason < SSL_AD_REASON_OFFSET + 256)
        return alert_problem(reason - SSL_AD_REASON_OFFSET);
    switch (reason) {
    case SSL_R_WRONG_VERSION_NUMBER:
        return tls->is_open ? STREAM_TLS : STREAM_TLS_HEADER;
    case SSL_R_UNSUPPORTED_PROTOCOL:
        return STREAM_TLS_VERSION;
    default:
        return STREAM_TLS;
    }
}

/* What broke, after OpenSSL gave up. */
static struct stream_failure explain(struct tls_stream *tls)
{
    long verify = SSL_get_verify_result(tls->ssl);
    unsigned long code = ERR_peek_last_error();
    if (tls->write_error && ERR_GET_LIB(code) != ERR_LIB_SSL)
        return (struct stream_failure){STREAM_SYSTEM, -tls->write_error,
                                       strerror(-tls->write_error)};
    if (!tls->is_open && verify != X509_V_OK && !tls->context->insecure)
        return (struct stream_failure){verify_problem(verify), 0,
                                       X509_verify_cert_error_string(verify)};
    if (ERR_reason_error_string(code))
        return (struct stream_failure){ssl_problem(tls, code), 0, ERR_reason_error_string(code)};
    return (struct stream_failure){STREAM_TLS, 0, "the peer broke the protocol"};
}

/* SSL_get_error() looks at the thread's queue too. It is nearly always empty, and emptying it costs
 * more than a look. */
static void forget_errors(void)
{
    if (UNLIKELY(ERR_peek_error() != 0))
        ERR_clear_error();
}

static bool is_retry(int reason)
{
    return reason == SSL_ERROR_WANT_READ || reason == SSL_ERROR_WANT_WRITE;
}

static void shake_hands(struct tls_stream *tls)
{
    forget_errors();
    int result = SSL_do_handshake(tls->ssl);
    if (result == 1) {
        const char *cipher = SSL_CIPHER_standard_name(SSL_get_current_cipher(tls->ssl));
        tls->is_open = true;
        tls->version = SSL_version(tls->ssl) == TLS1_3_VERSION ? "tls1.3" : "tls1.2";
        tls->cipher = cipher ? cipher : "";
        tls->stream.events->on_open(&tls->stream, NULL);
        return;
    }
    if (is_retry(SSL_get_error(tls->ssl, result)))
        return;
    struct stream_failure failure = explain(tls);
    tls->is_broken = true;
    tls->stream.events->on_open(&tls->stream, &failure);
}

/* Whether another SSL_read() could find anything: lent bytes, or what it has of them itself. */
static bool has_input(const struct tls_stream *tls)
{
    return tls->input.len > 0 || SSL_has_pending(tls->ssl);
}

/* Everything that the lent bytes decrypt to. */
static void read_all(struct tls_stream *tls)
{
    while (!tls->is_closed && !tls->is_broken && has_input(tls)) {
        forget_errors();
        int len = SSL_read(tls->ssl, tls->context->plain, sizeof(tls->context->plain));
        if (len > 0) {
            tls->stream.events->on_bytes(&tls->stream, tls->context->plain, (size_t)len);
            continue;
        }
        int reason = SSL_get_error(tls->ssl, len);
        if (is_retry(reason))
            return;
        tls->is_broken = true;
        if (reason == SSL_ERROR_ZERO_RETURN) {
            tls->stream.events->on_end(&tls->stream, NULL);
        } else {
            struct stream_failure failure = explain(tls);
            tls->stream.events->on_end(&tls->stream, &failure);
        }
    }
}

static void on_below_bytes(struct stream *below, const char *bytes, size_t len)
{
    struct tls_stream *tls = below->owner;
    tls->input = span_of(bytes, len);
    if (!tls->is_open && !tls->is_broken)
        shake_hands(tls);
    if (tls->is_open)
        read_all(tls);
    tls->input = SPAN_EMPTY;
}

static void on_below_end(struct stream *below, const struct stream_failure *failure)
{
    static const struct stream_failure hung_up = {
        STREAM_TLS_CLOSED, 0, "the peer closed the connection during the TLS handshake"};
    struct tls_stream *tls = below->owner;
    if (tls->is_broken)
        return;
    tls->is_broken = true;
    if (tls->is_open)
        tls->stream.events->on_end(&tls->stream, failure);
    else
        tls->stream.events->on_open(&tls->stream, failure ? failure : &hung_up);
}

static void on_below_writable(struct stream *below)
{
    struct tls_stream *tls = below->owner;
    if (tls->is_broken)
        return;
    if (!tls->is_open)
        shake_hands(tls);
    else if (tls->wants_room)
        tls->stream.events->on_writable(&tls->stream);
}

static const struct stream_events below_events = {
    .on_bytes = on_below_bytes,
    .on_end = on_below_end,
    .on_writable = on_below_writable,
};

/* One SSL_write() takes one record, so it is asked until all is taken or the kernel is full. */
static ssize_t tls_send(struct stream *stream, const void *bytes, size_t len)
{
    struct tls_stream *tls = tls_of(stream);
    size_t taken = 0;
    tls->wants_room = false;
    while (taken < len) {
        forget_errors();
        int count = SSL_write(tls->ssl, (const char *)bytes + taken,
                              (int)MIN_OF(len - taken, (size_t)TLS_RECORD_BYTES));
        if (count > 0) {
            taken += (size_t)count;
            continue;
        }
        if (is_retry(SSL_get_error(tls->ssl, count))) {
            tls->wants_room = true;
            break;
        }
        if (tls->write_error)
            return tls->write_error; /* what the peer sent before can still be read */
        tls->is_broken = true;
        return -EPROTO;
    }
    return (ssize_t)taken;
}

static void tls_pause(struct stream *stream)
{
    stream_pause(tls_of(stream)->below);
}

static void tls_resume(struct stream *stream)
{
    stream_resume(tls_of(stream)->below);
}

/* The close_notify is what lets the session be resumed (RFC 8446 §6.1). */
static void tls_close(struct stream *stream)
{
    struct tls_stream *tls = tls_of(stream);
    if (tls->is_closed)
        return;
    tls->is_closed = true;
    if (tls->is_open && !tls->is_broken)
        SSL_shutdown(tls->ssl);
    stream_close(tls->below);
}

static const struct stream_ops tls_ops = {
    .send = tls_send,
    .pause = tls_pause,
    .resume = tls_resume,
    .close = tls_close,
};

/* The name for SNI; NULL: none. */
static const char *server_name(const struct tls_peer *peer, const struct tls_context *context)
{
    if (context->server_name)
        return context->server_name;
    return peer->is_ip || context->no_server_name ? NULL : peer->host.ptr;
}

static int set_peer(SSL *ssl, const struct tls_peer *peer, const struct tls_context *context)
{
    X509_VERIFY_PARAM *verify = SSL_get0_param(ssl);
    const char *name = server_name(peer, context);
    if (name && !SSL_set_tlsext_host_name(ssl, name))
        return 0;
    if (peer->is_ip)
        return X509_VERIFY_PARAM_set1_ip_asc(verify, peer->host.ptr);
    SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    return SSL_set1_host(ssl, peer->host.ptr);
}

static SSL *make_ssl(struct tls_stream *tls)
{
    SSL *ssl = SSL_new(tls->context->ssl);
    BIO *bio = BIO_new(tls->context->bio_method);
    SSL_SESSION *session = tls_context_session(tls->context, tls->peer.session_key);
    if (!ssl || !bio || !set_peer(ssl, &tls->peer, tls->context)) {
        SSL_free(ssl);
        BIO_free(bio);
        return NULL;
    }
    BIO_set_data(bio, tls);
    BIO_set_init(bio, 1);
    SSL_set_bio(ssl, bio, bio);
    SSL_set_app_data(ssl, (void *)tls);
    SSL_set_connect_state(ssl);
    if (!tls->context->no_alpn)
        SSL_set_alpn_protos(ssl, (const unsigned char *)tls->peer.alpn.ptr,
                            (unsigned)tls->peer.alpn.len);
    if (session)
        SSL_set_session(ssl, session);
    return ssl;
}

struct tls_stream *tls_stream_new(struct tls_context *context, struct stream *below,
                                  const struct stream_events *events, void *owner,
                                  const struct tls_peer *peer)
{
    struct tls_stream *tls = NEW(struct tls_stream);
    *tls = (struct tls_stream){
        .stream = {.ops = &tls_ops, .events = events, .owner = owner},
        .context = context,
        .below = below,
        .peer = *peer,
        .version = "",
        .cipher = "",
    };
    tls->ssl = make_ssl(tls);
    if (!tls->ssl) {
        free(tls);
        return NULL;
    }
    below->owner = tls;
    below->events = &below_events;
    return tls;
}

void tls_stream_start(struct tls_stream *tls)
{
    shake_hands(tls);
}

void tls_stream_free(struct tls_stream **ptr)
{
    struct tls_stream *tls = *ptr;
    if (!tls)
        return;
    tls_close(&tls->stream);
    SSL_free(tls->ssl);
    free(tls);
    *ptr = NULL;
}

struct stream *tls_stream_base(struct tls_stream *tls)
{
    return &tls->stream;
}

const char *tls_stream_version(const struct tls_stream *tls)
{
    return tls->version;
}

const char *tls_stream_cipher(const struct tls_stream *tls)
{
    return tls->cipher;
}

bool tls_stream_is_resumed(const struct tls_stream *tls)
{
    return SSL_session_reused(tls->ssl) == 1;
}

static int peer_key_bits(SSL *ssl)
{
    X509 *certificate = SSL_get0_peer_certificate(ssl);
    return certificate ? EVP_PKEY_get_bits(X509_get0_pubkey(certificate)) : 0;
}

static const char *group_name(const EVP_PKEY *key, char *buf, size_t size)
{
    size_t len;
    return EVP_PKEY_get_group_name(key, buf, size, &len) == 1 ? buf : "?";
}

static void write_temp_key(EVP_PKEY *key, char *buf, size_t size)
{
    char group[32];
    int bits = EVP_PKEY_get_bits(key);
    switch (EVP_PKEY_get_id(key)) {
    case EVP_PKEY_DH:
        snprintf(buf, size, "DH %d bits", bits);
        break;
    case EVP_PKEY_EC:
        snprintf(buf, size, "ECDH %s %d bits", group_name(key, group, sizeof(group)), bits);
        break;
    default:
        snprintf(buf, size, "%s %d bits", OBJ_nid2sn(EVP_PKEY_get_id(key)), bits);
    }
}

void tls_stream_facts(const struct tls_stream *tls, struct tls_facts *ret_facts)
{
    const SSL_CIPHER *cipher = SSL_get_current_cipher(tls->ssl);
    EVP_PKEY *temp_key = NULL;
    *ret_facts = (struct tls_facts){
        .version = SSL_get_version(tls->ssl),
        .cipher = SSL_CIPHER_get_name(cipher),
        .peer_key_bits = peer_key_bits(tls->ssl),
        .cipher_bits = SSL_CIPHER_get_bits(cipher, NULL),
    };
    if (SSL_get_peer_tmp_key(tls->ssl, &temp_key) == 1)
        write_temp_key(temp_key, ret_facts->temp_key, sizeof(ret_facts->temp_key));
    EVP_PKEY_free(temp_key);
}

struct span tls_stream_alpn(const struct tls_stream *tls)
{
    const unsigned char *name;
    unsigned len;
    SSL_get0_alpn_selected(tls->ssl, &name, &len);
    return span_of((const char *)name, len);
}

const char *tls_stream_verify_problem(const struct tls_stream *tls)
{
    long result = SSL_get_verify_result(tls->ssl);
    bool is_refused = result != X509_V_OK && !tls->context->insecure;
    return is_refused ? X509_verify_cert_error_string(result) : "";
}
