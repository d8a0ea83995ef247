/* SPDX-License-Identifier: Apache-2.0
 *
 * Go's %q.
 */
#include "cli/as/hey/go_quote.h"

#include "base/strbuf.h"

static void quote_byte(struct strbuf *out, unsigned char c)
{
    static const char LETTERS[] = "abtnvfr"; /* from 7 on */
    if (c == '"' || c == '\\')
        strbuf_addf(out, "\\%c", c);
    else if (c >= 7 && c <= 13)
        strbuf_addf(out, "\\%c", LETTERS[c - 7]);
    else if (c < ' ' || c >= 127)
        strbuf_addf(out, "\\x%02x", c);
    else
        strbuf_addc(out, (char)c);
}

void go_quote(struct strbuf *out, struct span text)
{
    strbuf_addc(out, '"');
    while (text.len) {
        size_t length = span_utf8_length(text);
        if (length > 1)
            strbuf_add_span(out, span_head(text, length));
        else
            quote_byte(out, (unsigned char)text.ptr[0]);
        text = span_from(text, length > 1 ? length : 1);
    }
    strbuf_addc(out, '"');
}
