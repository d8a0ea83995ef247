/* SPDX-License-Identifier: Apache-2.0
 *
 * "ROUTE TENANT EDITION ROLE CODING PATH?QUERY". All but the last have no spaces, so no two
 * requests have one text. Made on every request: no printf here.
 */
#include "keneyapp/cache/key.h"

#include <sodium.h>

_Static_assert(CACHE_HASH_KEY_BYTES == crypto_shorthash_KEYBYTES, "the hash's key");
_Static_assert(sizeof(uint64_t) == crypto_shorthash_BYTES, "the hash");

static bool add(struct cache_key *key, struct span text)
{
    if (text.len >= sizeof(key->text) - key->len)
        return false;
    if (text.len)
        memcpy(key->text + key->len, text.ptr, text.len);
    key->len += text.len;
    return true;
}

static bool add_number(struct cache_key *key, uint64_t number)
{
    char digits[21];
    size_t at = sizeof(digits);
    digits[--at] = ' ';
    do
        digits[--at] = (char)('0' + number % 10);
    while ((number /= 10) > 0);
    return add(key, span_of(digits + at, sizeof(digits) - at));
}

bool cache_key_make(struct cache_key *key, const struct cache_request *request,
                    const unsigned char hash_key[CACHE_HASH_KEY_BYTES])
{
    key->route = request->route;
    key->len = 0;
    bool fits = add_number(key, request->route) && add_number(key, (uint64_t)request->tenant) &&
                add_number(key, request->edition) && add(key, span_cstr(request->role)) &&
                add(key, SPAN(" ")) && add(key, span_cstr(request->coding)) &&
                add(key, SPAN(" ")) && add(key, request->path) && add(key, SPAN("?")) &&
                add(key, request->query);
    if (!fits || memchr(key->text, '\0', key->len))
        return false;
    key->text[key->len] = '\0';
    unsigned char hash[crypto_shorthash_BYTES];
    crypto_shorthash(hash, (const unsigned char *)key->text, key->len, hash_key);
    memcpy(&key->hash, hash, sizeof(hash));
    return true;
}
