/* SPDX-License-Identifier: Apache-2.0
 *
 * The loose reading of a response, HTTP1_READING_LOOSE and _LOOSE_KEEP_ALIVE: what ApacheBench
 * does. A head ends with an empty line; the status is whatever stands behind "HTTP/1.1 "; "Keep-
 * Alive" anywhere in the head, in any case, keeps the connection, and only then Content-Length
 * ends the body. All else is body until the close: chunk sizes, trailers, answers after a 100.
 *
 * The inside of http1_parser.c, which calls the two functions when its limits ask for it.
 */
#ifndef HTTP_HTTP1_LOOSE_H
#define HTTP_HTTP1_LOOSE_H

#include "http/http1_parser.h"

/* As http1_parser_feed(): all bytes are used, since those behind the length count as body too. */
MUST_CHECK enum step http1_loose_feed(struct http1_parser *parser, struct span bytes);

/* As http1_parser_eof(): STEP_DONE wherever the answer ends, but before its first byte. */
MUST_CHECK enum step http1_loose_eof(struct http1_parser *parser);

/* Where `word`, which begins with a letter, stands in `head`, in any case; -1: nowhere. */
ptrdiff_t http1_loose_find(struct span head, struct span word);

#endif
