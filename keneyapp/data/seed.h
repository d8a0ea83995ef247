/* SPDX-License-Identifier: Apache-2.0
 *
 * Synthetic people for demonstrations and load tests. Same seed and same day, same rows. Nobody in
 * it can exist: names are words like Fixture and Placeholder, addresses end in .example, telephone
 * numbers are from the range that France reserves for fiction (01 99 00).
 */
#ifndef KENEYAPP_DATA_SEED_H
#define KENEYAPP_DATA_SEED_H

#include "base/clock.h"
#include "base/error.h"
#include "keneyapp/store/store.h"

#define SEED_USERNAME "testuser"
#define SEED_PASSWORD "testpass123"

struct seed_size {
    int64_t patients, appointments, prescriptions;
};

/* 10,000 patients, 20,000 appointments, 15,000 prescriptions. */
void seed_size_defaults(struct seed_size *size);

/* Fills a database that has no patients; one that has some is left alone. The demo users (testuser,
 * admin, doctor, nurse, receptionist) are made when they are missing. Dates are around the day of
 * `wall_ns`. `*ret_seeded` tells whether patients were made. */
MUST_CHECK int seed_fill(struct session *session, const struct seed_size *size, nsec_t wall_ns,
                         bool *ret_seeded, struct error *err);

#endif
