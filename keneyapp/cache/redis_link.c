/* SPDX-License-Identifier: Apache-2.0
 *
 * The thread that keeps the link to Redis. What it does when it connects, in this order:
 *
 *   1. it subscribes to the news and opens the lines;
 *   2. from now on writes of this process are told through Redis (REDIS_WRITING); those before were
 *      not, so
 *   3. the epoch changes, by which no answer in Redis can be read any more, and all other processes
 *      are told to drop theirs;
 *   4. this process drops its own, too, for it may have missed news;
 *   5. Redis is in use (REDIS_UP).
 *
 * While it is up, it sends a PING on the connection that brings the news, some times a second.
 * Redis answers in order: when the answer to a PING is here, then so is all news from before that
 * PING was sent. That moment is heard_ns.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/cond.h"
#include "keneyapp/cache/redis_private.h"

enum {
    PING_EVERY_MS = 200,
    SILENT_MAX_MS = REDIS_TRUST_MS, /* an unanswered PING ends the link */
    RETRY_FIRST_MS = 50,
    RETRY_MAX_MS = 500,
    NEVER_HEARD = -1,
};

struct link {
    struct redis *redis;
    struct redis_line *news;
    nsec_t ping_ns;          /* when the unanswered PING was sent; 0: none is */
    nsec_t ping_by_their_ns; /* the same by the cache's clock */
    nsec_t next_ns;          /* of the next PING */
    unsigned retry_ms;       /* before the next attempt */

    enum {
        TOLD_NOTHING,
        TOLD_UP,
        TOLD_DOWN
    } told;

    char problem[REDIS_PROBLEM_BYTES];
};

static nsec_t now(void)
{
    return clock_now(clock_monotonic());
}

/* Fails the link with the line's problem. */
static int failed(struct link *link, const struct redis_line *line)
{
    snprintf(link->problem, sizeof(link->problem), "%s", line->problem);
    return -1;
}

static int subscribe(struct link *link)
{
    const struct span words[] = {SPAN("SUBSCRIBE"), SPAN(REDIS_NEWS)};
    link->news = redis_line_new(&link->redis->url, link->redis->config.wait_ms, link->problem);
    if (!link->news)
        return -1;
    redis_line_add(link->news, words, COUNT_OF(words));
    return redis_line_done(link->news) ? 0 : failed(link, link->news);
}

/* Opens the lines; none is free to take before all are there. */
static int open_lines(struct link *link, struct list *lines)
{
    for (unsigned i = 0; i < link->redis->config.lines; i++) {
        struct redis_line *line =
            redis_line_new(&link->redis->url, link->redis->config.wait_ms, link->problem);
        if (!line)
            return -1;
        list_push_back(lines, &line->link);
    }
    return 0;
}

static void close_lines(struct list *lines)
{
    struct list *at;
    while ((at = list_pop_front(lines))) {
        struct redis_line *line = CONTAINER_OF(at, struct redis_line, link);
        redis_line_free(&line);
    }
}

static void set_writing(struct redis *redis, struct list *lines)
{
    pthread_mutex_lock(&redis->mutex);
    redis->era++;
    LIST_FOREACH (at, lines)
        CONTAINER_OF(at, struct redis_line, link)->era = redis->era;
    list_take_all(lines, &redis->lines);
    redis->state = REDIS_WRITING;
    pthread_mutex_unlock(&redis->mutex);
}

/* In one transaction: nobody sees old numbers under the new name. */
static int change_epoch(struct link *link, struct redis_line *line)
{
    char epoch[REDIS_RANDOM_TEXT_BYTES], news[REDIS_RANDOM_TEXT_BYTES + 8];
    redis_random_text(epoch);
    snprintf(news, sizeof(news), "%s all", link->redis->process);
    const struct span multi[] = {SPAN("MULTI")}, exec[] = {SPAN("EXEC")};
    const struct span forget[] = {SPAN("DEL"), SPAN(REDIS_GENERATIONS)};
    const struct span name[] = {SPAN("HSET"), SPAN(REDIS_GENERATIONS), SPAN(REDIS_EPOCH),
                                span_cstr(epoch)};
    const struct span tell[] = {SPAN("PUBLISH"), SPAN(REDIS_NEWS), span_cstr(news)};
    redis_line_add(line, multi, COUNT_OF(multi));
    redis_line_add(line, forget, COUNT_OF(forget));
    redis_line_add(line, name, COUNT_OF(name));
    redis_line_add(line, tell, COUNT_OF(tell));
    redis_line_add(line, exec, COUNT_OF(exec));
    for (size_t i = 0; i < 5; i++)
        if (!redis_line_done(line))
            return failed(link, line);
    return 0;
}

