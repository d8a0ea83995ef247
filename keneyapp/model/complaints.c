/* SPDX-License-Identifier: Apache-2.0
 *
 * Faults as JSON, one behind the other.
 */
#include "keneyapp/model/complaints.h"

#include "keneyapp/model/json.h"

enum {
    COMPLAINTS_MAX_BYTES = 64 * 1024,
};

void complaints_init(struct complaints *complaints)
{
    complaints->count = 0;
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
    strbuf_addf(out, "%s{\"type\":\"%s\",\"loc\":[\"%s\"", complaints->count++ ? "," : "", type,
                where);
    if (field) {
        strbuf_addc(out, ',');
        json_add_text(out, span_cstr(field));
    }
    strbuf_adds(out, "],\"msg\":");
    json_add_text(out, span_cstr(message));
    strbuf_addc(out, '}');
}
