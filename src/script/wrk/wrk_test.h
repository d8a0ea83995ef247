/* SPDX-License-Identifier: Apache-2.0
 *
 * A wrk script under `keneyperf run`: each virtual user is a thread of the script. An iteration is
 * delay(), request() and one HTTP request for each that its text holds, with response() after each
 * answer. Connections, measuring and the plan are KeneyPerf's.
 */
#ifndef SCRIPT_WRK_WRK_TEST_H
#define SCRIPT_WRK_WRK_TEST_H

#include <stdint.h>

#include "base/clock.h"
#include "base/util.h"

struct error;
struct front_end;
struct histogram;
struct map;
struct wrk_script;
struct wrk_test;

struct wrk_test_config {
    const char *file, *url;
    const char *const *arguments; /* args[1]… */
    size_t argument_count;
    struct map *hosts; /* of the plan; gets the host's address, which is looked up once */
};

/* Loads the script and tries the URL's host; the config is borrowed. -1 and `err` (107, 104 for a
 * URL that is none). */
MUST_CHECK int wrk_test_new(const struct wrk_test_config *config, struct wrk_test **ret,
                            struct error *err);

/* NULL-safe; after the users. */
void wrk_test_free(struct wrk_test **test);

/* The script of its users is a struct wrk_test. */
const struct front_end *wrk_front_end(void);

struct wrk_test_totals {
    nsec_t load_ns;
    uint64_t bytes_received;
    const struct histogram *latency_ms; /* NULL: no request was made */
};

/* The script's done(), once all users have ended. 0 too when it has none. */
MUST_CHECK int wrk_test_done(struct wrk_test *test, const struct wrk_test_totals *totals,
                             struct error *err);

#endif
