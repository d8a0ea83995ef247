/* SPDX-License-Identifier: Apache-2.0 */
#include "base/strbuf.h"
#include "script/k6/gjson.h"
#include "support/test.h"

/* After gjson's own documentation: the same document, so that rows can be compared with it. */
static const char PEOPLE[] =
    "{ \"name\": {\"first\": \"Tom\", \"last\": \"Anderson\"}, \"age\": 37,\n"
    "  \"children\": [\"Sara\", \"Alex\", \"Jack\"], \"fav.movie\": \"Deer Hunter\",\n"
    "  \"friends\": [\n"
    "    {\"first\": \"Dale\", \"last\": \"Murphy\", \"age\": 44, \"nets\": [\"ig\", \"fb\", "
    "\"tw\"]},\n"
    "    {\"first\": \"Roger\", \"last\": \"Craig\", \"age\": 68, \"nets\": [\"fb\", \"tw\"]},\n"
    "    {\"first\": \"Jane\", \"last\": \"Murphy\", \"age\": 47, \"nets\": [\"ig\", \"tw\"]}\n"
    "  ], \"access_token\": \"ab\\u00e9\", \"k\\u0065y\": true, \"empty\": [], \"n\": null }";

static const struct {
    const char *name, *json, *path;
    const char *expected; /* NULL: nothing */
} rows[] = {
    {"key", PEOPLE, "age", "37"},
    {"nested key", PEOPLE, "name.last", "\"Anderson\""},
    {"object", "{\"a\":{ \"b\":1 }}", "a", "{ \"b\":1 }"},
    {"escapes stay in values", PEOPLE, "access_token", "\"ab\\u00e9\""},
    {"escaped key", PEOPLE, "key", "true"},
    {"null is there", PEOPLE, "n", "null"},
    {"missing", PEOPLE, "nope", NULL},
    {"missing below", PEOPLE, "age.x", NULL},
    {"index", PEOPLE, "children.1", "\"Alex\""},
    {"index behind the end", PEOPLE, "children.3", NULL},
    {"negative index", PEOPLE, "children.-1", NULL},
    {"count", PEOPLE, "children.#", "3"},
    {"count of none", PEOPLE, "empty.#", "0"},
    {"count of no array", PEOPLE, "age.#", NULL},
    {"dot in a key", PEOPLE, "fav\\.movie", "\"Deer Hunter\""},
    {"star", PEOPLE, "child*.2", "\"Jack\""},
    {"question mark", PEOPLE, "c?ildren.0", "\"Sara\""},
    {"of each", PEOPLE, "friends.#.first", "[\"Dale\",\"Roger\",\"Jane\"]"},
    {"of each, some missing", "[{\"a\":1},{\"b\":2},{\"a\":3}]", "#.a", "[1,3]"},
    {"of each, nested", PEOPLE, "friends.#.nets.0", "[\"ig\",\"fb\",\"ig\"]"},
    {"root array", "[{\"id\":7}]", "0.id", "7"},
    {"root count", "[1, 2 ,3]", "#", "3"},
    {"first that is", PEOPLE, "friends.#(last==\"Murphy\").first", "\"Dale\""},
    {"all that are", PEOPLE, "friends.#(last==\"Murphy\")#.first", "[\"Dale\",\"Jane\"]"},
    {"greater", PEOPLE, "friends.#(age>45)#.last", "[\"Craig\",\"Murphy\"]"},
    {"less or equal", PEOPLE, "friends.#(age<=44).first", "\"Dale\""},
    {"not equal", PEOPLE, "friends.#(first!=\"Dale\").first", "\"Roger\""},
    {"like", PEOPLE, "friends.#(first%\"D*\").last", "\"Murphy\""},
    {"not like", PEOPLE, "friends.#(first!%\"D*\").last", "\"Craig\""},
    {"exists", "[{\"a\":1},{\"b\":2}]", "#(b).b", "2"},
    {"of the value itself", PEOPLE, "children.#(%\"*a*\")#", "[\"Sara\",\"Jack\"]"},
    {"query in a query", PEOPLE, "friends.#(nets.#(==\"fb\"))#.first", "[\"Dale\",\"Roger\"]"},
    {"none that is", PEOPLE, "friends.#(age>100)", NULL},
    {"none of all", PEOPLE, "friends.#(age>100)#", "[]"},
    {"pipe is a dot", PEOPLE, "name|first", "\"Tom\""},
    {"pipe behind all", PEOPLE, "friends.#(age>45)#|0.first", "\"Roger\""},
    {"pipe behind a count", PEOPLE, "friends.#|x", NULL},
    {"equal to a boolean", "[{\"ok\":false},{\"ok\":true,\"x\":1}]", "#(ok==true).x", "1"},
    {"brackets in strings", "{\"a\":\"}{]\",\"b\":1}", "b", "1"},
    {"quotes in strings", "{\"a\":\"\\\"\\\\\",\"b\":1}", "b", "1"},
    {"empty path", PEOPLE, "", NULL},
    {"no JSON", "not json", "a", NULL},
    {"cut off", "{\"a\":{\"b\":1", "a.b", NULL},
    {"cut off in a string", "{\"a\":\"b", "a", NULL},
    {"wrong bracket", "{\"a\":[1}", "a", NULL},
    {"query without end", PEOPLE, "friends.#(age>4", NULL},
    {"empty text", "", "a", NULL},
};

static void finds(void **state)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        AUTO(strbuf_done) struct strbuf out = STRBUF_INIT(4096);
        bool found = gjson_get(span_cstr(rows[i].json), span_cstr(rows[i].path), &out);
        if (found != (rows[i].expected != NULL) ||
            (found && strcmp(strbuf_cstr(&out), rows[i].expected) != 0))
            fail_msg("%s: %s gives %s", rows[i].name, rows[i].path,
                     found ? strbuf_cstr(&out) : "nothing");
    }
}

static void names_what_is_unsupported(void **state)
{
    assert_null(gjson_unsupported(SPAN("a.b.#(x==\"@\").c")));
    assert_null(gjson_unsupported(SPAN("user@example")));
    assert_non_null(gjson_unsupported(SPAN("a|@reverse")));
    assert_non_null(gjson_unsupported(SPAN("{a,b}")));
    assert_non_null(gjson_unsupported(SPAN("a.[b]")));
    assert_non_null(gjson_unsupported(SPAN("!\"x\"")));
}

static void depth_is_bounded(void **state)
{
    AUTO(strbuf_done) struct strbuf json = STRBUF_INIT(1 << 20), out = STRBUF_INIT(1 << 20);
    for (int i = 0; i < 100000; i++)
        strbuf_addc(&json, '[');
    assert_false(gjson_get(strbuf_span(&json), SPAN("0.0.0"), &out));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds),
        cmocka_unit_test(names_what_is_unsupported),
        cmocka_unit_test(depth_is_bounded),
    };
    return cmocka_run_group_tests_name("k6/gjson", tests, NULL, NULL);
}
