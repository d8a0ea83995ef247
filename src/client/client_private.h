/* SPDX-License-Identifier: Apache-2.0
 *
 * The inside of the client.
 *
 * A script's request becomes a `call` (request.c): it follows redirects, keeps cookies and fills
 * the response. Each hop of it is an `exchange` (exchange.c): one message out, one response in,
 * its time marks and what became of it. A `repeat` (repeat.c) is an exchange too, the same one
 * over and over, without a call around it. So the two kinds of user differ only in
 * `struct exchange_ops`, and the path that is measured is one.
 *
 * An exchange takes a `connection` (connection.c) from its session's pool or opens one: name, TCP
 * and TLS are the connection's business, and it tells its exchange "ready", "bytes", "failed". The
 * deadline of an exchange is its connection's timer, since that outlives the request and can move
 * without touching the queue.
 *
 *      call, repeat --owns--> exchange --borrows--> connection --owns--> stream chain, parser
 *           |                     |                     |
 *        request.c             exchange.c          connection.c          (session: the pool)
 *
 * Over HTTP/2 a connection has a `multiplex` (multiplex.c), and in it a channel (channel.c) for
 * each exchange that shares it.
 *
 * Who may vanish when: an exchange ends with ops->on_end(), after which its owner may free it and
 * start anything, so nobody touches it afterwards. A connection that closes goes to the client's
 * graveyard and is freed at the end of the turn, since its own event may still be running. An
 * exchange that fails while it starts ends from a deferred call, so that on_end never comes from
 * inside exchange_start().
 *
 * Counting (exchange.c): begin_attempt() is an attempt; it ends in report(), retry() or cut(), each
 * of which has its counter. Nothing else touches these.
 */
#ifndef CLIENT_CLIENT_PRIVATE_H
#define CLIENT_CLIENT_PRIVATE_H

#include <stdbool.h>

#include "base/list.h"
#include "base/map.h"
#include "base/strbuf.h"
#include "client/client.h"
#include "http/http1_parser.h"
#include "http/url.h"
#include "loop/loop.h"
#include "loop/timer.h"
#include "net/address.h"
#include "net/resolver.h"
#include "net/tcp_stream.h"

struct body_decoder;
struct channel;
struct connection;
struct exchange;
struct http2_head;
struct http2_stream;
struct multiplex;
struct tls_context;
struct tls_stream;
struct tunnel;

/* client.c */

/* The last tag set that record.c worked out, and for what. */
struct record_memo {
    const struct tag_set *base, *result;
    uint64_t facts;
};

struct client {
    struct loop *loop;
    struct clock *clock;
    struct recorder *recorder;
    struct tag_table *tags;
    struct client_config config;
    struct resolver *resolver;
    struct map trusts;             /* struct tls_trust by CA file, owned */
    struct map tls_contexts;       /* struct tls_context by their configuration, owned */
    struct map transports;         /* likewise */
    const struct transport *usual; /* the one of requests that name none */
    struct http1_limits limits;
    struct client_counts counts; /* bytes: of sessions that are gone */
    struct client_counts told;   /* what client_counts() gave last */
    struct map origins;          /* struct origin, owned */
    const struct origin *last_origin;
    struct list sessions;
    struct list graveyard; /* closed connections */
    struct deferred bury;
    struct strbuf scratch;     /* for building messages and texts, within one call */
    struct strbuf frames;      /* HTTP/2's, on their way to a stream */
    struct arena lasting;      /* heads of repeat targets */
    uint32_t tag_mask;         /* the system tags that anybody asks for */
    struct record_memo record; /* of record.c */
    char descriptors_text[128], proxy_text[96];
    size_t live_objects; /* sessions, connections, calls and repeats */
};

/* Frees `connection` at the end of the turn. */
void client_bury(struct client *client, struct connection *connection);

/* transport.c: how connections get to their origins; interned, lives as long as the client. */
struct proxy {
    struct span host; /* lower case, no brackets, NUL-terminated; empty: no proxy */
    uint16_t port;
    struct span authorization; /* value of Proxy-Authorization; empty: none */
};

struct transport {
    size_t number; /* from 0, the usual one */
    struct tls_context *tls;
    struct proxy proxy;
    struct address local; /* has_local: where connections leave from */
    bool has_local;
    int buffer_bytes; /* of their sockets, each way; 0: the kernel's choice */
};

/* The usual one, or the same through the proxy that the client's rules name for `url`; NULL when
 * that proxy cannot be used. */
const struct transport *transport_usual(struct client *client, const struct url *url);

