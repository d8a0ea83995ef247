/* SPDX-License-Identifier: Apache-2.0
 *
 * Making users, by hand (`keneyapp passwd`) and for demonstrations (data/seed.h).
 */
#ifndef KENEYAPP_DATA_USERS_H
#define KENEYAPP_DATA_USERS_H

#include "keneyapp/store/store.h"

struct new_user {
    const char *username, *role;
    const char *full_name; /* NULL: the username */
    const char *email;     /* NULL: USERNAME@clinic.example */
    const char *hash;      /* of the password: auth/password.h */
    struct span now;       /* ISO 8601 */
};

/* An active user of the session's tenant. STORE_DUPLICATE when the name or the address is taken, in
 * any case. */
MUST_CHECK enum store_result users_add(struct session *session, const struct new_user *user,
                                       int64_t *ret_id);

#endif
