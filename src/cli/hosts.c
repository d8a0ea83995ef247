/* SPDX-License-Identifier: Apache-2.0
 *
 * --hosts and KENEYPERF_HOSTS.
 */
#include "cli/hosts.h"

#include "base/arena.h"
#include "base/error.h"
#include "cli/options.h"

static int add_host(struct arena *arena, struct map *hosts, struct span pair, struct error *err)
{
    struct span address, name = span_cut(pair, '=', &address);
    if (name.len == 0 || address.len == 0)
        return error_set(err, EXIT_USAGE,
                         "--hosts %.*s: write NAME[:PORT]=IP[:PORT], like "
                         "api.keneyapp.com=127.0.0.1:8443",
                         SPAN_ARG(pair));
    map_put(hosts, name)->value = arena_dup(arena, address);
    return 0;
}

int hosts_from_options(const struct options *options, struct arena *arena, struct map *hosts,
                       struct error *err)
{
    const char *text;
    for (size_t i = 0; (text = options_each(options, "hosts", i)); i++) {
        struct span rest = span_cstr(text);
        while (rest.len) {
            if (add_host(arena, hosts, span_cut(rest, ',', &rest), err) < 0)
                return -1;
        }
    }
    return 0;
}
