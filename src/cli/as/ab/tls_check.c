/* SPDX-License-Identifier: Apache-2.0
 *
 * The two options put to an SSL_CTX that is then thrown away; the engine makes its own.
 */
#include "cli/as/ab/tls_check.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdio.h>

#include "cli/as/ab/options.h"

static int refuse(const char *before, const char *what, const char *after)
{
    fprintf(stderr, "%s%s%s\n", before, what, after);
    ERR_print_errors_fp(stderr);
    return -1;
}

static int check(SSL_CTX *ssl, const struct ab_options *options)
{
    const char *cert = options->cert;
    if (options->ciphers && SSL_CTX_set_cipher_list(ssl, options->ciphers) != 1)
        return refuse("error setting ciphersuite list [", options->ciphers, "]");
    if (!cert)
        return 0;
    if (SSL_CTX_use_certificate_chain_file(ssl, cert) != 1)
        return refuse("unable to get certificate from '", cert, "'");
    if (SSL_CTX_use_PrivateKey_file(ssl, cert, SSL_FILETYPE_PEM) != 1)
        return refuse("unable to get private key from '", cert, "'");
    if (SSL_CTX_check_private_key(ssl) != 1)
        return refuse("private key does not match the certificate public key in ", cert, "");
    return 0;
}

int ab_tls_check(const struct ab_options *options)
{
    if (!options->ciphers && !options->cert)
        return 0;
    SSL_CTX *ssl = SSL_CTX_new(TLS_client_method());
    if (!ssl)
        return refuse("", "Could not initialize SSL Context.", "");
    int result = check(ssl, options);
    SSL_CTX_free(ssl);
    return result;
}
