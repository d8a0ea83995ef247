/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <gnutls/gnutls.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "keneyapp/auth/vault.h"
#include "keneyapp/home.h"
#include "support/test.h"

#define NOW (INT64_C(1800000000) * NSEC_PER_SEC)
#define DAY (86400 * NSEC_PER_SEC)

static const char *const FILES[] = {"token.key", "ca.pem", "ca-key.pem", "server.pem",
                                    "server-key.pem"};

struct place {
    char dir[64];
    struct home home;
};

static int make_place(void **state)
{
    struct place *place = NEW(struct place);
    snprintf(place->dir, sizeof(place->dir), "/tmp/keneyapp-home-XXXXXX");
    *state = place;
    return mkdtemp(place->dir) ? 0 : -1;
}

static void path_of(const struct place *place, const char *name, char *buf, size_t size)
{
    snprintf(buf, size, "%s/%s", place->dir, name);
}

static int remove_place(void **state)
{
    struct place *place = *state;
    char path[128];
    home_done(&place->home);
    for (size_t i = 0; i < COUNT_OF(FILES); i++) {
        path_of(place, FILES[i], path, sizeof(path));
        unlink(path);
    }
    path_of(place, "keneyapp.lock", path, sizeof(path));
    unlink(path);
    path_of(place, "data.key", path, sizeof(path));
    unlink(path);
    path_of(place, "other.key", path, sizeof(path));
    unlink(path);
    int rc = rmdir(place->dir);
    free(place);
    return rc;
}

static void reopen(struct place *place, nsec_t now_ns)
{
    struct error err = {0};
    home_done(&place->home);
    assert_int_equal(home_open(&place->home, place->dir, now_ns, &err), 0);
    assert_int_equal(home_keep(&place->home, &err), 0);
}

static void test_makes_what_is_missing(void **state)
{
    struct place *place = *state;
    struct stat status;
    char path[128];
    reopen(place, NOW);
    for (size_t i = 0; i < COUNT_OF(FILES); i++) {
        bool secret = strstr(FILES[i], "key") != NULL;
        print_message("%s\n", FILES[i]);
        path_of(place, FILES[i], path, sizeof(path));
        assert_int_equal(stat(path, &status), 0);
        assert_int_equal(status.st_mode & 0777, secret ? 0600 : 0644);
    }
    assert_int_equal(place->home.token_keys.count, 1);
}

static void test_keeps_what_is_there(void **state)
{
    struct place *place = *state;
    reopen(place, NOW);
    char *key = mem_strdup(place->home.token_keys.keys[0].header);
    char *server = mem_strdup(strbuf_cstr(&place->home.certificates.server));
    reopen(place, NOW + 100 * DAY);
    assert_string_equal(place->home.token_keys.keys[0].header, key);
    assert_string_equal(strbuf_cstr(&place->home.certificates.server), server);
    free(key);
    free(server);
}

static void test_renews_the_server_certificate(void **state)
{
    struct place *place = *state;
    reopen(place, NOW);
    char *ca = mem_strdup(strbuf_cstr(&place->home.certificates.ca));
    char *server = mem_strdup(strbuf_cstr(&place->home.certificates.server));
    reopen(place, NOW + 820 * DAY);
    assert_string_equal(strbuf_cstr(&place->home.certificates.ca), ca);
    assert_string_not_equal(strbuf_cstr(&place->home.certificates.server), server);
    assert_true(
        certificate_is_fresh(strbuf_span(&place->home.certificates.server), NOW + 830 * DAY));
    free(ca);
    free(server);
}

static void test_a_new_authority_signs_a_new_server(void **state)
{
    struct place *place = *state;
    char path[128];
    reopen(place, NOW);
    char *server = mem_strdup(strbuf_cstr(&place->home.certificates.server));
    path_of(place, "ca-key.pem", path, sizeof(path));
    unlink(path);
    reopen(place, NOW);
    assert_string_not_equal(strbuf_cstr(&place->home.certificates.server), server);
    free(server);
}

static void test_warns_of_an_open_key(void **state)
{
    static const mode_t OPEN[] = {0640, 0604, 0644, 0620};
    struct place *place = *state;
    char path[128];
    reopen(place, NOW);
    assert_null(place->home.warning);
    path_of(place, "token.key", path, sizeof(path));
    for (size_t i = 0; i < COUNT_OF(OPEN); i++) {
        assert_int_equal(chmod(path, OPEN[i]), 0);
        reopen(place, NOW);
        assert_non_null(place->home.warning);
        assert_non_null(strstr(place->home.warning, "chmod 600 /tmp/"));
    }
    assert_int_equal(chmod(path, 0400), 0);
    reopen(place, NOW);
    assert_null(place->home.warning);
}

