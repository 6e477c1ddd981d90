/* Which base URLs may be used. libcurl's own parser reads them, so that what is checked is what will be
 * asked; it resolves "localhost" to loopback by itself, without asking any name server. */
#include "campana/error.h"
#include "campana/http.h"
#include <arpa/inet.h>
#include <curl/curl.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

static bool is_loopback(const char *host)
{
    struct in_addr address;
    if (strcasecmp(host, "localhost") == 0 || strcmp(host, "[::1]") == 0)
        return true;
    return inet_pton(AF_INET, host, &address) == 1 && (ntohl(address.s_addr) >> 24) == 127;
}

static bool has(CURLU *url, CURLUPart part)
{
    char *text = NULL;
    bool there = curl_url_get(url, part, &text, 0) == CURLUE_OK;
    curl_free(text);
    return there;
}

static int check_parts(CURLU *url, const char *scheme, const char *host, bool insecure, struct error *error)
{
    if (has(url, CURLUPART_USER) || has(url, CURLUPART_PASSWORD))
        return error_set(
            error, ERROR_INPUT,
            "the gateway's URL holds a user or password; take them out, and give them as `user` and "
            "`password` in campana.ini");
    if (has(url, CURLUPART_QUERY) || has(url, CURLUPART_FRAGMENT))
        return error_set(error, ERROR_INPUT,
                         "the gateway's URL has a ? or # part; it must be the directory that holds send.php "
                         "and query.php");
    if (strcmp(scheme, "https") == 0)
        return 0;
    if (strcmp(scheme, "http") != 0)
        return error_set(error, ERROR_INPUT, "the gateway's URL begins with %.20s://; use https://", scheme);
    if (insecure || is_loopback(host))
        return 0;
    return error_set(
        error, ERROR_INPUT,
        "the gateway's URL is plain http to %.200s: the password would travel in clear. Use https://, or "
        "say --insecure-http if you know what you do",
        host);
}

int http_check_url(const char *text, bool insecure, struct error *error)
{
    char *scheme = NULL;
    char *host = NULL;
    int result = -1;
    CURLU *url = curl_url();
    if (url == NULL)
        return error_no_memory(error);
    if (curl_url_set(url, CURLUPART_URL, text, CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK ||
        curl_url_get(url, CURLUPART_SCHEME, &scheme, 0) != CURLUE_OK ||
        curl_url_get(url, CURLUPART_HOST, &host, 0) != CURLUE_OK || host[0] == '\0')
        error_set(error, ERROR_INPUT,
                  "the gateway's URL cannot be understood; it must be such as " GATEWAY_URL);
    else
        result = check_parts(url, scheme, host, insecure, error);
    curl_free(scheme);
    curl_free(host);
    curl_url_cleanup(url);
    return result;
}
