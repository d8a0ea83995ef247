/* SPDX-License-Identifier: Apache-2.0
 *
 * --hosts and KENEYPERF_HOSTS.
 */
#include "cli/hosts.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/error.h"
#include "cli/options.h"

static int add_host(struct arena *arena, struct map *hosts, const char *origin, struct span pair,
                    struct error *err)
{
    struct span address, name = span_cut(pair, '=', &address);
    if (name.len == 0 || address.len == 0)
        return error_set(err, EXIT_USAGE,
                         "%s %.*s: write NAME[:PORT]=IP[:PORT] or NAME=unix:PATH, like "
                         "api.keneyapp.com=127.0.0.1:8443",
                         origin, SPAN_ARG(pair));
    map_put(hosts, name)->value = arena_dup(arena, address);
    return 0;
}

static int add_hosts(struct arena *arena, struct map *hosts, const char *origin, const char *text,
                     struct error *err)
{
    struct span rest = span_cstr(text);
    while (rest.len) {
        if (add_host(arena, hosts, origin, span_cut(rest, ',', &rest), err) < 0)
            return -1;
    }
    return 0;
}

int hosts_from_options(const struct options *options, struct arena *arena, struct map *hosts,
                       struct error *err)
{
    const char *text;
    for (size_t i = 0; (text = options_each(options, "hosts", i)); i++) {
        if (add_hosts(arena, hosts, "--hosts", text, err) < 0)
            return -1;
    }
    return 0;
}

int hosts_from_environment(struct arena *arena, struct map *hosts, struct error *err)
{
    const char *text = getenv("KENEYPERF_HOSTS");
    return text ? add_hosts(arena, hosts, "KENEYPERF_HOSTS", text, err) : 0;
}
