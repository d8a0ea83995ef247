/* SPDX-License-Identifier: Apache-2.0
 *
 * The outcome table's facts, and the way into it from what the network, TLS and the parser report.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "client/client_private.h"

static const struct {
    int code;
    const char *text;
    enum outcome_category category;
} OUTCOMES[] = {

#define OUTCOME_FACTS(symbol, code, text, category) {code, text, OUTCOME_CATEGORY_##category},
    OUTCOME_TABLE(OUTCOME_FACTS)
#undef OUTCOME_FACTS
};

enum outcome_category outcome_category(enum outcome outcome)
{
    return OUTCOMES[outcome].category;
}

const char *outcome_text(enum outcome outcome)
{
    return OUTCOMES[outcome].text;
}

int outcome_code(enum outcome outcome, int status)
{
    if (outcome == OUTCOME_HTTP_4XX || outcome == OUTCOME_HTTP_5XX)
        return 1000 + status;
    return OUTCOMES[outcome].code;
}

struct failure failure_of(enum outcome outcome)
{
    return (struct failure){outcome, outcome_text(outcome), 0};
}

static const char *system_text(int sys_error)
{
    const char *text = strerrordesc_np(sys_error);
    return text ? text : "unknown system error";
}

static struct failure out_of_descriptors(struct client *client)
{
    struct rlimit limit = {0};
    getrlimit(RLIMIT_NOFILE, &limit);
    snprintf(client->descriptors_text, sizeof(client->descriptors_text),
             "dial: too many open files: the limit is %llu; raise it with ulimit -n",
             (unsigned long long)limit.rlim_cur);
    return (struct failure){OUTCOME_DESCRIPTORS, client->descriptors_text, 0};
}

/* RFC 9113 §7, with k6's texts. */
#define HTTP2_CODES(X)                                                                             \
    X(NO_ERROR)                                                                                    \
    X(PROTOCOL_ERROR)                                                                              \
    X(INTERNAL_ERROR)                                                                              \
    X(FLOW_CONTROL_ERROR)                                                                          \
    X(SETTINGS_TIMEOUT)                                                                            \
    X(STREAM_CLOSED)                                                                               \
    X(FRAME_SIZE_ERROR)                                                                            \
    X(REFUSED_STREAM)                                                                              \
    X(CANCEL)                                                                                      \
    X(COMPRESSION_ERROR)                                                                           \
    X(CONNECT_ERROR)                                                                               \
    X(ENHANCE_YOUR_CALM)                                                                           \
    X(INADEQUATE_SECURITY)                                                                         \
    X(HTTP_1_1_REQUIRED)

