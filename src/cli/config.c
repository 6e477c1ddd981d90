/* Decides where a setting comes from. The INI syntax is inih's: the only includer of ini.h. Invariants: a
 * secret is never in an error or a warning; memory that held one is wiped; nothing is reallocated while it
 * holds one. */
#include "campana/config.h"
#include "campana/error.h"
#include "campana/gateway.h"
#include "campana/layout.h"
#include "campana/shell.h"
#include "campana/spelling.h"
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <ini.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_BYTES_MOST 65536
#define OTHERS          (S_IRWXG | S_IRWXO)

static const struct {
    const char *key;
    const char *environment;       /* NULL: none */
    const struct value_rule *rule; /* NULL: a secret */
    const char *fallback;          /* NULL: none */
    enum option option;            /* OPTIONS: none */
    bool path;
} table[SETTINGS] = {
    [SETTING_DB] = {"db", "CAMPANA_DB", &value_database, "./campana.db", OPTION_DB, true},
    [SETTING_URL] = {"url", "CAMPANA_URL", &value_url, GATEWAY_URL, OPTIONS, false},
    [SETTING_USER] = {"user", "CAMPANA_USER", &value_text, NULL, OPTIONS, false},
    [SETTING_HOURS] = {"hours", "CAMPANA_HOURS", &value_hours, "co", OPTION_HOURS, false},
    [SETTING_RATE] = {"rate", "CAMPANA_RATE", &value_rate, "10/s", OPTION_RATE, false},
    [SETTING_CONCURRENCY] = {"concurrency", NULL, &value_concurrency, "32", OPTION_CONCURRENCY, false},
    [SETTING_TIMEOUT] = {"timeout", NULL, &value_timeout, "30", OPTION_TIMEOUT, false},
    [SETTING_CONNECT_TIMEOUT] = {"connect-timeout", NULL, &value_timeout, "10", OPTION_CONNECT_TIMEOUT,
                                 false},
    [SETTING_METHOD] = {"method", NULL, &value_method, "post", OPTION_METHOD, false},
    [SETTING_CHARSET] = {"charset", NULL, &value_charset, "utf-8", OPTION_CHARSET, false},
    [SETTING_PROXY] = {"proxy", NULL, &value_proxy, NULL, OPTIONS, false},
    [SETTING_CA_FILE] = {"ca-file", NULL, &value_file, NULL, OPTIONS, true},
    [SETTING_INSECURE_HTTP] = {"insecure-http", NULL, &value_yes_no, "no", OPTION_INSECURE_HTTP, false},
    [SETTING_COUNTRY] = {"country", NULL, &value_country, "57", OPTION_COUNTRY, false},
    [SETTING_MAX_FAILURES] = {"max-failures", NULL, &value_count, "10", OPTION_MAX_FAILURES, false},
    [SETTING_PASSWORD_FILE] = {"password-file", NULL, &value_file, NULL, OPTIONS, true},
    [SETTING_PASSWORD] = {"password", "CAMPANA_PASSWORD", NULL, NULL, OPTIONS, false},
};

const char *setting_name(enum setting setting)
{
    return table[setting].key;
}

const char *setting_text(const struct settings *settings, enum setting setting)
{
    return settings->values[setting].text;
}

int64_t setting_number(const struct settings *settings, enum setting setting)
{
    return settings->values[setting].number;
}

const char *setting_origin(const struct settings *settings, enum setting setting)
{
    const char *origin = settings->values[setting].origin;
    return origin == NULL ? "" : origin;
}

void settings_free(struct settings *settings)
{
    for (size_t i = 0; i < SETTINGS; i++) {
        free(settings->values[i].text);
        free(settings->values[i].origin);
    }
    free(settings->file);
    free(settings->secret_file);
    buffer_wipe(&settings->password);
    buffer_free(&settings->warnings);
    *settings = (struct settings){0};
}

/* ---- secrets ---- */

