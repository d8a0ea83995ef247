/* SPDX-License-Identifier: Apache-2.0
 *
 * Reading, checking, hashing, wiping. On a terminal the line is not shown.
 */
#include "keneyapp/commands/new_password.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

/* Standard input as it was; -1 when it is no terminal. */
static int hide_input(struct termios *ret_was)
{
    if (tcgetattr(STDIN_FILENO, ret_was) != 0)
        return -1;
    struct termios hidden = *ret_was;
    hidden.c_lflag &= ~(tcflag_t)ECHO;
    fputs("New password: ", stderr);
    return tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
}

static int read_password(char *buf, size_t size, struct error *err)
{
    struct termios was;
    bool hidden = hide_input(&was) == 0;
    char *line = fgets(buf, (int)size, stdin);
    if (hidden) {
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &was);
        fputc('\n', stderr);
    }
    if (!line)
        return error_set(err, EXIT_USAGE,
                         "no password on standard input: type it, or give a file with <FILE");
    buf[strcspn(buf, "\r\n")] = '\0';
    if (strlen(buf) > PASSWORD_MAX_BYTES)
        return error_set(err, EXIT_USAGE, "a password has at most %d bytes", PASSWORD_MAX_BYTES);
    if (strlen(buf) < PASSWORD_MIN_BYTES)
        return error_set(err, EXIT_USAGE, "a password needs at least %d characters",
                         PASSWORD_MIN_BYTES);
    return 0;
}

int new_password(char *hash, struct error *err)
{
    char password[PASSWORD_MAX_BYTES + 3]; /* the end of its line, NUL */
    int rc = read_password(password, sizeof(password), err);
    if (rc == 0)
        password_hash(span_cstr(password), hash);
    sodium_memzero(password, sizeof(password));
    return rc;
}
