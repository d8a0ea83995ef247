/* SPDX-License-Identifier: Apache-2.0
 *
 * What the parts of the OpenSLO reader share: checked access to the tree, with the place of
 * whatever is wrong in the error.
 */
#ifndef SLO_OPENSLO_PRIVATE_H
#define SLO_OPENSLO_PRIVATE_H

#include "slo/openslo.h"
#include "slo/yaml_tree.h"

struct slo_reader {
    struct openslo *slo;
    const struct yaml_tree *documents;
    struct error *err;
};

/* Sets the error at the place of `node` (NULL: no place); returns -1. */
int slo_refuse(struct slo_reader *reader, const struct yaml_tree *node, const char *fmt, ...)
    PRINTF_LIKE(3, 4);

/* A map whose keys are all among `known`, separated by spaces. `what` names it in messages. */
MUST_CHECK int slo_check_map(struct slo_reader *reader, const struct yaml_tree *node,
                             const char *what, const char *known);

/* The member, which must be there and be text that is not empty. */
MUST_CHECK int slo_get_text(struct slo_reader *reader, const struct yaml_tree *map, const char *key,
                            const char **ret_text);

/* The member when it is text, else `otherwise`. */
const char *slo_text_or(const struct yaml_tree *map, const char *key, const char *otherwise);

/* The document of this kind and name, or NULL. */
const struct yaml_tree *slo_find_document(const struct slo_reader *reader, const char *kind,
                                          const char *name);

/* "90s", "5m", "12h", "28d", "4w" (and M, Q, Y, where a month is 30 days); 0 or -1. */
MUST_CHECK int slo_parse_duration(struct span text, nsec_t *ret_ns);

/* openslo_source.c: what the indicator (an SLI's spec) measures, into kind and measurement of
 * `row`, whose op, bound and target are set. */
MUST_CHECK int slo_read_indicator(struct slo_reader *reader, const struct yaml_tree *spec,
                                  struct slo_row *row);

#endif