/* No core dump, and no debugger of the same user, gets what is read from here on. */
static void close_the_curtain(void)
{
    struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

static void note_secret_file(struct settings *settings, const char *path, const struct stat *file)
{
    if (S_ISREG(file->st_mode)) {
        free(settings->secret_file);
        settings->secret_file = strdup(path);
        settings->secret_mode = (unsigned)file->st_mode & 07777;
    }
    if (!S_ISREG(file->st_mode) || (file->st_mode & OTHERS) == 0)
        return;
    shell_put_quoted(&settings->warnings, path);
    buffer_puts(&settings->warnings,
                " holds the password and is open to other users of this computer; close it: chmod 600 ");
    shell_put_quoted(&settings->warnings, path);
    buffer_put(&settings->warnings, '\n');
}

/* A whole file in a block of its own, ended by a NUL, to be wiped by wipe_file(). */
struct whole_file {
    char *data;
    size_t len;
    struct stat status;
};

static void wipe_file(struct whole_file *file)
{
    if (file->data != NULL)
        explicit_bzero(file->data, FILE_BYTES_MOST + 1);
    free(file->data);
    file->data = NULL;
}

static int fail_file(const char *path, const char *named_by, struct error *error)
{
    return error_set(error, ERROR_INPUT, "%s: %s; name another one with %s", path, strerror(errno), named_by);
}

/* 0; 1 where there is no such file; -1 and the option or key that names another. */
static int read_file(const char *path, const char *named_by, struct whole_file *file, struct error *error)
{
    int result = -1;
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (descriptor < 0)
        return errno == ENOENT || errno == ENOTDIR ? 1 : fail_file(path, named_by, error);
    file->data = calloc(1, FILE_BYTES_MOST + 1);
    file->len = 0;
    if (file->data == NULL) {
        error_no_memory(error);
        goto out;
    }
    if (fstat(descriptor, &file->status) != 0) {
        fail_file(path, named_by, error);
        goto out;
    }
    for (;;) {
        ssize_t got = read(descriptor, file->data + file->len, FILE_BYTES_MOST - file->len);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            fail_file(path, named_by, error);
            goto out;
        }
        file->len += (size_t)got;
        if (got == 0)
            break;
        if (file->len == FILE_BYTES_MOST) {
            error_set(error, ERROR_INPUT, "%s: is too large for a configuration or a password", path);
            goto out;
        }
    }
    result = 0;
out:
    close(descriptor);
    if (result != 0)
        wipe_file(file);
    return result;
}

/* ---- values ---- */

/* "DIRECTORY of file"/path, unless it is absolute or begins with ~/. */
static void put_path(struct buffer *out, const char *file, const char *path)
{
    const char *slash = strrchr(file, '/');
    const char *home = getenv("HOME");
    if (strncmp(path, "~/", 2) == 0 && home != NULL && home[0] != '\0') {
        buffer_puts(out, home);
        path++;
    } else if (path[0] != '/' && slash != NULL) {
        buffer_append(out, file, (size_t)(slash - file) + 1);
    }
    buffer_puts(out, path);
}

static int keep(struct setting_value *value, const char *text, int64_t number, const char *origin,
                struct error *error)
{
    value->origin = strdup(origin);
    value->text = text == NULL ? NULL : strdup(text);
    value->number = number;
    return value->origin == NULL || (text != NULL && value->text == NULL) ? error_no_memory(error) : 0;
}

/* Checks a value, and keeps it unless a stronger source has given one. `file` NULL: paths are as they stand.
 */
static int offer(struct settings *settings, enum setting setting, const char *text, const char *file,
                 const char *origin, struct error *error)
{
    struct buffer path = {0};
    int64_t number;
    int result = 0;
    if (value_read(table[setting].rule, text, &number, error) != 0)
        return file == NULL ? error_prefix(error, "%s", origin)
                            : error_prefix(error, "%s: %s", origin, table[setting].key);
    if (settings->values[setting].origin != NULL)
        return 0;
    if (file != NULL && table[setting].path) {
        put_path(&path, file, text);
        result = buffer_check(&path, error);
        text = buffer_string(&path);
    }
    if (result == 0)
        result = keep(&settings->values[setting], text, number, origin, error);
    buffer_free(&path);
    return result;
}

static int offer_password(struct settings *settings, const char *text, size_t len, const char *origin,
                          struct error *error)
{
    if (len == 0)
        return error_set(error, ERROR_INPUT, "%s: the password is empty", origin);
    if (len > CONFIG_PASSWORD_MOST)
        return error_set(error, ERROR_INPUT, "%s: this is too long for a password: over %d bytes", origin,
                         CONFIG_PASSWORD_MOST);
    if (settings->values[SETTING_PASSWORD].origin != NULL)
        return 0;
    buffer_append(&settings->password, text, len);
    if (buffer_check(&settings->password, error) != 0)
        return -1;
    return keep(&settings->values[SETTING_PASSWORD], NULL, 0, origin, error);
}

/* ---- the environment ---- */

static int read_environment(struct settings *settings, struct error *error)
{
    for (enum setting setting = 0; setting < SETTINGS; setting++) {
        const char *name = table[setting].environment;
        char *text = name == NULL ? NULL : getenv(name);
        if (text == NULL || text[0] == '\0')
            continue;
        if (table[setting].rule != NULL) {
            if (offer(settings, setting, text, NULL, name, error) != 0)
                return -1;
            continue;
        }
        int result = offer_password(settings, text, strlen(text), name, error);
        explicit_bzero(text, strlen(text));
        unsetenv(name);
        if (result != 0)
            return -1;
    }
    return 0;
}

