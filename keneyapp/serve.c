/* SPDX-License-Identifier: Apache-2.0
 *
 * The clinic's life: folder, database, threads, sockets, wait, and all of it backwards. Requests
 * that were accepted are finished before anything they use goes away: listeners close, the handlers
 * finish, then the hashing threads, then the answers that wait for the audit log, then the server,
 * the audit writer, last the connection pool.
 */
#include "keneyapp/serve.h"

#include <sched.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "keneyapp/app.h"
#include "keneyapp/auth/lockout.h"
#include "keneyapp/auth/login_gate.h"
#include "keneyapp/auth/password.h"
#include "keneyapp/auth/users_cache.h"
#include "keneyapp/cache/cache.h"
#include "keneyapp/data/seed.h"
#include "keneyapp/database.h"
#include "keneyapp/home.h"
#include "keneyapp/http/assets.h"
#include "keneyapp/http/cors.h"
#include "keneyapp/http/handlers.h"
#include "keneyapp/http/rate_limits.h"
#include "keneyapp/http/server.h"
#include "keneyapp/jobs/job_runner.h"
#include "keneyapp/jobs/patient_report.h"
#include "keneyapp/jobs/refresher.h"
#include "keneyapp/routes/routes.h"
#include "keneyapp/store/pool.h"
#include "keneyapp/telemetry/audit.h"
#include "keneyapp/telemetry/log_queue.h"
#include "keneyapp/telemetry/metrics.h"
#include "keneyapp/telemetry/timing.h"
#include "keneyapp/telemetry/web_vitals.h"

enum {
    HANDLERS_PER_CORE = 2,
    HANDLERS_PER_CORE_WAITING = 8, /* for a database on the other end of a socket */
    CONNECTIONS_MAX = 16384,       /* per listener */
    OTHER_FILES = 256,             /* descriptors that are not connections */
    ENDPOINTS_MAX = 128,
    LOG_QUEUE_BYTES = 1024 * 1024,
};

struct clinic {
    const struct config *config;
    struct log log;
    struct log_queue *log_queue;
    struct home home;
    struct cors cors;
    int lock; /* home_lock()'s; -1 before */
    struct app app;
    struct database database;
    struct server *server;
    struct listener plain, tls;
    const char *endpoints[ENDPOINTS_MAX];
    char unused_hash[PASSWORD_HASH_BYTES];
    unsigned connections_max;
};

/* Those that this process may use. */
static unsigned core_count(void)
{
    cpu_set_t cores;
    if (sched_getaffinity(0, sizeof(cores), &cores) != 0)
        return 1;
    return (unsigned)MAX_OF(CPU_COUNT(&cores), 1);
}

static unsigned listener_count(const struct config *config)
{
    return (strcmp(config->listen, "off") != 0) + (strcmp(config->tls_listen, "off") != 0);
}

/* As many connections per listener as there may be open files, the hard limit of the system
 * allowing. */
static unsigned raise_file_limit(unsigned listeners)
{
    struct rlimit limit;
    const rlim_t wanted = (rlim_t)listeners * CONNECTIONS_MAX + OTHER_FILES;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return 512;
    if (limit.rlim_cur < wanted) {
        limit.rlim_cur = MIN_OF(wanted, limit.rlim_max);
        setrlimit(RLIMIT_NOFILE, &limit);
        getrlimit(RLIMIT_NOFILE, &limit);
    }
    rlim_t each =
        limit.rlim_cur > 2 * OTHER_FILES ? (limit.rlim_cur - OTHER_FILES) / listeners : 128;
    return (unsigned)MIN_OF(each, (rlim_t)CONNECTIONS_MAX);
}

/* Queries before the first request are nobody's. */
static void observe_query(void *context, enum query_class class, nsec_t duration_ns)
{
    const struct clinic *clinic = context;
    if (clinic->app.metrics)
        metrics_observe_query(clinic->app.metrics, class, duration_ns);
    timing_add_query(duration_ns);
}

static int fill_demo(struct clinic *clinic, struct error *err)
{
    AUTO(session_free) struct session *session = session_new(clinic->database.store, err);
    struct seed_size size;
    bool seeded;
    seed_size_defaults(&size);
    return session ? seed_fill(session, &size, clock_wall(), &seeded, err) : -1;
}

