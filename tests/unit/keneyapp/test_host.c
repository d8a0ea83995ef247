/* SPDX-License-Identifier: Apache-2.0 */
#include "keneyapp/http/host.h"
#include "support/test.h"

static const struct host_case {
    const char *host;
    bool valid;
} HOSTS[] = {
    {"", true},
    {"x", true},
    {"clinic.example", true},
    {"clinic.example:8443", true},
    {"clinic.example:", true},
    {":80", true},
    {"127.0.0.1:8000", true},
    {"[::1]", true},
    {"[::1]:8443", true},
    {"[v1.a:b]", true},
    {"a_b~c!$&'()*+,;=", true},
    {"caf%C3%A9.example", true},
    {"caf\xc3\xa9.example", false},
    {"%", false},
    {"%2", false},
    {"%2g", false},
    {"a b", false},
    {"a\tb", false},
    {"a/b", false},
    {"a?b", false},
    {"a#b", false},
    {"a\\b", false},
    {"user@clinic.example", false},
    {"a:b", false},
    {"a:80:90", false},
    {"a:-1", false},
    {"::1", false},
    {"[]", false},
    {"[", false},
    {"[::1", false},
    {"[::1]x", false},
    {"[::1]:x", false},
    {"[a]b]", false},
    {"http://clinic.example", false},
};

static void test_hosts(void **state)
{
    for (size_t i = 0; i < COUNT_OF(HOSTS); i++) {
        print_message("\"%s\"\n", HOSTS[i].host);
        assert_int_equal(host_is_valid(span_cstr(HOSTS[i].host)), HOSTS[i].valid);
    }
    assert_false(host_is_valid(span_of("a\0b", 3)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_hosts)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
