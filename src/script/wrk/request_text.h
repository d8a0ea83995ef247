/* SPDX-License-Identifier: Apache-2.0
 *
 * HTTP/1 requests as a script writes them, one after another in one text (RFC 9112): where each
 * ends and what it says. Strict, but for a bare LF as the end of a line and empty lines before a
 * request. Pure; any thread.
 */
#ifndef SCRIPT_WRK_REQUEST_TEXT_H
#define SCRIPT_WRK_REQUEST_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"
#include "base/util.h"

/* Borrows the text. */
struct request_text {
    struct span method;
    struct span target; /* "/path", "*" or a whole URL, as written */
    unsigned minor;     /* HTTP/1.x */
    struct span fields; /* for request_text_field() */
    struct span body;   /* as written; ptr NULL when the head announces none */
    bool is_chunked;    /* the body has chunked framing */
    bool closes;        /* the connection ends with this request */
};

/* Why a text is no request, in the words that wrk's users know, and where. */
struct request_problem {
    const char *reason;
    const char *at; /* in the text */
};

/* Takes the next request off `rest`. STEP_MORE: the text ends before it does, `rest` stays.
 * STEP_FAILED: `problem` is filled. */
MUST_CHECK enum step request_text_next(struct span *rest, struct request_text *ret_request,
                                       struct request_problem *problem);

/* Takes the next header off `rest`, which starts as request.fields; false behind the last. */
bool request_text_field(struct span *rest, struct span *ret_name, struct span *ret_value);

/* Line and column, from 1, of `at` in `text`. */
void request_text_place(struct span text, const char *at, unsigned *ret_line, unsigned *ret_column);

#endif
