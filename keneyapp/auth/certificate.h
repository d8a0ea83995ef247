/* SPDX-License-Identifier: Apache-2.0
 *
 * The clinic's own certificate authority and server certificate, for machines that have no other:
 * ECDSA P-256, made with GnuTLS. People who trust `ca.pem` need no --insecure.
 */
#ifndef KENEYAPP_AUTH_CERTIFICATE_H
#define KENEYAPP_AUTH_CERTIFICATE_H

#include "base/clock.h"
#include "base/error.h"
#include "base/strbuf.h"

struct certificate_set {
    struct strbuf ca, ca_key;         /* PEM */
    struct strbuf server, server_key; /* PEM; `server` is the chain with the authority */
};

void certificate_set_init(struct certificate_set *set);

/* Cleanup function for AUTO(certificate_set_done). */
void certificate_set_done(struct certificate_set *set);

/* Fills empty `ca` and `ca_key`: an authority valid for ten years from `now_ns` (since 1970). */
MUST_CHECK int certificate_make_ca(struct certificate_set *set, nsec_t now_ns, struct error *err);

/* Fills `server` and `server_key`, signed by the set's authority, valid for 825 days, for
 * localhost, api.keneyapp.com, 127.0.0.1 and ::1. */
MUST_CHECK int certificate_make_server(struct certificate_set *set, nsec_t now_ns,
                                       struct error *err);

/* True while the first certificate of `pem` is valid for at least another week. */
bool certificate_is_fresh(struct span pem, nsec_t now_ns);

#endif
