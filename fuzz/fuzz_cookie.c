/* SPDX-License-Identifier: Apache-2.0
 *
 * Cookies: each line of the input is a Set-Cookie value and a date. What the jar then sends must
 * be one header value that cannot become anything else.
 */
#include "fuzz/fuzz.h"
#include "http/charset.h"
#include "http/cookie.h"
#include "http/cookie_date.h"
#include "http/cookie_jar.h"
#include "http/url.h"

#define NOW_NS (1000000000 * NSEC_PER_SEC)

static struct url page_url(void)
{
    struct url url;
    const char *problem;
    FUZZ_CHECK(url_parse(SPAN("https://shop.example.com/a/b"), &url, &problem) == 0);
    return url;
}

static void check_header(struct cookie_jar *jar, const struct url *url)
{
    AUTO(strbuf_done) struct strbuf out = STRBUF_INIT((size_t)64 * 1024 * 1024);
    cookie_jar_write(jar, url, NOW_NS, &out);
    FUZZ_CHECK(charset_is_field_value(strbuf_span(&out)));
    FUZZ_CHECK((out.len > 0) <= (cookie_jar_count(jar) > 0));
}

/* As a script would set it, without the checks of the header's syntax. */
static void set_directly(struct cookie_jar *jar, const struct url *url, struct span line)
{
    struct cookie cookie = {.expires_s = -1};
    cookie.name = span_cut(line, '|', &line);
    cookie.value = span_cut(line, '|', &line);
    cookie.domain = span_cut(line, '|', &line);
    cookie.path = line;
    (void)cookie_jar_set(jar, url, &cookie, NOW_NS);
}

/* As a script sees the jar: a table. */
static void put_stored(struct cookie_jar *jar, struct span line)
{
    struct stored_cookie cookie = {.expires_ns = NSEC_NEVER};
    cookie.name = span_cut(line, '|', &line);
    cookie.value = span_cut(line, '|', &line);
    cookie.domain = span_cut(line, '|', &line);
    cookie.path = line;
    size_t before = cookie_jar_count(jar);
    int status = cookie_jar_put(jar, &cookie, NOW_NS);
    FUZZ_CHECK(status == 0 ? cookie_jar_count(jar) >= before : cookie_jar_count(jar) == before);
}

static void empty_table(struct cookie_jar *jar)
{
    size_t count, left;
    const struct stored_cookie *all = cookie_jar_all(jar, NOW_NS, &count);
    while (count > 0) {
        FUZZ_CHECK(charset_is_field_value(all[0].name) && charset_is_field_value(all[0].value));
        FUZZ_CHECK(cookie_jar_remove(jar, all[0].name, all[0].domain, all[0].path));
        all = cookie_jar_all(jar, NOW_NS, &left);
        FUZZ_CHECK(left == count - 1);
        count = left;
    }
}

static void use_line(struct cookie_jar *jar, const struct url *url, struct span line)
{
    int64_t unix_s = 0;
    if (cookie_date_parse(line, &unix_s) == 0)
        FUZZ_CHECK(unix_s >= -11644473600 && unix_s <= 253402300799);
    cookie_jar_take(jar, url, line, NOW_NS);
    set_directly(jar, url, line);
    put_stored(jar, line);
}

static void use(struct span text, bool is_verbatim)
{
    struct url url = page_url();
    AUTO(cookie_jar_free) struct cookie_jar *jar = cookie_jar_new();
    if (is_verbatim)
        cookie_jar_keep_verbatim(jar);
    while (text.len)
        use_line(jar, &url, span_cut(text, '\n', &text));
    check_header(jar, &url);
    size_t before = cookie_jar_count(jar);
    cookie_jar_clear(jar, &url, NOW_NS);
    FUZZ_CHECK(cookie_jar_count(jar) <= before);
    check_header(jar, &url);
    empty_table(jar);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    use(span_of((const char *)data, size), false);
    use(span_of((const char *)data, size), true);
    return 0;
}
