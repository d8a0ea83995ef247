/* SPDX-License-Identifier: Apache-2.0
 *
 * libpq is kept in pipeline mode and in non-blocking mode all the time: every send is buffered,
 * and the one place that waits (await()) polls with a deadline. What was queued is kept until
 * its answers are there, so a run that lost against another transaction can be sent again.
 */
#include "keneyapp/store/postgres_link.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "keneyapp/store/postgres_connect.h"

enum {
    TRIES_MAX = 4, /* of a run that deadlocks or cannot be serialised */
    SCRATCH_CHUNK_BYTES = 16 * 1024,
    COPY_PIECE_BYTES = 64 * 1024,
    SQLSTATE_BYTES = 6,
};

/* A status that does not occur outside of pipeline mode. */
#define NO_STATUS PGRES_PIPELINE_SYNC

/* Times are delivered in UTC, and plans are made once per statement: with LIMIT as a parameter
 * PostgreSQL's own choice is to plan every single execution anew. */
static const char SETTINGS[] = "SET TimeZone = 'UTC'; SET DateStyle = 'ISO, YMD';"
                               "SET plan_cache_mode = force_generic_plan;"
                               "SET client_min_messages = error;"
                               "SET statement_timeout = '30s'; SET lock_timeout = '10s';"
                               "SET idle_in_transaction_session_timeout = '5min';"
                               "SET jit = off";

enum store_result postgres_link_meaning(const char *sqlstate)
{
    static const struct {
        const char *prefix;
        enum store_result result;
    } MEANINGS[] = {
        {"23505", STORE_DUPLICATE},   {"23503", STORE_BAD_REFERENCE}, {"23P01", STORE_CONFLICT},
        {"KA001", STORE_CONFLICT}, /* ours: the doctor is booked */
        {"53100", STORE_FULL},        {"53", STORE_UNAVAILABLE},      {"08", STORE_UNAVAILABLE},
        {"57P", STORE_UNAVAILABLE},   {"57014", STORE_UNAVAILABLE},   {"55P03", STORE_UNAVAILABLE},
        {"25006", STORE_UNAVAILABLE}, {"40", STORE_UNAVAILABLE},      {"25P03", STORE_UNAVAILABLE},
        {"58030", STORE_UNAVAILABLE},
    };

    for (size_t i = 0; i < COUNT_OF(MEANINGS); i++)
        if (strncmp(sqlstate, MEANINGS[i].prefix, strlen(MEANINGS[i].prefix)) == 0)
            return MEANINGS[i].result;
    return STORE_FAILED;
}

/* The first line of what libpq says, without its line end. */
static void say(struct postgres_link *link, const char *text, const char *sqlstate)
{
    int line = (int)strcspn(text, "\n");
    snprintf(link->problem, link->problem_bytes, "PostgreSQL: %.*s%s%s%s", line, text,
             sqlstate[0] ? " (SQLSTATE " : "", sqlstate, sqlstate[0] ? ")" : "");
}

static enum store_result lost(struct postgres_link *link)
{
    const char *text = PQerrorMessage(link->conn);
    if (!link->broken)
        say(link, text[0] ? text : "the connection is lost", "");
    link->broken = true;
    return STORE_UNAVAILABLE;
}

/* The server ends a session with class 57P; what is said about the transaction is of no use. */
static bool ends_session(const char *sqlstate)
{
    return strncmp(sqlstate, "57P", 3) == 0 || strncmp(sqlstate, "08", 2) == 0 ||
           strcmp(sqlstate, "25P03") == 0;
}

/* Waits until libpq has a result to take, and everything queued is sent. */
static bool await(struct postgres_link *link, nsec_t deadline_ns)
{
    for (;;) {
        int unsent = PQflush(link->conn);
        if (unsent < 0)
            return false;
        if (!unsent && !PQisBusy(link->conn))
            return true;
        nsec_t left_ns = deadline_ns - clock_now(clock_monotonic());
        struct pollfd ready = {PQsocket(link->conn), unsent ? POLLIN | POLLOUT : POLLIN, 0};
        int rc = left_ns > 0 ? poll(&ready, 1, (int)(left_ns / NSEC_PER_MSEC) + 1) : 0;
        if (rc == 0) {
            say(link, "the server does not answer", "");
            link->broken = true;
            return false;
        }
        if (rc < 0 && errno != EINTR)
            return false;
        if (rc > 0 && (ready.revents & ~POLLOUT) && !PQconsumeInput(link->conn))
            return false;
    }
}

static nsec_t deadline(nsec_t limit_ns)
{
    return clock_now(clock_monotonic()) + limit_ns;
}

