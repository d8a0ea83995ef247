/* SPDX-License-Identifier: Apache-2.0 */
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/error.h"
#include "base/thread.h"
#include "support/test.h"

static void *mark(void *arg)
{
    *(bool *)arg = true;
    return NULL;
}

static void test_it_runs(void **state)
{
    pthread_t thread;
    struct error err = {0};
    bool has_run = false;
    assert_int_equal(thread_start(&thread, mark, &has_run, "a test's thread", &err), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_true(has_run);
    assert_int_equal(err.code, 0);
}

static void *look_at_mask(void *arg)
{
    pthread_sigmask(SIG_SETMASK, NULL, arg);
    return NULL;
}

static void test_a_deaf_one_blocks_signals(void **state)
{
    pthread_t thread;
    struct error err = {0};
    sigset_t inside, after;
    assert_int_equal(thread_start_deaf(&thread, look_at_mask, &inside, "a test's thread", &err), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
    pthread_sigmask(SIG_SETMASK, NULL, &after);
    assert_int_equal(sigismember(&inside, SIGINT), 1);
    assert_int_equal(sigismember(&inside, SIGUSR1), 1);
    assert_int_equal(sigismember(&after, SIGINT), 0);
}

/* A sanitizer needs address space of its own. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define WATCHED true
#elif defined(__has_feature)
#define WATCHED (__has_feature(address_sanitizer) || __has_feature(thread_sanitizer))
#else
#define WATCHED false
#endif

static rlim_t mapped_bytes(void)
{
    unsigned long pages = 0;
    FILE *file = fopen("/proc/self/statm", "re");
    assert_non_null(file);
    assert_int_equal(fscanf(file, "%lu", &pages), 1);
    fclose(file);
    return (rlim_t)pages * (rlim_t)sysconf(_SC_PAGESIZE);
}

/* There is no room for its stack. */
static void test_what_fails_is_named(void **state)
{
    struct rlimit before, tight;
    struct error err = {0};
    pthread_t thread;
    if (WATCHED)
        skip();
    assert_int_equal(getrlimit(RLIMIT_AS, &before), 0);
    tight = (struct rlimit){mapped_bytes(), before.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_AS, &tight), 0);
    int result = thread_start(&thread, mark, NULL, "a test's thread", &err);
    assert_int_equal(setrlimit(RLIMIT_AS, &before), 0);
    assert_int_equal(result, -1);
    assert_int_equal(err.code, EXIT_INVALID_CONFIG);
    assert_string_equal(err.message, "a test's thread could not be started: Resource temporarily "
                                     "unavailable; raise the limit on threads (ulimit -u)");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_fails_is_named),
        cmocka_unit_test(test_it_runs),
        cmocka_unit_test(test_a_deaf_one_blocks_signals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
