/* SPDX-License-Identifier: Apache-2.0
 *
 * The table of tools whose place keneyperf takes.
 */
#include "cli/as/drop_in.h"

#include <stddef.h>
#include <string.h>

const struct drop_in *const DROP_INS[] = {
    &DROP_IN_AB, &DROP_IN_HEY, &DROP_IN_LOCUST, &DROP_IN_WRK, &DROP_IN_WRK2, NULL,
};

const struct drop_in *drop_in_find(const char *name)
{
    const char *slash = strrchr(name, '/');
    const char *base = slash ? slash + 1 : name;
    for (size_t i = 0; DROP_INS[i]; i++) {
        if (strcmp(DROP_INS[i]->name, base) == 0)
            return DROP_INS[i];
    }
    return NULL;
}
