/* SPDX-License-Identifier: Apache-2.0
 *
 * wrk's Lua scripts on LuaJIT. One Lua state belongs to the whole test (setup, done), one more to
 * each thread (init, delay, request, response); all of them run the same file first. What the
 * script may call and when it is called is wrk's (docs/wrk-compatibility.md).
 *
 *   wrk_script_new()       main state: runs the file, looks the host up, tries its addresses
 *   wrk_thread_new()       a thread's state: runs the file, setup(thread), init(args); for the
 *                          first one also request(), once, to count what it sends at a time
 *   wrk_thread_request()…  on that thread, during the load
 *   wrk_script_done()      after the load
 *
 * Without a script (`file` NULL) all this works too and gives wrk's usual message.
 *
 * wrk_script_new(), wrk_script_done() and wrk_script_free() belong to one thread, on which no
 * wrk_thread may run meanwhile. wrk_thread_new() may be called from several threads (setup() is
 * called by one at a time); all other calls for one wrk_thread come from one thread at a time.
 */
#ifndef SCRIPT_WRK_WRK_SCRIPT_H
#define SCRIPT_WRK_WRK_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/span.h"
#include "base/util.h"

struct error;
struct map;
struct wrk_script;
struct wrk_thread;

struct wrk_header {
    struct span name, value;
};

/* All borrowed until wrk_script_free(). */
struct wrk_script_config {
    const char *file; /* NULL: no script */
    const char *url;  /* as given: args[0] */

    /* The URL's parts. `port` has ptr NULL when the URL has none; `path` is what follows the
     * authority, query and fragment included, "/" when that is empty. IPv6 hosts without brackets.
     */
    struct span scheme, host, port, path;

    const struct wrk_header *headers; /* -H: in wrk.headers before the script runs */
    size_t header_count;
    const char *const *arguments; /* behind "--": args[1]… */
    size_t argument_count;
    const struct map *hosts; /* "name[:port]" to "ip[:port]" text (KENEYPERF_HOSTS); may be NULL */
    bool is_strict;          /* a file that cannot be loaded is an error */
};

/* -1 and `err`, whose text is the whole line that wrk prints (errors of the script: the sentence
 * alone, see wrk_error_panic()): wrk's exit code 1. A file that cannot be loaded is no failure, as
 * in wrk: its message goes to stderr, with a line of ours that says what this means, and the test
 * goes on with what the file had set until then. */
MUST_CHECK int wrk_script_new(const struct wrk_script_config *config, struct wrk_script **ret,
                              struct error *err);

/* All threads end with it. NULL-safe. */
void wrk_script_free(struct wrk_script **script);

/* What wrk prints on stderr when a script fails: "PANIC: unprotected error in call to Lua API
 * (file:line: message)"; NUL-terminated, cut to `size`. Only for errors with a file. */
void wrk_error_panic(const struct error *err, char *buf, size_t size);

/* The next thread; the script's. NULL and `err` as wrk_script_new(), also when the first thread's
 * request() gives no whole HTTP request ("incomplete request at L:C"). */
struct wrk_thread *wrk_thread_new(struct wrk_script *script, struct error *err);

size_t wrk_script_thread_count(const struct wrk_script *script);
struct wrk_thread *wrk_script_thread(const struct wrk_script *script, size_t i);

/* Once there is a first thread, whose state decides for all. */
bool wrk_script_is_dynamic(const struct wrk_script *script);     /* it has a request() of its own */
bool wrk_script_wants_response(const struct wrk_script *script); /* it has a response() */
bool wrk_script_wants_delay(const struct wrk_script *script);    /* it has a delay() */

/* The first of the host's addresses, as wrk_thread_address(): where threads go unless the script
 * says otherwise. */
const char *wrk_script_address(const struct wrk_script *script);

/* How many requests one message holds: pipelining. */
unsigned wrk_script_pipelined(const struct wrk_script *script);

/* Where this thread connects to, "ip:port", "[ip]:port" or "unix:path", as KENEYPERF_HOSTS has it:
 * its thread.addr after init(), one of the host's addresses unless setup() chose another. The name
 * of the URL stays the one for Host and TLS. The first of the host's addresses when nobody chose.
 */
const char *wrk_thread_address(const struct wrk_thread *thread);

/* The thread's message when the script is not dynamic; valid as long as the thread. */
struct span wrk_thread_message(const struct wrk_thread *thread);

/* The calls below give -1 when the script failed, with wrk_thread_error(): wrk's exit code 1. */

/* The message of connection `slot` (any small number, from 0): request(). Valid until the next call
 * for the same slot. */
MUST_CHECK int wrk_thread_request(struct wrk_thread *thread, unsigned slot,
                                  struct span *ret_message);

/* response(status, headers, body). Names in the server's spelling; of two that are spelled the same
 * the last counts. */
MUST_CHECK int wrk_thread_response(struct wrk_thread *thread, unsigned status,
                                   const struct wrk_header *headers, size_t header_count,
                                   struct span body);

/* delay(), in ns; 0 without one. */
MUST_CHECK int wrk_thread_delay(struct wrk_thread *thread, nsec_t *ret_delay_ns);

/* Whether wrk.thread:stop() was called: this thread sends no more, the test lasts as long as ever.
 */
bool wrk_thread_is_stopped(const struct wrk_thread *thread);

const struct error *wrk_thread_error(const struct wrk_thread *thread);

/* A statistics object of done(). `at` gives the i-th distinct value in ascending order, i from 0 to
 * count() - 1, and how often it was there. Values of latency are µs; of requests: per second, one
 * per thread and 100 ms. */
struct wrk_stats_ops {
    double (*min)(void *arg);
    double (*max)(void *arg);
    double (*mean)(void *arg);
    double (*stdev)(void *arg);
    double (*percentile)(void *arg, double p); /* 0..100 */
    size_t (*count)(void *arg);
    void (*at)(void *arg, size_t i, double *ret_value, double *ret_count);
};

struct wrk_stats {
    const struct wrk_stats_ops *ops;
    void *arg;
};

struct wrk_summary {
    uint64_t duration_us, requests, bytes;

    struct {
        uint64_t connect, read, write, status, timeout;
    } errors;
};

/* done(summary, latency, requests); 0 when there is none. -1 and `err` when it failed. */
MUST_CHECK int wrk_script_done(struct wrk_script *script, const struct wrk_summary *summary,
                               const struct wrk_stats *latency, const struct wrk_stats *requests,
                               struct error *err);

#endif
