/* SPDX-License-Identifier: Apache-2.0
 *
 * The text that stands for a request: everything that its answer depends on, in full. Two requests
 * share an answer only when these texts are equal; the hash merely finds the place.
 */
#ifndef KENEYAPP_CACHE_KEY_H
#define KENEYAPP_CACHE_KEY_H

#include "keneyapp/cache/cache.h"

enum {
    CACHE_HASH_KEY_BYTES = 16, /* of SipHash */
};

struct cache_key {
    size_t route;
    uint64_t hash;
    size_t len;
    char text[CACHE_KEY_MAX_BYTES]; /* NUL-terminated */
};

/* `hash_key` is random for each cache, so that nobody can prepare requests that collide. False: too
 * long, or with a NUL inside. */
bool cache_key_make(struct cache_key *key, const struct cache_request *request,
                    const unsigned char hash_key[CACHE_HASH_KEY_BYTES]);

#endif
