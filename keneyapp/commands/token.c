/* SPDX-License-Identifier: Apache-2.0
 *
 * `keneyapp token USER`: what a sign-in would give, without one.
 */
#include <stdio.h>

#include "keneyapp/auth/access.h"
#include "keneyapp/auth/jwt.h"
#include "keneyapp/commands/commands.h"
#include "keneyapp/commands/workplace.h"

static int run(const struct config *config, struct error *err)
{
    AUTO(workplace_done) struct workplace place = {0};
    AUTO(strbuf_done) struct strbuf token = STRBUF_INIT(JWT_MAX_BYTES);
    struct store_user user;
    if (workplace_open(&place, config, err) != 0 ||
        workplace_user(&place, config->words[0], &user, err) != 0)
        return -1;
    access_token(&token, &place.home.token_keys, &user, clock_wall(), config->token_ns);
    puts(strbuf_cstr(&token));
    return 0;
}

const struct command command_token = {
    .name = "token",
    .bit = COMMAND_TOKEN,
    .usage = "token USER [--token-lifetime TIME] [options]",
    .summary = "print an access token, for scripts and command lines",
    .run = run,
};
