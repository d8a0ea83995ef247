/* SPDX-License-Identifier: Apache-2.0
 *
 * `keneyapp user add|list|passwd|unlock`: who may sign in.
 */
#include <stdio.h>
#include <string.h>

#include "keneyapp/commands/account.h"
#include "keneyapp/commands/commands.h"
#include "keneyapp/commands/news.h"

static struct span text_of(const struct entity *entity, const struct value *row, const char *name)
{
    return row[entity_field(entity, span_cstr(name))].text;
}

static bool is_set(const struct entity *entity, const struct value *row, const char *name)
{
    return row[entity_field(entity, span_cstr(name))].number;
}

static void print_user(void *context, const struct entity *entity, const struct value *row)
{
    const char *state = !is_set(entity, row, "is_active")  ? "inactive"
                        : is_set(entity, row, "is_locked") ? "locked"
                                                           : "active";
    printf("%-24.*s %-14.*s %-8s %.*s\n", SPAN_ARG(text_of(entity, row, "username")),
           SPAN_ARG(text_of(entity, row, "role")), state,
           SPAN_ARG(text_of(entity, row, "full_name")));
}

static int list(const struct config *config, const char *name, struct error *err)
{
    AUTO(workplace_done) struct workplace place = {0};
    if (workplace_open(&place, config, err) != 0)
        return -1;
    struct list_query everybody = {.limit = -1};
    if (session_list(place.session, ENTITY_USERS, &everybody, print_user, NULL, NULL) != STORE_OK)
        return workplace_failed(&place, "cannot read the users", err);
    return 0;
}

/* Whatever locked the account: wrong passwords, or an administrator. */
static int unlock(const struct config *config, const char *name, struct error *err)
{
    AUTO(workplace_done) struct workplace place = {0};
    struct value row[ENTITY_FIELDS_MAX] = {0};
    struct store_user user;
    const int locked = entity_field(entity_get(ENTITY_USERS), SPAN("is_locked"));
    const uint64_t mask = UINT64_C(1) << locked;
    char now[32];
    struct span stamp = span_cstr(store_time_text(clock_wall(), now));
    row[locked] = value_int(0);
    if (workplace_open(&place, config, err) != 0 || workplace_user(&place, name, &user, err) != 0)
        return -1;
    session_for(place.session, user.tenant_id);
    if (session_update(place.session, ENTITY_USERS, &user.id, row, &mask, 1) != STORE_OK ||
        session_sign_in_reset(place.session, user.id, stamp) != STORE_OK)
        return workplace_failed(&place, "cannot unlock the account", err);
    news_tell(&place, config);
    printf("%s may sign in again\n", user.username);
    return 0;
}

static int passwd(const struct config *config, const char *name, struct error *err)
{
    return account_passwd(config, name, false, err);
}

static const struct action {
    const char *name;
    bool needs_user;
    int (*run)(const struct config *config, const char *name, struct error *err);
} ACTIONS[] = {
    {"add", true, account_add},
    {"list", false, list},
    {"passwd", true, passwd},
    {"unlock", true, unlock},
};

static int run(const struct config *config, struct error *err)
{
    const char *word = config->words[0], *name = config->words[1];
    for (size_t i = 0; i < COUNT_OF(ACTIONS); i++) {
        if (strcmp(word, ACTIONS[i].name) != 0)
            continue;
        if (ACTIONS[i].needs_user != (name != NULL))
            return error_set(err, EXIT_USAGE, "user %s %s: --help shows the usage", word,
                             name ? "takes no name" : "needs the name of a user");
        return ACTIONS[i].run(config, name, err);
    }
    return error_set(err, EXIT_USAGE, "user: there is no \"%s\": --help shows the usage", word);
}

const struct command command_user = {
    .name = "user",
    .bit = COMMAND_USER,
    .usage =
        "user add NAME [--role ROLE] [--tenant SLUG] | user list [--tenant SLUG] | user passwd "
        "NAME | user unlock NAME",
    .summary = "make users, list them, set a password (read from standard input), unlock",
    .run = run,
};