/* False: a request found the lines broken in the meantime. */
static bool set_up(struct link *link)
{
    struct redis *redis = link->redis;
    pthread_mutex_lock(&redis->mutex);
    bool good = redis->state == REDIS_WRITING;
    if (good) {
        redis->state = REDIS_UP;
        redis->figures.connects++;
        pthread_cond_broadcast(&redis->given);
    } else {
        snprintf(link->problem, sizeof(link->problem), "%s", redis->problem);
    }
    pthread_mutex_unlock(&redis->mutex);
    return good;
}

static int bring_up(struct link *link)
{
    struct redis *redis = link->redis;
    struct list lines;
    list_init(&lines);
    AUTO(redis_line_free) struct redis_line *own = NULL;
    if (subscribe(link) != 0)
        return -1;
    own = redis_line_new(&redis->url, redis->config.wait_ms, link->problem);
    if (!own || open_lines(link, &lines) != 0) {
        close_lines(&lines);
        return -1;
    }
    set_writing(redis, &lines);
    if (change_epoch(link, own) != 0)
        return -1;
    redis->config.on_flush(redis->config.context);
    return set_up(link) ? 0 : -1;
}

/* A message that cannot be read may say anything: then everything is dropped. */
static void hear(struct redis *redis, struct span message)
{
    struct span rest, entities;
    uint64_t bits, tenant;
    struct span process = span_cut(message, ' ', &rest);
    if (span_equal(process, span_cstr(redis->process)))
        return;
    struct span number = span_cut(rest, ' ', &entities);
    if (span_to_u64(number, INT64_MAX, &tenant) == 0 &&
        span_to_u64(entities, UINT32_MAX, &bits) == 0)
        redis->config.on_write(redis->config.context, (int64_t)tenant, (unsigned)bits);
    else
        redis->config.on_flush(redis->config.context);
}

/* message CHANNEL TEXT, or pong TEXT; everything that can come after SUBSCRIBE is an array. */
static bool on_reply(struct link *link, const redisReply *reply)
{
    if (reply->type != REDIS_REPLY_ARRAY || reply->elements < 2)
        return false;
    struct span kind = redis_text(reply->element[0]);
    if (span_equal(kind, SPAN("message")) && reply->elements == 3) {
        hear(link->redis, redis_text(reply->element[2]));
        return true;
    }
    if (!span_equal(kind, SPAN("pong")) || link->ping_ns == 0)
        return false;
    atomic_store(&link->redis->heard_ns, link->ping_by_their_ns);
    link->ping_ns = 0;
    link->retry_ms = RETRY_FIRST_MS;
    return true;
}

static int read_news(struct link *link)
{
    redisContext *context = link->news->context;
    void *reply = NULL;
    if (redisBufferRead(context) != REDIS_OK ||
        redisGetReplyFromReader(context, &reply) != REDIS_OK) {
        snprintf(link->problem, sizeof(link->problem), "%s", context->errstr);
        return -1;
    }
    while (reply) {
        bool good = on_reply(link, reply);
        freeReplyObject(reply);
        reply = NULL;
        if (!good || redisGetReplyFromReader(context, &reply) != REDIS_OK) {
            snprintf(link->problem, sizeof(link->problem), "what it says cannot be understood");
            return -1;
        }
    }
    return 0;
}

