/* SPDX-License-Identifier: Apache-2.0
 *
 * The message of a load without users: what goes on an HTTP/1.1 connection for a method, a URL,
 * headers and a body.
 */
#ifndef RUN_BENCH_MESSAGE_H
#define RUN_BENCH_MESSAGE_H

#include <stddef.h>

#include "base/span.h"
#include "base/util.h"

struct arena;
struct error;
struct headers;
struct strbuf;

struct bench_message {
    const char *url, *method;   /* absolute; upper case */
    const char *const *headers; /* "Name: value"; each replaces one of the same name before it, Host
                                   and Authorization those of the URL */
    size_t header_count;
    struct span body; /* ptr NULL: none */
    const char *user_agent;
    const char *proxy; /* URL of the one that reads it, NULL: none; a tunnel does not, so that one
                          of an https URL means nothing here */
};

/* Its headers alone, in the arena, for protocols that carry them otherwise. -1 and `err` (255). */
MUST_CHECK int bench_message_headers(const struct bench_message *message, struct arena *arena,
                                     struct headers *ret_headers, struct error *err);

/* Appends it. -1 and `err` (255) for what cannot be sent. */
MUST_CHECK int bench_message_write(const struct bench_message *message, struct strbuf *out,
                                   struct error *err);

#endif
