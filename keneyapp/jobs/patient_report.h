/* SPDX-License-Identifier: Apache-2.0
 *
 * Everything the clinic knows about a patient, to be read by people: the patient's fields, every
 * appointment and every prescription, the newest first, with the doctors' names.
 */
#ifndef KENEYAPP_JOBS_PATIENT_REPORT_H
#define KENEYAPP_JOBS_PATIENT_REPORT_H

#include "keneyapp/jobs/job_runner.h"

#define PATIENT_REPORT_KIND "patient_report"

/* The job_work_fn of PATIENT_REPORT_KIND: subject_id is the patient's, format a name of
 * jobs/report_writer.h. */
enum store_result patient_report_work(struct session *session, const struct job_row *job,
                                      struct span now, struct strbuf *out);

#endif
