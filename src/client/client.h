/* SPDX-License-Identifier: Apache-2.0
 *
 * The HTTP client of one worker: completion-based, with one pool of connections and one cookie
 * jar per session (a virtual user). A request lives in its caller's arena; the client calls back
 * when the whole exchange, redirects included, is over. Every hop is recorded as one request with
 * k6's metrics at the moment its last byte is read. Everything runs on the worker's loop thread.
 *
 *   client    shared by all users of a worker: loop, recorder, resolver, TLS context, settings
 *   session   one user: idle and busy connections, cookie jar
 *   request   one call of the script, with its hops; in the caller's memory until on_done
 */
#ifndef CLIENT_CLIENT_H
#define CLIENT_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/list.h"
#include "base/span.h"
#include "client/outcome_table.h"
#include "http/headers.h"
#include "http/http1_parser.h"
#include "http/url.h"
#include "net/resolver.h"

struct client;
struct cookie_jar;
struct error;
struct http2_head;
struct loop;
struct map;
struct proxy_rules;
struct recorder;
struct session;
struct tag_set;
struct tag_table;
struct tls_facts;
struct tls_trust;
struct transport;

enum outcome {
#define OUTCOME_ENUM(symbol, code, text, category) OUTCOME_##symbol,
    OUTCOME_TABLE(OUTCOME_ENUM)
#undef OUTCOME_ENUM
    OUTCOME_COUNT,
};

enum outcome_category {
    OUTCOME_CATEGORY_ANSWERED,
    OUTCOME_CATEGORY_UNDELIVERED,
    OUTCOME_CATEGORY_BROKEN,
    OUTCOME_CATEGORY_CUT,
};

/* Static facts of an outcome. */
enum outcome_category outcome_category(enum outcome outcome);
const char *outcome_text(enum outcome outcome);

enum {
    OUTCOME_HTTP2_FIRST = OUTCOME_HTTP2_GOAWAY, /* these three come one after the other */
    OUTCOME_HTTP2_KINDS = 3,
    OUTCOME_HTTP2_DETAILS =
        15, /* 0: no code, or one without a name; else 1 + the code of RFC 9113 §7 */
};

/* The text of an HTTP2_* outcome with its detail. Static. */
const char *outcome_http2_text(enum outcome outcome, int detail);

/* The error_code of an outcome; `status` turns HTTP_4XX and HTTP_5XX into 1000 + status. */
int outcome_code(enum outcome outcome, int status);

/* What is spoken. Plain HTTP through a proxy is always HTTP/1.1. */
enum http_version {
    HTTP_1_1,  /* alone */
    HTTP_AUTO, /* over TLS what the server picks by ALPN, h2 or http/1.1; else HTTP/1.1 */
    HTTP_2,    /* alone: over TLS by ALPN, else without asking (prior knowledge, RFC 9113 §3.3) */
};

struct client_config {
    const char *user_agent;  /* of requests that bring none; NULL or "": no such header */
    const struct map *hosts; /* "name[:port]" (or "*.name") to "ip[:port]" text; may be NULL */
    const char *ca_file;     /* extra trust anchors, PEM; NULL: the system's only */
    const struct tls_trust *trust; /* what `ca_file` and the system amount to, shared by all
                                      workers; NULL: each client reads them itself */
    bool insecure_skip_tls_verify;
    int tls_min_version, tls_max_version; /* OpenSSL's TLS1_2_VERSION…; 0: default (1.2, 1.3) */
    bool no_connection_reuse;             /* no keep-alive at all */
    enum http_version http_version;       /* HTTP_1_1 */
    bool keep_all_tags;   /* an output wants raw points: tag sets keep every system tag */
    uint32_t system_tags; /* bits of enum system_tag */
    nsec_t dns_ttl_ns;    /* 5 minutes */

    enum dns_policy dns_policy;
    enum dns_select dns_select;
    const char *dns_servers; /* "IP[:PORT],…" instead of the system's; may be NULL */
    bool try_all_addresses;  /* when the chosen address of a name lets nobody in, the next one is
                                tried, as Python does; with DNS_FIRST */

