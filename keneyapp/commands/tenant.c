/* SPDX-License-Identifier: Apache-2.0
 *
 * `keneyapp tenant add SLUG NAME`: another clinic in the same database.
 */
#include <stdio.h>
#include <string.h>

#include "keneyapp/commands/commands.h"
#include "keneyapp/commands/workplace.h"
#include "keneyapp/model/letter.h"

enum {
    SLUG_MAX_BYTES = 60,
};

static int check_slug(const char *slug, struct error *err)
{
    size_t len = strspn(slug, "abcdefghijklmnopqrstuvwxyz0123456789-");
    if (len && !slug[len] && len <= SLUG_MAX_BYTES)
        return 0;
    return error_set(err, EXIT_USAGE,
                     "\"%s\" is no slug: use up to %d small letters, digits and dashes", slug,
                     SLUG_MAX_BYTES);
}

static int check_name(const char *name, struct error *err)
{
    if (!letter_all_space(span_cstr(name)))
        return 0;
    return error_set(err, EXIT_USAGE, "the clinic needs a name: keneyapp tenant add SLUG NAME");
}

static int add(const struct config *config, const char *slug, const char *name, struct error *err)
{
    AUTO(workplace_done) struct workplace place = {0};
    char now[32];
    int64_t id;
    if (workplace_open(&place, config, err) != 0)
        return -1;
    struct span stamp = span_cstr(store_time_text(clock_wall(), now));
    enum store_result result =
        session_tenant_add(place.session, span_cstr(name), span_cstr(slug), stamp, &id);
    if (result == STORE_DUPLICATE)
        return error_set(err, EXIT_INVALID_CONFIG,
                         "there is a clinic \"%s\" already: choose another slug", slug);
    if (result != STORE_OK)
        return workplace_failed(&place, "cannot make the clinic", err);
    printf("%s was made: keneyapp user add NAME --role admin --tenant %s makes its first user\n",
           name, slug);
    return 0;
}

static int run(const struct config *config, struct error *err)
{
    if (strcmp(config->words[0], "add") != 0)
        return error_set(err, EXIT_USAGE, "tenant: there is no \"%s\": --help shows the usage",
                         config->words[0]);
    if (check_slug(config->words[1], err) != 0 || check_name(config->words[2], err) != 0)
        return -1;
    return add(config, config->words[1], config->words[2], err);
}

const struct command command_tenant = {
    .name = "tenant",
    .bit = COMMAND_TENANT,
    .usage = "tenant add SLUG NAME [options]",
    .summary = "make another clinic in the same database",
    .run = run,
};
