/* SPDX-License-Identifier: Apache-2.0
 *
 * What every store has to do, run on each kind of store by a program of its own.
 */
#ifndef TESTS_UNIT_KENEYAPP_STORE_CASES_H
#define TESTS_UNIT_KENEYAPP_STORE_CASES_H

#include "unit/keneyapp/store_fixture.h"

/* The number of cases that failed. */
int store_cases_rows(const struct store_rig *rig);     /* store_cases_rows.c */
int store_cases_lists(const struct store_rig *rig);    /* store_cases_lists.c */
int store_cases_totals(const struct store_rig *rig);   /* store_cases_totals.c */
int store_cases_tenants(const struct store_rig *rig);  /* store_cases_tenants.c */
int store_cases_work(const struct store_rig *rig);     /* store_cases_work.c: users, audit, jobs */
int store_cases_faults(const struct store_rig *rig);   /* store_cases_faults.c */
int store_cases_upgrades(const struct store_rig *rig); /* store_cases_upgrades.c */

static inline int store_cases(const struct store_rig *rig)
{
    return store_cases_rows(rig) + store_cases_lists(rig) + store_cases_totals(rig) +
           store_cases_tenants(rig) + store_cases_work(rig) + store_cases_faults(rig) +
           store_cases_upgrades(rig);
}

/* In a table of cases, where `rig` is the rig. */
#define STORE_CASE(test)                                                                           \
    cmocka_unit_test_prestate_setup_teardown((test), place_make, place_remove, (void *)rig)

#endif
