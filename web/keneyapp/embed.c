/* SPDX-License-Identifier: Apache-2.0
 *
 * embed DIR OUT.c: writes every file of a folder as C text for keneyapp/http/assets.h, each as it
 * is and compressed as far as gzip and brotli go. Runs while the project is built.
 */
#define _GNU_SOURCE
#include <brotli/encode.h>
#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum {
    LINE_CHARS = 96,
    GZIP_OVERHEAD_BYTES = 18,
};

struct bytes {
    unsigned char *ptr;
    size_t len;
};

static const struct {
    const char *ending, *type;
} TYPES[] = {
    {".html", "text/html; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".svg", "image/svg+xml"},
};

static void fail(const char *what, const char *name)
{
    fprintf(stderr, "embed: %s %s: %s\n", what, name, errno ? strerror(errno) : "not known");
    exit(1);
}

static struct bytes bytes_new(size_t len)
{
    struct bytes bytes = {malloc(len ? len : 1), len};
    if (!bytes.ptr)
        fail("no memory for", "a file");
    return bytes;
}

static struct bytes read_file(const char *dir, const char *name)
{
    char path[4096];
    snprintf(path, sizeof(path), "%s/%s", dir, name);
    FILE *file = fopen(path, "rb");
    if (!file || fseek(file, 0, SEEK_END) != 0)
        fail("cannot read", path);
    long size = ftell(file);
    rewind(file);
    struct bytes bytes = bytes_new(size > 0 ? (size_t)size : 0);
    if (fread(bytes.ptr, 1, bytes.len, file) != bytes.len)
        fail("cannot read", path);
    fclose(file);
    return bytes;
}

/* A compressed form that saves nothing is not kept. */
static struct bytes if_smaller(struct bytes compressed, size_t plain_len)
{
    if (compressed.len >= plain_len)
        compressed.len = 0;
    return compressed;
}

static struct bytes gzip(struct bytes plain)
{
    struct bytes out = bytes_new(compressBound(plain.len) + GZIP_OVERHEAD_BYTES);
    z_stream stream = {0};
    if (deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY) !=
        Z_OK)
        fail("zlib refuses", "to begin");
    stream.next_in = plain.ptr;
    stream.avail_in = (uInt)plain.len;
    stream.next_out = out.ptr;
    stream.avail_out = (uInt)out.len;
    if (deflate(&stream, Z_FINISH) != Z_STREAM_END)
        fail("zlib refuses", "a file");
    out.len = stream.total_out;
    deflateEnd(&stream);
    return if_smaller(out, plain.len);
}

static struct bytes brotli(struct bytes plain)
{
    struct bytes out = bytes_new(BrotliEncoderMaxCompressedSize(plain.len) + 1);
    if (!BrotliEncoderCompress(BROTLI_MAX_QUALITY, BROTLI_MAX_WINDOW_BITS, BROTLI_MODE_TEXT,
                               plain.len, plain.ptr, &out.len, out.ptr))
        fail("brotli refuses", "a file");
    return if_smaller(out, plain.len);
}

static void write_byte(FILE *out, unsigned char c)
{
    bool plain = c >= ' ' && c < 0x7f && !strchr("\"\\?", c);
    fprintf(out, plain ? "%c" : "\\%03o", c);
}

static void write_bytes(FILE *out, const char *name, size_t number, struct bytes bytes)
{
    fprintf(out, "static const char %s_%zu[] =\n    \"", name, number);
    for (size_t i = 0; i < bytes.len; i++) {
        if (i && i % LINE_CHARS == 0)
            fprintf(out, "\"\n    \"");
        write_byte(out, bytes.ptr[i]);
    }
    fprintf(out, "\";\n");
    free(bytes.ptr);
}

/* FNV-1a: nobody has to be kept from making a second file with the same tag. */
static uint64_t hash(struct bytes bytes)
{
    uint64_t value = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < bytes.len; i++)
        value = (value ^ bytes.ptr[i]) * UINT64_C(0x100000001b3);
    return value;
}

static const char *type_of(const char *name)
{
    const char *ending = strrchr(name, '.');
    for (size_t i = 0; ending && i < sizeof(TYPES) / sizeof(TYPES[0]); i++)
        if (strcmp(ending, TYPES[i].ending) == 0)
            return TYPES[i].type;
    errno = 0;
    fail("the content type of this file is", name);
    return NULL;
}

/* The bytes go to `out` at once, the row of the table to `row`. */
static void embed(FILE *out, FILE *row, const char *dir, const char *name, size_t number)
{
    struct bytes plain = read_file(dir, name);
    struct bytes small = gzip(plain), smaller = brotli(plain);
    bool page = strcmp(name, "index.html") == 0;
    fprintf(row, "    {\"%s/%s\", \"%s\", \"\\\"%016llx\\\"\", %s,\n", page ? "" : "/assets", name,
            type_of(name), (unsigned long long)hash(plain), page ? "false" : "true");
    fprintf(row, "     {identity_%zu, %zu}, {gzip_%zu, %zu}, {brotli_%zu, %zu}},\n", number,
            plain.len, number, small.len, number, smaller.len);
    write_bytes(out, "identity", number, plain);
    write_bytes(out, "gzip", number, small);
    write_bytes(out, "brotli", number, smaller);
}

static int is_file(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

int main(int argc, char **argv)
{
    struct dirent **entries = NULL;
    char *rows = NULL;
    size_t rows_len = 0;
    int count = argc == 3 ? scandir(argv[1], &entries, is_file, alphasort) : -1;
    if (count < 0)
        fail("usage: embed DIR OUT.c; cannot list", argc > 1 ? argv[1] : "");
    FILE *out = fopen(argv[2], "w");
    FILE *row = open_memstream(&rows, &rows_len);
    if (!out || !row)
        fail("cannot write", argv[2]);
    fprintf(out, "/* Made by web/keneyapp/embed.c. */\n#include \"keneyapp/http/assets.h\"\n\n");
    for (int i = 0; i < count; i++) {
        embed(out, row, argv[1], entries[i]->d_name, (size_t)i);
        free(entries[i]);
    }
    free(entries);
    fclose(row);
    fprintf(out, "\nconst struct asset ASSETS[] = {\n%s};\n\nconst size_t ASSET_COUNT = %d;\n",
            rows, count);
    free(rows);
    if (fclose(out) != 0)
        fail("cannot write", argv[2]);
    return 0;
}