    const struct proxy_rules *proxies; /* of requests whose transport names no proxy and whose URL
                                          they are for; borrowed; NULL: none */
    nsec_t connect_timeout_ns;         /* 30 s: name, TCP and TLS together */
    enum http1_reading reading;        /* of HTTP/1 responses; strict */
    size_t max_header_bytes;           /* 1 MiB */
    size_t max_body_bytes;             /* 1 GiB, after decoding */
};

/* k6's system tags; the default set is everything but VU, ITER, IP, OCSP_STATUS. */
enum system_tag {
    TAG_PROTO = 1 << 0,
    TAG_SUBPROTO = 1 << 1,
    TAG_STATUS = 1 << 2,
    TAG_METHOD = 1 << 3,
    TAG_URL = 1 << 4,
    TAG_NAME = 1 << 5,
    TAG_GROUP = 1 << 6,
    TAG_CHECK = 1 << 7,
    TAG_ERROR = 1 << 8,
    TAG_ERROR_CODE = 1 << 9,
    TAG_TLS_VERSION = 1 << 10,
    TAG_SCENARIO = 1 << 11,
    TAG_SERVICE = 1 << 12,
    TAG_EXPECTED_RESPONSE = 1 << 13,
    TAG_IP = 1 << 14,
    TAG_VU = 1 << 15,
    TAG_ITER = 1 << 16,
    TAG_OCSP_STATUS = 1 << 17,
    TAG_DEFAULT = (1 << 14) - 1,
};

struct client_config client_config_defaults(void);

/* All arguments are borrowed and outlive the client, but for the config's own memory, which only
 * has to outlive this call, except user_agent, ca_file and dns_servers. NULL and `err` (104) for a
 * CA file or `hosts` entry that cannot be used. */
struct client *client_new(struct loop *loop, struct recorder *recorder, struct tag_table *tags,
                          const struct client_config *config, struct error *err);

/* Cuts and closes everything that is left. Not from inside a callback of the client. */
void client_free(struct client **client);

/* How requests reach their servers. Zero is the way without detours: the client's trust anchors, no
 * certificate, no proxy. */
struct transport_config {
    bool insecure_skip_tls_verify;
    const char *ca_file;   /* PEM file or hashed directory, trusted beside the system's anchors
                              instead of the client's `ca_file` */
    const char *cert_file; /* the client's own certificate and chain, PEM */
    const char *key_file;  /* its key, PEM without a passphrase; NULL: it is in cert_file too */
    int tls_min_version, tls_max_version; /* TLS1_2_VERSION…; 0: the client's */
    const char *ciphers;                  /* as in net/tls_context.h; NULL: OpenSSL's choice */
    const char *server_name;              /* SNI instead of the URL's host; NULL: that */
    bool no_server_name, no_alpn;         /* no SNI; no protocols offered, as ab */
    const char *local_address; /* IP that connections leave from; NULL: the kernel's choice. One of
                                  the other family than its server is an outcome of dialing */
    int buffer_bytes;          /* of a socket, each way; 0: the kernel's choice */
    const char *proxy;         /* "http://[user:password@]host[:port]". http URLs are asked of it in
                                  full, https goes through a tunnel (CONNECT). Failing to reach the
                                  proxy has the outcomes of dialing; its refusal is OUTCOME_PROXY */
};

/* Equal configurations give the same transport, which lives as long as the client. Connections are
 * never shared between two of them. NULL and `err` (104) for a file or URL that cannot be used. */
const struct transport *client_transport(struct client *client,
                                         const struct transport_config *config, struct error *err);

/* What the worker's client did, for the accounting identity
 * attempts = reported + retried + cut (one attempt = one request put, or tried to put, on a wire).
 */
struct client_counts {
    uint64_t attempts, reported, retried, cut;
    uint64_t never_delivered; /* of the attempts: the peer's machine acknowledged no byte */
    uint64_t bytes_sent, bytes_received;
    uint64_t connections;
    uint64_t handshakes, resumed; /* TLS: that succeeded; of them with an earlier session */
};

