/* SPDX-License-Identifier: Apache-2.0
 *
 * What ab prints as "Server Software". Pure.
 */
#ifndef CLI_AS_AB_SOFTWARE_H
#define CLI_AS_AB_SOFTWARE_H

#include "base/span.h"

/* The word that follows "Server:" and one more byte, wherever that stands in `head` and in any
 * case: "nginx/1.22.1" of "Server: nginx/1.22.1 (Debian)". At most 1023 bytes; empty when there is
 * none.
 */
struct span ab_software(struct span head);

#endif
