/* SPDX-License-Identifier: Apache-2.0
 *
 * One table of flags; each kind of value has its reader, which gives Go's word for what is wrong.
 */
#include "cli/as/hey/options.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/strbuf.h"
#include "cli/as/hey/go_quote.h"
#include "load/duration.h"

enum flag_kind {
    FLAG_BOOL,
    FLAG_INT,
    FLAG_FLOAT,
    FLAG_DURATION,
    FLAG_TEXT,
    FLAG_HEADER,
};

struct flag {
    const char *name;
    enum flag_kind kind;
    size_t offset; /* in struct hey_options; of no use to FLAG_HEADER */
};

#define AT(field) offsetof(struct hey_options, field)

static const struct flag FLAGS[] = {
    {"A", FLAG_TEXT, AT(accept)},
    {"D", FLAG_TEXT, AT(body_file)},
    {"H", FLAG_HEADER, 0},
    {"T", FLAG_TEXT, AT(content_type)},
    {"a", FLAG_TEXT, AT(authorization)},
    {"c", FLAG_INT, AT(connections)},
    {"cpus", FLAG_INT, AT(cpus)},
    {"d", FLAG_TEXT, AT(body)},
    {"disable-compression", FLAG_BOOL, AT(disable_compression)},
    {"disable-keepalive", FLAG_BOOL, AT(disable_keepalive)},
    {"disable-redirects", FLAG_BOOL, AT(disable_redirects)},
    {"h", FLAG_TEXT, AT(help)},
    {"h2", FLAG_BOOL, AT(http2)},
    {"host", FLAG_TEXT, AT(host)},
    {"m", FLAG_TEXT, AT(method)},
    {"n", FLAG_INT, AT(requests)},
    {"o", FLAG_TEXT, AT(output)},
    {"q", FLAG_FLOAT, AT(rate)},
    {"t", FLAG_INT, AT(timeout_s)},
    {"x", FLAG_TEXT, AT(proxy)},
    {"z", FLAG_DURATION, AT(duration_ns)},
};

static const char USAGE[] =
    "Usage: hey [options...] <url>\n"
    "\n"
    "Options:\n"
    "  -n  Number of requests to run. Default is 200.\n"
    "  -c  Number of workers to run concurrently. Total number of requests cannot\n"
    "      be smaller than the concurrency level. Default is 50.\n"
    "  -q  Rate limit, in queries per second (QPS) per worker. Default is no rate limit.\n"
    "  -z  Duration of application to send requests. When duration is reached,\n"
    "      application stops and exits. If duration is specified, n is ignored.\n"
    "      Examples: -z 10s -z 3m.\n"
    "  -o  Output type. If none provided, a summary is printed.\n"
    "      \"csv\" is the only supported alternative. Dumps the response\n"
    "      metrics in comma-separated values format.\n"
    "\n"
    "  -m  HTTP method, one of GET, POST, PUT, DELETE, HEAD, OPTIONS.\n"
    "  -H  Custom HTTP header. You can specify as many as needed by repeating the flag.\n"
    "      For example, -H \"Accept: text/html\" -H \"Content-Type: application/xml\" .\n"
    "  -t  Timeout for each request in seconds. Default is 20, use 0 for infinite.\n"
    "  -A  HTTP Accept header.\n"
    "  -d  HTTP request body.\n"
    "  -D  HTTP request body from file. For example, /home/user/file.txt or ./file.txt.\n"
    "  -T  Content-type, defaults to \"text/html\".\n"
    "  -a  Basic authentication, username:password.\n"
    "  -x  HTTP Proxy address as host:port.\n"
    "  -h2 Enable HTTP/2.\n"
    "\n"
    "  -host\tHTTP Host header.\n"
    "\n"
    "  -disable-compression  Disable compression.\n"
    "  -disable-keepalive    Disable keep-alive, prevents re-use of TCP\n"
    "                        connections between different HTTP requests.\n"
    "  -disable-redirects    Disable following of HTTP redirects\n"
    "  -cpus                 Number of used cpu cores.\n"
    "                        (default for current machine is %u cores)\n";

enum {
    EXIT_WRONG_USE = 1, /* what hey itself refuses */
    EXIT_WRONG_FLAG = 2 /* what the flag package refuses */
};

static const char PARSE_ERROR[] = "parse error";
static const char RANGE_ERROR[] = "value out of range";

/* The readers return NULL, or what is wrong. */

static const char *read_bool(const char *text, bool *ret)
{
    static const char *const YES[] = {"1", "t", "T", "true", "TRUE", "True"};
    static const char *const NO[] = {"0", "f", "F", "false", "FALSE", "False"};
    for (size_t i = 0; i < COUNT_OF(YES); i++) {
        bool is_yes = strcmp(text, YES[i]) == 0;
        if (is_yes || strcmp(text, NO[i]) == 0) {
            *ret = is_yes;
            return NULL;
        }
    }
    return PARSE_ERROR;
}

