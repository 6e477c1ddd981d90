/* Whether what a load asks for is loaded already. A file's content, not its name, says who gets which message: a copy
 * under another name would write to everybody twice. */
#ifndef CAMPANA_LOADED_H
#define CAMPANA_LOADED_H

#include "campana/store.h"

struct error;

struct loaded_question {
    const char *shown;    /* the file, for messages */
    const char *campaign; /* the name that the load would have */
    bool named;           /* by the user (--campaign): a new name loads the same content again on purpose */
    const char *sha256;   /* of the file's bytes */
    const char *settings; /* as campaign.settings holds them */
};

enum loaded {
    LOADED_NOT,  /* no such name, and no such content: load it */
    LOADED_TWIN, /* the user's new name; *there is the latest campaign with this very content, perhaps forgotten */
    LOADED_SAME, /* *there is it: go on with it. Its name may be another than the one that was asked for */
};

/* Fills *there unless the answer is LOADED_NOT. -1 with ERROR_INPUT that names the ways out: other content or other
 * settings under that name, the same content with other settings, or forgotten. */
int loaded_find(struct store *store, const struct loaded_question *question, enum loaded *loaded, struct campaign *there,
                struct error *error);

/* Only looks: 1 and *there, the campaign of that name if it has this content, else the latest that has it; 0, -1. */
int loaded_look(struct store *store, const struct loaded_question *question, struct campaign *there, struct error *error);

#endif
