/* SPDX-License-Identifier: Apache-2.0
 *
 * keneyperf as locust: becomes the user's Python with our package named locust, which has Locust's
 * whole command line (python/locust/main.py).
 */
#include <stdio.h>

#include "base/error.h"
#include "cli/as/drop_in.h"
#include "run/python.h"

static int run(int argc, char **argv)
{
    struct error err = {0};
    struct python python;
    if (python_find(&python, &err) == 0)
        python_exec(&python, argv + 1, &err);
    fprintf(stderr, "locust: error: %s\n", err.message);
    return err.code;
}

const struct drop_in DROP_IN_LOCUST = {
    .name = "locust",
    .summary = "Locust: its files, options, tables, CSV and HTML files, exit codes",
    .run = run,
};
