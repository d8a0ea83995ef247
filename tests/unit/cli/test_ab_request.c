/* SPDX-License-Identifier: Apache-2.0
 *
 * ab's requests, byte for byte as ab 2.3 of Debian 12 was seen to send them; and what it finds in
 * the answers' heads.
 */
#include <string.h>

#include "cli/as/ab/options.h"
#include "cli/as/ab/request.h"
#include "cli/as/ab/software.h"
#include "support/test.h"

#define OWN "User-Agent: ApacheBench/2.3\r\nAccept: */*\r\n\r\n"

struct request_case {
    const char *argv[16];
    const char *body; /* NULL: none */
    const char *head;
};

static const struct request_case CASES[] = {
    {{"h:81/p"}, NULL, "GET /p HTTP/1.0\r\nHost: h:81\r\n" OWN},
    {{"https://h/"}, NULL, "GET / HTTP/1.0\r\nHost: h\r\n" OWN},
    {{"http://[::1]:81/"}, NULL, "GET / HTTP/1.0\r\nHost: [::1]:81\r\n" OWN},
    {{"-k", "-C", "a=b", "-C", "c=d", "-A", "u:p", "-P", "x:y", "-H", "X-A: b", "-H", "X-C: d",
      "h/ka"},
     NULL,
     "GET /ka HTTP/1.0\r\nConnection: Keep-Alive\r\nCookie: c=d\r\nAuthorization: Basic dTpw\r\n"
     "Proxy-Authorization: Basic eDp5\r\nX-A: b\r\nX-C: d\r\nHost: h\r\n" OWN},
    {{"-H", "host: foo", "-H", "ACCEPT: x", "-H", "User-agent: y", "h/"},
     NULL,
     "GET / HTTP/1.0\r\nhost: foo\r\nACCEPT: x\r\nUser-agent: y\r\n\r\n"},
    {{"-k", "-p", "f", "h/len"},
     "hello",
     "POST /len HTTP/1.0\r\nConnection: Keep-Alive\r\nContent-length: 5\r\n"
     "Content-type: text/plain\r\nHost: h\r\n" OWN},
    {{"-u", "f", "-T", "a/b", "-m", "PATCH", "h/len"},
     "",
     "PATCH /len HTTP/1.0\r\nContent-length: 0\r\nContent-type: a/b\r\nHost: h\r\n" OWN},
    {{"-i", "h/"}, NULL, "HEAD / HTTP/1.0\r\nHost: h\r\n" OWN},
    {{"-m", "FOO", "-A", "u", "h/"},
     NULL,
     "FOO / HTTP/1.0\r\nAuthorization: Basic dQ==\r\nHost: h\r\n" OWN},
    {{"-X", "p:8080", "h:81/len?a=b"},
     NULL,
     "GET http://h:81/len?a=b HTTP/1.0\r\nHost: h:81\r\n" OWN},
    {{"-X", "p:8080", "https://h/"}, NULL, "GET / HTTP/1.0\r\nHost: h\r\n" OWN},
    {{"-H", "no colon", "h/a b"}, NULL, "GET /a b HTTP/1.0\r\nno colon\r\nHost: h\r\n" OWN},
};

static void check(const struct request_case *row)
{
    char *argv[20] = {(char *)"ab"};
    int argc = 1, code;
    while (row->argv[argc - 1]) {
        argv[argc] = (char *)row->argv[argc - 1];
        argc++;
    }
    AUTO(ab_options_done) struct ab_options options;
    AUTO(strbuf_done) struct strbuf errors = STRBUF_INIT(65536), head = STRBUF_INIT(65536);
    assert_int_equal(ab_options_parse(&options, argc, argv, &errors, &code), AB_PARSE_RUN);
    assert_int_equal(ab_request_head(&head, &options, span_cstr(row->body)), strlen(row->head));
    assert_string_equal(strbuf_cstr(&head), row->head);
}

static void test_heads(void **state)
{
    for (size_t i = 0; i < COUNT_OF(CASES); i++)
        check(&CASES[i]);
}

static void test_software(void **state)
{
    static const char *const ROWS[][2] = {
        {"HTTP/1.1 200 OK\r\nServer: nginx/1.22.1\r\n\r\n", "nginx/1.22.1"},
        {"HTTP/1.1 200 OK\r\nSERVER: up\r\n", "up"},
        {"HTTP/1.1 200 OK\r\nX-Server: xs  \r\n", "xs"},
        {"HTTP/1.1 200 OK\r\nServer:nospace (a b)\r\n", "ospace"},
        {"HTTP/1.1 200 OK\r\nX: y, Server: foo\r\nServer: b\r\n", "foo"},
        {"HTTP/1.1 200 OK\r\n\r\n", ""},
        {"Server:", ""},
    };
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        struct span software = ab_software(span_cstr(ROWS[i][0]));
        assert_int_equal(software.len, strlen(ROWS[i][1]));
        assert_memory_equal(software.ptr ? software.ptr : "", ROWS[i][1], software.len);
    }
}

/* What ab 2.3 was seen to put into SNI. */
static void test_server_name(void **state)
{
    static const struct {
        const char *argv[6], *name;
    } ROWS[] = {
        {{"https://LocalHost/"}, "LocalHost"},
        {{"https://127.0.0.1/"}, ""},
        {{"-I", "https://localhost/"}, ""},
        {{"-H", "Host: foo.test:99", "https://localhost/"}, "foo.test:99"},
        {{"-H", "host:  Foo ", "https://127.0.0.1/"}, "Foo"},
        {{"-H", "Host: 10.0.0.1", "https://localhost/"}, ""},
        {{"-H", "Host: a", "-H", "Host: b", "https://127.0.0.1/"}, "b"},
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        char *argv[8] = {(char *)"ab"};
        int argc = 1, code;
        for (; argc < 7 && ROWS[i].argv[argc - 1]; argc++)
            argv[argc] = (char *)ROWS[i].argv[argc - 1];
        AUTO(ab_options_done) struct ab_options options;
        AUTO(strbuf_done) struct strbuf errors = STRBUF_INIT(65536);
        assert_int_equal(ab_options_parse(&options, argc, argv, &errors, &code), AB_PARSE_RUN);
        assert_true(span_equal(ab_server_name(&options), span_cstr(ROWS[i].name)));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_heads),
        cmocka_unit_test(test_server_name),
        cmocka_unit_test(test_software),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
