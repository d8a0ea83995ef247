/* SPDX-License-Identifier: Apache-2.0
 *
 * Random bytes come from the system for 64 ids at a time, because asking it costs more than all the
 * rest.
 */
#include "keneyapp/http/correlation.h"

#include <ctype.h>
#include <sodium.h>
#include <string.h>

enum {
    UUID_BYTES = 16,
    IDS_AT_ONCE = 64,
};

/* Harmless in a header, a log and a terminal. */
static bool is_harmless(struct span id)
{
    bool harmless = id.len > 0 && id.len <= CORRELATION_MAX_BYTES;
    for (size_t i = 0; i < id.len && harmless; i++)
        harmless = isalnum((unsigned char)id.ptr[i]) || strchr("-_.", id.ptr[i]);
    return harmless;
}

static const unsigned char *random_bytes(void)
{
    static _Thread_local unsigned char bytes[IDS_AT_ONCE * UUID_BYTES];
    static _Thread_local size_t used = sizeof(bytes);
    if (used == sizeof(bytes)) {
        randombytes_buf(bytes, sizeof(bytes));
        used = 0;
    }
    used += UUID_BYTES;
    return bytes + used - UUID_BYTES;
}

static void make_uuid(char ret_id[CORRELATION_BYTES])
{
    static const char DIGITS[] = "0123456789abcdef";
    unsigned char uuid[UUID_BYTES];
    char *at = ret_id;
    memcpy(uuid, random_bytes(), sizeof(uuid));
    uuid[6] = (unsigned char)((uuid[6] & 0x0f) | 0x40);
    uuid[8] = (unsigned char)((uuid[8] & 0x3f) | 0x80);
    for (size_t i = 0; i < sizeof(uuid); i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            *at++ = '-';
        *at++ = DIGITS[uuid[i] >> 4];
        *at++ = DIGITS[uuid[i] & 15];
    }
    *at = '\0';
}

void correlation_id(struct span given, char ret_id[CORRELATION_BYTES])
{
    if (!is_harmless(given)) {
        make_uuid(ret_id);
        return;
    }
    memcpy(ret_id, given.ptr, given.len);
    ret_id[given.len] = '\0';
}