static int ping(struct link *link)
{
    const struct span words[] = {SPAN("PING")};
    nsec_t now_ns = now();
    if (link->ping_ns && now_ns - link->ping_ns > SILENT_MAX_MS * NSEC_PER_MSEC) {
        snprintf(link->problem, sizeof(link->problem), "no answer for %d ms", SILENT_MAX_MS);
        return -1;
    }
    if (link->ping_ns || now_ns < link->next_ns)
        return 0;
    link->ping_ns = now_ns;
    link->ping_by_their_ns = clock_now(link->redis->config.clock);
    link->next_ns = now_ns + PING_EVERY_MS * NSEC_PER_MSEC;
    redis_line_add(link->news, words, COUNT_OF(words));
    return redis_line_flush(link->news) ? 0 : failed(link, link->news);
}

static bool still_up(struct link *link)
{
    struct redis *redis = link->redis;
    pthread_mutex_lock(&redis->mutex);
    bool up = redis->state == REDIS_UP && !redis->closing;
    if (redis->state != REDIS_UP)
        snprintf(link->problem, sizeof(link->problem), "%s", redis->problem);
    pthread_mutex_unlock(&redis->mutex);
    return up;
}

/* Until the link fails, or the end. */
static void listen_to(struct link *link)
{
    struct pollfd fds[] = {
        {.fd = link->news->context->fd, .events = POLLIN},
        {.fd = link->redis->wake_fd, .events = POLLIN},
    };
    link->ping_ns = link->next_ns = 0;
    while (still_up(link) && ping(link) == 0) {
        nsec_t wait_ns = link->next_ns - now();
        int wait_ms = (int)(MAX_OF(wait_ns, 0) / NSEC_PER_MSEC) + 1;
        if (poll(fds, COUNT_OF(fds), wait_ms) > 0 && fds[0].revents && read_news(link) != 0)
            return;
    }
}

/* Nothing is in use any more. `was_up`: somebody has to be told. */
static void take_down(struct link *link, bool was_up)
{
    struct redis *redis = link->redis;
    struct list lines;
    atomic_store(&redis->heard_ns, NEVER_HEARD);
    pthread_mutex_lock(&redis->mutex);
    redis->state = REDIS_DOWN;
    redis->figures.failures += was_up;
    list_take_all(&redis->lines, &lines);
    pthread_cond_broadcast(&redis->given);
    pthread_mutex_unlock(&redis->mutex);
    close_lines(&lines);
    redis_line_free(&link->news);
}

/* Waits; false: it is the end. */
static bool rest(struct link *link)
{
    struct redis *redis = link->redis;
    nsec_t end_ns = now() + link->retry_ms * NSEC_PER_MSEC;
    uint64_t wakes;
    int waited = 0;
    link->retry_ms = MIN_OF(2 * link->retry_ms, (unsigned)RETRY_MAX_MS);
    pthread_mutex_lock(&redis->mutex);
    while (!redis->closing && waited != ETIMEDOUT)
        waited = cond_wait_until(&redis->given, &redis->mutex, end_ns);
    bool closing = redis->closing;
    pthread_mutex_unlock(&redis->mutex);
    if (!closing)
        (void)!read(redis->wake_fd, &wakes, sizeof(wakes)); /* empty again */
    return !closing;
}

static bool is_closing(struct redis *redis)
{
    pthread_mutex_lock(&redis->mutex);
    bool closing = redis->closing;
    pthread_mutex_unlock(&redis->mutex);
    return closing;
}

/* Once when it goes, once when it comes. */
static void say(struct link *link, bool up)
{
    const struct redis_config *config = &link->redis->config;
    char sentence[REDIS_PROBLEM_BYTES + 160];
    if (up)
        snprintf(sentence, sizeof(sentence), "Redis is there: cached answers are in use");
    else
        snprintf(sentence, sizeof(sentence),
                 "Redis is away (%s): the database answers until it is back; tried again twice "
                 "a second",
                 link->problem);
    if (link->told != (up ? TOLD_UP : TOLD_DOWN))
        config->on_state(config->context, up, sentence);
    link->told = up ? TOLD_UP : TOLD_DOWN;
}

void *redis_link(void *context)
{
    struct link link = {.redis = context, .retry_ms = RETRY_FIRST_MS};
    do {
        bool up = bring_up(&link) == 0;
        if (up) {
            say(&link, true);
            listen_to(&link);
        }
        take_down(&link, up);
        if (!is_closing(link.redis))
            say(&link, false);
    } while (rest(&link));
    return NULL;
}
