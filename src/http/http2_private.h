/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of the HTTP/2 codec know of each other.
 */
#ifndef HTTP_HTTP2_PRIVATE_H
#define HTTP_HTTP2_PRIVATE_H

#include <nghttp2/nghttp2.h>
#include <stdbool.h>

/* The fields point into memory that outlives their use, so nghttp2 copies none of them. */
struct http2_head {
    size_t count;
    bool is_head; /* method HEAD: the response has no body */
    nghttp2_nv fields[];
};

#endif