static int check_demo(struct clinic *clinic, struct error *err)
{
    AUTO(session_free) struct session *session = session_new(clinic->database.store, err);
    return session ? seed_check(session, err) : -1;
}

static void say_away(void *context, const char *problem)
{
    struct log *log = context;
    if (problem)
        log_printf(log, LOG_ERROR, "the database is away: %s", problem);
    else
        log_printf(log, LOG_WARNING, "the database is back");
}

static struct pool *make_pool(struct clinic *clinic, struct error *err)
{
    struct pool_config config;
    pool_config_defaults(&config);
    config.size = clinic->config->pool_size;
    config.overflow = clinic->config->max_overflow;
    config.timeout_ns = clinic->config->pool_timeout_ns;
    config.recycle_ns = clinic->config->pool_recycle_ns;
    config.pre_ping = clinic->config->pre_ping;
    config.without = clinic->config->without & WITHOUT_POOL;
    config.beside = 1; /* the audit log's writer */
    config.on_away = say_away;
    config.context = &clinic->log;
    return pool_new(clinic->database.store, &config, err);
}

/* From here on the folder's files stay: what is refused for good was refused before. */
static int keep_data(struct clinic *clinic, struct error *err)
{
    clinic->app.pool = make_pool(clinic, err);
    if (!clinic->app.pool || home_keep(&clinic->home, err) != 0)
        return -1;
    return clinic->config->demo ? fill_demo(clinic, err) : 0;
}

static int open_data(struct clinic *clinic, struct error *err)
{
    if (home_open(&clinic->home, clinic->config->data_dir, clock_wall(), err) != 0)
        return -1;
    clinic->lock = home_lock(&clinic->home, err);
    struct database_observer observer = {.observe = observe_query, .context = clinic};
    int rc = clinic->lock < 0
                 ? -1
                 : database_open(&clinic->database, clinic->config, &clinic->home, &observer, err);
    if (clinic->home.warning) /* of both keys: the database's is read last */
        log_printf(&clinic->log, LOG_WARNING, "%s", clinic->home.warning);
    if (rc != 0 || database_prepare(&clinic->database, err) != 0)
        return -1;
    if (clinic->config->demo && check_demo(clinic, err) != 0)
        return -1;
    return keep_data(clinic, err);
}

static void say_notes(struct clinic *clinic)
{
    AUTO(strbuf_done) struct strbuf note = STRBUF_INIT(256);
    config_note(clinic->config, &note);
    if (note.len)
        log_line(&clinic->log, LOG_WARNING, NULL, strbuf_span(&note));
}

static void say_redis(void *context, bool up, const char *sentence)
{
    struct log *log = context;
    log_printf(log, up ? LOG_INFO : LOG_WARNING, "%s", sentence);
}

/* A hash of something nobody knows. */
static void make_unused_hash(struct clinic *clinic)
{
    char secret[32];
    randombytes_buf(secret, sizeof(secret));
    password_hash(span_of(secret, sizeof(secret)), clinic->unused_hash);
}

static struct handlers *make_handlers(const struct clinic *clinic, struct error *err)
{
    const unsigned per_core =
        config_uses_sqlite(clinic->config) ? HANDLERS_PER_CORE : HANDLERS_PER_CORE_WAITING;
    struct handlers_config config = {
        .threads = clinic->config->handlers ? clinic->config->handlers : per_core * core_count(),
        .queue_max = clinic->config->queue,
        .wait_max_ns = MAX_OF(clinic->config->pool_timeout_ns, NSEC_PER_SEC),
        .clock = clock_monotonic(),
    };
    return handlers_new(&config, err);
}

static struct audit_writer *make_audit(struct clinic *clinic, struct error *err)
{
    struct audit_config config;
    audit_config_defaults(&config);
    config.store = clinic->database.store;
    config.log = &clinic->log;
    config.strict = clinic->config->audit == AUDIT_STRICT;
    return audit_writer_new(&config, err);
}

static struct cache *make_cache(struct clinic *clinic, size_t route_count, struct error *err)
{
    struct cache_config config;
    cache_config_defaults(&config);
    config.bytes_max = clinic->config->cache_bytes;
    config.without = clinic->config->without & WITHOUT_CACHE;
    config.redis_url = clinic->config->redis;
    config.vault = clinic->database.vault;
    config.on_redis = say_redis;
    config.context = &clinic->log;
    config.routes = clinic->endpoints;
    config.route_count = route_count;
    return cache_new(&config, err);
}

