/* SPDX-License-Identifier: Apache-2.0
 *
 * `keneyapp serve`: everything put together, until a signal ends it.
 */
#ifndef KENEYAPP_SERVE_H
#define KENEYAPP_SERVE_H

#include "base/error.h"
#include "keneyapp/config.h"

/* Returns when SIGINT or SIGTERM came and what was accepted is finished: 0, or -1 with a sentence
 * when it could not start. Called once, on the main thread, before there are others. */
MUST_CHECK int serve_run(const struct config *config, struct error *err);

#endif
