/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/strbuf.h"
#include "cli/as/closed_note.h"
#include "support/test.h"

static const struct note_case {
    const char *name;
    struct closed_run run;
    const char *text; /* in the line; NULL: none */
} CASES[] = {
    {"two seconds in every eight",
     {.connections = 4,
      .duration_ns = 8 * NSEC_PER_SEC,
      .answers = 100000,
      .median_ns = 200000,
      .max_ns = 2 * NSEC_PER_SEC,
      .slow_answers = 4,
      .slow_ns = 8e9,
      .remedy = "wrk2 -R RATE"},
     "each connection waited 2.00 s of 8.00 s for answers that took up to 2.00 s and make up "
     "0.004 % of the latencies; requests that would have come meanwhile were not sent. wrk2 -R "
     "RATE measures them\n"},
    {"nothing slow",
     {.connections = 4, .duration_ns = NSEC_PER_SEC, .answers = 1000, .remedy = ""},
     NULL},
    {"no answer at all", {.duration_ns = NSEC_PER_SEC, .remedy = ""}, NULL},
    {"slow answers as frequent as the time they took",
     {.connections = 1,
      .duration_ns = 10 * NSEC_PER_SEC,
      .answers = 20,
      .max_ns = NSEC_PER_SEC,
      .slow_answers = 9,
      .slow_ns = 9e9,
      .remedy = ""},
     NULL},
    {"one of a tenth of a second in a minute and a hundred connections",
     {.connections = 100,
      .duration_ns = 60 * NSEC_PER_SEC,
      .answers = 1000000,
      .max_ns = 100 * NSEC_PER_MSEC,
      .slow_answers = 1,
      .slow_ns = 1e8,
      .remedy = ""},
     NULL},
};

static void test_says_what_was_hidden(void **state)
{
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        AUTO(strbuf_done) struct strbuf out = STRBUF_INIT(4096);
        print_message("%s\n", CASES[i].name);
        assert_int_equal(closed_note(&out, &CASES[i].run), CASES[i].text != NULL);
        if (!CASES[i].text)
            assert_int_equal(out.len, 0);
        else
            assert_non_null(strstr(strbuf_cstr(&out), CASES[i].text));
    }
}

static void test_bound(void **state)
{
    assert_int_equal(closed_note_bound_ns(1000), 100 * NSEC_PER_MSEC);
    assert_int_equal(closed_note_bound_ns(NSEC_PER_SEC), 10 * NSEC_PER_SEC);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_says_what_was_hidden),
        cmocka_unit_test(test_bound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
