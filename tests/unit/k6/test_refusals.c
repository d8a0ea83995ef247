/* SPDX-License-Identifier: Apache-2.0 */
#include "script/k6/refusals.h"
#include "support/test.h"

static const struct refusal_case {
    const char *name, *source, *found;
    int line;
} CASES[] = {
    {"default import", "import http from 'k6/http';\nhttp.batch([]);", "batch", 2},
    {"namespace", "import * as h from \"k6/http\";\n\nh.asyncRequest('GET', u);", "asyncRequest",
     3},
    {"require", "const http = require('k6/http');\nhttp.batch([]);", "batch", 2},
    {"named import", "import { get,\n batch } from 'k6/http';\nbatch([]);", "batch", 2},
    {"no semicolons", "import { check } from 'k6'\nimport http from 'k6/http'\nhttp.batch([])\n",
     "batch", 3},
    {"names of another import",
     "import { batch } from './mine.js'\nimport http from 'k6/http'\nbatch([])\n", NULL, 0},
    {"required names", "const { batch } = require('k6/http')", "batch", 1},
    {"not called", "import http from 'k6/http';\nhttp.get(u);", NULL, 0},
    {"another object", "import http from 'k6/http';\nqueue.batch([]);", NULL, 0},
    {"longer word", "import http from 'k6/http';\nhttp.batchSize;", NULL, 0},
    {"longer object", "import http from 'k6/http';\nmyhttp.batch();", NULL, 0},
    {"other function of that name", "import { get } from 'k6/http';\nbatch([]);", NULL, 0},
    {"line comment", "import http from 'k6/http';\n// http.batch([]);\nhttp.get(u);", NULL, 0},
    {"block comment", "import http from 'k6/http';\n/*\n * http.batch()\n */", NULL, 0},
    {"no import", "http.batch([]);", NULL, 0},
    {"empty", "", NULL, 0},
    {"specifier alone", "'k6/http'", NULL, 0},
};

static void test_cases(void **state)
{
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        int line = 0;
        print_message("%s\n", CASES[i].name);
        const char *found = refusals_find(span_cstr(CASES[i].source), &line);
        assert_int_equal(found != NULL, CASES[i].found != NULL);
        if (found)
            assert_string_equal(found, CASES[i].found);
        assert_int_equal(line, CASES[i].line);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
