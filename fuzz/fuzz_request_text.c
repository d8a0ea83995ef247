/* SPDX-License-Identifier: Apache-2.0
 *
 * Requests as a wrk script writes them: whatever the text, each step makes progress or says why
 * not, what it gives lies in the text, and no byte of it is in two requests.
 */
#include "fuzz/fuzz.h"
#include "http/charset.h"
#include "script/wrk/request_text.h"

static bool is_within(struct span part, struct span text)
{
    return part.len == 0 || (part.ptr >= text.ptr && part.ptr + part.len <= text.ptr + text.len);
}

static void check_request(const struct request_text *request, struct span taken)
{
    struct span fields = request->fields, name, value;
    FUZZ_CHECK(charset_is_token(request->method) && request->target.len > 0);
    FUZZ_CHECK(is_within(request->method, taken) && is_within(request->target, taken));
    FUZZ_CHECK(is_within(request->fields, taken) && is_within(request->body, taken));
    while (request_text_field(&fields, &name, &value)) {
        FUZZ_CHECK(charset_is_token(name) && charset_is_field_value(value));
        FUZZ_CHECK(is_within(name, request->fields) && is_within(value, request->fields));
    }
    FUZZ_CHECK(fields.len == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span text = span_of((const char *)data, size), rest = text;
    enum step step = STEP_DONE;
    while (step == STEP_DONE && rest.len) {
        struct request_text request;
        struct request_problem problem;
        struct span before = rest;
        unsigned line, column;
        step = request_text_next(&rest, &request, &problem);
        if (step == STEP_DONE) {
            FUZZ_CHECK(rest.len < before.len && rest.ptr + rest.len == text.ptr + text.len);
            check_request(&request, span_head(before, before.len - rest.len));
        } else if (step == STEP_FAILED) {
            FUZZ_CHECK(problem.at >= text.ptr && problem.at <= text.ptr + text.len);
            request_text_place(text, problem.at, &line, &column);
            FUZZ_CHECK(line > 0 && column > 0 && problem.reason);
        } else {
            FUZZ_CHECK(rest.len == before.len);
        }
    }
    return 0;
}
