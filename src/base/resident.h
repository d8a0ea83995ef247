/* SPDX-License-Identifier: Apache-2.0
 *
 * How much memory this process holds. Any thread.
 */
#ifndef BASE_RESIDENT_H
#define BASE_RESIDENT_H

#include <stddef.h>

/* Bytes in RAM now (proc_pid_statm(5), the second figure); 0 when the system does not tell. */
size_t resident_bytes(void);

#endif
