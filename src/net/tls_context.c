/* SPDX-License-Identifier: Apache-2.0
 *
 * The SSL_CTX.
 */
#include "net/tls_context.h"

#include <openssl/err.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/strbuf.h"
#include "net/tls_stream.h"
#include "net/tls_trust.h"

/* Hosts whose session is remembered. */
#define MAX_SESSIONS 10000

static int set_versions(SSL_CTX *ssl, const struct tls_config *config, struct error *err)
{
    int min = config->min_version ? config->min_version : TLS1_2_VERSION;
    int max = config->max_version ? config->max_version : TLS1_3_VERSION;
    if (min <= max && SSL_CTX_set_min_proto_version(ssl, min) == 1 &&
        SSL_CTX_set_max_proto_version(ssl, max) == 1)
        return 0;
    return error_set(err, EXIT_INVALID_CONFIG,
                     "this build's OpenSSL cannot speak the TLS versions that were asked for; "
                     "use tls1.2 or tls1.3, the smaller one as the minimum");
}

/* OpenSSL takes the suites of TLS 1.3 and the list of older versions by two calls. */
static int set_ciphers(SSL_CTX *ssl, const char *ciphers, struct error *err)
{
    AUTO(strbuf_done) struct strbuf suites = STRBUF_INIT(4096), list = STRBUF_INIT(4096);
    struct span rest = span_cstr(ciphers);
    while (rest.len) {
        struct span name = span_cut(rest, ':', &rest);
        struct strbuf *out = span_starts_with(name, SPAN("TLS_")) ? &suites : &list;
        if (out->len)
            strbuf_addc(out, ':');
        strbuf_add_span(out, name);
    }
    if ((suites.len == 0 || SSL_CTX_set_ciphersuites(ssl, strbuf_cstr(&suites)) == 1) &&
        (list.len == 0 || SSL_CTX_set_cipher_list(ssl, strbuf_cstr(&list)) == 1))
        return 0;
    ERR_clear_error();
    return error_set(err, EXIT_INVALID_CONFIG,
                     "no cipher among \"%.200s\" that OpenSSL knows; see openssl ciphers -v",
                     ciphers);
}

static void set_trust(SSL_CTX *ssl, const struct tls_config *config)
{
    SSL_CTX_set_verify(ssl, config->insecure ? SSL_VERIFY_NONE : SSL_VERIFY_PEER, NULL);
    if (!config->insecure)
        SSL_CTX_set1_cert_store(ssl, config->trust->store);
}

/* OpenSSL would ask for it on the terminal. */
static int no_passphrase(char *buf, int size, int rwflag, void *arg)
{
    return -1;
}

static int refuse_file(const char *what, const char *path, struct error *err)
{
    const char *reason = ERR_reason_error_string(ERR_peek_error());
    error_set(err, EXIT_INVALID_CONFIG, "cannot use the client %s in %s (%s); give a PEM file%s",
              what, path, reason ? reason : "there is none",
              what[0] == 'k' ? " without a passphrase, that fits the certificate" : "");
    ERR_clear_error();
    return -1;
}

static int set_identity(SSL_CTX *ssl, const struct tls_config *config, struct error *err)
{
    const char *key_file = config->key_file ? config->key_file : config->cert_file;
    if (!config->cert_file)
        return 0;
    ERR_clear_error();
    SSL_CTX_set_default_passwd_cb(ssl, no_passphrase);
    if (SSL_CTX_use_certificate_chain_file(ssl, config->cert_file) != 1)
        return refuse_file("certificate", config->cert_file, err);
    if (SSL_CTX_use_PrivateKey_file(ssl, key_file, SSL_FILETYPE_PEM) != 1)
        return refuse_file("key", key_file, err);
    return 0;
}

struct tls_context *tls_context_new(const struct tls_config *config, struct error *err)
{
    AUTO(tls_context_free) struct tls_context *context = NEW(struct tls_context);
    context->ssl = SSL_CTX_new(TLS_client_method());
    if (!context->ssl) {
        error_set(err, EXIT_INVALID_CONFIG, "OpenSSL cannot be used: %s; reinstall libssl3",
                  ERR_reason_error_string(ERR_peek_error()));
        return NULL;
    }
    if (set_versions(context->ssl, config, err) < 0 ||
        (config->ciphers && set_ciphers(context->ssl, config->ciphers, err) < 0) ||
        set_identity(context->ssl, config, err) < 0)
        return NULL;
    set_trust(context->ssl, config);
    context->bio_method = tls_stream_bio_method();
    context->insecure = config->insecure;
    context->no_server_name = config->no_server_name;
    context->no_alpn = config->no_alpn;
    context->server_name = mem_strdup(config->server_name);
    SSL_CTX_set_mode(context->ssl, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                       SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_read_ahead(context->ssl, 1);
    /* Servers that just close are common; HTTP itself says whether a message is whole. */
    SSL_CTX_set_options(context->ssl, SSL_OP_IGNORE_UNEXPECTED_EOF);
    SSL_CTX_set_session_cache_mode(context->ssl,
                                   SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(context->ssl, tls_stream_on_session);
    return TAKE(context);
}

void tls_context_free(struct tls_context **ptr)
{
    struct tls_context *context = *ptr;
    if (!context)
        return;
    MAP_FOREACH (entry, &context->sessions)
        SSL_SESSION_free(entry->value);
    map_done(&context->sessions);
    SSL_CTX_free(context->ssl);
    BIO_meth_free(context->bio_method);
    free(context->server_name);
    free(context);
    *ptr = NULL;
}

SSL_SESSION *tls_context_session(const struct tls_context *context, struct span key)
{
    return map_get(&context->sessions, key);
}

void tls_context_keep_session(struct tls_context *context, struct span key, SSL_SESSION *session)
{
    if (context->sessions.count >= MAX_SESSIONS) {
        SSL_SESSION_free(session);
        return;
    }
    struct map_entry *entry = map_put(&context->sessions, key);
    SSL_SESSION_free(entry->value);
    entry->value = session;
}
