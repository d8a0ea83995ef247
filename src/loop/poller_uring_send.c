/* SPDX-License-Identifier: Apache-2.0
 *
 * At most one send of an io is under way. Its bytes wait in a chunk of ours; the kernel is told not
 * to wait for room and to be silent about success, so that after a submission each chunk is either
 * done with or named by a completion that says how far it came.
 */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "loop/poller_uring_private.h"

enum {
    CHUNK_BYTES = 4096,
};

/* Bytes that io_send() took. On the free list, or one of poller->sending, or kept by its slot. */
struct chunk {
    struct list link;
    struct uring_slot *owner; /* NULL: closed meanwhile */
    struct io_uring_sqe *entry;
    unsigned position; /* of the entry */
    bool is_kept;      /* not all was sent */
    size_t start, len; /* what is not sent yet */
    char bytes[CHUNK_BYTES];
};

static void wait_for_room(struct uring_poller *poller, struct uring_slot *slot)
{
    struct io *io = slot->slot.io;
    if (!(io->state & IO_WAITS_FOR_ROOM))
        poller_uring_poll(poller, slot, FOR_ROOM, io->fd, POLLOUT);
    io->state |= IO_WAITS_FOR_ROOM;
}

static struct chunk *take_chunk(struct uring_poller *poller)
{
    struct list *link = list_pop_front(&poller->free_chunks);
    return link ? CONTAINER_OF(link, struct chunk, link) : NEW(struct chunk);
}

static void free_chunk(struct uring_poller *poller, struct chunk *chunk)
{
    if (chunk->owner)
        chunk->owner->chunk = NULL;
    list_push_front(&poller->free_chunks, &chunk->link);
}

/* A send came to an end early: `result` is what it sent, or -errno. */
static void keep_rest(struct uring_poller *poller, struct uring_slot *slot, int result)
{
    struct chunk *chunk = slot->chunk;
    size_t sent = (size_t)MAX_OF(result, 0);
    chunk->is_kept = true;
    chunk->start += sent;
    chunk->len -= sent;
    if (result >= 0 || result == -EAGAIN) {
        wait_for_room(poller, slot);
    } else {
        slot->error = -result;
        slot->is_heard = false;
    }
}

/* After a submission: new completions name the chunks that were not sent whole; the others are
 * free. */
void poller_uring_settle(struct uring_poller *poller)
{
    unsigned end = uring_end(&poller->uring);
    for (; poller->settled != end; poller->settled++) {
        const struct io_uring_cqe *cqe = uring_at(&poller->uring, poller->settled);
        struct slot *slot;
        if (UNLIKELY(slot_tag_kind(cqe->user_data) == FOR_SEND) &&
            (slot = slot_of_tag(&poller->slots, cqe->user_data)))
            keep_rest(poller, CONTAINER_OF(slot, struct uring_slot, slot), cqe->res);
    }
    unsigned left = 0;
    for (unsigned i = 0; i < poller->sending_count; i++) {
        struct chunk *chunk = poller->sending[i];
        if (UNLIKELY(!uring_is_taken(&poller->uring, chunk->position)))
            poller->sending[left++] = chunk;
        else if (LIKELY(!chunk->is_kept))
            free_chunk(poller, chunk);
    }
    poller->sending_count = poller->started_count = left;
}

void poller_uring_flush(struct uring_poller *poller)
{
    uring_submit(&poller->uring);
    poller_uring_settle(poller);
}

void poller_uring_note_start(struct uring_poller *poller)
{
    if (++poller->started_count >= URING_BATCH)
        poller_uring_flush(poller);
}

/* What io_send() took before the socket was full. */
static void send_rest(struct uring_poller *poller, struct uring_slot *slot)
{
    struct chunk *chunk = slot->chunk;
    if (!chunk || slot->error)
        return;
    ssize_t sent = send(slot->slot.io->fd, chunk->bytes + chunk->start, chunk->len,
                        MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent == (ssize_t)chunk->len)
        free_chunk(poller, chunk);
    else
        keep_rest(poller, slot, sent < 0 ? -errno : (int)sent);
}

