/* SPDX-License-Identifier: Apache-2.0
 *
 * The user's Python and our package for it: where they are, and how to become them. Nothing of
 * Python is linked into the program. Whether the interpreter is new enough and has gevent is the
 * package's own first question (python/launch.py).
 *
 *   interpreter   KENEYPERF_PYTHON, else python3 on the PATH (a virtual environment is there first)
 *   package       KENEYPERF_PYTHON_PACKAGE, else "python" beside the program (a build folder), else
 *                 ../lib/keneyperf/python from it (an installed one)
 */
#ifndef RUN_PYTHON_H
#define RUN_PYTHON_H

#include <limits.h>

#include "base/util.h"

struct error;

struct python {
    char interpreter[PATH_MAX];
    char launcher[PATH_MAX]; /* the package's launch.py */
};

/* 0, or -1 and `err` (255) that says what to install or set. */
MUST_CHECK int python_find(struct python *python, struct error *err);

/* Becomes `interpreter launcher args...`; `args` ends with NULL. Returns only when that fails: -1
 * and `err` (255). */
int python_exec(const struct python *python, char *const *args, struct error *err);

#endif
