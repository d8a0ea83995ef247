/* SPDX-License-Identifier: Apache-2.0
 *
 * Attacks on a running clinic: tokens, texts that want to be SQL or headers, paths, broken bodies,
 * another clinic's rows. The last case looks into the log and the database file for what must not
 * be there.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "keneyapp/auth/jwt.h"
#include "keneyapp/auth/token_keys.h"
#include "scenario/clinic_case.h"
#include "support/test.h"

#define DOCTOR   signed_in("testuser", "testpass123")
#define ADMIN    signed_in("admin", "admin123")
#define PHRASE   "Xylophone allergy since childhood"
#define ORIGIN   "https://desk.example"
#define PATIENTS "/api/v1/patients"

static char log_token[4096]; /* a token that was given out, for the look into the log */

static void read_file(const char *path, struct strbuf *out)
{
    char bytes[65536];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n;
    while (fd >= 0 && (n = read(fd, bytes, sizeof(bytes))) > 0)
        strbuf_add(out, bytes, (size_t)n);
    if (fd >= 0)
        close(fd);
}

static void read_own_file(const char *name, struct strbuf *out)
{
    read_file(text("%s/%s", clinic.dir, name), out);
}

static bool contains(const struct strbuf *bytes, const char *words)
{
    return bytes->len && memmem(bytes->ptr, bytes->len, words, strlen(words)) != NULL;
}

/* The clinic's own keys, and the claims of a token that it gave to testuser. */
static void take_apart(struct token_keys *ret_keys, char *body, size_t size)
{
    AUTO(strbuf_done) struct strbuf lines = STRBUF_INIT(4096);
    struct error err = {0};
    struct span rest, token = span_cstr(DOCTOR + strlen("Authorization: Bearer "));
    read_own_file("token.key", &lines);
    assert_int_equal(token_keys_read(ret_keys, strbuf_span(&lines), &err), 0);
    span_cut(token, '.', &rest);
    int len = token_decode_base64url(span_cut(rest, '.', &rest), (unsigned char *)body, size - 1);
    assert_true(len > 0);
    body[len] = '\0';
}

/* `body` with the first `from` replaced, rightly signed. */
static const char *resigned(const struct token_keys *keys, const char *body, const char *from,
                            const char *to)
{
    AUTO(strbuf_done) struct strbuf claims = STRBUF_INIT(4096), token = STRBUF_INIT(4096);
    unsigned char mac[TOKEN_MAC_BYTES];
    const char *at = strstr(body, from);
    assert_non_null(at);
    strbuf_addf(&claims, "%.*s%s%s", (int)(at - body), body, to, at + strlen(from));
    strbuf_addf(&token, "%s.", keys->keys[0].header);
    token_add_base64url(&token, claims.ptr, claims.len);
    token_key_sign(&keys->keys[0], strbuf_span(&token), mac);
    strbuf_addc(&token, '.');
    token_add_base64url(&token, mac, sizeof(mac));
    return text("Authorization: Bearer %s\r\n", strbuf_cstr(&token));
}

static const struct claim_case {
    const char *name, *from, *to;
    unsigned status;
} CLAIMS[] = {
    {"as it is", "\"sub\"", "\"sub\"", 200},
    {"expired", "\"exp\":", "\"exp\":1,\"was\":", 401},
    {"expires as a text", "\"exp\":", "\"exp\":\"9999999999\",\"was\":", 401},
    {"another issuer", "\"keneyapp\"", "\"elsewhere\"", 401},
    {"another audience", "\"keneyapp-api\"", "\"elsewhere\"", 401},
    {"not yet", "\"sub\"", "\"nbf\":9999999999,\"sub\"", 401},
    {"nobody", "\"testuser\"", "\"nobody\"", 401},
    {"another password", "\"pwd\":\"", "\"pwd\":\"0", 401},
    {"somebody else with this password", "\"testuser\"", "\"admin\"", 401},
    {"a name twice", "\"sub\"", "\"sub\":\"admin\",\"sub\"", 401},
    {"a name of SQL", "\"testuser\"", "\"testuser' OR '1'='1\"", 401},
};