/* What works beside requests. */
static int make_workers(struct clinic *clinic, struct error *err)
{
    static const struct job_kind KINDS[] = {{PATIENT_REPORT_KIND, patient_report_work}};
    const struct config *config = clinic->config;
    struct job_runner_config jobs;
    struct refresher_config refresher = {
        .pool = clinic->app.pool,
        .log = &clinic->log,
        .clock = clock_monotonic(),
        .wall = clock_wall,
        .interval_ns = config->stats_interval_ns,
    };
    job_runner_config_defaults(&jobs);
    jobs.pool = clinic->app.pool;
    jobs.log = &clinic->log;
    jobs.kinds = KINDS;
    jobs.kind_count = COUNT_OF(KINDS);
    if (config->without & WITHOUT_BACKGROUND)
        jobs.threads = 0;
    clinic->app.jobs = job_runner_new(&jobs, err);
    if (!clinic->app.jobs || config->without & (WITHOUT_BACKGROUND | WITHOUT_MATVIEW))
        return clinic->app.jobs ? 0 : -1;
    clinic->app.refresher = refresher_new(&refresher, err);
    return clinic->app.refresher ? 0 : -1;
}

static int make_parts(struct clinic *clinic, const struct route *routes, size_t route_count,
                      struct error *err)
{
    const struct config *config = clinic->config;
    size_t endpoints = server_endpoints(routes, route_count, clinic->endpoints);
    struct login_gate_config gate = {
        .threads = core_count(),
        .remember_ns = config->remember_ns,
        .verify = password_verify,
        .clock = clock_monotonic(),
    };
    struct rate_limits_config limits = {.mode = (enum rate_limits_mode)config->rate_limits,
                                        .clock = clock_monotonic()};
    make_unused_hash(clinic);
    clinic->app = (struct app){
        .store = clinic->database.store,
        .audit = make_audit(clinic, err),
        .gate = login_gate_new(&gate, err),
        .lockouts = lockouts_new(config->lockout_ns, clock_monotonic()),
        .users = users_cache_new(clock_monotonic()),
        .metrics = metrics_new(clinic->endpoints, endpoints, http_method_names(), HTTP_METHODS),
        .vitals = web_vitals_new(PAGE_NAMES),
        .clock = clock_monotonic(),
        .wall = clock_wall,
        .log = &clinic->log,
        .cors = &clinic->cors,
        .token_keys = &clinic->home.token_keys,
        .token_ns = config->token_ns,
        .unused_hash = clinic->unused_hash,
        .without_compression = config->without & WITHOUT_GZIP,
        .without_background = config->without & WITHOUT_BACKGROUND,
        .without_eager = config->without & WITHOUT_EAGER,
        .without_pagination = config->without & WITHOUT_PAGINATION,
        .pool = clinic->app.pool,
        .cache = make_cache(clinic, route_count, err),
        .limits = rate_limits_new(&limits),
    };
    if (!clinic->app.cache || !clinic->app.audit || !clinic->app.gate)
        return -1;
    if (make_workers(clinic, err) != 0)
        return -1;
    clinic->app.handlers = make_handlers(clinic, err);
    return clinic->app.handlers ? 0 : -1;
}

static int start_server(struct clinic *clinic, struct error *err)
{
    size_t route_count;
    clinic->log_queue = log_queue_new(&clinic->log, LOG_QUEUE_BYTES, err);
    if (!clinic->log_queue)
        return -1;
    const struct route *routes = routes_table(&route_count);
    if (make_parts(clinic, routes, route_count, err) != 0)
        return -1;
    struct server_config config = {
        .app = &clinic->app,
        .routes = routes,
        .route_count = route_count,
        .endpoints = clinic->endpoints,
        .handlers = clinic->app.handlers,
        .threads = core_count(),
        .connections_max = clinic->connections_max,
        .connections_per_address = clinic->config->connections_per_address,
        .request_max_ns = clinic->config->request_timeout_ns,
        .certificate_pem = strbuf_cstr(&clinic->home.certificates.server),
        .key_pem = strbuf_cstr(&clinic->home.certificates.server_key),
    };
    clinic->server = server_new(&config, &clinic->plain, &clinic->tls, err);
    return clinic->server ? 0 : -1;
}

