/* SPDX-License-Identifier: Apache-2.0
 *
 * The embedded pages: who gets them in which form, that they are whole, and how much of them is
 * fetched before somebody can work.
 */
#include <stdio.h>

#include "keneyapp/http/assets.h"
#include "support/test.h"

#define BROWSER "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"

enum {
    FIRST_LOAD_MAX_BYTES = 90 * 1024,
    ASSETS_MAX = 256,
};

static const struct accept_case {
    const char *accept;
    bool page;
} ACCEPTS[] = {
    {BROWSER, true},
    {"text/html", true},
    {"TEXT/HTML;q=0.9", true},
    {"image/png, text/html , application/json", true},
    {NULL, false},
    {"", false},
    {"*/*", false},
    {"application/json", false},
    {"application/json, text/plain, */*", false},
    {"application/json, text/html", false},
    {"text/htmlx", false},
};

static void test_accept(void **state)
{
    for (size_t i = 0; i < COUNT_OF(ACCEPTS); i++) {
        print_message("%s\n", ACCEPTS[i].accept ? ACCEPTS[i].accept : "(none)");
        assert_int_equal(assets_page_wanted(span_cstr(ACCEPTS[i].accept)), ACCEPTS[i].page);
    }
}

/* The asset whose name begins with `prefix`, as in "/assets/main-". */
static const struct asset *asset_of(const char *prefix)
{
    for (size_t i = 0; i < ASSET_COUNT; i++)
        if (span_starts_with(span_cstr(ASSETS[i].path), span_cstr(prefix)))
            return &ASSETS[i];
    fail_msg("nothing begins with %s", prefix);
    return NULL;
}

static const struct page_case {
    const char *path;
    bool page;
} PAGES[] = {
    {"/", true},
    {"/login", true},
    {"/login/", true},
    {"/patients", true},
    {"/patients/12", true},
    {"/patients/12/", true},
    {"/appointments", true},
    {"/prescriptions", true},
    {"/audit", true},
    {"/users", true},
    {"", false},
    {"/patients/", true},
    {"/patients/x", false},
    {"/patients/12/x", false},
    {"/patients/99999999999999999999", false},
    {"/health", false},
    {"/assets/", false},
    {"/assets/none.js", false},
};

static void test_pages(void **state)
{
    const struct asset *index = asset_of("/index.html");
    for (size_t i = 0; i < COUNT_OF(PAGES); i++) {
        print_message("%s\n", PAGES[i].path);
        assert_ptr_equal(assets_find(span_cstr(PAGES[i].path)), PAGES[i].page ? index : NULL);
    }
}

static const struct answer_case {
    enum http_method method;
    const char *path; /* NULL: the bundle's entry */
    const char *accept, *encodings;
    unsigned status; /* 0: not answered */
    const char *encoding;
} ANSWERS[] = {
    {HTTP_GET, "/patients/7", BROWSER, NULL, 200, NULL},
    {HTTP_GET, "/patients/7", BROWSER, "gzip, deflate", 200, "gzip"},
    {HTTP_GET, "/", BROWSER, "gzip, deflate, br", 200, "br"},
    {HTTP_HEAD, "/", BROWSER, "gzip, deflate, br", 200, "br"},
    {HTTP_GET, NULL, "*/*", "gzip, deflate, br", 200, "br"},
    {HTTP_GET, NULL, NULL, "gzip", 200, "gzip"},
    {HTTP_GET, NULL, NULL, "br;q=0", 200, NULL},
    {HTTP_GET, "/", "*/*", NULL, 0, NULL},
    {HTTP_POST, "/", BROWSER, NULL, 0, NULL},
    {HTTP_GET, "/nothing", BROWSER, NULL, 0, NULL},
    {HTTP_GET, "/api/v1/patients", BROWSER, NULL, 0, NULL},
};

static const struct answer_case UNKNOWN[] = {
    {HTTP_GET, "/nothing", BROWSER, "gzip", 404, "gzip"},
    {HTTP_HEAD, "/patients/x", BROWSER, NULL, 404, NULL},
    {HTTP_GET, "/nothing", "*/*", NULL, 0, NULL},
    {HTTP_POST, "/nothing", BROWSER, NULL, 0, NULL},
    {HTTP_GET, "/api/v1/nothing", BROWSER, NULL, 0, NULL},
};

static bool ask_with(bool (*answer)(const struct request *, struct response *),
                     const struct answer_case *row, const char *tag, struct response *ret_response)
{
    struct request request = {
        .method = row->method,
        .path = span_cstr(row->path ? row->path : asset_of("/assets/main-")->path),
        .accept = span_cstr(row->accept),
        .accept_encoding = span_cstr(row->encodings),
        .if_none_match = span_cstr(tag),
    };
    *ret_response = (struct response){.status = 200};
    strbuf_init(&ret_response->body, RESPONSE_BODY_MAX_BYTES);
    return answer(&request, ret_response);
}

static bool ask(const struct answer_case *row, const char *tag, struct response *ret_response)
{
    return ask_with(assets_answer, row, tag, ret_response);
}

