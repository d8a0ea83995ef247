/* SPDX-License-Identifier: Apache-2.0
 *
 * The client's defaults, for tests of plans that need no client.
 */
#include "client/client.h"

__attribute__((weak)) struct client_config client_config_defaults(void)
{
    return (struct client_config){0};
}