static void test_claims(void **state)
{
    struct token_keys keys;
    char body[2048];
    take_apart(&keys, body, sizeof(body));
    for (size_t i = 0; i < COUNT_OF(CLAIMS); i++) {
        print_message("%s\n", CLAIMS[i].name);
        assert_int_equal(ask("GET", PATIENTS "?limit=1",
                             resigned(&keys, body, CLAIMS[i].from, CLAIMS[i].to), NULL),
                         CLAIMS[i].status);
    }
}

/* The role and the tenant are the user's of now, whatever a token says. */
static void test_roles_in_tokens(void **state)
{
    struct token_keys keys;
    char body[2048];
    take_apart(&keys, body, sizeof(body));
    const char *token = resigned(&keys, body, "\"role\":\"doctor\"", "\"role\":\"super_admin\"");
    assert_int_equal(ask("GET", PATIENTS "?limit=1", token, NULL), 200);
    assert_int_equal(ask("GET", "/api/v1/users", token, NULL), 403);
}

static void test_heads_of_tokens(void **state)
{
    static const char *const HEADS[] = {
        "{\"alg\":\"none\"}", "{\"alg\":\"NONE\",\"typ\":\"JWT\"}", "{\"alg\":\"HS256\"}",
        "{\"alg\":\"HS256\",\"kid\":\"../../../dev/null\",\"typ\":\"JWT\"}"};
    struct token_keys keys;
    char body[2048];
    take_apart(&keys, body, sizeof(body));
    for (size_t i = 0; i < COUNT_OF(HEADS); i++) {
        AUTO(strbuf_done) struct strbuf token = STRBUF_INIT(4096);
        unsigned char mac[TOKEN_MAC_BYTES];
        token_add_base64url(&token, HEADS[i], strlen(HEADS[i]));
        strbuf_addc(&token, '.');
        token_add_base64url(&token, body, strlen(body));
        token_key_sign(&keys.keys[0], strbuf_span(&token), mac);
        strbuf_addc(&token, '.');
        const char *unsigned_line = text("Authorization: Bearer %s\r\n", strbuf_cstr(&token));
        assert_int_equal(ask("GET", PATIENTS, unsigned_line, NULL), 401);
        token_add_base64url(&token, mac, sizeof(mac));
        const char *signed_line = text("Authorization: Bearer %s\r\n", strbuf_cstr(&token));
        assert_int_equal(ask("GET", PATIENTS, signed_line, NULL), 401);
    }
}

static const char *const INJECTIONS[] = {
    "' OR '1'='1",
    "'; DROP TABLE patients; --",
    "\\\\'; DELETE FROM users; --",
    "1) UNION SELECT hashed_password FROM users --",
    "%' AND 1=randomblob(100000000) --",
    "$$; SELECT pg_sleep(9); --",
    "*) OR (*",
    "\\\" NEAR/2 \\\"",
};

static const char *const PARAMETERS[] = {
    "search", "sort_by",    "sort_order", "skip",      "limit",  "status", "status_filter",
    "role",   "patient_id", "doctor_id",  "date_from", "action", "include"};

static const char *escaped(const char *words)
{
    static char out[1024];
    size_t len = 0;
    for (; *words && len + 4 < sizeof(out); words++)
        len += (size_t)snprintf(out + len, sizeof(out) - len, "%%%02x", (unsigned char)*words);
    return out;
}

