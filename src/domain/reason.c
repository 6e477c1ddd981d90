/* The one table of reasons; everything that is said about a reason comes from it. */
#include "campana/reason.h"
#include <stddef.h>
#include <string.h>

#define CORRECT_NUMBER "correct the number in the spreadsheet and load the corrected rows as a new campaign"
#define CORRECT_TEXT   "correct the text in the spreadsheet and load the corrected rows as a new campaign"
#define LOOK_UP                                                                                              \
    "look the number up in the gateway's web reports (\"A través de web services\"), then decide with "     \
    "campana resolve"
#define RUN_AGAIN "run the same command again"

static const struct {
    const char *code, *sentence, *remedy;
} reasons[REASONS] = {
    [REASON_NONE] = {"", "", ""},
    [REASON_NUMBER_EMPTY] = {"number_empty", "there is no telephone number", CORRECT_NUMBER},
    [REASON_NUMBER_SCIENTIFIC] =
        {"number_scientific",
         "the spreadsheet turned the number into a rounded one (such as 5.73102E+11), and its "
         "last digits are lost",
         "format the column as text in Excel, enter the numbers again and load the corrected "
         "rows as a new campaign"},
    [REASON_NUMBER_SEVERAL] =
        {"number_several", "there is more than one number in the cell",
         "leave one number in the cell, or give each its own row, and load the corrected rows as "
         "a new campaign"},
    [REASON_NUMBER_CHARACTERS] = {"number_characters",
                                  "the number has a letter or another sign that no telephone number has",
                                  CORRECT_NUMBER},
    [REASON_NUMBER_LANDLINE] = {"number_landline",
                                "the number is that of a fixed line, or of no Colombian mobile telephone",
                                CORRECT_NUMBER},
    [REASON_NUMBER_SHORT] = {"number_short", "the number has too few digits", CORRECT_NUMBER},
    [REASON_NUMBER_LONG] = {"number_long", "the number has too many digits", CORRECT_NUMBER},
    [REASON_TEXT_EMPTY] = {"text_empty", "there is no text", CORRECT_TEXT},
    [REASON_TEXT_LONG] = {"text_long", "the text is too long for one message", CORRECT_TEXT},
    [REASON_TEXT_CHARACTER] = {"text_character", "the text has a character that an SMS cannot carry",
                               CORRECT_TEXT},
    [REASON_TEXT_CONTROL] = {"text_control", "the text has an invisible control character", CORRECT_TEXT},
    [REASON_TEMPLATE_FIELD] = {"template_field", "a cell that the template needs is empty",
                               "fill the cell in, or give the field a default such as {nombre|cliente}"},
    [REASON_ROW_CELLS] =
        {"row_cells", "the row ends before its number or its text",
         "complete the row in the spreadsheet and load the corrected rows as a new campaign"},
    [REASON_DUPLICATE] = {"duplicate", "the same number stands earlier in the spreadsheet",
                          "nothing; the earlier row gets the message"},
    [REASON_SUPPRESSED] = {"suppressed", "the number is on a suppression list",
                           "nothing; this person must not be written to"},
    [REASON_GATEWAY_NUMBER] = {"gateway_number",
                               "the gateway says that the number is wrong (code -4); not sent, not "
                               "charged",
                               CORRECT_NUMBER},
    [REASON_GATEWAY_TEXT] = {"gateway_text",
                             "the gateway says that the text is empty or too long (code -5); not sent, "
                             "not charged",
                             CORRECT_TEXT},
    [REASON_GATEWAY_CREDENTIALS] = {"gateway_credentials",
                                    "the gateway refused the user or the password (code -1)",
                                    "correct user and password in campana.ini, then " RUN_AGAIN},
    [REASON_GATEWAY_BALANCE] = {"gateway_balance", "the account had no balance left (code -3)",
                                "buy credit, then " RUN_AGAIN},
    [REASON_GATEWAY_MAINTENANCE] = {"gateway_maintenance", "the gateway was in maintenance (code -6)",
                                    "wait for its e-mail, then " RUN_AGAIN},
    [REASON_GATEWAY_FORBIDDEN] =
        {"gateway_forbidden", "the gateway refused this computer (HTTP 403)",
         "have your public IP address registered with the gateway (campana doctor shows it), "
         "then " RUN_AGAIN},
    [REASON_GATEWAY_BUSY] = {"gateway_busy", "the gateway asked to slow down", RUN_AGAIN},
    [REASON_NOT_SENT] = {"not_sent", "the gateway could not be reached; the message did not leave",
                         RUN_AGAIN},
    [REASON_TIMEOUT] = {"timeout", "the message was handed over and no answer came in time", LOOK_UP},
    [REASON_CUT] = {"cut", "the message was handed over and the line broke before the answer", LOOK_UP},
    [REASON_HTTP_STATUS] = {"http_status",
                            "the gateway answered with an HTTP status that its manual does not know",
                            LOOK_UP},
    [REASON_ANSWER_EMPTY] = {"answer_empty", "the gateway's answer was empty", LOOK_UP},
    [REASON_ANSWER_UNKNOWN] = {"answer_unknown",
                               "the gateway answered with a number that its manual does not know", LOOK_UP},
    [REASON_ANSWER_UNREADABLE] = {"answer_unreadable", "the gateway's answer made no sense", LOOK_UP},
    [REASON_INTERRUPTED] = {"interrupted", "campana ended before the answer was recorded", LOOK_UP},
    [REASON_FORGOTTEN] = {"forgotten", "its number and text were forgotten before it was sent",
                          "nothing; it is never sent"},
    [REASON_RESOLVED] = {"resolved", "a person decided so", ""},
};

const char *reason_code(enum reason reason)
{
    return reasons[reason].code;
}

enum reason reason_from_code(const char *code)
{
    if (code == NULL || code[0] == '\0')
        return REASON_NONE;
    for (size_t i = 1; i < REASONS; i++)
        if (strcmp(reasons[i].code, code) == 0)
            return (enum reason)i;
    return REASON_NONE;
}

const char *reason_sentence(enum reason reason)
{
    return reasons[reason].sentence;
}

const char *reason_sentence_asked(enum reason reason)
{
    switch (reason) {
    case REASON_NOT_SENT: return "the gateway could not be reached";
    case REASON_TIMEOUT: return "the gateway did not answer in time";
    case REASON_CUT: return "the line broke before the gateway had answered";
    default: return reason_sentence(reason);
    }
}

void reason_put(struct buffer *out, enum reason reason, struct slice detail)
{
    const char *sentence = reason_sentence(reason);
    buffer_puts(out, sentence);
    if (detail.len == 0)
        return;
    buffer_puts(out, sentence[0] == '\0' ? "" : ": ");
    buffer_append(out, detail.data, detail.len);
}

const char *reason_remedy(enum reason reason)
{
    return reasons[reason].remedy;
}