void transport_free_all(struct client *client);

/* origin.c: who a connection leads to, and how; interned, lives as long as the client. */
struct origin {
    struct span key; /* "https://host:443"; with the transport's number unless it is usual */
    const struct transport *transport;
    struct span host; /* lower case, no brackets, NUL-terminated */
    uint16_t port;
    bool is_tls, is_ip;
    enum http_version version; /* HTTP_AUTO until a server has picked HTTP/1.1 */
};

const struct origin *origin_of(struct client *client, const struct transport *transport,
                               const struct url *url);

/* Its server picked HTTP/1.1: connections are no longer opened in the hope of sharing them. */
void origin_note_http1(const struct origin *origin);

/* Whether requests to it name their server in full, since a proxy reads them. */
static inline bool origin_is_proxied(const struct origin *origin)
{
    return origin->transport->proxy.host.len > 0 && !origin->is_tls;
}

/* In lower case, NUL-terminated; free() its ptr. */
struct span origin_host_text(struct span host);
void origin_free_all(struct client *client);

/* session.c */
struct session {
    struct client *client;
    struct list link;      /* client->sessions */
    struct list idle;      /* connections, most recently used first */
    struct list shared;    /* those that take more exchanges, over HTTP/2 or perhaps so */
    struct list exchanges; /* of calls and repeats */
    struct cookie_jar *jar;
    struct stream_traffic traffic, taken; /* since the start; as of session_take_bytes() */
};

/* outcome.c */

/* Why an exchange has no answer; `text` is static or the client's. */
struct failure {
    enum outcome outcome;
    const char *text;
    int detail; /* added to the outcome's code: 1 + HTTP/2's, where that has a name */
};

struct failure failure_of(enum outcome outcome);

/* Of a whole response. */
static inline struct failure failure_of_status(int status)
{
    enum outcome refused = status < 500 ? OUTCOME_HTTP_4XX : OUTCOME_HTTP_5XX;
    return (struct failure){status < 400 ? OUTCOME_OK : refused, "", 0};
}

struct failure failure_of_dial(struct client *client, int sys_error);
struct failure failure_of_stream(struct client *client, const struct stream_failure *failure);
struct failure failure_of_problem(enum http1_problem problem);

/* `outcome` is one of HTTP2_*; `error_code` as in RFC 9113 §7. */
struct failure failure_of_http2(enum outcome outcome, uint32_t error_code);

/* The error_code of a failure, as outcome_code(). */
static inline int failure_code(const struct failure *failure, int status)
{
    return outcome_code(failure->outcome, status) + failure->detail;
}

/* connection.c */
enum connection_state {
    CONNECTION_RESOLVING,
    CONNECTION_CONNECTING,
    CONNECTION_TUNNELING,
    CONNECTION_SECURING,
    CONNECTION_READY, /* idle or with an exchange */
    CONNECTION_CLOSED,
};

struct connection {
    struct list link; /* session->idle, session->shared, client->graveyard; else unlinked: it has an
                         exchange of its own, or will take no more */
    struct session *session;
    const struct origin *origin;
    struct exchange *exchange;   /* NULL: idle, or several */
    struct multiplex *multiplex; /* NULL: HTTP/1 */
    enum connection_state state;
    bool is_paused; /* takes nothing from its socket */
    uint16_t peer_port;
    char peer_text[ADDRESS_TEXT_BYTES];
    struct timer timer;
    nsec_t connect_deadline_ns, phase_start_ns;
    struct stream *stream; /* top of the chain */
    struct tunnel *tunnel;
    struct tls_stream *tls;
    struct tcp_stream tcp;
    struct resolver_query query;
    struct http1_parser parser;
};

/* Opens one for `exchange`, whose exchange_ready() or exchange_fail() follows, never from inside
 * this call; unless it fails at once, which is then returned. */
MUST_CHECK struct failure connection_open(struct session *session, struct exchange *exchange);

/* `from_ns` + `timeout_ns`, where NSEC_NEVER is endless. */
static inline nsec_t deadline_after(nsec_t from_ns, nsec_t timeout_ns)
{
    return timeout_ns > NSEC_NEVER - from_ns ? NSEC_NEVER : from_ns + timeout_ns;
}

/* Gives an idle connection to `exchange` (also the new one that just became ready). */
void connection_lend(struct connection *connection, struct exchange *exchange);

/* Tells `exchange` who the peer is. */
void connection_describe(const struct connection *connection, struct exchange *exchange);

