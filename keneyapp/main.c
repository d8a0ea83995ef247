/* SPDX-License-Identifier: Apache-2.0
 *
 * keneyapp: the clinic platform. A table of commands; each opens what it needs and returns an exit
 * code.
 */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "keneyapp/auth/access.h"
#include "keneyapp/auth/password.h"
#include "keneyapp/config.h"
#include "keneyapp/data/seed.h"
#include "keneyapp/data/users.h"
#include "keneyapp/home.h"
#include "keneyapp/model/role.h"
#include "keneyapp/serve.h"

enum {
    HELP_MAX_BYTES = 16 * 1024,
};

struct command {
    const char *name;
    enum command_bit bit;
    const char *usage, *summary;
    int (*run)(const struct config *config, struct error *err);
};

static int run_serve(const struct config *config, struct error *err)
{
    return serve_run(config, err);
}

/* Folder, store and a session, for the commands that do one thing. */
struct workplace {
    struct home home;
    struct store *store;
    struct session *session;
};

static int workplace_open(struct workplace *place, const struct config *config, struct error *err)
{
    if (home_open(&place->home, config->data_dir, clock_wall(), err) != 0)
        return -1;
    if (place->home.warning)
        fprintf(stderr, "keneyapp: %s\n", place->home.warning);
    if (store_sqlite_open(place->home.database, &place->store, err) != 0)
        return -1;
    place->session = session_new(place->store, err);
    return place->session ? 0 : -1;
}

static void workplace_done(struct workplace *place)
{
    session_free(&place->session);
    store_free(&place->store);
    home_done(&place->home);
}

static int run_init(const struct config *config, struct error *err)
{
    AUTO(workplace_done) struct workplace place = {0};
    if (workplace_open(&place, config, err) != 0)
        return -1;
    printf("Database, keys and certificates are in %s (trust %s for https)\n", place.home.dir,
           place.home.ca);
    return 0;
}

static int run_seed(const struct config *config, struct error *err)
{
    AUTO(workplace_done) struct workplace place = {0};
    struct seed_size size;
    bool seeded;
    seed_size_defaults(&size);
    if (workplace_open(&place, config, err) != 0 ||
        seed_fill(place.session, &size, clock_wall(), &seeded, err) != 0)
        return -1;
    if (seeded)
        printf("%lld patients, %lld appointments, %lld prescriptions, all synthetic; sign in "
               "as " SEED_USERNAME " / " SEED_PASSWORD "\n",
               (long long)size.patients, (long long)size.appointments,
               (long long)size.prescriptions);
    else
        printf("There are patients already: nothing was added but missing demo users\n");
    return 0;
}

static int find_user(struct workplace *place, const char *name, struct store_user *ret_user,
                     struct error *err)
{
    switch (session_user(place->session, span_cstr(name), ret_user)) {
    case STORE_OK:
        return 0;
    case STORE_NOT_FOUND:
        return error_set(err, EXIT_INVALID_CONFIG,
                         "there is no user \"%s\": keneyapp passwd %s makes one, keneyapp seed the "
                         "demo users",
                         name, name);
    default:
        return error_set(err, EXIT_INVALID_CONFIG, "cannot read the users: %s",
                         session_problem(place->session));
    }
}

static int run_token(const struct config *config, struct error *err)
{
    AUTO(workplace_done) struct workplace place = {0};
    AUTO(strbuf_done) struct strbuf token = STRBUF_INIT(JWT_MAX_BYTES);
    struct store_user user;
    if (workplace_open(&place, config, err) != 0 ||
        find_user(&place, config->user, &user, err) != 0)
        return -1;
    access_token(&token, &place.home.token_keys, &user, clock_wall(), config->token_ns);
    puts(strbuf_cstr(&token));
    return 0;
}

/* One line of standard input, without its end. */
static int read_password(char *buf, size_t size, struct error *err)
{
    if (isatty(STDIN_FILENO))
        fprintf(stderr, "New password (shown as you type): ");
    if (!fgets(buf, (int)size, stdin))
        return error_set(err, EXIT_USAGE, "no password on standard input");
    buf[strcspn(buf, "\r\n")] = '\0';
    if (strlen(buf) < PASSWORD_MIN_BYTES)
        return error_set(err, EXIT_USAGE, "a password needs at least %d characters",
                         PASSWORD_MIN_BYTES);
    return 0;
}

