/* SPDX-License-Identifier: Apache-2.0 */
#include "keneyapp/store/postgres_schema.h"

#include "base/util.h"
#include "keneyapp/model/entity.h"
#include "keneyapp/store/sql.h"

static void add_counters(struct strbuf *out)
{
    strbuf_adds(out, "CREATE TABLE row_counts (tenant_id bigint NOT NULL, table_name text NOT NULL,"
                     " slot integer NOT NULL, row_count bigint NOT NULL,"
                     " PRIMARY KEY (tenant_id, table_name, slot)) WITH (fillfactor = 40);\n");
    strbuf_addf(out,
                "CREATE FUNCTION count_rows() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
                " INSERT INTO row_counts AS c"
                " SELECT tenant_id, TG_TABLE_NAME, pg_backend_pid() %% %d,"
                " TG_ARGV[0]::bigint * count(*) FROM changed GROUP BY tenant_id ORDER BY tenant_id"
                " ON CONFLICT (tenant_id, table_name, slot)"
                " DO UPDATE SET row_count = c.row_count + excluded.row_count;"
                " RETURN NULL; END $$;\n",
                POSTGRES_COUNTER_SLOTS);
    for (int id = 0; id < ENTITY_COUNT; id++) {
        const char *table = entity_get((enum entity_id)id)->table;
        if (id == ENTITY_TENANTS)
            continue;
        strbuf_addf(out,
                    "CREATE TRIGGER count_inserted AFTER INSERT ON %s REFERENCING NEW TABLE AS"
                    " changed FOR EACH STATEMENT EXECUTE FUNCTION count_rows('1');\n"
                    "CREATE TRIGGER count_deleted AFTER DELETE ON %s REFERENCING OLD TABLE AS"
                    " changed FOR EACH STATEMENT EXECUTE FUNCTION count_rows('-1');\n",
                    table, table);
    }
}

/* No appointment is longer than a day, which bounds how far back one may begin that still lasts. */
static const char BOOKING[] =
    "CREATE FUNCTION check_booking() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    " PERFORM pg_advisory_xact_lock(hashtextextended('keneyapp.booking', doctor_id))"
    " FROM (SELECT DISTINCT doctor_id FROM booked"
    "       WHERE status NOT IN ('cancelled', 'no_show') ORDER BY doctor_id) AS doctors;"
    " IF EXISTS (SELECT FROM booked AS b JOIN appointments AS a ON a.doctor_id = b.doctor_id"
    "            AND a.appointment_date < b.ends_at AND a.ends_at > b.appointment_date"
    "            AND a.appointment_date > b.appointment_date - interval '24 hours'"
    "            AND a.id <> b.id"
    "            WHERE a.status NOT IN ('cancelled', 'no_show')"
    "            AND b.status NOT IN ('cancelled', 'no_show')) THEN"
    " RAISE EXCEPTION 'the doctor has another appointment at that time'"
    " USING ERRCODE = 'KA001'; END IF;"
    " RETURN NULL; END $$;\n"
    "CREATE TRIGGER check_booked AFTER INSERT ON appointments REFERENCING NEW TABLE AS booked"
    " FOR EACH STATEMENT EXECUTE FUNCTION check_booking();\n"
    "CREATE TRIGGER check_rebooked AFTER UPDATE ON appointments REFERENCING NEW TABLE AS booked"
    " FOR EACH STATEMENT EXECUTE FUNCTION check_booking();\n";

void postgres_schema_rules(struct strbuf *out)
{
    add_counters(out);
    strbuf_adds(out, BOOKING);
}

/* The bounds come from the caller's clock; before the first refresh the view has no rows. */
void postgres_schema_dashboard(struct strbuf *out)
{
    static const char *const BOUNDS[] = {"b.refreshed_at", "b.day_start", "b.day_end", "b.week_ago",
                                         "b.month_ago"};
    strbuf_adds(out, "CREATE TABLE stats_bounds (one boolean PRIMARY KEY DEFAULT true CHECK (one),"
                     " refreshed_at timestamptz, day_start timestamptz, day_end timestamptz,"
                     " week_ago timestamptz, month_ago timestamptz);\n"
                     "INSERT INTO stats_bounds DEFAULT VALUES;\n"
                     "CREATE MATERIALIZED VIEW dashboard_stats AS ");
    sql_add_stats(out, BOUNDS);
    strbuf_adds(out, " CROSS JOIN stats_bounds b WHERE b.refreshed_at IS NOT NULL;\n"
                     "CREATE UNIQUE INDEX idx_dashboard_stats ON dashboard_stats (tenant_id);\n");
}
