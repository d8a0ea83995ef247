/* SPDX-License-Identifier: Apache-2.0
 *
 * res.json(selector): the first line of the input is the path, the rest the body. Whatever is
 * found is one whole JSON value, and asking again finds the same.
 */
#include "base/strbuf.h"
#include "fuzz/fuzz.h"
#include "script/k6/gjson.h"
#include "script/k6/json_scan.h"

#define MAX_OUT (1 << 20)

static void check_found(struct span found)
{
    struct span cursor = found, value;
    FUZZ_CHECK(json_scan_value(&cursor, &value));
    FUZZ_CHECK(value.len == found.len);
    if (*value.ptr == '"') {
        AUTO(strbuf_done) struct strbuf plain = STRBUF_INIT(MAX_OUT);
        json_scan_unquote(value, &plain);
        FUZZ_CHECK(plain.len <= value.len);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span body, path = span_cut(span_of((const char *)data, size), '\n', &body);
    AUTO(strbuf_done) struct strbuf out = STRBUF_INIT(MAX_OUT), again = STRBUF_INIT(MAX_OUT);
    if (gjson_unsupported(path) || !gjson_get(body, path, &out))
        return 0;
    check_found(strbuf_span(&out));
    FUZZ_CHECK(gjson_get(body, path, &again));
    FUZZ_CHECK(span_equal(strbuf_span(&out), strbuf_span(&again)));
    return 0;
}
