/* SPDX-License-Identifier: Apache-2.0
 *
 * A line of waiting threads; giving the turn back hands it to the first of them.
 */
#include "keneyapp/store/turn.h"

struct waiter {
    struct list link;
    pthread_cond_t called;
    bool has_turn;
};

void turn_init(struct turn *turn)
{
    pthread_mutex_init(&turn->mutex, NULL);
    list_init(&turn->waiting);
    turn->taken = false;
}

void turn_done(struct turn *turn)
{
    pthread_mutex_destroy(&turn->mutex);
}

void turn_take(struct turn *turn)
{
    pthread_mutex_lock(&turn->mutex);
    if (!turn->taken) {
        turn->taken = true;
    } else {
        struct waiter waiter = {.called = PTHREAD_COND_INITIALIZER};
        list_push_back(&turn->waiting, &waiter.link);
        while (!waiter.has_turn)
            pthread_cond_wait(&waiter.called, &turn->mutex);
        pthread_cond_destroy(&waiter.called);
    }
    pthread_mutex_unlock(&turn->mutex);
}

void turn_give(struct turn *turn)
{
    pthread_mutex_lock(&turn->mutex);
    struct list *link = list_pop_front(&turn->waiting);
    if (link) {
        struct waiter *waiter = CONTAINER_OF(link, struct waiter, link);
        waiter->has_turn = true;
        pthread_cond_signal(&waiter->called);
    } else {
        turn->taken = false;
    }
    pthread_mutex_unlock(&turn->mutex);
}
