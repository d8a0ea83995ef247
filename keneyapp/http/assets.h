/* SPDX-License-Identifier: Apache-2.0
 *
 * The clinic's pages, as the build embedded them (web/keneyapp): one document, index.html, for
 * every address that a person may have in the address bar, and the files it is made of, whose names
 * change with their content. Read-only; any thread; never waits.
 */
#ifndef KENEYAPP_HTTP_ASSETS_H
#define KENEYAPP_HTTP_ASSETS_H

#include "keneyapp/http/message.h"

struct asset {
    const char *path; /* "/assets/main-2K3QXW7A.js" */
    const char *content_type;
    const char *etag;                   /* with its quotes */
    bool immutable;                     /* another content has another path */
    struct span identity, gzip, brotli; /* the latter two empty where they save nothing */
};

/* Addresses of pages, as patterns, NULL-terminated. */
extern const char *const PAGE_NAMES[];

extern const struct asset ASSETS[];
extern const size_t ASSET_COUNT;

/* The file at `path`, or index.html where `path` belongs to a page ("/patients/12"); else NULL. */
const struct asset *assets_find(struct span path);

/* Whether an Accept field (RFC 9110, section 12.5.1) is a browser's that wants a page: it names
 * text/html, and not application/json before it. Who takes anything gets data. */
bool assets_page_wanted(struct span accept);

/* Answers GET and HEAD of files, and of pages for who wants a page, with 200 or 304. False: nothing
 * was done, it is a matter of the routes. */
bool assets_answer(const struct request *request, struct response *response);

/* Of an address that is neither a file's, a page's nor a route's: who wants a page gets the
 * document, which says so among the clinic's pages, with 404. False as above. */
bool assets_answer_unknown(const struct request *request, struct response *response);

#endif
