/* SPDX-License-Identifier: Apache-2.0
 *
 * The command line of bench, one word a line. What is refused has a sentence; what is accepted is a
 * load that can be made. Options that name input files are left out: what is in them is not this.
 */
#include <string.h>

#include "base/error.h"
#include "cli/bench_options.h"
#include "fuzz/fuzz.h"

enum {
    MAX_WORDS = 32,
    MAX_BYTES = 4096,
};

static bool names_a_file(const struct options *options)
{
    const char *body = options_text(options, "body");
    return options_text(options, "urls") || (body && body[0] == '@');
}

static void check(const struct options *options)
{
    struct bench_settings settings;
    struct error err = {0};
    if (bench_settings_read(&settings, options, &err) < 0) {
        FUZZ_CHECK(err.code != 0 && err.message[0]);
    } else {
        FUZZ_CHECK(settings.urls.count > 0);
        FUZZ_CHECK(settings.workers >= 1 && settings.workers <= settings.connections);
        FUZZ_CHECK(settings.requests > 0 || settings.duration_ns != NSEC_NEVER);
        FUZZ_CHECK(settings.rate >= 0);
        FUZZ_CHECK(settings.streams >= 1);
        FUZZ_CHECK(settings.streams == 1 || settings.client.http_version == HTTP_2);
    }
    bench_settings_done(&settings);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char text[MAX_BYTES + 1] = "", name[] = "bench";
    char *words[MAX_WORDS] = {name}, *rest = text, *word;
    struct options options;
    struct error err = {0};
    int count = 1;
    memcpy(text, data, size < MAX_BYTES ? size : MAX_BYTES);
    while (count < MAX_WORDS && (word = strsep(&rest, "\n")))
        words[count++] = word;
    if (options_parse(&options, BENCH_OPTIONS, count, words, &err) < 0) {
        FUZZ_CHECK(err.message[0]);
        return 0;
    }
    if (!names_a_file(&options))
        check(&options);
    options_done(&options);
    return 0;
}
