/* SPDX-License-Identifier: Apache-2.0 */
#include "keneyapp/cache/redis.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "base/cond.h"
#include "base/error.h"
#include "base/mem.h"
#include "base/strbuf.h"
#include "base/thread.h"
#include "keneyapp/cache/redis_private.h"
#include "keneyapp/cache/stamp.h"

enum {
    FIELD_BYTES = 32, /* "TENANT:ENTITY" */
    ENTITIES_MAX = 16,
    NEVER_HEARD = -1,
};

void redis_random_text(char ret_text[REDIS_RANDOM_TEXT_BYTES])
{
    unsigned char bytes[REDIS_RANDOM_BYTES];
    randombytes_buf(bytes, sizeof(bytes));
    sodium_bin2hex(ret_text, REDIS_RANDOM_TEXT_BYTES, bytes, sizeof(bytes));
}

static void destroy(struct redis *redis)
{
    if (redis->wake_fd >= 0)
        close(redis->wake_fd);
    pthread_mutex_destroy(&redis->mutex);
    pthread_cond_destroy(&redis->given);
    sodium_memzero(&redis->url, sizeof(redis->url));
    free(redis);
}

static int start(struct redis *redis, struct error *err)
{
    redis->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (redis->wake_fd < 0)
        return error_set(err, EXIT_INVALID_CONFIG,
                         "Redis cannot be waited for: %s; raise the limit on open files "
                         "(ulimit -n)",
                         strerror(errno));
    return thread_start(&redis->thread, redis_link, redis, "the thread for Redis", err);
}

struct redis *redis_new(const struct redis_config *config, struct error *err)
{
    struct redis_url url;
    if (redis_url_parse(span_cstr(config->url), &url, err) != 0)
        return NULL;
    struct redis *redis = NEW(struct redis);
    redis->config = *config;
    redis->url = url;
    atomic_init(&redis->heard_ns, NEVER_HEARD);
    list_init(&redis->lines);
    redis_random_text(redis->process);
    pthread_mutex_init(&redis->mutex, NULL);
    cond_init_monotonic(&redis->given);
    if (start(redis, err) == 0)
        return redis;
    destroy(redis);
    return NULL;
}

static void wake(struct redis *redis)
{
    const uint64_t one = 1;
    (void)!write(redis->wake_fd, &one, sizeof(one)); /* full means awake */
}

void redis_free(struct redis **redis)
{
    struct redis *r = TAKE(*redis);
    if (!r)
        return;
    pthread_mutex_lock(&r->mutex);
    r->closing = true;
    pthread_cond_broadcast(&r->given);
    pthread_mutex_unlock(&r->mutex);
    wake(r);
    pthread_join(r->thread, NULL);
    destroy(r);
}

bool redis_heard(const struct redis *redis, nsec_t now_ns)
{
    nsec_t heard_ns = atomic_load(&redis->heard_ns);
    return heard_ns != NEVER_HEARD && now_ns - heard_ns <= REDIS_TRUST_MS * NSEC_PER_MSEC;
}

/* With the mutex. */
static void go_down(struct redis *redis, const char *problem)
{
    redis->state = REDIS_DOWN;
    snprintf(redis->problem, sizeof(redis->problem), "%s", problem);
    pthread_cond_broadcast(&redis->given);
    wake(redis);
}

/* A line, when Redis is at least in the state `least` and one comes free in time. */
static struct redis_line *take(struct redis *redis, enum redis_state least)
{
    nsec_t until_ns = clock_now(clock_monotonic()) + redis->config.wait_ms * NSEC_PER_MSEC;
    struct list *link = NULL;
    int waited = 0;
    pthread_mutex_lock(&redis->mutex);
    while (redis->state >= least && !(link = list_pop_front(&redis->lines)) && waited == 0)
        waited = cond_wait_until(&redis->given, &redis->mutex, until_ns);
    /* A write that cannot be told takes Redis out of use; a question that cannot be asked is only
     * a question for the database. */
    if (!link && redis->state >= least && least == REDIS_WRITING)
        go_down(redis, "all connections are busy with commands that are not answered");
    pthread_mutex_unlock(&redis->mutex);
    return link ? CONTAINER_OF(link, struct redis_line, link) : NULL;
}

/* Back to the free ones; a line that failed, or is of an earlier connecting, ends here. */
static void give(struct redis *redis, struct redis_line *line, bool good)
{
    pthread_mutex_lock(&redis->mutex);
    bool current = line->era == redis->era && redis->state != REDIS_DOWN;
    if (current && good) {
        list_push_front(&redis->lines, &line->link);
        pthread_cond_signal(&redis->given);
        line = NULL;
    } else if (current) {
        go_down(redis, line->problem);
    }
    pthread_mutex_unlock(&redis->mutex);
    redis_line_free(&line);
}

/* Names of the generations of `entities`; returns how many. */
static size_t name_fields(int64_t tenant, unsigned entities, char fields[][FIELD_BYTES])
{
    size_t count = 0;
    for (; entities && count < ENTITIES_MAX; entities &= entities - 1)
        snprintf(fields[count++], FIELD_BYTES, "%lld:%d", (long long)tenant,
                 __builtin_ctz(entities));
    return count;
}

static void ask(struct redis_line *line, int64_t tenant, unsigned entities, const char *name)
{
    char fields[ENTITIES_MAX][FIELD_BYTES];
    struct span words[3 + ENTITIES_MAX] = {SPAN("HMGET"), SPAN(REDIS_GENERATIONS),
                                           SPAN(REDIS_EPOCH)};
    size_t count = name_fields(tenant, entities, fields);
    for (size_t i = 0; i < count; i++)
        words[3 + i] = span_cstr(fields[i]);
    redis_line_add(line, words, 3 + count);
    const struct span get[] = {SPAN("GET"), span_cstr(name)};
    const struct span left[] = {SPAN("PTTL"), span_cstr(name)};
    redis_line_add(line, get, COUNT_OF(get));
    redis_line_add(line, left, COUNT_OF(left));
}

