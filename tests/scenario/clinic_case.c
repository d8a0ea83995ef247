/* SPDX-License-Identifier: Apache-2.0
 *
 * Shared by the programs that test one running clinic from outside.
 */
#include "scenario/clinic_case.h"

#include <jansson.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>

#include "support/test.h"

enum {
    PLACES = 4,
    TEXTS = 32,
    PLACE_BYTES = 8192,
    WORDS_MAX = 12,
};

const char *clinic_program;
struct clinic_server clinic;
struct clinic_answer last;

int clinic_begin(int argc, char **argv, const char *const *words)
{
    if (argc < 2) {
        fprintf(stderr, "usage: %s PATH-OF-KENEYAPP\n", argv[0]);
        return 1;
    }
    signal(SIGPIPE, SIG_IGN);
    clinic_program = argv[1];
    clinic_answer_init(&last);
    if (clinic_server_start_with(&clinic, clinic_program, words))
        return 0;
    fputs("the server did not get ready\n", stderr);
    return 1;
}

unsigned ask(const char *method, const char *target, const char *headers, const char *body)
{
    assert_true(clinic_ask(&clinic, method, target, headers, body, &last));
    return last.status;
}

const char *text(const char *format, ...)
{
    static char places[TEXTS][PLACE_BYTES];
    static size_t next;
    char *place = places[next++ % TEXTS];
    va_list args;
    va_start(args, format);
    int len = vsnprintf(place, PLACE_BYTES, format, args);
    va_end(args);
    assert_in_range(len, 0, PLACE_BYTES - 1);
    return place;
}

bool says(const char *words)
{
    return strstr(strbuf_cstr(&last.body), words) != NULL;
}

bool has_header(const char *line)
{
    return strcasestr(strbuf_cstr(&last.head), line) != NULL;
}

int64_t number_in_answer(const char *name)
{
    json_t *object = json_loads(strbuf_cstr(&last.body), 0, NULL);
    assert_true(json_is_integer(json_object_get(object, name)));
    int64_t number = json_integer_value(json_object_get(object, name));
    json_decref(object);
    return number;
}

static const char *text_in_answer(const char *name)
{
    static char found[PLACE_BYTES];
    json_t *object = json_loads(strbuf_cstr(&last.body), 0, NULL);
    const char *value = json_string_value(json_object_get(object, name));
    snprintf(found, sizeof(found), "%s", value ? value : "");
    json_decref(object);
    return found;
}

unsigned sign_in(const char *username, const char *password)
{
    return ask("POST", "/api/v1/auth/login", JSON_HEADER,
               text("{\"username\":\"%s\",\"password\":\"%s\"}", username, password));
}

const char *signed_in(const char *username, const char *password)
{
    static char lines[PLACES][PLACE_BYTES + 64];
    static size_t next;
    char *line = lines[next++ % PLACES];
    line[0] = '\0';
    if (sign_in(username, password) == 200)
        snprintf(line, sizeof(lines[0]), "Authorization: Bearer %s\r\n",
                 text_in_answer("access_token"));
    return line;
}

int clinic_command(const char *const *words, const char *input)
{
    const char *argv[WORDS_MAX + 4] = {clinic_program};
    AUTO(strbuf_done) struct strbuf out = STRBUF_INIT(65536);
    size_t n = 1;
    for (; words[n - 1] && n <= WORDS_MAX; n++)
        argv[n] = words[n - 1];
    argv[n++] = "--data";
    argv[n] = clinic.dir;
    return clinic_run(argv, input, &out);
}
