/* SPDX-License-Identifier: Apache-2.0
 *
 * A client with all it needs on the machine's clock, and one session. fixture_done() checks the
 * accounting identity and that nothing is left alive, so every test does.
 */
#ifndef TESTS_UNIT_CLIENT_FIXTURE_H
#define TESTS_UNIT_CLIENT_FIXTURE_H

#include "base/arena.h"
#include "client/client.h"
#include "metrics/registry.h"

struct fixture {
    struct loop *loop;
    struct registry *registry;
    struct recorder *recorder;
    struct tag_table *tags;
    struct client *client;
    struct session *session;
    struct arena arena;
    bool is_done; /* the last fetch ended */
};

/* `selector` (may be NULL) makes a sub-metric. */
void fixture_init(struct fixture *f, const struct client_config *config, const char *selector);
void fixture_done(struct fixture *f);

/* A GET of `url` (printf with the port) with the jar, kept headers and ten redirects. */
struct request *fixture_request(struct fixture *f, const char *url, uint16_t port);

/* Starts it and turns the loop until it is over; stops the test after 10 s. */
struct response *fixture_fetch(struct fixture *f, struct request *request);

/* Both at once. */
struct response *fixture_get(struct fixture *f, const char *url, uint16_t port);

/* Turns the loop for a while without a request. */
void fixture_idle(struct fixture *f, nsec_t for_ns);

/* How often the built-in metric was recorded since the last call of this for any metric, and the
 * sum (counter, trend) or the non-zero ones (rate). */
struct fixture_sums {
    uint64_t count;
    double sum;
};

void fixture_cut(struct fixture *f, struct fixture_sums ret_sums[static METRIC_BUILTIN_COUNT]);

#endif
