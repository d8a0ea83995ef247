/* SPDX-License-Identifier: Apache-2.0
 *
 * open(): data files, read once in the first init and shared by all users.
 */
#ifndef SCRIPT_K6_FILES_H
#define SCRIPT_K6_FILES_H

#include <quickjs.h>

struct js;

void files_install(struct js *js, JSValueConst global);

#endif
