/* SPDX-License-Identifier: Apache-2.0
 *
 * The option table of `keneyperf run`: k6's names where k6 has one, ours beside them; and k6's
 * options that are not here yet, which are refused by name.
 */
#ifndef CLI_RUN_OPTIONS_H
#define CLI_RUN_OPTIONS_H

#include "cli/options.h"

extern const struct option_spec RUN_OPTIONS[];

/* Why an option of k6's that is in the table cannot be used yet, or NULL. */
const char *run_option_refusal(const struct options *options);

#endif
