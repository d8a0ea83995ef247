/* SPDX-License-Identifier: Apache-2.0
 *
 * What becomes of a handler's answer on its way out: the content coding that the client wants, its
 * entity tag, and 304 for a client that has it already (RFC 9110 §13.1.2). A kept answer goes the
 * same way, without the work.
 */
#ifndef KENEYAPP_HTTP_ANSWER_H
#define KENEYAPP_HTTP_ANSWER_H

#include "keneyapp/cache/cache.h"
#include "keneyapp/http/accept_encoding.h"
#include "keneyapp/http/message.h"

/* What the client wants; ENCODING_IDENTITY where `app` compresses nothing. Any thread. */
enum encoding answer_encoding(const struct app *app, const struct request *request);

/* Encodes and tags the answer of a GET or HEAD that succeeded, encodes any other. Takes as long as
 * compressing does: not on epoll threads. */
void answer_finish(const struct app *app, const struct request *request, struct response *response);

/* Keeps what a handler computed and makes it the answer. Ends the flight: an answer that is no
 * success is not kept. */
void answer_keep(const struct app *app, const struct request *request, struct response *response,
                 struct flight **flight);

/* A kept answer becomes this one; takes the reference. Any thread. */
void answer_from_cache(const struct app *app, const struct request *request,
                       struct response *response, struct cached *cached);

#endif
