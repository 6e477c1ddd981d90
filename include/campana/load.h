/* Loading: a spreadsheet's rows become checked messages, every row in exactly one state, in one transaction.
 * Streams in memory that depends on the largest cell and on the set of numbers seen (two to four bytes a
 * number). */
#ifndef CAMPANA_LOAD_H
#define CAMPANA_LOAD_H

#include "campana/csvfile.h"
#include "campana/job.h"
#include "campana/store.h"
#include "campana/suppression.h"
#include "campana/text.h"
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct error;
struct clock;

enum duplicates {
    DUPLICATES_FIRST,  /* the first sendable row of a number is sent, later ones are `duplicate` */
    DUPLICATES_ALL,    /* all are sent */
    DUPLICATES_REJECT, /* a file with a duplicate is refused as a whole */
};

int duplicates_from_name(const char *name, enum duplicates *duplicates);

enum load_stage {
    LOAD_EXAMINING, /* the file as a whole */
    LOAD_READING,   /* its rows, which are checked and stored */
    LOAD_ENDING,    /* all of them are read; what remains is to have them on the disk */
};

struct load_progress {
    enum load_stage stage;
    int64_t rows;                /* checked so far */
    int64_t bytes, bytes_in_all; /* of the file, in this stage */
};

typedef void load_watch_fn(void *context, const struct load_progress *now);

struct load_options {
    const char *file;     /* "-": standard input */
    const char *campaign; /* NULL: the file's name without its directory and last ending; needed for "-" */
    const char *phone;    /* column; NULL: found by its name */
    const char *text;     /* column; NULL: found by its name. Not together with a template */
    const char *template_source;   /* NULL: none */
    const char *template_encoding; /* of the file that it came from, for the verdict; NULL: from none */
    bool no_header;
    struct csv_options csv;
    const char *country;
    struct text_rules text_rules;
    enum duplicates duplicates;
    const char *const *suppress; /* files */
    size_t suppress_count;
    const char *rejects;  /* file to write the unsendable rows to, NULL: none; never an existing file */
    bool dry_run;         /* stores nothing; `store` is then only looked into, and may be NULL */
    int samples;          /* how many rendered messages the verdict shows, 0 to VERDICT_SAMPLES_MOST */
    load_watch_fn *watch; /* told every few milliseconds; NULL: nobody looks on */
    void *watch_context;
};

#define VERDICT_EXAMPLES     3
#define VERDICT_SAMPLES_MOST 20

struct verdict_example {
    int64_t row;
    char *before, *after; /* owned */
};

struct verdict_sample {
    int64_t row;
    char msisdn[PHONE_BYTES];
    char *text; /* owned */
    int septets;
};

/* What a load found, decided and did. Zero-initialise; verdict_free() releases what it owns. Where the file
 * was loaded before, only campaign, facts, the columns, loaded_before and same_content are filled. */
struct verdict {
    char *campaign;     /* its name */
    bool loaded_before; /* this very content was there already, the same settings; `campaign` is its name */
    char *same_content; /* owned; NULL: none. Where loaded_before: the same as `campaign`, which is not the
                           file's name, and was recognised by its content. Else the latest campaign with this
                           very content, whose recipients would be written to again: on a dry run, and where
                           options.campaign is new */
    struct csv_facts facts; /* encoding, delimiter, … ; facts.encoding points to `encoding` */
    char *encoding;
    char *phone_column, *text_column;     /* names; text_column NULL with a template */
    bool phone_found, text_found;         /* by the usual names, not named by the user */
    size_t phone_namesake, text_namesake; /* places from 1 of other columns called so, too; 0: none */
    int64_t rows;                         /* in the file, header and blank lines aside */
    int64_t blank_lines;
    struct counts counts;
    int64_t reasons[REASONS];      /* invalid, duplicate, suppressed rows by reason */
    int64_t reason_row[REASONS];   /* the first row with it, 0: none */
    char *reason_example[REASONS]; /* owned; what is special about that row: the cell where it is about the
                                      number, else the reason's detail; NULL: nothing */
    int64_t wide_rows, wide_row;   /* rows with text behind the last column that has a name, and the first of
                                      them: a text may   be cut off there */
    int64_t mended, mended_row;    /* cells with quotes in odd places (quoting.h), and the first one's row */
    int64_t numbers_changed;       /* spaces, +57 … taken out or put in, of sendable rows */
    int64_t numbers_national;      /* of these, how many got the country code */
    int64_t texts_changed;         /* sendable texts whose characters were changed */
    int64_t garbled, garbled_row; /* of these, texts that look spoiled (garbled.h), and the first one's row */
    bool lost_tilde;              /* some ñ became n */
    struct verdict_example examples[VERDICT_EXAMPLES];
    int example_count;
    int longest_septets;
    int64_t longest_row;
    struct verdict_sample samples[VERDICT_SAMPLES_MOST];
    int sample_count;
    struct suppression_facts
        *lists; /* owned, one for each suppression list; what they point to is in the options */
    size_t list_count;
    int64_t rejects_written;
};

void verdict_free(struct verdict *verdict);

/* Loads, or recognises what is loaded already: the same bytes with the same settings, under the same name, or
 * under any name where options.campaign is NULL. Returns 0, or -1 with nothing stored: ERROR_INPUT for a file
 * or option that cannot be used, and for what loaded.h refuses. */
int load_file(struct store *store, const struct load_options *options, const struct clock *clock,
              struct verdict *verdict, struct error *error);

#endif
