/* SPDX-License-Identifier: Apache-2.0
 *
 * Rows first, doctors' names next (one query for all of them), then the text. The field tables say
 * what there is to tell; numbers that are of use to programs only are left out.
 */
#include "keneyapp/jobs/patient_report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/mem.h"
#include "keneyapp/jobs/report_writer.h"

/* Copies of rows, in the arena of their owner. */
struct rows {
    struct arena *arena;
    struct value **rows;
    size_t count, cap;
};

struct report {
    struct session *session;
    const struct report_format *format;
    struct strbuf *out;
    struct arena arena;
    struct rows patient, appointments, prescriptions, doctors;
};

static void keep_row(void *context, const struct entity *entity, const struct value *row)
{
    struct rows *rows = context;
    if (rows->count == rows->cap) {
        rows->cap = rows->cap ? 2 * rows->cap : 16;
        rows->rows = GROW_ARRAY(rows->rows, rows->cap);
    }
    struct value *copy = ARENA_NEW_ARRAY(rows->arena, struct value, entity->field_count);
    for (size_t i = 0; i < entity->field_count; i++) {
        copy[i] = row[i];
        if (row[i].kind == VALUE_TEXT)
            copy[i].text = arena_dup_span(rows->arena, row[i].text);
    }
    rows->rows[rows->count++] = copy;
}

static enum store_result find_rows(struct report *report, enum entity_id id, int64_t patient_id,
                                   const char *newest_by, struct rows *rows)
{
    const struct entity *entity = entity_get(id);
    struct list_query query = {
        .limit = -1,
        .sort_field = entity_field(entity, span_cstr(newest_by)),
        .descending = true,
        .filters = {{.field = entity_field(entity, SPAN("patient_id")),
                     .kind = FILTER_EQUAL,
                     .value = value_int(patient_id)}},
        .filter_count = 1,
    };
    return session_list(report->session, id, &query, keep_row, rows, NULL);
}

static void add_doctors_of(const struct rows *rows, enum entity_id id, int64_t *ids, size_t *count)
{
    int field = entity_field(entity_get(id), SPAN("doctor_id"));
    for (size_t i = 0; i < rows->count; i++) {
        int64_t doctor = rows->rows[i][field].number;
        size_t at = 0;
        while (at < *count && ids[at] != doctor)
            at++;
        if (at == *count)
            ids[(*count)++] = doctor;
    }
}

static enum store_result find_doctors(struct report *report)
{
    size_t count = 0;
    int64_t *ids = ARENA_NEW_ARRAY(&report->arena, int64_t,
                                   report->appointments.count + report->prescriptions.count + 1);
    add_doctors_of(&report->appointments, ENTITY_APPOINTMENTS, ids, &count);
    add_doctors_of(&report->prescriptions, ENTITY_PRESCRIPTIONS, ids, &count);
    if (!count)
        return STORE_OK;
    struct list_query query = {
        .limit = -1,
        .filters = {{.field = 0, .kind = FILTER_IN, .ids = ids, .id_count = count}},
        .filter_count = 1,
    };
    return session_list(report->session, ENTITY_USERS, &query, keep_row, &report->doctors, NULL);
}

static enum store_result find_everything(struct report *report, int64_t patient_id)
{
    enum store_result result =
        session_get(report->session, ENTITY_PATIENTS, patient_id, keep_row, &report->patient);
    if (result == STORE_OK)
        result = find_rows(report, ENTITY_APPOINTMENTS, patient_id, "appointment_date",
                           &report->appointments);
    if (result == STORE_OK)
        result = find_rows(report, ENTITY_PRESCRIPTIONS, patient_id, "prescribed_date",
                           &report->prescriptions);
    return result == STORE_OK ? find_doctors(report) : result;
}

static struct span doctor_name(const struct report *report, int64_t id)
{
    int field = entity_field(entity_get(ENTITY_USERS), SPAN("full_name"));
    for (size_t i = 0; i < report->doctors.count; i++)
        if (report->doctors.rows[i][0].number == id)
            return report->doctors.rows[i][field].text;
    return SPAN("(no longer there)");
}

static bool is_told(const struct field *field)
{
    static const char *const LEFT_OUT[] = {"id", "tenant_id", "patient_id", "created_at",
                                           "updated_at"};
    for (size_t i = 0; i < COUNT_OF(LEFT_OUT); i++)
        if (strcmp(field->name, LEFT_OUT[i]) == 0)
            return false;
    return !(field->flags & FIELD_HIDDEN);
}

/* Names that would not read well by themselves. INS is the identité nationale de santé, ATC the
 * WHO's classification of medicines. */