/* The base that a prefix gives, as in Go's source: 0x, 0o, 0b, and 0 for octal. */
static int base_of(const char **digits)
{
    const char *text = *digits;
    if (text[0] != '0' || text[1] == '\0')
        return 10;
    int letter = tolower((unsigned char)text[1]);
    int base = letter == 'x' ? 16 : letter == 'o' ? 8 : letter == 'b' ? 2 : 0;
    *digits += base ? 2 : 1;
    return base ? base : 8;
}

static int digit_of(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return isalpha((unsigned char)c) ? tolower((unsigned char)c) - 'a' + 10 : 99;
}

/* Underscores may stand between digits and after a prefix. */
static const char *read_int(const char *text, int64_t *ret)
{
    bool is_negative = text[0] == '-';
    const char *digits = text + (text[0] == '-' || text[0] == '+');
    const char *all = digits;
    int base = base_of(&digits);
    uint64_t value = 0, limit = (uint64_t)INT64_MAX + is_negative;
    bool is_digit = false, overflows = false;
    if (*digits == '\0')
        return PARSE_ERROR;
    for (const char *p = digits; *p; p++) {
        bool separates = *p == '_' && (is_digit || (p == digits && digits != all)) && p[1];
        is_digit = !separates;
        if (separates)
            continue;
        int digit = digit_of(*p);
        if (digit >= base)
            return PARSE_ERROR;
        overflows |= value > (limit - (uint64_t)digit) / (uint64_t)base;
        value = overflows ? 0 : value * (uint64_t)base + (uint64_t)digit;
    }
    if (overflows)
        return RANGE_ERROR;
    *ret = is_negative ? (int64_t)(0 - value) : (int64_t)value;
    return NULL;
}

static const char *read_float(const char *text, double *ret)
{
    char *end;
    if (*text == '\0' || isspace((unsigned char)*text))
        return PARSE_ERROR;
    errno = 0;
    double value = strtod(text, &end);
    if (*end || strchr(text, '('))
        return PARSE_ERROR;
    if (errno == ERANGE && isinf(value))
        return RANGE_ERROR;
    *ret = value;
    return NULL;
}

/* What is not positive means none. Unlike k6's durations Go's know no days, and no number without
 * a unit but 0. */
static const char *read_duration(const char *text, nsec_t *ret)
{
    bool is_negative = text[0] == '-';
    const char *digits = text + (text[0] == '-' || text[0] == '+');
    size_t length = strlen(digits);
    bool has_unit = length > 0 && isalpha((unsigned char)digits[length - 1]);
    nsec_t value;
    if ((!has_unit && strcmp(digits, "0") != 0) || strchr(digits, 'd') ||
        duration_parse(span_cstr(digits), &value) < 0)
        return PARSE_ERROR;
    *ret = is_negative ? 0 : value;
    return NULL;
}

static const char *read_value(struct hey_options *options, const struct flag *flag,
                              const char *text)
{
    void *field = (char *)options + flag->offset;
    switch (flag->kind) {
    case FLAG_BOOL:
        return read_bool(text, field);
    case FLAG_INT:
        return read_int(text, field);
    case FLAG_FLOAT:
        return read_float(text, field);
    case FLAG_DURATION:
        return read_duration(text, field);
    case FLAG_TEXT:
        *(const char **)field = text;
        return NULL;
    case FLAG_HEADER:
        options->headers[options->header_count++] = text;
        return NULL;
    }
    return NULL;
}

static const struct flag *find_flag(struct span name)
{
    for (size_t i = 0; i < COUNT_OF(FLAGS); i++) {
        if (span_equal(span_cstr(FLAGS[i].name), name))
            return &FLAGS[i];
    }
    return NULL;
}

static int refuse_value(const struct flag *flag, const char *text, const char *problem,
                        struct strbuf *message)
{
    strbuf_addf(message, "invalid %svalue ", flag->kind == FLAG_BOOL ? "boolean " : "");
    go_quote(message, span_cstr(text));
    strbuf_addf(message, " for %s-%s: %s\n", flag->kind == FLAG_BOOL ? "" : "flag ", flag->name,
                problem);
    return EXIT_WRONG_FLAG;
}

/* The argument that `arguments` points to is a flag. -1, or the exit code. */
static int take_flag(struct hey_options *options, const char *const **arguments,
                     struct strbuf *message)
{
    const char *argument = *(*arguments)++;
    const char *text = argument + (argument[1] == '-' ? 2 : 1);
    const char *equals = strchr(text, '=');
    struct span name = span_of(text, equals ? (size_t)(equals - text) : strlen(text));
    if (name.len == 0 || text[0] == '-') {
        strbuf_addf(message, "bad flag syntax: %s\n", argument);
        return EXIT_WRONG_FLAG;
    }
    const struct flag *flag = find_flag(name);
    if (!flag) {
        if (span_equal(name, SPAN("help")))
            return 0;
        strbuf_addf(message, "flag provided but not defined: -%.*s\n", SPAN_ARG(name));
        return EXIT_WRONG_FLAG;
    }
    const char *value = equals ? equals + 1 : flag->kind == FLAG_BOOL ? "true" : **arguments;
    if (!value) {
        strbuf_addf(message, "flag needs an argument: -%s\n", flag->name);
        return EXIT_WRONG_FLAG;
    }
    *arguments += !equals && flag->kind != FLAG_BOOL;
    const char *problem = read_value(options, flag, value);
    return problem ? refuse_value(flag, value, problem, message) : -1;
}

