/* SPDX-License-Identifier: Apache-2.0
 *
 * AES-256-GCM by OpenSSL. Setting a key costs as much as opening a field does, so each thread
 * keeps one cipher state per key, and only the nonce is set per text.
 */
#include "keneyapp/auth/vault.h"

#include <ctype.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/list.h"
#include "base/mem.h"

enum {
    NONCE_BYTES = 12,
    TAG_BYTES = 16,
    FRAME_BYTES = NONCE_BYTES + TAG_BYTES,
    ID_DIGITS = 4,
    PREFIX_BYTES = 3 + ID_DIGITS + 1, /* "s1:KKKK:" */
    AAD_MAX_BYTES = 128,
    SCRATCH_MAX_BYTES = 2 * VAULT_TEXT_MAX_BYTES,
};

struct key {
    char id[ID_DIGITS + 1];
    unsigned char secret[VAULT_KEY_BYTES];
};

/* What one thread has of a vault; made on first use. */
struct ciphers {
    struct list link; /* in the vault's `threads` */
    struct threads *threads;
    EVP_CIPHER_CTX *seal, *open[VAULT_KEYS_MAX]; /* NULL before first use */
    struct strbuf scratch;                       /* nonce, ciphertext and tag */
};

struct threads {
    pthread_mutex_t mutex;
    struct list ciphers;
    pthread_key_t mine;
};

struct vault {
    struct key keys[VAULT_KEYS_MAX];
    size_t key_count;
    struct threads *threads;
};

/* Runs at a thread's end too. */
static void ciphers_free(void *context)
{
    struct ciphers *ciphers = context;
    pthread_mutex_lock(&ciphers->threads->mutex);
    list_remove(&ciphers->link);
    pthread_mutex_unlock(&ciphers->threads->mutex);
    EVP_CIPHER_CTX_free(ciphers->seal);
    for (size_t i = 0; i < VAULT_KEYS_MAX; i++)
        EVP_CIPHER_CTX_free(ciphers->open[i]);
    strbuf_done(&ciphers->scratch);
    free(ciphers);
}

static struct ciphers *my_ciphers(const struct vault *vault)
{
    struct threads *threads = vault->threads;
    struct ciphers *ciphers = pthread_getspecific(threads->mine);
    if (LIKELY(ciphers))
        return ciphers;
    ciphers = NEW(struct ciphers);
    ciphers->threads = threads;
    strbuf_init(&ciphers->scratch, SCRATCH_MAX_BYTES);
    pthread_mutex_lock(&threads->mutex);
    list_push_back(&threads->ciphers, &ciphers->link);
    pthread_mutex_unlock(&threads->mutex);
    pthread_setspecific(threads->mine, ciphers);
    return ciphers;
}

/* The state in `*slot`, with its key set. Memory is all that can be missing. */
static EVP_CIPHER_CTX *keyed(EVP_CIPHER_CTX **slot, const struct key *key, int sealing)
{
    if (LIKELY(*slot != NULL))
        return *slot;
    *slot = EVP_CIPHER_CTX_new();
    if (!*slot || !EVP_CipherInit_ex2(*slot, EVP_aes_256_gcm(), key->secret, NULL, sealing, NULL))
        mem_exhausted(1, sizeof(struct ciphers));
    return *slot;
}

/* The fields are the program's own names: short. */
static int aad_of(const char *table, const char *column, unsigned char *buf)
{
    int len = snprintf((char *)buf, AAD_MAX_BYTES, "%s.%s", table, column);
    return MIN_OF(len, AAD_MAX_BYTES - 1);
}

static bool seal_bytes(EVP_CIPHER_CTX *state, const unsigned char *aad, int aad_len,
                       struct span plain, unsigned char *frame)
{
    unsigned char *text = frame + NONCE_BYTES, *tag = text + plain.len;
    int len, none;
    return EVP_EncryptInit_ex2(state, NULL, NULL, frame, NULL) &&
           EVP_EncryptUpdate(state, NULL, &len, aad, aad_len) &&
           (!plain.len || EVP_EncryptUpdate(state, text, &len, (const unsigned char *)plain.ptr,
                                            (int)plain.len)) &&
           EVP_EncryptFinal_ex(state, tag, &none) &&
           EVP_CIPHER_CTX_ctrl(state, EVP_CTRL_AEAD_GET_TAG, TAG_BYTES, tag);
}

