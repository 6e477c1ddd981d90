#include "campana/who.h"
#include "campana/buffer.h"
#include <inttypes.h>
#include <limits.h>
#include <pwd.h>
#include <unistd.h>

void who_put(struct buffer *out)
{
    const struct passwd *person = getpwuid(getuid());
    char host[HOST_NAME_MAX + 1];
    if (gethostname(host, sizeof host) != 0)
        host[0] = '\0';
    host[sizeof host - 1] = '\0';
    if (person != NULL)
        buffer_printf(out, "%s@%s", person->pw_name, host);
    else
        buffer_printf(out, "%ju@%s", (uintmax_t)getuid(), host);
}
