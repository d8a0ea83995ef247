/* SPDX-License-Identifier: Apache-2.0
 *
 * Sealed texts. The input is opened as it is: without the key nobody can write one that opens. Then
 * it is sealed and has to come back; then it says which bytes of that sealed text to change.
 */
#include "fuzz/fuzz.h"
#include "keneyapp/auth/vault.h"

#define KEY  SPAN("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f")
#define TEXT SPAN("what was sealed")

static enum vault_result reopen(const struct vault *vault, struct span sealed, struct strbuf *out)
{
    strbuf_reset(out);
    return vault_open(vault, "table", "column", sealed, out);
}

/* A changed text opens to nothing, or, where base64 has bits without a meaning, to the same. */
static void check_changed(const struct vault *vault, struct strbuf *sealed, struct span changes)
{
    AUTO(strbuf_done) struct strbuf plain = STRBUF_INIT(1 << 16);
    strbuf_reset(sealed);
    vault_seal(vault, "table", "column", TEXT, sealed);
    for (size_t i = 0; i + 1 < changes.len; i += 2)
        sealed->ptr[(unsigned char)changes.ptr[i] % sealed->len] = changes.ptr[i + 1];
    if (reopen(vault, strbuf_span(sealed), &plain) == VAULT_OPENED)
        FUZZ_CHECK(span_equal(strbuf_span(&plain), TEXT));
    else
        FUZZ_CHECK(plain.len == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct error err = {0};
    AUTO(vault_free) struct vault *vault = vault_new(KEY, &err);
    AUTO(strbuf_done) struct strbuf sealed = STRBUF_INIT(1 << 16), plain = STRBUF_INIT(1 << 16);
    struct span text = span_of((const char *)data, size);
    if (size > 4096 || !vault)
        return 0;
    FUZZ_CHECK(reopen(vault, text, &plain) != VAULT_OPENED);
    AUTO(vault_free) struct vault *other = vault_new(text, &err);
    vault_seal(vault, "table", "column", text, &sealed);
    FUZZ_CHECK(reopen(vault, strbuf_span(&sealed), &plain) == VAULT_OPENED);
    FUZZ_CHECK(span_equal(strbuf_span(&plain), text));
    check_changed(vault, &sealed, text);
    return 0;
}