static int run_passwd(const struct config *config, struct error *err)
{
    AUTO(workplace_done) struct workplace place = {0};
    struct store_user user;
    char password[PASSWORD_MAX_BYTES], hash[PASSWORD_HASH_BYTES], now[32];
    if (!role_of(config->role))
        return error_set(err, EXIT_USAGE, "--role: \"%s\" is not a role: give " ROLE_SENTENCE,
                         config->role);
    if (read_password(password, sizeof(password), err) != 0 ||
        workplace_open(&place, config, err) != 0)
        return -1;
    password_hash(span_cstr(password), hash);
    sodium_memzero(password, sizeof(password));
    struct span stamp = span_cstr(store_time_text(clock_wall(), now));
    struct new_user made = {
        .username = config->user, .role = config->role, .hash = hash, .now = stamp};
    enum store_result result = session_user(place.session, span_cstr(config->user), &user);
    bool exists = result == STORE_OK;
    if (exists)
        result = session_set_password(place.session, user.id, span_cstr(hash), stamp);
    else if (result == STORE_NOT_FOUND)
        result = users_add(place.session, &made, &user.id);
    if (result != STORE_OK)
        return error_set(err, EXIT_INVALID_CONFIG, "cannot change the password: %s",
                         session_problem(place.session));
    printf("%s %s\n", config->user, exists ? "has a new password" : "was made");
    return 0;
}

static const struct command COMMANDS[] = {
    {"init", COMMAND_INIT, "init [--data DIR]", "make database, keys and certificates", run_init},
    {"passwd", COMMAND_PASSWD, "passwd USER [--role ROLE]",
     "set a user's password (read from standard input), making the user if need be", run_passwd},
    {"seed", COMMAND_SEED, "seed [--data DIR]", "fill an empty database with synthetic people",
     run_seed},
    {"serve", COMMAND_SERVE, "serve [options]",
     "run the clinic until SIGINT or SIGTERM; makes what is missing first", run_serve},
    {"token", COMMAND_TOKEN, "token USER [--token-lifetime TIME]",
     "print an access token, for scripts and command lines", run_token},
};

static void print_help(void)
{
    printf("keneyapp " KENEYPERF_VERSION ": the clinic platform\n\n"
           "usage: keneyapp COMMAND [options]\n\n");
    for (size_t i = 0; i < COUNT_OF(COMMANDS); i++)
        printf("  %-8s %s\n", COMMANDS[i].name, COMMANDS[i].summary);
    printf("\nkeneyapp COMMAND --help lists the options of a command. Start here:\n"
           "  keneyapp serve --demo\n");
}

static void print_command_help(const struct command *command)
{
    AUTO(strbuf_done) struct strbuf options = STRBUF_INIT(HELP_MAX_BYTES);
    config_help(&options, command->bit);
    printf("keneyapp %s: %s\n\nusage: keneyapp %s\n\noptions:\n%s", command->name, command->summary,
           command->usage, strbuf_cstr(&options));
}

static int complain(const struct error *err)
{
    char text[1200];
    fprintf(stderr, "keneyapp: %s\n", error_text(err, text, sizeof(text)));
    return err->code;
}

static int run_command(const struct command *command, int argc, char **argv)
{
    struct error err = {0};
    struct config config;
    AUTO(mem_free) char *default_dir = config_default_dir();
    config_defaults(&config);
    if (config_parse(&config, command->bit, argc, argv, &err) != 0)
        return complain(&err);
    if (config.help) {
        print_command_help(command);
        return EXIT_OK;
    }
    if (!config.data_dir)
        config.data_dir = default_dir;
    if (!config.data_dir) {
        error_set(&err, EXIT_USAGE,
                  "neither XDG_DATA_HOME nor HOME is set: name a folder with "
                  "--data");
        return complain(&err);
    }
    return command->run(&config, &err) == 0 ? EXIT_OK : complain(&err);
}

static int run(int argc, char **argv)
{
    umask(077); /* health data: the database is its owner's, wherever --data is */
    if (sodium_init() < 0) {
        fputs("keneyapp: the system gives no random numbers (libsodium)\n", stderr);
        return EXIT_INVALID_CONFIG;
    }
    const char *name = argc > 1 ? argv[1] : "--help";
    for (size_t i = 0; i < COUNT_OF(COMMANDS); i++)
        if (strcmp(name, COMMANDS[i].name) == 0)
            return run_command(&COMMANDS[i], argc - 2, argv + 2);
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 || strcmp(name, "help") == 0) {
        print_help();
        return EXIT_OK;
    }
    if (strcmp(name, "--version") == 0) {
        puts("keneyapp " KENEYPERF_VERSION);
        return EXIT_OK;
    }
    fprintf(stderr, "keneyapp: there is no command \"%s\": keneyapp --help lists them\n", name);
    return EXIT_USAGE;
}

int main(int argc, char **argv)
{
    file_open_standard();
    return file_end_standard(run(argc, argv));
}