static const char *sqlstate_of(const PGresult *result)
{
    const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    return sqlstate ? sqlstate : "";
}

static bool is_error(const PGresult *result)
{
    return PQresultStatus(result) == PGRES_FATAL_ERROR;
}

/* Keeps the first failure of a run: sentence and SQLSTATE. */
static void note_failure(struct postgres_link *link, const PGresult *result, char *sqlstate)
{
    if (sqlstate[0])
        return;
    const char *primary = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    snprintf(sqlstate, SQLSTATE_BYTES, "%s", sqlstate_of(result));
    say(link, primary ? primary : PQresultErrorMessage(result), sqlstate);
    if (!sqlstate[0])
        snprintf(sqlstate, SQLSTATE_BYTES, "08006");
    if (ends_session(sqlstate))
        link->broken = true;
}

static void clear_results(struct postgres_link *link)
{
    for (size_t i = 0; i < link->item_count; i++) {
        PQclear(link->items[i].result);
        link->items[i].result = NULL;
    }
}

void postgres_link_drop(struct postgres_link *link)
{
    clear_results(link);
    link->item_count = 0;
    link->ran = false;
    link->refused = NULL;
    arena_reset(&link->scratch);
}

static const char *param_text(struct postgres_link *link, const struct value *value)
{
    switch (value->kind) {
    case VALUE_NULL:
        return NULL;
    case VALUE_INT:
        return arena_printf(&link->scratch, "%lld", (long long)value->number);
    case VALUE_TEXT:
        break;
    }
    if (value->text.len && memchr(value->text.ptr, '\0', value->text.len))
        link->refused = "a text with a NUL byte, which PostgreSQL cannot hold";
    return arena_dup(&link->scratch, value->text);
}

size_t postgres_link_queue(struct postgres_link *link, struct span sql, const struct value *params,
                           size_t count)
{
    if (link->ran)
        postgres_link_drop(link);
    if (link->item_count == link->item_cap) {
        link->item_cap = link->item_cap ? 2 * link->item_cap : 8;
        link->items = GROW_ARRAY(link->items, link->item_cap);
    }
    const char **texts = ARENA_NEW_ARRAY(&link->scratch, const char *, count);
    for (size_t i = 0; i < count; i++)
        texts[i] = param_text(link, &params[i]);
    link->items[link->item_count] = (struct postgres_item){
        .sql = arena_dup_span(&link->scratch, sql),
        .hash = span_hash(sql),
        .params = texts,
        .param_count = count,
    };
    return link->item_count++;
}

/* The answers to what send_item() sends are taken in this order: it says what each was for. */
struct sending {
    struct postgres_item *item;
    struct postgres_statement *prepares; /* NULL: the sending is the statement itself */
};

struct sendings {
    struct sending *list;
    size_t count, cap;
};

static void add_sending(struct sendings *sendings, struct sending sending)
{
    if (sendings->count == sendings->cap) {
        sendings->cap = sendings->cap ? 2 * sendings->cap : 16;
        sendings->list = GROW_ARRAY(sendings->list, sendings->cap);
    }
    sendings->list[sendings->count++] = sending;
}

static void sendings_done(struct sendings *sendings)
{
    free(sendings->list);
}

/* Frees the slot, on the server too. */
static bool release(struct postgres_link *link, struct postgres_statement *statement,
                    struct sendings *sendings)
{
    char name[POSTGRES_STATEMENT_NAME_BYTES], sql[POSTGRES_STATEMENT_NAME_BYTES + 16];
    bool known = statement->prepared;
    postgres_statement_name(statement, name);
    snprintf(sql, sizeof(sql), "DEALLOCATE %s", name);
    postgres_statement_forget(statement);
    if (!known)
        return true;
    add_sending(sendings, (struct sending){0});
    return PQsendQueryParams(link->conn, sql, 0, NULL, NULL, NULL, NULL, 0);
}

/* NULL when it cannot be sent. */
static struct postgres_statement *
prepare(struct postgres_link *link, const struct postgres_item *item, struct sendings *sendings)
{
    struct postgres_statement *statement = postgres_statements_oldest(&link->statements);
    char name[POSTGRES_STATEMENT_NAME_BYTES];
    if (!release(link, statement, sendings))
        return NULL;
    postgres_statements_put(&link->statements, statement, item->sql, item->hash);
    postgres_statement_name(statement, name);
    add_sending(sendings, (struct sending){.prepares = statement});
    return PQsendPrepare(link->conn, name, statement->sql, 0, NULL) ? statement : NULL;
}