/* "EPOCH:N:N"; an entity that was never written to since the epoch began has none: "0". */
static bool make_stamp(const redisReply *reply, struct redis_stamp *stamp)
{
    AUTO(strbuf_done) struct strbuf text = STRBUF_INIT(sizeof(stamp->text));
    if (reply->type != REDIS_REPLY_ARRAY || reply->elements == 0 ||
        redis_text(reply->element[0]).len == 0)
        return false;
    for (size_t i = 0; i < reply->elements; i++) {
        struct span number = redis_text(reply->element[i]);
        if (i > 0)
            strbuf_addc(&text, ':');
        strbuf_add_span(&text, number.len ? number : SPAN("0"));
    }
    if (text.overflow)
        return false;
    memcpy(stamp->text, text.ptr, text.len);
    stamp->len = text.len;
    return true;
}

static bool read_stamp(struct redis_line *line, struct redis_stamp *stamp)
{
    redisReply *reply = redis_line_read(line);
    bool good = reply && make_stamp(reply, stamp);
    if (reply && !good)
        snprintf(line->problem, sizeof(line->problem), "%s",
                 reply->type == REDIS_REPLY_ERROR ? reply->str
                                                  : REDIS_GENERATIONS " was deleted or changed");
    freeReplyObject(reply);
    return good;
}

/* The answers to GET and PTTL. A value that never ends is not ours. */
static bool read_value(struct redis_line *line, struct strbuf *value, nsec_t *ret_left_ns,
                       enum redis_result *ret_result)
{
    redisReply *text = redis_line_read(line);
    redisReply *left = text ? redis_line_read(line) : NULL;
    *ret_result = REDIS_ABSENT;
    if (left && left->type == REDIS_REPLY_INTEGER && left->integer > 0 &&
        left->integer < NSEC_NEVER / NSEC_PER_MSEC && redis_text(text).len > 0) {
        strbuf_add_span(value, redis_text(text));
        *ret_left_ns = left->integer * NSEC_PER_MSEC;
        *ret_result = value->overflow ? REDIS_ABSENT : REDIS_FOUND;
    }
    bool good = left != NULL;
    freeReplyObject(text);
    freeReplyObject(left);
    return good;
}

enum redis_result redis_get(struct redis *redis, int64_t tenant, unsigned entities,
                            const char *name, struct redis_stamp *ret_stamp, struct strbuf *value,
                            nsec_t *ret_left_ns)
{
    struct redis_line *line = take(redis, REDIS_UP);
    enum redis_result result;
    if (!line)
        return REDIS_AWAY;
    ask(line, tenant, entities, name);
    bool good = read_stamp(line, ret_stamp) && read_value(line, value, ret_left_ns, &result);
    give(redis, line, good);
    return good ? result : REDIS_AWAY;
}

/* A Redis that is full says no: then the answer is not kept, and nothing is wrong. */
void redis_put(struct redis *redis, const char *name, struct span value, nsec_t ttl_ns)
{
    char ttl_ms[24];
    if (value.len > REDIS_VALUE_MAX_BYTES || ttl_ns < NSEC_PER_MSEC)
        return;
    struct redis_line *line = take(redis, REDIS_UP);
    if (!line)
        return;
    snprintf(ttl_ms, sizeof(ttl_ms), "%lld", (long long)(ttl_ns / NSEC_PER_MSEC));
    const struct span words[] = {SPAN("SET"), span_cstr(name), value, SPAN("PX"),
                                 span_cstr(ttl_ms)};
    redis_line_add(line, words, COUNT_OF(words));
    redisReply *reply = redis_line_read(line);
    bool refused = reply && reply->type == REDIS_REPLY_ERROR;
    if (refused) {
        pthread_mutex_lock(&redis->mutex);
        redis->figures.refused++;
        pthread_mutex_unlock(&redis->mutex);
    }
    give(redis, line, reply != NULL);
    freeReplyObject(reply);
}

/* Generations first: who hears the news and asks again must find them moved. */
void redis_invalidate(struct redis *redis, int64_t tenant, unsigned entities)
{
    char fields[ENTITIES_MAX][FIELD_BYTES], news[REDIS_RANDOM_TEXT_BYTES + 48];
    struct redis_line *line = take(redis, REDIS_WRITING);
    if (!line)
        return;
    size_t count = name_fields(tenant, entities, fields);
    for (size_t i = 0; i < count; i++) {
        const struct span words[] = {SPAN("HINCRBY"), SPAN(REDIS_GENERATIONS), span_cstr(fields[i]),
                                     SPAN("1")};
        redis_line_add(line, words, COUNT_OF(words));
    }
    snprintf(news, sizeof(news), "%s %lld %u", redis->process, (long long)tenant, entities);
    const struct span words[] = {SPAN("PUBLISH"), SPAN(REDIS_NEWS), span_cstr(news)};
    redis_line_add(line, words, COUNT_OF(words));
    bool good = true;
    for (size_t i = 0; i < count + 1 && good; i++)
        good = redis_line_done(line);
    give(redis, line, good);
}

void redis_figures(struct redis *redis, struct redis_figures *ret)
{
    pthread_mutex_lock(&redis->mutex);
    *ret = redis->figures;
    ret->up = redis->state == REDIS_UP;
    pthread_mutex_unlock(&redis->mutex);
}
