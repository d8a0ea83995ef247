/* SPDX-License-Identifier: Apache-2.0
 *
 * The scripted origin: an HTTP/1.1 server of our own that answers well, slowly, wrongly or not at
 * all, and counts and times what it does. It shares no HTTP code with the program under test, so
 * that it can be a witness. One thread a connection, blocking calls: a behaviour reads like what
 * it does. What the server does with a request is chosen by its path (origin_acts.c), what it does
 * with connections by options (origin.c).
 */
#ifndef TESTS_SUPPORT_ORIGIN_H
#define TESTS_SUPPORT_ORIGIN_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/rng.h"
#include "base/span.h"

typedef struct ssl_st SSL;
typedef struct ssl_ctx_st SSL_CTX;

struct origin_config {
    uint64_t port;        /* 0: the kernel chooses */
    uint64_t seed;        /* of all random delays */
    uint64_t close_after; /* requests on a connection; 0: no limit */
    uint64_t idle_ms;     /* closes a connection that was silent for so long; 0: never */
    uint64_t freeze_ms;   /* at the end of every freeze_every_ms nothing is read nor written */
    uint64_t freeze_every_ms;
    const char *ca_file;     /* the made authority's certificate goes there (PEM) */
    const char *cert_name;   /* whom the certificate names; NULL: localhost and 127.0.0.1 */
    const char *certificate; /* expired, future or self-signed; NULL: a good one */
    const char *tls_only;    /* the one version that it speaks: 1.1, 1.2 or 1.3; NULL: all */
    const char *ciphers;     /* of TLS 1.2 and before, OpenSSL's names; NULL: its own choice */
    const char *client_ca;   /* demands a client's certificate that these have signed (PEM) */
    const char *handshake;   /* what it does instead of a TLS handshake (origin_tls.c); NULL: one */
    bool refuse_name;        /* knows no name that a client may ask for (SNI) */
    const char *log_file;    /* one line a delayed response: nanoseconds from arrival to write */
    bool tls;
    bool announce_close;  /* says "Connection: close" before it closes by close_after */
    bool close_at_accept; /* closes every connection without reading from it */
    bool blackhole;       /* lets no connection in, and refuses none */
    bool proxy; /* is a proxy too, to itself: takes URLs in full, and after CONNECT, which it does
                   not count, whoever was named is itself, with TLS under `tls` */
    const char *proxy_authorization; /* the Proxy-Authorization that it demands; NULL: none */
};

/* Shared by all threads. */
struct origin {
    struct origin_config config;
    SSL_CTX *tls;
    nsec_t start_ns;
    int listener;

    atomic_uint live; /* connections being served */
    atomic_ullong connections, tls_failed;
    atomic_ullong requests_begun;    /* the first byte was there */
    atomic_ullong requests_whole;    /* the last byte was read */
    atomic_ullong responses_written; /* whole ones, well-formed or not as scripted */

    pthread_mutex_t lock; /* of the delays */
    nsec_t *delays;
    size_t delay_count, delay_cap;
};

enum {
    ORIGIN_HEAD_MAX = 32 << 10,
};

/* One connection, on its thread, and the request that it is at. */
struct origin_conn {
    struct origin *origin;
    int fd;
    SSL *ssl; /* NULL: plain */
    struct rng rng;
    uint64_t served;
    bool resets; /* by its end; see origin_conn_reset() */
    char in[ORIGIN_HEAD_MAX];
    size_t in_len;

    /* Of the request; spans into `in`. */
    struct span head, method, path, query;
    uint64_t body_bytes;
    nsec_t arrival_ns; /* when its last byte was there; over TLS, when it was read */
};

/* The thread of a connection; takes the struct over. */
void *origin_conn_main(void *conn);

/* All of it, or false when the peer is gone. */
bool origin_conn_send(struct origin_conn *conn, const void *bytes, size_t len);

/* A well-formed answer; `headers` are lines that end in CRLF. No body goes out where HTTP has none
 * (HEAD, 204, 304). False when the connection ends after it. */
bool origin_conn_respond(struct origin_conn *conn, int status, const char *headers,
                         struct span body);

/* Ends the connection with a reset instead of an orderly close. */
void origin_conn_reset(struct origin_conn *conn);

/* Until the peer closes; what it sends meanwhile stays unread. */
void origin_conn_wait_for_end(struct origin_conn *conn);

/* The value of a header of the request; empty when absent. */
struct span origin_conn_header(const struct origin_conn *conn, struct span name);

/* name=value of the query; `otherwise` when absent. */
uint64_t origin_conn_param(const struct origin_conn *conn, const char *name, uint64_t otherwise);
struct span origin_conn_text_param(const struct origin_conn *conn, const char *name);

/* What to do for a path. */
struct origin_act {
    const char *path;
    bool (*run)(struct origin_conn *conn); /* false: the connection ends */
    bool before_body;                      /* runs while the request's body is still unread */
};

/* NULL when no act has this path. */
const struct origin_act *origin_act_find(struct span path);

/* Sleeps as the query's distribution says, from the request's last byte on, and logs how long it
 * really was until now. */
void origin_delay(struct origin_conn *conn);

/* A server context with a certificate made now; ends the program when it cannot be. */
SSL_CTX *origin_tls_new(const struct origin_config *config);

/* conn->ssl, or false when there is no such connection: the handshake failed, or was scripted to.
 */
bool origin_tls_accept(struct origin_conn *conn);

/* Until a moment of the monotonic clock. */
void origin_sleep_until(nsec_t deadline_ns);

#endif
