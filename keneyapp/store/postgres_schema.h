/* SPDX-License-Identifier: Apache-2.0
 *
 * What the PostgreSQL database has beside the tables that both databases share: counters of rows,
 * the rule against double bookings, and the materialized view of the dashboard. All of it can be
 * made by a role that only owns its database.
 *
 * Counters. `total` in lists is exact and belongs to the writer's transaction, so triggers keep it:
 * one per statement, on its transition table, so that a COPY of a thousand rows counts once. One
 * row per tenant and table would be locked by each writer until its commit is on the disk, and
 * commits of a tenant could not share a flush; so each counter is split into slots, a session's
 * number says which is its own, and the number of rows is their sum. A slot alone may be negative.
 * value_counts has the same per value of the fields with FIELD_COUNTED.
 *
 * Bookings. A trigger per statement takes an advisory lock for each doctor that it books, in
 * order, and looks then: whoever comes second waits for the first one's commit and sees its row.
 * SQLSTATE KA001 says that the doctor is taken. (An exclusion constraint would need the extension
 * btree_gist.)
 */
#ifndef KENEYAPP_STORE_POSTGRES_SCHEMA_H
#define KENEYAPP_STORE_POSTGRES_SCHEMA_H

#include "base/strbuf.h"

enum {
    POSTGRES_COUNTER_SLOTS = 32
};

/* Counters and bookings: follows the tables of the first migration. */
void postgres_schema_rules(struct strbuf *out);

/* dashboard_stats, as of the bounds in stats_bounds. */
void postgres_schema_dashboard(struct strbuf *out);

/* value_counts, kept from now on and filled from the rows that are there. */
void postgres_schema_value_counts(struct strbuf *out);

#endif
