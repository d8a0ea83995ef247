/* SPDX-License-Identifier: Apache-2.0
 *
 * From options to a store.
 */
#include "keneyapp/database.h"

#include "keneyapp/auth/vault.h"

enum {
    PATIENTS_TRIED = 20, /* each has an address, or something else that is sealed */
};

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
        .vault = database->vault,
        .observe = observer->observe,
        .observe_context = observer->context,
    };
    const char *url = config->database ? config->database : home->database;
    return store_open(url, &options, &database->store, err);
}

static void ignore_row(void *context, const struct entity *entity, const struct value *row)
{
}

static int try_key(struct session *session, struct error *err)
{
    const struct list_query first = {.limit = PATIENTS_TRIED};
    enum store_result result =
        session_list(session, ENTITY_PATIENTS, &first, ignore_row, NULL, NULL);
    const char *problem = session_problem(session);
    if (result != STORE_FAILED || !strstr(problem, vault_result_text(VAULT_OTHER_KEY)))
        return 0; /* whatever else is wrong will be told by whoever meets it */
    return error_set(err, EXIT_INVALID_CONFIG,
                     "health data in the database was sealed with another key: put the data.key "
                     "that belongs to it into the data folder, or name the key's file with "
                     "--key-file (%s)",
                     problem);
}

int database_prepare(struct database *database, struct error *err)
{
    if (store_migrate(database->store, err) != 0)
        return -1;
    AUTO(session_free) struct session *session = session_new(database->store, err);
    return session ? try_key(session, err) : -1;
}

void database_close(struct database *database)
{
    store_free(&database->store);
    vault_free(&database->vault);
}