/* As of now; valid until the next call. */
const struct client_counts *client_counts(struct client *client);

/* Sessions, connections, requests and repeats that exist; 0 once all is torn down. For tests. */
size_t client_live_objects(const struct client *client);

/* A user's connections and cookies. */
struct session *session_new(struct client *client);

/* Under-way requests are cut first, as by request_cancel(). Fine from inside the callbacks of a
 * request, not from inside an on_response. */
void session_free(struct session **session);

/* The jar of the session; k6 empties it at the start of every iteration. */
struct cookie_jar *session_jar(struct session *session);
void session_clear_cookies(struct session *session);
void session_close_idle(struct session *session);

/* TCP bytes since the last call (k6 emits data_sent/data_received once per iteration). */
void session_take_bytes(struct session *session, uint64_t *ret_sent, uint64_t *ret_received);

/* Which statuses count as expected: k6's expectedStatuses(). */
struct status_range {
    int first, last;
};

struct expected_statuses {
    const struct status_range *ranges;
    size_t count;
    bool disabled; /* setResponseCallback(null): no http_req_failed, no expected_response tag */
};

/* Phases of one hop, ns on the worker's clock. */
struct timings {
    nsec_t due_ns;    /* when it should have been, in an open model; else 0 */
    nsec_t start_ns;  /* when the connection was asked for */
    nsec_t lookup_ns; /* the name, within blocked_ns */
    nsec_t blocked_ns, connecting_ns, tls_handshaking_ns;
    nsec_t sending_ns, waiting_ns, receiving_ns;
    nsec_t end_ns; /* the last byte, or the failure; both ends 0: nothing was tried */
};

static inline nsec_t timings_duration_ns(const struct timings *t)
{
    return t->sending_ns + t->waiting_ns + t->receiving_ns;
}

/* From asking for a connection to the last byte: blocked + duration, and right too for attempts
 * that never got a connection, whose phases are 0. In an open model: from when it was due. */
static inline nsec_t timings_total_ns(const struct timings *t)
{
    return t->end_ns - (t->due_ns ? t->due_ns : t->start_ns);
}

/* Open model: how late it was put on its connection; the server's part begins then. */
static inline nsec_t timings_lateness_ns(const struct timings *t)
{
    return t->start_ns + t->blocked_ns - t->due_ns;
}

/* The answer, or why there is none. Memory: the request's arena. */
struct response {
    enum outcome outcome;
    const char *error;       /* sentence; "" when all is well */
    int error_code;          /* k6's; 0 when all is well; 1000 + status for 4xx and 5xx */
    int status;              /* 0 without a response */
    struct span status_text; /* the reason phrase; with keep_headers */
    int http_minor;          /* HTTP/1.x; 0 over HTTP/2 */
    bool is_http2;
    struct headers headers; /* with keep_headers */
    struct span body;       /* decoded; ptr NULL when not wanted or none by protocol */
    size_t broken_bytes;    /* of the body of an answer that broke off, which is not kept */
    uint64_t body_bytes;    /* of a whole answer's body as it came, before decoding */
    struct timings timings;
    char remote_ip[46];
    uint16_t remote_port;
    const char *tls_problem; /* OpenSSL's reason why the server's certificate was refused; or "" */
    const char *tls_version; /* "tls1.3", "" without TLS */
    const char *tls_cipher_suite;             /* "" without TLS */
    struct span url;                          /* of the last hop */
    struct span request_method, request_body; /* of the last hop */
    struct headers request_headers; /* of the last hop, but Host and a Content-Length of the
                                       client's own; with keep_headers */
};

struct request;
typedef void on_response_fn(struct request *request);
typedef void on_body_fn(struct request *request, struct span piece);

/* A cookie for this call alone (k6's params.cookies): sent on every hop, beside those of the jar,
 * or instead of the jar's of the same name. */
