/* SPDX-License-Identifier: Apache-2.0
 *
 * One look at all header fields, before any of the body is read.
 */
#include "keneyapp/http/framing.h"

#include <string.h>
#include <strings.h>

struct framing {
    unsigned lengths, encodings;
    bool spaced;
};

static enum MHD_Result look(void *context, enum MHD_ValueKind kind, const char *name,
                            const char *value)
{
    struct framing *framing = context;
    framing->lengths += strcasecmp(name, MHD_HTTP_HEADER_CONTENT_LENGTH) == 0;
    framing->encodings += strcasecmp(name, MHD_HTTP_HEADER_TRANSFER_ENCODING) == 0;
    framing->spaced |= strpbrk(name, " \t") != NULL;
    return MHD_YES;
}

bool framing_is_clear(struct MHD_Connection *connection)
{
    struct framing framing = {0};
    MHD_get_connection_values(connection, MHD_HEADER_KIND, look, &framing);
    return framing.lengths + framing.encodings <= 1 && !framing.spaced;
}
