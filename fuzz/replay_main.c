/* SPDX-License-Identifier: Apache-2.0
 *
 * Runs a fuzzer over the files of its corpus, without libFuzzer: the regression test that every
 * build can do. replay FOLDER; the status is non-zero when there is nothing to replay.
 */
#include <dirent.h>
#include <limits.h>
#include <string.h>

#include "base/mem.h"
#include "base/strbuf.h"
#include "fuzz/fuzz.h"

#define MAX_INPUT_BYTES ((size_t)16 * 1024 * 1024)

static int read_file(const char *path, struct strbuf *out)
{
    char piece[4096];
    size_t len;
    FILE *file = fopen(path, "rbe");
    if (!file)
        return -1;
    while ((len = fread(piece, 1, sizeof(piece), file)) > 0)
        strbuf_add(out, piece, len);
    int failed = ferror(file) || out->overflow;
    return fclose(file) == 0 && !failed ? 0 : -1;
}

/* The input lies in a block of its own size, so that a sanitizer sees a read past its end. */
static void run_input(struct span input)
{
    char *copy = malloc(input.len ? input.len : 1);
    FUZZ_CHECK(copy);
    if (input.len)
        memcpy(copy, input.ptr, input.len);
    LLVMFuzzerTestOneInput((const uint8_t *)copy, input.len);
    free(copy);
}

static int replay_file(const char *folder, const char *name)
{
    char path[PATH_MAX];
    AUTO(strbuf_done) struct strbuf input = STRBUF_INIT(MAX_INPUT_BYTES);
    snprintf(path, sizeof(path), "%s/%s", folder, name);
    if (read_file(path, &input) < 0) {
        fprintf(stderr, "%s: cannot be read\n", path);
        return -1;
    }
    run_input(strbuf_span(&input));
    return 0;
}

static int replay_folder(const char *folder, DIR *dir)
{
    int count = 0;
    for (struct dirent *entry; (entry = readdir(dir));) {
        if (entry->d_name[0] == '.')
            continue;
        if (replay_file(folder, entry->d_name) < 0)
            return -1;
        count++;
    }
    printf("%d inputs replayed\n", count);
    return count > 0 ? 0 : -1;
}

int main(int argc, char **argv)
{
    DIR *dir = argc == 2 ? opendir(argv[1]) : NULL;
    if (!dir) {
        fprintf(stderr, "usage: %s CORPUS_FOLDER (must exist)\n", argv[0]);
        return 2;
    }
    run_input(SPAN_EMPTY);
    int result = replay_folder(argv[1], dir);
    closedir(dir);
    return result < 0 ? 1 : 0;
}
