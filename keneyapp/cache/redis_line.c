/* SPDX-License-Identifier: Apache-2.0
 *
 * Works with hiredis 0.14 (Debian 12) and 1.x.
 */
#include "keneyapp/cache/redis_line.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

#include "base/mem.h"
#include "keneyapp/cache/redis_url.h"

/* hiredis leaves a timeout as EAGAIN's text, which says nothing. */
static void note(struct redis_line *line)
{
    const redisContext *context = line->context;
    if (context->err == REDIS_ERR_IO && (errno == EAGAIN || errno == EWOULDBLOCK))
        snprintf(line->problem, sizeof(line->problem), "no answer within %u ms", line->wait_ms);
    else
        snprintf(line->problem, sizeof(line->problem), "%s", context->errstr);
}

void redis_line_add(struct redis_line *line, const struct span *words, size_t count)
{
    const char *texts[REDIS_WORDS_MAX];
    size_t lengths[REDIS_WORDS_MAX];
    for (size_t i = 0; i < count; i++) {
        texts[i] = words[i].len ? words[i].ptr : "";
        lengths[i] = words[i].len;
    }
    /* Fails only for want of memory, or on a line that has failed: then reading says so. */
    redisAppendCommandArgv(line->context, (int)count, texts, lengths);
}

redisReply *redis_line_read(struct redis_line *line)
{
    void *reply = NULL;
    if (redisGetReply(line->context, &reply) == REDIS_OK)
        return reply;
    note(line);
    return NULL;
}

bool redis_line_done(struct redis_line *line)
{
    redisReply *reply = redis_line_read(line);
    if (!reply)
        return false;
    bool good = reply->type != REDIS_REPLY_ERROR;
    if (!good)
        snprintf(line->problem, sizeof(line->problem), "%s", reply->str);
    freeReplyObject(reply);
    return good;
}

bool redis_line_flush(struct redis_line *line)
{
    int done = 0;
    while (!done) {
        if (redisBufferWrite(line->context, &done) != REDIS_OK) {
            note(line);
            return false;
        }
    }
    return true;
}

struct span redis_text(const redisReply *reply)
{
    return reply->type == REDIS_REPLY_STRING ? span_of(reply->str, reply->len) : SPAN_EMPTY;
}

/* SELECT comes always: its answer shows that Redis is alive, and that it lets us in. */
static bool sign_in(struct redis_line *line, const struct redis_url *url)
{
    char database[16];
    struct span user = span_cstr(url->user), password = span_cstr(url->password);
    const struct span old_auth[] = {SPAN("AUTH"), password},
                      auth[] = {SPAN("AUTH"), user, password};
    snprintf(database, sizeof(database), "%u", url->database);
    const struct span select[] = {SPAN("SELECT"), span_cstr(database)};
    if (password.len && user.len)
        redis_line_add(line, auth, COUNT_OF(auth));
    else if (password.len)
        redis_line_add(line, old_auth, COUNT_OF(old_auth));
    redis_line_add(line, select, COUNT_OF(select));
    return (!password.len || redis_line_done(line)) && redis_line_done(line);
}

struct redis_line *redis_line_new(const struct redis_url *url, unsigned wait_ms, char *problem)
{
    const struct timeval wait = {.tv_sec = wait_ms / 1000, .tv_usec = wait_ms % 1000 * 1000};
    AUTO(redis_line_free) struct redis_line *line = NEW(struct redis_line);
    line->wait_ms = wait_ms;
    line->context = url->host[0] ? redisConnectWithTimeout(url->host, url->port, wait)
                                 : redisConnectUnixWithTimeout(url->path, wait);
    if (!line->context)
        mem_exhausted(1, sizeof(redisContext));
    if (line->context->err) {
        note(line);
    } else if (redisSetTimeout(line->context, wait) != REDIS_OK) {
        note(line);
    } else if (sign_in(line, url)) {
        return TAKE(line);
    }
    snprintf(problem, REDIS_PROBLEM_BYTES, "%s", line->problem);
    return NULL;
}

void redis_line_free(struct redis_line **line)
{
    struct redis_line *l = TAKE(*line);
    if (!l)
        return;
    if (l->context)
        redisFree(l->context);
    free(l);
}
