/* SPDX-License-Identifier: Apache-2.0
 *
 * Whole files.
 */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"

static void close_file(FILE **file)
{
    if (*file && *file != stdin && *file != stdout)
        fclose(*file);
}

static int refuse(const char *path, struct error *err)
{
    return error_set(err, EXIT_USAGE, "%s: %s; check the path",
                     path[0] ? path : "an empty file name", strerror(errno));
}

int file_read(const char *path, struct strbuf *out, struct error *err)
{
    char block[16384];
    AUTO(close_file) FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
    if (!file)
        return refuse(path, err);
    for (size_t n; !out->overflow && (n = fread(block, 1, sizeof(block), file)) > 0;)
        strbuf_add(out, block, n);
    if (ferror(file))
        return error_set(err, EXIT_USAGE, "%s: could not be read: %s; is it a file?", path,
                         strerror(errno));
    if (out->overflow)
        return error_set(err, EXIT_USAGE, "%s: larger than %zu bytes; use a smaller one", path,
                         out->max);
    return 0;
}

int file_write(const char *path, struct span content, struct error *err)
{
    AUTO(close_file) FILE *file = strcmp(path, "-") == 0 ? stdout : fopen(path, "we");
    if (!file)
        return refuse(path, err);
    if (fwrite(content.len ? content.ptr : "", 1, content.len, file) != content.len ||
        fflush(file) != 0)
        return error_set(err, EXIT_USAGE, "%s: could not be written: %s; is there room?", path,
                         strerror(errno));
    return 0;
}

int file_probe(const char *path, struct error *err)
{
    struct stat status;
    if (stat(path, &status) == 0 && S_ISFIFO(status.st_mode))
        return 0;
    return file_write(path, SPAN_EMPTY, err);
}

void file_open_standard(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDWR) != fd)
            _exit(EXIT_USAGE); /* and nowhere to say why */
}

int file_end_standard(int code)
{
    bool lost = fflush(stdout) != 0 || ferror(stdout);
    if (!lost || code != EXIT_OK)
        return code;
    fputs("standard output could not be written to its end: make room, or print to a file "
          "elsewhere\n",
          stderr);
    return EXIT_USAGE;
}
