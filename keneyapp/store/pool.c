/* SPDX-License-Identifier: Apache-2.0
 *
 * A line of waiters and a stack of idle sessions. Everybody who asks joins the line, and one
 * function, serve(), gives what there is to its head: an idle session, or a place to open one in.
 * It is called after each change, so that nothing is idle while somebody waits. Databases are only
 * talked to without the mutex.
 */
#include "keneyapp/store/pool.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/cond.h"
#include "base/mem.h"
#include "keneyapp/telemetry/latency.h"
#include "keneyapp/telemetry/prometheus.h"

#define BACKOFF_FIRST_NS (100 * NSEC_PER_MSEC)
#define BACKOFF_MAX_NS   (2 * NSEC_PER_SEC)

static const struct latency_scale WAITS = {
    .count = 12,
    .edges = {{100 * NSEC_PER_USEC, "0.0001"},
              {500 * NSEC_PER_USEC, "0.0005"},
              {1 * NSEC_PER_MSEC, "0.001"},
              {5 * NSEC_PER_MSEC, "0.005"},
              {10 * NSEC_PER_MSEC, "0.01"},
              {50 * NSEC_PER_MSEC, "0.05"},
              {100 * NSEC_PER_MSEC, "0.1"},
              {500 * NSEC_PER_MSEC, "0.5"},
              {1 * NSEC_PER_SEC, "1"},
              {5 * NSEC_PER_SEC, "5"},
              {10 * NSEC_PER_SEC, "10"},
              {30 * NSEC_PER_SEC, "30"}},
};

enum verdict {
    VERDICT_NONE, /* go on waiting */
    VERDICT_SESSION,
    VERDICT_OPEN, /* there is a place: open one */
    VERDICT_BUSY,
    VERDICT_AWAY,
};

/* On the stack of who asks. */
struct waiter {
    struct list link;
    enum verdict verdict;
    struct session *session;
    nsec_t until_ns;
    bool sleeps; /* `wake` is made, and waited for */
    pthread_cond_t wake;
};

struct pool {
    struct store *store;
    struct pool_config config;
    pthread_mutex_t mutex; /* everything below, but the atomics */
    struct list idle;      /* the most recently used first: those have warm caches */
    struct list waiters;
    unsigned idle_count, in_use, opening, waiting;
    unsigned failures; /* to open, since the last success */
    nsec_t away_until_ns, backoff_ns;
    uint64_t timeouts, opened, closed;
    struct latency waits;
};

void pool_config_defaults(struct pool_config *config)
{
    *config = (struct pool_config){
        .size = 20,
        .overflow = 40,
        .timeout_ns = 30 * NSEC_PER_SEC,
        .recycle_ns = 3600 * NSEC_PER_SEC,
        .pre_ping = true,
        .clock = clock_monotonic(),
    };
}

static int check_limit(const struct store *store, const struct pool_config *config,
                       struct error *err)
{
    unsigned accepted = store_max_sessions(store);
    if (config->without || !accepted ||
        (uint64_t)config->size + config->overflow + config->beside <= accepted)
        return 0;
    return error_set(err, EXIT_INVALID_CONFIG,
                     "--pool-size %u and --max-overflow %u, with %u more connections beside the "
                     "pool, are more than the %u that the database server accepts "
                     "(max_connections, less what it keeps for itself): lower --pool-size or "
                     "--max-overflow, or raise max_connections",
                     config->size, config->overflow, config->beside, accepted);
}

struct pool *pool_new(struct store *store, const struct pool_config *config, struct error *err)
{
    if (check_limit(store, config, err) != 0)
        return NULL;
    struct pool *pool = NEW(struct pool);
    pool->store = store;
    pool->config = *config;
    pthread_mutex_init(&pool->mutex, NULL);
    list_init(&pool->idle);
    list_init(&pool->waiters);
    return pool;
}

static struct session *session_at(struct list *link)
{
    return CONTAINER_OF(link, struct session, link);
}

void pool_free(struct pool **pool)
{
    struct pool *p = TAKE(*pool);
    struct list *link;
    if (!p)
        return;
    assert(p->in_use == 0 && p->opening == 0 && p->waiting == 0);
    while ((link = list_pop_front(&p->idle))) {
        struct session *session = session_at(link);
        session_free(&session);
    }
    pthread_mutex_destroy(&p->mutex);
    free(p);
}

/* With the mutex, like the next six. While the database seems to be away, one at a time tries. */
static bool may_open(const struct pool *pool, nsec_t now_ns)
{
    unsigned open = pool->idle_count + pool->in_use + pool->opening;
    return open < pool->config.size + pool->config.overflow &&
           (!pool->failures || now_ns >= pool->away_until_ns);
}

