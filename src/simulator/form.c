#include "form.h"
#include <string.h>

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Returns the decoded length. */
static size_t decode(char *text, size_t len)
{
    size_t out = 0;
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '%' && i + 2 < len && hex_value(text[i + 1]) >= 0 && hex_value(text[i + 2]) >= 0) {
            text[out++] = (char)(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
            i += 2;
        } else {
            text[out++] = text[i] == '+' ? ' ' : text[i];
        }
    }
    return out;
}

static struct slice *field(struct sms *sms, const char *name, size_t len)
{
    struct {
        const char *name;
        struct slice *value;
    } fields[] = {
        {"user", &sms->user}, {"password", &sms->password}, {"gsm", &sms->msisdn}, {"smstext", &sms->text}};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (strlen(fields[i].name) == len && strncasecmp(fields[i].name, name, len) == 0)
            return fields[i].value;
    return NULL;
}

void form_read(char *form, size_t len, struct sms *sms)
{
    char *end = form + len;
    for (char *at = form; at < end;) {
        char *ampersand = memchr(at, '&', (size_t)(end - at));
        char *pair_end = ampersand == NULL ? end : ampersand;
        char *equals = memchr(at, '=', (size_t)(pair_end - at));
        if (equals != NULL) {
            struct slice *value = field(sms, at, (size_t)(equals - at));
            if (value != NULL)
                *value = (struct slice){equals + 1, decode(equals + 1, (size_t)(pair_end - equals - 1))};
        }
        at = pair_end + 1;
    }
}
