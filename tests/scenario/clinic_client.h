/* SPDX-License-Identifier: Apache-2.0
 *
 * A real `keneyapp serve` on free ports in a temporary folder, and the smallest HTTP client that
 * can tell what it answers: raw bytes over a socket or TLS, checked against the clinic's own
 * authority.
 */
#ifndef TESTS_SCENARIO_CLINIC_CLIENT_H
#define TESTS_SCENARIO_CLINIC_CLIENT_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/strbuf.h"

struct clinic_server {
    char dir[64];
    char log[80]; /* the file that its standard error goes to */
    pid_t pid;
    unsigned port, tls_port;
};

/* One connection; answers are read one at a time, what follows them is kept. */
struct clinic_link {
    int fd;
    void *tls; /* a GnuTLS session, or NULL */
    void *credentials;
    struct strbuf unread;
};

struct clinic_answer {
    unsigned status;
    struct strbuf head, body;
};

/* Starts `program serve --demo` and waits for its ready line; false when it does not come. */
bool clinic_server_start(struct clinic_server *server, const char *program);

/* The same with more words on its command line (NULL-terminated, at most 8). */
bool clinic_server_start_with(struct clinic_server *server, const char *program,
                              const char *const *words);

/* SIGTERM, then the exit status; the folder and the log are removed. */
int clinic_server_stop(struct clinic_server *server);
int clinic_server_stop_keeping_log(struct clinic_server *server);

/* Runs `program` with arguments (NULL-terminated) and `input`; its exit status, its output in
 * `out`. */
int clinic_run(const char *const *argv, const char *input, struct strbuf *out);

bool clinic_link_open(struct clinic_link *link, const struct clinic_server *server, bool tls);
void clinic_link_close(struct clinic_link *link);

bool clinic_send(struct clinic_link *link, struct span bytes);

/* The next answer, skipping 100 Continue; false when the connection ends before it is whole.
 * `no_body` for answers to HEAD. What the answer held before is gone. */
bool clinic_receive(struct clinic_link *link, struct clinic_answer *answer, bool no_body);

void clinic_answer_init(struct clinic_answer *answer);
void clinic_answer_done(struct clinic_answer *answer);

/* One request on a connection of its own: `headers` are whole lines with their ends, or "". */
bool clinic_ask(const struct clinic_server *server, const char *method, const char *target,
                const char *headers, const char *body, struct clinic_answer *answer);

#endif