/* Takes `exchange` off a connection that is being opened: another that waits for it goes on with
 * it, or it is closed. */
void connection_leave(struct connection *connection);

/* Whether an idle one is of no more use, which the loop may have no time to notice. */
bool connection_is_stale(const struct connection *connection);

/* Takes it back: into the pool, or closed. */
void connection_release(struct connection *connection, bool reuse);

/* Stops and restarts reading for its exchange. */
void connection_pause(struct connection *connection);
void connection_resume(struct connection *connection);

/* Closes now, frees later; harmless twice. Its exchange is not told. */
void connection_close(struct connection *connection);

/* For the graveyard. */
void connection_free(struct connection *connection);

/* multiplex.c: HTTP/2, where exchanges share a connection. */

/* Of a connection that is being opened. `is_bounded`: its streams may be paused. */
struct multiplex *multiplex_new(struct connection *connection, bool is_bounded);

/* From connection_close(); no exchange is left then. */
void multiplex_close(struct multiplex *multiplex);
void multiplex_free(struct multiplex **multiplex);

/* A connection of its session that `exchange` may share: ready, or being opened. NULL: none. */
struct connection *multiplex_find(const struct exchange *exchange);

/* Its stream begins, `at_ns` being now, or waits until it can. Ends in exchange_end_whole(),
 * exchange_fail() or exchange_refused(). */
void multiplex_join(struct multiplex *multiplex, struct exchange *exchange, nsec_t at_ns);

/* The connection is ready. It speaks HTTP/2: its exchange and those that wait begin; or HTTP/1.1:
 * those that wait look for another. */
void multiplex_open(struct multiplex *multiplex, nsec_t at_ns);
void multiplex_dissolve(struct multiplex *multiplex);

/* Takes the first that waits out of the line; NULL: nobody. */
struct exchange *multiplex_next_waiting(struct multiplex *multiplex);

/* The connection is about to close: all that share it, then their failure. */
void multiplex_take_all(struct multiplex *multiplex, struct list *ret_channels);
void multiplex_fail_all(struct list *channels, struct failure failure);

/* Ready, and without exchanges. */
bool multiplex_is_idle(const struct multiplex *multiplex);

/* channel.c: the stream of an exchange that shares its connection, and a timer of its own; an
 * HTTP/1 exchange borrows its connection's. */

/* The exchange leaves; its stream is reset. */
void channel_cancel(struct exchange *exchange);

void channel_pause(struct exchange *exchange);
void channel_resume(struct exchange *exchange);
const struct http2_stream *channel_stream(const struct exchange *exchange);

/* pool.c: the idle connections of a session. */
struct connection *pool_take(struct session *session, const struct origin *origin);
void pool_put(struct session *session, struct connection *connection);
void pool_close_all(struct session *session);

/* exchange.c */
struct exchange_ops {
    /* After each read, if is_streamed; it may go: `*holder` is another then, or NULL. */
    void (*on_progress)(struct exchange *exchange, struct exchange *const *holder);
    void (*on_part)(struct exchange *exchange); /* an answer before the last; it stays */
    void (*on_end)(struct exchange *exchange);
    void (*on_connected)(struct exchange *exchange); /* end of exchange_connect() */
    void (*on_abandon)(struct exchange *exchange);   /* its session goes: cut and free it */
};

struct exchange {
    const struct exchange_ops *ops;
    struct session *session;
    struct list link; /* session->exchanges */
    bool is_under_way;
    struct connection *connection;
    struct channel *channel; /* NULL: has the connection for itself */
    const struct origin *origin;
    struct deferred late; /* ends it when its start failed */

    /* What is sent: the owner's to fill and keep. */
    struct span message;
    const struct http2_head *head; /* head and body: what is sent over HTTP/2 */
    struct span body;
    unsigned answers_due;              /* that are still to come for it; 0 means 1 */
    const struct http1_events *events; /* of the responses; NULL: nobody listens */
    void *events_arg;
    nsec_t due_ns;              /* open model: when it should have started; else 0 */
    nsec_t deadline_ns;         /* NSEC_NEVER: none */
    nsec_t connect_timeout_ns;  /* 0: the client's; NSEC_NEVER: none */
    nsec_t idle_timeout_ns;     /* 0: none */
    const struct tag_set *tags; /* of retries and cuts */
    bool is_head, is_idempotent, closes, silent, is_streamed, only_connects;
    bool waits_in_line; /* for a stream of its one connection, rather than opening another */
    enum retry retry;

