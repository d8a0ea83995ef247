/* SPDX-License-Identifier: Apache-2.0 */
#include "http/base64.h"
#include "http/basic_auth.h"
#include "support/test.h"

/* RFC 4648 §10 */
static void test_base64(void **state)
{
    static const struct {
        const char *plain, *encoded;
    } CASES[] = {
        {"", ""},
        {"f", "Zg=="},
        {"fo", "Zm8="},
        {"foo", "Zm9v"},
        {"foob", "Zm9vYg=="},
        {"fooba", "Zm9vYmE="},
        {"foobar", "Zm9vYmFy"},
        {"\xff\xfe\xfd", "//79"},
    };

    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        AUTO(strbuf_done) struct strbuf out = STRBUF_INIT(64);
        base64_encode(BASE64_STANDARD, span_cstr(CASES[i].plain), &out);
        assert_string_equal(strbuf_cstr(&out), CASES[i].encoded);
    }
}

static const struct {
    const char *name, *text;
    enum base64_variant variant;
    const char *plain; /* NULL: refused */
} DECODED[] = {
    {"padded", "Zm9vYg==", BASE64_STANDARD, "foob"},
    {"padding left out", "Zm9vYg", BASE64_STANDARD, "foob"},
    {"padding where there is none", "Zm9vYg==", BASE64_RAW_STANDARD, NULL},
    {"standard letters", "//79", BASE64_STANDARD, "\xff\xfe\xfd"},
    {"standard letters in a URL", "//79", BASE64_URL, NULL},
    {"URL letters", "__79", BASE64_RAW_URL, "\xff\xfe\xfd"},
    {"URL letters elsewhere", "__79", BASE64_RAW_STANDARD, NULL},
    {"line breaks", "Zm9v\r\nYg==\n", BASE64_RAW_STANDARD, NULL},
    {"line breaks inside", "Zm9v\r\nYmFy", BASE64_STANDARD, "foobar"},
    {"a letter too many", "Zm9vY", BASE64_STANDARD, NULL},
    {"space", "Zm9v YmFy", BASE64_STANDARD, NULL},
    {"empty", "", BASE64_STANDARD, ""},
};

static void test_base64_decode(void **state)
{
    for (size_t i = 0; i < COUNT_OF(DECODED); i++) {
        AUTO(strbuf_done) struct strbuf out = STRBUF_INIT(64);
        const char *plain = DECODED[i].plain;
        print_message("%s\n", DECODED[i].name);
        strbuf_adds(&out, "before ");
        int rc = base64_decode(DECODED[i].variant, span_cstr(DECODED[i].text), &out);
        assert_int_equal(rc, plain ? 0 : -1);
        assert_string_equal(out.ptr + strlen("before "), plain ? plain : "");
    }
}

/* RFC 7617 §2 */
static void test_basic(void **state)
{
    AUTO(strbuf_done) struct strbuf out = STRBUF_INIT(64);
    basic_auth_write(SPAN("Aladdin"), SPAN("open sesame"), &out);
    assert_string_equal(out.ptr, "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
    strbuf_reset(&out);
    basic_auth_write(SPAN_EMPTY, SPAN_EMPTY, &out);
    assert_string_equal(out.ptr, "Basic Og==");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_base64),
        cmocka_unit_test(test_base64_decode),
        cmocka_unit_test(test_basic),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
