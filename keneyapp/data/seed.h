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

/* Two appointments and one and a half prescriptions for each of `patients` patients. */
void seed_size_for(int64_t patients, struct seed_size *size);

/* That of 10,000 patients. */
void seed_size_defaults(struct seed_size *size);

/* Refuses, before anything is written, where the demo users' public passwords would let anybody in:
 * the session's tenant has users or patients, and no seed made them. */
MUST_CHECK int seed_check(struct session *session, struct error *err);

/* seed_check(), and fills the session's tenant when it has no patients; one that has some is left
 * alone. The demo users (testuser, admin, doctor, nurse, receptionist) are made when they are
 * missing, and enough doctors that nobody has two appointments at once. Dates are around the day of
 * `wall_ns`. All of it is one transaction. `*ret_seeded` tells whether patients were made. */
MUST_CHECK int seed_fill(struct session *session, const struct seed_size *size, nsec_t wall_ns,
                         bool *ret_seeded, struct error *err);

#endif
