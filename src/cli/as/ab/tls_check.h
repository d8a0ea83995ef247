/* SPDX-License-Identifier: Apache-2.0
 *
 * ab tries -Z and -E before it prints anything, also when the URL needs no TLS.
 */
#ifndef CLI_AS_AB_TLS_CHECK_H
#define CLI_AS_AB_TLS_CHECK_H

#include "base/util.h"

struct ab_options;

/* 0, or -1 once stderr has ab's line and OpenSSL's errors. */
MUST_CHECK int ab_tls_check(const struct ab_options *options);

#endif