static enum verdict judge(const struct pool *pool, const struct waiter *waiter, nsec_t now_ns)
{
    if (pool->idle_count)
        return VERDICT_SESSION;
    if (may_open(pool, now_ns))
        return VERDICT_OPEN;
    if (pool->failures && !pool->in_use)
        return VERDICT_AWAY;
    return waiter->until_ns <= now_ns ? VERDICT_BUSY : VERDICT_NONE;
}

static struct session *pop_idle(struct pool *pool)
{
    pool->idle_count--;
    return session_at(list_pop_front(&pool->idle));
}

static void settle(struct pool *pool, struct waiter *waiter, enum verdict verdict, nsec_t now_ns)
{
    list_remove(&waiter->link);
    pool->waiting--;
    waiter->verdict = verdict;
    if (verdict == VERDICT_SESSION) {
        waiter->session = pop_idle(pool);
        pool->in_use++;
    } else if (verdict == VERDICT_OPEN) {
        pool->opening++;
        pool->away_until_ns = now_ns + pool->backoff_ns;
    } else if (verdict == VERDICT_BUSY) {
        pool->timeouts++;
    }
    if (waiter->sleeps)
        pthread_cond_signal(&waiter->wake);
}

/* All wait equally long, so the head of the line is also the first whose time is over. */
static void serve(struct pool *pool, nsec_t now_ns)
{
    struct list *link;
    while ((link = list_first(&pool->waiters))) {
        struct waiter *waiter = CONTAINER_OF(link, struct waiter, link);
        enum verdict verdict = judge(pool, waiter, now_ns);
        if (verdict == VERDICT_NONE)
            return;
        settle(pool, waiter, verdict, now_ns);
    }
}

static nsec_t real_time_of(const struct pool *pool, nsec_t at_ns)
{
    return clock_now(clock_monotonic()) + at_ns - clock_now(pool->config.clock);
}

static void sleep_in_line(struct pool *pool, struct waiter *waiter)
{
    nsec_t until_ns = real_time_of(pool, waiter->until_ns);
    cond_init_monotonic(&waiter->wake);
    waiter->sleeps = true;
    while (waiter->verdict == VERDICT_NONE)
        if (cond_wait_until(&waiter->wake, &pool->mutex, until_ns) != 0 &&
            waiter->verdict == VERDICT_NONE)
            settle(pool, waiter, VERDICT_BUSY, waiter->until_ns);
    pthread_cond_destroy(&waiter->wake);
}

static void line_up(struct pool *pool, struct waiter *waiter, nsec_t now_ns)
{
    pthread_mutex_lock(&pool->mutex);
    list_push_back(&pool->waiters, &waiter->link);
    pool->waiting++;
    serve(pool, now_ns);
    if (waiter->verdict == VERDICT_NONE)
        sleep_in_line(pool, waiter);
    pthread_mutex_unlock(&pool->mutex);
}

/* With the mutex: what the end of an attempt to open says about the database. True when that is
 * news: it was there and is away, or the other way round. */
static bool note_attempt(struct pool *pool, bool good, nsec_t now_ns)
{
    bool was_away = pool->failures;
    pool->opened += good;
    pool->failures = good ? 0 : pool->failures + 1;
    if (good)
        pool->backoff_ns = 0;
    else if (!was_away)
        pool->backoff_ns = BACKOFF_FIRST_NS;
    else
        pool->backoff_ns = MIN_OF(2 * pool->backoff_ns, BACKOFF_MAX_NS);
    pool->away_until_ns = now_ns + pool->backoff_ns;
    return good == was_away;
}

/* In a place that is counted as `opening`; NULL when the database cannot be reached. */
static struct session *open_session(struct pool *pool)
{
    struct error problem = {0};
    struct session *session = session_new(pool->store, &problem);
    nsec_t now_ns = clock_now(pool->config.clock);
    if (session)
        session->opened_ns = now_ns;
    pthread_mutex_lock(&pool->mutex);
    pool->opening--;
    pool->in_use += session != NULL;
    bool news = note_attempt(pool, session != NULL, now_ns);
    serve(pool, now_ns);
    pthread_mutex_unlock(&pool->mutex);
    if (news && pool->config.on_away)
        pool->config.on_away(pool->config.context, session ? NULL : problem.message);
    return session;
}

static bool is_good(const struct pool *pool, struct session *session)
{
    const struct pool_config *config = &pool->config;
    nsec_t now_ns = clock_now(config->clock);
    if (config->recycle_ns && now_ns - session->opened_ns >= config->recycle_ns)
        return false;
    return !config->pre_ping || session_ping(session, now_ns - session->given_ns) == STORE_OK;
}

/* The place of a session that is of no more use becomes one to open another in. */
static struct session *replace(struct pool *pool, struct session *session)
{
    session_free(&session);
    pthread_mutex_lock(&pool->mutex);
    pool->in_use--;
    pool->opening++;
    pool->closed++;
    pthread_mutex_unlock(&pool->mutex);
    return open_session(pool);
}

