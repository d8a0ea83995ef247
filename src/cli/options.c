/* SPDX-License-Identifier: Apache-2.0
 *
 * Parses command lines and the environment by an option table.
 */
#include "cli/options.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/jsonw.h"
#include "base/mem.h"
#include "base/span.h"
#include "base/strbuf.h"
#include "load/duration.h"

enum {
    HELP_COLUMN = 40,
    HELP_WIDTH = 80,
};

struct parse {
    struct options *options;
    int argc, at;
    char **argv;
    struct error *err;
};

static const struct option_spec *find_name(const struct options *options, struct span name)
{
    for (size_t i = 0; options->specs[i].name; i++) {
        if (span_equal(span_cstr(options->specs[i].name), name))
            return &options->specs[i];
    }
    return NULL;
}

static const struct option_spec *find_letter(const struct options *options, char letter)
{
    for (size_t i = 0; options->specs[i].name; i++) {
        if (options->specs[i].letter == letter)
            return &options->specs[i];
    }
    return NULL;
}

static bool is_number(const char *text, bool integer)
{
    char *end;
    errno = 0;
    if (integer)
        strtoll(text, &end, 10);
    else if (!isfinite(strtod(text, &end)))
        return false;
    return *text && *end == '\0' && errno != ERANGE;
}

static bool is_stages(const char *text)
{
    struct span rest = span_cstr(text);
    while (rest.len) {
        struct span target, stage = span_cut(rest, ',', &rest);
        struct span duration = span_cut(stage, ':', &target);
        uint64_t users;
        nsec_t ns;
        if (duration_parse(duration, &ns) < 0 || span_to_u64(target, INT64_MAX, &users) < 0)
            return false;
    }
    return *text != '\0';
}

/* What the value should have looked like, or NULL when it is right. */
static const char *value_problem(const struct option_spec *spec, const char *text)
{
    nsec_t ns;
    switch (spec->kind) {
    case OPTION_FLAG:
        return strcmp(text, "true") != 0 && strcmp(text, "false") != 0 ? "true or false" : NULL;
    case OPTION_INTEGER:
        return is_number(text, true) ? NULL : "a whole number, like 10";
    case OPTION_NUMBER:
        return is_number(text, false) ? NULL : "a number, like 0.5";
    case OPTION_DURATION:
        return duration_parse(span_cstr(text), &ns) == 0 ? NULL : "a duration, like 30s or 1m30s";
    case OPTION_TIME:
        return duration_parse(span_cstr(text), &ns) == 0 && (ns == 0 || !is_number(text, false))
                   ? NULL
                   : "a time with its unit, like 30s or 1m30s";
    case OPTION_STAGE:
        return is_stages(text) ? NULL : "duration:target, like 10s:5";
    case OPTION_PAIR:
        return strchr(text, '=') ? NULL : spec->value;
    case OPTION_TEXT:
    case OPTION_LIST:
    case OPTION_REPEAT:
        break;
    }
    return NULL;
}

static int add_value(struct options *options, const struct option_spec *spec, const char *text,
                     enum option_source source, struct error *err)
{
    const char *wanted = value_problem(spec, text);
    if (wanted && source == OPTION_FROM_ENV)
        return error_set(err, EXIT_INVALID_CONFIG, "%s=\"%s\" in the environment: give %s",
                         spec->env, text, wanted);
    if (wanted)
        return error_set(err, EXIT_USAGE, "invalid argument \"%s\" for --%s: give %s", text,
                         spec->name, wanted);
    options->values = GROW_ARRAY(options->values, options->value_count + 1);
    options->values[options->value_count++] = (struct option_value){spec, text, source};
    return 0;
}

static int take_option(struct parse *parse, const struct option_spec *spec, const char *inline_text)
{
    if (spec->kind == OPTION_FLAG)
        return add_value(parse->options, spec, inline_text ? inline_text : "true",
                         OPTION_FROM_COMMAND_LINE, parse->err);
    if (!inline_text && parse->at + 1 >= parse->argc)
        return error_set(parse->err, EXIT_USAGE, "--%s needs a value: --%s %s", spec->name,
                         spec->name, spec->value);
    return add_value(parse->options, spec, inline_text ? inline_text : parse->argv[++parse->at],
                     OPTION_FROM_COMMAND_LINE, parse->err);
}

