/* SPDX-License-Identifier: Apache-2.0
 *
 * Form bodies.
 */
#include "http/form.h"

#include "http/charset.h"

void form_escape(struct span text, struct strbuf *out)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (charset_is_alnum(c) || (c && strchr("-_.~", c)))
            strbuf_addc(out, c);
        else if (c == ' ')
            strbuf_addc(out, '+');
        else
            strbuf_addf(out, "%%%02X", (unsigned char)c);
    }
}

void form_add(struct strbuf *out, struct span name, struct span value)
{
    if (out->len)
        strbuf_addc(out, '&');
    form_escape(name, out);
    strbuf_addc(out, '=');
    form_escape(value, out);
}

/* A name between quotes: Go's escapes, and for line breaks those of the HTML standard. */
static void write_quoted(struct strbuf *out, struct span text)
{
    strbuf_addc(out, '"');
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '"' || c == '\\')
            strbuf_addc(out, '\\');
        if (c == '\r' || c == '\n')
            strbuf_adds(out, c == '\r' ? "%0D" : "%0A");
        else
            strbuf_addc(out, c);
    }
    strbuf_addc(out, '"');
}

static void begin_part(struct strbuf *out, struct span boundary, struct span name)
{
    strbuf_adds(out, "--");
    strbuf_add_span(out, boundary);
    strbuf_adds(out, "\r\nContent-Disposition: form-data; name=");
    write_quoted(out, name);
}

static void write_content(struct strbuf *out, struct span content)
{
    strbuf_adds(out, "\r\n\r\n");
    strbuf_add_span(out, content);
    strbuf_adds(out, "\r\n");
}

void form_multipart_field(struct strbuf *out, struct span boundary, struct span name,
                          struct span value)
{
    begin_part(out, boundary, name);
    write_content(out, value);
}

int form_multipart_file(struct strbuf *out, struct span boundary, const struct form_file *file)
{
    if (!charset_is_field_value(file->content_type))
        return -1;
    begin_part(out, boundary, file->field);
    strbuf_adds(out, "; filename=");
    write_quoted(out, file->filename);
    strbuf_adds(out, "\r\nContent-Type: ");
    strbuf_add_span(out,
                    file->content_type.len ? file->content_type : SPAN("application/octet-stream"));
    write_content(out, file->content);
    return 0;
}

void form_multipart_end(struct strbuf *out, struct span boundary)
{
    strbuf_adds(out, "--");
    strbuf_add_span(out, boundary);
    strbuf_adds(out, "--\r\n");
}