static struct session *take_from_line(struct pool *pool, nsec_t now_ns, enum store_result *ret_why)
{
    struct waiter waiter = {.until_ns = now_ns + pool->config.timeout_ns};
    struct session *session = NULL;
    line_up(pool, &waiter, now_ns);
    *ret_why = waiter.verdict == VERDICT_BUSY ? STORE_BUSY : STORE_UNAVAILABLE;
    if (waiter.verdict == VERDICT_OPEN)
        session = open_session(pool);
    else if (waiter.verdict == VERDICT_SESSION)
        session = is_good(pool, waiter.session) ? waiter.session : replace(pool, waiter.session);
    return session;
}

/* The clinic without a pool. */
static struct session *take_new(struct pool *pool, enum store_result *ret_why)
{
    *ret_why = STORE_UNAVAILABLE;
    pthread_mutex_lock(&pool->mutex);
    pool->opening++;
    pthread_mutex_unlock(&pool->mutex);
    return open_session(pool);
}

struct session *pool_take(struct pool *pool, enum store_result *ret_why)
{
    nsec_t asked_ns = clock_now(pool->config.clock);
    struct session *session =
        pool->config.without ? take_new(pool, ret_why) : take_from_line(pool, asked_ns, ret_why);
    latency_record(&pool->waits, &WAITS, clock_now(pool->config.clock) - asked_ns);
    return session;
}

/* With the mutex: the session that has to be closed now, if any. */
static struct session *put_back(struct pool *pool, struct session *session)
{
    unsigned open = pool->idle_count + pool->in_use + pool->opening;
    if (session->broken || pool->config.without)
        return session;
    list_push_front(&pool->idle, &session->link);
    pool->idle_count++;
    serve(pool, session->given_ns);
    if (!pool->idle_count || open < pool->config.size)
        return NULL;
    return pop_idle(pool);
}

void pool_give(struct pool *pool, struct session **session)
{
    struct session *s = TAKE(*session);
    if (!s)
        return;
    session_rollback(s);
    s->given_ns = clock_now(pool->config.clock);
    pthread_mutex_lock(&pool->mutex);
    pool->in_use--;
    struct session *surplus = put_back(pool, s);
    pool->closed += surplus != NULL;
    if (surplus)
        serve(pool, s->given_ns); /* its place is free */
    pthread_mutex_unlock(&pool->mutex);
    session_free(&surplus);
}

void pool_figures(struct pool *pool, struct pool_figures *ret_figures)
{
    pthread_mutex_lock(&pool->mutex);
    unsigned open = pool->idle_count + pool->in_use + pool->opening;
    unsigned size = pool->config.without ? 0 : pool->config.size;
    *ret_figures = (struct pool_figures){
        .open = open,
        .in_use = pool->in_use,
        .waiting = pool->waiting,
        .overflow = open > size ? open - size : 0,
        .timeouts = pool->timeouts,
        .opened = pool->opened,
        .closed = pool->closed,
    };
    pthread_mutex_unlock(&pool->mutex);
}

static void render_waits(const struct pool *pool, struct strbuf *out)
{
    static const char NAME[] = "db_pool_wait_seconds";
    struct latency_figures figures;
    latency_read(&pool->waits, &figures);
    prometheus_family(out, NAME, "histogram",
                      "Seconds from asking for a connection to having one.");
    latency_render(out, NAME, "", &WAITS, &figures);
}

void pool_render(struct pool *pool, struct strbuf *out)
{
    struct pool_figures now;
    pool_figures(pool, &now);

    const struct {
        const char *name, *type, *help;
        double value;
    } rows[] = {
        {"db_pool_size", "gauge", "Connections that stay open (--pool-size).", pool->config.size},
        {"db_pool_max", "gauge", "Connections that may be open (with --max-overflow).",
         (double)pool->config.size + pool->config.overflow},
        {"db_pool_open", "gauge", "Connections that are open.", now.open},
        {"db_pool_in_use", "gauge", "Connections that a request or a job has.", now.in_use},
        {"db_pool_overflow", "gauge", "Open connections beyond the size.", now.overflow},
        {"db_pool_waiting", "gauge", "Requests that wait for a connection.", now.waiting},
        {"db_pool_timeouts_total", "counter", "Waits that ended without a connection.",
         (double)now.timeouts},
        {"db_pool_opened_total", "counter", "Connections opened.", (double)now.opened},
        {"db_pool_closed_total", "counter", "Connections closed.", (double)now.closed},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++)
        prometheus_single(out, rows[i].name, rows[i].type, rows[i].help, rows[i].value);
    render_waits(pool, out);
}
