/* SPDX-License-Identifier: Apache-2.0
 *
 * A command that writes to the database while servers answer from what they keep of it.
 */
#ifndef KENEYAPP_COMMANDS_NEWS_H
#define KENEYAPP_COMMANDS_NEWS_H

#include "keneyapp/commands/workplace.h"

/* After the commit: answers that were made before are not given any more, neither by the server of
 * the folder nor, when there is a Redis, by any. Waits for Redis, two seconds at most; a warning
 * when it is away. */
void news_tell(const struct workplace *place, const struct config *config);

#endif
