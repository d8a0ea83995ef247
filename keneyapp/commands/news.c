/* SPDX-License-Identifier: Apache-2.0
 *
 * The server of the folder gets a signal. With Redis it is enough to be there for a moment: a cache
 * that comes into touch with Redis cannot know what it missed, and so it makes all that is there
 * and in other processes old (docs/internals/cache.md).
 */
#include "keneyapp/commands/news.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "keneyapp/cache/cache.h"

enum {
    LOOKS = 200,
    LOOK_MS = 10,
};

static bool touch_redis(const struct workplace *place, const char *url)
{
    struct cache_config config;
    struct error err = {0};
    bool there = false;
    cache_config_defaults(&config);
    config.bytes_max = CACHE_BYTES_MIN;
    config.redis_url = url;
    config.vault = place->database.vault;
    struct cache *cache = cache_new(&config, &err);
    for (int i = 0; cache && i < LOOKS && !there; i++) {
        nanosleep(&(struct timespec){.tv_nsec = LOOK_MS * 1000000}, NULL);
        there = strcmp(cache_state(cache), "shared") == 0;
    }
    cache_free(&cache);
    return there;
}

void news_tell(const struct workplace *place, const struct config *config)
{
    home_tell(&place->home);
    if (config->redis && !touch_redis(place, config->redis))
        fputs(
            "keneyapp: Redis cannot be reached, so servers do not know of this yet: for up to five "
            "minutes they may show lists as they were\n",
            stderr);
}
