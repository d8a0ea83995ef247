/* SPDX-License-Identifier: Apache-2.0
 *
 * Opening and closing in one order.
 */
#include "keneyapp/commands/workplace.h"

#include <stdio.h>

int workplace_open(struct workplace *place, const struct config *config, struct error *err)
{
    if (home_open(&place->home, config->data_dir, clock_wall(), err) != 0)
        return -1;
    if (place->home.warning)
        fprintf(stderr, "keneyapp: %s\n", place->home.warning);
    if (store_open(place->home.database, NULL, &place->store, err) != 0 ||
        store_migrate(place->store, err) != 0)
        return -1;
    place->session = session_new(place->store, err);
    return place->session ? 0 : -1;
}

void workplace_done(struct workplace *place)
{
    session_free(&place->session);
    store_free(&place->store);
    home_done(&place->home);
}

int workplace_user(struct workplace *place, const char *name, struct store_user *ret_user,
                   struct error *err)
{
    switch (session_user(place->session, span_cstr(name), ret_user)) {
    case STORE_OK:
        return 0;
    case STORE_NOT_FOUND:
        return error_set(err, EXIT_INVALID_CONFIG,
                         "there is no user \"%s\": keneyapp user add %s makes one, keneyapp seed "
                         "the demo users",
                         name, name);
    default:
        return workplace_failed(place, "cannot read the users", err);
    }
}

int workplace_failed(const struct workplace *place, const char *what, struct error *err)
{
    return error_set(err, EXIT_INVALID_CONFIG, "%s: %s", what, session_problem(place->session));
}
