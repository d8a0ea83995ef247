/* SPDX-License-Identifier: Apache-2.0
 *
 * Blocking sockets and threads: as unlike the client under test as can be.
 */
#include "peer.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "support/h2_server.h"

#define MAX_REQUESTS    64
#define MAX_CONNECTIONS 256
#define REQUEST_BYTES   ((size_t)8 << 20)

struct peer {
    const struct peer_step *const *scripts;
    SSL_CTX *tls;
    int listener;
    uint16_t port;
    pthread_t acceptor;
    pthread_mutex_t lock;
    pthread_t threads[MAX_CONNECTIONS];
    size_t connection_count, closed_count, request_count;
    pthread_cond_t closed;
    char *requests[MAX_REQUESTS];
};

struct conversation {
    struct peer *peer;
    const struct peer_step *script;
    int fd;
    SSL *ssl;
};

static ssize_t get(struct conversation *c, char *bytes, size_t len)
{
    return c->ssl ? SSL_read(c->ssl, bytes, (int)len) : recv(c->fd, bytes, len, 0);
}

static ssize_t put(struct conversation *c, const char *bytes, size_t len)
{
    return c->ssl ? SSL_write(c->ssl, bytes, (int)len) : send(c->fd, bytes, len, MSG_NOSIGNAL);
}

static size_t wanted_bytes(const char *text)
{
    const char *end = strstr(text, "\r\n\r\n");
    const char *length = strcasestr(text, "content-length:");

    if (!end)
        return SIZE_MAX;
    return (size_t)(end - text) + 4 + (length && length < end ? (size_t)atol(length + 15) : 0);
}

static void keep(struct peer *peer, const char *text)
{
    pthread_mutex_lock(&peer->lock);
    if (peer->request_count < MAX_REQUESTS)
        peer->requests[peer->request_count] = mem_strdup(text);
    peer->request_count++;
    pthread_mutex_unlock(&peer->lock);
}

/* The client under test never sends the next request early, so reading on does no harm. */
static int read_request(struct conversation *c)
{
    char *text = NEW_ARRAY(char, REQUEST_BYTES);
    size_t len = 0;

    while (len < wanted_bytes(text)) {
        ssize_t count = get(c, text + len, REQUEST_BYTES - 1 - len);

        if (count <= 0) {
            free(text);
            return -1;
        }
        len += (size_t)count;
    }
    keep(c->peer, text);
    free(text);
    return 0;
}

static void hold(struct conversation *c)
{
    char bytes[4096];

    while (get(c, bytes, sizeof(bytes)) > 0)
        ;
}

static void drip(struct conversation *c, const char *text)
{
    const char *at = text;

    while (put(c, at, 1) > 0) {
        at = at[1] ? at + 1 : text;
        usleep(1000);
    }
}

static int put_all(struct conversation *c, const struct strbuf *bytes)
{
    for (size_t at = 0; at < bytes->len;) {
        ssize_t sent = put(c, bytes->ptr + at, bytes->len - at);

        if (sent <= 0)
            return -1;
        at += (size_t)sent;
    }
    return 0;
}

static void speak_http2(struct conversation *c, const char *max_streams)
{
    struct h2_server *server = h2_server_new(max_streams ? (uint32_t)atoi(max_streams) : 0);
    char bytes[16384];
    ssize_t count = 0;
    int result = 0;

    while (result == 0) {
        AUTO(strbuf_done) struct strbuf out = STRBUF_INIT((size_t)64 << 20);

        h2_server_pull(server, &out);
        result = put_all(c, &out);
        if (result == 0 && (count = get(c, bytes, sizeof(bytes))) <= 0)
            break;
        if (result == 0)
            result = h2_server_feed(server, bytes, (size_t)count);
    }
    keep(c->peer, h2_server_log(server));
    h2_server_free(&server);
}

static int secure(struct conversation *c)
{
    c->ssl = SSL_new(c->peer->tls);
    SSL_set_fd(c->ssl, c->fd);
    return SSL_accept(c->ssl) == 1 ? 0 : -1;
}

