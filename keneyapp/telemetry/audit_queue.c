/* SPDX-License-Identifier: Apache-2.0
 *
 * A packed entry is its numbers and then its texts. Chunks come back after they were written, so in
 * a steady state nothing is allocated.
 */
#include "keneyapp/telemetry/audit_queue.h"

#include <stdint.h>
#include <stdlib.h>

#include "base/mem.h"
#include "keneyapp/store/store.h"

enum {
    SPARE_CHUNKS_MAX = 64, /* kept of what a burst needed */
    TEXTS = 5,
    DETAILS = TEXTS - 1,
    TEXT_MAX_BYTES = 512, /* more than any column of a fixed size takes */
    ALIGNMENT = 8,
};

struct packed {
    nsec_t wall_ns;
    int64_t tenant_id, user_id, resource_id;
    const char *action, *resource_type;
    uint16_t lengths[TEXTS];
    bool success, signed_in;
    char texts[];
};

_Static_assert(sizeof(struct packed) + (TEXTS - 1) * TEXT_MAX_BYTES + AUDIT_DETAILS_MAX_BYTES +
                       ALIGNMENT <=
                   sizeof(((struct audit_chunk *)NULL)->bytes),
               "the largest entry fits into an empty chunk");
_Static_assert((int)AUDIT_DETAILS_MAX_BYTES <= UINT16_MAX, "lengths are of 16 bits");

void audit_queue_init(struct audit_queue *queue, size_t max_bytes)
{
    *queue = (struct audit_queue){.chunks_max = MAX_OF(max_bytes / AUDIT_CHUNK_BYTES, (size_t)1)};
}

static void free_chunks(struct audit_chunk *chunk)
{
    while (chunk) {
        struct audit_chunk *next = chunk->next;
        free(chunk);
        chunk = next;
    }
}

void audit_queue_done(struct audit_queue *queue)
{
    free_chunks(queue->first);
    free_chunks(queue->spare);
    *queue = (struct audit_queue){0};
}

/* An empty chunk at the end of the list; NULL when there are as many as there may be. */
static struct audit_chunk *append_chunk(struct audit_queue *queue)
{
    struct audit_chunk *chunk = queue->spare;
    if (queue->chunks == queue->chunks_max)
        return NULL;
    if (chunk)
        queue->spare = chunk->next;
    else
        chunk = mem_grow(NULL, 1, sizeof(*chunk));
    chunk->next = NULL;
    chunk->used = 0;
    if (queue->last)
        queue->last->next = chunk;
    else
        queue->first = chunk;
    queue->last = chunk;
    queue->chunks++;
    return chunk;
}

static void pack(struct packed *packed, const struct audit_entry *entry,
                 const struct span texts[TEXTS])
{
    char *to = packed->texts;
    *packed = (struct packed){
        .wall_ns = entry->wall_ns,
        .tenant_id = entry->tenant_id,
        .user_id = entry->user_id,
        .resource_id = entry->resource_id,
        .action = entry->action,
        .resource_type = entry->resource_type,
        .success = entry->success,
        .signed_in = entry->signed_in,
    };
    for (int i = 0; i < TEXTS; i++) {
        packed->lengths[i] = (uint16_t)texts[i].len;
        if (texts[i].len)
            memcpy(to, texts[i].ptr, texts[i].len);
        to += texts[i].len;
    }
}

static size_t packed_bytes(size_t text_bytes)
{
    size_t bytes = offsetof(struct packed, texts) + text_bytes;
    return (MAX_OF(bytes, sizeof(struct packed)) + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
}

bool audit_queue_add(struct audit_queue *queue, const struct audit_entry *entry)
{
    struct span texts[TEXTS] = {entry->username, entry->ip_address, entry->user_agent,
                                entry->correlation_id, entry->details};
    size_t text_bytes = 0;
    for (int i = 0; i < TEXTS; i++) {
        texts[i] = span_head(texts[i], i == DETAILS ? AUDIT_DETAILS_MAX_BYTES : TEXT_MAX_BYTES);
        text_bytes += texts[i].len;
    }
    size_t bytes = packed_bytes(text_bytes);
    struct audit_chunk *chunk = queue->last;
    if (!chunk || bytes > sizeof(chunk->bytes) - chunk->used)
        chunk = append_chunk(queue);
    if (!chunk)
        return false;
    pack((struct packed *)(void *)(chunk->bytes + chunk->used), entry, texts);
    chunk->used += bytes;
    queue->entries++;
    return true;
}

struct audit_chunk *audit_queue_take(struct audit_queue *queue)
{
    struct audit_chunk *chunks = queue->first;
    queue->first = queue->last = NULL;
    queue->entries = 0;
    return chunks;
}

void audit_queue_give(struct audit_queue *queue, struct audit_chunk *chunks)
{
    size_t spare = 0;
    for (struct audit_chunk *chunk = queue->spare; chunk; chunk = chunk->next)
        spare++;
    while (chunks) {
        struct audit_chunk *chunk = chunks;
        chunks = chunk->next;
        queue->chunks--;
        if (spare++ < SPARE_CHUNKS_MAX) {
            chunk->next = queue->spare;
            queue->spare = chunk;
        } else {
            free(chunk);
        }
    }
}

unsigned audit_queue_fill(const struct audit_queue *queue)
{
    return (unsigned)(queue->chunks * 100 / queue->chunks_max);
}

/* Copies into a column's room: a character at a time where it is not ASCII, so that none is cut in
 * two; what is not UTF-8 becomes '?', because a database may refuse a whole batch for it. */
static void put_text(char *to, size_t room, struct span text)
{
    while (text.len && room > 1) {
        size_t len = span_utf8_length(text);
        if (len > room - 1)
            break;
        if (len)
            memcpy(to, text.ptr, len);
        else
            *to = '?';
        len = MAX_OF(len, (size_t)1);
        to += len;
        room -= len;
        text = span_from(text, len);
    }
    *to = '\0';
}

static void unpack(const struct packed *packed, struct audit_row *row)
{
    struct span texts[TEXTS];
    const char *at = packed->texts;
    for (int i = 0; i < TEXTS; i++) {
        texts[i] = span_of(at, packed->lengths[i]);
        at += packed->lengths[i];
    }
    store_time_text(packed->wall_ns, row->timestamp);
    row->tenant_id = packed->tenant_id;
    row->user_id = packed->user_id;
    row->resource_id = packed->resource_id;
    row->success = packed->success;
    row->signed_in = packed->signed_in;
    put_text(row->action, sizeof(row->action), span_cstr(packed->action));
    put_text(row->resource_type, sizeof(row->resource_type), span_cstr(packed->resource_type));
    put_text(row->username, sizeof(row->username), texts[0]);
    put_text(row->ip_address, sizeof(row->ip_address), texts[1]);
    put_text(row->user_agent, sizeof(row->user_agent), texts[2]);
    put_text(row->correlation_id, sizeof(row->correlation_id), texts[3]);
    row->details = texts[DETAILS];
}

bool audit_chunk_next(struct audit_chunk **chunk, size_t *offset, struct audit_row *ret_row)
{
    while (*chunk && *offset == (*chunk)->used) {
        *chunk = (*chunk)->next;
        *offset = 0;
    }
    if (!*chunk)
        return false;
    const struct packed *packed = (const void *)((*chunk)->bytes + *offset);
    size_t text_bytes = 0;
    for (int i = 0; i < TEXTS; i++)
        text_bytes += packed->lengths[i];
    unpack(packed, ret_row);
    *offset += packed_bytes(text_bytes);
    return true;
}