static void test_injection_by_parameters(void **state)
{
    static const char *const LISTS[] = {PATIENTS, "/api/v1/appointments", "/api/v1/prescriptions",
                                        "/api/v1/users"};
    const char *admin = ADMIN;
    for (size_t list = 0; list < COUNT_OF(LISTS); list++)
        for (size_t i = 0; i < COUNT_OF(PARAMETERS); i++)
            for (size_t j = 0; j < COUNT_OF(INJECTIONS); j++) {
                const char *target =
                    text("%s?%s=%s", LISTS[list], PARAMETERS[i], escaped(INJECTIONS[j]));
                unsigned status = ask("GET", target, admin, NULL);
                if (status != 200 && status != 422)
                    print_message("%s: %u\n", target, status);
                assert_true(status == 200 || status == 422);
                assert_false(says("argon2") || says("sqlite") || says("syntax"));
            }
    for (size_t j = 0; j < COUNT_OF(INJECTIONS); j++)
        assert_int_equal(ask("GET", text(PATIENTS "/%s", escaped(INJECTIONS[j])), admin, NULL),
                         422);
}

/* Text is text: it comes back as it was sent, and nothing else has happened. */
static void test_injection_by_bodies(void **state)
{
    const char *doctor = DOCTOR;
    assert_int_equal(ask("GET", PATIENTS "?limit=1", doctor, NULL), 200);
    int64_t total = number_in_answer("total");
    for (size_t i = 0; i < COUNT_OF(INJECTIONS); i++) {
        const char *body = text(
            "{\"first_name\":\"%s\",\"last_name\":\"%s\",\"date_of_birth\":\"2000-01-01\","
            "\"gender\":\"other\",\"phone\":\"1\",\"address\":\"%s\",\"medical_history\":\"%s\","
            "\"allergies\":\"%s\",\"emergency_contact\":\"%s\"}",
            INJECTIONS[i], INJECTIONS[i], INJECTIONS[i], INJECTIONS[i], INJECTIONS[i],
            INJECTIONS[i]);
        assert_int_equal(ask("POST", PATIENTS, doctor, body), 201);
        assert_true(says(text("\"medical_history\":\"%s\"", INJECTIONS[i])));
        assert_true(says(text("\"last_name\":\"%s\"", INJECTIONS[i])));
        assert_int_equal(sign_in(INJECTIONS[i], INJECTIONS[i]), 401);
    }
    assert_int_equal(ask("GET", PATIENTS "?limit=1", doctor, NULL), 200);
    assert_int_equal(number_in_answer("total"), total + (int64_t)COUNT_OF(INJECTIONS));
    assert_int_equal(ask("GET", "/api/v1/users?limit=1", ADMIN, NULL), 200);
}

static void test_header_injection(void **state)
{
    static const char *const TARGETS[] = {"/%0d%0aX-Injected:%201",
                                          "/health?a=%0d%0aX-Injected:%201",
                                          "/api/v1/auth/login%0d%0aX-Injected:%201",
                                          "/%0aX-Injected:%201", PATIENTS "/%0d%0aX-Injected:%201"};
    static const char *const HEADERS[] = {"X-Correlation-ID: a%0d%0aX-Injected: 1\r\n",
                                          "X-Correlation-ID: a\tX-Injected: 1\r\n",
                                          "Origin: " ORIGIN "%0d%0aX-Injected: 1\r\n",
                                          "Origin: https://evil.example\r\n",
                                          "If-None-Match: \"%0d%0aX-Injected: 1\"\r\n",
                                          "Accept-Encoding: gzip%0d%0aX-Injected: 1\r\n"};
    for (size_t i = 0; i < COUNT_OF(TARGETS); i++) {
        assert_true(ask("GET", TARGETS[i], "", NULL) < 500);
        assert_false(has_header("\nX-Injected"));
    }
    for (size_t i = 0; i < COUNT_OF(HEADERS); i++) {
        assert_int_equal(ask("GET", "/health", HEADERS[i], NULL), 200);
        assert_false(has_header("X-Injected") || has_header("evil.example"));
    }
}

/* Heads that a proxy and the clinic could read differently; what follows may be a second request.
 */
