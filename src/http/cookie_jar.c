/* SPDX-License-Identifier: Apache-2.0
 *
 * The jar: an array in order of creation, searched from end to end. A virtual user has a handful
 * of cookies; an index would cost more than it saves.
 */
#include "http/cookie_jar.h"

#include <stdlib.h>

#include "base/mem.h"
#include "http/charset.h"
#include "http/cookie.h"
#include "http/url.h"

/* The text of an entry is one block, owned through name.ptr. */
struct cookie_jar {
    struct stored_cookie *entries;
    size_t count, cap;
    bool is_verbatim;
};

/* Entries */

static void entry_done(struct stored_cookie *entry)
{
    free((char *)entry->name.ptr);
}

static struct span append(char **at, struct span text)
{
    struct span copy = span_of(*at, text.len);
    if (text.len)
        memcpy(*at, text.ptr, text.len);
    *at += text.len;
    return copy;
}

/* Moves all text of `entry`, which is borrowed, into a block of its own. */
static void entry_own_text(struct stored_cookie *entry)
{
    size_t len = entry->name.len + entry->value.len + entry->domain.len + entry->path.len;
    char *at = mem_new(len + 1, 1);
    entry->name = append(&at, entry->name);
    entry->value = append(&at, entry->value);
    entry->domain = append(&at, entry->domain);
    entry->path = append(&at, entry->path);
}

static void remove_at(struct cookie_jar *jar, size_t index)
{
    entry_done(&jar->entries[index]);
    jar->count--;
    memmove(jar->entries + index, jar->entries + index + 1,
            (jar->count - index) * sizeof(jar->entries[0]));
}

/* RFC 6265 §5.3 step 11: name, domain and path identify a cookie. Returns the count if absent. */
static size_t find_entry(const struct cookie_jar *jar, const struct stored_cookie *wanted)
{
    size_t i = 0;
    while (i < jar->count && !(span_equal(jar->entries[i].name, wanted->name) &&
                               span_equal(jar->entries[i].domain, wanted->domain) &&
                               span_equal(jar->entries[i].path, wanted->path)))
        i++;
    return i;
}

static void add_entry(struct cookie_jar *jar, const struct stored_cookie *entry)
{
    if (jar->count == COOKIE_JAR_MAX)
        remove_at(jar, 0);
    if (jar->count == jar->cap) {
        jar->cap = jar->cap ? 2 * jar->cap : 4;
        jar->entries = GROW_ARRAY(jar->entries, jar->cap);
    }
    jar->entries[jar->count++] = *entry;
}

/* Takes the place of its namesake, so that the order of creation stays (§5.3 step 11.3); one that
 * has expired takes it away. */
static void put_entry(struct cookie_jar *jar, const struct stored_cookie *borrowed, nsec_t wall_ns)
{
    struct stored_cookie entry = *borrowed;
    size_t at = find_entry(jar, borrowed);
    if (entry.expires_ns <= wall_ns) {
        if (at < jar->count)
            remove_at(jar, at);
        return;
    }
    entry_own_text(&entry);
    if (at == jar->count) {
        add_entry(jar, &entry);
        return;
    }
    entry_done(&jar->entries[at]);
    jar->entries[at] = entry;
}

/* From cookie to entry */

/* The host in lower case without a final dot, into `buf`. */
static struct span canonical_host(const struct url *url, struct strbuf *buf)
{
    for (size_t i = 0; i < url->host.len; i++)
        strbuf_addc(buf, charset_lower(url->host.ptr[i]));
    struct span host = strbuf_span(buf);
    if (span_ends_with(host, SPAN(".")))
        host.len--;
    return host;
}

static struct span request_path(const struct url *url)
{
    return url->path.len ? url->path : SPAN("/");
}

/* In lower case without leading dots, into `buf`. */
static struct span canonical_domain(struct span domain, struct strbuf *buf)
{
    while (span_starts_with(domain, SPAN(".")))
        domain = span_from(domain, 1);
    for (size_t i = 0; i < domain.len; i++)
        strbuf_addc(buf, charset_lower(domain.ptr[i]));
    return strbuf_span(buf);
}

/* §5.3 steps 4 to 6. `buf` receives the domain; -1 when `host` may not set it. */
static int decide_domain(struct stored_cookie *entry, struct span host, struct span domain,
                         struct strbuf *buf)
{
    if (domain.len == 0) {
        entry->is_host_only = true;
        entry->domain = host;
        return 0;
    }
    if (span_starts_with(domain, SPAN("..")))
        return -1; /* only one means nothing */
    entry->domain = canonical_domain(domain, buf);
    return entry->domain.len && cookie_domain_matches(host, entry->domain) ? 0 : -1;
}

