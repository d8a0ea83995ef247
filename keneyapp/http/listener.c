/* SPDX-License-Identifier: Apache-2.0
 *
 * Address parsing, bind, listen; each way to fail is a sentence.
 */
#include "keneyapp/http/listener.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/span.h"

enum {
    BACKLOG = 4096, /* the kernel cuts it to net.core.somaxconn */
};

/* Host and port as C strings; 0 or -1. */
static int split(const char *address, char *host, size_t host_size, char *port, size_t port_size)
{
    const char *colon = strrchr(address, ':');
    uint64_t number;
    if (!colon || span_to_u64(span_cstr(colon + 1), 65535, &number) != 0)
        return -1;
    struct span name = span_of(address, (size_t)(colon - address));
    if (name.len >= 2 && name.ptr[0] == '[' && name.ptr[name.len - 1] == ']')
        name = span_of(name.ptr + 1, name.len - 2);
    if (name.len >= host_size)
        return -1;
    snprintf(host, host_size, "%.*s", SPAN_ARG(name));
    snprintf(port, port_size, "%u", (unsigned)number);
    return 0;
}

static int bind_first(const struct addrinfo *found)
{
    int yes = 1;
    int fd = socket(found->ai_family, found->ai_socktype | SOCK_CLOEXEC, found->ai_protocol);
    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
    if (bind(fd, found->ai_addr, found->ai_addrlen) == 0 && listen(fd, BACKLOG) == 0)
        return fd;
    int problem = errno;
    close(fd);
    errno = problem;
    return -1;
}

static void name_socket(struct listener *listener)
{
    struct sockaddr_storage bound;
    socklen_t len = sizeof(bound);
    char host[INET6_ADDRSTRLEN], port[8];
    if (getsockname(listener->fd, (struct sockaddr *)&bound, &len) != 0 ||
        getnameinfo((struct sockaddr *)&bound, len, host, sizeof(host), port, sizeof(port),
                    NI_NUMERICHOST | NI_NUMERICSERV) != 0)
        return;
    snprintf(listener->address, sizeof(listener->address),
             bound.ss_family == AF_INET6 ? "[%s]:%s" : "%s:%s", host, port);
}

static int bind_failed(const char *address, const char *flag, struct error *err)
{
    if (errno == EADDRINUSE)
        return error_set(err, EXIT_INVALID_CONFIG,
                         "%s is in use by another program: stop it, or choose another address with "
                         "%s ADDRESS:PORT (port 0 takes any free one)",
                         address, flag);
    if (errno == EACCES)
        return error_set(err, EXIT_INVALID_CONFIG,
                         "not permitted to listen on %s: choose a port from 1024 up with %s "
                         "ADDRESS:PORT",
                         address, flag);
    return error_set(err, EXIT_INVALID_CONFIG,
                     "cannot listen on %s: %s; choose another address with %s ADDRESS:PORT",
                     address, strerror(errno), flag);
}

int listener_open(const char *address, const char *flag, struct listener *ret_listener,
                  struct error *err)
{
    char host[256], port[8];
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE};
    struct addrinfo *found;
    struct listener listener = {.fd = -1};
    if (strcmp(address, "off") == 0) {
        *ret_listener = listener;
        return 0;
    }
    if (split(address, host, sizeof(host), port, sizeof(port)) != 0)
        return error_set(err, EXIT_USAGE,
                         "%s: \"%s\" is not ADDRESS:PORT; write for example %s 127.0.0.1:8000, "
                         "or off",
                         flag, address, flag);
    int rc = getaddrinfo(host[0] ? host : NULL, port, &hints, &found);
    if (rc != 0)
        return error_set(
            err, EXIT_INVALID_CONFIG,
            "%s: cannot find the address \"%s\": %s; give a name or address of this machine", flag,
            host, gai_strerror(rc));
    listener.fd = bind_first(found);
    freeaddrinfo(found);
    if (listener.fd < 0)
        return bind_failed(address, flag, err);
    name_socket(&listener);
    *ret_listener = listener;
    return 0;
}

void listener_done(struct listener *listener)
{
    if (listener->fd >= 0)
        close(listener->fd);
    listener->fd = -1;
}
