/* SPDX-License-Identifier: Apache-2.0
 *
 * One entry per name: the addresses known, until when, and the queries that wait for them. c-ares
 * tells which descriptors it watches; each has an fd_watch here. It may call back from inside
 * ares_getaddrinfo() (names in /etc/hosts): the answer is then in the entry when that returns.
 *
 * c-ares must not be entered from inside its own callback in ways that free the channel, so
 * waiting queries are answered from a deferred call at the end of the loop's turn.
 */
#include "net/resolver.h"

#include <ares.h>
#include <netdb.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/rng.h"
#include "loop/io.h"
#include "loop/loop.h"
#include "loop/timer.h"
#include "net/hosts.h"

#define NAME_MAX_BYTES 253
#define MAX_ADDRESSES  16

/* Names that are remembered; then the oldest goes. */
#define MAX_ENTRIES 10000

struct entry {
    struct resolver *resolver;
    struct list ready_link;
    struct list queries; /* waiting */
    bool is_under_way;
    enum resolver_problem problem;
    const char *problem_text;
    nsec_t until_ns; /* addresses are good until then */
    unsigned count, next;
    struct address addresses[MAX_ADDRESSES];
};

struct socket_watch {
    struct fd_watch watch;
    struct resolver *resolver;
    struct list link;
};

struct resolver {
    struct loop *loop;
    struct resolver_config config;
    struct hosts *hosts;
    struct map entries; /* by name */
    ares_channel channel;
    bool has_channel;
    struct list watches;
    struct list ready; /* entries whose queries can be answered */
    struct timer timer;
    struct deferred answer;
    struct rng rng;
};

static void answer_ready(struct deferred *deferred);
static void on_timer(struct timer *timer);

struct resolver *resolver_new(struct loop *loop, const struct resolver_config *config,
                              struct error *err)
{
    struct hosts *hosts = hosts_new(config->hosts, err);
    if (!hosts)
        return NULL;
    struct resolver *resolver = NEW(struct resolver);
    *resolver = (struct resolver){.loop = loop, .config = *config, .hosts = hosts};
    resolver->answer.fn = answer_ready;
    list_init(&resolver->watches);
    list_init(&resolver->ready);
    timer_init(&resolver->timer, loop, "resolver", on_timer);
    rng_seed(&resolver->rng, (uint64_t)clock_now(loop_clock(loop)));
    return resolver;
}

void resolver_free(struct resolver **ptr)
{
    struct resolver *resolver = *ptr;
    if (!resolver)
        return;
    MAP_FOREACH (item, &resolver->entries) {
        struct entry *entry = item->value;
        while (!list_empty(&entry->queries))
            list_pop_front(&entry->queries);
    }
    /* Ends what is under way and closes the sockets, which ends their watches. */
    if (resolver->has_channel)
        ares_destroy(resolver->channel);
    deferred_cancel(&resolver->answer);
    timer_done(&resolver->timer);
    MAP_FOREACH (item, &resolver->entries)
        free(item->value);
    map_done(&resolver->entries);
    hosts_free(&resolver->hosts);
    free(resolver);
    *ptr = NULL;
}

/* c-ares gives the time until it wants to be called although nothing came. */
static void arm_timer(struct resolver *resolver)
{
    struct timeval store;
    const struct timeval *wait = ares_timeout(resolver->channel, NULL, &store);
    if (!wait) {
        timer_cancel(&resolver->timer);
        return;
    }
    timer_set(&resolver->timer, loop_now(resolver->loop) + wait->tv_sec * NSEC_PER_SEC +
                                    wait->tv_usec * NSEC_PER_USEC);
}

static void process(struct resolver *resolver, ares_socket_t read_fd, ares_socket_t write_fd)
{
    ares_process_fd(resolver->channel, read_fd, write_fd);
    arm_timer(resolver);
}

static void on_timer(struct timer *timer)
{
    process(CONTAINER_OF(timer, struct resolver, timer), ARES_SOCKET_BAD, ARES_SOCKET_BAD);
}

static void on_ready(struct fd_watch *watch, bool readable, bool writable)
{
    struct resolver *resolver = CONTAINER_OF(watch, struct socket_watch, watch)->resolver;
    process(resolver, readable ? watch->fd : ARES_SOCKET_BAD,
            writable ? watch->fd : ARES_SOCKET_BAD);
}

static struct socket_watch *find_watch(struct resolver *resolver, int fd)
{
    LIST_FOREACH (it, &resolver->watches) {
        struct socket_watch *watch = CONTAINER_OF(it, struct socket_watch, link);
        if (watch->watch.fd == fd)
            return watch;
    }
    return NULL;
}

