/* SPDX-License-Identifier: Apache-2.0
 *
 * json_flat: a JSON text on standard input becomes lines "path value" for shell scripts, like
 * "totals.requests 100" or "errors.0.code 1220". Keys are taken as they are.
 */
#include <jansson.h>
#include <stdio.h>

#include "base/strbuf.h"

enum {
    PATH_MAX_BYTES = 4096,
};

static void print_value(const char *path, const json_t *value)
{
    AUTO(strbuf_done) struct strbuf text = STRBUF_INIT(1 << 20);
    if (json_is_string(value))
        strbuf_adds(&text, json_string_value(value));
    else if (json_is_integer(value))
        strbuf_addf(&text, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    else if (json_is_real(value))
        strbuf_addf(&text, "%.9g", json_real_value(value));
    else
        strbuf_adds(&text, json_is_true(value) ? "true" : json_is_false(value) ? "false" : "null");
    printf("%s %s\n", path, strbuf_cstr(&text));
}

static void print_tree(struct strbuf *path, json_t *value)
{
    const char *key;
    json_t *member;
    size_t index, len = path->len;
    if (!json_is_object(value) && !json_is_array(value)) {
        print_value(strbuf_cstr(path), value);
        return;
    }
    json_object_foreach(value, key, member)
    {
        strbuf_addf(path, "%s%s", len ? "." : "", key);
        print_tree(path, member);
        path->ptr[path->len = len] = '\0';
    }
    json_array_foreach(value, index, member)
    {
        strbuf_addf(path, "%s%zu", len ? "." : "", index);
        print_tree(path, member);
        path->ptr[path->len = len] = '\0';
    }
}

int main(void)
{
    AUTO(strbuf_done) struct strbuf path = STRBUF_INIT(PATH_MAX_BYTES);
    json_error_t error;
    json_t *root = json_loadf(stdin, JSON_DECODE_ANY, &error);
    if (!root) {
        fprintf(stderr, "json_flat: line %d: %s\n", error.line, error.text);
        return 1;
    }
    strbuf_reserve(&path, 1);
    print_tree(&path, root);
    json_decref(root);
    return 0;
}
