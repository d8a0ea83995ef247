/* SPDX-License-Identifier: Apache-2.0
 *
 * The reason phrases of the IANA registry, for protocols that send none. Pure; any thread.
 */
#ifndef HTTP_STATUS_TEXT_H
#define HTTP_STATUS_TEXT_H

#include "base/span.h"

/* "OK" for 200; empty when the registry has none. Static. */
struct span status_text(unsigned status);

#endif