/* What signed before the rotation verifies after it; what signed before the last one does not. */
static void test_rotates_the_token_key(void **state)
{
    struct place *place = *state;
    struct error err = {0};
    struct stat status;
    char path[128];
    reopen(place, NOW);
    struct token_keys first = place->home.token_keys;
    assert_int_equal(home_rotate_token_key(&place->home, &err), 0);
    reopen(place, NOW);
    assert_int_equal(place->home.token_keys.count, 2);
    assert_string_not_equal(place->home.token_keys.keys[0].header, first.keys[0].header);
    assert_string_equal(place->home.token_keys.keys[1].header, first.keys[0].header);
    assert_int_equal(home_rotate_token_key(&place->home, &err), 0);
    reopen(place, NOW);
    assert_null(token_keys_find(&place->home.token_keys, span_cstr(first.keys[0].header)));
    path_of(place, "token.key", path, sizeof(path));
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
}

static bool opens(const struct vault *vault, const struct strbuf *sealed)
{
    AUTO(strbuf_done) struct strbuf plain = STRBUF_INIT(64);
    return vault_open(vault, "t", "c", strbuf_span(sealed), &plain) == VAULT_OPENED;
}

/* The folder's key is made once; another file or text takes its place. */
static void test_data_key(void **state)
{
    static const char GIVEN[] = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
    struct place *place = *state;
    struct error err = {0};
    struct stat status;
    char path[128];
    AUTO(strbuf_done) struct strbuf sealed = STRBUF_INIT(256);
    reopen(place, NOW);
    AUTO(vault_free) struct vault *made = home_vault(&place->home, NULL, NULL, &err);
    assert_non_null(made);
    vault_seal(made, "t", "c", SPAN("text"), &sealed);
    assert_int_equal(home_keep(&place->home, &err), 0);
    path_of(place, "data.key", path, sizeof(path));
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    AUTO(vault_free) struct vault *again = home_vault(&place->home, NULL, "", &err);
    assert_true(opens(again, &sealed));
    AUTO(vault_free) struct vault *named = home_vault(&place->home, path, NULL, &err);
    assert_true(opens(named, &sealed));
    AUTO(vault_free) struct vault *given = home_vault(&place->home, path, GIVEN, &err);
    assert_non_null(given);
    assert_false(opens(given, &sealed));
    path_of(place, "other.key", path, sizeof(path));
    assert_null(home_vault(&place->home, path, NULL, &err));
    assert_non_null(strstr(err.message, "--key-file"));
    assert_int_equal(symlink("data.key", path), 0);
    assert_int_equal(chmod(path, 0644), 0);
    AUTO(vault_free) struct vault *open = home_vault(&place->home, path, NULL, &err);
    assert_non_null(open);
    assert_non_null(strstr(place->home.warning, "read health data"));
}

/* flock() is per open file: two of one process stand for two processes. */
static void test_one_server_per_folder(void **state)
{
    struct place *place = *state;
    struct error err = {0};
    reopen(place, NOW);
    int first = home_lock(&place->home, &err);
    assert_true(first >= 0);
    assert_int_equal(home_lock(&place->home, &err), -1);
    assert_int_equal(err.code, EXIT_INVALID_CONFIG);
    assert_non_null(strstr(err.message, "--data DIR"));
    char pid[32] = "", own[32];
    snprintf(own, sizeof(own), "%ld\n", (long)getpid());
    assert_int_equal(pread(first, pid, sizeof(pid) - 1, 0), strlen(own));
    assert_string_equal(pid, own);
    close(first);
    int second = home_lock(&place->home, &err);
    assert_true(second >= 0);
    close(second);
}

/* A server that says when it has the lock, and waits for the news. */
static pid_t start_server(const struct place *place, int ready)
{
    struct home home = {.lock = place->home.lock};
    struct error err = {0};
    sigset_t news;
    pid_t pid = fork();
    if (pid)
        return pid;
    sigemptyset(&news);
    sigaddset(&news, HOME_NEWS_SIGNAL);
    int lock = home_lock(&home, &err);
    if (lock < 0 || write(ready, "", 1) != 1)
        _exit(2);
    _exit(sigtimedwait(&news, NULL, &(struct timespec){.tv_sec = 10}) != HOME_NEWS_SIGNAL);
}

