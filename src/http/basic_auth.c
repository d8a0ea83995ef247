/* SPDX-License-Identifier: Apache-2.0
 *
 * Basic authentication.
 */
#include "http/basic_auth.h"

#include "http/base64.h"

void basic_auth_write(struct span user, struct span password, struct strbuf *out)
{
    AUTO(strbuf_done) struct strbuf pair = STRBUF_INIT(user.len + 1 + password.len);
    strbuf_add_span(&pair, user);
    strbuf_addc(&pair, ':');
    strbuf_add_span(&pair, password);
    strbuf_adds(out, "Basic ");
    base64_encode(BASE64_STANDARD, strbuf_span(&pair), out);
}
