/* SPDX-License-Identifier: Apache-2.0
 *
 * What the cases against a real clinic share: one server for all of them, the last answer, and
 * people who are signed in.
 */
#ifndef TESTS_SCENARIO_CLINIC_CASE_H
#define TESTS_SCENARIO_CLINIC_CASE_H

#include "scenario/clinic_client.h"

#define JSON_HEADER "Content-Type: application/json\r\n"
#define FORM_HEADER "Content-Type: application/x-www-form-urlencoded\r\n"

extern const char *clinic_program; /* argv[1] of the test */
extern struct clinic_server clinic;
extern struct clinic_answer last;

/* Starts the clinic with more words on its command line (NULL-terminated); 0, or 1 with a line. */
int clinic_begin(int argc, char **argv, const char *const *words);

/* The status; the answer is in `last` until the next ask(). */
unsigned ask(const char *method, const char *target, const char *headers, const char *body);

/* Formatted; a text lives for 31 more of these calls. */
const char *text(const char *format, ...) PRINTF_LIKE(1, 2);

bool says(const char *words);
bool has_header(const char *line);

/* A member of the last answer. */
int64_t number_in_answer(const char *name);

/* An Authorization line from the sign-in route, or "" when that refuses; one of four places. */
const char *signed_in(const char *username, const char *password);

/* Status of an attempt to sign in. */
unsigned sign_in(const char *username, const char *password);

/* Runs a command of keneyapp on the clinic's folder; its status. `words` NULL-terminated. */
int clinic_command(const char *const *words, const char *input);

#endif
