/* SPDX-License-Identifier: Apache-2.0
 *
 * Opening and closing in one order.
 */
#include "keneyapp/commands/workplace.h"

#include <stdio.h>

int workplace_reach(struct workplace *place, const struct config *config, struct error *err)
{
    if (home_open(&place->home, config->data_dir, clock_wall(), err) != 0)
        return -1;
    int rc =
        database_open(&place->database, config, &place->home, &(struct database_observer){0}, err);
    if (place->home.warning) /* of both keys: the database's is read last */
        fprintf(stderr, "keneyapp: %s\n", place->home.warning);
    return rc;
}

static int choose_tenant(struct workplace *place, const char *slug, struct error *err)
{
    int64_t id;
    if (!slug)
        return 0;
    switch (session_tenant_by_slug(place->session, span_cstr(slug), &id)) {
    case STORE_OK:
        session_for(place->session, id);
        return 0;
    case STORE_NOT_FOUND:
        return error_set(err, EXIT_INVALID_CONFIG,
                         "there is no clinic \"%s\": keneyapp tenant add %s NAME makes one", slug,
                         slug);
    default:
        return workplace_failed(place, "cannot read the clinics", err);
    }
}

int workplace_look(struct workplace *place, const struct config *config, struct error *err)
{
    if (workplace_reach(place, config, err) != 0 || database_prepare(&place->database, err) != 0)
        return -1;
    place->session = session_new(place->database.store, err);
    return place->session ? 0 : -1;
}

int workplace_open(struct workplace *place, const struct config *config, struct error *err)
{
    if (workplace_look(place, config, err) != 0 || home_keep(&place->home, err) != 0)
        return -1;
    return choose_tenant(place, config->tenant, err);
}

void workplace_done(struct workplace *place)
{
    session_free(&place->session);
    database_close(&place->database);
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