static bool has_secure(const struct peer_step *script)
{
    while (script->op != PEER_END && script->op != PEER_SECURE)
        script++;
    return script->op == PEER_SECURE;
}

static int step(struct conversation *c, const struct peer_step *step)
{
    const struct linger abort = {.l_onoff = 1};

    switch (step->op) {
    case PEER_READ:
        return read_request(c);
    case PEER_SEND:
        return put(c, step->text, strlen(step->text)) > 0 ? 0 : -1;
    case PEER_REPEAT:
        while (put(c, step->text, strlen(step->text)) > 0)
            ;
        return -1;
    case PEER_DRIP:
        drip(c, step->text);
        return -1;
    case PEER_HOLD:
        hold(c);
        return 0;
    case PEER_SECURE:
        return secure(c);
    case PEER_HTTP2:
        speak_http2(c, step->text);
        return 0;
    case PEER_RESET:
        setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &abort, sizeof(abort));
        return -1;
    default:
        return -1;
    }
}

static void *converse(void *arg)
{
    struct conversation *c = arg;
    const struct peer_step *at = c->script;

    if (c->peer->tls && !has_secure(at) && secure(c) < 0)
        at = NULL;
    while (at && at->op != PEER_END) {
        if (at->op == PEER_AGAIN)
            at = c->script;
        if (step(c, at++) < 0)
            break;
    }
    if (c->ssl)
        SSL_shutdown(c->ssl);
    SSL_free(c->ssl);
    close(c->fd);
    pthread_mutex_lock(&c->peer->lock);
    c->peer->closed_count++;
    pthread_cond_broadcast(&c->peer->closed);
    pthread_mutex_unlock(&c->peer->lock);
    free(c);
    return NULL;
}

static void *accept_all(void *arg)
{
    struct peer *peer = arg;
    size_t script = 0;

    for (;;) {
        int fd = accept(peer->listener, NULL, NULL);

        /* A test forbids descriptors for a while, perhaps before this thread first gets here. */
        if (fd < 0 && errno == EMFILE) {
            sched_yield();
            continue;
        }
        if (fd < 0)
            return NULL;

        struct conversation *c = NEW(struct conversation);

        *c = (struct conversation){peer, peer->scripts[script], fd, NULL};
        if (peer->scripts[script + 1])
            script++;
        pthread_mutex_lock(&peer->lock);
        assert(peer->connection_count < MAX_CONNECTIONS);
        pthread_create(&peer->threads[peer->connection_count++], NULL, converse, c);
        pthread_mutex_unlock(&peer->lock);
    }
}

struct peer *peer_new(const struct peer_step *const *scripts, SSL_CTX *tls)
{
    struct peer *peer = NEW(struct peer);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof(address);

    peer->scripts = scripts;
    peer->tls = tls;
    pthread_mutex_init(&peer->lock, NULL);
    pthread_cond_init(&peer->closed, NULL);
    peer->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(peer->listener, (struct sockaddr *)&address, len) < 0 ||
        listen(peer->listener, 128) < 0 ||
        getsockname(peer->listener, (struct sockaddr *)&address, &len) < 0)
        abort();
    peer->port = ntohs(address.sin_port);
    pthread_create(&peer->acceptor, NULL, accept_all, peer);
    return peer;
}

void peer_free(struct peer **ptr)
{
    struct peer *peer = *ptr;

    if (!peer)
        return;
    shutdown(peer->listener, SHUT_RDWR);
    pthread_join(peer->acceptor, NULL);
    close(peer->listener);
    for (size_t i = 0; i < peer->connection_count; i++)
        pthread_join(peer->threads[i], NULL);
    for (size_t i = 0; i < MAX_REQUESTS; i++)
        free(peer->requests[i]);
    pthread_mutex_destroy(&peer->lock);
    pthread_cond_destroy(&peer->closed);
    free(peer);
    *ptr = NULL;
}

