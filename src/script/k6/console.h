/* SPDX-License-Identifier: Apache-2.0
 *
 * console.log and its kin, and values as text the way k6 prints them.
 */
#ifndef SCRIPT_K6_CONSOLE_H
#define SCRIPT_K6_CONSOLE_H

#include <quickjs.h>

struct js;

void console_install(struct js *js, JSValueConst global);

#endif
