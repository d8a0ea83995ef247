/* SPDX-License-Identifier: Apache-2.0
 *
 * Nothing that would let one part of a request become another.
 */
#include "http/request_rules.h"

#include "http/charset.h"
#include "http/headers.h"

static bool is_target(struct span text)
{
    return text.len > 0 && charset_is_field_value(text) && span_find(text, ' ') < 0 &&
           span_find(text, '\t') < 0;
}

static const char *check_header(const struct header *header)
{
    if (!charset_is_token(header->name))
        return "a header name is empty or has a character that no header name may have";
    if (!charset_is_field_value(header->value))
        return "a header value has a control character (such as a line break)";
    return NULL;
}

const char *request_rules_check(struct span method, struct span target, struct span host,
                                const struct headers *headers)
{
    const char *problem = NULL;
    if (!charset_is_token(method))
        return "the method is empty or has a character that no method may have";
    if (!is_target(target))
        return "the request target is empty or has a space or control character";
    if (!is_target(host))
        return "the host is empty or has a space or control character";
    for (size_t i = 0; headers && i < headers->count && !problem; i++)
        problem = check_header(&headers->items[i]);
    return problem;
}

bool request_rules_expects_body(struct span method)
{
    return span_equal(method, SPAN("POST")) || span_equal(method, SPAN("PUT")) ||
           span_equal(method, SPAN("PATCH"));
}

bool request_rules_is_framing(struct span name)
{
    return span_equal_nocase(name, SPAN("content-length")) ||
           span_equal_nocase(name, SPAN("transfer-encoding"));
}
