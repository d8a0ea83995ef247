/* SPDX-License-Identifier: Apache-2.0
 *
 * What Go's net/url refuses, in its words: hey prints them. What is accepted here need not be a URL
 * that can be asked for (http/url.h). Pure; any thread.
 */
#ifndef CLI_AS_HEY_GO_URL_H
#define CLI_AS_HEY_GO_URL_H

#include "base/span.h"
#include "base/util.h"

struct strbuf;

/* 0, or -1 with `parse "http://a b/": invalid character " " in host name` and the like. */
MUST_CHECK int go_url_check(struct span url, struct strbuf *problem);

/* The scheme as written, empty without one; `*ret_rest` is what follows its colon. */
struct span go_url_scheme(struct span url, struct span *ret_rest);

#endif
