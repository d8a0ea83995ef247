/* SPDX-License-Identifier: Apache-2.0
 *
 * __ENV, __VU and __ITER.
 */
#ifndef SCRIPT_K6_ENV_H
#define SCRIPT_K6_ENV_H

#include <quickjs.h>

struct js;

void env_install(struct js *js, JSValueConst global);

#endif