void poller_uring_on_room(struct uring_poller *poller, struct uring_slot *slot)
{
    struct io *io = slot->slot.io;
    io->state &= ~IO_WAITS_FOR_ROOM;
    send_rest(poller, slot);
    if ((io->state & (IO_FULL | IO_WAITS_FOR_ROOM)) != IO_FULL)
        return;
    io->state &= ~IO_FULL;
    io->ops->on_writable(io);
}

static ssize_t send_now(struct uring_poller *poller, struct io *io, const void *bytes, size_t len)
{
    ssize_t sent = send(io->fd, bytes, len, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && errno != EAGAIN)
        return -errno;
    sent = MAX_OF(sent, 0);
    if ((size_t)sent < len) {
        io->state |= IO_FULL;
        wait_for_room(poller, poller_uring_slot(io));
    }
    return sent;
}

static void queue_send(struct uring_poller *poller, struct io *io, const void *bytes, size_t len)
{
    struct uring_slot *slot = poller_uring_slot(io);
    struct chunk *chunk = slot->chunk = take_chunk(poller);
    chunk->owner = slot;
    chunk->is_kept = false;
    chunk->start = 0;
    chunk->len = len;
    memcpy(chunk->bytes, bytes, len);
    chunk->position = uring_entry_position(&poller->uring);
    chunk->entry = poller_uring_entry(poller, slot, FOR_SEND, IORING_OP_SEND, io->fd);
    chunk->entry->addr = (uintptr_t)chunk->bytes;
    chunk->entry->len = (uint32_t)len;
    chunk->entry->msg_flags = MSG_NOSIGNAL | MSG_DONTWAIT | MSG_WAITALL;
    chunk->entry->flags = IOSQE_CQE_SKIP_SUCCESS;
    poller->sending[poller->sending_count++] = chunk;
    poller_uring_note_start(poller);
}

/* More of an io whose last bytes have not left: joins them, or finds out what became of them. */
static bool join(struct uring_poller *poller, struct chunk *chunk, const void *bytes, size_t len)
{
    if (chunk->is_kept)
        return false;
    if (chunk->len + len > CHUNK_BYTES) {
        poller_uring_flush(poller);
        return false;
    }
    memcpy(chunk->bytes + chunk->len, bytes, len);
    chunk->len += len;
    chunk->entry->len = (uint32_t)chunk->len;
    return true;
}

ssize_t poller_uring_send(struct io *io, const void *bytes, size_t len)
{
    struct uring_poller *poller = poller_uring_of(io->loop);
    struct uring_slot *slot = poller_uring_slot(io);
    if (slot->chunk && join(poller, slot->chunk, bytes, len))
        return (ssize_t)len;
    if (slot->error)
        return -slot->error;
    if (slot->chunk) {
        io->state |= IO_FULL;
        return 0;
    }
    if (len > CHUNK_BYTES || poller->sending_count == URING_BATCH)
        return send_now(poller, io, bytes, len);
    queue_send(poller, io, bytes, len);
    return (ssize_t)len;
}

size_t poller_uring_unsent(const struct io *io)
{
    const struct chunk *chunk = io->fd >= 0 ? poller_uring_slot(io)->chunk : NULL;
    return chunk ? chunk->len : 0;
}

void poller_uring_leave(struct uring_poller *poller, struct uring_slot *slot)
{
    struct chunk *chunk = slot->chunk;
    if (chunk && chunk->is_kept)
        free_chunk(poller, chunk);
    else if (chunk)
        chunk->owner = NULL;
}

void poller_uring_free_chunks(struct uring_poller *poller)
{
    struct list *link;
    for (unsigned i = 0; i < poller->sending_count; i++)
        free(poller->sending[i]);
    while ((link = list_pop_front(&poller->free_chunks)))
        free(CONTAINER_OF(link, struct chunk, link));
}