static const char *const UNCLEAR[] = {
    "Content-Length: 2\r\nContent-Length: 40\r\n",
    "Content-Length: 40\r\nContent-Length: 2\r\n",
    "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
    "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
    "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
    "Content-Length : 2\r\n",
};

/* The first answer to `bytes`; nothing may follow it when `ends`. */
static unsigned answer_to(const char *bytes, bool ends)
{
    struct clinic_link link;
    struct clinic_answer answer;
    clinic_answer_init(&answer);
    assert_true(clinic_link_open(&link, &clinic, false));
    assert_true(clinic_send(&link, span_cstr(bytes)));
    assert_true(clinic_receive(&link, &answer, false));
    unsigned status = answer.status;
    assert_true(!ends || !clinic_receive(&link, &answer, false));
    clinic_link_close(&link);
    clinic_answer_done(&answer);
    return status;
}

static void test_smuggling(void **state)
{
    for (size_t i = 0; i < COUNT_OF(UNCLEAR); i++) {
        print_message("%s\n", UNCLEAR[i]);
        const char *bytes = text("POST /api/v1/auth/login HTTP/1.1\r\nHost: localhost\r\n%s\r\n"
                                 "0\r\n\r\nGET /health HTTP/1.1\r\nHost: localhost\r\n\r\n",
                                 UNCLEAR[i]);
        assert_int_equal(answer_to(bytes, true), 400);
    }
}

/* RFC 9112 3.2: for whom a request is has to be said, once, in all versions but the oldest. */
static const struct host_case {
    const char *version, *lines;
    unsigned status;
} HOSTS[] = {
    {"1.1", "Host: localhost\r\n", 200},
    {"1.1", "Host: [::1]:8443 \r\n", 200},
    {"1.1", "Host:\r\n", 200},
    {"1.1", "hOST: x\r\n", 200},
    {"1.0", "", 200},
    {"1.0", "Host: x\r\n", 200},
    {"1.1", "", 400},
    {"1.1", "X-Host: x\r\n", 400},
    {"1.1", "Host: a\r\nHost: a\r\n", 400},
    {"1.1", "Host: a\r\nAccept: */*\r\nhost: b\r\n", 400},
    {"1.0", "Host: a\r\nHost: b\r\n", 400},
    {"1.1", "Host: a b\r\n", 400},
    {"1.1", "Host: user@clinic.example\r\n", 400},
    {"1.1", "Host: clinic.example:x\r\n", 400},
    {"1.0", "Host: a/b\r\n", 400},
};

static void test_hosts(void **state)
{
    static const char *const PATHS[] = {"/health", "/", PATIENTS};
    for (size_t i = 0; i < COUNT_OF(HOSTS); i++) {
        unsigned wanted = HOSTS[i].status;
        print_message("HTTP/%s %s\n", HOSTS[i].version, HOSTS[i].lines);
        for (size_t j = 0; j < COUNT_OF(PATHS); j++) {
            unsigned status = answer_to(
                text("GET %s HTTP/%s\r\n%s\r\n", PATHS[j], HOSTS[i].version, HOSTS[i].lines),
                wanted == 400);
            assert_int_equal(status == 400, wanted == 400);
            assert_true(j > 0 || status == wanted);
        }
    }
}

static void test_targets_with_their_origin(void **state)
{
    static const struct {
        const char *target;
        unsigned status;
    } TARGETS[] = {
        {"http://localhost/health", 200},
        {"HTTPS://clinic.example:8443/health?a=/b", 200},
        {"http://localhost" PATIENTS "?limit=1", 401},
        {"http://localhost", 200},
        {"http://localhost?a=/health", 200},
        {"http:///health", 404},
        {"http://:80/health", 404},
        {"http://anna@localhost/health", 404},
        {"http://localhost:x/health", 404},
        {"http:/health", 404},
        {"ftp://localhost/health", 404},
        {"localhost/health", 404},
    };

    for (size_t i = 0; i < COUNT_OF(TARGETS); i++) {
        print_message("%s\n", TARGETS[i].target);
        assert_int_equal(
            answer_to(text("GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n", TARGETS[i].target), false),
            TARGETS[i].status);
    }
}

