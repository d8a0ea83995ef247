/* SPDX-License-Identifier: Apache-2.0
 *
 * A script with its threads, as the files of this folder see it.
 */
#ifndef SCRIPT_WRK_WRK_PRIVATE_H
#define SCRIPT_WRK_WRK_PRIVATE_H

#include <pthread.h>
#include <stdbool.h>

#include "base/list.h"
#include "net/address.h"
#include "script/wrk/script_state.h"
#include "script/wrk/wrk_lane.h"
#include "script/wrk/wrk_script.h"

struct hosts;

struct wrk_thread {
    struct wrk_script *script;
    struct script_state state;
    struct address address;
    bool has_address;
    char address_text[ADDRESS_PORT_TEXT_BYTES];
    struct span message; /* of a script that is not dynamic; a string of the state's slot 0 */
    int slots;           /* registry reference: a table that holds the connections' messages */
    bool is_stopped;
    struct list lanes; /* of wrk_lane.c */
    wrk_failure_fn *on_failure;
    void *arg;
};

struct wrk_script {
    struct wrk_script_config config;
    struct script_state state; /* the main one */
    struct hosts *hosts;
    pthread_mutex_t lock; /* threads are made one at a time */
    struct wrk_thread **threads;
    size_t thread_count;
    struct address first; /* of wrk.addrs */
    char address_text[ADDRESS_PORT_TEXT_BYTES];
    bool is_dynamic, wants_response, wants_delay;
    unsigned pipelined;
};

/* Runs the file in a new state; -1 only when that is an error (is_strict, no memory). */
MUST_CHECK int wrk_script_open_state(struct wrk_script *script, struct wrk_thread *thread,
                                     struct script_state *state);

/* The lanes that the thread has seen. */
void wrk_lane_free_all(struct wrk_thread *thread);

#endif
