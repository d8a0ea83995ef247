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

/* "SELECT": what the rows of `from` add to the counters. */
static void add_changes(struct strbuf *out, const char *field, const char *change, const char *from)
{
    strbuf_addf(out, "SELECT tenant_id, %s AS value, %s AS change FROM %s", field, change, from);
}

/* Before and after the changes: they go to this session's slots, in an order that is the same for
 * everybody, and only where they do not cancel each other out. */
static void begin_counting(struct strbuf *out, const char *table, const char *field)
{
    strbuf_addf(out,
                " INSERT INTO value_counts AS c SELECT tenant_id, '%s', '%s', value,"
                " pg_backend_pid() %% %d, sum(change) FROM (",
                table, field, POSTGRES_COUNTER_SLOTS);
}

static void end_counting(struct strbuf *out)
{
    strbuf_adds(out, ") AS changes GROUP BY tenant_id, value HAVING sum(change) <> 0"
                     " ORDER BY tenant_id, value"
                     " ON CONFLICT (tenant_id, table_name, field_name, value, slot)"
                     " DO UPDATE SET row_count = c.row_count + excluded.row_count;\n");
}

/* One function for all triggers of a field: each has the transition tables that its branch reads.
 */
static void add_value_counter(struct strbuf *out, const char *table, const char *field)
{
    strbuf_addf(out,
                "CREATE FUNCTION count_%s_%s() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
                " IF TG_OP = 'INSERT' THEN",
                table, field);
    begin_counting(out, table, field);
    add_changes(out, field, "1", "added");
    end_counting(out);
    strbuf_adds(out, " ELSIF TG_OP = 'DELETE' THEN");
    begin_counting(out, table, field);
    add_changes(out, field, "-1", "removed");
    end_counting(out);
    strbuf_adds(out, " ELSE");
    begin_counting(out, table, field);
    add_changes(out, field, "1", "added");
    strbuf_adds(out, " UNION ALL ");
    add_changes(out, field, "-1", "removed");
    end_counting(out);
    strbuf_adds(out, " END IF; RETURN NULL; END $$;\n");
}

static void add_value_triggers(struct strbuf *out, const char *table, const char *field)
{
    static const char *const EVENTS[][3] = {
        {"inserted", "INSERT", "NEW TABLE AS added"},
        {"updated", "UPDATE", "OLD TABLE AS removed NEW TABLE AS added"},
        {"deleted", "DELETE", "OLD TABLE AS removed"},
    };
    for (size_t i = 0; i < COUNT_OF(EVENTS); i++)
        strbuf_addf(out,
                    "CREATE TRIGGER count_%s_%s AFTER %s ON %s REFERENCING %s"
                    " FOR EACH STATEMENT EXECUTE FUNCTION count_%s_%s();\n",
                    field, EVENTS[i][0], EVENTS[i][1], table, EVENTS[i][2], table, field);
}

/* The triggers come first: making them waits for writers and keeps others out, so that what is
 * counted after that is all there is. */
static void add_value_counts_of(struct strbuf *out, const char *table, const char *field)
{
    add_value_counter(out, table, field);
    add_value_triggers(out, table, field);
    begin_counting(out, table, field);
    add_changes(out, field, "1", table);
    end_counting(out);
}

void postgres_schema_value_counts(struct strbuf *out)
{
    strbuf_adds(out,
                "CREATE TABLE value_counts (tenant_id bigint NOT NULL, table_name text NOT NULL,"
                " field_name text NOT NULL, value text NOT NULL, slot integer NOT NULL,"
                " row_count bigint NOT NULL,"
                " PRIMARY KEY (tenant_id, table_name, field_name, value, slot))"
                " WITH (fillfactor = 40);\n");
    for (int id = 0; id < ENTITY_COUNT; id++) {
        const struct entity *entity = entity_get((enum entity_id)id);
        for (size_t i = 0; i < entity->field_count; i++)
            if (entity->fields[i].flags & FIELD_COUNTED)
                add_value_counts_of(out, entity->table, entity->fields[i].name);
    }
}
