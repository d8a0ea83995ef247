/* SPDX-License-Identifier: Apache-2.0
 *
 * The connection pool: sessions of a store, opened when they are first needed and shared by all
 * threads that may wait. `size` of them stay open; `overflow` more are opened in need and closed as
 * soon as nobody waits for them. Who finds none free waits in line: first come, first served.
 *
 * A database that is away is met at the door: after a connection could not be opened, nobody tries
 * again for a moment (100 ms, doubling up to 2 s), and who asks meanwhile gets STORE_UNAVAILABLE at
 * once, unless sessions are in use that may come back.
 *
 * All functions may be called by any thread that may wait: not by the server's epoll threads.
 */
#ifndef KENEYAPP_STORE_POOL_H
#define KENEYAPP_STORE_POOL_H

#include "base/clock.h"
#include "base/strbuf.h"
#include "keneyapp/store/store.h"

struct pool;

struct pool_config {
    unsigned size;     /* kept open */
    unsigned overflow; /* more in need */
    unsigned beside;   /* sessions that this process opens without the pool; for the check below */
    nsec_t timeout_ns; /* longest wait for a free one; 0: do not wait */
    nsec_t recycle_ns; /* older ones are replaced when they are next taken; 0: never */
    bool pre_ping;     /* an idle one is tried before it is handed out, and replaced if broken */
    bool without;      /* a connection per request, closed after it; none of the above holds */
    struct clock *clock;
    /* The database cannot be reached, or can again (`problem` is NULL); for the log. On whichever
     * thread found out. NULL: nobody is told. */
    void (*on_away)(void *context, const char *problem);
    void *context;
};

/* Of now, but for the last three, which count since the start. */
struct pool_figures {
    unsigned open, in_use, waiting;
    unsigned overflow; /* of the open ones, those beyond the size */
    uint64_t timeouts, opened, closed;
};

/* The guide's: 20, overflow 40, 30 s, recycled after an hour, pre-ping; the monotonic clock. */
void pool_config_defaults(struct pool_config *config);

/* `store` is borrowed for the pool's life; no connection is opened. NULL with a sentence when size,
 * overflow and `beside` are together more than the database's server accepts. */
MUST_CHECK struct pool *pool_new(struct store *store, const struct pool_config *config,
                                 struct error *err);

/* Every session has to be given back first. NULL-safe. */
void pool_free(struct pool **pool);

/* NULL, with the reason in `*ret_why`: STORE_BUSY when none came free in time, STORE_UNAVAILABLE
 * when the database cannot be reached. */
MUST_CHECK struct session *pool_take(struct pool *pool, enum store_result *ret_why);

/* Ends an open transaction (rolled back), and NULLs the caller's variable. NULL-safe. */
void pool_give(struct pool *pool, struct session **session);

void pool_figures(struct pool *pool, struct pool_figures *ret_figures);

/* db_pool_* gauges and counters and the histogram db_pool_wait_seconds (from asking to having, a
 * connection's opening included), in Prometheus' text format 0.0.4. */
void pool_render(struct pool *pool, struct strbuf *out);

#endif
