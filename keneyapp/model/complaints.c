/* SPDX-License-Identifier: Apache-2.0
 *
 * Faults as JSON, one behind the other.
 */
#include "keneyapp/model/complaints.h"

#include <stdarg.h>
#include <stdio.h>

#include "keneyapp/model/json.h"

enum {
    COMPLAINTS_MAX_BYTES = 4 * 1024 * 1024, /* a thousand rows with every field wrong */
    MESSAGE_MAX_BYTES = 400,
};

void complaints_init(struct complaints *complaints)
{
    complaints->count = 0;
    complaints->index = -1;
    strbuf_init(&complaints->items, COMPLAINTS_MAX_BYTES);
}

void complaints_done(struct complaints *complaints)
{
    strbuf_done(&complaints->items);
}

void complaints_add(struct complaints *complaints, const char *where, const char *field,
                    const char *type, const char *message)
{
    struct strbuf *out = &complaints->items;
    size_t before = out->len;
    strbuf_addf(out, "%s{\"type\":\"%s\",\"loc\":[\"%s\"", complaints->count++ ? "," : "", type,
                where);
    if (complaints->index >= 0)
        strbuf_addf(out, ",%lld", (long long)complaints->index);
    if (field) {
        strbuf_addc(out, ',');
        json_add_text(out, span_cstr(field));
    }
    strbuf_adds(out, "],\"msg\":");
    json_add_text(out, span_cstr(message));
    strbuf_addc(out, '}');
    if (out->overflow) /* half a complaint would not be JSON */
        strbuf_truncate(out, before);
}

void complaints_addf(struct complaints *complaints, const char *where, const char *field,
                     const char *type, const char *format, ...)
{
    char message[MESSAGE_MAX_BYTES];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof(message), format, args);
    va_end(args);
    complaints_add(complaints, where, field, type, message);
}
