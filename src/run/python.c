/* SPDX-License-Identifier: Apache-2.0
 *
 * Finds the user's Python and our package for it.
 */
#include "run/python.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/span.h"

static const char DEFAULT_INTERPRETER[] = "python3";

/* "a/b", or -1 when that is longer than a path may be. */
static int join(char path[PATH_MAX], struct span folder, const char *name)
{
    int len = snprintf(path, PATH_MAX, "%.*s/%s", SPAN_ARG(folder), name);
    return len < PATH_MAX ? 0 : -1;
}

static bool is_program(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISREG(st.st_mode) && access(path, X_OK) == 0;
}

static bool take_path(const char *name, char found[PATH_MAX])
{
    return is_program(name) && snprintf(found, PATH_MAX, "%s", name) < PATH_MAX;
}

static bool search_path(const char *name, char found[PATH_MAX])
{
    const char *path = getenv("PATH");
    struct span rest = span_cstr(path ? path : "/usr/local/bin:/usr/bin:/bin");
    while (rest.len) {
        struct span folder = span_cut(rest, ':', &rest);
        if (join(found, folder.len ? folder : SPAN("."), name) == 0 && is_program(found))
            return true;
    }
    return false;
}

static int find_interpreter(struct python *python, struct error *err)
{
    const char *wanted = getenv("KENEYPERF_PYTHON");
    bool chosen = wanted && *wanted;
    const char *name = chosen ? wanted : DEFAULT_INTERPRETER;
    bool found = strchr(name, '/') ? take_path(name, python->interpreter)
                                   : search_path(name, python->interpreter);
    if (found)
        return 0;
    if (chosen)
        return error_set(err, EXIT_USAGE,
                         "KENEYPERF_PYTHON=%s is no program that can be run; give the path of a "
                         "Python 3.11 or newer, or unset it",
                         name);
    return error_set(err, EXIT_USAGE,
                     "Locust files need Python, and there is no python3 on the PATH; install "
                     "Python 3.11 or newer with gevent (apt install python3-gevent), or give its "
                     "path in KENEYPERF_PYTHON");
}

static bool has_launcher(struct python *python, struct span package)
{
    return join(python->launcher, package, "launch.py") == 0 && access(python->launcher, R_OK) == 0;
}

static int find_package(struct python *python, struct error *err)
{
    char program[PATH_MAX], package[PATH_MAX];
    const char *wanted = getenv("KENEYPERF_PYTHON_PACKAGE");
    if (wanted && *wanted && has_launcher(python, span_cstr(wanted)))
        return 0;
    if (wanted && *wanted)
        return error_set(err, EXIT_USAGE,
                         "KENEYPERF_PYTHON_PACKAGE=%s has no launch.py; give KeneyPerf's Python "
                         "folder, or unset it",
                         wanted);
    ssize_t len = readlink("/proc/self/exe", program, sizeof(program));
    while (len > 0 && program[len - 1] != '/')
        len--;
    struct span folder = span_of(program, len > 1 ? (size_t)len - 1 : 0);
    if (join(package, folder, "python") == 0 && has_launcher(python, span_cstr(package)))
        return 0;
    if (join(package, folder, "../lib/keneyperf/python") == 0 &&
        has_launcher(python, span_cstr(package)))
        return 0;
    return error_set(err, EXIT_USAGE,
                     "KeneyPerf's Python package is neither in %.*s/python nor in "
                     "%.*s/../lib/keneyperf/python; install KeneyPerf whole (in its source tree: "
                     "make build), or give the folder in KENEYPERF_PYTHON_PACKAGE",
                     SPAN_ARG(folder), SPAN_ARG(folder));
}

int python_find(struct python *python, struct error *err)
{
    struct python found;
    if (find_interpreter(&found, err) < 0 || find_package(&found, err) < 0)
        return -1;
    *python = found;
    return 0;
}

int python_exec(const struct python *python, char *const *args, struct error *err)
{
    size_t count = 0;
    while (args[count])
        count++;
    AUTO(mem_free) char **argv = mem_new(count + 3, sizeof(*argv));
    argv[0] = (char *)python->interpreter;
    argv[1] = (char *)python->launcher;
    for (size_t i = 0; i < count; i++)
        argv[i + 2] = args[i];
    execv(python->interpreter, argv);
    return error_set(err, EXIT_USAGE,
                     "%s cannot be run: %s; give another Python in KENEYPERF_PYTHON",
                     python->interpreter, strerror(errno));
}