static bool has_no_users(const struct clinic *clinic)
{
    struct error err = {0};
    int64_t count;
    AUTO(session_free) struct session *session = session_new(clinic->database.store, &err);
    return session && session_count(session, ENTITY_USERS, &count) == STORE_OK && count == 0;
}

static void say_ready(const struct clinic *clinic)
{
    AUTO(strbuf_done) struct strbuf line = STRBUF_INIT(16384);
    strbuf_adds(&line, "KeneyApp is ready:");
    if (clinic->plain.address[0])
        strbuf_addf(&line, " http://%s", clinic->plain.address);
    if (clinic->tls.address[0])
        strbuf_addf(&line, " https://%s", clinic->tls.address);
    strbuf_addf(&line, "; files in %s", clinic->home.dir);
    if (clinic->tls.address[0])
        strbuf_adds(&line, " (trust ca.pem for https)");
    if (clinic->config->demo)
        strbuf_adds(&line, "; sign in as " SEED_USERNAME " / " SEED_PASSWORD);
    else if (has_no_users(clinic))
        strbuf_adds(
            &line,
            "; no users yet in its first clinic: keneyapp user add NAME --role admin makes one");
    printf("%s\n", strbuf_cstr(&line));
    fflush(stdout);
}

static void stop(struct clinic *clinic)
{
    if (clinic->server)
        server_quiesce(clinic->server);
    if (clinic->app.handlers)
        handlers_close(clinic->app.handlers);
    if (clinic->app.gate)
        login_gate_close(clinic->app.gate);
    if (clinic->app.audit)
        audit_writer_settle(clinic->app.audit);
    if (clinic->server)
        server_drain(clinic->server);
    server_free(&clinic->server);
    handlers_free(&clinic->app.handlers);
    job_runner_free(&clinic->app.jobs);
    refresher_free(&clinic->app.refresher);
    login_gate_free(&clinic->app.gate);
    lockouts_free(&clinic->app.lockouts);
    users_cache_free(&clinic->app.users);
    audit_writer_free(&clinic->app.audit);
    pool_free(&clinic->app.pool);
    cache_free(&clinic->app.cache);
    rate_limits_free(&clinic->app.limits);
    metrics_free(&clinic->app.metrics);
    web_vitals_free(&clinic->app.vitals);
    listener_done(&clinic->plain);
    listener_done(&clinic->tls);
    database_close(&clinic->database);
    home_done(&clinic->home);
    log_queue_free(&clinic->log_queue);
    if (clinic->lock >= 0)
        close(clinic->lock); /* last: from here on another may serve the folder */
}

static void init_log(struct log *log, const struct config *config)
{
    log_init(log, STDERR_FILENO);
    log->level = (enum log_level)config->log_level;
    if (config->log_style == LOG_STYLE_JSON ||
        (config->log_style == LOG_STYLE_AUTO && !log->terminal))
        log->format = LOG_FORMAT_JSON;
}

int serve_run(const struct config *config, struct error *err)
{
    struct clinic clinic = {.config = config, .lock = -1, .plain.fd = -1, .tls.fd = -1};
    sigset_t signals;
    int signal_number;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, HOME_NEWS_SIGNAL);
    pthread_sigmask(SIG_BLOCK, &signals, NULL); /* threads inherit it: only sigwait sees them */
    signal(SIGPIPE, SIG_IGN);
    init_log(&clinic.log, config);
    say_notes(&clinic);
    clinic.connections_max = raise_file_limit(MAX_OF(listener_count(config), 1));
    /* Sockets first: a busy port is told before seconds of synthetic data. */
    int rc = cors_read(&clinic.cors, config->cors_origins, err);
    if (rc == 0)
        rc = listener_open(config->listen, "--listen", &clinic.plain, err);
    if (rc == 0)
        rc = listener_open(config->tls_listen, "--tls-listen", &clinic.tls, err);
    if (rc == 0)
        rc = open_data(&clinic, err);
    if (rc == 0)
        rc = start_server(&clinic, err);
    if (rc == 0) {
        say_ready(&clinic);
        while (sigwait(&signals, &signal_number) == 0 && signal_number == HOME_NEWS_SIGNAL)
            cache_forget(clinic.app.cache);
    }
    stop(&clinic);
    return rc;
}
