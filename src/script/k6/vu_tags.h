/* SPDX-License-Identifier: Apache-2.0
 *
 * exec.vu.tags: an object whose properties are the tags that the user's samples carry now.
 */
#ifndef SCRIPT_K6_VU_TAGS_H
#define SCRIPT_K6_VU_TAGS_H

#include <quickjs.h>

struct js;

void vu_tags_register(struct js *js); /* once per engine */
JSValue vu_tags_new(struct js *js);

#endif
