/* SPDX-License-Identifier: Apache-2.0
 *
 * Text as Go's %q writes it, which hey's messages contain. Pure; any thread.
 */
#ifndef CLI_AS_HEY_GO_QUOTE_H
#define CLI_AS_HEY_GO_QUOTE_H

#include "base/span.h"

struct strbuf;

/* In double quotes; \a\b\f\n\r\t\v, \" and \\ escaped, other control characters and what is not
 * UTF-8 as \x1f. */
void go_quote(struct strbuf *out, struct span text);

#endif
