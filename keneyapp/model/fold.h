/* SPDX-License-Identifier: Apache-2.0
 *
 * Text in lower case, for comparing "in any case": the same on every database, whatever its
 * locale. Latin, Greek and Cyrillic letters are known; others stay as they are.
 */
#ifndef KENEYAPP_MODEL_FOLD_H
#define KENEYAPP_MODEL_FOLD_H

#include "base/arena.h"
#include "base/span.h"

/* The folded text lives in `arena`. Bytes that are not UTF-8 become U+FFFD. */
struct span fold_text(struct arena *arena, struct span text);

#endif
