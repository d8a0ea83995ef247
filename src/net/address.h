/* SPDX-License-Identifier: Apache-2.0
 *
 * An IP address with a port, or the path of a Unix socket, and its text. Pure; any thread.
 */
#ifndef NET_ADDRESS_H
#define NET_ADDRESS_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/span.h"

/* Room for the longest IPv6 text and its NUL. */
#define ADDRESS_TEXT_BYTES 46

/* Room for "[IPV6]:65535", and for "unix:" with the longest path. */
#define ADDRESS_PORT_TEXT_BYTES 120

struct address {
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
        struct sockaddr_un local; /* Unix socket */
    };
};

/* An IPv4 or IPv6 literal, the latter with or without brackets; 0, or -1 when `text` is none. */
MUST_CHECK int address_parse(struct span text, uint16_t port, struct address *ret_address);

/* A Unix socket by its path; -1 when that is empty or too long (107 bytes). */
MUST_CHECK int address_parse_unix(struct span path, struct address *ret_address);

/* "IP", "IPv4:port" or "[IPv6]:port"; `port` is used when the text has none. */
MUST_CHECK int address_parse_with_port(struct span text, uint16_t port,
                                       struct address *ret_address);

/* False for families that are no IP; `ret_address` is untouched then. */
bool address_from_sockaddr(const struct sockaddr *from, uint16_t port, struct address *ret_address);

/* "80" for "http" and "443" for "https", else `service` itself, which may be NULL: small systems
 * have no /etc/services, where getaddrinfo(3) and getservbyname(3) look. */
const char *address_service(const char *service);

socklen_t address_len(const struct address *address);
bool address_is_ipv6(const struct address *address);
bool address_is_unix(const struct address *address);

/* 0 for a Unix socket, which has none. */
uint16_t address_port(const struct address *address);

/* Whether both are the same host, whatever the ports. */
bool address_same_host(const struct address *a, const struct address *b);
void address_set_port(struct address *address, uint16_t port);

/* The address without port or brackets, NUL-terminated; the end of a Unix socket's path. */
void address_text(const struct address *address, char ret_text[static ADDRESS_TEXT_BYTES]);

/* "IP:PORT", "[IPV6]:PORT" or "unix:PATH", NUL-terminated: what KENEYPERF_HOSTS takes. */
void address_port_text(const struct address *address,
                       char ret_text[static ADDRESS_PORT_TEXT_BYTES]);

#endif
