/* SPDX-License-Identifier: Apache-2.0
 *
 * A lookup asks the user's own names (KENEYPERF_HOSTS) first, then the system as wrk does.
 */
#include "script/wrk/address_object.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "http/charset.h"
#include "net/address.h"
#include "net/hosts.h"
#include "script/wrk/script_state.h"
#include "script/wrk/wrk_private.h"

static const char TYPE[] = "wrk.addr";

enum {
    NAME_MAX_BYTES = 256,
};

void address_object_push(lua_State *L, const struct address *address)
{
    struct address *object = lua_newuserdata(L, sizeof(*object));
    *object = *address;
    luaL_getmetatable(L, TYPE);
    lua_setmetatable(L, -2);
}

/* The address at `index`; raises a Lua error for anything else. */
static const struct address *check_address(lua_State *L, int index)
{
    return luaL_checkudata(L, index, TYPE);
}

const struct address *address_object_at(lua_State *L, int index)
{
    bool is_one = false;
    if (lua_isuserdata(L, index) && lua_getmetatable(L, index)) {
        luaL_getmetatable(L, TYPE);
        is_one = lua_rawequal(L, -1, -2);
        lua_pop(L, 2);
    }
    return is_one ? lua_touserdata(L, index) : NULL;
}

/* wrk's spelling: no brackets around IPv6. */
static int to_string(lua_State *L)
{
    char text[ADDRESS_TEXT_BYTES];
    const struct address *address = check_address(L, 1);
    address_text(address, text);
    if (address_is_unix(address))
        lua_pushfstring(L, "unix:%s", address->local.sun_path);
    else
        lua_pushfstring(L, "%s:%d", text, address_port(address));
    return 1;
}

void address_object_open(struct script_state *state)
{
    luaL_newmetatable(state->L, TYPE);
    lua_pushcfunction(state->L, to_string);
    lua_setfield(state->L, -2, "__tostring");
    lua_pop(state->L, 1);
}

/* A number or a name like "https"; 0 when it is neither. */
static uint16_t port_of(const char *service)
{
    uint64_t port;
    struct servent entry, *found = NULL;
    char buf[1024];
    service = address_service(service);
    if (service && span_to_u64(span_cstr(service), UINT16_MAX, &port) == 0)
        return (uint16_t)port;
    if (service)
        getservbyname_r(service, "tcp", &entry, buf, sizeof(buf), &found);
    return found ? ntohs((uint16_t)found->s_port) : 0;
}

static bool find_own(const struct hosts *hosts, const char *host, const char *service,
                     struct address *ret_address)
{
    char name[NAME_MAX_BYTES];
    size_t len = host ? strlen(host) : 0;
    if (!hosts || len == 0 || len >= sizeof(name))
        return false;
    for (size_t i = 0; i < len; i++)
        name[i] = charset_lower(host[i]);
    return hosts_find(hosts, span_of(name, len), port_of(service), ret_address);
}

static uint16_t sockaddr_port(const struct sockaddr *from)
{
    return ntohs(from->sa_family == AF_INET6 ? ((const struct sockaddr_in6 *)from)->sin6_port
                                             : ((const struct sockaddr_in *)from)->sin_port);
}

static int push_all(lua_State *L, const struct addrinfo *list)
{
    struct address address;
    int count = 0;
    for (; list; list = list->ai_next) {
        if (!address_from_sockaddr(list->ai_addr, sockaddr_port(list->ai_addr), &address))
            continue;
        address_object_push(L, &address);
        lua_rawseti(L, -2, ++count);
    }
    return 1;
}

/* wrk ends its process here, whoever asked; a script that catches it may go on. */
static int fail_lookup(lua_State *L, const char *host, const char *service, const char *reason)
{
    struct script_state *state = script_state_of(L);
    state->unresolved = (struct error){0};
    error_set(&state->unresolved, EXIT_SCRIPT_EXCEPTION, "unable to resolve %s:%s %s",
              host ? host : "", service ? service : "", reason);
    lua_pushstring(L, state->unresolved.message);
    return lua_error(L);
}

static int lookup(lua_State *L)
{
    static const struct addrinfo HINTS = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    const char *host = lua_tostring(L, 1), *service = lua_tostring(L, 2);
    struct addrinfo *list = NULL;
    struct address own;
    lua_newtable(L);
    if (find_own(script_state_of(L)->script->hosts, host, service, &own)) {
        address_object_push(L, &own);
        lua_rawseti(L, -2, 1);
        return 1;
    }
    int problem = getaddrinfo(host, address_service(service), &HINTS, &list);
    if (problem)
        return fail_lookup(L, host, service, gai_strerror(problem));
    push_all(L, list);
    freeaddrinfo(list);
    return 1;
}

static int connect_to(lua_State *L)
{
    const struct address *address = check_address(L, 1);
    int fd = socket(address->any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool ok = fd >= 0 && connect(fd, &address->any, address_len(address)) == 0;
    script_state_of(L)->connect_errno = ok ? 0 : errno;
    if (fd >= 0)
        close(fd);
    lua_pushboolean(L, ok);
    return 1;
}

void address_object_push_lookup(struct script_state *state)
{
    script_state_push_c(state, lookup);
}

void address_object_push_connect(struct script_state *state)
{
    script_state_push_c(state, connect_to);
}