uint16_t peer_port(const struct peer *peer)
{
    return peer->port;
}

size_t peer_request_count(struct peer *peer)
{
    pthread_mutex_lock(&peer->lock);

    size_t count = peer->request_count;

    pthread_mutex_unlock(&peer->lock);
    return count;
}

size_t peer_connection_count(struct peer *peer)
{
    pthread_mutex_lock(&peer->lock);

    size_t count = peer->connection_count;

    pthread_mutex_unlock(&peer->lock);
    return count;
}

void peer_wait_closed(struct peer *peer, size_t count)
{
    pthread_mutex_lock(&peer->lock);
    while (peer->closed_count < count)
        pthread_cond_wait(&peer->closed, &peer->lock);
    pthread_mutex_unlock(&peer->lock);
}

const char *peer_request(struct peer *peer, size_t i)
{
    pthread_mutex_lock(&peer->lock);

    const char *text = i < peer->request_count ? peer->requests[i] : NULL;

    pthread_mutex_unlock(&peer->lock);
    return text ? text : "";
}

static int pick_protocol(SSL *ssl, const unsigned char **ret_name, unsigned char *ret_len,
                         const unsigned char *offered, unsigned offered_len, void *arg)
{
    size_t len = strlen(arg);

    for (unsigned at = 0; at < offered_len; at += offered[at] + 1u) {
        if (offered[at] == len && memcmp(offered + at + 1, arg, len) == 0) {
            *ret_name = offered + at + 1;
            *ret_len = offered[at];
            return SSL_TLSEXT_ERR_OK;
        }
    }
    return SSL_TLSEXT_ERR_NOACK;
}

void peer_tls_speak(SSL_CTX *tls, const char *protocol)
{
    SSL_CTX_set_alpn_select_cb(tls, pick_protocol, (void *)protocol);
}

static void add_alt_name(X509 *cert, const char *name)
{
    char text[128];
    const char *kind = strchr("0123456789", name[0]) ? "IP" : "DNS";

    snprintf(text, sizeof(text), "%s:%s", kind, name);

    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name, text);

    X509_add_ext(cert, extension, -1);
    X509_EXTENSION_free(extension);
}

static X509 *make_cert(EVP_PKEY *key, const char *name)
{
    X509 *cert = X509_new();
    X509_NAME *subject = X509_get_subject_name(cert);

    X509_set_version(cert, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(cert), 1);
    X509_gmtime_adj(X509_getm_notBefore(cert), -3600);
    X509_gmtime_adj(X509_getm_notAfter(cert), 3600);
    X509_set_pubkey(cert, key);
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, (const unsigned char *)name, -1, -1, 0);
    X509_set_issuer_name(cert, subject);
    add_alt_name(cert, name);
    X509_sign(cert, key, EVP_sha256());
    return cert;
}

static void write_cert(const char *path, X509 *cert)
{
    FILE *file = fopen(path, "we");
    PEM_write_X509(file, cert);
    fclose(file);
}

void peer_identity_new(const char *name, const char *cert_path, const char *key_path)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *cert = make_cert(key, name);
    FILE *file;

    write_cert(cert_path, cert);
    file = fopen(key_path, strcmp(cert_path, key_path) == 0 ? "ae" : "we");
    PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL);
    fclose(file);
    X509_free(cert);
    EVP_PKEY_free(key);
}

void peer_tls_demand(SSL_CTX *tls, const char *ca_path)
{
    SSL_CTX_load_verify_file(tls, ca_path);
    SSL_CTX_set_verify(tls, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
}

SSL_CTX *peer_tls_new(const char *name, const char *ca_path)
{
    SSL_CTX *tls = SSL_CTX_new(TLS_server_method());
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *cert = make_cert(key, name);

    write_cert(ca_path, cert);
    SSL_CTX_use_certificate(tls, cert);
    SSL_CTX_use_PrivateKey(tls, key);
    X509_free(cert);
    EVP_PKEY_free(key);
    return tls;
}
