/* SPDX-License-Identifier: Apache-2.0
 *
 * http.CookieJar: the user's own jar, or one that the script made.
 */
#ifndef SCRIPT_K6_JAR_H
#define SCRIPT_K6_JAR_H

#include <quickjs.h>

struct cookie_jar;
struct js;

/* Once per engine; the constructor. */
JSValue jar_register(struct js *js);

/* http.cookieJar(): the jar of the running user. */
JSValue jar_current(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv);

/* NULL when `value` is no jar. */
struct cookie_jar *jar_of(JSValueConst value);

#endif
