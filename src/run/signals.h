/* SPDX-License-Identifier: Apache-2.0
 *
 * SIGINT and SIGTERM as a count that a run looks at; the second signal ends the process at once
 * with exit code 105. One run at a time per process, since signals belong to the process.
 */
#ifndef RUN_SIGNALS_H
#define RUN_SIGNALS_H

/* From now on signals are counted, and each makes `wake_fd` (an eventfd) readable. */
void signals_catch(int wake_fd);

/* How many came since signals_catch(). */
int signals_taken(void);

/* Back to the default handling. */
void signals_release(void);

#endif
