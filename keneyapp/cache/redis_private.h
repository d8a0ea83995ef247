/* SPDX-License-Identifier: Apache-2.0
 *
 * What redis.c (commands of requests) and redis_link.c (the thread) share.
 */
#ifndef KENEYAPP_CACHE_REDIS_PRIVATE_H
#define KENEYAPP_CACHE_REDIS_PRIVATE_H

#include <pthread.h>
#include <stdatomic.h>

#include "keneyapp/cache/redis.h"
#include "keneyapp/cache/redis_line.h"
#include "keneyapp/cache/redis_url.h"

#define REDIS_GENERATIONS "keneyapp:generations"
#define REDIS_NEWS        "keneyapp:news"
#define REDIS_EPOCH       "epoch"

enum {
    REDIS_RANDOM_BYTES = 16,
    REDIS_RANDOM_TEXT_BYTES = 2 * REDIS_RANDOM_BYTES + 1,
};

enum redis_state {
    REDIS_DOWN,    /* nothing is asked, nothing is told */
    REDIS_WRITING, /* writes are told; the epoch is about to change */
    REDIS_UP,
};

struct redis {
    struct redis_config config;
    struct redis_url url;
    char process[REDIS_RANDOM_TEXT_BYTES]; /* who we are in the news */
    pthread_t thread;
    int wake_fd; /* eventfd: the state went down, or it is the end */
    _Atomic nsec_t heard_ns;

    pthread_mutex_t mutex; /* everything below */
    pthread_cond_t given;  /* a line is free, or the state changed */
    enum redis_state state;
    bool closing;
    uint64_t era;                      /* counts connectings; lines of earlier ones are dead */
    struct list lines;                 /* free ones */
    char problem[REDIS_PROBLEM_BYTES]; /* why it went down */
    struct redis_figures figures;
};

/* Random digits. */
void redis_random_text(char ret_text[REDIS_RANDOM_TEXT_BYTES]);

/* Body of the thread; `context` is the struct redis. */
void *redis_link(void *context);

#endif