static void test_unknown(void **state)
{
    for (size_t i = 0; i < COUNT_OF(UNKNOWN); i++) {
        const struct answer_case *row = &UNKNOWN[i];
        struct response response;
        bool answered = ask_with(assets_answer_unknown, row, NULL, &response);
        print_message("%s %s\n", http_method_name(row->method), row->path);
        assert_int_equal(answered, row->status != 0);
        if (answered) {
            assert_int_equal(response.status, row->status);
            assert_string_equal(response.cache_control, "no-store");
            assert_string_equal(response.etag, "");
            assert_true(response.body.len > 0);
        }
        strbuf_done(&response.body);
    }
}

/* Asked again with the tag that came, the answer is 304 without a body. */
static void check_again(const struct answer_case *row, const char *tag)
{
    struct response response;
    assert_true(ask(row, tag, &response));
    assert_int_equal(response.status, 304);
    assert_string_equal(response.etag, tag);
    assert_int_equal(response.body.len, 0);
    strbuf_done(&response.body);
}

static void test_answers(void **state)
{
    for (size_t i = 0; i < COUNT_OF(ANSWERS); i++) {
        const struct answer_case *row = &ANSWERS[i];
        struct response response;
        bool answered = ask(row, NULL, &response);
        print_message("%s %s, %s\n", http_method_name(row->method), row->path ? row->path : "main",
                      row->encodings ? row->encodings : "as it is");
        assert_int_equal(answered, row->status != 0);
        if (answered) {
            assert_int_equal(response.status, row->status);
            assert_int_equal(response.encoding != NULL, row->encoding != NULL);
            if (row->encoding)
                assert_string_equal(response.encoding, row->encoding);
            assert_string_equal(response.cache_control,
                                row->path ? "no-cache" : "public, max-age=31536000, immutable");
            assert_true(response.body.len > 0);
            check_again(row, response.etag);
        }
        strbuf_done(&response.body);
    }
}

/* Files that are fetched before a page works. */
struct load {
    const struct asset *files[ASSETS_MAX];
    size_t count;
};

static void add_file(struct load *load, const struct asset *asset)
{
    for (size_t i = 0; i < load->count; i++)
        if (load->files[i] == asset)
            return;
    assert_true(load->count < ASSETS_MAX);
    load->files[load->count++] = asset;
}

/* esbuild names what a file imports as "./NAME.js"; import("./NAME.js") comes later or never. */
static void add_imports(struct load *load, const struct asset *asset)
{
    struct span text = asset->identity;
    for (size_t i = 1; i + 3 < text.len; i++) {
        if (text.ptr[i] != '"' || !span_starts_with(span_from(text, i + 1), SPAN("./")))
            continue;
        char path[256];
        struct span name = span_cut(span_from(text, i + 3), '"', &(struct span){0});
        if (!span_ends_with(name, SPAN(".js")))
            continue;
        snprintf(path, sizeof(path), "/assets/%.*s", SPAN_ARG(name));
        const struct asset *imported = assets_find(span_cstr(path));
        if (!imported)
            fail_msg("%s imports %s, which is not embedded", asset->path, path);
        if (text.ptr[i - 1] != '(')
            add_file(load, imported);
    }
}

static void add_page(struct load *load, const char *prefix)
{
    add_file(load, asset_of(prefix));
    for (size_t i = 0; i < load->count; i++)
        add_imports(load, load->files[i]);
}

static size_t smallest(const struct asset *asset, bool brotli)
{
    struct span body = brotli ? asset->brotli : asset->gzip;
    return body.len ? body.len : asset->identity.len;
}

static void test_first_load(void **state)
{
    static const char *const NAMES[] = {"sign-in page", "dashboard"};
    static const char *const LAST[] = {"/assets/SignIn-", "/assets/Dashboard-"};
    struct load load = {.count = 0};
    add_file(&load, asset_of("/index.html"));
    add_file(&load, asset_of("/assets/style-"));
    add_file(&load, asset_of("/assets/icon-"));
    add_page(&load, "/assets/main-");
    for (size_t page = 0; page < COUNT_OF(LAST); page++) {
        size_t gzip = 0, brotli = 0;
        add_page(&load, LAST[page]);
        for (size_t i = 0; i < load.count; i++) {
            gzip += smallest(load.files[i], false);
            brotli += smallest(load.files[i], true);
        }
        print_message("until the %s works: %zu files, %zu bytes in brotli, %zu in gzip\n",
                      NAMES[page], load.count, brotli, gzip);
        assert_true(gzip <= FIRST_LOAD_MAX_BYTES && brotli <= FIRST_LOAD_MAX_BYTES);
    }
}

static void test_whole(void **state)
{
    struct load load = {.count = 0};
    for (size_t i = 0; i < ASSET_COUNT; i++) {
        add_imports(&load, &ASSETS[i]);
        assert_true(ASSETS[i].identity.len > 0);
        assert_int_equal(ASSETS[i].immutable,
                         span_starts_with(span_cstr(ASSETS[i].path), SPAN("/assets/")));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_accept),     cmocka_unit_test(test_pages),
        cmocka_unit_test(test_answers),    cmocka_unit_test(test_unknown),
        cmocka_unit_test(test_first_load), cmocka_unit_test(test_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
