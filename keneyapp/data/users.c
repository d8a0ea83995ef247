/* SPDX-License-Identifier: Apache-2.0
 *
 * A user's row from what the command line or the seed knows; the rest is the field table's.
 */
#include "keneyapp/data/users.h"

#include <stdio.h>

static void set_text(struct value *row, const char *name, const char *text)
{
    int at = entity_field(entity_get(ENTITY_USERS), span_cstr(name));
    row[at] = value_text(span_cstr(text));
}

enum store_result users_add(struct session *session, const struct new_user *user, int64_t *ret_id)
{
    const struct entity *entity = entity_get(ENTITY_USERS);
    struct value row[ENTITY_FIELDS_MAX];
    char email[256];
    snprintf(email, sizeof(email), "%s@clinic.example", user->username);
    for (size_t i = 0; i < entity->field_count; i++)
        row[i] = entity_initial(&entity->fields[i], user->now);
    set_text(row, "email", user->email ? user->email : email);
    set_text(row, "username", user->username);
    set_text(row, "full_name", user->full_name ? user->full_name : user->username);
    set_text(row, "role", user->role);
    set_text(row, "hashed_password", user->hash);
    return session_insert(session, ENTITY_USERS, row, 1, ret_id);
}
