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
        base64_encode(span_cstr(CASES[i].plain), &out);
        assert_string_equal(strbuf_cstr(&out), CASES[i].encoded);
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
        cmocka_unit_test(test_basic),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
