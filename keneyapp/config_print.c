/* SPDX-License-Identifier: Apache-2.0
 *
 * The option table for people: help, effective values, and passwords out of sight.
 */
#include <stdio.h>
#include <string.h>

#include "keneyapp/config_options.h"

enum {
    HELP_COLUMN = 31,
    VALUE_COLUMNS = 36,
};

static const char *const SOURCES[] = {
    [SOURCE_DEFAULT] = "default",
    [SOURCE_FILE] = "configuration file",
    [SOURCE_ENVIRONMENT] = "environment",
    [SOURCE_COMMAND_LINE] = "command line",
};

void config_help(struct strbuf *out, unsigned commands)
{
    for (size_t i = 0; i < CONFIG_OPTION_COUNT; i++) {
        const struct option *option = &CONFIG_OPTIONS[i];
        char left[64];
        if (!(option->commands & commands))
            continue;
        snprintf(left, sizeof(left), "--%s%s%s%s", option->flags & OPTION_IS_ON ? "no-" : "",
                 option->name, option->argument ? " " : "",
                 option->argument ? option->argument : "");
        strbuf_addf(out, "  %-*s ", HELP_COLUMN - 3, left);
        strbuf_add_words(out, option->help, HELP_COLUMN, HELP_COLUMN, HELP_WIDTH);
        strbuf_addc(out, '\n');
    }
}

void config_print(const struct config *config, struct strbuf *out)
{
    for (size_t i = 0; i < CONFIG_OPTION_COUNT; i++) {
        const struct option *option = &CONFIG_OPTIONS[i];
        AUTO(strbuf_done) struct strbuf line = STRBUF_INIT(1 << 17);
        if (!option_is_setting(option))
            continue;
        /* What a file cannot say is a comment, so that the whole can be kept as one. */
        strbuf_addf(&line, "%s%s = ", option->flags & OPTION_NOT_IN_FILE ? "# " : "", option->name);
        option_print(config, option, &line);
        strbuf_addf(out, "%-*s # %s\n", VALUE_COLUMNS, strbuf_cstr(&line),
                    SOURCES[config->sources[i]]);
    }
}

/* Where the password of "scheme://user:password@host" is; empty: nowhere. */
static struct span url_password(const char *url)
{
    const char *authority = strstr(url, "://");
    if (!authority)
        return SPAN_EMPTY;
    authority += 3;
    struct span rest = span_of(authority, strcspn(authority, "/?#"));
    size_t at = rest.len;
    while (at && rest.ptr[at - 1] != '@')
        at--;
    struct span user = span_head(rest, at ? at - 1 : 0);
    ptrdiff_t colon = span_find(user, ':');
    return colon < 0 ? SPAN_EMPTY : span_from(user, (size_t)colon + 1);
}

/* Where the next "password=..." has its value. */
static struct span named_password(const char *text)
{
    const char *name = strcasestr(text, "password=");
    if (!name)
        return SPAN_EMPTY;
    const char *value = name + strlen("password=");
    return span_of(value, strcspn(value, "& "));
}

void config_mask(struct strbuf *out, const char *url)
{
    struct span secret = url_password(url);
    for (;;) {
        if (secret.len) {
            strbuf_add(out, url, (size_t)(secret.ptr - url));
            strbuf_adds(out, "***");
            url = secret.ptr + secret.len;
        }
        secret = named_password(url);
        if (!secret.len)
            break;
    }
    strbuf_adds(out, url);
}

static bool was_set(const struct config *config, const char *name)
{
    return config->sources[option_find(span_cstr(name)) - CONFIG_OPTIONS] != SOURCE_DEFAULT;
}

void config_note(const struct config *config, struct strbuf *out)
{
    static const char *const OF_SERVERS[] = {"pool-recycle", "pre-ping"};
    for (size_t i = 0; config_uses_sqlite(config) && i < COUNT_OF(OF_SERVERS); i++)
        if (was_set(config, OF_SERVERS[i]))
            strbuf_addf(out, "%s%s", out->len ? " and " : "", OF_SERVERS[i]);
    if (out->len)
        strbuf_adds(out, ": without effect on SQLite, whose connections do not break");
}