    /* What became of it. */
    unsigned refusals; /* how often a server said that it did nothing with it */
    size_t sent_bytes;
    bool is_reused, is_sent;
    bool is_undelivered;    /* the peer's machine acknowledged nothing of it; set when it breaks */
    bool is_broken;         /* cannot be written to any more; its end is awaited */
    struct failure failure; /* outcome OUTCOME_OK: the response is whole */
    int status;
    bool is_http2;           /* spoken by the connection that it had */
    bool keeps_alive;        /* the connection stays */
    bool until_close;        /* the last answer ended with its connection */
    bool has_surplus;        /* something came behind it */
    uint64_t received_bytes; /* of all its answers, with their heads; TLS not included */
    uint64_t body_bytes;     /* of the last answer, before content decoding */
    struct timings timings;
    nsec_t ready_ns, sent_ns, first_byte_ns, end_ns; /* marks; 0: never */
    const char *tls_version, *tls_cipher;            /* "" without */
    const char *tls_problem;                         /* static; "" without */
    const char *peer_text;                           /* the connection's, until on_end returns */
    uint16_t peer_port;
};

/* Zeroed memory becomes an exchange of `session`; exchange_done() cuts it when it is under way. */
void exchange_init(struct exchange *exchange, struct session *session,
                   const struct exchange_ops *ops);
void exchange_done(struct exchange *exchange);

/* Reports it as answered although its response goes on: the head is there and that is enough. No
 * on_end comes. */
void exchange_close(struct exchange *exchange);

/* `exchange` has what is sent filled; on_end follows, never from inside this call. */
void exchange_start(struct exchange *exchange);

/* Opens its connection and puts it into the pool; ops->on_connected follows, never from inside this
 * call. Not an attempt. */
void exchange_connect(struct exchange *exchange);

/* Of the response, from its head on. */
int64_t exchange_content_length(const struct exchange *exchange);
bool exchange_has_body(const struct exchange *exchange);

/* The phases so far. */
void exchange_set_timings(struct exchange *exchange);

/* From the connection. */
void exchange_ready(struct exchange *exchange);
void exchange_connected(struct exchange *exchange);
void exchange_part(struct exchange *exchange);
void exchange_writable(struct exchange *exchange);
void exchange_answered(struct exchange *exchange, bool has_leftovers);
void exchange_fail(struct exchange *exchange, struct failure failure);

/* From its channel, which it has left. Refused: the server did nothing with it. */
void exchange_end_connecting(struct exchange *exchange);
void exchange_end_whole(struct exchange *exchange, int status, uint64_t body_bytes,
                        bool keeps_alive);
void exchange_refused(struct exchange *exchange, struct failure failure);
void exchange_look_again(struct exchange *exchange);

/* request.c: one call of a script, in the request's arena. */
struct call {
    struct exchange exchange;
    struct request *request;
    int redirects; /* followed so far */

    /* This hop. */
    struct url url;
    struct span method, body;
    struct headers headers; /* the script's, as far as they hold here */
    struct span referer;    /* empty: none */

    /* Its response. */
    struct span location, encoding;
    bool follows;    /* a redirect that will be followed */
    bool wants_body; /* bytes go into the response, or to on_body */
    bool has_head;   /* of the last hop */
    bool told_head;
    struct strbuf piece; /* decoded, for on_body */
    size_t body_cap;
    struct body_decoder *decoder;
};

/* request_head.c: the message of this hop into the exchange, in the request's arena. False and
 * `*ret_problem` when the script's method or headers cannot be sent. */
bool request_head_build(struct call *call, const char **ret_problem);

/* response.c: the parser's events for calls. */
extern const struct http1_events response_events;

/* The body is over: what is left in the decoder, and its judgement into the exchange. */
void response_finish(struct call *call);

/* redirect.c */

/* Turns `call` to where its response leads, by Go's rules; -1 with a sentence when that is no URL
 * to go to. */
MUST_CHECK int redirect_follow(struct call *call, const char **ret_problem);

/* record.c */
struct record_facts {
    const struct tag_set *tags; /* NULL: none */
    const struct url *url;
    struct span name, method;
    struct failure failure;
    int status;
    int http_minor;
    bool is_http2;
    const char *tls_version;
    const char *peer_text;
    const struct expected_statuses *expected; /* NULL: 200..399 */
};

/* The system tags that selectors of the recorder's registry, or outputs, ask for. */
uint32_t record_tag_mask(const struct client_config *config, const struct tag_table *tags);

/* One hop's samples. */
void record_hop(struct client *client, const struct record_facts *facts,
                const struct timings *timings);

#endif
