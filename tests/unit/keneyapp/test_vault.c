/* SPDX-License-Identifier: Apache-2.0 */
#include <pthread.h>
#include <sodium.h>

#include "keneyapp/auth/vault.h"
#include "support/test.h"

#define REST   "00102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define FIRST  "0" REST
#define SECOND "f" REST
#define TEXT   "Asthma since 1998; \xc3\xa9prouv\xc3\xa9"

static struct vault *new_vault(const char *keys)
{
    struct error err = {0};
    struct vault *vault = vault_new(span_cstr(keys), &err);
    assert_non_null(vault);
    return vault;
}

static void seal(const struct vault *vault, struct span plain, struct strbuf *out)
{
    vault_seal(vault, "patients", "medical_history", plain, out);
}

static enum vault_result open_as(const struct vault *vault, const char *column,
                                 const struct strbuf *sealed, struct strbuf *out)
{
    strbuf_reset(out);
    return vault_open(vault, "patients", column, strbuf_span(sealed), out);
}

static enum vault_result reopen(const struct vault *vault, const struct strbuf *sealed,
                                struct strbuf *out)
{
    return open_as(vault, "medical_history", sealed, out);
}

/* Every length around a block's and base64's ends. */
static void test_round_trip(void **state)
{
    AUTO(vault_free) struct vault *vault = new_vault(FIRST);
    AUTO(strbuf_done) struct strbuf sealed = STRBUF_INIT(4096), plain = STRBUF_INIT(4096);
    char text[70];
    memset(text, 'x', sizeof(text));
    for (size_t len = 0; len <= sizeof(text); len++) {
        strbuf_reset(&sealed);
        seal(vault, span_of(text, len), &sealed);
        assert_int_equal(sealed.len, 8 + (len + 28 + 2) / 3 * 4);
        assert_true(span_starts_with(strbuf_span(&sealed), SPAN("s1:")));
        assert_int_equal(reopen(vault, &sealed, &plain), VAULT_OPENED);
        assert_true(span_equal(strbuf_span(&plain), span_of(text, len)));
    }
}

static void test_never_the_same_twice(void **state)
{
    AUTO(vault_free) struct vault *vault = new_vault(FIRST);
    AUTO(strbuf_done) struct strbuf one = STRBUF_INIT(4096), two = STRBUF_INIT(4096);
    seal(vault, SPAN(TEXT), &one);
    seal(vault, SPAN(TEXT), &two);
    assert_false(span_equal(strbuf_span(&one), strbuf_span(&two)));
    assert_null(strstr(strbuf_cstr(&one), "Asthma"));
}

/* Known from outside: what Python's cryptography makes of the same key, nonce and text. */
static void test_known_text(void **state)
{
    AUTO(vault_free) struct vault *vault = new_vault(FIRST);
    AUTO(strbuf_done) struct strbuf sealed = STRBUF_INIT(4096), plain = STRBUF_INIT(4096);
    AUTO(strbuf_done) struct strbuf other = STRBUF_INIT(4096);
    seal(vault, SPAN(""), &other); /* for the key's id */
    strbuf_add_span(&sealed, span_head(strbuf_span(&other), 8));
    strbuf_adds(&sealed, "AQEBAQEBAQEBAQEBJ6aLXAvsBAq9Oh2Huit8t7cAUKtpLtKh20Q=");
    assert_int_equal(reopen(vault, &sealed, &plain), VAULT_OPENED);
    assert_string_equal(strbuf_cstr(&plain), "Penicillin");
}

static void test_belongs_to_its_column(void **state)
{
    AUTO(vault_free) struct vault *vault = new_vault(FIRST);
    AUTO(strbuf_done) struct strbuf sealed = STRBUF_INIT(4096), plain = STRBUF_INIT(4096);
    seal(vault, SPAN(TEXT), &sealed);
    assert_int_equal(open_as(vault, "address", &sealed, &plain), VAULT_CHANGED);
    assert_int_equal(plain.len, 0);
    assert_int_equal(vault_open(vault, "patient", "medical_history", strbuf_span(&sealed), &plain),
                     VAULT_CHANGED);
}

/* Any changed character is noticed; base64 leaves no bits that mean nothing in this length. */
static void test_every_changed_byte(void **state)
{
    AUTO(vault_free) struct vault *vault = new_vault(FIRST);
    AUTO(strbuf_done) struct strbuf sealed = STRBUF_INIT(4096), plain = STRBUF_INIT(4096);
    seal(vault, SPAN("eleven byte"), &sealed);
    for (size_t i = 0; i < sealed.len; i++) {
        char was = sealed.ptr[i];
        sealed.ptr[i] = was == 'b' ? 'c' : 'b';
        assert_int_not_equal(reopen(vault, &sealed, &plain), VAULT_OPENED);
        assert_int_equal(plain.len, 0);
        sealed.ptr[i] = was;
    }
    for (size_t len = 0; len < sealed.len; len++)
        assert_int_not_equal(
            vault_open(vault, "patients", "medical_history", span_of(sealed.ptr, len), &plain),
            VAULT_OPENED);
    assert_int_equal(reopen(vault, &sealed, &plain), VAULT_OPENED);
}