/* ---- the configuration file ---- */

struct ini {
    struct settings *settings;
    const char *path;
    struct whole_file file;
    size_t at;
    int line;               /* the one that inih has now, from 1 */
    int lines_of[SETTINGS]; /* where a key stands, 0: nowhere */
    bool failed;
    struct error *error;
};

/* Hands inih one line a call, so that `line` is right and nothing is cut. The last call wipes inih's own
 * line. */
static char *next_line(char *line, int size, void *context)
{
    struct ini *ini = context;
    size_t rest = ini->file.len - ini->at;
    if (ini->failed || rest == 0) {
        explicit_bzero(line, (size_t)size);
        return NULL;
    }
    const char *start = ini->file.data + ini->at;
    const char *end = memchr(start, '\n', rest);
    size_t len = end == NULL ? rest : (size_t)(end - start) + 1;
    ini->line++;
    ini->at += len;
    if (len >= (size_t)size || memchr(start, '\0', len) != NULL) {
        const char *fault =
            len >= (size_t)size ? "the line is too long" : "this is no plain text; save it as UTF-8";
        error_set(ini->error, ERROR_INPUT, "%s, line %d: %s", ini->path, ini->line, fault);
        ini->failed = true;
        len = 0;
    }
    memcpy(line, start, len);
    line[len] = '\0';
    return line;
}

static bool same_key(const char *key, const char *written)
{
    for (; *key != '\0' && *written != '\0'; key++, written++) {
        int sign = *written == '_' ? '-' : tolower((unsigned char)*written);
        if (sign != *key)
            return false;
    }
    return *key == *written;
}

static int fail_unknown_key(const struct ini *ini, const char *key)
{
    const char *keys[SETTINGS];
    struct buffer list = {0};
    for (size_t i = 0; i < SETTINGS; i++) {
        keys[i] = table[i].key;
        buffer_printf(&list, "%s%s", i == 0 ? "" : ", ", keys[i]);
    }
    const char *nearest = spelling_nearest(key, keys, SETTINGS);
    if (nearest != NULL)
        error_set(ini->error, ERROR_INPUT, "%s, line %d: unknown key \"%.40s\"; did you mean \"%s\"?",
                  ini->path, ini->line, key, nearest);
    else
        error_set(ini->error, ERROR_INPUT, "%s, line %d: unknown key \"%.40s\"; the keys are %s", ini->path,
                  ini->line, key, buffer_string(&list));
    buffer_free(&list);
    return -1;
}

static int take_line(struct ini *ini, const char *key, const char *text)
{
    struct buffer origin = {0};
    enum setting setting = 0;
    int result = -1;
    while (setting < SETTINGS && !same_key(table[setting].key, key))
        setting++;
    if (setting == SETTINGS)
        return fail_unknown_key(ini, key);
    buffer_printf(&origin, "%s, line %d", ini->path, ini->line);
    if (buffer_check(&origin, ini->error) != 0)
        goto out;
    if (ini->lines_of[setting] > 0) {
        error_set(ini->error, ERROR_INPUT, "%s: %s stands on line %d already", buffer_string(&origin), key,
                  ini->lines_of[setting]);
        goto out;
    }
    ini->lines_of[setting] = ini->line;
    if (table[setting].rule != NULL)
        result = offer(ini->settings, setting, text, ini->path, buffer_string(&origin), ini->error);
    else
        result = offer_password(ini->settings, text, strlen(text), buffer_string(&origin), ini->error);
out:
    buffer_free(&origin);
    return result;
}

static int on_line(void *context, const char *section, const char *key, const char *text)
{
    struct ini *ini = context;
    (void)section;
    if (!ini->failed && take_line(ini, key, text) != 0)
        ini->failed = true;
    return 1;
}

/* 0; 1 where there is no such file; -1. */
static int read_ini(struct settings *settings, const char *path, struct error *error)
{
    struct ini ini = {.settings = settings, .path = path, .error = error};
    int result = read_file(path, "--config FILE", &ini.file, error);
    if (result != 0)
        return result;
    ini_allow_inline_comments = false;
    ini_allow_multiline = false;
    ini_allow_no_value = false;
    ini_allow_bom = true;
    ini_use_stack = true;
    ini_max_line = CONFIG_LINE_BYTES;
    int bad_line = ini_parse_stream(next_line, &ini, on_line, &ini);
    if (bad_line > 0 && !(ini.failed && ini.line <= bad_line))
        result =
            error_set(error, ERROR_INPUT,
                      "%s, line %d: is neither \"key = value\", nor \"[section]\", nor a comment that begins "
                      "with #",
                      path, bad_line);
    else if (ini.failed)
        result = -1;
    if (result == 0 && ini.lines_of[SETTING_PASSWORD] > 0)
        note_secret_file(settings, path, &ini.file.status);
    wipe_file(&ini.file);
    settings->file = strdup(path);
    return result == 0 && settings->file == NULL ? error_no_memory(error) : result;
}

