/* SPDX-License-Identifier: Apache-2.0
 *
 * The role table, unrolled.
 */
#include "keneyapp/model/role.h"

#include <stddef.h>
#include <string.h>

#define NAME(symbol, bit, name, before) name,

const char *const ROLE_NAMES[] = {ROLE_TABLE(NAME) NULL};

#define BIT(symbol, bit, name, before) bit,

static const unsigned BITS[] = {ROLE_TABLE(BIT)};

unsigned role_of(const char *name)
{
    for (size_t i = 0; ROLE_NAMES[i]; i++)
        if (strcmp(ROLE_NAMES[i], name) == 0)
            return BITS[i];
    return 0;
}
