/* SPDX-License-Identifier: Apache-2.0
 *
 * The `hosts` option, parsed once into socket addresses. A port of 0 in an entry stands for "the
 * port that was asked for".
 */
#include "net/hosts.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/map.h"
#include "base/mem.h"

/* A DNS name, ':' and a port. */
#define NAME_MAX_BYTES 262

struct hosts {
    struct map addresses; /* struct address, owned */
};

/* The port 0 survives only when the text names none. */
static int parse_target(struct span text, struct address *ret_address)
{
    if (span_starts_with(text, SPAN("unix:")))
        return address_parse_unix(span_from(text, 5), ret_address);
    if (address_parse(text, 0, ret_address) == 0)
        return 0;
    return address_parse_with_port(text, 0, ret_address);
}

static size_t lower(struct span name, char *out)
{
    for (size_t i = 0; i < name.len; i++)
        out[i] =
            (char)(name.ptr[i] >= 'A' && name.ptr[i] <= 'Z' ? name.ptr[i] | 0x20 : name.ptr[i]);
    return name.len;
}

static int add(struct hosts *hosts, struct span name, const char *text, struct error *err)
{
    char key[NAME_MAX_BYTES];
    struct address address;
    if (name.len == 0 || name.len > sizeof(key))
        return error_set(err, EXIT_INVALID_CONFIG,
                         "hosts: \"%.*s\" is no host name; write NAME[:PORT]=IP[:PORT]",
                         SPAN_ARG(span_head(name, 80)));
    if (parse_target(span_cstr(text), &address) < 0)
        return error_set(err, EXIT_INVALID_CONFIG,
                         "hosts: \"%.80s\" for %.*s is no address; write IP, IP:PORT "
                         "([IP]:PORT for IPv6) or unix:PATH",
                         text ? text : "", SPAN_ARG(name));
    struct map_entry *entry = map_put(&hosts->addresses, span_of(key, lower(name, key)));
    if (!entry->value)
        entry->value = NEW(struct address);
    *(struct address *)entry->value = address;
    return 0;
}

struct hosts *hosts_new(const struct map *texts, struct error *err)
{
    AUTO(hosts_free) struct hosts *hosts = NEW(struct hosts);
    if (texts) {
        MAP_FOREACH (entry, texts) {
            if (add(hosts, entry->key, entry->value, err) < 0)
                return NULL;
        }
    }
    return TAKE(hosts);
}

void hosts_free(struct hosts **hosts)
{
    if (!*hosts)
        return;
    MAP_FOREACH (entry, &(*hosts)->addresses)
        free(entry->value);
    map_done(&(*hosts)->addresses);
    free(*hosts);
    *hosts = NULL;
}

static const struct address *find(const struct hosts *hosts, struct span name, uint16_t port)
{
    char key[NAME_MAX_BYTES + 8];
    if (name.len > NAME_MAX_BYTES)
        return NULL;
    int len = snprintf(key, sizeof(key), "%.*s:%u", SPAN_ARG(name), port);
    const struct address *with_port = map_get(&hosts->addresses, span_of(key, (size_t)len));
    return with_port ? with_port : map_get(&hosts->addresses, name);
}

/* "a.b.c" asks for "*.b.c", then for "*.c". */
static const struct address *find_wildcard(const struct hosts *hosts, struct span name,
                                           uint16_t port)
{
    char key[NAME_MAX_BYTES];
    const struct address *found = NULL;
    for (struct span rest = name; !found;) {
        ptrdiff_t dot = span_find(rest, '.');
        if (dot < 0 || rest.len - (size_t)dot + 1 > sizeof(key))
            return NULL;
        rest = span_from(rest, (size_t)dot + 1);
        if (rest.len == 0)
            return NULL;
        key[0] = '*';
        key[1] = '.';
        memcpy(key + 2, rest.ptr, rest.len);
        found = find(hosts, span_of(key, rest.len + 2), port);
    }
    return found;
}

bool hosts_find(const struct hosts *hosts, struct span name, uint16_t port,
                struct address *ret_address)
{
    if (hosts->addresses.count == 0)
        return false;
    const struct address *found = find(hosts, name, port);
    if (!found)
        found = find_wildcard(hosts, name, port);
    if (!found)
        return false;
    *ret_address = *found;
    if (address_port(found) == 0)
        address_set_port(ret_address, port);
    return true;
}