/* A descriptor that cannot be watched is left to c-ares's own timeouts. */
static void on_socket_state(void *arg, ares_socket_t fd, int want_read, int want_write)
{
    struct resolver *resolver = arg;
    struct socket_watch *watch = find_watch(resolver, fd);
    if (!want_read && !want_write) {
        if (!watch)
            return;
        fd_watch_done(&watch->watch);
        list_remove(&watch->link);
        free(watch);
        return;
    }
    if (!watch) {
        watch = NEW(struct socket_watch);
        watch->resolver = resolver;
        if (fd_watch_init(&watch->watch, resolver->loop, fd, on_ready) < 0) {
            free(watch);
            return;
        }
        list_push_back(&resolver->watches, &watch->link);
    }
    fd_watch_set(&watch->watch, want_read, want_write);
}

static int open_channel(struct resolver *resolver)
{
    struct ares_options options = {.sock_state_cb = on_socket_state,
                                   .sock_state_cb_data = resolver};
    if (resolver->has_channel)
        return 0;
    if (ares_init_options(&resolver->channel, &options, ARES_OPT_SOCK_STATE_CB) != ARES_SUCCESS)
        return -1;
    resolver->has_channel = true;
    if (resolver->config.servers &&
        ares_set_servers_ports_csv(resolver->channel, resolver->config.servers) != ARES_SUCCESS)
        return -1;
    return 0;
}

static const struct address *choose(struct resolver *resolver, struct entry *entry)
{
    switch (resolver->config.select) {
    case DNS_FIRST:
        return &entry->addresses[0];
    case DNS_ROUND_ROBIN:
        return &entry->addresses[entry->next++ % entry->count];
    case DNS_RANDOM:
        break;
    }
    return &entry->addresses[entry->count == 1 ? 0 : rng_below(&resolver->rng, entry->count)];
}

static void answer(struct entry *entry)
{
    struct resolver *resolver = entry->resolver;
    struct list waiting;
    /* Whoever asks again from its call waits for the next answer. */
    list_init(&waiting);
    while (!list_empty(&entry->queries))
        list_push_back(&waiting, list_pop_front(&entry->queries));
    while (!list_empty(&waiting)) {
        struct resolver_query *query =
            CONTAINER_OF(list_pop_front(&waiting), struct resolver_query, link);
        struct address address = {0};
        if (entry->problem == RESOLVER_OK) {
            address = *choose(resolver, entry);
            address_set_port(&address, query->port);
        }
        query->fn(query, entry->problem, &address, entry->problem_text);
    }
}

static void answer_ready(struct deferred *deferred)
{
    struct resolver *resolver = CONTAINER_OF(deferred, struct resolver, answer);
    while (!list_empty(&resolver->ready))
        answer(CONTAINER_OF(list_pop_front(&resolver->ready), struct entry, ready_link));
}

static bool wants_family(enum dns_policy policy, int family)
{
    if (policy == DNS_ONLY_IPV4)
        return family == AF_INET;
    if (policy == DNS_ONLY_IPV6)
        return family == AF_INET6;
    return family == AF_INET || family == AF_INET6;
}

/* Under a preference the other family comes last, or, unless all are kept, counts only when the
 * preferred one has no address. */
static void prefer(struct entry *entry, const struct resolver_config *config)
{
    struct address others[MAX_ADDRESSES];
    unsigned kept = 0, other_count = 0;
    if (config->policy != DNS_PREFER_IPV4 && config->policy != DNS_PREFER_IPV6)
        return;
    for (unsigned i = 0; i < entry->count; i++) {
        if (address_is_ipv6(&entry->addresses[i]) == (config->policy == DNS_PREFER_IPV6))
            entry->addresses[kept++] = entry->addresses[i];
        else
            others[other_count++] = entry->addresses[i];
    }
    if (kept > 0 && !config->keep_all)
        other_count = 0;
    memcpy(&entry->addresses[kept], others, other_count * sizeof(others[0]));
    entry->count = kept + other_count;
}

/* Twice the same would lead resolver_next() round and round. */
static bool knows(const struct entry *entry, const struct address *address)
{
    for (unsigned i = 0; i < entry->count; i++) {
        if (address_same_host(&entry->addresses[i], address))
            return true;
    }
    return false;
}

static void take_addresses(struct entry *entry, const struct ares_addrinfo *result)
{
    const struct resolver_config *config = &entry->resolver->config;
    entry->count = 0;
    for (const struct ares_addrinfo_node *node = result->nodes; node; node = node->ai_next) {
        if (entry->count == MAX_ADDRESSES)
            break;
        struct address *address = &entry->addresses[entry->count];
        if (wants_family(config->policy, node->ai_family) &&
            address_from_sockaddr(node->ai_addr, 0, address) && !knows(entry, address))
            entry->count++;
    }
    prefer(entry, config);
}