static const struct {
    const char *goaway, *stream, *connection;
} HTTP2_TEXTS[] = {

#define X(name)                                                                                    \
    {"http2: received GoAway with http2 ErrCode " #name,                                           \
     "http2: stream error with http2 ErrCode " #name,                                              \
     "http2: connection error with http2 ErrCode " #name},
    HTTP2_CODES(X)
#undef X
};

_Static_assert(COUNT_OF(HTTP2_TEXTS) + 1 == OUTCOME_HTTP2_DETAILS, "a detail for each code");
_Static_assert(OUTCOME_HTTP2_CONNECTION == OUTCOME_HTTP2_FIRST + OUTCOME_HTTP2_KINDS - 1,
               "the kinds come one after the other");

const char *outcome_http2_text(enum outcome outcome, int detail)
{
    if (!detail)
        return outcome_text(outcome);
    return outcome == OUTCOME_HTTP2_GOAWAY   ? HTTP2_TEXTS[detail - 1].goaway
           : outcome == OUTCOME_HTTP2_STREAM ? HTTP2_TEXTS[detail - 1].stream
                                             : HTTP2_TEXTS[detail - 1].connection;
}

struct failure failure_of_http2(enum outcome outcome, uint32_t error_code)
{
    if (error_code >= COUNT_OF(HTTP2_TEXTS))
        return failure_of(outcome);
    int detail = 1 + (int)error_code;
    return (struct failure){outcome, outcome_http2_text(outcome, detail), detail};
}

struct failure failure_of_dial(struct client *client, int sys_error)
{
    switch (sys_error) {
    case EMFILE:
    case ENFILE:
        return out_of_descriptors(client);
    case ECONNREFUSED:
        return failure_of(OUTCOME_DIAL_REFUSED);
    case ETIMEDOUT:
        return failure_of(OUTCOME_DIAL_TIMEOUT);
    case ECONNRESET:
        return failure_of(OUTCOME_RESET);
    case ENOENT:
        return failure_of(OUTCOME_DIAL_NO_SOCKET);
    case EADDRNOTAVAIL:
        return failure_of(OUTCOME_DIAL_NO_PORT);
    default:
        return (struct failure){OUTCOME_DIAL_UNKNOWN_ERRNO, system_text(sys_error), 0};
    }
}

static struct failure of_errno(int sys_error)
{
    switch (sys_error) {
    case ECONNRESET:
        return failure_of(OUTCOME_RESET);
    case EPIPE:
        return failure_of(OUTCOME_BROKEN_PIPE);
    default:
        return (struct failure){OUTCOME_UNKNOWN_ERRNO, system_text(sys_error), 0};
    }
}

/* The text that explains a refused CONNECT; few, since statuses are few. */
static struct failure refused_by_proxy(struct client *client, int status)
{
    snprintf(client->proxy_text, sizeof(client->proxy_text), "proxy: it answered CONNECT with %d%s",
             status, status == 407 ? "; give user and password in its URL" : "");
    return (struct failure){OUTCOME_PROXY, client->proxy_text, 0};
}

/* The stream's text is kept: it tells the cases of one outcome apart. */
static struct failure of_tls(const struct stream_failure *failure)
{
    static const enum outcome OUTCOMES_OF_TLS[] = {
        [STREAM_TLS] = OUTCOME_TLS,
        [STREAM_TLS_EXPIRED] = OUTCOME_TLS_EXPIRED,
        [STREAM_TLS_NOT_YET_VALID] = OUTCOME_TLS_NOT_YET_VALID,
        [STREAM_TLS_VERSION] = OUTCOME_TLS_VERSION,
        [STREAM_TLS_REFUSED] = OUTCOME_TLS_REFUSED,
        [STREAM_TLS_CLIENT_CERTIFICATE] = OUTCOME_TLS_CLIENT_CERTIFICATE,
        [STREAM_TLS_NAME] = OUTCOME_TLS_NAME,
        [STREAM_TLS_CLOSED] = OUTCOME_TLS_CLOSED,
    };

    return (struct failure){OUTCOMES_OF_TLS[failure->problem], failure->text, 0};
}

struct failure failure_of_stream(struct client *client, const struct stream_failure *failure)
{
    switch (failure->problem) {
    case STREAM_SYSTEM:
        return of_errno(failure->sys_error);
    case STREAM_TLS:
    case STREAM_TLS_EXPIRED:
    case STREAM_TLS_NOT_YET_VALID:
    case STREAM_TLS_VERSION:
    case STREAM_TLS_REFUSED:
    case STREAM_TLS_CLIENT_CERTIFICATE:
    case STREAM_TLS_NAME:
    case STREAM_TLS_CLOSED:
        return of_tls(failure);
    case STREAM_TLS_HEADER:
        return failure_of(OUTCOME_TLS_HEADER);
    case STREAM_TLS_UNKNOWN_AUTHORITY:
        return failure_of(OUTCOME_TLS_UNKNOWN_AUTHORITY);
    case STREAM_TLS_HOSTNAME:
        return failure_of(OUTCOME_TLS_HOSTNAME);
    case STREAM_PROXY:
        if (failure->sys_error)
            return refused_by_proxy(client, failure->sys_error);
        return (struct failure){OUTCOME_PROXY, failure->text, 0};
    }
    return failure_of(OUTCOME_GENERIC);
}

struct failure failure_of_problem(enum http1_problem problem)
{
    switch (problem) {
    case HTTP1_PROBLEM_HEAD_TOO_LONG:
    case HTTP1_PROBLEM_TOO_MANY_FIELDS:
    case HTTP1_PROBLEM_BODY_TOO_LONG:
        return (struct failure){OUTCOME_TOO_LARGE, http1_problem_text(problem), 0};
    case HTTP1_PROBLEM_CLOSED:
    case HTTP1_PROBLEM_TRUNCATED:
        return (struct failure){OUTCOME_CLOSED, http1_problem_text(problem), 0};
    default:
        return (struct failure){OUTCOME_MALFORMED, http1_problem_text(problem), 0};
    }
}