static int read_home_ini(struct settings *settings, struct error *error)
{
    struct buffer path = {0};
    const char *base = getenv("XDG_CONFIG_HOME");
    const char *home = getenv("HOME");
    int result = 0;
    if (base != NULL && base[0] == '/') /* a relative one is to be ignored, says the XDG specification */
        buffer_printf(&path, "%s/campana/campana.ini", base);
    else if (home != NULL && home[0] != '\0')
        buffer_printf(&path, "%s/.config/campana/campana.ini", home);
    if (buffer_check(&path, error) != 0)
        result = -1;
    else if (path.len > 0)
        result = read_ini(settings, buffer_string(&path), error);
    buffer_free(&path);
    return result < 0 ? -1 : 0;
}

static int read_configuration(struct settings *settings, const char *named, struct error *error)
{
    int result = read_ini(settings, named != NULL ? named : "./campana.ini", error);
    if (result == 1 && named != NULL)
        return error_set(error, ERROR_INPUT, "--config %s: there is no such file", named);
    return result == 1 ? read_home_ini(settings, error) : result;
}

/* ---- all together ---- */

static int read_options(struct settings *settings, const struct options *options, struct error *error)
{
    for (enum setting setting = 0; setting < SETTINGS; setting++) {
        enum option option = table[setting].option;
        if (option == OPTIONS || !option_given(options, option))
            continue;
        const char *text = option_rule(option) == NULL ? "yes" : option_text(options, option);
        if (offer(settings, setting, text, NULL, option_name(option), error) != 0)
            return -1;
    }
    return 0;
}

int settings_read(struct settings *settings, const struct options *options, struct error *error)
{
    close_the_curtain();
    if (read_options(settings, options, error) != 0 || read_environment(settings, error) != 0 ||
        read_configuration(settings, option_text(options, OPTION_CONFIG), error) != 0)
        return -1;
    for (enum setting setting = 0; setting < SETTINGS; setting++)
        if (table[setting].fallback != NULL &&
            offer(settings, setting, table[setting].fallback, NULL, "default", error) != 0)
            return -1;
    return buffer_check(&settings->warnings, error);
}

/* 0; 1 where there is no such file; -1. */
static int read_password_file(struct settings *settings, const char *path, bool warns, struct error *error)
{
    struct whole_file file = {0};
    int result = read_file(path, "password-file", &file, error);
    if (result != 0)
        return result;
    if (file.len > 0 && file.data[file.len - 1] == '\n')
        file.len--;
    if (file.len > 0 && file.data[file.len - 1] == '\r')
        file.len--;
    if (memchr(file.data, '\n', file.len) != NULL || memchr(file.data, '\0', file.len) != NULL)
        result = error_set(error, ERROR_INPUT,
                           "%s: a password-file holds one line, the password, and nothing else", path);
    else
        result = offer_password(settings, file.data, file.len, path, error);
    if (result == 0 && warns)
        note_secret_file(settings, path, &file.status);
    wipe_file(&file);
    return result;
}

/* Who may read these is systemd's business: its access lists look like an open file here. */
static int read_credential(struct settings *settings, struct error *error)
{
    const char *directory = getenv("CREDENTIALS_DIRECTORY");
    struct buffer path = {0};
    int result = 1;
    if (directory == NULL || directory[0] == '\0')
        return 1;
    buffer_printf(&path, "%s/campana-password", directory);
    result = buffer_check(&path, error);
    if (result == 0)
        result = read_password_file(settings, buffer_string(&path), false, error);
    buffer_free(&path);
    return result;
}

int settings_read_password(struct settings *settings, struct error *error)
{
    const char *path = setting_text(settings, SETTING_PASSWORD_FILE);
    if (settings->values[SETTING_PASSWORD].origin != NULL)
        return 0;
    int result =
        path != NULL ? read_password_file(settings, path, true, error) : read_credential(settings, error);
    if (result == 1 && path != NULL)
        return error_set(error, ERROR_INPUT, "%s: password-file %s: there is no such file",
                         setting_origin(settings, SETTING_PASSWORD_FILE), path);
    if (result == 1)
        return error_set(error, ERROR_INPUT,
                         "there is no password: write it into %s (password = …), into a file of its own "
                         "(password-file = …), or give it in CAMPANA_PASSWORD",
                         settings->file == NULL ? "./campana.ini" : settings->file);
    return result == 0 ? buffer_check(&settings->warnings, error) : -1;
}