static bool send_item(struct postgres_link *link, struct postgres_item *item,
                      struct sendings *sendings)
{
    struct postgres_statement *statement =
        postgres_statements_find(&link->statements, item->sql, item->hash);
    char name[POSTGRES_STATEMENT_NAME_BYTES];
    if (!statement)
        statement = prepare(link, item, sendings);
    if (!statement)
        return false;
    postgres_statement_name(statement, name);
    add_sending(sendings, (struct sending){.item = item});
    return PQsendQueryPrepared(link->conn, name, (int)item->param_count, item->params, NULL, NULL,
                               0);
}

static bool send_all(struct postgres_link *link, struct sendings *sendings)
{
    for (size_t i = 0; i < link->item_count; i++)
        if (!send_item(link, &link->items[i], sendings))
            return false;
    return PQpipelineSync(link->conn);
}

/* One answer: to `sending`, or beyond the last sending what the commit itself has to say. */
static void take(struct postgres_link *link, const struct sending *sending, PGresult *result,
                 char *sqlstate)
{
    if (is_error(result))
        note_failure(link, result, sqlstate);
    if (sending && sending->prepares)
        sending->prepares->prepared = PQresultStatus(result) == PGRES_COMMAND_OK;
    if (sending && sending->item && !sending->item->result)
        sending->item->result = result;
    else
        PQclear(result);
}

static bool collect(struct postgres_link *link, const struct sendings *sendings, nsec_t deadline_ns,
                    char *sqlstate)
{
    size_t at = 0;
    bool fresh = true; /* the next result is the first of its sending */
    while (await(link, deadline_ns)) {
        PGresult *result = PQgetResult(link->conn);
        if (result && PQresultStatus(result) == PGRES_PIPELINE_SYNC) {
            PQclear(result);
            return true;
        }
        if (PQstatus(link->conn) == CONNECTION_BAD) {
            if (result && is_error(result))
                note_failure(link, result, sqlstate);
            PQclear(result);
            return false;
        }
        if (!result) {
            at += !fresh;
            fresh = true;
            continue;
        }
        take(link, at < sendings->count ? &sendings->list[at] : NULL, result, sqlstate);
        fresh = false;
    }
    return false;
}

/* Another process changed the tables below the plans (0A000), or dropped the plans (26000). */
static bool plans_are_gone(const char *sqlstate)
{
    return strcmp(sqlstate, "0A000") == 0 || strcmp(sqlstate, "26000") == 0;
}

static enum store_result run_once(struct postgres_link *link, nsec_t limit_ns, char *sqlstate)
{
    AUTO(sendings_done) struct sendings sendings = {0};
    sqlstate[0] = '\0';
    clear_results(link);
    bool sent = send_all(link, &sendings);
    if (!sent || !collect(link, &sendings, deadline(limit_ns), sqlstate))
        return lost(link);
    if (!sqlstate[0])
        return STORE_OK;
    postgres_statements_forget_unprepared(&link->statements);
    return postgres_link_meaning(sqlstate);
}

static bool worth_another_try(const char *sqlstate)
{
    return strcmp(sqlstate, "40001") == 0 || strcmp(sqlstate, "40P01") == 0 ||
           plans_are_gone(sqlstate);
}

enum store_result postgres_link_run(struct postgres_link *link, nsec_t limit_ns)
{
    char sqlstate[SQLSTATE_BYTES];
    enum store_result result = STORE_UNAVAILABLE;
    if (link->ran) /* nothing was queued since: what is there has had its run */
        postgres_link_drop(link);
    link->ran = true;
    if (link->broken)
        return STORE_UNAVAILABLE;
    if (link->refused) {
        say(link, link->refused, "");
        return STORE_FAILED;
    }
    bool ours = PQtransactionStatus(link->conn) == PQTRANS_IDLE;
    for (int i = 0; i < TRIES_MAX; i++) {
        result = run_once(link, limit_ns, sqlstate);
        if (result == STORE_OK || link->broken || !ours)
            return result;
        postgres_link_rollback(link);
        if (link->broken || !worth_another_try(sqlstate))
            return result;
        if (plans_are_gone(sqlstate)) {
            postgres_statements_forget_all(&link->statements);
            if (postgres_link_script(link, "DEALLOCATE ALL", limit_ns) != STORE_OK)
                return result;
        }
    }
    return result;
}

const PGresult *postgres_link_result(const struct postgres_link *link, size_t index)
{
    return link->items[index].result;
}

size_t postgres_link_affected(const struct postgres_link *link, size_t index)
{
    return strtoul(PQcmdTuples(link->items[index].result), NULL, 10);
}