static int take_flags(struct hey_options *options, const char *const **arguments,
                      struct strbuf *message)
{
    while (**arguments && (**arguments)[0] == '-' && (**arguments)[1]) {
        if (strcmp(**arguments, "--") == 0) {
            ++*arguments;
            return -1;
        }
        int code = take_flag(options, arguments, message);
        if (code >= 0)
            return code;
    }
    return -1;
}

int hey_options_refuse(struct strbuf *message, unsigned usage_cpus, const char *sentence)
{
    if (sentence[0])
        strbuf_addf(message, "%s\n\n", sentence);
    strbuf_addf(message, USAGE, usage_cpus);
    strbuf_addc(message, '\n');
    return EXIT_WRONG_USE;
}

static const char *check_numbers(const struct hey_options *options)
{
    if (options->duration_ns > 0)
        return options->connections <= 0 ? "-c cannot be smaller than 1." : NULL;
    if (options->requests <= 0 || options->connections <= 0)
        return "-n and -c cannot be smaller than 1.";
    return options->requests < options->connections ? "-n cannot be less than -c." : NULL;
}

/* NULL, or the text that does not match. */
static const char *find_mismatch(const struct hey_options *options)
{
    struct span name, value;
    for (size_t i = 0; i < options->header_count; i++) {
        if (!hey_header_parse(options->headers[i], &name, &value))
            return options->headers[i];
    }
    const char *authorization = options->authorization;
    return authorization[0] && !hey_authorization_parse(authorization, &value) ? authorization
                                                                               : NULL;
}

static int check(const struct hey_options *options, unsigned usage_cpus, struct strbuf *message)
{
    AUTO(strbuf_done) struct strbuf sentence = STRBUF_INIT(message->max);
    if (!options->url)
        return hey_options_refuse(message, usage_cpus, "");
    const char *problem = check_numbers(options);
    if (!problem && options->help[0])
        problem = "Flag '-h' is deprecated, please use '-H' instead.";
    if (problem)
        return hey_options_refuse(message, usage_cpus, problem);
    problem = find_mismatch(options);
    if (!problem)
        return -1;
    strbuf_addf(&sentence, "could not parse the provided input; input = %s", problem);
    return hey_options_refuse(message, usage_cpus, strbuf_cstr(&sentence));
}

int hey_options_parse(struct hey_options *options, int argc, char *const *argv, unsigned usage_cpus,
                      struct strbuf *message)
{
    const char *const *arguments = (const char *const *)argv + (argc > 0);
    *options = (struct hey_options){
        .requests = 200,
        .connections = 50,
        .timeout_s = 20,
        .method = "GET",
        .accept = "",
        .content_type = "text/html",
        .body = "",
        .body_file = "",
        .authorization = "",
        .proxy = "",
        .host = "",
        .output = "",
        .help = "",
        .headers = NEW_ARRAY(const char *, (size_t)argc + 1),
    };
    int code = take_flags(options, &arguments, message);
    if (code >= 0) {
        strbuf_addf(message, USAGE, usage_cpus);
        return code;
    }
    options->url = *arguments;
    options->ignored = arguments + (options->url != NULL);
    while (options->ignored[options->ignored_count])
        options->ignored_count++;
    return check(options, usage_cpus, message);
}

void hey_options_done(struct hey_options *options)
{
    free(options->headers);
    options->headers = NULL;
}

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '-';
}

/* Of `text`, up to the line's end: what `.+` takes. */
static struct span line_of(const char *text)
{
    return span_of(text, strcspn(text, "\n"));
}

bool hey_header_parse(const char *text, struct span *ret_name, struct span *ret_value)
{
    size_t length = 0;
    while (is_word(text[length]))
        length++;
    if (length == 0 || text[length] != ':')
        return false;
    /* \s* gives back what .+ needs. */
    const char *rest = text + length + 1;
    const char *value = rest + strspn(rest, " \t\n\f\r");
    while (value > rest && line_of(value).len == 0)
        value--;
    *ret_name = span_of(text, length);
    *ret_value = span_trim(line_of(value));
    return line_of(value).len > 0;
}

bool hey_authorization_parse(const char *text, struct span *ret_credentials)
{
    struct span line = line_of(text);
    *ret_credentials = line;
    for (size_t i = 1; i + 2 < line.len; i++) {
        if (line.ptr[i] == ':' && !strchr(" \t\n\f\r", line.ptr[i + 1]))
            return true;
    }
    return false;
}
