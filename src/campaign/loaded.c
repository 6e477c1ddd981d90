/* Decides what a load means where its name or its content is there. A person who names a new campaign means a
 * second sending; a file's other name alone means none. */
#include "campana/loaded.h"
#include "campana/buffer.h"
#include "campana/error.h"
#include "campana/naming.h"
#include "campana/settings_difference.h"
#include "campana/shell.h"
#include <string.h>

static void put_how_to_spare(const struct campaign *there, struct buffer *out)
{
    buffer_puts(out, "campana report ");
    shell_put_quoted(out, there->name);
    buffer_puts(out, " --state accepted,unknown,inflight --format csv --output written.csv, then --suppress "
                     "written.csv besides");
}

/* Whoever has corrected a few rows of a sheet means these rows. */
static int refuse_other_content(const struct loaded_question *question, const struct campaign *there,
                                struct error *error)
{
    struct buffer way_out = {0};
    if (there->forgotten_at_ms == 0) {
        buffer_puts(&way_out,
                    ", which writes to everybody in it; to spare whom that campaign has written to: ");
        put_how_to_spare(there, &way_out);
        buffer_puts(&way_out, ". Or go on with what is loaded: campana send ");
        shell_put_quoted(&way_out, there->name);
    }
    error_set(error, ERROR_INPUT,
              "%s: a campaign named \"%s\" is loaded already, from other content (%s). Nothing was changed. "
              "Load this file under another name with --campaign NAME%s",
              question->shown, there->name,
              there->forgotten_at_ms == 0 ? naming_shown_file(there->file) : "forgotten since",
              buffer_string(&way_out));
    buffer_free(&way_out);
    return -1;
}

/* What is loaded spares nobody who has opted out since: who is told to send it must know that. */
static void put_way_out(const struct loaded_question *question, const struct campaign *there,
                        struct buffer *out)
{
    if (!settings_other_lists(there->settings, question->settings)) {
        buffer_puts(out, "Repeat the options of the first load, go on with what is loaded (campana send ");
        shell_put_quoted(out, there->name);
        buffer_puts(out, "), or load it once more under another name with --campaign NAME");
        return;
    }
    buffer_puts(out, "campana send ");
    shell_put_quoted(out, there->name);
    buffer_puts(out,
                " goes by the lists as they were then, and would write to whoever was added since. To spare "
                "them, load the file as a new campaign (--campaign NAME) with your lists, and do not send "
                "the old one any more; if some of that is sent, spare whom it has written to as well: ");
    put_how_to_spare(there, out);
}

static int refuse_other_settings(const struct loaded_question *question, const struct campaign *there,
                                 struct error *error)
{
    struct buffer difference = {0};
    struct buffer way_out = {0};
    settings_put_difference(there->settings, question->settings, &difference);
    put_way_out(question, there, &way_out);
    error_set(error, ERROR_INPUT,
              "%s: this very file is loaded already as \"%s\", but with other settings: %s. "
              "Nothing was changed. %s",
              question->shown, there->name, buffer_string(&difference), buffer_string(&way_out));
    buffer_free(&difference);
    buffer_free(&way_out);
    return -1;
}

/* The same name or the same content: is it the same load? */
static int compare(const struct loaded_question *question, const struct campaign *there, struct error *error)
{
    if (strcmp(there->sha256, question->sha256) != 0)
        return refuse_other_content(question, there, error);
    if (there->forgotten_at_ms != 0)
        return error_set(
            error, ERROR_INPUT,
            "%s: this very file was loaded as \"%s\" before, and that campaign was forgotten. Nothing was "
            "changed. To "
            "send the file once more, to everybody in it, load it under another name with --campaign NAME",
            question->shown, there->name);
    return strcmp(there->settings, question->settings) == 0 ? 0
                                                            : refuse_other_settings(question, there, error);
}

int loaded_find(struct store *store, const struct loaded_question *question, enum loaded *loaded,
                struct campaign *there, struct error *error)
{
    *loaded = LOADED_SAME;
    int found = store_find_campaign(store, question->campaign, there, error);
    if (found == 0) {
        if (question->named)
            *loaded = LOADED_TWIN;
        found = store_find_content(store, question->sha256, there, error);
    }
    if (found == 0)
        *loaded = LOADED_NOT;
    if (found <= 0)
        return found;
    return *loaded == LOADED_TWIN ? 0 : compare(question, there, error);
}

int loaded_look(struct store *store, const struct loaded_question *question, struct campaign *there,
                struct error *error)
{
    int found = store_find_campaign(store, question->campaign, there, error);
    if (found > 0 && strcmp(there->sha256, question->sha256) != 0) {
        campaign_free(there);
        found = 0;
    }
    return found == 0 ? store_find_content(store, question->sha256, there, error) : found;
}