static void test_other_origins(void **state)
{
    const char *asked = "Origin: " ORIGIN "\r\nAccess-Control-Request-Method: POST\r\n";
    assert_int_equal(ask("OPTIONS", PATIENTS, asked, NULL), 204);
    assert_true(has_header("\r\nAccess-Control-Allow-Origin: " ORIGIN "\r\n"));
    assert_true(has_header("POST"));
    assert_int_equal(ask("GET", "/health", "Origin: " ORIGIN "\r\n", NULL), 200);
    assert_true(has_header("\r\nAccess-Control-Allow-Origin: " ORIGIN "\r\n"));
    assert_int_equal(ask("GET", "/health", "Origin: http://desk.example\r\n", NULL), 200);
    assert_false(has_header("Access-Control-Allow-Origin"));
    assert_true(has_header("\r\nVary: Origin\r\n"));
    assert_int_equal(ask("OPTIONS", PATIENTS,
                         "Origin: https://evil.example\r\nAccess-Control-Request-Method: GET\r\n",
                         NULL),
                     405);
    assert_false(has_header("Access-Control"));
}

static void test_broken_json(void **state)
{
    static const char *const BODIES[] = {"",
                                         "{",
                                         "}",
                                         "[",
                                         "\"",
                                         "null",
                                         "true",
                                         "7",
                                         "{\"a\":}",
                                         "{\"a\":1,}",
                                         "{'a':1}",
                                         "{\"a\":\"\xff\"}",
                                         "[[[[[[",
                                         "{\"a\":1}{}",
                                         "\xef\xbb\xbf{}",
                                         "{\"a\":1e999}",
                                         "{\"username\":{}}",
                                         "NaN"};
    static const char *const PATHS[] = {"/api/v1/auth/login",   "/api/v1/auth/change-password",
                                        "/api/v1/users",        PATIENTS,
                                        "/api/v1/appointments", "/api/v1/prescriptions"};
    const char *admin = ADMIN;
    AUTO(strbuf_done) struct strbuf deep = STRBUF_INIT(200000);
    for (int i = 0; i < 100000; i++)
        strbuf_addc(&deep, '[');
    for (size_t i = 0; i < COUNT_OF(PATHS); i++) {
        for (size_t j = 0; j < COUNT_OF(BODIES); j++)
            assert_int_equal(ask("POST", PATHS[i], admin, BODIES[j]), 422);
        assert_int_equal(ask("POST", PATHS[i], admin, strbuf_cstr(&deep)), 422);
    }
}

static void test_broken_forms(void **state)
{
    static const char *const BODIES[] = {"",         "=",         "&&&&",
                                         "username", "username=", "password=",
                                         "%",        "=%zz",      "username=%&password",
                                         "a=b&c=d",  "\xff=x",    "username=a"};
    for (size_t i = 0; i < COUNT_OF(BODIES); i++)
        assert_int_equal(ask("POST", "/api/v1/auth/login", FORM_HEADER, BODIES[i]), 422);
    assert_int_equal(
        ask("POST", "/api/v1/auth/login", FORM_HEADER, "username=%00a&password=%ff%fe"), 422);
    assert_int_equal(ask("POST", "/api/v1/auth/login", "Content-Type: text/xml\r\n", "<a/>"), 422);
}