/* Takes results outside of pipeline mode until there are none; `until` ends it earlier. */
static enum store_result drain(struct postgres_link *link, ExecStatusType until, nsec_t deadline_ns)
{
    char sqlstate[SQLSTATE_BYTES] = "";
    for (;;) {
        if (!await(link, deadline_ns))
            return lost(link);
        PGresult *result = PQgetResult(link->conn);
        if (!result)
            break;
        ExecStatusType status = PQresultStatus(result);
        if (is_error(result))
            note_failure(link, result, sqlstate);
        PQclear(result);
        if (status == until)
            return STORE_OK;
        if (PQstatus(link->conn) == CONNECTION_BAD)
            return lost(link);
    }
    return sqlstate[0] ? postgres_link_meaning(sqlstate) : STORE_OK;
}

enum store_result postgres_link_script(struct postgres_link *link, const char *sql, nsec_t limit_ns)
{
    if (link->broken)
        return STORE_UNAVAILABLE;
    if (!PQexitPipelineMode(link->conn) || !PQsendQuery(link->conn, sql))
        return lost(link);
    enum store_result result = drain(link, NO_STATUS, deadline(limit_ns));
    if (!link->broken && !PQenterPipelineMode(link->conn))
        return lost(link);
    return result;
}

/* libpq buffers without a bound: each piece is sent before the next one is added. */
static bool put_pieces(struct postgres_link *link, struct span data, nsec_t deadline_ns)
{
    while (data.len) {
        struct span piece = span_head(data, COPY_PIECE_BYTES);
        if (PQputCopyData(link->conn, piece.ptr, (int)piece.len) != 1 || !await(link, deadline_ns))
            return false;
        data = span_from(data, piece.len);
    }
    return PQputCopyEnd(link->conn, NULL) == 1;
}

enum store_result postgres_link_copy(struct postgres_link *link, const char *sql, struct span data)
{
    nsec_t deadline_ns = deadline(POSTGRES_LONG_REPLY_NS);
    if (link->broken)
        return STORE_UNAVAILABLE;
    if (!PQexitPipelineMode(link->conn) || !PQsendQuery(link->conn, sql))
        return lost(link);
    enum store_result result = drain(link, PGRES_COPY_IN, deadline_ns);
    if (result == STORE_OK && !put_pieces(link, data, deadline_ns))
        return lost(link);
    if (result == STORE_OK)
        result = drain(link, NO_STATUS, deadline_ns);
    if (!link->broken && !PQenterPipelineMode(link->conn))
        return lost(link);
    return result;
}

void postgres_link_rollback(struct postgres_link *link)
{
    PGTransactionStatusType status = PQtransactionStatus(link->conn);
    if (link->broken || status == PQTRANS_IDLE)
        return;
    /* Through the simple protocol: what was queued stays as it is, to be sent again. */
    char problem[256];
    snprintf(problem, sizeof(problem), "%s", link->problem);
    if (postgres_link_script(link, "ROLLBACK", POSTGRES_REPLY_NS) == STORE_OK)
        snprintf(link->problem, link->problem_bytes, "%s", problem);
    else
        link->broken = true;
}

bool postgres_link_is_quiet(const struct postgres_link *link)
{
    struct pollfd ready = {PQsocket(link->conn), POLLIN, 0};
    return !link->broken && poll(&ready, 1, 0) == 0;
}

enum store_result postgres_link_ping(struct postgres_link *link)
{
    postgres_link_drop(link);
    return postgres_link_run(link, 5 * NSEC_PER_SEC);
}

int postgres_link_open(struct postgres_link *link, const char *url, char *problem,
                       size_t problem_bytes, struct error *err)
{
    PGconn *conn = postgres_connect(url, err);
    if (!conn)
        return -1;
    *link =
        (struct postgres_link){.conn = conn, .problem = problem, .problem_bytes = problem_bytes};
    arena_init(&link->scratch, SCRATCH_CHUNK_BYTES);
    if (postgres_link_script(link, SETTINGS, POSTGRES_REPLY_NS) == STORE_OK)
        return 0;
    error_set(err, EXIT_INVALID_CONFIG,
              "PostgreSQL at %s does not take the session's settings: %s; KeneyApp needs "
              "PostgreSQL 15 or newer",
              PQhost(link->conn), problem);
    postgres_link_close(link);
    return -1;
}

void postgres_link_close(struct postgres_link *link)
{
    postgres_link_drop(link);
    postgres_statements_forget_all(&link->statements);
    free(link->items);
    arena_done(&link->scratch);
    PQfinish(link->conn);
    *link = (struct postgres_link){.broken = true};
}
