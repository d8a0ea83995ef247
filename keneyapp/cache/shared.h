/* SPDX-License-Identifier: Apache-2.0
 *
 * Level 2: answers in Redis (redis.h), sealed (seal.h) and packed (packed.h). Any thread that may
 * wait.
 */
#ifndef KENEYAPP_CACHE_SHARED_H
#define KENEYAPP_CACHE_SHARED_H

#include "keneyapp/cache/entry.h"

struct counters;
struct error;
struct flight;
struct redis_config;
struct shared;
struct strbuf;
struct vault;

/* Borrows `vault` and what `config` points to. NULL: `err` has the sentence. */
struct shared *shared_new(const struct redis_config *config, const struct vault *vault,
                          struct counters *counters, struct error *err);
void shared_free(struct shared **shared);

/* redis_heard() */
bool shared_heard(const struct shared *shared, nsec_t now_ns);

/* The answer to what the flight is about, with the flight's stamp; the caller's reference. NULL:
 * none; the flight then knows Redis' generations for shared_put(). */
struct entry *shared_get(struct shared *shared, struct flight *flight);

/* Keeps what was computed on the flight. */
void shared_put(struct shared *shared, const struct flight *flight, const struct entry *entry);

void shared_invalidate(struct shared *shared, int64_t tenant, unsigned entities);

void shared_render(struct shared *shared, struct strbuf *out);

#endif
