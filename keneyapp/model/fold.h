/* SPDX-License-Identifier: Apache-2.0
 *
 * Text as it is compared where neither case nor accents matter: the same on every database,
 * whatever its locale. "Lefèvre", "LEFEVRE" and "lefevre" are one, and so are "Cœur" and "coeur",
 * "Groß" and "gross". In Latin, Greek and Cyrillic a letter loses its marks (composed or not);
 * in other scripts only its case. The table is made by tools/make-fold-table.
 *
 * Databases keep folded texts (store/sql.h): whoever changes what this function gives for any text
 * adds a migration that makes them anew.
 */
#ifndef KENEYAPP_MODEL_FOLD_H
#define KENEYAPP_MODEL_FOLD_H

#include "base/arena.h"
#include "base/span.h"

/* The folded text lives in `arena`. Bytes that are not UTF-8 become U+FFFD. */
struct span fold_text(struct arena *arena, struct span text);

/* Names of users and e-mail addresses are compared without regard to the case of ASCII letters:
 * what SQL's lower() makes of them in both databases. `to` takes as many bytes as `text` has; it
 * may be the text itself. */
void fold_ascii(struct span text, char *to);

#endif
