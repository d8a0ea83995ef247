/* SPDX-License-Identifier: Apache-2.0
 *
 * The option table of `keneyperf run`: k6's names where k6 has one, ours beside them; and k6's
 * options that are not here yet, which are refused by name.
 */
#ifndef CLI_RUN_OPTIONS_H
#define CLI_RUN_OPTIONS_H

#include "cli/options.h"
#include "run/source.h"

extern const struct option_spec RUN_OPTIONS[];

/* Whether all that was given means something to a file of this kind: 0, or -1 and `err` (255) that
 * names what does not, k6's options that are not supported yet included. */
MUST_CHECK int run_options_check(const struct options *options, enum source_kind kind,
                                 struct error *err);

#endif
