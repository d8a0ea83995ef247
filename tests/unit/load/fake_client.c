/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/load/fake_client.h"

#include <stdlib.h>

#include "base/mem.h"
#include "client/client.h"
#include "loop/loop.h"
#include "loop/timer.h"

struct client {
    struct loop *loop;
    struct client_counts counts;
};

struct session {
    struct client *client;
    uint64_t sent, received;
};

struct exchange {
    struct timer timer;
    struct session *session;
    struct request *request;
};

struct fake_client_totals *fake_client_totals(void)
{
    static struct fake_client_totals totals;
    return &totals;
}

struct client_config client_config_defaults(void)
{
    return (struct client_config){.system_tags = TAG_DEFAULT};
}

struct client *client_new(struct loop *loop, struct recorder *recorder, struct tag_table *tags,
                          const struct client_config *config, struct error *err)
{
    struct client *client = NEW(struct client);
    client->loop = loop;
    return client;
}

void client_free(struct client **client)
{
    free(*client);
    *client = NULL;
}

const struct client_counts *client_counts(struct client *client)
{
    return &client->counts;
}

struct session *session_new(struct client *client)
{
    struct session *session = NEW(struct session);
    session->client = client;
    fake_client_totals()->sessions++;
    return session;
}

void session_free(struct session **session)
{
    free(*session);
    *session = NULL;
    fake_client_totals()->sessions--;
}

struct cookie_jar *session_jar(struct session *session)
{
    return NULL;
}

void session_clear_cookies(struct session *session)
{
    fake_client_totals()->cookie_resets++;
}

void session_close_idle(struct session *session)
{
    fake_client_totals()->idle_closes++;
}

void session_take_bytes(struct session *session, uint64_t *ret_sent, uint64_t *ret_received)
{
    *ret_sent = session->sent;
    *ret_received = session->received;
    session->sent = session->received = 0;
}

static void answer(struct timer *timer)
{
    struct exchange *exchange = CONTAINER_OF(timer, struct exchange, timer);
    struct request *request = exchange->request;
    exchange->session->received += 200;
    exchange->session->client->counts.reported++;
    request->response.error = "";
    fake_client_totals()->answered++;
    timer_done(&exchange->timer);
    free(exchange);
    request->exchange = NULL;
    request->on_done(request);
}

void request_start(struct session *session, struct request *request)
{
    struct exchange *exchange = NEW(struct exchange);
    request->exchange = exchange;
    exchange->session = session;
    exchange->request = request;
    timer_init(&exchange->timer, session->client->loop, "fake", answer);
    session->sent += 100;
    session->client->counts.attempts++;
    fake_client_totals()->requests++;
    if (!span_starts_with(request->url, SPAN("hang:")))
        timer_set(&exchange->timer, loop_now(session->client->loop) + NSEC_PER_MSEC);
}

void request_cancel(struct request *request)
{
    struct exchange *exchange = request->exchange;
    exchange->session->client->counts.cut++;
    fake_client_totals()->cancelled++;
    timer_done(&exchange->timer);
    free(exchange);
    request->exchange = NULL;
}

void request_close(struct request *request)
{
    request_cancel(request);
}
