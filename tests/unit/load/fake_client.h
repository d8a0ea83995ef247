/* SPDX-License-Identifier: Apache-2.0
 *
 * A client without a network, in the place of the real one: a request is answered with 200 after a
 * millisecond, and one to "hang:" never. Each one counts 100 bytes out and 200 in.
 */
#ifndef TESTS_LOAD_FAKE_CLIENT_H
#define TESTS_LOAD_FAKE_CLIENT_H

#include <stdatomic.h>

/* Over all clients since the start of the program. */
struct fake_client_totals {
    atomic_int sessions, requests, answered, cancelled, cookie_resets, idle_closes;
};

struct fake_client_totals *fake_client_totals(void);

#endif
