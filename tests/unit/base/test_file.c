/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "support/test.h"

enum {
    PATIENCE_S = 10,
};

struct place {
    char folder[32], path[64];
};

static void begin(struct place *place)
{
    *place = (struct place){.folder = "/tmp/keneyperf-file.XXXXXX"};
    assert_non_null(mkdtemp(place->folder));
    snprintf(place->path, sizeof(place->path), "%s/it", place->folder);
}

static void end(const struct place *place)
{
    unlink(place->path);
    assert_int_equal(rmdir(place->folder), 0);
}

static void test_probe_empties(void **state)
{
    AUTO(strbuf_done) struct strbuf text = STRBUF_INIT(100);
    struct place place;
    struct error err = {0};
    begin(&place);
    assert_int_equal(file_write(place.path, SPAN("before"), &err), 0);
    assert_int_equal(file_probe(place.path, &err), 0);
    assert_int_equal(file_read(place.path, &text, &err), 0);
    assert_int_equal(text.len, 0);
    end(&place);
}

/* Opening a pipe waits for a reader, who is told the end when it is closed. */
static void test_probe_leaves_a_pipe_alone(void **state)
{
    struct place place;
    struct error err = {0};
    begin(&place);
    assert_int_equal(mkfifo(place.path, 0600), 0);
    alarm(PATIENCE_S);
    assert_int_equal(file_probe(place.path, &err), 0);
    alarm(0);
    end(&place);
}

static void test_what_fails_is_named(void **state)
{
    struct error err = {0};
    assert_int_equal(file_probe("/nowhere/it", &err), -1);
    assert_int_equal(err.code, EXIT_USAGE);
    assert_string_equal(err.message, "/nowhere/it: No such file or directory; check the path");
    assert_int_equal(file_probe("", &err), -1);
    assert_string_equal(err.message,
                        "an empty file name: No such file or directory; check the path");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_probe_empties),
        cmocka_unit_test(test_probe_leaves_a_pipe_alone),
        cmocka_unit_test(test_what_fails_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
