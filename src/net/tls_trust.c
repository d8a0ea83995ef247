/* SPDX-License-Identifier: Apache-2.0
 *
 * Trust anchors.
 */
#include "net/tls_trust.h"

#include <dirent.h>
#include <errno.h>
#include <openssl/err.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/mem.h"

static bool same_file(const char *a, const char *b)
{
    struct stat at, bt;
    return stat(a, &at) == 0 && stat(b, &bt) == 0 && at.st_dev == bt.st_dev &&
           at.st_ino == bt.st_ino;
}

static const char *system_directory(void)
{
    const char *named = getenv(X509_get_default_cert_dir_env());
    return named ? named : X509_get_default_cert_dir();
}

/* "5ad8a5d6.0": the name that OpenSSL looks a certificate up by. */
static int is_hashed(const struct dirent *entry)
{
    return strlen(entry->d_name) == 10 && strspn(entry->d_name, "0123456789abcdef") == 8 &&
           entry->d_name[8] == '.';
}

/* Does the system keep its anchors in a hashed directory, and nobody named another file? Then each
 * is read when it is needed, instead of all of them at the start. */
static bool directory_serves(void)
{
    const char *named = getenv(X509_get_default_cert_file_env());
    struct dirent **entries;
    if (named && !same_file(named, X509_get_default_cert_file()))
        return false;
    int count = scandir(system_directory(), &entries, is_hashed, NULL);
    for (int i = 0; i < count; i++)
        free(entries[i]);
    if (count >= 0)
        free(entries);
    return count > 0;
}

static bool load(X509_STORE *store, const char *path)
{
    struct stat at;
    if (stat(path, &at) == 0 && S_ISDIR(at.st_mode))
        return X509_STORE_load_path(store, path) == 1;
    return X509_STORE_load_file(store, path) == 1;
}

struct tls_trust *tls_trust_new(const char *ca_file, struct error *err)
{
    AUTO(tls_trust_free) struct tls_trust *trust = NEW(struct tls_trust);
    trust->store = X509_STORE_new();
    if (directory_serves())
        X509_STORE_load_path(trust->store, system_directory());
    else
        X509_STORE_set_default_paths(trust->store);
    if (!ca_file || load(trust->store, ca_file)) {
        ERR_clear_error();
        return TAKE(trust);
    }
    if (access(ca_file, R_OK) < 0) {
        ERR_clear_error();
        error_set(err, EXIT_INVALID_CONFIG, "%s: %s; check the path", ca_file, strerror(errno));
        return NULL;
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