static void write_lock(const struct place *place, const char *text)
{
    FILE *file = fopen(place->home.lock, "we");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

/* Who holds the lock gets the signal, and nobody whose number is only in the file. */
static void test_tells_the_server(void **state)
{
    struct place *place = *state;
    char own[32], ready;
    int pipe_ends[2], ended;
    sigset_t news;
    sigemptyset(&news);
    sigaddset(&news, HOME_NEWS_SIGNAL);
    sigprocmask(SIG_BLOCK, &news, NULL);
    snprintf(own, sizeof(own), "%ld\n", (long)getpid());
    reopen(place, NOW);
    home_tell(&place->home);
    write_lock(place, own);
    home_tell(&place->home);
    assert_int_equal(pipe(pipe_ends), 0);
    pid_t server = start_server(place, pipe_ends[1]);
    assert_int_equal(read(pipe_ends[0], &ready, 1), 1);
    write_lock(place, own);
    home_tell(&place->home);
    assert_int_equal(waitpid(server, &ended, 0), server);
    assert_int_equal(ended, 0);
    assert_int_equal(sigtimedwait(&news, NULL, &(struct timespec){0}), -1);
    close(pipe_ends[0]);
    close(pipe_ends[1]);
}

static size_t files_in(const char *dir)
{
    size_t count = 0;
    DIR *folder = opendir(dir);
    while (folder && readdir(folder))
        count++;
    if (folder)
        closedir(folder);
    return count;
}

/* A start that was refused: the folder is as it was before, and there is none if there was none. */
static void test_leaves_nothing(void **state)
{
    static const char *const BELOW[] = {"", "/a", "/a/b/c", "/a/"};
    struct place *place = *state;
    struct error err = {0};
    for (size_t i = 0; i < COUNT_OF(BELOW); i++) {
        struct home home = {0};
        char dir[128];
        path_of(place, BELOW[i], dir, sizeof(dir));
        assert_int_equal(home_open(&home, dir, NOW, &err), 0);
        int lock = home_lock(&home, &err);
        assert_true(lock >= 0);
        vault_free(&(struct vault *){home_vault(&home, NULL, NULL, &err)});
        home_done(&home);
        close(lock);
        assert_int_equal(files_in(place->dir), 2); /* "." and ".." */
    }
    reopen(place, NOW);
    size_t before = files_in(place->dir);
    home_done(&place->home);
    struct home home = {0};
    assert_int_equal(home_open(&home, place->dir, NOW + 820 * DAY, &err), 0);
    home_done(&home);
    assert_int_equal(files_in(place->dir), before);
}

/* Two that start at once: the second one to write hears of the first, and has changed nothing. */
static void test_two_at_once(void **state)
{
    struct place *place = *state;
    struct error err = {0};
    struct home second = {0};
    assert_int_equal(home_open(&place->home, place->dir, NOW, &err), 0);
    assert_int_equal(home_open(&second, place->dir, NOW, &err), 0);
    assert_int_equal(home_keep(&place->home, &err), 0);
    assert_int_equal(home_keep(&second, &err), -1);
    assert_non_null(strstr(err.message, "token.key meanwhile"));
    home_done(&second);
    char *header = mem_strdup(place->home.token_keys.keys[0].header);
    reopen(place, NOW);
    assert_string_equal(place->home.token_keys.keys[0].header, header);
    free(header);
}

enum {
    WRITERS = 8,
    WRITER_ROUNDS = 10,
};

static void writer_text(int number, char buf[64])
{
    snprintf(buf, 64, "the key of writer %d\n", number);
}

/* Ends with 0 when it wrote the file, with 1 when it was told of another. */
static pid_t start_writer(const char *path, int number)
{
    char text[64];
    struct new_files files = {0};
    struct error err = {0};
    pid_t pid = fork();
    if (pid)
        return pid;
    writer_text(number, text);
    new_files_add(&files, path, span_cstr(text), 0600, false);
    if (new_files_write(&files, &err) == 0)
        _exit(0);
    _exit(strstr(err.message, "data.key meanwhile") ? 1 : 2);
}

/* Several write a file of their own at once: one is told that it did, and it is that one's. */
static void test_writers_at_once(void **state)
{
    struct place *place = *state;
    char path[128], read[64], expected[64];
    path_of(place, "data.key", path, sizeof(path));
    for (int round = 0; round < WRITER_ROUNDS; round++) {
        pid_t writers[WRITERS];
        int winner = -1, ended;
        for (int i = 0; i < WRITERS; i++)
            writers[i] = start_writer(path, i);
        for (int i = 0; i < WRITERS; i++) {
            assert_int_equal(waitpid(writers[i], &ended, 0), writers[i]);
            assert_true(WIFEXITED(ended) && WEXITSTATUS(ended) < 2);
            assert_true(winner < 0 || WEXITSTATUS(ended));
            winner = WEXITSTATUS(ended) ? winner : i;
        }
        writer_text(winner, expected);
        FILE *file = fopen(path, "re");
        assert_non_null(file);
        assert_non_null(fgets(read, sizeof(read), file));
        fclose(file);
        assert_string_equal(read, expected);
        unlink(path);
    }
}

#define HEX_40 "0123456789abcdef0123456789abcdef01234567"
#define HEX_64 HEX_40 "89abcdef0123456789abcdef"

static const struct bad_key {
    const char *file, *text, *says, *remedy;
} BAD_KEYS[] = {
    {"token.key", "", "no key", "back"},
    {"token.key", "\n", "no key", "back"},
    {"token.key", "0123", "32 to 1024", "back"},
    {"token.key", HEX_40, "40 hexadecimal digits", "back"},
    {"token.key", HEX_64 "\n" HEX_40 "\n", "line 2", "back"},
    {"token.key", HEX_64 "\n" HEX_64 "\n" HEX_64 "\n", "more than 2", "remove"},
    {"data.key", "", "is empty", "back"},
    {"data.key", " \n", "is empty", "back"},
    {"data.key", HEX_40, "64 hexadecimal digits", "back"},
    {"data.key", HEX_64 "00\n", "64 hexadecimal digits", "back"},
    {"data.key", HEX_64 "\n" HEX_40, "key 2", "back"},
};

/* What is there and is no key was one, or is meant to be one: it stays, and nothing starts. */
static void test_bad_keys(void **state)
{
    struct place *place = *state;
    for (size_t i = 0; i < COUNT_OF(BAD_KEYS); i++) {
        AUTO(home_done) struct home home = {0};
        struct error err = {0};
        char path[128], read[256] = "";
        print_message("%s: \"%s\"\n", BAD_KEYS[i].file, BAD_KEYS[i].text);
        path_of(place, BAD_KEYS[i].file, path, sizeof(path));
        FILE *file = fopen(path, "we");
        fputs(BAD_KEYS[i].text, file);
        fclose(file);
        int rc = home_open(&home, place->dir, NOW, &err);
        if (rc == 0)
            assert_null(home_vault(&home, NULL, NULL, &err));
        assert_string_equal(err.file, path);
        assert_non_null(strstr(err.message, BAD_KEYS[i].says));
        assert_non_null(strstr(err.message, BAD_KEYS[i].remedy));
        file = fopen(path, "re");
        assert_int_equal(fread(read, 1, sizeof(read), file), strlen(BAD_KEYS[i].text));
        fclose(file);
        assert_string_equal(read, BAD_KEYS[i].text);
        unlink(path);
        assert_int_equal(files_in(place->dir), 2);
    }
}

static void test_says_why_not(void **state)
{
    struct place *place = *state;
    struct error err = {0};
    assert_int_equal(home_open(&place->home, "/proc/keneyapp", NOW, &err), -1);
    assert_non_null(strstr(err.message, "--data"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_makes_what_is_missing, make_place, remove_place),
        cmocka_unit_test_setup_teardown(test_keeps_what_is_there, make_place, remove_place),
        cmocka_unit_test_setup_teardown(test_renews_the_server_certificate, make_place,
                                        remove_place),
        cmocka_unit_test_setup_teardown(test_a_new_authority_signs_a_new_server, make_place,
                                        remove_place),
        cmocka_unit_test_setup_teardown(test_warns_of_an_open_key, make_place, remove_place),
        cmocka_unit_test_setup_teardown(test_rotates_the_token_key, make_place, remove_place),
        cmocka_unit_test_setup_teardown(test_data_key, make_place, remove_place),
        cmocka_unit_test_setup_teardown(test_one_server_per_folder, make_place, remove_place),
        cmocka_unit_test_setup_teardown(test_tells_the_server, make_place, remove_place),
        cmocka_unit_test_setup_teardown(test_leaves_nothing, make_place, remove_place),
        cmocka_unit_test_setup_teardown(test_two_at_once, make_place, remove_place),
        cmocka_unit_test_setup_teardown(test_writers_at_once, make_place, remove_place),
        cmocka_unit_test_setup_teardown(test_bad_keys, make_place, remove_place),
        cmocka_unit_test_setup_teardown(test_says_why_not, make_place, remove_place),
    };
    return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
