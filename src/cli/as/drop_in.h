/* SPDX-License-Identifier: Apache-2.0
 *
 * One tool whose place keneyperf takes: that tool's own command line, output and exit codes. A row
 * of the table of drop-ins, one file each; `keneyperf as NAME ...` and a symlink of that name both
 * lead here.
 */
#ifndef CLI_AS_DROP_IN_H
#define CLI_AS_DROP_IN_H

struct drop_in {
    const char *name;
    const char *summary; /* one line */

    /* argv[0] is the tool's name, argv[argc] NULL. The exit code, if it returns. */
    int (*run)(int argc, char **argv);
};

extern const struct drop_in DROP_IN_AB;
extern const struct drop_in DROP_IN_HEY;
extern const struct drop_in DROP_IN_LOCUST;
extern const struct drop_in DROP_IN_WRK;
extern const struct drop_in DROP_IN_WRK2;

/* All drop-ins, by name; NULL ends. */
extern const struct drop_in *const DROP_INS[];

/* The one of that name, which may be a path: "/usr/local/bin/locust". NULL when there is none. */
const struct drop_in *drop_in_find(const char *name);

#endif
