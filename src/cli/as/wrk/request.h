/* SPDX-License-Identifier: Apache-2.0
 *
 * wrk's usual message without a script: GET, Host, the headers of -H. wrk's order of headers is
 * that of a Lua table, which differs from run to run; ours is Host, then the order of the command
 * line. Pure.
 */
#ifndef CLI_AS_WRK_REQUEST_H
#define CLI_AS_WRK_REQUEST_H

#include "base/util.h"

struct strbuf;
struct wrk_options;

/* 0, or -1 with the line that wrk prints for a message that is no whole HTTP request: "PROBLEM at
 * LINE:COLUMN". */
MUST_CHECK int wrk_request_write(const struct wrk_options *options, struct strbuf *out,
                                 struct strbuf *ret_problem);

#endif
