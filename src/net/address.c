/* SPDX-License-Identifier: Apache-2.0
 *
 * Text to socket address and back, through inet_pton() and inet_ntop(): no names, no scope ids.
 */
#include "net/address.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

int address_parse(struct span text, uint16_t port, struct address *ret_address)
{
    char name[ADDRESS_TEXT_BYTES];
    struct address address = {0};
    if (text.len > 2 && text.ptr[0] == '[' && text.ptr[text.len - 1] == ']')
        text = span_of(text.ptr + 1, text.len - 2);
    if (text.len == 0 || text.len >= sizeof(name))
        return -1;
    memcpy(name, text.ptr, text.len);
    name[text.len] = '\0';
    if (inet_pton(AF_INET, name, &address.v4.sin_addr) == 1)
        address.any.sa_family = AF_INET;
    else if (inet_pton(AF_INET6, name, &address.v6.sin6_addr) == 1)
        address.any.sa_family = AF_INET6;
    else
        return -1;
    address_set_port(&address, port);
    *ret_address = address;
    return 0;
}

int address_parse_unix(struct span path, struct address *ret_address)
{
    struct address address = {.local = {.sun_family = AF_UNIX}};
    if (path.len == 0 || path.len >= sizeof(address.local.sun_path))
        return -1;
    memcpy(address.local.sun_path, path.ptr, path.len);
    *ret_address = address;
    return 0;
}

int address_parse_with_port(struct span text, uint16_t port, struct address *ret_address)
{
    ptrdiff_t bracket = span_find(text, ']');
    struct span host, digits;
    uint64_t value;
    if (address_parse(text, port, ret_address) == 0)
        return 0;
    if (bracket >= 0) {
        host = span_head(text, (size_t)bracket + 1);
        digits = span_from(text, (size_t)bracket + 1);
        if (digits.len < 2 || digits.ptr[0] != ':')
            return -1;
        digits = span_from(digits, 1);
    } else {
        host = span_cut(text, ':', &digits);
    }
    if (span_to_u64(digits, UINT16_MAX, &value) < 0 || value == 0)
        return -1;
    return address_parse(host, (uint16_t)value, ret_address);
}

bool address_from_sockaddr(const struct sockaddr *from, uint16_t port, struct address *ret_address)
{
    struct address address = {0};
    if (from->sa_family == AF_INET)
        memcpy(&address.v4, from, sizeof(address.v4));
    else if (from->sa_family == AF_INET6)
        memcpy(&address.v6, from, sizeof(address.v6));
    else
        return false;
    address_set_port(&address, port);
    *ret_address = address;
    return true;
}

const char *address_service(const char *service)
{
    if (service && strcmp(service, "http") == 0)
        return "80";
    if (service && strcmp(service, "https") == 0)
        return "443";
    return service;
}

socklen_t address_len(const struct address *address)
{
    if (address_is_unix(address))
        return sizeof(address->local);
    return address_is_ipv6(address) ? sizeof(address->v6) : sizeof(address->v4);
}

bool address_is_unix(const struct address *address)
{
    return address->any.sa_family == AF_UNIX;
}

bool address_is_ipv6(const struct address *address)
{
    return address->any.sa_family == AF_INET6;
}

uint16_t address_port(const struct address *address)
{
    if (address_is_unix(address))
        return 0;
    return ntohs(address_is_ipv6(address) ? address->v6.sin6_port : address->v4.sin_port);
}

bool address_same_host(const struct address *a, const struct address *b)
{
    if (a->any.sa_family != b->any.sa_family)
        return false;
    if (address_is_unix(a))
        return strcmp(a->local.sun_path, b->local.sun_path) == 0;
    if (address_is_ipv6(a))
        return memcmp(&a->v6.sin6_addr, &b->v6.sin6_addr, sizeof(a->v6.sin6_addr)) == 0;
    return a->v4.sin_addr.s_addr == b->v4.sin_addr.s_addr;
}

void address_set_port(struct address *address, uint16_t port)
{
    if (address_is_ipv6(address))
        address->v6.sin6_port = htons(port);
    else if (!address_is_unix(address))
        address->v4.sin_port = htons(port);
}

void address_text(const struct address *address, char ret_text[static ADDRESS_TEXT_BYTES])
{
    if (address_is_unix(address)) {
        size_t len = strlen(address->local.sun_path);
        size_t cut = len >= ADDRESS_TEXT_BYTES ? len - ADDRESS_TEXT_BYTES + 1 : 0;
        memcpy(ret_text, address->local.sun_path + cut, len - cut + 1);
        return;
    }
    const void *raw = address_is_ipv6(address) ? (const void *)&address->v6.sin6_addr
                                               : (const void *)&address->v4.sin_addr;
    inet_ntop(address->any.sa_family, raw, ret_text, ADDRESS_TEXT_BYTES);
}

void address_port_text(const struct address *address, char ret_text[static ADDRESS_PORT_TEXT_BYTES])
{
    char text[ADDRESS_TEXT_BYTES];
    if (address_is_unix(address)) {
        snprintf(ret_text, ADDRESS_PORT_TEXT_BYTES, "unix:%s", address->local.sun_path);
        return;
    }
    address_text(address, text);
    snprintf(ret_text, ADDRESS_PORT_TEXT_BYTES, address_is_ipv6(address) ? "[%s]:%u" : "%s:%u",
             text, address_port(address));
}