static nsec_t seconds_to_ns(int64_t seconds)
{
    if (seconds > NSEC_NEVER / NSEC_PER_SEC)
        return NSEC_NEVER;
    return MAX_OF(seconds, (int64_t)0) * NSEC_PER_SEC;
}

/* §5.3 step 3: Max-Age goes before Expires. */
static nsec_t decide_expiry(const struct cookie *cookie, nsec_t wall_ns)
{
    if (cookie->has_max_age) {
        nsec_t age_ns = seconds_to_ns(cookie->max_age_s);
        if (age_ns == 0)
            return 0;
        return age_ns > NSEC_NEVER - wall_ns ? NSEC_NEVER : wall_ns + age_ns;
    }
    return cookie->has_expires ? seconds_to_ns(cookie->expires_s) : NSEC_NEVER;
}

/* A script may choose odd names; what would change the header's meaning is refused. */
static bool is_usable_name(struct span name)
{
    return name.len > 0 && charset_is_field_value(name) && span_find(name, '=') < 0 &&
           span_find(name, ';') < 0;
}

static bool is_usable(struct span name, struct span value, struct span domain, struct span path)
{
    return is_usable_name(name) && charset_is_field_value(value) &&
           name.len + value.len + domain.len + path.len <= COOKIE_MAX_BYTES;
}

int cookie_jar_set(struct cookie_jar *jar, const struct url *url, const struct cookie *cookie,
                   nsec_t wall_ns)
{
    AUTO(strbuf_done) struct strbuf host_text = STRBUF_INIT(URL_MAX_BYTES);
    AUTO(strbuf_done) struct strbuf domain_text = STRBUF_INIT(COOKIE_MAX_BYTES);
    struct stored_cookie entry = {
        .name = cookie->name,
        .value = cookie->value,
        .path = cookie->path,
        .expires_ns = decide_expiry(cookie, wall_ns),
        .secure = cookie->secure,
        .http_only = cookie->http_only,
        .is_quoted = cookie->is_quoted,
    };
    struct span host = canonical_host(url, &host_text);
    if (!is_usable(cookie->name, cookie->value, cookie->domain, cookie->path) ||
        decide_domain(&entry, host, cookie->domain, &domain_text) < 0)
        return -1;
    if (!span_starts_with(entry.path, SPAN("/")))
        entry.path = cookie_default_path(request_path(url));
    put_entry(jar, &entry, wall_ns);
    return 0;
}

void cookie_jar_take(struct cookie_jar *jar, const struct url *url, struct span set_cookie,
                     nsec_t wall_ns)
{
    struct cookie cookie;
    int status = jar->is_verbatim ? cookie_parse_verbatim(set_cookie, &cookie)
                                  : cookie_parse(set_cookie, &cookie);
    if (status == 0)
        (void)cookie_jar_set(jar, url, &cookie, wall_ns);
}

/* For a request */

static void remove_expired(struct cookie_jar *jar, nsec_t wall_ns)
{
    for (size_t i = jar->count; i-- > 0;)
        if (jar->entries[i].expires_ns <= wall_ns)
            remove_at(jar, i);
}

static bool applies(const struct stored_cookie *entry, const struct url *url, struct span host)
{
    bool is_domain = entry->is_host_only ? span_equal(host, entry->domain)
                                         : cookie_domain_matches(host, entry->domain);
    return (is_domain || entry->domain.len == 0) && (url->is_tls || !entry->secure) &&
           cookie_path_matches(request_path(url), entry->path);
}

struct match {
    const struct stored_cookie *entry;
};

/* §5.4 step 2; entries lie in order of creation, so their addresses order equal paths. */
static int compare_matches(const void *a, const void *b)
{
    const struct stored_cookie *x = ((const struct match *)a)->entry;
    const struct stored_cookie *y = ((const struct match *)b)->entry;
    if (x->path.len != y->path.len)
        return x->path.len > y->path.len ? -1 : 1;
    return x < y ? -1 : x > y;
}