static void test_rotation(void **state)
{
    AUTO(vault_free) struct vault *old = new_vault(FIRST);
    AUTO(vault_free) struct vault *both = new_vault(SECOND "\n" FIRST "\n");
    AUTO(vault_free) struct vault *new = new_vault("  " SECOND ",");
    AUTO(strbuf_done) struct strbuf before = STRBUF_INIT(4096), after = STRBUF_INIT(4096);
    AUTO(strbuf_done) struct strbuf plain = STRBUF_INIT(4096);
    seal(old, SPAN(TEXT), &before);
    seal(both, SPAN(TEXT), &after);
    assert_int_equal(reopen(both, &before, &plain), VAULT_OPENED);
    assert_string_equal(strbuf_cstr(&plain), TEXT);
    assert_int_equal(reopen(both, &after, &plain), VAULT_OPENED);
    assert_int_equal(reopen(new, &after, &plain), VAULT_OPENED);
    assert_int_equal(reopen(new, &before, &plain), VAULT_OTHER_KEY);
    assert_int_equal(reopen(old, &after, &plain), VAULT_OTHER_KEY);
}

static const struct bad_case {
    const char *name, *keys, *says;
} BAD_KEYS[] = {
    {"nothing", "", "openssl rand -hex 32"},
    {"blanks", " \n\n", "is empty"},
    {"short", "00010203", "key 1"},
    {"a digit too many", FIRST "0", "key 1"},
    {"no digit", "g" FIRST, "key 1"},
    {"the second", FIRST "\nx", "key 2"},
    {"twice the same", FIRST "\n" SECOND "\n" FIRST, "lines 1 and 3"},
    {"too many",
     "1" REST " 2" REST " 3" REST " 4" REST " 5" REST " 6" REST " 7" REST " 8" REST " 9" REST,
     "more than 8"},
};

static void test_bad_keys(void **state)
{
    for (size_t i = 0; i < COUNT_OF(BAD_KEYS); i++) {
        struct error err = {0};
        print_message("%s\n", BAD_KEYS[i].name);
        assert_null(vault_new(span_cstr(BAD_KEYS[i].keys), &err));
        assert_int_equal(err.code, EXIT_INVALID_CONFIG);
        assert_non_null(strstr(err.message, BAD_KEYS[i].says));
        assert_null(strstr(err.message, "0001020304"));
    }
}

static void test_not_sealed(void **state)
{
    static const char *const PLAIN[] = {"", "s1:", "s1:abcd", "s1:abcde", "s2:abcd:AAAA", "Asthma"};
    AUTO(vault_free) struct vault *vault = new_vault(FIRST);
    AUTO(strbuf_done) struct strbuf plain = STRBUF_INIT(64);
    for (size_t i = 0; i < COUNT_OF(PLAIN); i++)
        assert_int_equal(vault_open(vault, "t", "c", span_cstr(PLAIN[i]), &plain), VAULT_UNSEALED);
    assert_int_equal(vault_open(vault, "t", "c", SPAN_EMPTY, &plain), VAULT_UNSEALED);
}

static void test_large(void **state)
{
    AUTO(vault_free) struct vault *vault = new_vault(FIRST);
    AUTO(strbuf_done) struct strbuf sealed = STRBUF_INIT(8 * VAULT_TEXT_MAX_BYTES);
    AUTO(strbuf_done) struct strbuf plain = STRBUF_INIT(VAULT_TEXT_MAX_BYTES + 1);
    AUTO(strbuf_done) struct strbuf text = STRBUF_INIT(VAULT_TEXT_MAX_BYTES + 1);
    char *bytes = strbuf_reserve(&text, VAULT_TEXT_MAX_BYTES + 1);
    memset(bytes, 'a', VAULT_TEXT_MAX_BYTES + 1);
    seal(vault, span_of(bytes, VAULT_TEXT_MAX_BYTES), &sealed);
    assert_int_equal(reopen(vault, &sealed, &plain), VAULT_OPENED);
    assert_int_equal(plain.len, VAULT_TEXT_MAX_BYTES);
    strbuf_reset(&sealed);
    seal(vault, span_of(bytes, VAULT_TEXT_MAX_BYTES + 1), &sealed);
    assert_true(sealed.overflow);
}

static void *work(void *context)
{
    const struct vault *vault = context;
    AUTO(strbuf_done) struct strbuf sealed = STRBUF_INIT(4096), plain = STRBUF_INIT(4096);
    size_t good = 0;
    for (size_t i = 0; i < 500; i++) {
        strbuf_reset(&sealed);
        seal(vault, SPAN(TEXT), &sealed);
        good += reopen(vault, &sealed, &plain) == VAULT_OPENED;
    }
    return good == 500 ? context : NULL;
}

/* Each thread has cipher states of its own, which end with it or with the vault. */
static void test_threads(void **state)
{
    AUTO(vault_free) struct vault *vault = new_vault(FIRST);
    pthread_t threads[4];
    void *result;
    for (size_t i = 0; i < COUNT_OF(threads); i++)
        assert_int_equal(pthread_create(&threads[i], NULL, work, vault), 0);
    assert_ptr_equal(work(vault), vault);
    for (size_t i = 0; i < COUNT_OF(threads); i++) {
        assert_int_equal(pthread_join(threads[i], &result), 0);
        assert_ptr_equal(result, vault);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_never_the_same_twice),
        cmocka_unit_test(test_known_text),
        cmocka_unit_test(test_belongs_to_its_column),
        cmocka_unit_test(test_every_changed_byte),
        cmocka_unit_test(test_rotation),
        cmocka_unit_test(test_bad_keys),
        cmocka_unit_test(test_not_sealed),
        cmocka_unit_test(test_large),
        cmocka_unit_test(test_threads),
    };
    return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
