/* SPDX-License-Identifier: Apache-2.0 */
#include "keneyapp/model/fold.h"
#include "keneyapp/model/letter.h"
#include "support/test.h"

static const struct fold_case {
    const char *text, *folded;
} CASES[] = {
    {"", ""},
    {"LEFEVRE-D'Arc 42", "lefevre-d'arc 42"},
    {"Lef\u00e8vre", "lefevre"},
    {"LEFE\u0300VRE", "lefevre"}, /* the accent by itself */
    {"\u00c9TO\u00cfLE, No\u00ebl, Fran\u00e7ois", "etoile, noel, francois"},
    {"\u0178", "y"},
    {"C\u0153ur \u0152uvre \u00c6sir", "coeur oeuvre aesir"},
    {"Gro\u00df GRO\u1e9e", "gross gross"},
    {"S\u00f8rensen, \u0141ukasz, \u0110or\u0111evi\u0107", "sorensen, lukasz, dordevic"},
    {"Y\u0131lmaz \u0130stanbul", "yilmaz istanbul"},
    {"Nguy\u1ec5n", "nguyen"},
    {"\u039f\u03b4\u03c5\u03c3\u03c3\u03b5\u03cd\u03c2",
     "\u03bf\u03b4\u03c5\u03c3\u03c3\u03b5\u03c5\u03c3"}, /* the last sigma, too */
    {"\u1fb3\u1f08", "\u03b1\u03b1"},
    {"\u041a\u043e\u0440\u043e\u043b\u0451\u0432", "\u043a\u043e\u0440\u043e\u043b\u0435\u0432"},
    {"\u0539\u0561", "\u0569\u0561"},                           /* Armenian: case */
    {"\u05d0\u05b8 \u0e01\u0e48", "\u05d0\u05b8 \u0e01\u0e48"}, /* Hebrew, Thai: as they are */
    {"\u30ac \U00010400 \uff21", "\u30ac \U00010428 \uff41"},
    {"\U0001f600", "\U0001f600"},
    {"a\xff\xc3", "a\ufffd\ufffd"},
};

static void test_texts(void **state)
{
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        AUTO(arena_done) struct arena arena;
        arena_init(&arena, 256);
        print_message("%s\n", CASES[i].text);
        struct span folded = fold_text(&arena, span_cstr(CASES[i].text));
        assert_string_equal(arena_dup(&arena, folded), CASES[i].folded);
        assert_true(span_equal(fold_text(&arena, folded), folded)); /* twice is once */
    }
}

static void test_every_letter(void **state)
{
    AUTO(arena_done) struct arena arena;
    arena_init(&arena, 4096);
    for (uint32_t letter = 1; letter < 0x110000; letter++) {
        char bytes[LETTER_MAX_BYTES];
        if (letter == 0xd800) /* surrogates are no letters */
            letter = 0xe000;
        struct span text = span_of(bytes, letter_write(letter, bytes));
        struct span folded = fold_text(&arena, text);
        assert_true(folded.len <= text.len);
        assert_true(span_equal(fold_text(&arena, folded), folded));
        assert_int_equal(letter_next(&text), letter);
        assert_int_equal(text.len, 0);
        arena_reset(&arena);
    }
}

static void test_space(void **state)
{
    assert_true(letter_all_space(SPAN_EMPTY));
    assert_true(letter_all_space(SPAN(" \t\r\n\xc2\x85\u00a0\u1680\u2003\u2028\u202f\u3000")));
    assert_false(letter_all_space(SPAN("  x")));
    assert_false(letter_all_space(SPAN("\u200b"))); /* ZERO WIDTH SPACE is none to Unicode */
    assert_false(letter_all_space(SPAN("\xa0")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_texts),
        cmocka_unit_test(test_every_letter),
        cmocka_unit_test(test_space),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
