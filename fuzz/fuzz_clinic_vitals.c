/* SPDX-License-Identifier: Apache-2.0
 *
 * A browser's report about a page: answered 204, 413 or 422, and only a 204 is counted.
 */
#include "fuzz/fuzz.h"
#include "keneyapp/app.h"
#include "keneyapp/routes/routes.h"
#include "keneyapp/telemetry/web_vitals.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const PAGES[] = {"/", "/patients/{id}", NULL};
    AUTO(strbuf_done) struct strbuf counted = STRBUF_INIT(1 << 20);
    AUTO(web_vitals_free) struct web_vitals *vitals = web_vitals_new(PAGES);
    struct app app = {.vitals = vitals};
    struct call call = {.app = &app};
    struct request request = {.content_type = SPAN("application/json")};
    struct response response = {.status = 200};
    strbuf_init(&request.body, REQUEST_BODY_MAX_BYTES);
    strbuf_init(&response.body, RESPONSE_BODY_MAX_BYTES);
    strbuf_add(&request.body, data, size);
    FUZZ_CHECK(route_vitals(&request, &response, &call) == HANDLED);
    web_vitals_render(vitals, &counted);
    FUZZ_CHECK(response.status == 204 || response.status == 413 || response.status == 422);
    FUZZ_CHECK(response.status == 204 ? response.body.len == 0 : counted.len == 0);
    strbuf_done(&request.body);
    strbuf_done(&response.body);
    return 0;
}
