/* Decides nothing: it brings settings and transport together. */
#include "access.h"
#include "campana/error.h"
#include "campana/exit_code.h"
#include "campana/utf8.h"
#include <string.h>

int access_check_url(const struct settings *settings, struct error *error)
{
    const char *url = setting_text(settings, SETTING_URL);
    if (http_check_url(url, setting_number(settings, SETTING_INSECURE_HTTP) != 0, error) == 0)
        return 0;
    return error_prefix(error, "%s: url", setting_origin(settings, SETTING_URL));
}

int access_open(struct invocation *invocation, int concurrency, struct access *access, struct error *error)
{
    struct settings *settings = &invocation->settings;
    struct http_options options = {.concurrency = concurrency,
                                   .connect_timeout_ms = setting_number(settings, SETTING_CONNECT_TIMEOUT),
                                   .timeout_ms = setting_number(settings, SETTING_TIMEOUT),
                                   .insecure_http = setting_number(settings, SETTING_INSECURE_HTTP) != 0,
                                   .proxy = setting_text(settings, SETTING_PROXY),
                                   .ca_file = setting_text(settings, SETTING_CA_FILE)};
    if (access_check_url(settings, error) != 0)
        return -1;
    if (setting_text(settings, SETTING_USER) == NULL)
        return error_set(error, ERROR_INPUT,
                         "there is no user: write it into %s (user = …), or give it in CAMPANA_USER",
                         settings->file == NULL ? "./campana.ini" : settings->file);
    if (invocation_read_password(invocation, error) != 0)
        return -1;
    access->account = (struct account){.base_url = setting_text(settings, SETTING_URL),
                                       .user = setting_text(settings, SETTING_USER),
                                       .password = buffer_string(&settings->password)};
    access->post = setting_number(settings, SETTING_METHOD) == 0;
    return http_open(&options, &access->http, error);
}

void access_close(struct access *access)
{
    if (access->http != NULL)
        http_free(access->http);
    *access = (struct access){0};
}

void access_put_host(const char *url, struct buffer *out)
{
    const char *scheme = strstr(url, "://");
    const char *host = scheme == NULL ? url : scheme + 3;
    utf8_put_visible(out, host, strcspn(host, "/?#"), 0);
}

int access_tell_no_balance(const struct outcome *outcome)
{
    const char *separator = outcome->detail[0] == '\0' ? "" : ": ";
    const char *hint = outcome->kind == OUTCOME_CREDENTIALS || outcome->kind == OUTCOME_UNKNOWN
                           ? "; an administrator's account has no balance query"
                           : "";
    talk_line("the balance is not known: %s%s%s%s; campana doctor says what to do",
              reason_sentence_asked(outcome->reason), separator, outcome->detail, hint);
    return (int)exit_code_of_outcome(outcome->kind);
}
