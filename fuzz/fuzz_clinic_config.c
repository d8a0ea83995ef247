/* SPDX-License-Identifier: Apache-2.0
 *
 * Configuration files: any text is either read or refused with a line, and what was read can be
 * printed and read again.
 */
#include <string.h>

#include "fuzz/fuzz.h"
#include "keneyapp/config.h"

static void check_again(const struct config *config)
{
    AUTO(strbuf_done) struct strbuf text = STRBUF_INIT(1 << 22);
    AUTO(config_done) struct config again;
    struct error err = {0};
    config_print(config, &text);
    config_init(&again);
    FUZZ_CHECK(config_text(&again, strbuf_span(&text), "printed", &err) == 0);
    FUZZ_CHECK(again.queue == config->queue && again.without == config->without);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO(config_done) struct config config;
    struct error err = {0};
    config_init(&config);
    if (config_text(&config, span_of((const char *)data, size), "file", &err) == 0)
        check_again(&config);
    else
        FUZZ_CHECK(err.message[0] && err.code == EXIT_INVALID_CONFIG);
    return 0;
}
