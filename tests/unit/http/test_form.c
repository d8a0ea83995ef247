/* SPDX-License-Identifier: Apache-2.0 */
#include "http/form.h"
#include "support/test.h"

static void test_escape(void **state)
{
    static const struct {
        const char *plain, *escaped;
    } CASES[] = {
        {"", ""},
        {"az-AZ_09.~", "az-AZ_09.~"},
        {"a b+c", "a+b%2Bc"},
        {"\xc3\xa9&=/?%", "%C3%A9%26%3D%2F%3F%25"},
        {"!*'()\r\n", "%21%2A%27%28%29%0D%0A"},
    };

    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        AUTO(strbuf_done) struct strbuf out = STRBUF_INIT(64);
        form_escape(span_cstr(CASES[i].plain), &out);
        assert_string_equal(strbuf_cstr(&out), CASES[i].escaped);
    }
}

static void test_urlencoded(void **state)
{
    AUTO(strbuf_done) struct strbuf out = STRBUF_INIT(64);
    form_add(&out, SPAN("user name"), SPAN("a&b"));
    form_add(&out, SPAN("x"), SPAN_EMPTY);
    form_add(&out, span_of("\0", 1), SPAN("1"));
    assert_string_equal(out.ptr, "user+name=a%26b&x=&%00=1");
}

static void test_multipart(void **state)
{
    AUTO(strbuf_done) struct strbuf out = STRBUF_INIT(1024);
    struct form_file file = {
        .field = SPAN("f"), .filename = SPAN("a\"\\b\r\n.txt"), .content = SPAN("line\n")};
    form_multipart_field(&out, SPAN("XX"), SPAN("n"), SPAN("v"));
    assert_int_equal(form_multipart_file(&out, SPAN("XX"), &file), 0);
    file.content_type = SPAN("text/plain\r\nX: y");
    assert_int_equal(form_multipart_file(&out, SPAN("XX"), &file), -1);
    file = (struct form_file){.field = SPAN("g"), .content_type = SPAN("text/plain")};
    assert_int_equal(form_multipart_file(&out, SPAN("XX"), &file), 0);
    form_multipart_end(&out, SPAN("XX"));
    assert_string_equal(out.ptr,
                        "--XX\r\nContent-Disposition: form-data; name=\"n\"\r\n\r\nv\r\n"
                        "--XX\r\nContent-Disposition: form-data; name=\"f\"; "
                        "filename=\"a\\\"\\\\b%0D%0A.txt\"\r\n"
                        "Content-Type: application/octet-stream\r\n\r\nline\n\r\n"
                        "--XX\r\nContent-Disposition: form-data; name=\"g\"; filename=\"\"\r\n"
                        "Content-Type: text/plain\r\n\r\n\r\n"
                        "--XX--\r\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_escape),
        cmocka_unit_test(test_urlencoded),
        cmocka_unit_test(test_multipart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
