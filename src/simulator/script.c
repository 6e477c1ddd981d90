/* Parses and matches rules; knows nothing of HTTP servers. */
#include "script.h"
#include "campana/error.h"
#include <stdlib.h>
#include <string.h>

enum when { WHEN_RANGE, WHEN_EVERY, WHEN_TO, WHEN_CHANCE, WHEN_LIMIT };

struct rule {
    enum when when;
    int64_t first, last; /* RANGE; EVERY, CHANCE and LIMIT use `first` */
    struct buffer msisdn;
    int64_t second, in_second; /* LIMIT: the second being counted */
    struct treatment treatment;
};

struct script {
    struct rule *rules;
    size_t count;
    uint64_t chance; /* state of the pseudo-random sequence */
};

/* ---- words of a line ---- */

struct line {
    const char *at, *end;
    const char *file;
    int number;
    struct error *error;
};

static int fail(const struct line *line, const char *what)
{
    return error_set(line->error, ERROR_INPUT, "%s:%d: %s (campana-simulator --help explains the language)",
                     line->file, line->number, what);
}

static void skip_spaces(struct line *line)
{
    while (line->at < line->end && (*line->at == ' ' || *line->at == '\t' || *line->at == '\r'))
        line->at++;
}

static bool at_end(struct line *line)
{
    skip_spaces(line);
    return line->at == line->end || *line->at == '#';
}

/* The next word; it ends at white space, and at `stop`. */
static struct slice next_word(struct line *line, char stop)
{
    skip_spaces(line);
    const char *start = line->at;
    while (line->at < line->end && strchr(" \t\r", *line->at) == NULL && *line->at != stop)
        line->at++;
    return (struct slice){start, (size_t)(line->at - start)};
}

static bool is(struct slice word, const char *name)
{
    return slice_equal(word, slice_of(name));
}

static int to_number(struct slice word, int64_t *number)
{
    *number = 0;
    if (word.len == 0 || word.len > 15)
        return -1;
    for (size_t i = 0; i < word.len; i++) {
        if (word.data[i] < '0' || word.data[i] > '9')
            return -1;
        *number = *number * 10 + (word.data[i] - '0');
    }
    return 0;
}

static int next_number(struct line *line, int64_t *number, const char *what)
{
    return to_number(next_word(line, ':'), number) == 0 ? 0 : fail(line, what);
}

static int hex_digit(char c)
{
    const char *digits = "0123456789abcdef";
    const char *found = c == '\0' ? NULL : strchr(digits, c >= 'A' && c <= 'F' ? c - 'A' + 'a' : c);
    return found == NULL ? -1 : (int)(found - digits);
}

static int read_escape(struct line *line, struct buffer *out)
{
    static const char names[] = "nrt\\\"";
    static const char bytes[] = "\n\r\t\\\"";
    char name = ++line->at < line->end ? *line->at++ : '\0';
    const char *found = name == '\0' ? NULL : strchr(names, name);
    if (found != NULL) {
        buffer_put(out, bytes[found - names]);
        return 0;
    }
    if (name != 'x' || line->end - line->at < 2 || hex_digit(line->at[0]) < 0 || hex_digit(line->at[1]) < 0)
        return fail(line, "after a backslash expected n, r, t, \\, \" or x and two hexadecimal digits");
    buffer_put(out, (char)(hex_digit(line->at[0]) * 16 + hex_digit(line->at[1])));
    line->at += 2;
    return 0;
}

static int next_quoted(struct line *line, struct buffer *out)
{
    skip_spaces(line);
    if (line->at == line->end || *line->at != '"')
        return fail(line, "expected text in double quotes");
    line->at++;
    while (line->at < line->end && *line->at != '"') {
        if (*line->at == '\\') {
            if (read_escape(line, out) != 0)
                return -1;
        } else {
            buffer_put(out, *line->at++);
        }
    }
    if (line->at == line->end)
        return fail(line, "the text in double quotes does not end");
    line->at++;
    return 0;
}

/* ---- WHEN ---- */

static int parse_range(struct line *line, struct rule *rule)
{
    struct slice word = next_word(line, ':');
    const char *dash = word.len == 0 ? NULL : memchr(word.data, '-', word.len);
    struct slice first = {word.data, dash == NULL ? word.len : (size_t)(dash - word.data)};
    struct slice last = dash == NULL ? first : (struct slice){dash + 1, word.len - first.len - 1};
    if (to_number(first, &rule->first) != 0 || to_number(last, &rule->last) != 0 || rule->first < 1)
        return fail(line, "after `on` expected a number or a range such as 10-20");
    return 0;
}