struct request_cookie {
    struct span name, value;
    bool replace;
};

/* Whether a request is sent again, once and on a fresh connection, when a reused one ended without
 * a byte of an answer (http_retries). */
enum retry {
    RETRY_SAFE,   /* if that cannot do anything twice: Go's rule */
    RETRY_NEVER,  /* a pooled connection is looked at before it is used instead (requests) */
    RETRY_ALWAYS, /* whatever was sent (geventhttpclient) */
    RETRY_NONE,   /* it failed, and that is the answer (ab, wrk) */
};

/* Filled by the caller; zero is a sensible default for every optional field. */
struct request {
    struct arena *arena; /* everything that this request needs and gives lives here */
    struct span method;  /* upper case */
    struct span url;     /* absolute */
    struct headers headers;
    struct span body;                  /* ptr NULL: none */
    const struct transport *transport; /* of this client; NULL: its usual one, without detours */
    nsec_t timeout_ns;         /* the whole call, redirects included; 0: 60 s; NSEC_NEVER: none */
    nsec_t connect_timeout_ns; /* name, TCP and TLS of a new connection together; 0: the client's;
                                  NSEC_NEVER: none. Ends as OUTCOME_DIAL_TIMEOUT */
    nsec_t idle_timeout_ns;    /* longest time in which no byte moves once there is a connection; 0:
                                  no limit. Ends as OUTCOME_TIMEOUT, as timeout_ns does */
    int max_redirects;         /* followed; 0: none */
    bool discard_body;         /* responseType none */
    bool keep_headers;         /* response and request headers are wanted */
    bool keep_broken_head;     /* with keep_headers: also those of an answer that broke off */
    /* Cookie, Content-Length, Transfer-Encoding and User-Agent are the caller's: those among
     * `headers` are sent as they are, and the client adds none of its own beside them; cookies of
     * the jar go before a Content-Length. Otherwise
     * Go's rules: the length is the client's, an empty User-Agent means none, and a Cookie header
     * is joined by those of `cookies` and `jar`. A Host among `headers` is sent either way. */
    bool headers_as_given;
    enum retry retry;
    bool silent;                          /* not recorded (setup probes of the tool itself) */
    struct span name;                     /* `name` tag; empty: the URL */
    struct cookie_jar *jar;               /* NULL: no cookies */
    const struct request_cookie *cookies; /* cookie_count of them */
    size_t cookie_count;
    const struct tag_set *tags;               /* scenario, group, user and call tags; NULL: none */
    const struct expected_statuses *expected; /* NULL: 200..399 */
    on_response_fn *on_done;                  /* once, never from inside request_start() */

    /* Streaming; each may be NULL. on_head comes once, when status and headers of the last hop are
     * there: `response` is filled but for the body, its timings end at this moment. Status and
     * headers stay then even if the rest fails; the outcome at on_done tells. on_body gets the
     * decoded body as it is read, instead of response.body; a piece is valid during the call. From
     * both every call of this header but client_free() is fine. */
    on_response_fn *on_head;
    on_body_fn *on_body;
    void *arg;

    struct response response;  /* valid from on_head or on_done on */
    struct exchange *exchange; /* private */
};

/* Begins; returns at once. */
void request_start(struct session *session, struct request *request);

/* Ends an under-way request now, without on_done; counted as cut. Harmless when it is over. */
void request_cancel(struct request *request);

/* The same, but a request whose on_head came counts as answered: its caller has heard enough. */
void request_close(struct request *request);

/* Back-pressure, from on_head on: a paused request takes no more bytes from its socket; what was
 * read before, perhaps the end, still comes (over HTTP/2: what its window of 1 MiB lets through).
 * Only timeout_ns counts meanwhile. Harmless twice. */
void request_pause(struct request *request);
void request_resume(struct request *request);

/* The fast lane of `bench` and of the drop-ins: messages that are ready to go, one after another on
 * one connection of the session (each on a stream of its own over HTTP/2). */

