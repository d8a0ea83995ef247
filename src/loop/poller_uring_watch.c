/* SPDX-License-Identifier: Apache-2.0
 *
 * Watched descriptors on io_uring: one poll at a time, handed over again after each report.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>

#include "loop/poller_uring_private.h"

static void watch_again(struct uring_poller *poller, struct uring_slot *slot)
{
    const struct fd_watch *watch = slot->slot.watch;
    unsigned events =
        (watch->want_read ? POLLIN | POLLRDHUP : 0) | (watch->want_write ? POLLOUT : 0);
    if (!events || slot->is_watching)
        return;
    poller_uring_poll(poller, slot, FOR_WATCH, watch->fd, events);
    slot->is_watching = true;
}

/* Polled anew each time, which reports what is ready already: a watch is level-triggered. */
void poller_uring_on_watched(struct uring_poller *poller, struct uring_slot *slot, int result)
{
    struct fd_watch *watch = slot->slot.watch;
    uint32_t generation = slot->slot.generation;
    bool is_broken = result < 0 || (result & (POLLERR | POLLHUP));
    bool readable = watch->want_read && (is_broken || (result & (POLLIN | POLLRDHUP)));
    bool writable = watch->want_write && (is_broken || (result & POLLOUT));
    slot->is_watching = false;
    watch->fn(watch, readable, writable);
    if (slot->slot.generation == generation)
        watch_again(poller, slot);
}

int poller_uring_watch_init(struct fd_watch *watch)
{
    if (fcntl(watch->fd, F_GETFD) < 0)
        return -errno;
    struct slot *slot = slot_take(&poller_uring_of(watch->loop)->slots);
    slot->watch = watch;
    watch->poller_ref = slot;
    return 0;
}

static void stop_watching(struct uring_poller *poller, struct uring_slot *slot)
{
    if (slot->is_watching)
        poller_uring_cancel(poller, slot, FOR_WATCH);
    slot->is_watching = false;
}

/* A new generation: the old poll may have completed already. */
int poller_uring_watch_set(struct fd_watch *watch)
{
    struct uring_poller *poller = poller_uring_of(watch->loop);
    struct uring_slot *slot = watch->poller_ref;
    stop_watching(poller, slot);
    slot->slot.generation++;
    watch_again(poller, slot);
    return 0;
}

void poller_uring_watch_done(struct fd_watch *watch)
{
    struct uring_poller *poller = poller_uring_of(watch->loop);
    struct uring_slot *slot = watch->poller_ref;
    stop_watching(poller, slot);
    slot_give_back(&poller->slots, &slot->slot);
}