/* The entries for `url` in sending order; free() them. */
static struct match *find_matches(struct cookie_jar *jar, const struct url *url, nsec_t wall_ns,
                                  size_t *ret_count)
{
    AUTO(strbuf_done) struct strbuf text = STRBUF_INIT(URL_MAX_BYTES);
    size_t count = 0;
    *ret_count = 0;
    remove_expired(jar, wall_ns);
    if (jar->count == 0)
        return NULL;
    struct span host = canonical_host(url, &text);
    struct match *matches = NEW_ARRAY(struct match, jar->count);
    for (size_t i = 0; i < jar->count; i++)
        if (applies(&jar->entries[i], url, host))
            matches[count++].entry = &jar->entries[i];
    qsort(matches, count, sizeof(matches[0]), compare_matches);
    *ret_count = count;
    return matches;
}

void cookie_jar_write(struct cookie_jar *jar, const struct url *url, nsec_t wall_ns,
                      struct strbuf *out)
{
    size_t count;
    AUTO(mem_free) struct match *matches = find_matches(jar, url, wall_ns, &count);
    for (size_t i = 0; i < count; i++) {
        const struct stored_cookie *entry = matches[i].entry;
        if (jar->is_verbatim)
            cookie_write_verbatim(entry->name, entry->value, out);
        else
            cookie_write(entry->name, entry->value, entry->is_quoted, out);
    }
}

size_t cookie_jar_list(struct cookie_jar *jar, const struct url *url, nsec_t wall_ns,
                       struct arena *arena, struct cookie_pair **ret_pairs)
{
    size_t count;
    AUTO(mem_free) struct match *matches = find_matches(jar, url, wall_ns, &count);
    struct cookie_pair *pairs = ARENA_NEW_ARRAY(arena, struct cookie_pair, count);
    for (size_t i = 0; i < count; i++)
        pairs[i] = (struct cookie_pair){arena_dup_span(arena, matches[i].entry->name),
                                        arena_dup_span(arena, matches[i].entry->value)};
    *ret_pairs = pairs;
    return count;
}

void cookie_jar_delete(struct cookie_jar *jar, const struct url *url, struct span name)
{
    const struct cookie expired = {.name = name, .has_max_age = true};
    (void)cookie_jar_set(jar, url, &expired, 0);
}

void cookie_jar_clear(struct cookie_jar *jar, const struct url *url, nsec_t wall_ns)
{
    AUTO(arena_done) struct arena arena;
    struct cookie_pair *pairs;
    arena_init(&arena, 1024);
    size_t count = cookie_jar_list(jar, url, wall_ns, &arena, &pairs);
    for (size_t i = 0; i < count; i++)
        cookie_jar_delete(jar, url, pairs[i].name);
}

/* As a table */

const struct stored_cookie *cookie_jar_all(struct cookie_jar *jar, nsec_t wall_ns,
                                           size_t *ret_count)
{
    remove_expired(jar, wall_ns);
    *ret_count = jar->count;
    return jar->entries;
}

int cookie_jar_put(struct cookie_jar *jar, const struct stored_cookie *cookie, nsec_t wall_ns)
{
    AUTO(strbuf_done) struct strbuf text = STRBUF_INIT(COOKIE_MAX_BYTES);
    struct stored_cookie entry = *cookie;
    if (!is_usable(entry.name, entry.value, entry.domain, entry.path))
        return -1;
    entry.domain = canonical_domain(entry.domain, &text);
    if (entry.path.len == 0)
        entry.path = SPAN("/");
    put_entry(jar, &entry, wall_ns);
    return 0;
}

bool cookie_jar_remove(struct cookie_jar *jar, struct span name, struct span domain,
                       struct span path)
{
    AUTO(strbuf_done) struct strbuf text = STRBUF_INIT(COOKIE_MAX_BYTES);
    const struct stored_cookie wanted = {
        .name = name,
        .domain = canonical_domain(domain, &text),
        .path = path,
    };
    size_t at = find_entry(jar, &wanted);
    if (at == jar->count)
        return false;
    remove_at(jar, at);
    return true;
}

/* Life */

struct cookie_jar *cookie_jar_new(void)
{
    return NEW(struct cookie_jar);
}

void cookie_jar_keep_verbatim(struct cookie_jar *jar)
{
    jar->is_verbatim = true;
}

void cookie_jar_reset(struct cookie_jar *jar)
{
    for (size_t i = 0; i < jar->count; i++)
        entry_done(&jar->entries[i]);
    jar->count = 0;
}

void cookie_jar_free(struct cookie_jar **jar)
{
    if (!*jar)
        return;
    cookie_jar_reset(*jar);
    free((*jar)->entries);
    free(TAKE(*jar));
}

size_t cookie_jar_count(const struct cookie_jar *jar)
{
    return jar->count;
}
