/* SPDX-License-Identifier: Apache-2.0
 *
 * Processes, sockets and just enough HTTP. A socket that stays silent for half a minute fails the
 * test.
 */
#include "scenario/clinic_client.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <fcntl.h>
#include <gnutls/gnutls.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    SILENCE_S = 30,
    WORDS_MAX = 8,
    ANSWER_MAX_BYTES = 16 * 1024 * 1024,
};

static pid_t spawn(const char *const *argv, int in, int out, int errors)
{
    pid_t pid = fork();
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL); /* a test that crashes leaves no server behind */
        dup2(in, STDIN_FILENO);
        dup2(out, STDOUT_FILENO);
        dup2(errors, STDERR_FILENO);
        execv(argv[0], (char *const *)(uintptr_t)argv);
        _exit(127);
    }
    return pid;
}

static void read_all(int fd, struct strbuf *out)
{
    char bytes[4096];
    ssize_t n;
    while ((n = read(fd, bytes, sizeof(bytes))) > 0)
        strbuf_add(out, bytes, (size_t)n);
}

int clinic_run(const char *const *argv, const char *input, struct strbuf *out)
{
    int in_pipe[2], out_pipe[2], status = -1;
    if (pipe2(in_pipe, O_CLOEXEC) != 0 || pipe2(out_pipe, O_CLOEXEC) != 0)
        return -1;
    pid_t pid = spawn(argv, in_pipe[0], out_pipe[1], out_pipe[1]);
    close(in_pipe[0]);
    close(out_pipe[1]);
    if (write(in_pipe[1], input, strlen(input)) < 0)
        strbuf_adds(out, "(no input)");
    close(in_pipe[1]);
    read_all(out_pipe[0], out);
    close(out_pipe[0]);
    waitpid(pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* The next line, without its end; false when there is none. */
static bool read_line(int fd, char *line, size_t size)
{
    size_t len = 0;
    char c;
    ssize_t n;
    while ((n = read(fd, &c, 1)) == 1 && c != '\n')
        if (len + 1 < size)
            line[len++] = c;
    line[len] = '\0';
    return n == 1;
}

/* "... http://127.0.0.1:1234 https://127.0.0.1:5678; ...", after what else there is to say. */
static bool read_ready_line(struct clinic_server *server, int fd)
{
    char line[1024];
    while (read_line(fd, line, sizeof(line))) {
        const char *plain = strstr(line, "http://127.0.0.1:");
        const char *tls = strstr(line, "https://127.0.0.1:");
        if (plain && tls && sscanf(plain, "http://127.0.0.1:%u", &server->port) == 1 &&
            sscanf(tls, "https://127.0.0.1:%u", &server->tls_port) == 1)
            return true;
    }
    return false;
}

bool clinic_server_start_with(struct clinic_server *server, const char *program,
                              const char *const *words)
{
    const char *argv[10 + WORDS_MAX] = {program,       "serve",        "--demo",
                                        "--data",      server->dir,    "--listen",
                                        "127.0.0.1:0", "--tls-listen", "127.0.0.1:0"};
    int out[2];
    *server = (struct clinic_server){.dir = "/tmp/keneyapp-serve-XXXXXX"};
    if (!mkdtemp(server->dir) || pipe2(out, O_CLOEXEC) != 0)
        return false;
    for (size_t i = 0; i < WORDS_MAX && words[i]; i++)
        argv[9 + i] = words[i];
    snprintf(server->log, sizeof(server->log), "%s.log", server->dir);
    int log = open(server->log, O_WRONLY | O_CREAT | O_CLOEXEC | O_APPEND, 0600);
    server->pid = spawn(argv, STDIN_FILENO, out[1], log);
    close(out[1]);
    close(log);
    bool ready = read_ready_line(server, out[0]);
    close(out[0]);
    return ready;
}

bool clinic_server_start(struct clinic_server *server, const char *program)
{
    return clinic_server_start_with(server, program, (const char *const[]){NULL});
}

static void remove_files(const char *path)
{
    DIR *dir = opendir(path);
    const struct dirent *entry;
    while (dir && (entry = readdir(dir)))
        unlinkat(dirfd(dir), entry->d_name, 0);
    if (dir)
        closedir(dir);
    rmdir(path);
}

int clinic_server_stop_keeping_log(struct clinic_server *server)
{
    int status = -1;
    kill(server->pid, SIGTERM);
    waitpid(server->pid, &status, 0);
    remove_files(server->dir);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

int clinic_server_stop(struct clinic_server *server)
{
    int status = clinic_server_stop_keeping_log(server);
    unlink(server->log);
    return status;
}

static bool start_tls(struct clinic_link *link, const struct clinic_server *server)
{
    gnutls_session_t session;
    gnutls_certificate_credentials_t credentials;
    char ca[128];
    snprintf(ca, sizeof(ca), "%s/ca.pem", server->dir);
    gnutls_init(&session, GNUTLS_CLIENT);
    gnutls_certificate_allocate_credentials(&credentials);
    gnutls_certificate_set_x509_trust_file(credentials, ca, GNUTLS_X509_FMT_PEM);
    gnutls_set_default_priority(session);
    gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, credentials);
    gnutls_session_set_verify_cert(session, "localhost", 0);
    gnutls_server_name_set(session, GNUTLS_NAME_DNS, "localhost", 9);
    gnutls_transport_set_int(session, link->fd);
    link->tls = session;
    link->credentials = credentials;
    int rc;
    do
        rc = gnutls_handshake(session);
    while (rc < 0 && !gnutls_error_is_fatal(rc));
    return rc == 0;
}

bool clinic_link_open(struct clinic_link *link, const struct clinic_server *server, bool tls)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port =
                                      htons((uint16_t)(tls ? server->tls_port : server->port)),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct timeval silence = {.tv_sec = SILENCE_S};
    *link = (struct clinic_link){.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    strbuf_init(&link->unread, ANSWER_MAX_BYTES);
    setsockopt(link->fd, SOL_SOCKET, SO_RCVTIMEO, &silence, sizeof(silence));
    if (connect(link->fd, (struct sockaddr *)&address, sizeof(address)) != 0)
        return false;
    return !tls || start_tls(link, server);
}

void clinic_link_close(struct clinic_link *link)
{
    if (link->tls)
        gnutls_deinit(link->tls);
    if (link->credentials)
        gnutls_certificate_free_credentials(link->credentials);
    close(link->fd);
    strbuf_done(&link->unread);
}

bool clinic_send(struct clinic_link *link, struct span bytes)
{
    while (bytes.len) {
        ssize_t n = link->tls ? gnutls_record_send(link->tls, bytes.ptr, bytes.len)
                              : send(link->fd, bytes.ptr, bytes.len, MSG_NOSIGNAL);
        if (n <= 0)
            return false;
        bytes = span_from(bytes, (size_t)n);
    }
    return true;
}

static bool read_more(struct clinic_link *link)
{
    char bytes[16384];
    ssize_t n;
    do
        n = link->tls ? gnutls_record_recv(link->tls, bytes, sizeof(bytes))
                      : recv(link->fd, bytes, sizeof(bytes), 0);
    while (link->tls && (n == GNUTLS_E_AGAIN || n == GNUTLS_E_INTERRUPTED));
    if (n > 0)
        strbuf_add(&link->unread, bytes, (size_t)n);
    return n > 0;
}

static bool receive_head(struct clinic_link *link, struct strbuf *head)
{
    const char *end;
    while (!(end = strstr(strbuf_cstr(&link->unread), "\r\n\r\n")))
        if (!read_more(link))
            return false;
    size_t len = (size_t)(end + 4 - link->unread.ptr);
    strbuf_reset(head);
    strbuf_add(head, link->unread.ptr, len);
    strbuf_consume(&link->unread, len);
    return true;
}

bool clinic_receive(struct clinic_link *link, struct clinic_answer *answer, bool no_body)
{
    size_t len = 0;
    do {
        if (!receive_head(link, &answer->head) ||
            sscanf(strbuf_cstr(&answer->head), "HTTP/1.1 %u", &answer->status) != 1)
            return false;
    } while (answer->status == 100);
    const char *field = strcasestr(strbuf_cstr(&answer->head), "\r\nContent-Length:");
    if (field)
        len = strtoul(field + 17, NULL, 10);
    while (!no_body && link->unread.len < len)
        if (!read_more(link))
            return false;
    strbuf_reset(&answer->body);
    if (no_body)
        return true;
    strbuf_add(&answer->body, link->unread.ptr, len);
    strbuf_consume(&link->unread, len);
    return true;
}

void clinic_answer_init(struct clinic_answer *answer)
{
    answer->status = 0;
    strbuf_init(&answer->head, ANSWER_MAX_BYTES);
    strbuf_init(&answer->body, ANSWER_MAX_BYTES);
}

void clinic_answer_done(struct clinic_answer *answer)
{
    strbuf_done(&answer->head);
    strbuf_done(&answer->body);
}

bool clinic_ask(const struct clinic_server *server, const char *method, const char *target,
                const char *headers, const char *body, struct clinic_answer *answer)
{
    struct clinic_link link;
    AUTO(strbuf_done) struct strbuf request = STRBUF_INIT(ANSWER_MAX_BYTES);
    strbuf_addf(&request, "%s %s HTTP/1.1\r\nHost: localhost\r\n%s", method, target, headers);
    if (body)
        strbuf_addf(&request, "Content-Length: %zu\r\n", strlen(body));
    strbuf_addf(&request, "\r\n%s", body ? body : "");
    bool answered = clinic_link_open(&link, server, false) &&
                    clinic_send(&link, strbuf_span(&request)) &&
                    clinic_receive(&link, answer, strcmp(method, "HEAD") == 0);
    clinic_link_close(&link);
    return answered;
}
