/* SPDX-License-Identifier: Apache-2.0
 *
 * Reports from a real database, and what a hostile value can do to one.
 */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "keneyapp/data/seed.h"
#include "keneyapp/jobs/patient_report.h"
#include "keneyapp/jobs/report_writer.h"
#include "support/test.h"

#define NOW (INT64_C(1800000000) * NSEC_PER_SEC)

static struct {
    char dir[64], path[96];
    struct store *store;
    struct session *session;
} place;

static int make_place(void **state)
{
    struct seed_size size = {.patients = 5, .appointments = 40, .prescriptions = 30};
    struct error err = {0};
    bool seeded;
    snprintf(place.dir, sizeof(place.dir), "/tmp/keneyapp-report-XXXXXX");
    if (!mkdtemp(place.dir))
        return -1;
    snprintf(place.path, sizeof(place.path), "%s/x.db", place.dir);
    if (store_open(place.path, NULL, &place.store, &err) != 0 ||
        store_migrate(place.store, &err) != 0)
        return -1;
    place.session = session_new(place.store, &err);
    return place.session ? seed_fill(place.session, &size, NOW, &seeded, &err) : -1;
}

static int remove_place(void **state)
{
    session_free(&place.session);
    store_free(&place.store);
    unlink(place.path);
    return rmdir(place.dir);
}

static enum store_result report(int64_t patient, const char *format, struct strbuf *out)
{
    struct job_row job = {.subject_id = patient};
    snprintf(job.format, sizeof(job.format), "%s", format);
    return patient_report_work(place.session, &job, SPAN("2027-01-15T08:00:00Z"), out);
}

static size_t occurrences(const struct strbuf *text, const char *what)
{
    size_t count = 0;
    for (const char *at = strbuf_cstr(text); (at = strstr(at, what)); at++)
        count++;
    return count;
}

static void count_own(void *context, const struct entity *entity, const struct value *row)
{
    int patient = entity_field(entity, SPAN("patient_id"));
    if (row[patient].number == 3)
        ++*(size_t *)context;
}

static void test_complete(void **state)
{
    AUTO(strbuf_done) struct strbuf text = STRBUF_INIT(1 << 20), html = STRBUF_INIT(1 << 20);
    size_t appointments = 0, prescriptions = 0;
    struct list_query all = {.limit = -1};
    assert_int_equal(
        session_list(place.session, ENTITY_APPOINTMENTS, &all, count_own, &appointments, NULL),
        STORE_OK);
    assert_int_equal(
        session_list(place.session, ENTITY_PRESCRIPTIONS, &all, count_own, &prescriptions, NULL),
        STORE_OK);
    assert_int_equal(report(3, "text", &text), STORE_OK);
    assert_int_equal(report(3, "html", &html), STORE_OK);
    assert_true(appointments > 0 && prescriptions > 0);
    assert_int_equal(occurrences(&text, "\nAppointment "), appointments);
    assert_int_equal(occurrences(&text, "\nPrescription "), prescriptions);
    assert_int_equal(occurrences(&html, "<h3>Appointment "), appointments);
    assert_int_equal(occurrences(&text, "\n  Doctor  "), appointments + prescriptions);
    assert_int_equal(occurrences(&text, "(no longer there)"), 0);
    assert_int_equal(occurrences(&text, "Date of birth"), 1);
    assert_int_equal(occurrences(&text, "Tenant"), 0);
    assert_int_equal(occurrences(&html, "<h1>Patient report</h1>"), 1);
}

/* In order, as they stand in the report of a patient with everything. */
static const char *const LABELS[] = {
    "Patient",
    "Made at",
    "First name",
    "Last name",
    "Date of birth",
    "Gender",
    "Email",
    "Phone",
    "Address",
    "Medical history",
    "Allergies",
    "Blood type",
    "Emergency contact",
    "Emergency phone",
    "INS number",
    "Social security number",
    "Doctor",
    "Appointment date",
    "Duration (minutes)",
    "Status",
    "Reason",
    "Notes",
    "Doctor",
    "Medication",
    "ATC code",
    "ATC name",
    "Dosage",
    "Frequency",
    "Duration",
    "Instructions",
    "Prescribed on",
    "Refills",
};

static void test_labels(void **state)
{
    AUTO(strbuf_done) struct strbuf text = STRBUF_INIT(1 << 20), html = STRBUF_INIT(1 << 20);
    assert_int_equal(report(3, "text", &text), STORE_OK);
    assert_int_equal(report(3, "html", &html), STORE_OK);
    const char *in_text = strbuf_cstr(&text), *in_html = strbuf_cstr(&html);
    for (size_t i = 0; i < COUNT_OF(LABELS); i++) {
        char line[64], element[64];
        print_message("%s\n", LABELS[i]);
        assert_true(strlen(LABELS[i]) < 24);
        snprintf(line, sizeof(line), "\n  %-24s", LABELS[i]);
        snprintf(element, sizeof(element), "<p><strong>%s:</strong> ", LABELS[i]);
        in_text = strstr(in_text, line);
        in_html = strstr(in_html, element);
        assert_non_null(in_text);
        assert_non_null(in_html);
        in_text++;
        in_html++;
    }
    assert_int_equal(occurrences(&text, "Ins "), 0);
    assert_int_equal(occurrences(&text, "Atc "), 0);
    assert_int_equal(occurrences(&text, "no_show"), 0);
}

static void test_nobody(void **state)
{
    AUTO(strbuf_done) struct strbuf out = STRBUF_INIT(1 << 20);
    assert_int_equal(report(99, "text", &out), STORE_NOT_FOUND);
    assert_string_equal(strbuf_cstr(&out), "the patient is not there any more");
    strbuf_reset(&out);
    session_for(place.session, 2);
    assert_int_equal(report(3, "text", &out), STORE_NOT_FOUND);
    session_for(place.session, TENANT_DEFAULT);
    strbuf_reset(&out);
    assert_int_equal(report(3, "pdf", &out), STORE_NOT_FOUND);
    assert_non_null(strstr(strbuf_cstr(&out), "\"pdf\""));
}

static const struct value_case {
    const char *format, *value, *told;
} VALUES[] = {
    {"html", "<script>&\"'", "<p><strong>Notes:</strong> &lt;script&gt;&amp;&quot;&#39;</p>\n"},
    {"html", "one\ntwo\x1b[2J", "<p><strong>Notes:</strong> one<br>two [2J</p>\n"},
    {"text", "plain <b>", "  Notes                   plain <b>\n"},
    {"text", "one\nEnd of the report",
     "  Notes                   one\n                          End of the report\n"},
    {"text", "\x1b]0;x\x07", "  Notes                    ]0;x \n"},
};

static void test_values(void **state)
{
    for (size_t i = 0; i < COUNT_OF(VALUES); i++) {
        AUTO(strbuf_done) struct strbuf out = STRBUF_INIT(4096);
        const struct report_format *format = report_format_of(span_cstr(VALUES[i].format));
        format->value(&out, SPAN("Notes"), span_cstr(VALUES[i].value));
        assert_string_equal(strbuf_cstr(&out), VALUES[i].told);
    }
    assert_null(report_format_of(SPAN("pdf")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_complete),
        cmocka_unit_test(test_labels),
        cmocka_unit_test(test_nobody),
        cmocka_unit_test(test_values),
    };
    return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, make_place, remove_place);
}
