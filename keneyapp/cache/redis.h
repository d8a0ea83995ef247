/* SPDX-License-Identifier: Apache-2.0
 *
 * Redis as the clinic's processes share it: a place for sealed answers, the generations of what
 * they are made of, and news of writes.
 *
 *     keneyapp:generations       hash: "epoch" -> random name, "TENANT:ENTITY" -> number of writes
 *     keneyapp:answer:NAME       a sealed answer, with a time to live
 *     keneyapp:news              channel: "PROCESS TENANT ENTITIES", or "PROCESS all"
 *
 * One thread of its own (redis_link.c) connects, listens to the news and looks after the
 * connection; requests find a few connections ready, or none. Whatever fails on one of them ends
 * them all, and nobody asks Redis again before that thread has connected anew and has changed the
 * epoch, by which all that is in Redis is unreadable and every other process drops its memory. So
 * it does not matter what became of a command that failed, and a Redis that hangs costs each
 * request that is under way one timeout, and later ones nothing. Any thread that may wait.
 *
 * The program has to ignore SIGPIPE.
 */
#ifndef KENEYAPP_CACHE_REDIS_H
#define KENEYAPP_CACHE_REDIS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/span.h"

struct error;
struct redis;
struct redis_stamp;
struct strbuf;

enum {
    REDIS_LINES_DEFAULT = 8,
    REDIS_WAIT_DEFAULT_MS = 100,
    REDIS_TRUST_MS = 1000, /* how old the last proof may be that no news is missing */
    REDIS_VALUE_MAX_BYTES = 2 * 1024 * 1024,
};

struct redis_config {
    const char *url;
    unsigned lines;   /* connections for requests */
    unsigned wait_ms; /* for a connection, and for each answer */
    struct clock *clock;
    /* All from redis' own thread. */
    void (*on_write)(void *context, int64_t tenant, unsigned entities); /* of another process */
    void (*on_flush)(void *context); /* anything may have been written */
    void (*on_state)(void *context, bool up, const char *sentence);
    void *context;
};

/* Borrows what `config` points to. Does not wait for Redis. NULL: the URL is wrong. */
struct redis *redis_new(const struct redis_config *config, struct error *err);
void redis_free(struct redis **redis);

/* Every write of another process whose news Redis took before REDIS_TRUST_MS ago has been told by
 * on_write() or on_flush(). Never waits. */
bool redis_heard(const struct redis *redis, nsec_t now_ns);

enum redis_result {
    REDIS_AWAY, /* not there: do not put either */
    REDIS_ABSENT,
    REDIS_FOUND,
};

/* The value under `name`, appended, and how long it has to live; and in any case but REDIS_AWAY the
 * generations as they were before: a value counts only when it was computed under these. */
enum redis_result redis_get(struct redis *redis, int64_t tenant, unsigned entities,
                            const char *name, struct redis_stamp *ret_stamp, struct strbuf *value,
                            nsec_t *ret_left_ns);

/* Values of more than REDIS_VALUE_MAX_BYTES are left out. */
void redis_put(struct redis *redis, const char *name, struct span value, nsec_t ttl_ns);

/* Moves the generations and tells the other processes. */
void redis_invalidate(struct redis *redis, int64_t tenant, unsigned entities);

struct redis_figures {
    bool up;
    uint64_t connects; /* how often it came */
    uint64_t failures; /* how often it went */
    uint64_t refused;  /* answers that it did not take */
};

void redis_figures(struct redis *redis, struct redis_figures *ret);

#endif