static enum resolver_problem problem_of(int status)
{
    switch (status) {
    case ARES_SUCCESS:
        return RESOLVER_OK;
    case ARES_ENOTFOUND:
    case ARES_ENODATA:
    case ARES_EBADNAME:
    case ARES_ENONAME:
        return RESOLVER_NO_SUCH_HOST;
    default:
        return RESOLVER_FAILED;
    }
}

static void on_addrinfo(void *arg, int status, int timeouts, struct ares_addrinfo *result)
{
    struct entry *entry = arg;
    struct resolver *resolver = entry->resolver;
    nsec_t ttl_ns = resolver->config.ttl_ns;
    entry->is_under_way = false;
    if (result) {
        take_addresses(entry, result);
        ares_freeaddrinfo(result);
        if (status == ARES_SUCCESS && entry->count == 0)
            status = ARES_ENODATA;
    }
    entry->problem = problem_of(status);
    entry->problem_text = entry->problem == RESOLVER_OK ? "" : ares_strerror(status);
    entry->until_ns = 0;
    if (entry->problem == RESOLVER_OK && ttl_ns > 0)
        entry->until_ns = ttl_ns == NSEC_NEVER ? NSEC_NEVER : loop_now(resolver->loop) + ttl_ns;
    if (status == ARES_EDESTRUCTION || list_empty(&entry->queries))
        return;
    list_push_back(&resolver->ready, &entry->ready_link);
    loop_defer(resolver->loop, &resolver->answer);
}

static int family_of(enum dns_policy policy)
{
    if (policy == DNS_ONLY_IPV4)
        return AF_INET;
    return policy == DNS_ONLY_IPV6 ? AF_INET6 : AF_UNSPEC;
}

static int look_up(struct resolver *resolver, struct entry *entry, const char *name)
{
    struct ares_addrinfo_hints hints = {
        .ai_flags = ARES_AI_NOSORT,
        .ai_family = family_of(resolver->config.policy),
        .ai_socktype = SOCK_STREAM,
    };

    if (open_channel(resolver) < 0)
        return -1;
    entry->is_under_way = true;
    ares_getaddrinfo(resolver->channel, name, NULL, &hints, on_addrinfo, entry);
    arm_timer(resolver);
    return 0;
}

static void forget_oldest(struct resolver *resolver)
{
    MAP_FOREACH (item, &resolver->entries) {
        struct entry *entry = item->value;
        if (entry->is_under_way || list_linked(&entry->ready_link))
            continue;
        free(map_remove(&resolver->entries, item->key));
        return;
    }
}

static struct entry *find_entry(struct resolver *resolver, struct span name)
{
    struct entry *entry = map_get(&resolver->entries, name);
    if (entry)
        return entry;
    if (resolver->entries.count >= MAX_ENTRIES)
        forget_oldest(resolver);
    entry = NEW(struct entry);
    entry->resolver = resolver;
    entry->problem_text = "";
    list_init(&entry->queries);
    map_put(&resolver->entries, name)->value = entry;
    return entry;
}

/* RFC 6761 §6.4: "invalid" is answered without asking anybody. */
static bool is_possible(struct span name)
{
    return name.len > 0 && name.len <= NAME_MAX_BYTES && !span_ends_with(name, SPAN(".invalid"));
}

enum step resolver_start(struct resolver *resolver, struct resolver_query *query, struct span name,
                         uint16_t port, struct address *ret_address)
{
    char text[NAME_MAX_BYTES + 1];
    if (address_parse(name, port, ret_address) == 0 ||
        hosts_find(resolver->hosts, name, port, ret_address))
        return STEP_DONE;
    if (!is_possible(name))
        return STEP_FAILED;
    memcpy(text, name.ptr, name.len);
    text[name.len] = '\0';
    struct entry *entry = find_entry(resolver, name);
    if (!entry->is_under_way && entry->until_ns > loop_now(resolver->loop)) {
        *ret_address = *choose(resolver, entry);
        address_set_port(ret_address, port);
        return STEP_DONE;
    }
    query->port = port;
    list_push_back(&entry->queries, &query->link);
    if (entry->is_under_way || list_linked(&entry->ready_link))
        return STEP_MORE;
    if (look_up(resolver, entry, text) < 0) {
        list_remove(&query->link);
        return STEP_FAILED;
    }
    return STEP_MORE;
}

bool resolver_next(const struct resolver *resolver, struct span name, const struct address *failed,
                   struct address *ret_address)
{
    const struct entry *entry = map_get(&resolver->entries, name);
    for (unsigned i = 1; entry && i < entry->count; i++) {
        if (!address_same_host(&entry->addresses[i - 1], failed))
            continue;
        *ret_address = entry->addresses[i];
        address_set_port(ret_address, address_port(failed));
        return true;
    }
    return false;
}

void resolver_cancel(struct resolver_query *query)
{
    list_remove(&query->link);
}