/* Files of the data folder and the machine stay there. */
static void test_paths(void **state)
{
    static const char *const PATHS[] = {
        "/../../../../etc/passwd",
        "/..%2f..%2f..%2f..%2fetc%2fpasswd",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/assets/../../token.key",
        "/assets/..%2ftoken.key",
        "/assets/%00",
        "//etc/passwd",
        "//",
        "/token.key",
        "/keneyapp.db",
        "/api//v1/patients",
        "/api/v1/patients/..",
        "/api/v1/patients/%2e%2e%2fusers",
        "/api/v1/patients/-1",
        "/api/v1/patients/1e3",
        "/api/v1/patients/0x1",
        "/api/v1/patients/9223372036854775808",
        "/api/v1/patients/%00",
        "/api/v1/patients/1%00",
        "/api/v1/patients/1/2/3",
        "/%ff%fe",
        "/\\..\\..",
    };
    AUTO(strbuf_done) struct strbuf key = STRBUF_INIT(4096);
    const char *doctor = DOCTOR;
    read_own_file("token.key", &key);
    for (size_t i = 0; i < COUNT_OF(PATHS); i++) {
        unsigned status = ask("GET", PATHS[i], doctor, NULL);
        print_message("%s: %u\n", PATHS[i], status);
        assert_true(status < 500);
        assert_false(says("root:") || says("SQLite format"));
        assert_false(contains(&last.body, text("%.32s", strbuf_cstr(&key))));
    }
    AUTO(strbuf_done) struct strbuf wide = STRBUF_INIT(16384);
    strbuf_adds(&wide, PATIENTS "/");
    for (int i = 0; i < 8000; i++)
        strbuf_addc(&wide, '9');
    assert_int_equal(ask("GET", strbuf_cstr(&wide), doctor, NULL), 422);
    assert_int_equal(ask("GET", "/health", "", NULL), 200);
}

/* Another clinic's rows do not exist; its people cannot be told from people who do not. */
static void test_other_tenant(void **state)
{
    const char *const tenant[] = {"tenant", "add", "other", "Another clinic", NULL};
    const char *const user[] = {"user",  "add",      "other-admin", "--role",
                                "admin", "--tenant", "other",       NULL};
    static const char *const PATHS[] = {PATIENTS "/1", "/api/v1/appointments/1",
                                        "/api/v1/prescriptions/1", "/api/v1/users/1"};
    static const char *const LISTS[] = {PATIENTS, "/api/v1/appointments", "/api/v1/prescriptions"};
    assert_int_equal(clinic_command(tenant, ""), 0);
    assert_int_equal(clinic_command(user, "other-password\n"), 0);
    const char *other = signed_in("other-admin", "other-password"), *doctor = ADMIN;
    for (size_t i = 0; i < COUNT_OF(PATHS); i++) {
        print_message("%s\n", PATHS[i]);
        assert_int_equal(ask("GET", PATHS[i], doctor, NULL), 200);
        assert_int_equal(ask("GET", PATHS[i], other, NULL), 404);
    }
    for (size_t i = 0; i < COUNT_OF(LISTS); i++) {
        assert_int_equal(ask("GET", LISTS[i], other, NULL), 200);
        assert_int_equal(number_in_answer("total"), 0);
    }
    assert_int_equal(ask("PATCH", "/api/v1/users/1/status", other, "{\"is_active\":false}"), 404);
    assert_int_equal(ask("PATCH", "/api/v1/users/1/role", other, "{\"role\":\"nurse\"}"), 404);
    assert_int_equal(
        ask("POST", "/api/v1/users/1/reset-password", other, "{\"new_password\":\"taken-over\"}"),
        404);
    assert_int_equal(ask("GET", "/api/v1/users", other, NULL), 200);
    assert_int_equal(number_in_answer("total"), 1);
}

