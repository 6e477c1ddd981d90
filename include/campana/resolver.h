/* A host's name looked up as the transport will do it, for whom wants to see that step alone. */
#ifndef CAMPANA_RESOLVER_H
#define CAMPANA_RESOLVER_H

#include <stdbool.h>

struct buffer;
struct error;

/* Appends the host's addresses, separated by ", ". Waits as long as the system's resolver does. -1 with ERROR_GATEWAY where
 * it has none, or nobody can be asked. */
int resolver_look_up(const char *host, struct buffer *addresses, struct error *error);

/* Whether it is an IPv4 or IPv6 address already, and there is nothing to look up. */
bool resolver_is_address(const char *host);

#endif
