/* SPDX-License-Identifier: Apache-2.0
 *
 * The password is read before the database is opened: who is typing holds nothing.
 */
#include "keneyapp/commands/account.h"

#include <stdio.h>

#include "keneyapp/commands/new_password.h"
#include "keneyapp/commands/news.h"
#include "keneyapp/data/users.h"
#include "keneyapp/model/check.h"
#include "keneyapp/model/role.h"

static int check_role(const struct config *config, struct error *err)
{
    if (role_of(config->role))
        return 0;
    return error_set(err, EXIT_USAGE, "--role: \"%s\" is not a role: give " ROLE_SENTENCE,
                     config->role);
}

/* What the API would not take as a name is none here. */
static int check_name(const char *name, struct error *err)
{
    const struct entity *users = entity_get(ENTITY_USERS);
    AUTO(arena_done) struct arena arena;
    struct fault fault;
    struct value value;
    arena_init(&arena, 512);
    if (check_text(&users->fields[entity_field(users, SPAN("username"))], span_cstr(name),
                   SPAN_EMPTY, &arena, &value, &fault) == 0)
        return 0;
    return error_set(err, EXIT_USAGE,
                     "this is no name for a user: give 1 to 100 bytes of UTF-8 without spaces and "
                     "control characters");
}

static int add(struct workplace *place, const struct config *config, const char *name,
               const char *hash, struct error *err)
{
    char now[32];
    int64_t id;
    struct new_user made = {.username = name,
                            .role = config->role,
                            .hash = hash,
                            .now = span_cstr(store_time_text(clock_wall(), now))};
    enum store_result result = users_add(place->session, &made, &id);
    if (result == STORE_DUPLICATE)
        return error_set(err, EXIT_INVALID_CONFIG,
                         "there is a user \"%s\" already: keneyapp user passwd %s gives a new "
                         "password",
                         name, name);
    if (result != STORE_OK)
        return workplace_failed(place, "cannot make the user", err);
    news_tell(place, config);
    printf("%s was made\n", name);
    return 0;
}

int account_add(const struct config *config, const char *name, struct error *err)
{
    AUTO(workplace_done) struct workplace place = {0};
    char hash[PASSWORD_HASH_BYTES];
    if (check_role(config, err) != 0 || check_name(name, err) != 0 ||
        new_password(hash, err) != 0 || workplace_open(&place, config, err) != 0)
        return -1;
    return add(&place, config, name, hash, err);
}

static int set_password(struct workplace *place, const struct store_user *user, const char *hash,
                        struct error *err)
{
    char now[32];
    struct span stamp = span_cstr(store_time_text(clock_wall(), now));
    if (session_set_password(place->session, user->id, SPAN_EMPTY, span_cstr(hash), stamp) !=
        STORE_OK)
        return workplace_failed(place, "cannot change the password", err);
    printf("%s has a new password\n", user->username);
    return 0;
}

int account_passwd(const struct config *config, const char *name, bool make, struct error *err)
{
    AUTO(workplace_done) struct workplace place = {0};
    struct store_user user;
    char hash[PASSWORD_HASH_BYTES];
    if (check_role(config, err) != 0 || new_password(hash, err) != 0 ||
        workplace_open(&place, config, err) != 0)
        return -1;
    if (make && session_user(place.session, span_cstr(name), &user) == STORE_NOT_FOUND)
        return check_name(name, err) == 0 ? add(&place, config, name, hash, err) : -1;
    if (workplace_user(&place, name, &user, err) != 0)
        return -1;
    return set_password(&place, &user, hash, err);
}