static int take_long(struct parse *parse, const char *argument)
{
    const char *equals = strchr(argument, '=');
    struct span name =
        equals ? span_of(argument, (size_t)(equals - argument)) : span_cstr(argument);
    if (span_equal(name, SPAN("help"))) {
        parse->options->help = true;
        return 0;
    }
    const struct option_spec *spec = find_name(parse->options, name);
    if (!spec)
        return error_set(parse->err, EXIT_USAGE, "unknown flag: --%.*s; see --help",
                         SPAN_ARG(name));
    return take_option(parse, spec, equals ? equals + 1 : NULL);
}

/* "-qv" is two flags, "-u5" and "-u=5" are a value. */
static int take_letters(struct parse *parse, const char *letters)
{
    for (; *letters; letters++) {
        const struct option_spec *spec = find_letter(parse->options, *letters);
        if (!spec && *letters == 'h') {
            parse->options->help = true;
            continue;
        }
        if (!spec)
            return error_set(parse->err, EXIT_USAGE, "unknown flag: -%c; see --help", *letters);
        if (spec->kind == OPTION_FLAG) {
            if (take_option(parse, spec, NULL) < 0)
                return -1;
            continue;
        }
        const char *text = letters[1] == '=' ? letters + 2 : letters + 1;
        return take_option(parse, spec, letters[1] ? text : NULL);
    }
    return 0;
}

static void add_argument(struct options *options, const char *argument)
{
    options->arguments = GROW_ARRAY(options->arguments, options->argument_count + 1);
    options->arguments[options->argument_count++] = argument;
}

static int take_environment(struct options *options, struct error *err)
{
    for (size_t i = 0; options->specs[i].name; i++) {
        const struct option_spec *spec = &options->specs[i];
        const char *text = spec->env ? getenv(spec->env) : NULL;
        if (text && *text && add_value(options, spec, text, OPTION_FROM_ENV, err) < 0)
            return -1;
    }
    return 0;
}

static int take_arguments(struct parse *parse)
{
    bool only_arguments = false;
    for (parse->at = 1; parse->at < parse->argc; parse->at++) {
        const char *argument = parse->argv[parse->at];
        int result = 0;
        if (only_arguments || argument[0] != '-' || argument[1] == '\0')
            add_argument(parse->options, argument);
        else if (strcmp(argument, "--") == 0)
            only_arguments = true;
        else if (argument[1] == '-')
            result = take_long(parse, argument + 2);
        else
            result = take_letters(parse, argument + 1);
        if (result < 0)
            return -1;
    }
    return 0;
}

int options_parse(struct options *options, const struct option_spec *specs, int argc, char **argv,
                  struct error *err)
{
    *options = (struct options){.specs = specs};
    struct parse parse = {.options = options, .argc = argc, .argv = argv, .err = err};
    if (take_environment(options, err) == 0 && take_arguments(&parse) == 0)
        return 0;
    options_done(options);
    return -1;
}

void options_done(struct options *options)
{
    free(options->values);
    free(options->arguments);
    *options = (struct options){0};
}

const char *options_text(const struct options *options, const char *name)
{
    const char *text = NULL;
    for (size_t i = 0; i < options->value_count; i++) {
        if (strcmp(options->values[i].spec->name, name) == 0)
            text = options->values[i].text;
    }
    return text;
}

bool options_flag(const struct options *options, const char *name)
{
    const char *text = options_text(options, name);
    return text && strcmp(text, "true") == 0;
}

const char *options_each(const struct options *options, const char *name, size_t n)
{
    for (size_t i = 0; i < options->value_count; i++) {
        if (strcmp(options->values[i].spec->name, name) == 0 && n-- == 0)
            return options->values[i].text;
    }
    return NULL;
}

static void write_list(struct jsonw *json, struct span rest)
{
    while (rest.len) {
        struct span item = span_trim(span_cut(rest, ',', &rest));
        jsonw_string(json, item);
    }
}