void vault_seal(const struct vault *vault, const char *table, const char *column, struct span plain,
                struct strbuf *out)
{
    struct ciphers *mine = my_ciphers(vault);
    unsigned char aad[AAD_MAX_BYTES];
    int aad_len = aad_of(table, column, aad);
    if (plain.len > VAULT_TEXT_MAX_BYTES) {
        out->overflow = true;
        return;
    }
    strbuf_reset(&mine->scratch);
    unsigned char *frame = (unsigned char *)strbuf_reserve(&mine->scratch, plain.len + FRAME_BYTES);
    randombytes_buf(frame, NONCE_BYTES);
    if (!seal_bytes(keyed(&mine->seal, &vault->keys[0], 1), aad, aad_len, plain, frame))
        mem_exhausted(1, plain.len);
    size_t text_bytes = (plain.len + FRAME_BYTES + 2) / 3 * 4;
    strbuf_addf(out, "s1:%s:", vault->keys[0].id);
    char *text = strbuf_reserve(out, text_bytes + 1); /* OpenSSL writes a NUL */
    if (!text)
        return;
    EVP_EncodeBlock((unsigned char *)text, frame, (int)plain.len + FRAME_BYTES);
    strbuf_commit(out, text_bytes);
}

/* Index of the key that sealed it, or -1. */
static int key_of(const struct vault *vault, struct span sealed)
{
    for (size_t i = 0; i < vault->key_count; i++)
        if (memcmp(vault->keys[i].id, sealed.ptr + 3, ID_DIGITS) == 0)
            return (int)i;
    return -1;
}

static bool looks_sealed(struct span sealed)
{
    return sealed.len >= PREFIX_BYTES && span_starts_with(sealed, SPAN("s1:")) &&
           sealed.ptr[PREFIX_BYTES - 1] == ':';
}

/* Number of bytes decoded into `scratch`, or -1. */
static int decode(struct span text, struct strbuf *scratch)
{
    strbuf_reset(scratch);
    if (text.len < FRAME_BYTES / 3 * 4 || text.len % 4 != 0 || text.len > SCRATCH_MAX_BYTES)
        return -1;
    unsigned char *bytes = (unsigned char *)strbuf_reserve(scratch, text.len / 4 * 3);
    int len = EVP_DecodeBlock(bytes, (const unsigned char *)text.ptr, (int)text.len);
    int padding = (text.ptr[text.len - 1] == '=') + (text.ptr[text.len - 2] == '=');
    return len - padding < FRAME_BYTES ? -1 : len - padding;
}

static bool open_bytes(EVP_CIPHER_CTX *state, const unsigned char *aad, int aad_len,
                       unsigned char *frame, int text_len, unsigned char *plain)
{
    unsigned char *text = frame + NONCE_BYTES, *tag = text + text_len;
    int len, none;
    return EVP_DecryptInit_ex2(state, NULL, NULL, frame, NULL) &&
           EVP_DecryptUpdate(state, NULL, &len, aad, aad_len) &&
           (!text_len || EVP_DecryptUpdate(state, plain, &len, text, text_len)) &&
           EVP_CIPHER_CTX_ctrl(state, EVP_CTRL_AEAD_SET_TAG, TAG_BYTES, tag) &&
           EVP_DecryptFinal_ex(state, plain + text_len, &none) > 0;
}

enum vault_result vault_open(const struct vault *vault, const char *table, const char *column,
                             struct span sealed, struct strbuf *out)
{
    if (!looks_sealed(sealed))
        return VAULT_UNSEALED;
    int key = key_of(vault, sealed);
    if (key < 0)
        return VAULT_OTHER_KEY;
    struct ciphers *mine = my_ciphers(vault);
    unsigned char aad[AAD_MAX_BYTES];
    int aad_len = aad_of(table, column, aad);
    int text_len = decode(span_from(sealed, PREFIX_BYTES), &mine->scratch) - FRAME_BYTES;
    if (text_len < 0)
        return VAULT_CHANGED;
    char *plain = strbuf_reserve(out, (size_t)text_len + 1);
    if (!plain) /* as long as the buffer's owner allows: it sees the overflow */
        return VAULT_OPENED;
    EVP_CIPHER_CTX *state = keyed(&mine->open[key], &vault->keys[key], 0);
    if (open_bytes(state, aad, aad_len, (unsigned char *)mine->scratch.ptr, text_len,
                   (unsigned char *)plain)) {
        strbuf_commit(out, (size_t)text_len);
        return VAULT_OPENED;
    }
    memset(plain, 0, (size_t)text_len);
    ERR_clear_error();
    return VAULT_CHANGED;
}

const char *vault_result_text(enum vault_result result)
{
    static const char *const TEXTS[] = {
        [VAULT_OPENED] = "is readable",
        [VAULT_UNSEALED] = "is not sealed",
        [VAULT_OTHER_KEY] = "was sealed with another key",
        [VAULT_CHANGED] = "was changed after it was sealed",
    };
    return TEXTS[result];
}

