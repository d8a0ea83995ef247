/* SPDX-License-Identifier: Apache-2.0
 *
 * A log whose other end is a pipe that is read late.
 */
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "base/log.h"
#include "base/strbuf.h"
#include "keneyapp/telemetry/log_queue.h"
#include "support/test.h"

enum {
    QUEUE_BYTES = 16 * 1024,
    LINES = 2000, /* of 100 bytes: more than pipe and queue hold */
};

struct reader {
    int fd;
    struct strbuf text;
};

static void *read_all(void *context)
{
    struct reader *reader = context;
    char bytes[4096];
    ssize_t n;
    while ((n = read(reader->fd, bytes, sizeof(bytes))) > 0)
        strbuf_add(&reader->text, bytes, (size_t)n);
    close(reader->fd);
    return NULL;
}

static size_t count_lines(const struct strbuf *text, const char *with)
{
    size_t count = 0;
    for (const char *at = strbuf_cstr(text); (at = strstr(at, with)); at++)
        count++;
    return count;
}

static void test_blocked(void **state)
{
    struct reader reader = {.text = STRBUF_INIT(1 << 20)};
    struct error err = {0};
    pthread_t thread;
    int ends[2];
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    struct log log = {.fd = ends[1], .level = LOG_INFO, .format = LOG_FORMAT_JSON};
    struct log_queue *queue = log_queue_new(&log, QUEUE_BYTES, &err);
    assert_non_null(queue);
    /* Nobody reads, and yet nothing waits here. */
    for (int i = 0; i < LINES; i++)
        log_printf(&log, LOG_INFO, "line %04d, and some text to make it longer than it is", i);
    uint64_t dropped = log_queue_dropped(queue);
    assert_true(dropped > 0 && dropped < LINES);
    reader.fd = ends[0];
    assert_int_equal(pthread_create(&thread, NULL, read_all, &reader), 0);
    log_queue_free(&queue);
    close(ends[1]);
    pthread_join(thread, NULL);
    assert_null(log.write);
    assert_int_equal(count_lines(&reader.text, "\"msg\":\"line "), LINES - dropped);
    assert_true(count_lines(&reader.text, "lines of the log were dropped") >= 1);
    assert_int_equal(reader.text.ptr[reader.text.len - 1], '\n');
    strbuf_done(&reader.text);
}

static void test_all_arrive(void **state)
{
    struct reader reader = {.text = STRBUF_INIT(1 << 20)};
    struct error err = {0};
    pthread_t thread;
    int ends[2];
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    struct log log = {.fd = ends[1], .level = LOG_INFO, .format = LOG_FORMAT_TEXT};
    struct log_queue *queue = log_queue_new(&log, (size_t)1 << 20, &err);
    reader.fd = ends[0];
    assert_int_equal(pthread_create(&thread, NULL, read_all, &reader), 0);
    for (int i = 0; i < LINES; i++)
        log_printf(&log, LOG_INFO, "line %04d", i);
    log_printf(&log, LOG_DEBUG, "line that is not wanted");
    assert_int_equal(log_queue_dropped(queue), 0);
    log_queue_free(&queue);
    log_queue_free(&queue);
    log_printf(&log, LOG_INFO, "after it");
    close(ends[1]);
    pthread_join(thread, NULL);
    assert_int_equal(count_lines(&reader.text, "line "), LINES);
    assert_int_equal(count_lines(&reader.text, "after it"), 1);
    strbuf_done(&reader.text);
}

/* The other end is gone: the lines are lost, the program goes on. */
static void test_closed(void **state)
{
    struct error err = {0};
    int ends[2];
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    close(ends[0]);
    struct log log = {.fd = ends[1], .level = LOG_INFO, .format = LOG_FORMAT_TEXT};
    struct log_queue *queue = log_queue_new(&log, QUEUE_BYTES, &err);
    log_printf(&log, LOG_INFO, "into nothing");
    log_queue_free(&queue);
    close(ends[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_blocked),
        cmocka_unit_test(test_all_arrive),
        cmocka_unit_test(test_closed),
    };
    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
