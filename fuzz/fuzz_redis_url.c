/* SPDX-License-Identifier: Apache-2.0
 *
 * Where Redis is: what is accepted has a host or a path and a port that can be; what is not has a
 * sentence.
 */
#include "fuzz/fuzz.h"
#include "keneyapp/cache/redis_url.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct redis_url url;
    struct error err = {0};
    if (redis_url_parse(span_of((const char *)data, size), &url, &err) != 0) {
        FUZZ_CHECK(err.message[0]);
        return 0;
    }
    FUZZ_CHECK((url.host[0] != '\0') != (url.path[0] == '/'));
    FUZZ_CHECK(!url.host[0] || (url.port > 0 && url.port <= UINT16_MAX));
    FUZZ_CHECK(url.database <= REDIS_DATABASE_MAX);
    FUZZ_CHECK(!url.user[0] || url.password[0]);
    return 0;
}