static void write_stages(struct jsonw *json, struct span rest)
{
    while (rest.len) {
        struct span target, duration = span_cut(span_cut(rest, ',', &rest), ':', &target);
        uint64_t users;
        jsonw_begin_object(json);
        jsonw_key(json, "duration");
        jsonw_string(json, duration);
        jsonw_key(json, "target");
        jsonw_integer(json, span_to_u64(target, INT64_MAX, &users) == 0 ? (int64_t)users : 0);
        jsonw_end_object(json);
    }
}

static void write_pairs(struct jsonw *json, struct span rest)
{
    while (rest.len) {
        struct span value, key = span_cut(span_cut(rest, ',', &rest), '=', &value);
        jsonw_key_span(json, key);
        jsonw_string(json, value);
    }
}

static void write_item(struct jsonw *json, const struct option_value *value)
{
    struct span text = span_cstr(value->text);
    switch (value->spec->kind) {
    case OPTION_FLAG:
        jsonw_raw(json, text);
        break;
    case OPTION_INTEGER: /* "+5", "05" and ".5" are numbers, but not JSON's */
        jsonw_integer(json, strtoll(value->text, NULL, 10));
        break;
    case OPTION_NUMBER:
        jsonw_number(json, strtod(value->text, NULL));
        break;
    case OPTION_TEXT:
    case OPTION_DURATION:
    case OPTION_TIME:
    case OPTION_REPEAT:
        jsonw_string(json, text);
        break;
    case OPTION_LIST:
        write_list(json, text);
        break;
    case OPTION_STAGE:
        write_stages(json, text);
        break;
    case OPTION_PAIR:
        write_pairs(json, text);
        break;
    }
}

static bool is_collection(const struct option_spec *spec)
{
    return spec->kind >= OPTION_LIST;
}

/* All values of one option: the last one wins, collections gather. */
static void write_option(struct jsonw *json, const struct options *options,
                         const struct option_spec *spec, enum option_source source)
{
    const struct option_value *last = NULL;
    for (size_t i = 0; i < options->value_count; i++) {
        if (options->values[i].spec == spec && options->values[i].source == source)
            last = &options->values[i];
    }
    if (!last)
        return;
    jsonw_key(json, spec->json);
    if (!is_collection(spec)) {
        write_item(json, last);
        return;
    }
    bool object = spec->kind == OPTION_PAIR;
    object ? jsonw_begin_object(json) : jsonw_begin_array(json);
    for (size_t i = 0; i < options->value_count; i++) {
        if (options->values[i].spec == spec && options->values[i].source == source)
            write_item(json, &options->values[i]);
    }
    object ? jsonw_end_object(json) : jsonw_end_array(json);
}

void options_json(const struct options *options, enum option_source source, struct strbuf *out)
{
    struct jsonw json;
    jsonw_init(&json, out);
    jsonw_begin_object(&json);
    for (size_t i = 0; options->specs[i].name; i++) {
        if (options->specs[i].json)
            write_option(&json, options, &options->specs[i], source);
    }
    jsonw_end_object(&json);
}

void options_help(const struct option_spec *specs, struct strbuf *out)
{
    static const struct option_spec HELP = {'h', "help", .help = "this text"};
    for (size_t i = 0; i == 0 || specs[i - 1].name; i++) {
        const struct option_spec *spec = specs[i].name ? &specs[i] : &HELP;
        char left[80], env[80];
        snprintf(left, sizeof(left), "  %c%c%s--%s%s%s", spec->letter ? '-' : ' ',
                 spec->letter ? spec->letter : ' ', spec->letter ? ", " : "  ", spec->name,
                 spec->value ? " " : "", spec->value ? spec->value : "");
        snprintf(env, sizeof(env), "[%s]", spec->env ? spec->env : "");
        strbuf_addf(out, "%-*s ", HELP_COLUMN - 1, left);
        size_t column = strbuf_add_words(out, spec->help, HELP_COLUMN, HELP_COLUMN, HELP_WIDTH);
        if (spec->env)
            strbuf_add_words(out, env, column, HELP_COLUMN, HELP_WIDTH);
        strbuf_addc(out, '\n');
    }
}
