#include "campana/resolver.h"
#include "campana/buffer.h"
#include "campana/error.h"
#include <arpa/inet.h>
#include <netdb.h>
#include <string.h>
#include <sys/socket.h>

#define SHOWN_MOST 3

int resolver_look_up(const char *host, struct buffer *addresses, struct error *error)
{
    struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    char text[INET6_ADDRSTRLEN];
    int shown = 0;
    int code = getaddrinfo(host, NULL, &hints, &found);
    if (code != 0)
        return error_set(error, ERROR_GATEWAY, "%s: %s", host, gai_strerror(code));
    for (const struct addrinfo *at = found; at != NULL && shown < SHOWN_MOST; at = at->ai_next)
        if (getnameinfo(at->ai_addr, at->ai_addrlen, text, sizeof text, NULL, 0, NI_NUMERICHOST) == 0)
            buffer_printf(addresses, "%s%s", shown++ == 0 ? "" : ", ", text);
    freeaddrinfo(found);
    return buffer_check(addresses, error);
}

bool resolver_is_address(const char *host)
{
    unsigned char binary[sizeof(struct in6_addr)];
    return inet_pton(AF_INET, host, binary) == 1 || inet_pton(AF_INET6, host, binary) == 1;
}
