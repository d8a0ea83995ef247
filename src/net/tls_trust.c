/* SPDX-License-Identifier: Apache-2.0
 *
 * Trust anchors.
 */
#include "net/tls_trust.h"

#include <openssl/err.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/mem.h"

struct tls_trust *tls_trust_new(const char *ca_file, struct error *err)
{
    AUTO(tls_trust_free) struct tls_trust *trust = NEW(struct tls_trust);
    trust->store = X509_STORE_new();
    X509_STORE_set_default_paths(trust->store);
    if (!ca_file || X509_STORE_load_locations(trust->store, ca_file, NULL) == 1) {
        ERR_clear_error();
        return TAKE(trust);
    }

    const char *reason = ERR_reason_error_string(ERR_peek_error());

    error_set(err, EXIT_INVALID_CONFIG,
              "cannot read certificates from %s (%s); give a PEM file of CA certificates", ca_file,
              reason ? reason : "no certificate in it");
    ERR_clear_error();
    return NULL;
}

void tls_trust_free(struct tls_trust **ptr)
{
    struct tls_trust *trust = TAKE(*ptr);
    if (!trust)
        return;
    X509_STORE_free(trust->store);
    free(trust);
}