void vault_derive(const struct vault *vault, const char *purpose,
                  unsigned char ret_key[VAULT_KEY_BYTES])
{
    const struct key *key = &vault->keys[0];
    crypto_generichash(ret_key, VAULT_KEY_BYTES, (const unsigned char *)purpose, strlen(purpose),
                       key->secret, sizeof(key->secret));
}

#define REMEDY                                                                                     \
    "put the one that belongs to the database back; for a clinic without health data, openssl "    \
    "rand -hex 32 makes a new one"

/* Bytes of a word like "0a1b...": 0 or -1. */
static int read_hex(struct span word, unsigned char *secret)
{
    size_t len;
    const char *end;
    return word.len == 2 * VAULT_KEY_BYTES &&
                   sodium_hex2bin(secret, VAULT_KEY_BYTES, word.ptr, word.len, NULL, &len, &end) ==
                       0 &&
                   end == word.ptr + word.len
               ? 0
               : -1;
}

/* An id tells nothing about its key. */
static void name_key(struct key *key)
{
    unsigned char hash[crypto_generichash_BYTES_MIN];
    static const char PURPOSE[] = "keneyapp data key id";
    crypto_generichash(hash, sizeof(hash), (const unsigned char *)PURPOSE, sizeof(PURPOSE) - 1,
                       key->secret, sizeof(key->secret));
    snprintf(key->id, sizeof(key->id), "%02x%02x", hash[0], hash[1]);
}

static int add_key(struct vault *vault, struct span word, struct error *err)
{
    if (vault->key_count == VAULT_KEYS_MAX)
        return error_set(err, EXIT_INVALID_CONFIG,
                         "the data key has more than %d lines: remove the oldest ones",
                         VAULT_KEYS_MAX);
    struct key *key = &vault->keys[vault->key_count];
    if (read_hex(word, key->secret) != 0)
        return error_set(err, EXIT_INVALID_CONFIG,
                         "key %zu of the data key is not 64 hexadecimal digits: " REMEDY,
                         vault->key_count + 1);
    name_key(key);
    for (size_t i = 0; i < vault->key_count; i++)
        if (strcmp(vault->keys[i].id, key->id) == 0)
            return error_set(err, EXIT_INVALID_CONFIG,
                             "lines %zu and %zu of the data key have the same id: replace the "
                             "newer one with another (openssl rand -hex 32)",
                             i + 1, vault->key_count + 1);
    vault->key_count++;
    return 0;
}

static bool separates(char c)
{
    return isspace((unsigned char)c) || c == ',';
}

/* The next word, cut off `*text`; empty at the end. */
static struct span next_word(struct span *text)
{
    size_t start = 0;
    while (start < text->len && separates(text->ptr[start]))
        start++;
    if (start == text->len)
        return SPAN_EMPTY;
    size_t end = start;
    while (end < text->len && !separates(text->ptr[end]))
        end++;
    struct span word = span_of(text->ptr + start, end - start);
    *text = span_from(*text, end);
    return word;
}

static void start_threads(struct vault *vault)
{
    struct threads *threads = NEW(struct threads);
    pthread_mutex_init(&threads->mutex, NULL);
    list_init(&threads->ciphers);
    vault->threads = threads;
}

struct vault *vault_new(struct span keys, struct error *err)
{
    AUTO(vault_free) struct vault *vault = NEW(struct vault);
    for (struct span word = next_word(&keys); word.len; word = next_word(&keys))
        if (add_key(vault, word, err) != 0)
            return NULL;
    if (!vault->key_count) {
        error_set(err, EXIT_INVALID_CONFIG, "the data key is empty: " REMEDY);
        return NULL;
    }
    start_threads(vault);
    if (pthread_key_create(&vault->threads->mine, ciphers_free) != 0) {
        free(TAKE(vault->threads));
        error_set(err, EXIT_INVALID_CONFIG,
                  "the system gives this process no more thread keys: use fewer vaults at once");
        return NULL;
    }
    return TAKE(vault);
}

void vault_free(struct vault **vault)
{
    struct vault *v = TAKE(*vault);
    if (!v)
        return;
    if (v->threads) {
        pthread_key_delete(v->threads->mine);
        while (!list_empty(&v->threads->ciphers))
            ciphers_free(CONTAINER_OF(list_first(&v->threads->ciphers), struct ciphers, link));
        pthread_mutex_destroy(&v->threads->mutex);
        free(v->threads);
    }
    sodium_memzero(v, sizeof(*v));
    free(v);
}