static int parse_limit(struct line *line, struct rule *rule)
{
    struct slice word = next_word(line, ':');
    rule->when = WHEN_LIMIT;
    if (word.len < 3 || memcmp(word.data + word.len - 2, "/s", 2) != 0 ||
        to_number((struct slice){word.data, word.len - 2}, &rule->first) != 0)
        return fail(line, "after `limit` expected a rate such as 20/s");
    return 0;
}

static int parse_when(struct line *line, struct rule *rule)
{
    struct slice word = next_word(line, ':');
    rule->last = INT64_MAX;
    if (is(word, "on"))
        return parse_range(line, rule);
    if (is(word, "from"))
        return next_number(line, &rule->first, "after `from` expected a number");
    if (is(word, "limit"))
        return parse_limit(line, rule);
    if (is(word, "every")) {
        rule->when = WHEN_EVERY;
        if (next_number(line, &rule->first, "after `every` expected a number") != 0)
            return -1;
        return rule->first > 0 ? 0 : fail(line, "after `every` expected a number from 1 on");
    }
    if (is(word, "to")) {
        rule->when = WHEN_TO;
        word = next_word(line, ':');
        buffer_append(&rule->msisdn, word.data, word.len);
        return word.len > 0 ? 0 : fail(line, "after `to` expected a telephone number");
    }
    rule->when = WHEN_CHANCE;
    if (word.len < 2 || word.data[word.len - 1] != '%' ||
        to_number((struct slice){word.data, word.len - 1}, &rule->first) != 0 || rule->first > 100)
        return fail(line, "expected on, from, every, to, limit or a chance such as 10%");
    return 0;
}

/* ---- WHAT ---- */

static const struct {
    const char *word;
    const char *body; /* NULL: none of its own */
    int status;
    enum manner manner;
    bool takes_amount;
    bool shown; /* in the ledger, instead of the answer */
} words[] = {
    {"empty", "", 0, MANNER_PROPER, false, true},
    {"html", "<!DOCTYPE html><html><body><h1>Error 42</h1></body></html>\n", 0, MANNER_PROPER, false, true},
    {"credentials", "-1", 0, MANNER_PROPER, false, false},
    {"no-balance", "-3", 0, MANNER_PROPER, false, false},
    {"maintenance", "-6", 0, MANNER_PROPER, false, false},
    {"forbidden", "<html><body>Forbidden</body></html>", 403, MANNER_PROPER, false, true},
    {"close-unread", NULL, 0, MANNER_CLOSE_UNREAD, false, true},
    {"close", NULL, 0, MANNER_CLOSE, false, true},
    {"reset", NULL, 0, MANNER_RESET, false, true},
    {"chunked", NULL, 0, MANNER_CHUNKED, false, false},
    {"endless", NULL, 0, MANNER_ENDLESS, false, true},
    {"stall", NULL, 0, MANNER_STALL, false, true},
    {"cut", NULL, 0, MANNER_CUT, true, true},
    {"drip", NULL, 0, MANNER_DRIP, true, false},
};

static void set_body(struct treatment *treatment, struct slice body)
{
    treatment->has_body = true;
    buffer_clear(&treatment->body);
    buffer_append(&treatment->body, body.data, body.len);
}

static int parse_known_word(struct line *line, size_t i, struct treatment *treatment)
{
    if (words[i].body != NULL)
        set_body(treatment, slice_of(words[i].body));
    if (words[i].status != 0)
        treatment->status = words[i].status;
    if (words[i].manner != MANNER_PROPER)
        treatment->manner = words[i].manner;
    if (words[i].shown)
        treatment->name = words[i].word;
    return words[i].takes_amount ? next_number(line, &treatment->amount, "expected a number behind this word")
                                 : 0;
}

static int parse_status(struct line *line, struct treatment *treatment)
{
    int64_t status;
    if (next_number(line, &status, "after `status` expected an HTTP status") != 0)
        return -1;
    if (status < 200 || status > 599)
        return fail(line, "after `status` expected an HTTP status from 200 to 599");
    treatment->status = (int)status;
    treatment->name = "status";
    if (!treatment->has_body)
        set_body(treatment, slice_of("<html><body>HTTP status by script</body></html>"));
    return 0;
}

