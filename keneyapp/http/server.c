/* SPDX-License-Identifier: Apache-2.0
 *
 * libmicrohttpd's daemons and their connections; what comes on them is server_request.c's.
 */
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "keneyapp/http/deadlines.h"
#include "keneyapp/http/server_private.h"
#include "keneyapp/telemetry/metrics.h"

enum {
    SILENCE_MIN_S = 75,
    CONNECTION_MEMORY_BYTES = 16 * 1024, /* bounds the head of a request */
    LAST_ANSWERS_MS = 10 * 1000,         /* for all peers to take theirs at the end */
};

static void open_connection(const struct server *server, struct MHD_Connection *connection,
                            void **slot)
{
    struct deadline *deadline = NEW(struct deadline);
    deadline_set(server->deadlines, deadline, server->config.request_max_ns);
    deadlines_add(
        server->deadlines, deadline,
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd);
    *slot = deadline;
    metrics_connection_opens(server->config.app->metrics);
}

static void close_connection(const struct server *server, void **slot)
{
    AUTO(mem_free) struct deadline *deadline = TAKE(*slot);
    deadlines_remove(server->deadlines, deadline);
    metrics_connection_closes(server->config.app->metrics);
}

static void on_connection(void *context, struct MHD_Connection *connection, void **slot,
                          enum MHD_ConnectionNotificationCode what)
{
    const struct server *server = context;
    if (what == MHD_CONNECTION_NOTIFY_STARTED)
        open_connection(server, connection, slot);
    else
        close_connection(server, slot);
}

/* libmicrohttpd reports peers that vanish; that is no news. */
static void ignore_log(void *context, const char *format, va_list args)
{
}

/* libmicrohttpd takes option texts as void *, and only reads them. */
static void *unconst(const char *text)
{
    union {
        const char *given;
        void *taken;
    } both = {.given = text};

    return both.taken;
}

/* libmicrohttpd's own bound, in seconds: of silence, and never the one that ends a request first.
 */
static unsigned silence_max_s(const struct server_config *config)
{
    return (unsigned)MAX_OF(config->request_max_ns / NSEC_PER_SEC + 2, (nsec_t)SILENCE_MIN_S);
}

static struct MHD_Daemon *start(struct server *server, struct listener *listener, bool tls)
{
    const struct server_config *config = &server->config;
    struct MHD_OptionItem options[8];
    size_t n = 0;
    if (config->threads > 1) /* libmicrohttpd warns about a pool of one */
        options[n++] = (struct MHD_OptionItem){MHD_OPTION_THREAD_POOL_SIZE, config->threads, NULL};
    if (tls) {
        void *certificate = unconst(config->certificate_pem);
        void *key = unconst(config->key_pem);
        void *ciphers = unconst("NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2");
        options[n++] = (struct MHD_OptionItem){MHD_OPTION_HTTPS_MEM_CERT, 0, certificate};
        options[n++] = (struct MHD_OptionItem){MHD_OPTION_HTTPS_MEM_KEY, 0, key};
        options[n++] = (struct MHD_OptionItem){MHD_OPTION_HTTPS_PRIORITIES, 0, ciphers};
    }
    options[n] = (struct MHD_OptionItem){MHD_OPTION_END, 0, NULL};
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG |
                     (tls ? MHD_USE_TLS : 0);
    return MHD_start_daemon(
        flags, 0, NULL, NULL, server_on_request, server, MHD_OPTION_EXTERNAL_LOGGER, ignore_log,
        NULL, MHD_OPTION_LISTEN_SOCKET, listener->fd, MHD_OPTION_URI_LOG_CALLBACK, server_on_target,
        server, MHD_OPTION_NOTIFY_COMPLETED, server_on_completed, server,
        MHD_OPTION_NOTIFY_CONNECTION, on_connection, server, MHD_OPTION_CONNECTION_TIMEOUT,
        silence_max_s(config), MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY_BYTES,
        MHD_OPTION_CONNECTION_LIMIT, config->connections_max, MHD_OPTION_PER_IP_CONNECTION_LIMIT,
        config->connections_per_address, MHD_OPTION_ARRAY, options, MHD_OPTION_END);
}

/* Starts one listener when it has a socket; the socket is the daemon's afterwards. */
static int start_one(struct server *server, struct listener *listener, bool tls,
                     struct MHD_Daemon **ret_daemon, struct error *err)
{
    if (listener->fd < 0)
        return 0;
    *ret_daemon = start(server, listener, tls);
    if (!*ret_daemon)
        return error_set(err, EXIT_INVALID_CONFIG,
                         "cannot serve on %s%s: the server library refused; %s", listener->address,
                         tls ? " (TLS)" : "",
                         tls ? "check the .pem files in the data folder, or remove them to have "
                               "new ones made"
                             : "check the limits on threads and open files (ulimit -a)");
    listener->fd = -1;
    return 0;
}

struct server *server_new(const struct server_config *config, struct listener *plain,
                          struct listener *tls, struct error *err)
{
    struct server *server = NEW(struct server);
    server->config = *config;
    server->quiesced[0] = server->quiesced[1] = -1;
    server->deadlines = deadlines_new(config->app->metrics, err);
    if (!server->deadlines || start_one(server, plain, false, &server->plain, err) != 0 ||
        start_one(server, tls, true, &server->tls, err) != 0)
        server_free(&server);
    return server;
}

/* Who connects from now on is refused, and may try another server, instead of waiting for the end
 * of this one. Closing is too early: libmicrohttpd's threads may still look at the socket. */
static int quiesce(struct MHD_Daemon *daemon)
{
    int fd = daemon ? MHD_quiesce_daemon(daemon) : -1;
    if (fd >= 0)
        shutdown(fd, SHUT_RDWR);
    return fd;
}

void server_quiesce(struct server *server)
{
    atomic_store(&server->closing, true);
    server->quiesced[0] = quiesce(server->plain);
    server->quiesced[1] = quiesce(server->tls);
}

void server_drain(struct server *server)
{
    for (int ms = 0; ms < LAST_ANSWERS_MS && atomic_load(&server->accepted); ms++)
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
}

void server_free(struct server **server)
{
    struct server *s = TAKE(*server);
    if (!s)
        return;
    if (s->plain)
        MHD_stop_daemon(s->plain);
    if (s->tls)
        MHD_stop_daemon(s->tls);
    for (size_t i = 0; i < COUNT_OF(s->quiesced); i++)
        if (s->quiesced[i] >= 0)
            close(s->quiesced[i]);
    deadlines_free(&s->deadlines);
    free(s);
}

size_t server_endpoints(const struct route *routes, size_t count, const char **ret_names)
{
    for (size_t i = 0; i < count; i++)
        ret_names[i] = routes[i].pattern;
    ret_names[count] = "(no route)";
    ret_names[count + 1] = "(pages)";
    return count + 2;
}
