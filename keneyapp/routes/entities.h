/* SPDX-License-Identifier: Apache-2.0
 *
 * What handlers of entities share.
 */
#ifndef KENEYAPP_ROUTES_ENTITIES_H
#define KENEYAPP_ROUTES_ENTITIES_H

#include "keneyapp/http/query.h"
#include "keneyapp/http/router.h"

/* A validation for the call, with the moment of the request. `complaints` is the caller's. */
struct validation entities_validation(struct call *call, struct complaints *complaints);

/* The parameters of the route. False: `response` says what is wrong with them. */
bool entities_read_query(const struct request *request, struct response *response,
                         struct call *call, struct parameters *ret_parameters);

/* Whether the user may see these members of a family (bits of enum family_member). False:
 * `response` says no. */
bool entities_may_include(const struct call *call, unsigned members, struct response *response);

/* What a store's refusal means for rows of this entity: 404 with its name, and what
 * response_store_problem() says of the rest. */
void entities_refuse(struct response *response, enum entity_id entity, enum store_result result);

#endif
