/* SPDX-License-Identifier: Apache-2.0
 *
 * One look at all header fields, before any of the body is read.
 */
#include "keneyapp/http/framing.h"

#include <string.h>
#include <strings.h>

#include "keneyapp/http/host.h"

struct framing {
    unsigned lengths, encodings, hosts;
    bool spaced, bad_host;
};

/* A coding besides chunks counts twice: nothing can stand beside it, and it does not end itself. */
static enum MHD_Result look(void *context, enum MHD_ValueKind kind, const char *name,
                            const char *value)
{
    struct framing *framing = context;
    framing->spaced |= strpbrk(name, " \t") != NULL;
    if (strcasecmp(name, MHD_HTTP_HEADER_CONTENT_LENGTH) == 0) {
        framing->lengths++;
    } else if (strcasecmp(name, MHD_HTTP_HEADER_TRANSFER_ENCODING) == 0) {
        framing->encodings += strcasecmp(value, "chunked") == 0 ? 1 : 2;
    } else if (strcasecmp(name, MHD_HTTP_HEADER_HOST) == 0) {
        framing->hosts++;
        framing->bad_host |= !host_is_valid(span_trim(span_cstr(value)));
    }
    return MHD_YES;
}

const char *framing_problem(struct MHD_Connection *connection, const char *version)
{
    struct framing framing = {0};
    MHD_get_connection_values(connection, MHD_HEADER_KIND, look, &framing);
    if (framing.lengths + framing.encodings > 1 || framing.spaced)
        return "It is not clear where the request ends: send one Content-Length or chunks, and "
               "no space before a colon";
    if (!framing.hosts && strcmp(version, MHD_HTTP_VERSION_1_0) != 0)
        return "A request of HTTP/1.1 needs a Host header";
    if (framing.hosts > 1 || framing.bad_host)
        return "Send one Host header, with a name or address and at most a port";
    return NULL;
}
