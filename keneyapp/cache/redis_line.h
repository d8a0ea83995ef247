/* SPDX-License-Identifier: Apache-2.0
 *
 * One connection to Redis: hiredis with spans, and with a limit to every wait. One thread at a
 * time. Commands may be sent before the answers to earlier ones are read; answers come in order.
 */
#ifndef KENEYAPP_CACHE_REDIS_LINE_H
#define KENEYAPP_CACHE_REDIS_LINE_H

#include <hiredis/hiredis.h>
#include <stdbool.h>

#include "base/clock.h"
#include "base/list.h"
#include "base/span.h"

struct redis_url;

enum {
    REDIS_WORDS_MAX = 24,
    REDIS_PROBLEM_BYTES = 256,
};

struct redis_line {
    redisContext *context;
    unsigned wait_ms;                  /* for the connection, and for each answer */
    struct list link;                  /* redis.c's: free ones */
    uint64_t era;                      /* redis.c's: which connecting made it */
    char problem[REDIS_PROBLEM_BYTES]; /* of the last failure */
};

/* Connected, signed in, in its database, and Redis answers. NULL with why in `problem`, which has
 * REDIS_PROBLEM_BYTES. */
struct redis_line *redis_line_new(const struct redis_url *url, unsigned wait_ms, char *problem);
void redis_line_free(struct redis_line **line);

/* Puts a command into the line's buffer; it leaves with the next redis_line_read(). */
void redis_line_add(struct redis_line *line, const struct span *words, size_t count);

/* The answer to the oldest command that has none yet; freeReplyObject() it. NULL: the line failed
 * (`problem`) and can only be freed. An answer that says "error" is one, too. */
redisReply *redis_line_read(struct redis_line *line);

/* Reads an answer and forgets it; false when the line failed or it is an error (`problem`). */
bool redis_line_done(struct redis_line *line);

/* Commands that are there leave now, without waiting for answers. */
bool redis_line_flush(struct redis_line *line);

/* What a string answer says; empty for others. Valid as long as the answer. */
struct span redis_text(const redisReply *reply);

#endif