static int parse_what(struct line *line, struct treatment *treatment)
{
    struct slice word = next_word(line, '\0');
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (is(word, words[i].word))
            return parse_known_word(line, i, treatment);
    if (is(word, "status"))
        return parse_status(line, treatment);
    if (is(word, "delay"))
        return next_number(line, &treatment->delay_ms, "after `delay` expected milliseconds");
    if (is(word, "balance"))
        return next_number(line, &treatment->balance, "after `balance` expected a number");
    if (is(word, "charged") || is(word, "free")) {
        treatment->charge = is(word, "charged") ? CHARGE_ALWAYS : CHARGE_NEVER;
        return 0;
    }
    if (is(word, "retry-after"))
        return next_number(line, &treatment->retry_after, "after `retry-after` expected seconds");
    if (is(word, "code")) {
        set_body(treatment, next_word(line, '\0'));
        return treatment->body.len > 0 ? 0 : fail(line, "after `code` expected an answer");
    }
    if (is(word, "body")) {
        set_body(treatment, (struct slice){"", 0});
        treatment->name = "body";
        return next_quoted(line, &treatment->body);
    }
    if (is(word, "redirect")) {
        word = next_word(line, '\0');
        buffer_append(&treatment->location, word.data, word.len);
        treatment->status = 302;
        treatment->name = "redirect";
        set_body(treatment, (struct slice){"", 0});
        return word.len > 0 ? 0 : fail(line, "after `redirect` expected a URL");
    }
    return fail(line, "this says nothing that the simulator can do");
}

static int parse_rule(struct line *line, struct rule *rule)
{
    rule->treatment = (struct treatment){.retry_after = -1, .balance = -1};
    if (parse_when(line, rule) != 0)
        return -1;
    skip_spaces(line);
    if (line->at == line->end || *line->at != ':')
        return fail(line, "expected `:` between when and what");
    line->at++;
    while (!at_end(line)) {
        if (*line->at == '+')
            line->at++;
        if (parse_what(line, &rule->treatment) != 0)
            return -1;
    }
    return 0;
}

static void rule_free(struct rule *rule)
{
    buffer_free(&rule->msisdn);
    buffer_free(&rule->treatment.body);
    buffer_free(&rule->treatment.location);
}

static int add_line(struct script *script, struct line *line)
{
    if (at_end(line))
        return 0;
    struct rule *rules = realloc(script->rules, (script->count + 1) * sizeof *rules);
    if (rules == NULL)
        return error_no_memory(line->error);
    script->rules = rules;
    struct rule *rule = &rules[script->count++];
    *rule = (struct rule){0};
    if (parse_rule(line, rule) != 0)
        return -1;
    return rule->treatment.body.failed || rule->msisdn.failed ? error_no_memory(line->error) : 0;
}

int script_parse(struct slice text, const char *file, struct script **script, struct error *error)
{
    struct script *made = calloc(1, sizeof *made);
    struct line line = {.file = file, .error = error};
    const char *end = text.data + text.len;
    *script = NULL;
    if (made == NULL)
        return error_no_memory(error);
    made->chance = 20260101;
    for (const char *at = text.data; at < end; at = line.end + 1) {
        const char *line_end = memchr(at, '\n', (size_t)(end - at));
        line.at = at;
        line.end = line_end == NULL ? end : line_end;
        line.number++;
        if (add_line(made, &line) != 0) {
            script_free(made);
            return -1;
        }
    }
    *script = made;
    return 0;
}

void script_free(struct script *script)
{
    if (script == NULL)
        return;
    for (size_t i = 0; i < script->count; i++)
        rule_free(&script->rules[i]);
    free(script->rules);
    free(script);
}

/* ---- matching ---- */

static bool fits_number(const struct rule *rule, int64_t number)
{
    if (rule->when == WHEN_RANGE)
        return number >= rule->first && number <= rule->last;
    return rule->when == WHEN_EVERY && number % rule->first == 0;
}

/* xorshift64*: the same sequence at every start. */
static int64_t next_percent(struct script *script)
{
    script->chance ^= script->chance >> 12;
    script->chance ^= script->chance << 25;
    script->chance ^= script->chance >> 27;
    return (int64_t)((script->chance * 2685821657736338717u >> 33) % 100);
}

static bool exceeds_limit(struct rule *rule, int64_t now_ms)
{
    if (now_ms / 1000 != rule->second) {
        rule->second = now_ms / 1000;
        rule->in_second = 0;
    }
    return ++rule->in_second > rule->first;
}

const struct treatment *script_at_headers(const struct script *script, int64_t number)
{
    for (size_t i = 0; script != NULL && i < script->count; i++)
        if (fits_number(&script->rules[i], number))
            return script->rules[i].treatment.manner == MANNER_CLOSE_UNREAD ? &script->rules[i].treatment
                                                                            : NULL;
    return NULL;
}

const struct treatment *script_at_request(struct script *script, int64_t number, struct slice msisdn,
                                          int64_t now_ms)
{
    for (size_t i = 0; script != NULL && i < script->count; i++) {
        struct rule *rule = &script->rules[i];
        bool fits = fits_number(rule, number);
        if (rule->when == WHEN_TO)
            fits = slice_equal(buffer_slice(&rule->msisdn), msisdn);
        else if (rule->when == WHEN_CHANCE)
            fits = next_percent(script) < rule->first;
        else if (rule->when == WHEN_LIMIT)
            fits = exceeds_limit(rule, now_ms);
        if (fits)
            return &rule->treatment;
    }
    return NULL;
}
