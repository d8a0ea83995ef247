/* SPDX-License-Identifier: Apache-2.0
 *
 * The file of bench --urls. What is refused has a sentence; what is accepted can be sent.
 */
#include "base/error.h"
#include "cli/url_list.h"
#include "fuzz/fuzz.h"
#include "http/url.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO(url_list_done) struct url_list list;
    struct error err = {0};
    url_list_init(&list);
    if (url_list_parse(&list, span_of((const char *)data, size), "urls", &err) < 0) {
        FUZZ_CHECK(err.code == EXIT_USAGE && err.message[0]);
        return 0;
    }
    FUZZ_CHECK(list.count > 0);
    for (size_t i = 0; i < list.count; i++) {
        const struct url_entry *entry = &list.entries[i];
        struct url url;
        const char *problem;
        FUZZ_CHECK(entry->weight > 0);
        FUZZ_CHECK(!entry->method || url_list_is_method(span_cstr(entry->method)));
        FUZZ_CHECK(url_parse(span_cstr(entry->url), &url, &problem) == 0);
    }
    return 0;
}
