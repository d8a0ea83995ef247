/* SPDX-License-Identifier: Apache-2.0
 *
 * `keneyapp seed`: synthetic people for an empty database.
 */
#include "keneyapp/data/seed.h"

#include <stdio.h>

#include "keneyapp/commands/commands.h"
#include "keneyapp/commands/news.h"
#include "keneyapp/commands/workplace.h"

static int run(const struct config *config, struct error *err)
{
    AUTO(workplace_done) struct workplace place = {0};
    struct seed_size size;
    bool seeded;
    seed_size_for(config->patients, &size);
    if (workplace_look(&place, config, err) != 0 || seed_check(place.session, err) != 0 ||
        home_keep(&place.home, err) != 0 ||
        seed_fill(place.session, &size, clock_wall(), &seeded, err) != 0)
        return -1;
    news_tell(&place, config);
    if (seeded)
        printf("%lld patients, %lld appointments, %lld prescriptions, all synthetic; sign in "
               "as " SEED_USERNAME " / " SEED_PASSWORD "\n",
               (long long)size.patients, (long long)size.appointments,
               (long long)size.prescriptions);
    else
        printf("There are patients already: nothing was added but missing demo users\n");
    return 0;
}

const struct command command_seed = {
    .name = "seed",
    .bit = COMMAND_SEED,
    .usage = "seed [--patients N] [options]",
    .summary = "fill an empty database with synthetic people",
    .run = run,
};
