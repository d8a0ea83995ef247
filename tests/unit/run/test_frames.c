/* SPDX-License-Identifier: Apache-2.0 */
#include <sys/socket.h>
#include <unistd.h>

#include "run/frames.h"
#include "support/test.h"

static void connect_reader(struct frame_reader *reader, int *ret_writer)
{
    int pair[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    frame_reader_init(reader, pair[0]);
    *ret_writer = pair[1];
}

static void test_frames_arrive_whole_and_in_order(void **state)
{
    struct frame_reader reader;
    struct frame frame;
    int writer;
    connect_reader(&reader, &writer);
    assert_int_equal(frame_write(writer, FRAME_JSON, SPAN("{}")), 0);
    assert_int_equal(frame_write(writer, FRAME_SNAPSHOT, SPAN_EMPTY), 0);
    close(writer);
    frame_reader_fill(&reader);
    assert_int_equal(frame_reader_next(&reader, &frame), STEP_DONE);
    assert_int_equal(frame.type, FRAME_JSON);
    assert_true(span_equal(frame.payload, SPAN("{}")));
    assert_int_equal(frame_reader_next(&reader, &frame), STEP_DONE);
    assert_int_equal(frame.type, FRAME_SNAPSHOT);
    assert_int_equal(frame.payload.len, 0);
    assert_int_equal(frame_reader_next(&reader, &frame), STEP_MORE);
    assert_int_equal(reader.fd, -1);
    frame_reader_done(&reader);
}

static void test_pieces_are_put_together(void **state)
{
    static const char BYTES[] = "\4\0\0\0Jabc";
    struct frame_reader reader;
    struct frame frame;
    int writer;
    connect_reader(&reader, &writer);
    for (size_t i = 0; i < sizeof(BYTES) - 1; i++) {
        assert_int_equal(frame_reader_next(&reader, &frame), STEP_MORE);
        assert_int_equal(write(writer, BYTES + i, 1), 1);
        frame_reader_fill(&reader);
    }
    assert_int_equal(frame_reader_next(&reader, &frame), STEP_DONE);
    assert_true(span_equal(frame.payload, SPAN("abc")));
    close(writer);
    frame_reader_done(&reader);
}

static void test_lengths_out_of_reason_are_refused(void **state)
{
    static const struct {
        const char *name, *bytes;
    } CASES[] = {{"no type", "\0\0\0\0J"}, {"more than 256 MiB", "\1\0\0\x10J"}};

    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        struct frame_reader reader;
        struct frame frame;
        int writer;
        connect_reader(&reader, &writer);
        assert_int_equal(write(writer, CASES[i].bytes, 5), 5);
        frame_reader_fill(&reader);
        if (frame_reader_next(&reader, &frame) != STEP_FAILED)
            fail_msg("%s", CASES[i].name);
        close(writer);
        frame_reader_done(&reader);
    }
}

static void test_nobody_listening_is_told(void **state)
{
    struct frame_reader reader;
    int writer;
    connect_reader(&reader, &writer);
    frame_reader_done(&reader);
    assert_int_equal(frame_write(writer, FRAME_JSON, SPAN("{}")), -1);
    close(writer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_frames_arrive_whole_and_in_order),
        cmocka_unit_test(test_pieces_are_put_together),
        cmocka_unit_test(test_lengths_out_of_reason_are_refused),
        cmocka_unit_test(test_nobody_listening_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