static const struct label {
    const char *name, *label;
} LABELS[] = {
    {"ins_number", "INS number"},      {"atc_code", "ATC code"},
    {"atc_display", "ATC name"},       {"duration_minutes", "Duration (minutes)"},
    {"medication_name", "Medication"}, {"prescribed_date", "Prescribed on"},
};

/* "date_of_birth" is told as "Date of birth", "doctor_id" as "Doctor". */
static struct span label_of(const struct field *field, char *buf, size_t size)
{
    for (size_t i = 0; i < COUNT_OF(LABELS); i++)
        if (strcmp(LABELS[i].name, field->name) == 0)
            return span_cstr(LABELS[i].label);
    snprintf(buf, size, "%s", field->name);
    struct span label = span_cstr(buf);
    if (span_ends_with(label, SPAN("_id")))
        label.len -= 3;
    for (size_t i = 0; i < label.len; i++)
        if (buf[i] == '_')
            buf[i] = ' ';
    if (label.len && buf[0] >= 'a' && buf[0] <= 'z')
        buf[0] = (char)(buf[0] - 'a' + 'A');
    return label;
}

/* One of a field's choices, like no_show. */
static struct span choice_told(struct span choice, char *buf, size_t size)
{
    snprintf(buf, size, "%.*s", SPAN_ARG(choice));
    for (char *at = buf; (at = strchr(at, '_'));)
        *at = ' ';
    return span_cstr(buf);
}

static struct span value_told(const struct report *report, const struct field *field,
                              const struct value *value, char *buf, size_t size)
{
    if (value->kind == VALUE_TEXT && field->type == FIELD_CHOICE)
        return choice_told(value->text, buf, size);
    if (value->kind == VALUE_TEXT)
        return value->text;
    if (value->kind != VALUE_INT)
        return SPAN("-");
    if (strcmp(field->name, "doctor_id") == 0)
        return doctor_name(report, value->number);
    snprintf(buf, size, "%lld", (long long)value->number);
    return span_cstr(buf);
}

static void tell_row(const struct report *report, enum entity_id id, const struct value *row)
{
    const struct entity *entity = entity_get(id);
    char name[64], number[32];
    for (size_t i = 0; i < entity->field_count; i++)
        if (is_told(&entity->fields[i]))
            report->format->value(
                report->out, label_of(&entity->fields[i], name, sizeof(name)),
                value_told(report, &entity->fields[i], &row[i], number, sizeof(number)));
}

static void tell_rows(const struct report *report, enum entity_id id, const struct rows *rows,
                      const char *heading)
{
    char text[64];
    snprintf(text, sizeof(text), "%s (%zu)", heading, rows->count);
    report->format->heading(report->out, span_cstr(text));
    for (size_t i = 0; i < rows->count; i++) {
        snprintf(text, sizeof(text), "%s %lld", entity_get(id)->label,
                 (long long)rows->rows[i][0].number);
        report->format->subheading(report->out, span_cstr(text));
        tell_row(report, id, rows->rows[i]);
    }
}

static void tell_everything(const struct report *report, struct span now)
{
    char number[32];
    snprintf(number, sizeof(number), "%lld", (long long)report->patient.rows[0][0].number);
    report->format->begin(report->out, "Patient report");
    report->format->value(report->out, SPAN("Patient"), span_cstr(number));
    report->format->value(report->out, SPAN("Made at"), now);
    report->format->heading(report->out, SPAN("Patient"));
    tell_row(report, ENTITY_PATIENTS, report->patient.rows[0]);
    tell_rows(report, ENTITY_APPOINTMENTS, &report->appointments, "Appointments");
    tell_rows(report, ENTITY_PRESCRIPTIONS, &report->prescriptions, "Prescriptions");
    report->format->end(report->out);
}

static void report_done(struct report *report)
{
    free(report->patient.rows);
    free(report->appointments.rows);
    free(report->prescriptions.rows);
    free(report->doctors.rows);
    arena_done(&report->arena);
}

enum store_result patient_report_work(struct session *session, const struct job_row *job,
                                      struct span now, struct strbuf *out)
{
    AUTO(report_done)
    struct report report = {
        .session = session,
        .format = report_format_of(span_cstr(job->format)),
        .out = out,
    };
    struct rows empty = {.arena = &report.arena};
    arena_init(&report.arena, 4096);
    report.patient = report.appointments = report.prescriptions = report.doctors = empty;
    if (!report.format) {
        strbuf_addf(out, "there are no reports in the format \"%s\"", job->format);
        return STORE_NOT_FOUND;
    }
    enum store_result result = find_everything(&report, job->subject_id);
    if (result == STORE_OK)
        tell_everything(&report, now);
    else if (result == STORE_NOT_FOUND)
        strbuf_adds(out, "the patient is not there any more");
    else
        strbuf_adds(out, "the database could not be read");
    return result;
}
