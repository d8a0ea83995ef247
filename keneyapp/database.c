/* SPDX-License-Identifier: Apache-2.0
 *
 * From options to a store.
 */
#include "keneyapp/database.h"

#include "keneyapp/auth/vault.h"

int database_open(struct database *database, const struct config *config, struct home *home,
                  const struct database_observer *observer, struct error *err)
{
    database->vault = home_vault(home, config->key_file, config->data_key, err);
    if (!database->vault)
        return -1;
    struct store_options options = {
        .without_indexes = config->without & WITHOUT_INDEXES,
        .without_matview = config->without & WITHOUT_MATVIEW,
        .without_batch = config->without & WITHOUT_BATCH,
        .without_eager = config->without & WITHOUT_EAGER,
        .audit_strict = config->audit == AUDIT_STRICT,
        .vault = database->vault,
        .observe = observer->observe,
        .observe_context = observer->context,
    };
    const char *url = config->database ? config->database : home->database;
    return store_open(url, &options, &database->store, err);
}

void database_close(struct database *database)
{
    store_free(&database->store);
    vault_free(&database->vault);
}