static void test_sealed_texts(void **state)
{
    const char *doctor = DOCTOR;
    snprintf(log_token, sizeof(log_token), "%.*s",
             (int)strcspn(doctor + strlen("Authorization: Bearer "), "\r"),
             doctor + strlen("Authorization: Bearer "));
    assert_int_equal(ask("POST", PATIENTS, doctor,
                         "{\"first_name\":\"Plain\",\"last_name\":\"Zyzzyvason\","
                         "\"date_of_birth\":\"2000-01-01\",\"gender\":\"other\",\"phone\":\"1\","
                         "\"allergies\":\"" PHRASE "\"}"),
                     201);
    assert_true(says(PHRASE));
    AUTO(strbuf_done) struct strbuf files = STRBUF_INIT((size_t)1 << 30);
    read_own_file("keneyapp.db", &files);
    read_own_file("keneyapp.db-wal", &files);
    assert_true(contains(&files, "Zyzzyvason"));
    assert_false(contains(&files, PHRASE));
    assert_false(contains(&files, "testpass123"));
}

/* A database of another key is refused at once, with the remedy, and without the keys. */
static void test_another_key(void **state)
{
    static const char KEY[] = "101112131415161718191a1b1c1d1e1f000102030405060708090a0b0c0d0e0f";
    AUTO(strbuf_done) struct strbuf out = STRBUF_INIT(65536);
    const char *path = text("%s/other.key", clinic.dir);
    const char *argv[] = {clinic_program, "user",       "list", "--data",
                          clinic.dir,     "--key-file", path,   NULL};
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    assert_int_equal(write(fd, KEY, 64), 64);
    close(fd);
    assert_int_equal(clinic_run(argv, "", &out), 104);
    assert_true(contains(&out, "sealed with another key") && contains(&out, "--key-file"));
    assert_false(contains(&out, "101112131415"));
}

/* With everything that debugging tells. */
static void test_nothing_secret_in_the_log(void **state)
{
    AUTO(strbuf_done) struct strbuf log = STRBUF_INIT((size_t)1 << 30), key = STRBUF_INIT(4096);
    AUTO(strbuf_done) struct strbuf data_key = STRBUF_INIT(4096);
    read_own_file("token.key", &key);
    read_own_file("data.key", &data_key);
    assert_true(key.len >= 64 && data_key.len >= 64);
    assert_int_equal(clinic_server_stop_keeping_log(&clinic), 0);
    read_file(clinic.log, &log);
    unlink(clinic.log);
    assert_true(contains(&log, "/api/v1/auth/login")); /* it does say something */
    static const char *const SECRETS[] = {"testpass123",  "admin123", "argon2",        "taken-over",
                                          "access_token", PHRASE,     "other-password"};
    for (size_t i = 0; i < COUNT_OF(SECRETS); i++)
        assert_false(contains(&log, SECRETS[i]));
    assert_false(contains(&log, strrchr(log_token, '.')));
    assert_false(contains(&log, text("%.64s", strbuf_cstr(&key))));
    assert_false(contains(&log, text("%.64s", strbuf_cstr(&data_key))));
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_claims),
        cmocka_unit_test(test_roles_in_tokens),
        cmocka_unit_test(test_heads_of_tokens),
        cmocka_unit_test(test_injection_by_parameters),
        cmocka_unit_test(test_injection_by_bodies),
        cmocka_unit_test(test_header_injection),
        cmocka_unit_test(test_smuggling),
        cmocka_unit_test(test_hosts),
        cmocka_unit_test(test_targets_with_their_origin),
        cmocka_unit_test(test_other_origins),
        cmocka_unit_test(test_broken_json),
        cmocka_unit_test(test_broken_forms),
        cmocka_unit_test(test_paths),
        cmocka_unit_test(test_other_tenant),
        cmocka_unit_test(test_sealed_texts),
        cmocka_unit_test(test_another_key),
        cmocka_unit_test(test_nothing_secret_in_the_log),
    };
    const char *const words[] = {"--log-level", "debug", "--cors-origin", ORIGIN, NULL};
    if (clinic_begin(argc, argv, words) != 0)
        return 1;
    int failures = cmocka_run_group_tests(tests, NULL, NULL);
    clinic_answer_done(&last);
    return failures;
}