/* Where a repeat goes, and its usual message. Made once per client and shared by its repeats. */
struct repeat_target {
    struct span url;                   /* absolute */
    struct span method;                /* upper case */
    struct span message;               /* whole, as it goes on an HTTP/1 connection; borrowed */
    const struct headers *headers;     /* the same for HTTP/2; may be NULL; only read by
                                          repeat_target_init() */
    struct span body;                  /* likewise, borrowed; ptr NULL: none */
    const struct transport *transport; /* NULL: the client's usual one */
    const struct tag_set *tags;

    /* private */
    struct url parsed;
    const struct origin *origin;
    const struct http2_head *head; /* NULL when the client speaks HTTP/1.1 alone */
    bool is_head, is_idempotent;
};

/* The public half is filled. -1 with a sentence when the URL cannot be used, or the headers over
 * HTTP/2. */
MUST_CHECK int repeat_target_init(struct repeat_target *target, struct client *client,
                                  const char **ret_problem);

/* What came back, or why nothing did. Valid during the call. */
struct repeat_answer {
    enum outcome outcome;
    int detail;       /* added to the outcome's code: OUTCOME_HTTP2_DETAILS; else 0 */
    int status;       /* 0 without a response */
    bool is_last;     /* of its message; only pipelined ones have others */
    bool is_reused;   /* its connection was there before */
    bool keeps_alive; /* its connection stays */
    bool until_close; /* nothing but the end of its connection ended it (RFC 9112 §6.3) */
    bool has_surplus; /* bytes that nobody asked for came behind it */
    uint64_t bytes;   /* read for it, head and framing included, TLS not */
    uint64_t body_bytes;
    const struct timings *timings; /* of the last answer of a message: the whole message's */
};

enum repeat_next {
    REPEAT_AGAIN, /* at once; what is sent may have been changed */
    REPEAT_REST,  /* until repeat_go() */
    REPEAT_END,   /* nothing is called any more */
};

struct repeat {
    const struct repeat_target *target; /* of the next message */
    struct span message; /* instead of the target's when ptr is not NULL; borrowed until the last
                            answer, may hold several pipelined requests. HTTP/1 only */
    unsigned answers;    /* that the message gets; 0 means 1 */
    nsec_t due_ns;       /* when it should be sent, on the worker's clock, from which the whole is
                            timed (timings.due_ns); 0: now. Back to 0 once it starts */
    nsec_t timeout_ns;   /* of one message, from its start; 0: 60 s; NSEC_NEVER: none */
    enum retry retry;
    bool silent;                       /* nothing is recorded */
    const struct http1_events *events; /* of the responses; NULL: nobody listens */
    void *events_arg;

    /* After each answer; for those before the last of a message what it returns means nothing.
     * It must not call repeat_done(). After failures to connect REPEAT_AGAIN waits a little:
     * 10 ms at first, a second at most. */
    enum repeat_next (*on_answer)(struct repeat *repeat, const struct repeat_answer *answer);

    /* End of repeat_connect(). */
    void (*on_connected)(struct repeat *repeat, enum outcome outcome,
                         const struct timings *timings);
    void *arg;
    struct exchange *exchange; /* private */
};

/* Makes a repeat, which rests; all but `exchange` is filled. */
void repeat_init(struct repeat *repeat, struct session *session);

/* Opens the connection of its target and keeps it, unless there is one already: on_connected
 * follows, never from inside this call. No attempt in the sense of client_counts(). The repeat
 * rests. */
void repeat_connect(struct repeat *repeat);

/* Sends. The repeat rests. */
void repeat_go(struct repeat *repeat);

/* What TLS agreed on, of the connection whose answer is being read: from inside the events only.
 * False without TLS. */
bool repeat_tls(const struct repeat *repeat, struct tls_facts *ret_facts);

/* When the request that is under way was due, or began; 0: none is. */
nsec_t repeat_since_ns(const struct repeat *repeat);

/* Cuts an under-way request, counted so. Harmless when it has ended. */
void repeat_done(struct repeat *repeat);

#endif
