/* SPDX-License-Identifier: Apache-2.0
 *
 * What hey sends: method, URL and headers in the order of Go's net/http, for the first request of a
 * call and for those that redirects lead to (net/http's rules, followed up to ten times). Pure.
 */
#ifndef CLI_AS_HEY_REQUEST_H
#define CLI_AS_HEY_REQUEST_H

#include <stdbool.h>

#include "base/span.h"
#include "base/util.h"
#include "http/headers.h"

struct arena;
struct hey_options;
struct strbuf;

enum {
    HEY_MAX_REDIRECTS = 10,
};

struct hey_request {
    struct span method, url, body; /* of this hop; body ptr NULL: none */
    struct span host;              /* what Host says; empty: what the URL says */
    struct headers headers;        /* all that goes on the wire, in its order, but Host */
    struct headers given;          /* of them those that the user gave, sorted by name */
    bool disable_compression, disable_redirects;
    unsigned redirects; /* that led here */
};

/* The first of every call. Memory: `arena`. -1 with hey's sentence in `problem` when the method or
 * URL cannot be used at all. */
MUST_CHECK int hey_request_first(const struct hey_options *options, struct span body,
                                 struct arena *arena, struct hey_request *ret,
                                 struct strbuf *problem);

enum hey_redirect {
    HEY_REDIRECT_NONE,   /* this is the answer */
    HEY_REDIRECT_FOLLOW, /* `*ret_next` comes next */
    HEY_REDIRECT_FAILED, /* `problem` says why, as Go does, "Get "URL": " included */
};

/* What `status` and `location` of the answer to `hop` lead to; `first` began the call. */
enum hey_redirect hey_request_redirect(const struct hey_request *first,
                                       const struct hey_request *hop, int status,
                                       struct span location, struct arena *arena,
                                       struct hey_request *ret_next, struct strbuf *problem);

/* `Get "URL": `, with which net/http begins its errors: the method of the call in that spelling,
 * the URL without its password. */
void hey_request_describe(const struct hey_request *first, struct span url, struct strbuf *out);

/* Why Go's net/http does not ask for `url` at all: `unsupported protocol scheme "ftp"`. False when
 * it does. */
bool hey_request_unsupported(struct span url, struct strbuf *out);

#endif
