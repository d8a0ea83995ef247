/* SPDX-License-Identifier: Apache-2.0
 *
 * A system that gives no more threads: who wants one beside the workers says so, with the reason
 * that it was given. The linker gives pthread_create() to this file (--wrap).
 */
#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "observe/host/process_watch.h"
#include "output/sample_stream.h"
#include "run/signals.h"
#include "support/test.h"

int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attr, void *(*run)(void *),
                          void *context);

/* pthread_create(3) returns its reason and leaves errno alone. */
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attr, void *(*run)(void *),
                          void *context)
{
    errno = 0;
    return EAGAIN;
}

static void assert_sentence(const struct error *err, const char *who)
{
    print_message("%s\n", err->message);
    assert_int_equal(err->code, EXIT_INVALID_CONFIG);
    assert_non_null(strstr(err->message, who));
    assert_non_null(strstr(err->message, strerror(EAGAIN)));
    assert_non_null(strstr(err->message, "ulimit -u"));
}

static void on_signal(void *arg)
{
}

static void test_signals(void **state)
{
    struct error err = {0};
    assert_null(signals_watch(on_signal, NULL, &err));
    assert_sentence(&err, "signals");
}

static void test_process_watch(void **state)
{
    struct error err = {0};
    pid_t pid = getpid();
    assert_null(process_watch_start(&pid, 1, &err));
    assert_sentence(&err, "watching thread");
}

static void test_sample_stream(void **state)
{
    struct output *none = NULL;
    struct error err = {0};
    assert_null(sample_stream_new(&none, 0, 1, &err));
    assert_sentence(&err, "outputs' writer");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_signals),
        cmocka_unit_test(test_process_watch),
        cmocka_unit_test(test_sample_stream),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
