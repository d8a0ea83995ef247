/* SPDX-License-Identifier: Apache-2.0
 *
 * What wrk does before its load.
 */
#include "cli/as/wrk/probe.h"

#include <ctype.h>
#include <errno.h>
#include <netdb.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/error.h"
#include "base/mem.h"
#include "cli/as/wrk/wrk_options.h"
#include "net/hosts.h"

enum {
    CONNECT_SECONDS = 30, /* as long as a connection of the load may take */
};

/* 0 or an errno value. */
static int try(const struct address *address)
{
    const struct timeval limit = {.tv_sec = CONNECT_SECONDS};
    int fd = socket(address->any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return errno;
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
    int failed = connect(fd, &address->any, address_len(address)) < 0 ? errno : 0;
    close(fd);
    return failed == EINPROGRESS ? ETIMEDOUT : failed; /* what SO_SNDTIMEO makes of it */
}

static int cannot_connect(const struct wrk_url *url, int failed, struct error *err)
{
    return error_set(err, WRK_EXIT_FAILED, "unable to connect to %.*s:%.*s %s", SPAN_ARG(url->host),
                     SPAN_ARG(wrk_url_service(url)), strerror(failed));
}

static int try_all(const struct wrk_url *url, const struct addrinfo *found,
                   struct address *ret_address, struct error *err)
{
    int failed = 0, good = 0;
    for (const struct addrinfo *at = found; at; at = at->ai_next) {
        struct address address;
        const struct sockaddr_in *either = (const void *)at->ai_addr; /* ports stand at one place */
        if (!address_from_sockaddr(at->ai_addr, ntohs(either->sin_port), &address))
            continue;
        int result = try(&address);
        if (result)
            failed = result;
        else if (good++ == 0)
            *ret_address = address;
    }
    return good ? 0 : cannot_connect(url, failed, err);
}

/* 1: the user's hosts name it; 0: they do not, or it is an address, which has no other. -1 and
 * `err` for what cannot be understood. */
static int find_host(const struct wrk_url *url, const struct map *texts,
                     struct address *ret_address, struct error *err)
{
    uint64_t port = url->is_tls ? 443 : 80;
    AUTO(hosts_free) struct hosts *hosts = hosts_new(texts, err);
    if (!hosts)
        return -1;
    if (address_parse(url->host, 0, ret_address) == 0 ||
        (url->port.ptr && span_to_u64(url->port, UINT16_MAX, &port) < 0))
        return 0;
    AUTO(mem_free) char *name = mem_dup(url->host.ptr, url->host.len);
    for (char *c = name; *c; c++)
        *c = (char)tolower((unsigned char)*c);
    return hosts_find(hosts, span_cstr(name), (uint16_t)port, ret_address);
}

int probe(const struct wrk_url *url, const struct map *hosts, struct address *ret_address,
          struct error *err)
{
    const struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    struct span service = wrk_url_service(url);
    int named = find_host(url, hosts, ret_address, err);
    if (named < 0)
        return -1;
    if (named) {
        int failed = try(ret_address);
        return failed ? cannot_connect(url, failed, err) : 0;
    }
    struct addrinfo *found;
    AUTO(mem_free) char *host_text = mem_dup(url->host.ptr, url->host.len);
    AUTO(mem_free) char *service_text = mem_dup(service.ptr, service.len);
    int problem = getaddrinfo(host_text, address_service(service_text), &hints, &found);
    if (problem)
        return error_set(err, WRK_EXIT_FAILED, "unable to resolve %s:%s %s", host_text,
                         service_text, gai_strerror(problem));
    int result = try_all(url, found, ret_address, err);
    freeaddrinfo(found);
    return result;
}
