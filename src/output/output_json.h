/* SPDX-License-Identifier: Apache-2.0
 *
 * k6's JSON output (`--out json=FILE`): one line per sample, and before the first sample of a
 * metric one line about the metric. Byte for byte what k6 1.8 writes for the same samples, but for
 * the `metadata` of a point, which does not exist here. Text that is not UTF-8 is repaired.
 */
#ifndef OUTPUT_OUTPUT_JSON_H
#define OUTPUT_OUTPUT_JSON_H

#include "output/output.h"

/* The argument is a path, created or emptied; it is compressed with gzip when it ends in ".gz".
 * "-" or "" is standard output. */
extern const struct output_ops output_json_ops;

#endif
