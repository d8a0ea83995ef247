/* SPDX-License-Identifier: Apache-2.0
 *
 * A lock that is had in the order it was asked for. A mutex may be taken again by whoever gave it
 * back a moment ago; here nobody is passed.
 */
#ifndef KENEYAPP_STORE_TURN_H
#define KENEYAPP_STORE_TURN_H

#include <pthread.h>
#include <stdbool.h>

#include "base/list.h"

struct turn {
    pthread_mutex_t mutex;
    struct list waiting;
    bool taken;
};

void turn_init(struct turn *turn);
void turn_done(struct turn *turn);

/* Waits in line. Any thread. */
void turn_take(struct turn *turn);
void turn_give(struct turn *turn);

#endif
